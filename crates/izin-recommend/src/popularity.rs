//! Popular now: distinct buyers of the last four weeks, and how a product is moving.
//!
//! It must never let a count below the threshold touch a rank. Start at [`Popularity::count`].

use std::cmp::Reverse;

use crate::anonymity::MinCustomers;
use crate::catalogue::{Catalogue, ProductNo};
use crate::purchase::{Sale, by_buyer};

/// Fortnights that "popular now" looks back: four weeks, so that a small shop reaches the
/// threshold too. The latest fortnight counts twice.
const POPULAR_FORTNIGHTS: u32 = 2;
/// Fortnights of the long run that the latest one is compared with: a year, so all seasons.
const LONG_RUN_FORTNIGHTS: usize = 26;

/// Buyers added to both sides of the trend, so that a handful of purchases does not move it.
const TREND_CALM_BUYERS: f32 = 3.0;
/// The trend multiplies a score by at most this and divides by at most this, so that fashion
/// never overrules what goes together.
const TREND_BOUND: f32 = 4.0;

/// What many buyers bought lately.
#[derive(Debug, Clone)]
pub(crate) struct Popularity {
    ranked: Vec<ProductNo>,
    trends: Vec<f32>,
}

/// The buyers of one product.
#[derive(Debug, Clone, Copy, Default)]
struct Buyers {
    /// Distinct buyers of the last [`POPULAR_FORTNIGHTS`].
    lately: u32,
    /// Distinct buyers of the long run.
    long_run: u32,
    /// Distinct buyers of each fortnight, the latest first.
    fortnights: [u32; LONG_RUN_FORTNIGHTS],
}

impl Popularity {
    /// Counts distinct sales; what stays below `min` is forgotten here.
    pub(crate) fn count(sales: &[Sale], catalogue: &Catalogue, min: MinCustomers) -> Self {
        let mut buyers = vec![Buyers::default(); catalogue.len()];
        for group in by_buyer(sales) {
            let Some(latest) = group.first() else {
                continue;
            };
            if let Some(buyers) = buyers.get_mut(latest.product.place()) {
                buyers.add(latest, group);
            }
        }
        let busy = busy_fortnights(&buyers, min);
        Self {
            ranked: ranked(catalogue, &buyers, min),
            trends: buyers
                .iter()
                .map(|buyers| buyers.trend(busy, min))
                .collect(),
        }
    }

    /// The products that enough buyers bought lately, most popular first.
    pub(crate) fn ranked(&self) -> impl Iterator<Item = ProductNo> + '_ {
        self.ranked.iter().copied()
    }

    /// How the product's latest fortnight compares with its usual one: 1 when it does not move.
    pub(crate) fn trend(&self, product: ProductNo) -> f32 {
        self.trends.get(product.place()).copied().unwrap_or(1.0)
    }

    /// The trend of each product.
    pub(crate) fn trends(&self) -> &[f32] {
        &self.trends
    }
}

impl Buyers {
    /// Adds one buyer with all the fortnights they bought in.
    fn add(&mut self, latest: &Sale, fortnights: &[Sale]) {
        let in_long_run = (latest.fortnights_ago as usize) < LONG_RUN_FORTNIGHTS;
        let lately = latest.fortnights_ago < POPULAR_FORTNIGHTS;
        self.lately = self.lately.saturating_add(u32::from(lately));
        self.long_run = self.long_run.saturating_add(u32::from(in_long_run));
        for sale in fortnights {
            if let Some(buyers) = self.fortnights.get_mut(sale.fortnights_ago as usize) {
                *buyers = buyers.saturating_add(1);
            }
        }
    }

    fn latest_fortnight(&self, min: MinCustomers) -> u32 {
        self.fortnights
            .first()
            .map_or(0, |buyers| min.visible(*buyers))
    }

    fn popularity(&self, min: MinCustomers) -> u32 {
        min.visible(self.lately)
            .saturating_add(self.latest_fortnight(min))
    }

