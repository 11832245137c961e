//! The short form of a link, for texts, of which every character is paid for: 64 instead of 110. It says the
//! same as the long one and opens the same page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use izin_core::{Channel, SubjectId};
use izin_store::{KeyVersion, SuppressionHash};

use super::{Link, LinkKind, Links};

/// Bytes of the code: nobody finds one of 80 bits by asking a server.
const CODE: usize = 10;
/// Characters of a token.
pub(crate) const SHORT_CHARS: usize = (CODE + 16 + 16 + 4 + 2) * 4 / 3;

impl Links {
    /// The short token of a link.
    #[must_use]
    pub fn short(&self, kind: LinkKind, link: &Link) -> String {
        let campaign = u32::try_from(link.campaign).unwrap_or_default();
        let plain = [
            link.subject.as_bytes().as_slice(),
            link.address.as_bytes(),
            &campaign.to_be_bytes(),
            &[link.channel.code(), link.address.version().number()],
        ];
        URL_SAFE_NO_PAD.encode(self.cover::<CODE>((b"short", kind.code()), &plain.concat()))
    }

    pub(super) fn open_short(&self, kind: LinkKind, token: &str) -> Option<Link> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let plain = self.uncover::<CODE>((b"short", kind.code()), &bytes)?;
        let (subject, rest) = plain.split_first_chunk::<16>()?;
        let (address, rest) = rest.split_first_chunk::<16>()?;
        let (campaign, rest) = rest.split_first_chunk::<4>()?;
        let [channel, version] = rest else {
            return None;
        };
        let version = KeyVersion::from_number(*version)?;
        Some(Link {
            subject: SubjectId::from_bytes(*subject),
            address: SuppressionHash::from_bytes(*address, version),
            channel: Channel::from_code(*channel)?,
            campaign: u32::from_be_bytes(*campaign).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use izin_store::Entropy;
    use izin_store::vault::Key;

    use super::*;

    fn links(key: u8) -> Links {
        Links::new(Key::from_bytes([key; 32]), Entropy::seeded(1))
    }

    fn link(campaign: u64) -> Link {
        Link {
            subject: SubjectId::from_bytes([1; 16]),
            address: SuppressionHash::from_bytes([2; 16], KeyVersion::FIRST),
            channel: Channel::Sms,
            campaign,
        }
    }

    #[test]
    fn a_changed_short_token_or_one_of_another_kind_or_key_opens_nothing() {
        let token = links(7).short(LinkKind::OptOut, &link(3));
        assert_eq!(links(7).open(LinkKind::Why, &token), None);
        assert_eq!(links(8).open(LinkKind::OptOut, &token), None);
        for at in 0..token.len() {
            let mut bent = token.clone();
            let other = if bent.get(at..=at) == Some("A") {
                "B"
            } else {
                "A"
            };
            bent.replace_range(at..=at, other);
            assert_eq!(
                links(7).open(LinkKind::OptOut, &bent),
                None,
                "character {at}"
            );
        }
    }

    #[test]
    fn a_short_token_opens_to_what_it_was_made_of_and_two_have_nothing_in_common() {
        let [one, same, other] = [3, 3, 4].map(|own| links(7).short(LinkKind::OptOut, &link(own)));
        assert_eq!(one.len(), SHORT_CHARS);
        assert_eq!(links(7).open(LinkKind::OptOut, &one), Some(link(3)));
        assert_eq!(one, same);
        let alike = one.bytes().zip(other.bytes());
        let alike = alike.filter(|(own, other)| own == other).count();
        assert!(alike < SHORT_CHARS / 4, "{alike}");
    }
}
