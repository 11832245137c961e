//! Moments as people type them: with an offset of their own, or else on the shop's clock.

use std::str::FromStr;

use izin_core::Timestamp;
use izin_core::time::TimestampError;
use izin_core::zone::Zone;

/// A text that is a moment on some clock; which one counts is known once the policy is read.
#[derive(Debug, Clone)]
pub(crate) struct Moment(String);

impl FromStr for Moment {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        Timestamp::parse(text).map(|_| Self(text.to_owned()))
    }
}

impl Moment {
    /// The moment meant; one without an offset is on the clock of the zone.
    pub(crate) fn on(&self, zone: Zone) -> Result<Timestamp, TimestampError> {
        zone.parse_moment(&self.0)
    }
}
