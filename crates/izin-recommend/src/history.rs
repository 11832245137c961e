//! A person's own purchases, folded: what, how often, how lately.
//!
//! It exists only while one request is answered and only at level 2 or above; it must never be
//! kept. Start at [`History::of`].

use std::cmp::Reverse;

use izin_core::Timestamp;

use crate::catalogue::{Catalogue, ProductNo};
use crate::purchase::OwnPurchase;

/// Days after which a product bought weighs half as a hint at what goes with it: tastes of a
/// season ago still count, last week's count most.
const HINT_HALF_LIFE_DAYS: f32 = 90.0;
/// Days after which a purchase weighs half as a sign of habit: some goods return once a year.
const HABIT_HALF_LIFE_DAYS: f32 = 365.0;

/// Products taken as hints, the latest first. It bounds the work of one request; a longer list
/// measured no better.
const HINTS_MAX: usize = 100;

/// One product of a person's history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owned {
    pub(crate) product: ProductNo,
    /// Orders it was in.
    pub(crate) times: u32,
    /// When last.
    pub(crate) last: Timestamp,
    /// The orders it was in, each fading with age.
    pub(crate) habit: f32,
}

/// A person's purchases, one entry a product, ordered by product.
#[derive(Debug, Clone, Default)]
pub(crate) struct History(Vec<Owned>);

impl History {
    /// Folds purchases. Those of sensitive or unlisted products are dropped unseen.
    pub(crate) fn of(own: &[OwnPurchase], catalogue: &Catalogue, as_of: Timestamp) -> Self {
        let mut orders: Vec<(ProductNo, Timestamp)> = own
            .iter()
            .filter(|purchase| catalogue.counts(purchase.product))
            .map(|purchase| (purchase.product, purchase.at))
            .collect();
        orders.sort_unstable();
        orders.dedup();
        let folded = orders
            .chunk_by(|(one, _), (other, _)| one == other)
            .filter_map(|orders| Owned::fold(orders, as_of));
        Self(folded.collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn products(&self) -> impl Iterator<Item = &Owned> {
        self.0.iter()
    }

    pub(crate) fn get(&self, product: ProductNo) -> Option<&Owned> {
        let place = self
            .0
            .binary_search_by_key(&product, |owned| owned.product)
            .ok()?;
        self.0.get(place)
    }

    /// The latest products with their weight as hints, at most [`HINTS_MAX`], ordered by product.
    pub(crate) fn hints(&self, as_of: Timestamp) -> Vec<(ProductNo, f32)> {
        let mut latest: Vec<&Owned> = self.0.iter().collect();
        latest.sort_unstable_by_key(|owned| (Reverse(owned.last), owned.product));
        latest.truncate(HINTS_MAX);
        latest.sort_unstable_by_key(|owned| owned.product);
        let weigh = |owned: &Owned| fade(as_of, owned.last, HINT_HALF_LIFE_DAYS);
        latest
            .into_iter()
            .map(|owned| (owned.product, weigh(owned)))
            .collect()
    }
}

impl Owned {
    /// Folds the distinct orders of one product, oldest first.
    fn fold(orders: &[(ProductNo, Timestamp)], as_of: Timestamp) -> Option<Self> {
        let (product, last) = *orders.last()?;
        let habit = orders
            .iter()
            .map(|(_, at)| fade(as_of, *at, HABIT_HALF_LIFE_DAYS))
            .sum();
        let times = u32::try_from(orders.len()).unwrap_or(u32::MAX);
        Some(Self {
            product,
            times,
            last,
            habit,
        })
    }
}

/// 1 today, a half after `half_life` days, a third after two of them. A purchase younger than the
/// model counts as today's.
fn fade(as_of: Timestamp, at: Timestamp, half_life: f32) -> f32 {
    let age_days = as_of.days_since(at).max(0) as f32;
    half_life / (half_life + age_days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{CatalogueProduct, Shelf};

    fn at(day: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_days(day)
    }

    fn catalogue(shelves: &[Shelf]) -> Catalogue {
        let product = |&shelf| CatalogueProduct {
            shelf,
            category: None,
        };
        Catalogue::new(shelves.iter().map(product).collect())
    }

    fn own(product: u32, day: i64) -> OwnPurchase {
        OwnPurchase {
            product: ProductNo(product),
            at: at(day),
        }
    }

    #[test]
    fn sensitive_and_unlisted_products_leave_no_trace() {
        let catalogue = catalogue(&[Shelf::Sensitive, Shelf::Away]);
        let history = History::of(&[own(0, 1), own(1, 1), own(7, 1)], &catalogue, at(10));
        assert_eq!(
            history
                .products()
                .map(|owned| owned.product.0)
                .collect::<Vec<_>>(),
            [1]
        );
    }

    #[test]
    fn two_lines_of_one_order_are_one_time() {
        let catalogue = catalogue(&[Shelf::OnSale]);
        let history = History::of(&[own(0, 3), own(0, 3), own(0, 1)], &catalogue, at(10));
        let owned = history.get(ProductNo(0)).unwrap();
        assert_eq!((owned.times, owned.last), (2, at(3)));
    }

    #[test]
    fn later_purchases_weigh_more_and_none_more_than_one() {
        let ages = [-5, 0, 90, 180, 100_000];
        let weights = ages.map(|age| fade(at(0), at(-age), HINT_HALF_LIFE_DAYS));
        assert!(
            weights.windows(2).all(|pair| pair[0] >= pair[1]),
            "{weights:?}"
        );
        assert!((weights[0] - 1.0).abs() < 1e-6);
        assert!((weights[2] - 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_hints_are_the_latest_products() {
        let many = u32::try_from(HINTS_MAX).unwrap() + 1;
        let catalogue = catalogue(&[Shelf::OnSale; HINTS_MAX + 1]);
        let lines: Vec<OwnPurchase> = (0..many).map(|n| own(n, i64::from(n))).collect();
        let hints = History::of(&lines, &catalogue, at(500)).hints(at(500));
        assert_eq!(hints.len(), HINTS_MAX);
        assert!(hints.iter().all(|(product, _)| *product != ProductNo(0)));
    }
}
