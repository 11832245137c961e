//! What a table promises, refusals first.

mod answers;
mod any_bytes;
mod files;
mod real_file;
mod rows;
mod stray_quotes;

use std::io::{Cursor, Write};

use super::*;

/// A small layout that the tests share.
static SALES: Layout = Layout {
    kind: "sales",
    fields: &["customer_id", "order_id", "note"],
    filled: &["order_id"],
    present: &["customer_id"],
    one_of: &[],
    family: None,
};

fn open(bytes: impl AsRef<[u8]>) -> Result<Table, TableError> {
    Table::open(
        Cursor::new(bytes.as_ref().to_vec()),
        &SALES,
        ColumnMap::default(),
    )
}

/// Why a file is refused when it is opened.
fn refused(bytes: impl AsRef<[u8]>) -> String {
    open(bytes)
        .err()
        .expect("the file should be refused")
        .to_string()
}

/// Each row as `line: customer|order|note`, each refused row as `line! problem`.
fn rows_of(table: &mut Table) -> Vec<String> {
    let mut rows = Vec::new();
    loop {
        match table.next_row().unwrap() {
            Next::Row(row) => {
                let cells = SALES
                    .fields
                    .iter()
                    .map(|field| row.get(field).unwrap_or("-"));
                rows.push(format!(
                    "{}: {}",
                    row.line(),
                    cells.collect::<Vec<_>>().join("|")
                ));
            }
            Next::Faulty(row, problem) => rows.push(format!("{}! {problem}", row.line())),
            Next::Bad(bad) => rows.push(format!("{}! {}", bad.line, bad.problem)),
            Next::End => return rows,
        }
    }
}

fn rows(bytes: impl AsRef<[u8]>) -> Vec<String> {
    rows_of(&mut open(bytes).unwrap())
}

fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes.as_ref()).unwrap();
    packed.finish().unwrap()
}

const GOOD: &str = "customer_id,order_id,note\nC1,O1,first\nC2,O2,\n";
const GOOD_ROWS: [&str; 2] = ["2: C1|O1|first", "3: C2|O2|-"];
