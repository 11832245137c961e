//! Products, kept over what was known of them.

use izin_store::{Product, StoreError};

use super::{Counts, Intake};
use crate::App;
use crate::import::row::catalog;
use crate::import::table::{Layout, Problem, Row};

/// Products kept in one write.
const PRODUCTS_PER_STEP: usize = 1_000;

/// Takes rows of a catalogue.
#[derive(Default)]
pub(in crate::import) struct Catalogue {
    products: Vec<Product>,
}

impl Intake for Catalogue {
    const LAYOUT: &'static Layout = &catalog::LAYOUT;

    fn take(&mut self, _app: &App, row: &Row<'_>) -> Result<(), Problem> {
        let text = |cell: Option<&str>| cell.unwrap_or_default().to_owned();
        catalog::Product::read(row).map(|product| {
            self.products.push(Product {
                id: product.product_id.to_owned(),
                title: product.title.to_owned(),
                description: text(product.description),
                category: text(product.category),
                price: product.price.unwrap_or_default(),
                in_stock: product.in_stock,
                url: text(product.url),
                image: text(product.image),
            });
        })
    }

    fn is_full(&self) -> bool {
        self.products.len() >= PRODUCTS_PER_STEP
    }

    async fn apply(&mut self, app: &App, dry_run: bool) -> Result<Counts, StoreError> {
        let products = std::mem::take(&mut self.products);
        if !dry_run {
            app.store.keep_products(products).await?;
        }
        Ok(Counts::default())
    }
}
