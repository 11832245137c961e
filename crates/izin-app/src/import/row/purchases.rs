//! Purchases: one row per sale line.

use izin_core::{Money, Timestamp};

use super::super::table::{Layout, Problem, Row};
use super::{
    CUSTOMER, NUMBER, PRICE, TEXT, TIME, customer, empty, moment, needed, number, optional, price,
    text,
};

/// The columns of a purchase file.
pub const LAYOUT: Layout = Layout {
    kind: "purchases",
    fields: &[
        "customer_id",
        "order_id",
        "ts",
        "product_id",
        "description",
        "quantity",
        "unit_price",
        "country",
        "category",
        "currency",
    ],
    filled: &["order_id", "ts", "product_id", "quantity", "unit_price"],
    present: &["customer_id"],
    one_of: &[],
    family: None,
};

const QUANTITY: &str = "a whole number above 0";
const CURRENCY: &str = "a currency of three letters, as IDR";

/// One sale line. The customer's number points to a person; it is not printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Purchase<'a> {
    /// The shop's customer number; `None` for a guest.
    pub customer_id: Option<&'a str>,
    /// The order it belongs to.
    pub order_id: &'a str,
    /// When it was bought; without an offset taken as UTC.
    pub ts: Timestamp,
    /// What was bought.
    pub product_id: &'a str,
    /// The product's title at the time.
    pub description: Option<&'a str>,
    /// How many, above 0.
    pub quantity: u32,
    /// What one cost.
    pub unit_price: Money,
    /// Where it went, as the shop writes it.
    pub country: Option<&'a str>,
    /// The product's category, as the shop writes it.
    pub category: Option<&'a str>,
    /// ISO 4217; the shop's own when `None`.
    pub currency: Option<&'a str>,
}

impl<'a> Purchase<'a> {
    /// Reads a row.
    ///
    /// # Errors
    /// The first [`Problem`] met. A cancellation (a quantity below 1) is no purchase.
    pub fn read(row: &Row<'a>) -> Result<Self, Problem> {
        Ok(Self {
            customer_id: optional(row, "customer_id", CUSTOMER, |c| customer(c).map(|_| c))?,
            order_id: needed(row, "order_id", NUMBER, number)?,
            ts: moment(row, "ts")?.ok_or_else(|| empty("ts", TIME))?,
            product_id: needed(row, "product_id", NUMBER, number)?,
            description: optional(row, "description", TEXT, text)?,
            quantity: needed(row, "quantity", QUANTITY, above_zero)?,
            unit_price: price(row, "unit_price")?.ok_or_else(|| empty("unit_price", PRICE))?,
            country: optional(row, "country", TEXT, text)?,
            category: optional(row, "category", TEXT, text)?,
            currency: optional(row, "currency", CURRENCY, currency)?,
        })
    }
}

impl std::fmt::Debug for Purchase<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Purchase({} x {:?} at {})",
            self.quantity, self.product_id, self.ts
        )
    }
}

fn above_zero(cell: &str) -> Option<u32> {
    cell.parse().ok().filter(|quantity| *quantity > 0)
}

