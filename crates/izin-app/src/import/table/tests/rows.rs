//! Rows: what is refused without stopping the file, and the numbers that rows keep.

use std::io::Read;

use super::*;

const TOO_LONG: &str = "the row is longer than 1 MiB";
const UNCLOSED: &str = "a quote in this row is never closed; close it, or double it where it is \
                        meant as a letter";
const HEADER: &str = "customer_id,order_id,note\n";

#[test]
fn a_ten_megabyte_line_costs_one_row_and_no_memory() {
    let long = std::io::repeat(b'x').take(10 * 1024 * 1024);
    let file = HEADER.as_bytes().chain(long).chain(b"\nC2,O2,\n" as &[u8]);
    let mut table = Table::open(file, &SALES, ColumnMap::default()).unwrap();
    assert_eq!(
        rows_of(&mut table),
        [format!("2! {TOO_LONG}"), "3: C2|O2|-".to_owned()]
    );
    assert!(
        table.records.capacity() <= 3 * MAX_ROW_BYTES,
        "{}",
        table.records.capacity()
    );
}

#[test]
fn a_row_of_just_the_longest_length_is_read() {
    let row = |note: usize| format!("{HEADER}C1,O1,{}\nC2,O2,\n", "x".repeat(note));
    let fixed = "C1,O1,\n".len();
    assert!(rows(row(MAX_ROW_BYTES - fixed))[0].starts_with("2: C1|O1|xx"));
    assert_eq!(
        rows(row(MAX_ROW_BYTES - fixed + 1))[0],
        format!("2! {TOO_LONG}")
    );
}

#[test]
fn a_quote_that_is_never_closed_costs_its_row_and_not_those_below() {
    let file = format!("{HEADER}C1,O1,\"oops\nC2,O2,\nC3,O3,x\n");
    assert_eq!(
        rows(&file),
        [
            format!("2! {UNCLOSED}"),
            "3: C2|O2|-".into(),
            "4: C3|O3|x".into()
        ]
    );

    let below: String = (3..200_000).map(|n| format!("C{n},O{n},\n")).collect();
    assert!(below.len() > 2 * MAX_ROW_BYTES);
    let read = rows(format!("{HEADER}C1,O1,\"oops\n{below}"));
    assert_eq!(read.len(), 199_998);
    assert_eq!(read[0], format!("2! {UNCLOSED}"));
    assert_eq!(read[1], "3: C3|O3|-");
    assert_eq!(read[199_997], "199999: C199999|O199999|-");
}

#[test]
fn a_quote_left_open_before_a_line_that_is_too_long_costs_two_rows() {
    let long = "x".repeat(2 * MAX_ROW_BYTES);
    let read = rows(format!("{HEADER}C1,O1,\"oops\n{long}\nC3,O3,\n"));
    assert_eq!(
        read,
        [
            format!("2! {UNCLOSED}"),
            format!("3! {TOO_LONG}"),
            "4: C3|O3|-".to_owned()
        ]
    );
}

#[test]
fn a_row_with_another_number_of_cells_is_refused() {
    let refusal = |found| {
        format!("the row has {found} cells and the header 3; quote a cell that holds the separator")
    };
    assert_eq!(
        rows(format!("{HEADER}C1,O1\nC1,O1,a,b\nC2,O2,\n")),
        [
            format!("2! {}", refusal(2)),
            format!("3! {}", refusal(4)),
            "4: C2|O2|-".to_owned()
        ]
    );
}

#[test]
fn empty_cells_too_many_are_no_reason_to_refuse_a_row() {
    assert_eq!(
        rows(format!("{HEADER}C1,O1,,\nC2,O2,x, ,\"\",\nC3,O3,x,,y\n")),
        [
            "2: C1|O1|-".to_owned(),
            "3: C2|O2|x".to_owned(),
            "4! the row has 5 cells and the header 3; quote a cell that holds the separator"
                .to_owned(),
        ]
    );
}

#[test]
fn a_json_line_that_is_no_flat_object_is_refused() {
    let good = "{\"customer_id\":null,\"order_id\":7}";
    let cases = [
        (
            "{\"order_id\":1",
            "the line is not one whole JSON object (noticed at character 13)",
        ),
        (
            "{\"order_id\":1} x",
            "the line is not one whole JSON object (noticed at character 16)",
        ),
        (
            "C1,O1,x",
            "the line is not one whole JSON object (noticed at character 1)",
        ),
        (
            "[1]",
            "the line is not one whole JSON object (noticed at character 0)",
        ),
        (
            "{\"order_id\":[1]}",
            "column `order_id` holds a list or an object; expected a text, a number, true, false \
             or null",
        ),
        (
            "{\"note\":{\"a\":{}}}",
            "column `note` holds a list or an object; expected a text, a number, true, false or \
             null",
        ),
        (
            "{\"order_id\":1,\"Order_ID\":2}",
            "column `Order_ID` stands twice in this row",
        ),
    ];
    for (line, problem) in cases {
        let read = rows(format!("{good}\n{line}\n{good}\n"));
        assert_eq!(
            read[1..],
            [format!("2! {problem}"), "3: -|7|-".to_owned()],
            "{line}"
        );
    }
    let deep = format!("{{\"note\":{}", "[".repeat(100_000));
    let read = rows(format!("{good}\n{deep}\n{good}\n"));
    assert!(
        read[1].starts_with("2! the line is not one whole JSON object"),
        "{}",
        read[1]
    );
}

