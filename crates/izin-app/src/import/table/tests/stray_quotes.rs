//! A quote too many costs its own row, and no other row is lost or read as somebody else's.

use proptest::prelude::*;

use izin_core::Timestamp;

use super::super::super::row::contacts::{self, Contact};
use super::*;

const UNCLOSED: &str = "a quote in this row is never closed; close it, or double it where it is \
                        meant as a letter";
const HEADER: &str = "customer,email,name,consent_marketing_email,consent_evidence\n";

/// What came of a file: each row with its first line, and its address and answer where it is read.
type Outcome = (u64, Option<(String, String)>);

fn outcomes(file: &str) -> Vec<Outcome> {
    let bytes = Cursor::new(file.as_bytes().to_vec());
    let mut table = Table::open(bytes, &contacts::LAYOUT, ColumnMap::default()).unwrap();
    let mut outcomes = Vec::new();
    loop {
        outcomes.push(match table.next_row().unwrap() {
            Next::Row(row) if Contact::read(&row, Timestamp::from_micros(0), "ID").is_err() => {
                (row.line(), None)
            }
            Next::Row(row) => {
                let answer = row.get("consent_marketing_email").unwrap_or_default();
                let email = row.get("email").unwrap_or_default();
                (row.line(), Some((email.to_owned(), answer.to_owned())))
            }
            Next::Faulty(row, _) => (row.line(), None),
            Next::Bad(bad) => (bad.line, None),
            Next::End => return outcomes,
        });
    }
}

fn said(email: &str, answer: &str) -> Option<(String, String)> {
    Some((email.to_owned(), answer.to_owned()))
}

#[test]
fn a_letter_behind_a_closing_quote_costs_its_row_and_not_those_below() {
    let header = "customer_id,order_id,note\n";
    for note in ["\"a\"b", "\"a\"b\"", "\"a\" \"", "\"a\nC9,O9,\"b"] {
        let read = rows(format!("{header}C1,O1,{note}\nC2,O2,\n"));
        let below = read.last().map(|row| &row[1..]);
        assert_eq!(read[0], format!("2! {UNCLOSED}"), "{note}");
        assert_eq!(below, Some(": C2|O2|-"), "{note}");
    }
    assert_eq!(
        rows(format!("{header}C1,O1,\"a, b\" \t\nC2,\"O2\" ,\n")),
        ["2: C1|O1|a, b", "3: C2|O2|-"]
    );
}

#[test]
fn a_quoted_cell_may_hold_lines_of_its_own() {
    let file =
        format!("{HEADER}1,a@example.com,\"Ani\n, of the\nshop\",no,\n2,b@example.com,,yes,\n");
    assert_eq!(
        outcomes(&file),
        [
            (2, said("a@example.com", "no")),
            (5, said("b@example.com", "yes"))
        ]
    );
}

#[test]
fn a_stray_quote_gives_nobody_the_answer_of_another_person() {
    for (first, second) in [
        ("\"Ani", "\"Budi\""),
        ("\"Ani", "Budi 5\""),
        ("\"Ani", "\",Budi\""),
    ] {
        let file = format!(
            "{HEADER}1,a@example.com,{first},no,till\n2,b@example.com,{second},yes,till\n\
             3,c@example.com,,no,\n"
        );
        let read = [
            (2, None),
            (3, said("b@example.com", "yes")),
            (4, said("c@example.com", "no")),
        ];
        assert_eq!(outcomes(&file), read, "{second}");
    }
}

#[test]
fn more_cells_or_fewer_behind_a_line_end_cost_no_other_row() {
    let file = format!(
        "{HEADER}1,a@example.com,\"Ani,no,till\n2,b@example.com,Budi,\"\",till\n3,c@example.com,,no,\n"
    );
    assert_eq!(
        outcomes(&file),
        [
            (2, None),
            (3, said("b@example.com", "")),
            (4, said("c@example.com", "no"))
        ]
    );
}

#[test]
fn a_row_whose_quotes_can_be_read_in_two_ways_is_refused() {
    let two = "1,a@example.com,\",no,\",,a\"";
    let sure = "2,b@example.com,Bo 5\" K,no,x\n3,c@example.com,\"C\",no,x\n";
    let file = format!("{HEADER}{two}\n{sure}");
    let below = [3, 4].map(|line| {
        (
            line,
            said(["b@example.com", "c@example.com"][line as usize - 3], "no"),
        )
    });
    let read = outcomes(&file);
    assert_eq!((&read[0], &read[1..]), (&(2, None), &below[..]));
}

#[test]
fn rows_that_are_cut_again_and_again_are_read_in_time() {
    let file = format!(
        "{HEADER}{}",
        "1,a@example.com,\"Ani,no,till\n".repeat(20_000)
    );
    assert_eq!(outcomes(&file).len(), 20_000);
    let line = "\"\",\"a\",\"b,\"".repeat(50_000);
    assert_eq!(outcomes(&format!("{HEADER}{line}\n{line}\n")).len(), 2);
}

/// A cell as a program writes it, quoted where it must be. Each begins with a letter: else a quote
/// too many could make another file of this one, without a fault in it.
fn cell() -> impl Strategy<Value = String> {
    let quoted = "(a[a, \"\n]{0,5})?".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
    prop_oneof!["[a ]{0,4}", quoted]
}

proptest! {
    #[test]
    fn one_stray_quote_loses_no_row_and_turns_no_answer(
        cells in prop::collection::vec((cell(), prop::bool::ANY, cell()), 1..8),
        row in any::<prop::sample::Index>(),
        column in 0_usize..5,
        place in any::<prop::sample::Index>(),
    ) {
        let struck = row.index(cells.len());
        let mut file = HEADER.to_owned();
        let mut rows = Vec::new();
        for (number, (name, agrees, evidence)) in cells.iter().enumerate() {
            let answer = if *agrees { "yes" } else { "no" };
            let email = format!("p{number}@example.com");
            let mut written = [number.to_string(), email.clone(), name.clone(), answer.to_owned(), evidence.clone()];
            if number == struck {
                let place = place.index(written[column].len() + 1);
                written[column].insert(place, '"');
            }
            let first = file.matches('\n').count() as u64 + 1;
            file.push_str(&written.join(","));
            file.push('\n');
            rows.push((first..=file.matches('\n').count() as u64, email, answer));
        }
        let read = outcomes(&file);
        for (number, (lines, email, answer)) in rows.into_iter().enumerate() {
            let own = || read.iter().filter(|(line, _)| lines.contains(line));
            let is_refused = own().any(|(_, said)| said.is_none());
            let is_read = read.iter().any(|(_, said)| *said == super::stray_quotes::said(&email, answer));
            prop_assert!(is_refused || is_read || (number == struck && column == 1), "{email} is lost in {file:?}");
            let own = || read.iter().filter_map(|own| own.1.as_ref()).filter(|own| own.0 == email);
            let is_turned = own().any(|own| own.1 != answer);
            let is_agreed = answer == "no" && own().any(|own| own.1 == "yes");
            prop_assert!(!is_agreed && (is_refused || !is_turned), "{email} is turned in {file:?}");
        }
    }
}
