//! Where randomness enters: the operating system, or a seed in tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes, cheap to clone.
#[derive(Debug, Clone)]
pub enum Entropy {
    /// The operating system's generator.
    System,
    /// A repeatable stream for tests and seeded runs: never for real keys.
    Seeded {
        /// What the stream depends on.
        seed: u64,
        /// How many draws were made.
        drawn: Arc<AtomicU64>,
    },
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoEntropy;

impl Entropy {
    /// A repeatable stream that depends only on `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded {
            seed,
            drawn: Arc::default(),
        }
    }

    /// Draws `N` bytes.
    ///
    /// # Errors
    /// [`NoEntropy`] when the operating system refuses.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0_u8; N];
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the port for randomness")]
            Self::System => getrandom::fill(&mut bytes).map_err(|_| NoEntropy)?,
            Self::Seeded { seed, drawn } => {
                let draw = drawn.fetch_add(1, Ordering::Relaxed);
                let mut hasher = blake3::Hasher::new();
                hasher
                    .update(&seed.to_le_bytes())
                    .update(&draw.to_le_bytes());
                hasher.finalize_xof().fill(&mut bytes);
            }
        }
        Ok(bytes)
    }
}
