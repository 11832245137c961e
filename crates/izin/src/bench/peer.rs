//! What finding alone costs on this machine: a bare map of the same keys, and the memory itself.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::time::Instant;

use izin_core::SubjectId;

use super::decide::cpu;
use super::population::{Dice, Population};

/// Loads in one measured walk.
const LOADS: usize = 2_000_000;

/// People by id, and a number for each.
pub(super) struct BareMap(HashMap<SubjectId, u64, BuildHasherDefault<Given>>);

impl BareMap {
    /// A map of so many.
    pub(super) fn of(people: u64) -> Self {
        let all = (0..people).map(|person| (Population::subject(person), person));
        Self(all.collect())
    }

    /// People found per second of a core.
    pub(super) fn rate(&self, whom: &[u64]) -> anyhow::Result<f64> {
        let whom: Vec<_> = whom.iter().copied().map(Population::subject).collect();
        let began = cpu()?;
        let found = whom.iter().filter_map(|who| self.0.get(who));
        black_box(found.fold(0, |sum: u64, own| sum.wrapping_add(*own)));
        Ok(whom.len() as f64 / (cpu()? - began))
    }
}

/// A key's own bytes as its hash: the ids are random, so that hashing them would only cost.
#[derive(Default)]
struct Given(u64);

impl Hasher for Given {
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().copied();
        self.0 ^= first.map_or(0, u64::from_le_bytes);
    }

    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Places in memory, each of which names the next: a load cannot begin before the one before ends.
pub(super) struct Chain(Vec<u32>);

impl Chain {
    /// One ring through so many bytes, in no order (Sattolo's shuffle).
    pub(super) fn of(bytes: usize) -> Self {
        let length = u32::try_from(bytes / size_of::<u32>()).unwrap_or(u32::MAX);
        let mut ring: Vec<u32> = (0..length).collect();
        let mut dice = Dice::of(bytes as u64, 12);
        for last in (1..ring.len()).rev() {
            let other = usize::try_from(dice.below(last as u64)).unwrap_or_default();
            ring.swap(last, other);
        }
        Self(ring)
    }

    /// How long one load takes.
    pub(super) fn nanos_per_load(&self) -> f64 {
        let mut at = 0_u32;
        let started = Instant::now();
        for _ in 0..LOADS {
            let next = self.0.get(at as usize);
            at = next.copied().unwrap_or_default();
        }
        black_box(at);
        started.elapsed().as_nanos() as f64 / LOADS as f64
    }
}
