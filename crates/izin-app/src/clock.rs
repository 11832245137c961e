//! Where time enters: the system's clock, or one that tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use izin_core::Timestamp;

/// Seconds by which a reporter's clock may run ahead of ours.
const SKEW_SECONDS: i64 = 300;

/// A source of the present moment, cheap to clone.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands where it was set.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now` until it is set again.
    #[must_use]
    pub fn fixed(now: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(now.as_micros())))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the port for time")]
            Self::System => Timestamp::from_micros(jiff::Timestamp::now().as_microsecond()),
            Self::Fixed(micros) => Timestamp::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Whether what a reporter calls past lies further ahead than two clocks may differ.
    #[must_use]
    pub fn is_ahead(&self, at: Timestamp) -> bool {
        at > self.now().plus_seconds(SKEW_SECONDS)
    }

    /// Sets a fixed clock; the machine's clock stays as it is.
    pub fn set(&self, now: Timestamp) {
        if let Self::Fixed(micros) = self {
            micros.store(now.as_micros(), Ordering::SeqCst);
        }
    }
}
