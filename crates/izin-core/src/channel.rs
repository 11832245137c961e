//! How a person is reached.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way to reach or target a person. The text forms are the API's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// WhatsApp business messages.
    Whatsapp,
    /// Web or app push.
    Push,
    /// Telephone call.
    Phone,
    /// Audiences on other platforms.
    Social,
    /// Messages from business accounts on social platforms.
    SocialDm,
    /// Behavioural advertising.
    Ads,
    /// The shop's own pages.
    Site,
}

impl Channel {
    /// Every channel, in the order the design lists them.
    pub const ALL: [Self; 9] = [
        Self::Email,
        Self::Sms,
        Self::Whatsapp,
        Self::Push,
        Self::Phone,
        Self::Social,
        Self::SocialDm,
        Self::Ads,
        Self::Site,
    ];

    /// The number that stands for the channel in sealed links: never changed, never used again.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Email => 0,
            Self::Sms => 1,
            Self::Whatsapp => 2,
            Self::Push => 3,
            Self::Phone => 4,
            Self::Social => 5,
            Self::SocialDm => 6,
            Self::Ads => 7,
            Self::Site => 8,
        }
    }

    /// The channel behind a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// Whether messages go to an address or number of the person, for which consent is given.
    #[must_use]
    pub const fn is_addressed(self) -> bool {
        matches!(self, Self::Email | Self::Sms | Self::Whatsapp | Self::Phone)
    }

    /// Whether to be reached on it means that data leave for other companies' use: sale and sharing
    /// in the words of the CCPA.
    #[must_use]
    pub const fn is_sale_or_sharing(self) -> bool {
        matches!(self, Self::Social | Self::Ads)
    }

    /// Whether something can be shown on it that uses nothing of the person, not even an address.
    #[must_use]
    pub const fn may_be_contextual(self) -> bool {
        matches!(self, Self::Ads | Self::Site)
    }

    /// The name used in the API, in files and in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Push => "push",
            Self::Phone => "phone",
            Self::Social => "social",
            Self::SocialDm => "social_dm",
            Self::Ads => "ads",
            Self::Site => "site",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown channel `{0}`; channels are email, sms, whatsapp, push, phone, social, social_dm, ads, site"
)]
pub struct ChannelError(String);

impl FromStr for Channel {
    type Err = ChannelError;

    fn from_str(text: &str) -> Result<Self, ChannelError> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or_else(|| ChannelError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_in_a_sent_link_keeps_its_number() {
        let codes = Channel::ALL.map(|channel| (channel.as_str(), channel.code()));
        let sent = [
            "email",
            "sms",
            "whatsapp",
            "push",
            "phone",
            "social",
            "social_dm",
            "ads",
            "site",
        ];
        for ((name, code), (place, was)) in codes.into_iter().zip((0_u8..).zip(sent)) {
            assert_eq!((name, code), (was, place));
            assert_eq!(Channel::from_code(code).map(Channel::as_str), Some(name));
        }
        assert_eq!(Channel::from_code(9), None);
    }
}
