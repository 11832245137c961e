//! What Vonage posts about text messages: the `sig` parameter of its SMS API, the signed token of its
//! Messages API, and the fields that matter. Start at [`verify`] and [`verify_token`].

use serde::Deserialize;

use crate::mac::{self, Hash};

/// Seconds that a request's clock may be off, before or behind.
pub const TOLERANCE_SECONDS: u64 = 300;

/// How the SMS API signs, as the account has it set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The oldest: an MD5 with the secret behind the text.
    Md5Hash,
    /// HMAC with MD5.
    Md5,
    /// HMAC with SHA-1.
    Sha1,
    /// HMAC with SHA-256.
    Sha256,
    /// HMAC with SHA-512.
    Sha512,
}

impl Method {
    /// The method of this name, as `sha256` or `hmac-sha256`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match name.strip_prefix("hmac-").unwrap_or(&name) {
            "md5hash" | "md5-hash" => Some(Self::Md5Hash),
            "md5" => Some(Self::Md5),
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }
}

/// Whether the fields of a request carry their own signature. Its age is a rule of its own:
/// [`is_fresh`].
#[must_use]
pub fn verify(secret: &str, method: Method, params: &[(String, String)]) -> bool {
    let mut sorted: Vec<_> = params.iter().filter(|(name, _)| name != "sig").collect();
    sorted.sort();
    let text: String = sorted
        .iter()
        .map(|(name, value)| format!("&{name}={}", value.replace(['&', '='], "_")))
        .collect();
    let keyed = |hash| mac::hmac(hash, secret.as_bytes(), &[text.as_bytes()]);
    let made = match method {
        Method::Md5Hash => mac::md5(format!("{text}{secret}").as_bytes()),
        Method::Md5 => keyed(Hash::Md5),
        Method::Sha1 => keyed(Hash::Sha1),
        Method::Sha256 => keyed(Hash::Sha256),
        Method::Sha512 => keyed(Hash::Sha512),
    };
    let given = field(params, "sig").and_then(mac::from_hex);
    !secret.is_empty() && given.is_some_and(|given| mac::same(&made, &given))
}

/// Whether a request says that it was signed around `now`, in seconds.
#[must_use]
pub fn is_fresh(params: &[(String, String)], now: u64) -> bool {
    let said: Option<u64> = field(params, "timestamp").and_then(|own| own.parse().ok());
    said.is_some_and(|said| now.abs_diff(said) <= TOLERANCE_SECONDS)
}

/// The first value of a field.
fn field<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = params.iter().find(|(own, _)| own == name);
    found.map(|(_, value)| value.as_str())
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iat: u64,
    #[serde(default)]
    exp: Option<u64>,
    payload_hash: String,
}

/// Whether the header `Authorization: Bearer …` of the Messages API is signed with the secret, is about
/// this body and was made around `now`, in seconds (absent: its age is not judged). A token that says
/// nothing of the body vouches for none.
#[must_use]
pub fn verify_token(secret: &str, authorization: &str, body: &[u8], now: Option<u64>) -> bool {
    claims(secret, authorization).is_some_and(|claims| {
        let is_body = claims
            .payload_hash
            .eq_ignore_ascii_case(&mac::sha256_hex(body));
        let fresh = |now: u64| {
            now.abs_diff(claims.iat) <= TOLERANCE_SECONDS && claims.exp.is_none_or(|end| now < end)
        };
        is_body && now.is_none_or(fresh)
    })
}

/// What a token claims, if its signature fits.
fn claims(secret: &str, authorization: &str) -> Option<Claims> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let (signed, signature) = token.trim().rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = serde_json::from_slice(&mac::from_base64_url(header)?).ok()?;
    let made = mac::hmac(Hash::Sha256, secret.as_bytes(), &[signed.as_bytes()]);
    let fits = scheme.eq_ignore_ascii_case("bearer")
        && header.alg == "HS256"
        && !secret.is_empty()
        && mac::same(&made, &mac::from_base64_url(signature)?);
    let claims = mac::from_base64_url(claims).filter(|_| fits)?;
    serde_json::from_slice(&claims).ok()
}

/// An answer to our texts. `Debug` says nothing of whom or what.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The number it came from, without a plus.
    pub from: String,
    /// What it says.
    pub text: String,
    /// The provider's id, by which a repetition is known.
    pub id: String,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(masked)")
    }
}

impl Text {
    /// Reads the fields of an SMS API message; `None` for receipts and all else.
    #[must_use]
    pub fn of_params(params: &[(String, String)]) -> Option<Self> {
        let own = |name| field(params, name).filter(|own: &&str| !own.is_empty());
        Some(Self {
            from: own("msisdn")?.to_owned(),
            text: field(params, "text")?.to_owned(),
            id: own("messageId").unwrap_or_default().to_owned(),
        })
    }