    /// The square root damps the ratio: twice the usual buyers is a sign, not twice the worth.
    fn trend(&self, busy_fortnights: f32, min: MinCustomers) -> f32 {
        let total: u32 = match min.visible(self.long_run) {
            0 => 0,
            _ => self.fortnights.iter().copied().fold(0, u32::saturating_add),
        };
        let usual = total as f32 / busy_fortnights;
        let latest = self.latest_fortnight(min) as f32;
        let ratio = (latest + TREND_CALM_BUYERS) / (usual + TREND_CALM_BUYERS);
        ratio.sqrt().clamp(TREND_BOUND.recip(), TREND_BOUND)
    }
}

/// How many fortnights the shop has traded in: those in which some product found enough buyers.
/// At least 1, so that it can be divided by.
fn busy_fortnights(buyers: &[Buyers], min: MinCustomers) -> f32 {
    let busy = (0..LONG_RUN_FORTNIGHTS).filter(|&ago| {
        let in_it = |buyers: &Buyers| buyers.fortnights.get(ago).map_or(0, |&n| min.visible(n));
        buyers.iter().any(|buyers| in_it(buyers) > 0)
    });
    busy.count().max(1) as f32
}

fn ranked(catalogue: &Catalogue, buyers: &[Buyers], min: MinCustomers) -> Vec<ProductNo> {
    let mut ranked: Vec<(u32, ProductNo)> = catalogue
        .in_order()
        .zip(buyers)
        .map(|(product, buyers)| (buyers.popularity(min), product))
        .filter(|(popularity, _)| *popularity > 0)
        .collect();
    ranked.sort_unstable_by_key(|(popularity, product)| (Reverse(*popularity), *product));
    ranked.into_iter().map(|(_, product)| product).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many distinct buyers in the latest fortnight and in each one before.
    fn buyers(latest: u32, before: u32) -> Buyers {
        let mut fortnights = [before; LONG_RUN_FORTNIGHTS];
        fortnights[0] = latest;
        Buyers {
            lately: latest.saturating_add(before),
            long_run: u32::MAX,
            fortnights,
        }
    }

    fn trend(buyers: &Buyers) -> f32 {
        buyers.trend(LONG_RUN_FORTNIGHTS as f32, MinCustomers::default())
    }

    #[test]
    fn a_fortnight_with_too_few_buyers_counts_as_empty() {
        assert!((trend(&buyers(4, 20)) - trend(&buyers(0, 20))).abs() < 0.01);
        assert!(trend(&buyers(5, 20)) > trend(&buyers(4, 20)) + 0.1);
    }

    #[test]
    fn few_buyers_in_many_fortnights_do_not_make_a_trend() {
        let few = Buyers {
            long_run: 4,
            ..buyers(4, 4)
        };
        assert!((trend(&few) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_trend_rises_with_the_latest_fortnight_and_stays_within_its_bounds() {
        assert!(trend(&buyers(10, 20)) < 1.0);
        assert!(trend(&buyers(40, 20)) > 1.0);
        assert!(trend(&buyers(u32::MAX, 0)) <= TREND_BOUND);
        assert!(trend(&buyers(0, u32::MAX)) >= TREND_BOUND.recip());
    }

    #[test]
    fn a_young_shop_is_compared_with_the_fortnights_it_has_traded_in() {
        let mut young = buyers(20, 0);
        young.fortnights[1] = 20;
        let busy = busy_fortnights(&[young], MinCustomers::default());
        assert!((busy - 2.0).abs() < 1e-6);
        assert!((young.trend(busy, MinCustomers::default()) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_fortnight_in_which_no_product_found_enough_buyers_is_not_a_busy_one() {
        let busy = busy_fortnights(&[buyers(5, 4), buyers(4, 4)], MinCustomers::default());
        assert!((busy - 1.0).abs() < 1e-6);
    }
}
