//! The catalogue: one row per product.

use izin_core::Money;

use super::super::table::{Layout, Problem, Row};
use super::{
    NUMBER, TEXT, YES_OR_NO, needed, number, optional, price, text, web_address, yes_or_no,
};

/// The columns of a catalogue file.
pub const LAYOUT: Layout = Layout {
    kind: "catalog",
    fields: &[
        "product_id",
        "title",
        "description",
        "category",
        "price",
        "in_stock",
        "url",
        "image",
    ],
    filled: &["product_id", "title"],
    present: &[],
    one_of: &[],
    family: None,
};

const WEB_ADDRESS: &str = "a web address that begins with https:// or http://";

/// One product on offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product<'a> {
    /// The shop's number for it.
    pub product_id: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// What it is.
    pub description: Option<&'a str>,
    /// Where it belongs, as the shop writes it.
    pub category: Option<&'a str>,
    /// What one costs, in the shop's currency.
    pub price: Option<Money>,
    /// Whether it can be bought now; yes when nothing is said.
    pub in_stock: bool,
    /// Its page.
    pub url: Option<&'a str>,
    /// Its picture.
    pub image: Option<&'a str>,
}

impl<'a> Product<'a> {
    /// Reads a row.
    ///
    /// # Errors
    /// The first [`Problem`] met.
    pub fn read(row: &Row<'a>) -> Result<Self, Problem> {
        Ok(Self {
            product_id: needed(row, "product_id", NUMBER, number)?,
            title: needed(row, "title", TEXT, text)?,
            description: optional(row, "description", TEXT, text)?,
            category: optional(row, "category", TEXT, text)?,
            price: price(row, "price")?,
            in_stock: optional(row, "in_stock", YES_OR_NO, yes_or_no)?.unwrap_or(true),
            url: optional(row, "url", WEB_ADDRESS, web_address)?,
            image: optional(row, "image", WEB_ADDRESS, web_address)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::PRICE;
    use super::super::reading::rows;
    use super::*;

    fn refused(row: &str) -> String {
        let file = format!("product_id,title,price,in_stock,url,image\n{row}\n");
        let read = rows(&LAYOUT, &file, |row| Product::read(row).map(|_| ()));
        read.into_iter().next().unwrap().unwrap_err()
    }

    #[test]
    fn a_product_that_cannot_be_shown_is_refused_with_its_reason() {
        let address = "expected a web address that begins with https:// or http://";
        for (row, problem) in [
            (
                "P1,,,,,",
                "column `title` is empty; expected a text of at most 4 KiB".to_owned(),
            ),
            (
                ",Kopi,,,,",
                format!("column `product_id` is empty; expected {NUMBER}"),
            ),
            (
                "P1,Kopi,-5,,,",
                format!("column `price` has the form `-5`; expected {PRICE}"),
            ),
            (
                "P1,Kopi,\"1.250.000\",,,",
                Problem::Thousands("price".to_owned()).to_string(),
            ),
            (
                "P1,Kopi,,maybe,,",
                format!("column `in_stock` has the form `aaaaa`; expected {YES_OR_NO}"),
            ),
            (
                "P1,Kopi,,,toko.example/p,",
                format!("column `url` has the form `aaaa.aaaaaaa/a`; {address}"),
            ),
            (
                "P1,Kopi,,,,javascript:alert(1)",
                format!("column `image` has the form `aaaaaaaaaa:aaaaa(9)`; {address}"),
            ),
            (
                "P1,Kopi,,,https://a b.example,",
                format!("column `url` has the form `aaaaa://a a.aaaaaaa`; {address}"),
            ),
        ] {
            assert_eq!(refused(row), problem);
        }
    }

    #[test]
    fn a_product_is_in_stock_unless_the_file_says_no() {
        let file =
            "product_id,title,in_stock,url\nP1,Kopi,,\nP2,Teh,TIDAK,HTTPS://toko.example/p\n";
        let read = rows(&LAYOUT, file, |row| {
            Product::read(row).map(|product| product.in_stock)
        });
        assert_eq!(read, [Ok(true), Ok(false)]);
    }
}
