//! Products with a score, and the best of them in a settled order.
//!
//! Start at [`best`].

use crate::catalogue::ProductNo;

/// A product and how much speaks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    pub(crate) product: ProductNo,
    pub(crate) score: f32,
}

/// The `count` best, best first; equals stand in the order of the catalogue.
pub(crate) fn best(scored: impl Iterator<Item = Scored>, count: usize) -> Vec<ProductNo> {
    let order = |one: &Scored, other: &Scored| {
        let by_score = other.score.total_cmp(&one.score);
        by_score.then(one.product.cmp(&other.product))
    };
    let mut scored: Vec<Scored> = scored.collect();
    if scored.len() > count {
        scored.select_nth_unstable_by(count, order);
        scored.truncate(count);
    }
    scored.sort_unstable_by(order);
    scored.into_iter().map(|scored| scored.product).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_stand_in_the_order_of_the_catalogue() {
        let scored = [(3, 1.0), (1, 1.0), (2, 2.0), (0, 0.5)].map(|(number, score)| Scored {
            product: ProductNo(number),
            score,
        });
        let best = best(scored.into_iter(), 3);
        assert_eq!(best, [ProductNo(2), ProductNo(1), ProductNo(3)]);
    }
}
