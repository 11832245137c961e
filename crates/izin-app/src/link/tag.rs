//! Tags: what a mail's address can hold of a link. The part before the `@` has 64 characters at most
//! (RFC 5321 §4.5.3.1.1), may come back in another letter case, and must be as hard to make up.
//!
//! A tag holds the hash of the address that a message went to, and the campaign, covered ([`super::cover`]).
//! It names a person only here.

use izin_store::{KeyVersion, SuppressionHash};

use super::{Link, Links};

/// Bytes of the code: nobody finds one of 96 bits by posting mail.
const CODE: usize = 12;
/// The version of the key, the hash of the address, the campaign.
const PLAIN: usize = 1 + 16 + 4;
/// The letters of RFC 4648 §6, of which none looks like another to a program that folds case.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Characters of a tag.
pub const TAG_CHARS: usize = (CODE + PLAIN) * 8 / 5 + 1;

/// What a tag is for; one made for another thing is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// To write to it is to opt out.
    OptOut,
    /// The address that mail comes back to.
    Bounce,
    /// The name of a message in a complaint (RFC 9477).
    Complaint,
}

impl TagKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::OptOut, Self::Bounce, Self::Complaint];

    /// The letter before the tag.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::OptOut => 's',
            Self::Bounce => 'b',
            Self::Complaint => 'c',
        }
    }
}

/// What a tag says, once opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// What it was made for.
    pub kind: TagKind,
    /// The address the message went to.
    pub address: SuppressionHash,
    /// The campaign it belonged to; 0 for none.
    pub campaign: u64,
}

impl Links {
    /// The tag of a link, with the letter of its kind before it.
    #[must_use]
    pub fn tag(&self, kind: TagKind, link: &Link) -> String {
        let campaign = u32::try_from(link.campaign).unwrap_or_default();
        let mut plain = [0; PLAIN];
        plain[0] = link.address.version().number();
        plain[1..17].copy_from_slice(link.address.as_bytes());
        plain[17..].copy_from_slice(&campaign.to_be_bytes());
        let letters = to_letters(&self.cover::<CODE>((b"tag", kind.letter() as u8), &plain));
        format!("{}{letters}", kind.letter())
    }

    /// Opens a tag in any letter case; `None` for anything that was not made here.
    #[must_use]
    pub fn open_tag(&self, text: &str) -> Option<Tag> {
        let text = text.trim().to_ascii_lowercase();
        let letter = text.chars().next()?;
        let kind = TagKind::ALL
            .into_iter()
            .find(|own| own.letter() == letter)?;
        let bytes = from_letters(text.get(1..)?)?;
        let plain = self.uncover::<CODE>((b"tag", kind.letter() as u8), &bytes)?;
        let (version, rest) = plain.split_first()?;
        let (hash, campaign) = rest.split_first_chunk::<16>()?;
        let version = KeyVersion::from_number(*version)?;
        Some(Tag {
            kind,
            address: SuppressionHash::from_bytes(*hash, version),
            campaign: u32::from_be_bytes(campaign.try_into().ok()?).into(),
        })
    }
}

/// Five bits a letter; the last holds what is left.
fn to_letters(bytes: &[u8]) -> String {
    let bit = |at: usize| {
        let byte = bytes.get(at / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - at % 8) & 1)
    };
    let letter = |from: usize| {
        let value = (from..from + 5).fold(0, |value, at| value << 1 | bit(at));
        char::from(LETTERS[value])
    };
    (0..bytes.len() * 8).step_by(5).map(letter).collect()
}

/// The bytes behind letters; `None` where they are not those of a tag, to the last bit.
fn from_letters(text: &str) -> Option<Vec<u8>> {
    if text.len() != TAG_CHARS {
        return None;
    }
    let value = |letter: u8| LETTERS.iter().position(|own| *own == letter);
    let mut bytes = vec![0_u8; CODE + PLAIN];
    for (place, letter) in text.bytes().enumerate() {
        let value = value(letter)?;
        for bit in 0..5 {
            let (at, set) = (place * 5 + bit, value >> (4 - bit) & 1 == 1);
            match bytes.get_mut(at / 8) {
                Some(byte) if set => *byte |= 1 << (7 - at % 8),
                None if set => return None,
                _ => {}
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use izin_core::{Channel, SubjectId};
    use izin_store::Entropy;
    use izin_store::vault::Key;

    use super::*;

    fn links() -> Links {
        Links::new(Key::from_bytes([7; 32]), Entropy::seeded(1))
    }

    fn link(campaign: u64) -> Link {
        Link {
            subject: SubjectId::from_bytes([1; 16]),
            address: SuppressionHash::from_bytes([2; 16], KeyVersion::FIRST),
            channel: Channel::Email,
            campaign,
        }
    }

    #[test]
    fn a_changed_tag_or_one_of_another_kind_or_key_opens_nothing() {
        let tag = links().tag(TagKind::OptOut, &link(3));
        for at in 0..tag.len() {
            for letter in ['a', '7', 'b', 's'] {
                let mut bent = tag.clone();
                bent.replace_range(at..=at, &letter.to_string());
                assert!(bent == tag || links().open_tag(&bent).is_none(), "{bent}");
            }
        }
        let other = Links::new(Key::from_bytes([8; 32]), Entropy::seeded(1));
        assert_eq!(other.open_tag(&tag), None);
        for text in [
            "",
            "s",
            "é",
            &tag[1..],
            &format!("{tag}a"),
            &"s".repeat(10_000),
            &tag.replace('s', "0"),
        ] {
            assert_eq!(links().open_tag(text), None, "{text}");
        }
    }

    #[test]
    fn a_tag_fits_into_an_address_and_opens_to_what_it_was_made_of() {
        for kind in TagKind::ALL {
            let tag = links().tag(kind, &link(3));
            assert_eq!(tag.len(), TAG_CHARS + 1);
            assert!(tag.len() + "izin+".len() <= 64);
            for text in [tag.clone(), tag.to_uppercase(), format!(" {tag} ")] {
                let Link {
                    address, campaign, ..
                } = link(3);
                assert_eq!(
                    links().open_tag(&text),
                    Some(Tag {
                        kind,
                        address,
                        campaign
                    })
                );
            }
        }
    }

    #[test]
    fn two_tags_of_one_person_have_nothing_in_common() {
        let [one, same, other] = [3, 3, 4].map(|own| links().tag(TagKind::Bounce, &link(own)));
        assert_eq!(one, same);
        let alike = one
            .bytes()
            .zip(other.bytes())
            .filter(|(own, other)| own == other)
            .count();
        assert!(alike < TAG_CHARS / 4, "{alike}");
    }
}
