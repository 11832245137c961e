//! Links in messages: sealed, so that they need no row, say nothing when read, and still work
//! after a restore and after the person is erased.
//!
//! By link alone one can only narrow. A link is bound to its kind: the address of an opt-out does
//! not open the preference page.

mod cover;
mod short;
mod tag;

pub(crate) use short::SHORT_CHARS;
pub use tag::{TAG_CHARS, Tag, TagKind};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use izin_core::{Channel, Seq, SubjectId};
use izin_store::vault::{Key, open, seal};
use izin_store::{Entropy, KeyVersion, StoreError, SuppressionHash};

/// The version of the key that seals links; the first character says it to later versions.
const KEY_ID: u8 = 1;
/// Longer texts are not links; ours have 111 characters, or 112.
const TOKEN_CHARS_MAX: usize = 256;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Stop messages on the channel: `/u/…`.
    OptOut,
    /// See and narrow preferences: `/p/…`.
    Preferences,
    /// See why a message came: `/why/…`.
    Why,
    /// See that an entry is in the log: `/r/…`.
    Receipt,
}

impl LinkKind {
    const fn code(self) -> u8 {
        match self {
            Self::OptOut => 1,
            Self::Preferences => 2,
            Self::Why => 3,
            Self::Receipt => 4,
        }
    }

    /// The path before the token.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::OptOut => "/u/",
            Self::Preferences => "/p/",
            Self::Why => "/why/",
            Self::Receipt => "/r/",
        }
    }
}

/// What a link's token says, once opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Whom the message went to.
    pub subject: SubjectId,
    /// The address it went to.
    pub address: SuppressionHash,
    /// The channel it went by.
    pub channel: Channel,
    /// The campaign it belonged to; 0 for none.
    pub campaign: u64,
}

/// Seals and opens links.
#[derive(Debug, Clone)]
pub struct Links {
    key: Key,
    entropy: Entropy,
}

impl Links {
    /// Seals under `key`.
    #[must_use]
    pub const fn new(key: Key, entropy: Entropy) -> Self {
        Self { key, entropy }
    }

    /// The token of a link: URL-safe text.
    ///
    /// # Errors
    /// [`StoreError::Entropy`].
    pub fn seal(&self, kind: LinkKind, link: &Link) -> Result<String, StoreError> {
        let version = link.address.version();
        let mut plain = [
            link.subject.as_bytes().as_slice(),
            link.address.as_bytes(),
            &[link.channel.code()],
            &link.campaign.to_be_bytes(),
        ]
        .concat();
        // Links from before there were versions are of the first.
        if version != KeyVersion::FIRST {
            plain.push(version.number());
        }
        self.sealed(kind, &plain)
    }

    /// The token of a link to the receipt of an entry. It names nobody.
    ///
    /// # Errors
    /// [`StoreError::Entropy`].
    pub fn seal_receipt(&self, seq: Seq) -> Result<String, StoreError> {
        self.sealed(LinkKind::Receipt, &seq.0.to_be_bytes())
    }

    /// Opens the token of a receipt; `None` for anything that was not sealed here for one.
    #[must_use]
    pub fn open_receipt(&self, token: &str) -> Option<Seq> {
        let plain = self.opened(LinkKind::Receipt, token)?;
        Some(Seq(u64::from_be_bytes(plain.try_into().ok()?)))
    }

    fn sealed(&self, kind: LinkKind, plain: &[u8]) -> Result<String, StoreError> {
        let sealed = seal(&self.key, &place(kind), plain, &self.entropy)?;
        Ok(URL_SAFE_NO_PAD.encode([&[KEY_ID][..], &sealed].concat()))
    }

    fn opened(&self, kind: LinkKind, token: &str) -> Option<Vec<u8>> {
        if token.len() > TOKEN_CHARS_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let [KEY_ID, sealed @ ..] = bytes.as_slice() else {
            return None;
        };
        open(&self.key, &place(kind), sealed).ok()
    }

    /// The name of a message in its `Message-ID`: the same whenever the same message is made, so
    /// that receivers can tell a repetition; it says nothing about the person.
    #[must_use]
    pub fn message_id(&self, link: &Link) -> String {
        let mut hasher = blake3::Hasher::new_keyed(self.key.expose());
        hasher.update(b"message-id").update(link.subject.as_bytes());
        hasher.update(&link.campaign.to_be_bytes());
        hasher.finalize().to_hex().chars().take(32).collect()
    }

    /// Opens a token of this kind; `None` for anything that was not sealed here for it.
    #[must_use]
    pub fn open(&self, kind: LinkKind, token: &str) -> Option<Link> {
        if token.len() == SHORT_CHARS {
            return self.open_short(kind, token);
        }
        let plain = self.opened(kind, token)?;
        let (subject, rest) = plain.split_first_chunk::<16>()?;
        let (address, rest) = rest.split_first_chunk::<16>()?;
        let (channel, rest) = rest.split_first()?;
        let (campaign, rest) = rest.split_first_chunk::<8>()?;
        let version = match rest {
            [] => KeyVersion::FIRST,
            [number] => KeyVersion::from_number(*number)?,
            _ => return None,
        };
        Some(Link {
            subject: SubjectId::from_bytes(*subject),
            address: SuppressionHash::from_bytes(*address, version),
            channel: Channel::from_code(*channel)?,
            campaign: u64::from_be_bytes(*campaign),
        })
    }
}

fn place(kind: LinkKind) -> [u8; 6] {
    [b'l', b'i', b'n', b'k', KEY_ID, kind.code()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        Links::new(Key::from_bytes([7; 32]), Entropy::seeded(1))
    }

    fn link() -> Link {
        Link {
            subject: SubjectId::from_bytes([1; 16]),
            address: SuppressionHash::from_bytes([2; 16], KeyVersion::FIRST),
            channel: Channel::Email,
            campaign: 3,
        }
    }

    #[test]
    fn a_changed_token_or_one_of_another_kind_opens_nothing() {
        let token = links().seal(LinkKind::Why, &link()).unwrap();
        assert_eq!(links().open(LinkKind::OptOut, &token), None);
        assert_eq!(links().open(LinkKind::Preferences, &token), None);
        assert_eq!(links().open_receipt(&token), None);
        let receipt = links().seal_receipt(Seq(7)).unwrap();
        assert_eq!(links().open(LinkKind::Why, &receipt), None);
        assert_eq!(links().open_receipt(&receipt), Some(Seq(7)));
        for at in 0..token.len() {
            let mut bent = token.clone().into_bytes();
            bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            assert_eq!(links().open(LinkKind::Why, &bent), None, "character {at}");
        }
        for text in ["", "x", "é", &"A".repeat(10_000)] {
            assert_eq!(links().open(LinkKind::Why, text), None);
        }
    }

    #[test]
    fn a_token_says_nothing_and_opens_to_what_was_sealed() {
        let token = links().seal(LinkKind::OptOut, &link()).unwrap();
        assert_eq!(links().open(LinkKind::OptOut, &token), Some(link()));
        let later = KeyVersion::from_number(2).unwrap();
        let renewed = Link {
            address: SuppressionHash::from_bytes([2; 16], later),
            ..link()
        };
        let token_of_later_keys = links().seal(LinkKind::OptOut, &renewed).unwrap();
        let opened = links().open(LinkKind::OptOut, &token_of_later_keys);
        assert_eq!(opened, Some(renewed));
        assert_ne!(
            token,
            links()
                .seal(
                    LinkKind::OptOut,
                    &Link {
                        campaign: 4,
                        ..link()
                    }
                )
                .unwrap()
        );
    }
}
