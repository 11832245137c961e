//! Level 2: buy again, and bought together with what the person bought.
//!
//! It must never be reached below level 2. Start at [`picks`].

use crate::ask::Mix;
use crate::catalogue::ProductNo;
use crate::history::History;
use crate::model::Model;
use crate::pick::{Because, Pick, Tray};
use crate::scored::{Scored, best};

/// What the best of "bought together" weighs beside one fresh purchase of one's own: people come
/// back to what they know, so a hint from others is worth half of it.
const TOGETHER_WEIGHT: f32 = 0.5;

/// Of three places in a varied list two are for what the person bought before.
const VARIED_AGAIN: usize = 2;
/// The third is for something new.
const VARIED_NEW: usize = 1;

/// The personal picks among the products still open, best first, enough to fill the tray.
pub(crate) fn picks(model: &Model, history: &History, mix: Mix, tray: &Tray) -> Vec<Pick> {
    let count = tray.places();
    let hints = history.hints(model.as_of);
    let pull = pull(model, &hints);
    let again = || again(history, &pull).filter(|scored| tray.is_open(scored.product));
    let new = || {
        scored(&pull)
            .filter(|scored| tray.is_open(scored.product) && history.get(scored.product).is_none())
    };
    let chosen = match mix {
        Mix::Likeliest => best(again().chain(new()), count),
        Mix::NewOnly => best(new(), count),
        Mix::Varied => varied(best(again(), count), best(new(), count), count),
    };
    let explain = |product| explained(model, history, &hints, product);
    chosen.into_iter().filter_map(explain).collect()
}

/// For each product, how much the hints speak for it, [`TOGETHER_WEIGHT`] at most.
fn pull(model: &Model, hints: &[(ProductNo, f32)]) -> Vec<f32> {
    let trends = model.popularity.trends();
    let mut pull = vec![0.0_f32; trends.len()];
    for &(hint, weight) in hints {
        for (product, closeness) in model.pairs.neighbours(hint) {
            if let Some(sum) = pull.get_mut(product.place()) {
                *sum += weight * closeness;
            }
        }
    }
    pull.iter_mut()
        .zip(trends)
        .for_each(|(sum, trend)| *sum *= trend);
    let strongest = pull.iter().copied().fold(0.0, f32::max);
    if strongest > 0.0 {
        let scale = TOGETHER_WEIGHT / strongest;
        pull.iter_mut().for_each(|sum| *sum *= scale);
    }
    pull
}

/// The products for which anything speaks.
fn scored(pull: &[f32]) -> impl Iterator<Item = Scored> + '_ {
    (0_u32..)
        .zip(pull)
        .filter(|(_, score)| **score > 0.0)
        .map(|(number, &score)| Scored {
            product: ProductNo(number),
            score,
        })
}

/// The square root, because the tenth order says less than the second.
fn again<'a>(history: &'a History, pull: &'a [f32]) -> impl Iterator<Item = Scored> + 'a {
    history.products().map(|owned| {
        let hinted = pull.get(owned.product.place()).copied().unwrap_or(0.0);
        Scored {
            product: owned.product,
            score: owned.habit.sqrt() + hinted,
        }
    })
}

/// Takes turns until there are `count`; where one list ends the other goes on.
fn varied(again: Vec<ProductNo>, new: Vec<ProductNo>, count: usize) -> Vec<ProductNo> {
    let count = count.min(again.len().saturating_add(new.len()));
    let (mut again, mut new) = (again.into_iter(), new.into_iter());
    let mut turns = Vec::new();
    while turns.len() < count {
        turns.extend(again.by_ref().take(VARIED_AGAIN));
        turns.extend(new.by_ref().take(VARIED_NEW));
    }
    turns.truncate(count);
    turns
}

/// The pick with its reason; none when nothing of the person's own speaks for it.
fn explained(
    model: &Model,
    history: &History,
    hints: &[(ProductNo, f32)],
    product: ProductNo,
) -> Option<Pick> {
    let because = match history.get(product) {
        Some(owned) => Because::BuyAgain {
            times: owned.times,
            last: owned.last,
        },
        None => Because::BoughtTogether {
            with: strongest_hint(model, hints, product)?,
        },
    };
    Some(Pick { product, because })
}

fn strongest_hint(
    model: &Model,
    hints: &[(ProductNo, f32)],
    product: ProductNo,
) -> Option<ProductNo> {
    let spoken = hints.iter().map(|&(hint, weight)| Scored {
        product: hint,
        score: weight * model.pairs.closeness(product, hint),
    });
    best(spoken.filter(|scored| scored.score > 0.0), 1)
        .first()
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_place_of_a_varied_list_is_new_while_both_last() {
        let numbers = |range: std::ops::Range<u32>| range.map(ProductNo).collect::<Vec<_>>();
        let turns = varied(numbers(0..5), numbers(10..12), 9);
        let turns: Vec<u32> = turns.into_iter().map(|product| product.0).collect();
        assert_eq!(turns, [0, 1, 10, 2, 3, 11, 4]);
        assert_eq!(varied(Vec::new(), numbers(0..4), 3), numbers(0..3));
    }
}