#[test]
fn an_unending_supply_of_new_json_columns_is_refused() {
    let mut file = "{\"order_id\":1}\n".to_owned();
    for n in 0..300 {
        file.push_str(&format!("{{\"order_id\":1,\"x{n}\":1}}\n"));
    }
    let read = rows(file);
    assert_eq!(read[255], "256: -|1|-");
    assert_eq!(
        read[256],
        "257! there are more than 256 columns; keep those that are needed"
    );
}

#[test]
fn json_values_are_cells() {
    let file = "\n{\"customer_id\":17850,\"order_id\":\" O\\u00e9\\n \",\"note\":true}\n\
                {\"NOTE\":17850.0,\"order_id\":-1.5,\"extra\":[{}]}\n";
    assert_eq!(rows(file), ["2: 17850|Oé|true", "3: -|-1.5|17850"]);
}

#[test]
fn rows_keep_the_number_of_their_first_line() {
    let file = format!("\n{HEADER}C1,O1,\"a\nb\r\nc\"\n\n \nC2,\"O\"\"2\",\"x,y\"\n");
    assert_eq!(rows(file), ["3: C1|O1|a\nb\r\nc", "8: C2|O\"2|x,y"]);
}

#[test]
fn quotes_inside_a_plain_cell_are_letters() {
    assert_eq!(
        rows(format!("{HEADER}C1,5\" pipe,say \"hi\"\n")),
        ["2: C1|5\" pipe|say \"hi\""]
    );
}

#[test]
fn refused_rows_can_be_mended_and_read_again() {
    let file = format!("{HEADER}C1,O1,x,y\nC2,O2,\"oops\nC3,O3,\n");
    let rejected = reject_all(&file);
    assert_eq!(
        rejected,
        format!(
            "line,problem,{HEADER}\
             2,\"the row has 4 cells and the header 3; quote a cell that holds the separator\",\
             C1,O1,x,y\n\
             3,\"{UNCLOSED}\",C2,O2,\"oops\n\
             4,\"the columns x are all empty; one of them is needed\",C3,O3,\n"
        )
    );
    let mended = rejected.replace("x,y\n", "x\n").replace("\"oops", "oops");
    assert_eq!(rows(mended), ["2: C1|O1|x", "3: C2|O2|oops", "4: C3|O3|-"]);
}

#[test]
fn refused_json_rows_can_be_mended_and_read_again() {
    let good = "{\"customer_id\":\"C1\",\"order_id\":1}";
    let rejected = reject_all(&format!("{good}\n{{}}\n{{\"order_id\":\n"));
    assert_eq!(
        rejected,
        format!(
            "{{\"line\":1,\"problem\":\"the columns x are all empty; one of them is needed\",{}\n\
             {{\"line\":2,\"problem\":\"the columns x are all empty; one of them is needed\",\
             \"row\":\"{{}}\"}}\n\
             {{\"line\":3,\"problem\":\"the line is not one whole JSON object (noticed at \
             character 12)\",\"row\":\"{{\\\"order_id\\\":\"}}\n",
            &good[1..]
        )
    );
    assert_eq!(rows(rejected), ["1: C1|1|-", "2: -|-|-", "3: -|-|-"]);
}

/// Refuses every row, as an importer would that finds them all wrong.
fn reject_all(file: &str) -> String {
    let mut table = open(file).unwrap();
    let mut rejects = RejectsFile::begin(Vec::new(), &table).unwrap();
    loop {
        match table.next_row().unwrap() {
            Next::Row(row) => rejects
                .write(&row.bad(Problem::AllEmpty("x")), izin_core::Language::En)
                .unwrap(),
            Next::Faulty(row, problem) => rejects
                .write(&row.bad(problem), izin_core::Language::En)
                .unwrap(),
            Next::Bad(bad) => rejects.write(&bad, izin_core::Language::En).unwrap(),
            Next::End => break,
        }
    }
    String::from_utf8(rejects.finish().unwrap()).unwrap()
}
