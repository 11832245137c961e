//! Chance that can be repeated: a stream of numbers that depends on a seed and nothing else.

/// A seeded stream (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 to `sides - 1`.
    pub const fn below(&mut self, sides: u64) -> u64 {
        self.next() % sides
    }

    /// True once in so many times.
    pub const fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    ///
    /// # Panics
    /// When there are none.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let place = self.below(from.len() as u64);
        let place = usize::try_from(place).expect("a place in a list");
        from.get(place).expect("something to pick from").clone()
    }

    /// One of these, or none, equally often.
    pub fn perhaps<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        self.once_in(2).then(|| self.pick(from))
    }
}
