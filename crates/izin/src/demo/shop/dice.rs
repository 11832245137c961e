//! Chance that can be repeated: SplitMix64 (Steele, Lea and Flood 2014), integers only, so that a
//! seed gives the same shop on every machine.
//!
//! It is for made-up data alone. Nothing that must not be guessed may come from here.

/// A stream of numbers that a seed decides.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
}

/// The odd constant that SplitMix64 counts in: 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dice {
    /// The stream numbered `stream` of a seed; streams do not disturb each other.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut dice = Self { state: seed };
        dice.state = dice.next() ^ stream.wrapping_mul(STEP);
        dice
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 up to, not with, `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// A number from `low` to `high`, both possible.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Yes in `percent` of all throws.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of several; `choices` is never empty here.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }

    /// The place of one of several, by weight; the last place when all weights are 0.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        let mut last = 0;
        for (place, weight) in weights.enumerate() {
            if left < weight {
                return place;
            }
            left -= weight;
            last = place;
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_seed_or_stream_gives_other_numbers() {
        let first = |seed, stream| Dice::new(seed, stream).next();
        assert_ne!(first(1, 1), first(2, 1));
        assert_ne!(first(1, 1), first(1, 2));
        assert_eq!(first(1, 1), first(1, 1));
    }

    #[test]
    fn the_generator_is_splitmix64() {
        let mut dice = Dice { state: 1_234_567 };
        let numbers = [dice.next(), dice.next(), dice.next()];
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn throws_stay_in_range_and_follow_their_weights() {
        let mut dice = Dice::new(7, 0);
        assert_eq!(dice.below(0), 0);
        let mut counts = [0_u32; 3];
        for _ in 0..10_000 {
            assert!((3..=5).contains(&dice.between(3, 5)));
            counts[dice.weighted([0, 1, 3].into_iter())] += 1;
        }
        assert_eq!(counts[0], 0);
        assert!((2_200..2_800).contains(&counts[1]), "{counts:?}");
    }
}
