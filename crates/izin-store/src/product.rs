//! The public catalogue. Nothing here is about a person.

use izin_core::Money;
use serde::{Deserialize, Serialize};

use crate::db::{params, rows, run};
use crate::{Store, StoreError};

/// One product as the shop shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The shop's product code.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// A sentence about it; may be empty.
    #[serde(default)]
    pub description: String,
    /// The shop's category; may be empty.
    #[serde(default)]
    pub category: String,
    /// Price of one, in the shop's currency.
    pub price: Money,
    /// Whether it can be bought now.
    pub in_stock: bool,
    /// Its page; may be empty.
    #[serde(default)]
    pub url: String,
    /// A picture; may be empty.
    #[serde(default)]
    pub image: String,
}

impl Store {
    /// Keeps products over what was known of them.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn keep_products(&self, products: Vec<Product>) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into products (product_id, body) values (?1, ?2)
            on conflict (product_id) do update set body = excluded.body";
        self.keep(products, KEEP).await
    }

    /// Keeps products that are not in the catalogue yet, as sale lines describe them.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn keep_new_products(&self, products: Vec<Product>) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into products (product_id, body) values (?1, ?2)
            on conflict (product_id) do nothing";
        self.keep(products, KEEP).await
    }

    async fn keep(&self, products: Vec<Product>, sql: &'static str) -> Result<(), StoreError> {
        self.writer
            .write(move |tx| {
                for product in &products {
                    let body = serde_json::to_string(product)
                        .map_err(|_| StoreError::Damaged { what: "product" })?;
                    run(tx.db, sql, params![product.id, body])?;
                }
                Ok(())
            })
            .await
    }

    /// The whole catalogue, by product code.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is damaged.
    pub async fn products(&self) -> Result<Vec<Product>, StoreError> {
        const ALL: &str = "select body from products order by product_id";
        self.read(|db| {
            let bodies: Vec<String> = rows(db, ALL, &[], |row| row.get(0))?;
            let read = |body: String| serde_json::from_str(&body);
            bodies
                .into_iter()
                .map(read)
                .collect::<Result<_, _>>()
                .map_err(|_| StoreError::Damaged { what: "product" })
        })
        .await
    }
}
