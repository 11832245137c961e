//! Rows beside those of the CSV library.

use csv::{ByteRecord, ReaderBuilder};
use proptest::prelude::*;

use super::*;

type Cells = Vec<Vec<u8>>;

/// The rows, until one is refused.
fn ours(text: &[u8], piece: usize) -> (Vec<Cells>, bool) {
    let mut rows = Rows {
        piece,
        ..Rows::of(text, b',')
    };
    let mut all = Vec::new();
    loop {
        match rows.next() {
            Ok(Some(row)) => all.push(row.cells().map(<[u8]>::to_vec).collect()),
            Ok(None) => return (all, true),
            Err(_) => return (all, false),
        }
    }
}

/// Whether every cell that a quotation mark opens ends with one, byte for byte.
fn is_closed(text: &str) -> bool {
    let mut within = "start";
    for sign in text.chars() {
        within = match (within, sign) {
            ("start", '"') | ("quoted mark", '"') => "quoted",
            ("quoted", '"') => "quoted mark",
            ("quoted", _) => "quoted",
            ("quoted mark", ' ') | ("blank", ' ') => "blank",
            (_, ',' | '\n' | '\r') => "start",
            ("quoted mark" | "blank", _) => return false,
            _ => "plain",
        };
    }
    within != "quoted"
}

fn by_the_library(text: &[u8]) -> Vec<Cells> {
    let rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let rows = rows.into_byte_records().map(Result::unwrap);
    let cells = |row: ByteRecord| row.iter().map(<[u8]>::to_vec).collect();
    rows.map(cells).collect()
}

fn written(text: &[u8], width: usize) -> Vec<u8> {
    let mut rows = Rows::of(text, b',');
    let mut out = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        row.write((width, b','), &mut out);
        out.push(b'\n');
    }
    out
}

#[test]
fn a_row_without_an_end_is_refused_with_the_line_it_begins_on() {
    let text = format!("a,b\nc,d\n\"{}", "x\n".repeat(ROW_BYTES_MAX));
    let mut rows = Rows::of(text.as_bytes(), b',');
    assert_eq!(rows.next().unwrap().map(|row| row.len()), Some(2));
    assert_eq!(rows.next().unwrap().map(|row| row.len()), Some(2));
    let refused = rows.next().err().unwrap().to_string();
    assert!(refused.contains("the row on line 3"), "{refused}");
}

#[test]
fn a_cell_that_is_not_closed_where_it_ends_is_refused_with_its_line() {
    for (text, line) in [
        ("a,b\nc,\"d\ne,f\n", 2),
        ("a,b\nc,\"d,e\nf,\"g\",h\n", 2),
        ("a,\"b\nb\",\"c\"d\n", 2),
        ("\"a\"b,c\n", 1),
    ] {
        let mut rows = Rows::of(text.as_bytes(), b',');
        let refused = loop {
            match rows.next() {
                Ok(row) => assert!(row.is_some(), "{text}"),
                Err(refused) => break refused.to_string(),
            }
        };
        assert!(refused.contains(&format!("on line {line} ")), "{refused}");
    }
}

#[test]
fn a_mark_within_a_list_stays_in_its_cell() {
    let text = "\"a\"\n\"\u{feff}b\"\n";
    let (rows, _) = ours(text.as_bytes(), 4);
    assert_eq!(rows[1], ["\u{feff}b".as_bytes()]);
}

#[test]
fn a_row_longer_than_may_be_is_refused_though_it_ends() {
    let long = "x".repeat(ROW_BYTES_MAX);
    for (row, fits) in [
        (long.clone(), true),
        (format!("{long}x"), false),
        (format!("\"{}\"", &long[2..]), true),
        (format!("\"{long}\""), false),
    ] {
        for end in ["", "\n"] {
            let text = format!("{row}{end}");
            let read = Rows::of(text.as_bytes(), b',').next().is_ok();
            assert_eq!(read, fits, "{} bytes", row.len());
        }
    }
}

proptest! {
    #[test]
    fn every_row_is_read_as_the_library_reads_it(text in "[ab,\"\r\n ;]{0,40}", piece in 1_usize..9) {
        let (rows, is_whole) = ours(text.as_bytes(), piece);
        let mut all = by_the_library(text.as_bytes());
        prop_assert_eq!(is_whole, is_closed(&text));
        if !is_whole {
            all.truncate(rows.len());
        }
        prop_assert_eq!(rows, all);
    }

    #[test]
    fn what_is_written_reads_as_rows_of_that_width(text in "[ab,\"\r\n ]{0,40}", width in 2_usize..5) {
        prop_assume!(is_closed(&text));
        let text = text.as_bytes();
        let mut expected = by_the_library(text);
        for row in &mut expected {
            row.resize(width, Vec::new());
        }
        prop_assert_eq!(by_the_library(&written(text, width)), expected);
    }
}