    /// Reads the body of a Messages API message; `None` for all else.
    #[must_use]
    pub fn of_message(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Message {
            from: String,
            #[serde(default)]
            text: String,
            message_uuid: String,
            message_type: String,
        }
        let own: Message = serde_json::from_slice(body).ok()?;
        let is_words = own.message_type == "text" && !own.from.is_empty();
        is_words.then_some(Self {
            from: own.from,
            text: own.text,
            id: own.message_uuid,
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const SECRET: &str = "a secret for signatures";
    const NOW: u64 = 1_795_262_400;

    fn params(sig: &str) -> Vec<(String, String)> {
        let own = [
            ("text", "a&b=c"),
            ("msisdn", "6281200000001"),
            ("timestamp", "1795262400"),
            ("messageId", "0A"),
            ("sig", sig),
        ];
        own.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    const SIGNED: &str = "&messageId=0A&msisdn=6281200000001&text=a_b_c&timestamp=1795262400";

    #[test]
    fn fields_that_carry_no_fitting_signature_are_refused() {
        let sig = mac::hex(&mac::hmac(
            Hash::Sha256,
            SECRET.as_bytes(),
            &[SIGNED.as_bytes()],
        ));
        assert!(verify(SECRET, Method::Sha256, &params(&sig)), "the control");
        assert!(verify(SECRET, Method::Sha256, &params(&sig.to_uppercase())));
        for method in [Method::Md5Hash, Method::Md5, Method::Sha1, Method::Sha512] {
            assert!(!verify(SECRET, method, &params(&sig)));
        }
        for bad in ["", "zz", &sig[1..], &sig[2..]] {
            assert!(!verify(SECRET, Method::Sha256, &params(bad)), "{bad}");
        }
        let mut other = params(&sig);
        other[0].1 = "a&b=d".to_owned();
        assert!(!verify(SECRET, Method::Sha256, &other));
        assert!(!verify(
            "",
            Method::Md5Hash,
            &params(&mac::hex(&mac::md5(SIGNED.as_bytes())))
        ));
        assert!(
            !verify(SECRET, Method::Sha256, &params(&sig)[..4]),
            "without one"
        );
    }

    #[test]
    fn the_oldest_method_has_the_secret_behind_the_text() {
        let sig = mac::hex(&mac::md5(format!("{SIGNED}{SECRET}").as_bytes()));
        assert!(verify(
            SECRET,
            Method::parse("md5hash").unwrap(),
            &params(&sig)
        ));
        assert_eq!(Method::parse("HMAC-SHA512"), Some(Method::Sha512));
        assert_eq!(Method::parse("sha3"), None);
    }

    #[test]
    fn a_request_of_another_time_is_not_fresh() {
        for now in [NOW - 301, NOW + 301, 0] {
            assert!(!is_fresh(&params(""), now));
        }
        assert!(is_fresh(&params(""), NOW + 300) && !is_fresh(&[], NOW));
    }

    fn token(header: &str, claims: &str, key: &str) -> String {
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let code = mac::hmac(Hash::Sha256, key.as_bytes(), &[text.as_bytes()]);
        format!("Bearer {text}.{}", URL_SAFE_NO_PAD.encode(code))
    }

    #[test]
    fn a_token_vouches_for_one_body_at_one_time() {
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let claims = format!(
            r#"{{"iat":{NOW},"payload_hash":"{}"}}"#,
            mac::sha256_hex(b"{}")
        );
        let good = token(header, &claims, SECRET);
        assert!(verify_token(SECRET, &good, b"{}", Some(NOW)), "the control");
        assert!(verify_token(SECRET, &good, b"{}", None));
        assert!(
            !verify_token(SECRET, &good, b"{ }", Some(NOW)),
            "another body"
        );
        assert!(
            !verify_token(SECRET, &good, b"{}", Some(NOW + 301)),
            "too late"
        );
        assert!(!verify_token("another", &good, b"{}", Some(NOW)));
        assert!(!verify_token(
            "",
            &token(header, &claims, ""),
            b"{}",
            Some(NOW)
        ));
        let past = claims.replace("}", &format!(r#","exp":{}}}"#, NOW - 1));
        assert!(!verify_token(
            SECRET,
            &token(header, &past, SECRET),
            b"{}",
            Some(NOW)
        ));
        for claims in ["{}", "[]", "", &format!(r#"{{"iat":{NOW}}}"#)] {
            assert!(
                !verify_token(SECRET, &token(header, claims, SECRET), b"{}", None),
                "{claims}"
            );
        }
        let unsigned = token(r#"{"alg":"none"}"#, &claims, SECRET);
        assert!(!verify_token(SECRET, &unsigned, b"{}", Some(NOW)));
        for bad in [
            "",
            "Bearer",
            "Bearer a.b",
            "Bearer ..",
            &good.replace("Bearer", "Basic"),
            &good[..good.len() - 2],
        ] {
            assert!(!verify_token(SECRET, bad, b"{}", Some(NOW)), "{bad}");
        }
    }

    #[test]
    fn answers_are_read_and_receipts_are_not() {
        let own = Text::of_params(&params("")).unwrap();
        assert_eq!(
            (own.from.as_str(), own.text.as_str(), own.id.as_str()),
            ("6281200000001", "a&b=c", "0A")
        );
        assert_eq!(
            Text::of_params(&params("")[1..]),
            None,
            "a receipt has no text"
        );
        let message = r#"{"from":"62812","to":"1","text":"STOP","message_uuid":"u","message_type":"text","channel":"sms"}"#;
        assert_eq!(Text::of_message(message.as_bytes()).unwrap().text, "STOP");
        assert_eq!(
            Text::of_message(
                &message
                    .replace("\"text\",\"ch", "\"image\",\"ch")
                    .into_bytes()
            ),
            None
        );
        for bad in ["", "[]", "null", "{}", "\u{0}"] {
            assert_eq!(Text::of_message(bad.as_bytes()), None);
        }
    }
}