fn currency(cell: &str) -> Option<&str> {
    (cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::super::reading::rows;
    use super::*;

    fn refused(row: &str) -> String {
        let file =
            format!("customer_id,order_id,ts,product_id,quantity,unit_price,currency\n{row}\n");
        let read = rows(&LAYOUT, &file, |row| Purchase::read(row).map(|_| ()));
        read.into_iter().next().unwrap().unwrap_err()
    }

    #[test]
    fn a_line_that_is_no_sale_is_refused_with_its_reason() {
        let quantity = "expected a whole number above 0";
        let price = "expected a price of 0 or more, as 125000 or 4.25";
        for (row, problem) in [
            (
                "C1,O1,2026-01-01,P1,-3,5,",
                format!("column `quantity` has the form `-3`; {quantity}"),
            ),
            (
                "C1,O1,2026-01-01,P1,0,5,",
                format!("column `quantity` has the form `0`; {quantity}"),
            ),
            (
                "C1,O1,2026-01-01,P1,1.5,5,",
                format!("column `quantity` has the form `1.5`; {quantity}"),
            ),
            (
                "C1,O1,2026-01-01,P1,1,-5,",
                format!("column `unit_price` has the form `-5`; {price}"),
            ),
            (
                "C1,O1,2026-01-01,P1,1,Rp5,",
                format!("column `unit_price` has the form `aa9`; {price}"),
            ),
            (
                "C1,O1,2026-01-01,P1,1,,",
                format!("column `unit_price` is empty; {price}"),
            ),
            (
                "b@example.com,O1,2026-01-01,P1,1,5,",
                format!("column `customer_id` has the form `a@aaaaaaa.aaa`; expected {CUSTOMER}"),
            ),
            (
                "C1,,2026-01-01,P1,1,5,",
                format!("column `order_id` is empty; expected {NUMBER}"),
            ),
            (
                "C1,O1,12/01/2010 08:26,P1,1,5,",
                format!("column `ts` has the form `99/99/9999 99:99`; expected {TIME}"),
            ),
            (
                "C1,O1,2026-01-01,P1,1,5,rupiah",
                "column `currency` has the form `aaaaaa`; expected a currency of three letters, as IDR"
                    .to_owned(),
            ),
        ] {
            assert_eq!(refused(row), problem);
        }
        let long = refused(&format!("{},O1,2026-01-01,P1,1,5,", "7".repeat(65)));
        assert!(long.starts_with("column `customer_id` has the form `999999999999999999999999…`"));
    }

    #[test]
    fn a_price_that_may_be_meant_in_thousands_is_refused_with_both_ways_to_write_it() {
        for price in ["85.000", "\"85,000\"", "1.250.000", "\"1,250.000\""] {
            assert_eq!(
                refused(&format!("C1,O1,2026-01-01,P1,1,{price},")),
                "column `unit_price` has three digits behind a point or comma, which may be \
                 thousands; write 85000 or 85000.00"
            );
        }
        let file = "customer_id,order_id,ts,product_id,quantity,unit_price\n\
                    ,O1,2026-01-01,P,1,85000\n,O1,2026-01-01,P,1,85000.00\n\
                    ,O1,2026-01-01,P,1,0.125\n,O1,2026-01-01,P,1,1.2505\n";
        let read = rows(&LAYOUT, file, |row| {
            Purchase::read(row).map(|own| own.unit_price.as_micros())
        });
        let taken = [85_000_000_000, 85_000_000_000, 125_000, 1_250_500];
        assert_eq!(read, taken.map(Ok));
    }

    #[test]
    fn a_guest_has_no_customer() {
        let file = "customer_id,order_id,ts,product_id,description,quantity,unit_price,country,\
                    category,currency\n ,O1,2026-01-01T00:00:00,P1,\"Kopi, 250 g\",2,0,Indonesia,\
                    Kopi,IDR\n";
        let read = rows(&LAYOUT, file, |row| {
            let purchase = Purchase::read(row)?;
            assert_eq!(purchase.customer_id, None);
            assert_eq!(purchase.description, Some("Kopi, 250 g"));
            assert_eq!(
                (purchase.quantity, purchase.unit_price),
                (2, Money::from_micros(0))
            );
            assert_eq!(purchase.ts, Timestamp::parse("2026-01-01").unwrap());
            assert_eq!(
                (purchase.category, purchase.currency),
                (Some("Kopi"), Some("IDR"))
            );
            Ok(())
        });
        assert_eq!(read, [Ok(())]);
    }

    #[test]
    fn debug_does_not_show_the_customer() {
        let file =
            "customer_id,order_id,ts,product_id,quantity,unit_price\nrahasia,1,2026-01-01,P,1,1\n";
        let read = rows(&LAYOUT, file, |row| {
            Ok(format!("{:?}", Purchase::read(row)?))
        });
        assert_eq!(
            read,
            [Ok("Purchase(1 x \"P\" at 2026-01-01T00:00:00Z)".to_owned())]
        );
    }
}
