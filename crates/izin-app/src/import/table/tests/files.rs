//! Whole files: what is refused with which words, and in which forms a good file may come.

use super::*;

const NO_HEADER: &str = "the first line is no header: no column in it is known here; write the names \
                         of the columns above it, or say what yours are called, --map FIELD=COLUMN: \
                         customer_id, order_id, note";

#[test]
fn a_file_without_a_header_is_refused() {
    let empty = "the file is empty; it needs a first line with the names of the columns";
    for bytes in ["", "\n \r\n\n", "\u{feff}"] {
        assert_eq!(refused(bytes), empty);
    }
    assert_eq!(refused(gzip("")), empty);
    for bytes in [
        "budi@example.com,17\n",
        "17850,2010-12-01,Budi\n",
        "K9,Budi Rahasia,Jl Rahasia 5\n",
        "CustomerNo,budi@example.com\n",
    ] {
        assert_eq!(refused(bytes), NO_HEADER);
    }
}

#[test]
fn a_missing_column_is_named_with_the_nearest_there_is() {
    assert_eq!(
        refused("CustomerNo,order_id\n"),
        "column `customer_id` is missing; the file has `CustomerNo`, `order_id`; \
         perhaps `CustomerNo` is meant: --map customer_id=CustomerNo"
    );
    assert_eq!(
        refused("customer_id,Order Nr\n"),
        "column `order_id` is missing; the file has `customer_id`, `Order Nr`; \
         perhaps `Order Nr` is meant: --map 'order_id=Order Nr'"
    );
    assert_eq!(
        refused("customer_id,x\n"),
        "column `order_id` is missing; the file has `customer_id`, `x`; \
         say which column holds it: --map order_id=COLUMN"
    );
    assert_eq!(
        refused("{\"customer_id\": 1, \"Order-No\": 2}\n"),
        "column `order_id` is missing; the file has `customer_id`, `Order-No`; \
         perhaps `Order-No` is meant: --map order_id=Order-No"
    );
}

#[test]
fn one_of_several_columns_must_be_there() {
    static ONE_OF: Layout = Layout {
        kind: "people",
        fields: &["email", "phone"],
        filled: &[],
        present: &[],
        one_of: &["email", "phone"],
        family: None,
    };
    let file = Cursor::new("Name,E-Mail\n");
    let error = Table::open(file, &ONE_OF, ColumnMap::default())
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "one of the columns email, phone is needed; the file has `E-Mail` and 1 more; \
         perhaps `E-Mail` is meant: --map email=E-Mail"
    );
}

#[test]
fn a_long_header_is_not_listed_in_full() {
    let names: Vec<_> = (0..40).map(|n| format!("x{n}")).collect();
    let said = refused(format!("customer_id,{}\n", names.join(",")));
    assert!(
        said.contains("`x28` and 11 more;") && !said.contains("`x29`"),
        "{said}"
    );
}

#[test]
fn a_column_that_stands_twice_is_refused_when_it_is_read() {
    assert_eq!(
        refused("customer_id,order_id, Order_ID \n"),
        "column `Order_ID` stands twice in the header; take one out or rename it"
    );
    assert_eq!(
        rows("customer_id,order_id,x,x,,\nC1,O1,1,2,3,4\n"),
        ["2: C1|O1|-"]
    );
}

#[test]
fn too_many_columns_are_refused() {
    let header = format!("customer_id,order_id{}\n", ",x".repeat(MAX_COLUMNS));
    assert_eq!(
        refused(header),
        "first line: there are more than 256 columns; keep those that are needed"
    );
}

#[test]
fn another_encoding_is_refused_with_its_place() {
    let utf16 = "shows that the file is not UTF-8 but perhaps UTF-16; \
                 convert it: iconv -f utf-16 -t utf-8 FILE";
    assert_eq!(refused(b"\xff\xfec\0u\0"), format!("byte 0 {utf16}"));
    assert_eq!(refused(b"\xfe\xff\0c\0u"), format!("byte 0 {utf16}"));
    assert_eq!(refused(b"c\0u\0s\0"), format!("byte 1 {utf16}"));

    let latin1 = "customer_id,order_id\nC1,O1\nCé,O2\n";
    let bytes: Vec<u8> = latin1.chars().map(|c| c as u8).collect();
    let mut table = open(&bytes).unwrap();
    assert!(matches!(table.next_row(), Ok(Next::Row(_))));
    assert_eq!(
        table.next_row().unwrap_err().to_string(),
        "byte 28 (line 3) is not UTF-8; if the file is Latin-1, convert it: \
         iconv -f latin1 -t utf-8 FILE"
    );
    assert_eq!(bytes[28], 0xe9);
    assert!(refused(b"Kundennr\xe4,x\n").starts_with("byte 8 (line 1) is not UTF-8"));
}

#[test]
fn what_is_no_text_file_is_refused() {
    let workbook = "the file is a workbook or zip; save the sheet as CSV (UTF-8)";
    assert_eq!(refused(b"PK\x03\x04\x14\0"), workbook);
    assert_eq!(refused(b"\xd0\xcf\x11\xe0\xa1"), workbook);
    let returns = "the lines end with carriage returns alone; convert them: tr '\\r' '\\n' < FILE";
    assert_eq!(refused("customer_id,order_id\rC1,O1\r"), returns);
    assert_eq!(
        refused("customer_id,order_id\rC1,O1".repeat(100_000)),
        returns
    );
    let ndjson = "the first line is not one whole JSON object; write one object per line \
                  (`jq -c . FILE`, or `jq -c '.[]' FILE` for a list)";
    assert_eq!(refused("{\n  \"order_id\": 1\n}\n"), ndjson);
    assert_eq!(refused("[{\"order_id\": 1}]\n"), ndjson);
}

