//! Machine-readable preferences: what a browser, a consent string or a platform said for a person.
//!
//! Here a signal is a fact with a scope; how it looks on the wire is `izin-wire`'s. To have seen one
//! is to obey it; not seeing it again changes nothing (CCPA regulations §7025(c)(5)).

use serde::{Deserialize, Serialize};

use crate::{Channel, Reason};

/// Who speaks for the person. The order is the order of precedence (design §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A platform or carrier reports that the person turned our messages off there.
    Provider,
    /// Global Privacy Control.
    Gpc,
    /// A string of the Global Privacy Platform.
    Gpp,
    /// A string of the Transparency and Consent Framework.
    Tcf,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 4] = [Self::Provider, Self::Gpc, Self::Gpp, Self::Tcf];

    /// The reason it gives a decision.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Provider => Reason::SignalProvider,
            Self::Gpc => Reason::SignalGpc,
            Self::Gpp => Reason::SignalGpp,
            Self::Tcf => Reason::SignalTcf,
        }
    }

    /// Whether the signal speaks about a channel when its fact names none: audiences and
    /// behavioural ads, which are what these signals refuse. A platform's names its channel.
    #[must_use]
    pub const fn concerns(self, channel: Channel) -> bool {
        channel.is_sale_or_sharing() && !matches!(self, Self::Provider)
    }
}

/// The signals that came with a request itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SignalSet(u8);

impl SignalSet {
    /// None.
    pub const NONE: Self = Self(0);

    /// This signal besides.
    #[must_use]
    pub const fn with(self, signal: Signal) -> Self {
        Self(self.0 | 1 << signal as u8)
    }

    /// Whether none came.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the signal came.
    #[must_use]
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & (1 << signal as u8) != 0
    }
}

/// A signal that was seen for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    /// Which.
    pub signal: Signal,
    /// One channel; absent: those the signal concerns by itself.
    pub channel: Option<Channel>,
    /// How often the person confirmed since, in separate acts, that it shall not count.
    pub confirmations: u8,
}

/// Confirmations, each a separate act of the person, that lift a signal or an opt-out of audiences
/// and behavioural ads (CCPA regulations §7028: two steps).
pub const CONFIRMATIONS: u8 = 2;

impl Seen {
    /// Whether it stands against a channel.
    #[must_use]
    pub fn denies(&self, channel: Channel) -> bool {
        self.confirmations < CONFIRMATIONS
            && match self.channel {
                Some(own) => own == channel,
                None => self.signal.concerns(channel),
            }
    }
}
