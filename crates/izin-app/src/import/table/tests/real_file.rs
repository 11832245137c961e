//! A real shop's file, when it is there.

use std::fs::File;

use super::super::super::row::purchases::{self, Purchase};
use super::*;

#[test]
fn a_real_shops_purchases_are_read_without_one_refusal() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/online-retail/transactions.csv.gz"
    );
    let Ok(file) = File::open(path) else {
        let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
        assert!(
            !required.contains("shared"),
            "shared data is required but not there"
        );
        println!("skipped: no shared data here");
        return;
    };
    let mut table = Table::open(file, &purchases::LAYOUT, ColumnMap::default()).unwrap();
    assert_eq!(table.ignored_columns().count(), 0);
    let (mut lines, mut guests) = (0, 0);
    loop {
        match table.next_row().unwrap() {
            Next::Row(row) => {
                lines += 1;
                guests += u32::from(Purchase::read(&row).unwrap().customer_id.is_none());
            }
            other @ (Next::Bad(_) | Next::Faulty(..)) => panic!("{other:?}"),
            Next::End => break,
        }
    }
    assert_eq!((lines, guests), (522_504, 131_354));
}
