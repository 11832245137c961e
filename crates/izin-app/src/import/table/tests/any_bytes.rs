//! Whatever the bytes: no panic, an end, and what the csv library wrote reads back the same.

use proptest::prelude::*;

use super::super::super::row::{
    catalog::{self, Product},
    contacts::{self, Contact},
    purchases::{self, Purchase},
    suppressions::{self, Suppression},
};
use super::*;

/// Reads a row as one kind and forgets it.
type Check = fn(&Row<'_>);

/// Reads a file as `layout` says to its end; how many rows came out.
fn read_through(bytes: &[u8], layout: &'static Layout, check: Check) -> usize {
    let Ok(mut table) = Table::open(Cursor::new(bytes.to_vec()), layout, ColumnMap::default())
    else {
        return 0;
    };
    let mut count = 0;
    loop {
        match table.next_row() {
            Ok(Next::Row(row)) => check(&row),
            Ok(Next::Faulty(row, problem)) => {
                check(&row);
                assert!(!problem.to_string().is_empty());
            }
            Ok(Next::Bad(bad)) => assert!(!bad.problem.to_string().is_empty()),
            Ok(Next::End) | Err(_) => return count,
        }
        count += 1;
    }
}

fn read_as_every_kind(bytes: &[u8]) {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    let kinds: [(&'static Layout, Check); 4] = [
        (&catalog::LAYOUT, |row| drop(Product::read(row))),
        (&purchases::LAYOUT, |row| drop(Purchase::read(row))),
        (&contacts::LAYOUT, |row| drop(Contact::read(row, NOW, "ID"))),
        (&suppressions::LAYOUT, |row| {
            drop(Suppression::read(row, NOW, "ID"))
        }),
    ];
    for (layout, check) in kinds {
        assert!(read_through(bytes, layout, check) <= lines);
    }
}

const NOW: izin_core::Timestamp = izin_core::Timestamp::from_micros(1_700_000_000_000_000);

const STARTS: [&str; 7] = [
    "",
    "product_id,title,price,in_stock,url\n",
    "customer_id;order_id;ts;product_id;quantity;unit_price\n",
    "email,phone,level,consent_marketing_email,consent_at,language\n",
    "email\tphone\tchannel\treason\toccurred_at\n",
    "{\"email\":\"a@example.com\",\"product_id\":1,\"title\":2}\n",
    "{\"customer_id\":1,\"order_id\":1,\"ts\":1,\"product_id\":1,\"quantity\":1,\"unit_price\":1}\n",
];

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(
        start in prop::sample::select(&STARTS[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        packed in any::<bool>(),
    ) {
        let mut file = start.as_bytes().to_vec();
        file.extend(bytes);
        read_as_every_kind(&file);
        if packed {
            read_through(&gzip(&file), &purchases::LAYOUT, |row| drop(Purchase::read(row)));
        }
    }

    #[test]
    fn any_texts_of_signs_that_matter_are_read_without_panic(
        start in prop::sample::select(&STARTS[..]),
        text in "[,;\t\"\r\n{}:\\[\\]a1@.é\\\\-]{0,300}",
    ) {
        read_as_every_kind(format!("{start}{text}").as_bytes());
    }

    #[test]
    fn what_the_csv_library_wrote_reads_back_the_same(
        cells in prop::collection::vec(["[ a\",;\r\n\té]{0,12}", "[ab\"]{1,6}", "[,\n]{0,3}"], 0..12),
        separator in prop::sample::select(vec![b',', b';', b'\t']),
        always in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut out = csv::WriterBuilder::new()
            .delimiter(separator)
            .quote_style(style)
            .from_writer(Vec::new());
        out.write_record(SALES.fields).unwrap();
        for row in &cells {
            out.write_record(row).unwrap();
        }
        let mut table = open(out.into_inner().unwrap()).unwrap();
        for row in &cells {
            let Next::Row(read) = table.next_row().unwrap() else { panic!("a row is lost") };
            for (field, cell) in SALES.fields.iter().zip(row) {
                prop_assert_eq!(read.get(field).unwrap_or_default(), cell.trim());
            }
        }
        prop_assert!(matches!(table.next_row(), Ok(Next::End)));
    }
}
