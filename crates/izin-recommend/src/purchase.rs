//! Purchases: what a model counts, and what a person's own history is made of.
//!
//! It must never hold more of a purchase than is counted: no price, no quantity, no identity.
//! Start at [`Purchase`].

use std::cmp::Reverse;

use izin_core::Timestamp;

use crate::catalogue::{Catalogue, ProductNo};

/// A known customer, numbered by the caller for one training only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerNo(pub u32);

/// An order without a customer account, numbered by the caller for one training only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuestOrderNo(pub u32);

/// Who bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Buyer {
    /// A known customer: counted once, however often they come back.
    Customer(CustomerNo),
    /// A guest: each order counts as one buyer in popularity and never forms a pair.
    Guest(GuestOrderNo),
}

/// One line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    /// Who bought.
    pub buyer: Buyer,
    /// What.
    pub product: ProductNo,
    /// When.
    pub at: Timestamp,
}

/// One line of the orders of the person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPurchase {
    /// What.
    pub product: ProductNo,
    /// When; the lines of one order share it.
    pub at: Timestamp,
}

/// That a buyer bought a product in one fortnight, and when last in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sale {
    pub(crate) product: ProductNo,
    pub(crate) buyer: Buyer,
    pub(crate) at: Timestamp,
    /// Whole fortnights before the moment of training.
    pub(crate) fortnights_ago: u32,
}

/// Days: long enough for a small shop to have buyers in it, short enough to follow a season.
pub(crate) const FORTNIGHT_DAYS: i64 = 14;

/// The sales before `as_of`, a buyer counted once for a product and fortnight however much they
/// bought; ordered by product, then buyer, the latest first.
pub(crate) fn distinct_sales(
    purchases: &[Purchase],
    catalogue: &Catalogue,
    as_of: Timestamp,
) -> Vec<Sale> {
    let mut sales: Vec<Sale> = purchases
        .iter()
        .filter(|purchase| purchase.at < as_of && catalogue.counts(purchase.product))
        .map(|purchase| Sale::new(purchase, as_of))
        .collect();
    sales.sort_unstable_by_key(|sale| (sale.product, sale.buyer, Reverse(sale.at)));
    sales.dedup_by_key(|sale| (sale.product, sale.buyer, sale.fortnights_ago));
    sales
}

impl Sale {
    fn new(purchase: &Purchase, as_of: Timestamp) -> Self {
        let Purchase { buyer, product, at } = *purchase;
        let fortnights = as_of.days_since(at).div_euclid(FORTNIGHT_DAYS);
        let fortnights_ago = u32::try_from(fortnights).unwrap_or(u32::MAX);
        Self {
            product,
            buyer,
            at,
            fortnights_ago,
        }
    }
}

/// Groups sales by product and buyer; the first of each group is the latest.
pub(crate) fn by_buyer(sales: &[Sale]) -> impl Iterator<Item = &[Sale]> {
    sales.chunk_by(|one, other| (one.product, one.buyer) == (other.product, other.buyer))
}
