//! Lines of orders, gathered into orders; products they name enter the catalogue when unknown.

use std::collections::{BTreeMap, HashMap};

use izin_core::{Identifier, Money};
use izin_store::{Line, Order, Product, StoreError};

use super::{Counts, Intake};
use crate::import::row::purchases;
use crate::import::table::{Layout, Problem, Row};
use crate::{App, purchase};

/// Lines gathered before they are kept; an order is rarely longer than a thousandth of it.
const LINES_PER_STEP: usize = 20_000;

/// Takes rows of a purchase file.
#[derive(Default)]
pub(in crate::import) struct Purchases {
    orders: HashMap<(String, Option<String>), Vec<Line>>,
    products: BTreeMap<String, Product>,
    lines: usize,
}

impl Intake for Purchases {
    const LAYOUT: &'static Layout = &purchases::LAYOUT;

    fn take(&mut self, _app: &App, row: &Row<'_>) -> Result<(), Problem> {
        purchases::Purchase::read(row).map(|purchase| {
            if !self.products.contains_key(purchase.product_id) {
                let product = product(&purchase);
                self.products.insert(product.id.clone(), product);
            }
            let customer = purchase.customer_id.map(str::to_owned);
            let order = self
                .orders
                .entry((purchase.order_id.to_owned(), customer))
                .or_default();
            order.push(Line {
                product: purchase.product_id.to_owned(),
                quantity: purchase.quantity,
                unit_price: purchase.unit_price,
                at: purchase.ts,
            });
            self.lines += 1;
        })
    }

    fn is_full(&self) -> bool {
        self.lines >= LINES_PER_STEP
    }

    async fn apply(&mut self, app: &App, dry_run: bool) -> Result<Counts, StoreError> {
        self.lines = 0;
        let products = std::mem::take(&mut self.products).into_values().collect();
        let orders: Vec<_> = std::mem::take(&mut self.orders)
            .into_iter()
            .map(|((number, customer), lines)| Order {
                number,
                // The row reader has checked that it is a customer number.
                customer: customer.and_then(|number| Identifier::customer(&number).ok()),
                lines,
            })
            .collect();
        if dry_run {
            return Ok(Counts::default());
        }
        app.store.keep_new_products(products).await?;
        let placed = purchase::bought(app, orders).await?;
        Ok(Counts {
            duplicates: placed.duplicates,
            ..Counts::default()
        })
    }
}

/// A product as a sale line describes it; a catalogue file says more, and goes before it.
fn product(purchase: &purchases::Purchase<'_>) -> Product {
    let id = purchase.product_id.to_owned();
    let price: Money = purchase.unit_price;
    Product {
        title: purchase
            .description
            .map_or_else(|| id.clone(), str::to_owned),
        id,
        description: String::new(),
        category: purchase.category.unwrap_or_default().to_owned(),
        price,
        in_stock: true,
        url: String::new(),
        image: String::new(),
    }
}
