//! A pick and its reason, and the tray on which picks are laid.
//!
//! A reason must name nothing beyond what its level may use, and no count of other people's
//! purchases. Start at [`Because`].

use izin_core::{Level, Timestamp};

use crate::catalogue::ProductNo;

/// One product to show, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// What to show: on sale, never the product on screen, never twice in an answer.
    pub product: ProductNo,
    /// Why.
    pub because: Because,
}

/// Why a product was picked: all that was used, so that it can be said to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// It stands in the catalogue; everyone sees it.
    ForEveryone,
    /// It is in the category of the product on screen.
    SameCategory {
        /// The product on screen.
        on_screen: ProductNo,
    },
    /// Many buyers bought it within the last four weeks.
    Popular,
    /// Many customers bought it and the product on screen.
    GoesWith {
        /// The product on screen.
        on_screen: ProductNo,
    },
    /// The person bought it before.
    BuyAgain {
        /// In how many orders.
        times: u32,
        /// When last.
        last: Timestamp,
    },
    /// Many customers bought it and a product the person bought.
    BoughtTogether {
        /// The own product that speaks for it most.
        with: ProductNo,
    },
}

impl Because {
    /// The lowest level at which this may be said (design §3.4).
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::ForEveryone | Self::SameCategory { .. } => Level::Contextual,
            Self::Popular | Self::GoesWith { .. } => Level::Trends,
            Self::BuyAgain { .. } | Self::BoughtTogether { .. } => Level::Purchases,
        }
    }
}

impl Pick {
    /// How personal this pick is: never above the level asked for.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.because.level()
    }
}

/// The picks laid so far, and which products may still be laid.
pub(crate) struct Tray {
    open: Vec<bool>,
    picks: Vec<Pick>,
    places: usize,
}

impl Tray {
    /// An empty tray for so many picks of the products marked open.
    pub(crate) fn new(open: Vec<bool>, places: usize) -> Self {
        Self {
            open,
            picks: Vec::with_capacity(places),
            places,
        }
    }

    pub(crate) fn close(&mut self, product: ProductNo) {
        if let Some(open) = self.open.get_mut(product.place()) {
            *open = false;
        }
    }

    pub(crate) fn is_open(&self, product: ProductNo) -> bool {
        self.open.get(product.place()).copied().unwrap_or(false)
    }

    /// Lays picks in order until the tray holds `up_to` or is full; closed products are skipped.
    pub(crate) fn lay(&mut self, up_to: usize, picks: impl IntoIterator<Item = Pick>) {
        let mut picks = picks.into_iter();
        while self.picks.len() < up_to.min(self.places) {
            let Some(pick) = picks.next() else { return };
            if self.is_open(pick.product) {
                self.close(pick.product);
                self.picks.push(pick);
            }
        }
    }

    /// How many picks it holds when full.
    pub(crate) fn places(&self) -> usize {
        self.places
    }

    pub(crate) fn into_picks(self) -> Vec<Pick> {
        self.picks
    }
}