#[test]
fn a_header_that_is_no_row_is_refused() {
    assert_eq!(
        refused("\"customer_id,order_id\nC1,O1\n"),
        "the header cannot be read: a quote in this row is never closed; close it, or double it \
         where it is meant as a letter"
    );
    assert_eq!(
        refused("x".repeat(2 * MAX_ROW_BYTES)),
        "the header cannot be read: the row is longer than 1 MiB"
    );
}

#[test]
fn damaged_gzip_is_refused_where_the_damage_shows() {
    let early = "the gzip file ends too early; fetch it again, or check it: gzip -t FILE";
    let damaged = "the gzip file is damaged; fetch it again, or check it: gzip -t FILE";
    let packed = gzip(GOOD);
    for length in 2..packed.len() {
        assert_eq!(refused(&packed[..length]), early, "{length} bytes");
    }
    let mut flipped = packed.clone();
    let crc = flipped.len() - 6;
    flipped[crc] ^= 1;
    assert_eq!(refused(&flipped), damaged);

    let long: String = (0..50_000_u64)
        .map(|n| format!("C{n},O{n},{}\n", n * n))
        .collect();
    let packed = gzip(format!("customer_id,order_id,note\n{long}"));
    let mut table = open(&packed[..packed.len() / 2]).unwrap();
    let error = loop {
        match table.next_row() {
            Ok(Next::Row(_)) => {}
            Ok(_) => panic!("half a file was read as a whole one"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), early);
}

#[test]
fn a_map_that_does_not_fit_is_refused() {
    let parse = |text: &str| ColumnMap::parse(&SALES, &[text]).unwrap_err().to_string();
    for text in ["customer_id", "=x", "customer_id= ", ""] {
        assert_eq!(
            parse(text),
            format!("`{text}` is not FIELD=COLUMN, as customer_id=CustomerNo")
        );
    }
    assert_eq!(
        parse("customer=CustomerNo"),
        "`customer` is not a field of sales; the fields are customer_id, order_id, note"
    );
    let twice = |texts: &[&str]| ColumnMap::parse(&SALES, texts).unwrap_err().to_string();
    assert_eq!(twice(&["note=a", "NOTE=b"]), "`note` is mapped twice");
    assert_eq!(twice(&["note=a", "order_id=A"]), "`A` is mapped twice");

    let map = ColumnMap::parse(&SALES, &["order_id=Invoice No"]).unwrap();
    let file = Cursor::new("customer_id,order_id\n");
    assert_eq!(
        Table::open(file, &SALES, map).err().unwrap().to_string(),
        "`--map order_id=Invoice No` names a column that is not there; \
         the file has `customer_id`, `order_id`"
    );
}

#[test]
fn a_mapped_column_is_read_in_place_of_the_fields_own() {
    let map = ColumnMap::parse(&SALES, &["customer_id = KundenNr"]).unwrap();
    let file = "customer_id,kundennr,Order_ID\nold,new,O1\n";
    let mut table = Table::open(Cursor::new(file), &SALES, map.clone()).unwrap();
    assert_eq!(table.ignored_columns().collect::<Vec<_>>(), ["customer_id"]);
    assert_eq!(rows_of(&mut table), ["2: new|O1|-"]);

    let file = "{\"customer_id\": \"old\", \"KundenNr\": \"new\", \"order_id\": \"O1\"}";
    let mut table = Table::open(Cursor::new(file), &SALES, map).unwrap();
    assert_eq!(rows_of(&mut table), ["1: new|O1|-"]);
}

#[test]
fn a_good_file_may_come_in_many_forms() {
    assert_eq!(rows(GOOD), GOOD_ROWS);
    assert_eq!(rows(format!("\u{feff}{GOOD}")), GOOD_ROWS);
    assert_eq!(rows(GOOD.replace(',', ";")), GOOD_ROWS);
    assert_eq!(rows(GOOD.replace(',', "\t")), GOOD_ROWS);
    assert_eq!(rows(GOOD.replace('\n', "\r\n")), GOOD_ROWS);
    assert_eq!(rows(GOOD.trim_end()), GOOD_ROWS);
    assert_eq!(rows(gzip(GOOD)), GOOD_ROWS);
    assert_eq!(rows(gzip(format!("\u{feff}{GOOD}"))), GOOD_ROWS);
    let (first, second) = GOOD.split_at(30);
    assert_eq!(rows([gzip(first), gzip(second)].concat()), GOOD_ROWS);
    assert_eq!(
        rows("\" Customer_ID \";ORDER_ID;\"note, long\"\nC1;O1;x\n"),
        ["2: C1|O1|-"]
    );
}

#[test]
fn what_may_be_data_in_place_of_a_header_is_told_by_its_place() {
    let table = open("customer_id,order_id,budi@example.com,+628125550142,Colour\n").unwrap();
    let told: Vec<_> = table.ignored_columns().collect();
    assert_eq!(told, ["#3", "#4", "Colour"]);
    assert_eq!(
        refused("customer_id,budi@example.com,Jl. Rahasia 5\n"),
        "column `order_id` is missing; the file has `customer_id`, `#2`, `#3`; \
         say which column holds it: --map order_id=COLUMN"
    );
}

#[test]
fn columns_nobody_asked_for_are_listed_and_not_read() {
    let mut table = open("Gender,customer_id,order_id,,Age\nx,C1,O1,,7\n").unwrap();
    assert_eq!(
        table.ignored_columns().collect::<Vec<_>>(),
        ["Gender", "Age"]
    );
    let Next::Row(row) = table.next_row().unwrap() else {
        panic!("a good row")
    };
    assert_eq!((row.get("gender"), row.get("Gender")), (None, None));
}
