//! An address in the one spelling that an advertising platform hashes, so that what is uploaded, and
//! what is taken away again, is the same person there. Start at [`spelling`].

use izin_core::{Identifier, IdentifierKind};

use crate::mac;

/// Where an address is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Here.
    Izin,
    /// Custom audiences of Meta.
    Meta,
    /// Google's Data Manager.
    Google,
    /// TikTok's audiences.
    Tiktok,
}

impl Platform {
    /// The platform of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "izin" => Some(Self::Izin),
            "meta" => Some(Self::Meta),
            "google" => Some(Self::Google),
            "tiktok" => Some(Self::Tiktok),
            _ => None,
        }
    }
}

/// The spelling of an address on a platform; `None` where it is none. A telephone number is read into
/// E.164 first, with the code of the country `home` where it has none: platforms drop a leading zero and
/// then know nobody.
#[must_use]
pub fn spelling(
    platform: Platform,
    kind: IdentifierKind,
    text: &str,
    home: &str,
) -> Option<String> {
    let own = match kind {
        IdentifierKind::Email => Identifier::email(text).ok()?,
        IdentifierKind::Phone => Identifier::phone(text, home).ok()?,
        IdentifierKind::Customer => return None,
    };
    let own = own.reveal("the spelling that a platform hashes");
    Some(match (platform, kind) {
        (Platform::Izin, _) | (Platform::Google | Platform::Tiktok, IdentifierKind::Phone) => {
            own.to_owned()
        }
        (Platform::Meta, IdentifierKind::Phone) => own.trim_start_matches('+').to_owned(),
        (Platform::Meta | Platform::Tiktok, _) => plain(text),
        (Platform::Google, _) => without_gmail_signs(&plain(text)),
    })
}

/// The hash of a spelling: SHA-256 in small hexadecimal digits.
#[must_use]
pub fn hash(spelling: &str) -> String {
    mac::sha256_hex(spelling.as_bytes())
}

/// An e-mail address in lower case without white space; dots and pluses stay.
fn plain(text: &str) -> String {
    let visible = text.chars().filter(|c| !c.is_whitespace());
    visible.flat_map(char::to_lowercase).collect()
}

/// Google takes all spellings of one of its own mailboxes for one.
fn without_gmail_signs(address: &str) -> String {
    let Some((local, domain @ ("gmail.com" | "googlemail.com"))) = address.rsplit_once('@') else {
        return address.to_owned();
    };
    let local = local.split('+').next().unwrap_or_default();
    format!("{}@{domain}", local.replace('.', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Platform; 4] = [
        Platform::Izin,
        Platform::Meta,
        Platform::Google,
        Platform::Tiktok,
    ];

    fn of(kind: IdentifierKind, text: &str) -> [Option<String>; 4] {
        ALL.map(|platform| spelling(platform, kind, text, "ID"))
    }

    #[test]
    fn what_is_no_address_has_no_spelling() {
        for text in ["", "siti", "siti@", "12"] {
            assert_eq!(
                of(IdentifierKind::Email, text),
                [None, None, None, None],
                "{text}"
            );
            assert_eq!(
                of(IdentifierKind::Phone, text),
                [None, None, None, None],
                "{text}"
            );
        }
        assert_eq!(
            of(IdentifierKind::Customer, "C-1"),
            [None, None, None, None]
        );
    }

    #[test]
    fn a_number_is_in_e_164_whatever_zero_it_was_typed_with() {
        for text in ["0812-0000-0001", "+62 0812 0000 0001", "6281200000001"] {
            let [izin, meta, google, tiktok] = of(IdentifierKind::Phone, text).map(Option::unwrap);
            assert_eq!(
                (izin.as_str(), meta.as_str()),
                ("+6281200000001", "6281200000001")
            );
            assert!(google == izin && tiktok == izin);
        }
    }

    #[test]
    fn each_platform_takes_other_mailboxes_for_one() {
        let [izin, meta, google, tiktok] =
            of(IdentifierKind::Email, " Si.Ti+Promo@Gmail.com ").map(Option::unwrap);
        assert_eq!(google, "siti@gmail.com");
        assert!(
            [izin, meta, tiktok]
                .iter()
                .all(|own| own == "si.ti+promo@gmail.com")
        );
        let [.., google, _] =
            of(IdentifierKind::Email, "Si.Ti+Promo@toko.example").map(Option::unwrap);
        assert_eq!(google, "si.ti+promo@toko.example");
        assert_eq!(hash("").len(), 64);
    }
}
