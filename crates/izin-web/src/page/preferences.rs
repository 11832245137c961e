//! `/p/{token}`: what this shop may send and how personally, each with a way to switch it off.
//!
//! By this link one may only narrow: switch off, stop everything, dial down. Switching on is
//! never offered here, because whoever holds a forwarded message holds the link.

use askama::Template;
use izin_core::law::Basis;
use izin_core::{Channel, Level};

use super::Frame;
use super::privacy::basis;
use crate::i18n::Texts;

/// The names and values of the page's forms, so that the handler reads what the page writes.
///
/// Each form posts `do` with one of the three values to the page's own address.
pub mod form {
    /// The field that says what is asked.
    pub const DO: &str = "do";
    /// Value of [`DO`]: switch off one purpose on one channel, named by [`PURPOSE`] and [`CHANNEL`].
    pub const SWITCH_OFF: &str = "switch-off";
    /// Value of [`DO`]: stop everything that may be stopped, on every channel.
    pub const STOP_EVERYTHING: &str = "stop-everything";
    /// Value of [`DO`]: turn the dial down to [`LEVEL`].
    pub const DIAL_DOWN: &str = "dial-down";
    /// The field with a purpose's id.
    pub const PURPOSE: &str = "purpose";
    /// The field with a channel's name.
    pub const CHANNEL: &str = "channel";
    /// The field with a level's number.
    pub const LEVEL: &str = "level";
}

/// Whether a purpose may use a channel, in the words the page has for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// On since a day, by the person's own yes.
    On {
        /// The day of the yes.
        since: String,
    },
    /// On by another basis than consent, e.g. the shop's interest; may be switched off.
    OnWithoutConsent(Basis),
    /// Off by the person's no.
    Off {
        /// The day of the no.
        since: String,
    },
    /// The person never said yes; nothing is sent.
    NeverAgreed,
    /// Part of an order or a duty of the shop; not a choice.
    Needed(Basis),
}

impl Permission {
    pub(super) fn may_be_switched_off(&self) -> bool {
        matches!(self, Self::On { .. } | Self::OnWithoutConsent(_))
    }

    fn say(&self, texts: &Texts) -> String {
        let because = |key, own| texts.say(key).with("basis", basis(own, texts)).to_string();
        match self {
            Self::On { since } => texts.say("state-on").with("date", since).to_string(),
            Self::OnWithoutConsent(own) => because("state-on-without-consent", *own),
            Self::Off { since } => texts.say("state-off").with("date", since).to_string(),
            Self::NeverAgreed => texts.get("state-never").into_owned(),
            Self::Needed(own) => because("state-needed", *own),
        }
    }

    fn is_sent(&self) -> bool {
        self.may_be_switched_off() || matches!(self, Self::Needed(_))
    }
}

/// One channel of a purpose.
pub struct ChannelRow {
    /// The channel.
    pub channel: Channel,
    /// What is allowed on it.
    pub permission: Permission,
}

/// One purpose with its channels.
pub struct PurposeRow {
    /// The policy's id of the purpose; posted back as [`form::PURPOSE`].
    pub id: String,
    /// Its title, in the page's language.
    pub title: String,
    /// Its explanation, in the page's language.
    pub explanation: String,
    /// Its channels, in the policy's order.
    pub channels: Vec<ChannelRow>,
}

/// What the POST just answered did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// One purpose was switched off on one channel.
    SwitchedOff {
        /// The purpose's title.
        title: String,
        /// The channel.
        channel: Channel,
    },
    /// Everything was stopped.
    Everything,
    /// The dial went down.
    Dial(Level),
    /// The form was not understood; nothing was changed.
    NothingChanged,
}

impl Saved {
    fn say(&self, texts: &Texts) -> String {
        match self {
            Self::SwitchedOff { title, channel } => texts
                .say("saved-switched-off")
                .with("title", title)
                .with("channel", texts.channel(*channel))
                .to_string(),
            Self::Everything => texts.get("saved-everything").into_owned(),
            Self::Dial(level) => texts
                .say("saved-dial")
                .with("level", texts.level(*level))
                .to_string(),
            Self::NothingChanged => texts.get("saved-nothing").into_owned(),
        }
    }
}

/// The preference page.
#[derive(Template)]
#[template(path = "preferences.html")]
pub struct PreferencesPage {
    /// Language and shop.
    pub frame: Frame,
    /// What the POST just answered did; nothing on GET.
    pub saved: Option<Saved>,
    /// The receipt of that, a path without query; nothing where nothing was recorded.
    pub receipt_path: Option<String>,
    /// The masked address.
    pub address: String,
    /// What may be sent.
    pub purposes: Vec<PurposeRow>,
    /// Where the dial stands.
    pub level: Level,
    /// How to reach the shop to switch something on, e.g. `halo@senja.example`.
    pub shop_contact: String,
    /// Why the last message came, a path without query; nothing before the first message.
    pub why_path: Option<String>,
}

impl PreferencesPage {
    fn anything_on(&self) -> bool {
        let mut rows = self.purposes.iter().flat_map(|purpose| &purpose.channels);
        rows.any(|row| row.permission.may_be_switched_off())
    }

    /// The level to show: nothing uses browsing yet, so it reads as purchases.
    fn level_shown(&self) -> Level {
        self.level.min(Level::Purchases)
    }

    /// The levels one may go down to, nearest first.
    fn lower_levels(&self) -> impl Iterator<Item = Level> {
        let shown = self.level_shown();
        Level::ALL
            .into_iter()
            .rev()
            .filter(move |level| *level < shown)
    }
}
