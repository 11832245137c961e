//! What Twilio and those shaped like it post about text messages: its signature over the public address
//! and every parameter, and the fields that matter. Start at [`verify`] and [`Inbound::read`].

use crate::mac::{self, Hash};

/// Ports that a proxy or a library may add to an address or leave out.
const STANDARD_PORTS: [(&str, &str); 2] = [("https://", ":443"), ("http://", ":80")];
/// The query's parameter that holds the hash of a body that is no form.
const BODY_HASH: &str = "bodySHA256";

/// The error by which Twilio says, about a message of ours, that its reader had sent STOP before.
pub const STOPPED_BEFORE: &str = "21610";

/// Texts that Twilio itself answers, and after which it carries nothing more to whoever sent them.
const ANSWERED: [&str; 8] = [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "OPTOUT",
    "REVOKE",
];

/// Whether Twilio tells the sender of a text itself that they have opted out.
#[must_use]
pub fn answers_itself(text: &str) -> bool {
    ANSWERED
        .iter()
        .any(|own| own.eq_ignore_ascii_case(text.trim()))
}

/// A request as it came.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The whole public address it was sent to, with its query.
    pub url: &'a str,
    /// The form's fields, decoded, every one; none for a body that is no form.
    pub params: &'a [(String, String)],
    /// The body's bytes where it is no form.
    pub body: Option<&'a [u8]>,
    /// The header `X-Twilio-Signature`.
    pub signature: &'a str,
}

/// Whether a request was signed with the account's token. A body that is no form counts by its hash in
/// the query.
#[must_use]
pub fn verify(token: &str, request: Request<'_>) -> bool {
    let Some(given) = mac::from_base64(request.signature) else {
        return false;
    };
    let fields = joined(request.params);
    let fits = |url: &str| {
        let made = mac::hmac(
            Hash::Sha1,
            token.as_bytes(),
            &[url.as_bytes(), fields.as_bytes()],
        );
        mac::same(&made, &given)
    };
    let body_fits = request
        .body
        .is_none_or(|body| is_hash_of(request.url, body));
    !token.is_empty() && body_fits && spellings(request.url).iter().any(|url| fits(url))
}

/// Names and values in the order of their names, each value of a name once.
fn joined(params: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = params.iter().collect();
    sorted.sort();
    sorted.dedup();
    sorted
        .iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()])
        .collect()
}

/// An address as it is, and with its standard port added or taken away.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    for (scheme, port) in STANDARD_PORTS {
        let Some(rest) = url.strip_prefix(scheme) else {
            continue;
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        all.push(match authority.strip_suffix(port) {
            Some(host) => format!("{scheme}{host}{path}"),
            None => format!("{scheme}{authority}{port}{path}"),
        });
    }
    all
}

fn is_hash_of(url: &str, body: &[u8]) -> bool {
    let (_, query) = url.split_once('?').unwrap_or_default();
    let said = crate::form::pairs(query).find(|(name, _)| name == BODY_HASH);
    said.is_some_and(|(_, said)| said.eq_ignore_ascii_case(&mac::sha256_hex(body)))
}

/// What a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// Somebody answered.
    Text(Text),
    /// A message of ours met somebody who had opted out at the provider.
    StoppedBefore {
        /// Their number, as Twilio has it.
        to: String,
        /// Twilio's id of the message.
        id: String,
    },
    /// Nothing we act on.
    Other,
}

/// An answer to our texts. `Debug` says nothing of whom or what.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The number it came from.
    pub from: String,
    /// What it says.
    pub text: String,
    /// The provider's id, by which a repetition is known.
    pub id: String,
    /// What the provider itself made of it, where it does.
    pub keyword: Option<Keyword>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(masked)")
    }
}

/// What a provider took a text for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// It stops its messages to them.
    Stop,
    /// It sends again.
    Start,
    /// It answered with help.
    Help,
}

impl Inbound {
    /// Reads the fields of a message (`From`, `Body`, `OptOutType`) or of the status of one of ours
    /// (`To`, `ErrorCode`).
    #[must_use]
    pub fn read(params: &[(String, String)]) -> Self {
        let field = |name: &str| {
            let found = params.iter().find(|(own, _)| own == name);
            found
                .map(|(_, value)| value.as_str())
                .filter(|own| !own.is_empty())
        };
        let id = field("MessageSid")
            .or_else(|| field("SmsSid"))
            .unwrap_or_default()
            .to_owned();
        if field("ErrorCode") == Some(STOPPED_BEFORE)
            && let Some(to) = field("To")
        {
            return Self::StoppedBefore {
                to: to.to_owned(),
                id,
            };
        }
        let keyword = match field("OptOutType") {
            Some("STOP") => Some(Keyword::Stop),
            Some("START") => Some(Keyword::Start),
            Some("HELP") => Some(Keyword::Help),
            _ => None,
        };
        // A message without words is a picture, and its status has no `Body` at all.
        let is_message = params.iter().any(|(name, _)| name == "Body") || keyword.is_some();
        match field("From").filter(|_| is_message) {
            Some(from) => Self::Text(Text {
                from: from.to_owned(),
                text: field("Body").unwrap_or_default().to_owned(),
                id,
                keyword,
            }),
            None => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const TOKEN: &str = "an account's token";
    const URL: &str = "https://izin.toko.example/hooks/twilio/sms?a=1";

    fn params(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn signed(text: &str) -> String {
        STANDARD.encode(mac::hmac(Hash::Sha1, TOKEN.as_bytes(), &[text.as_bytes()]))
    }

    fn fits(token: &str, url: &str, params: &[(String, String)], signature: &str) -> bool {
        verify(
            token,
            Request {
                url,
                params,
                body: None,
                signature,
            },
        )
    }

    #[test]
    fn what_was_not_signed_as_it_came_is_refused() {
        let own = params(&[("From", "+6281200000001"), ("Body", "STOP")]);
        let signature = signed(&format!("{URL}BodySTOPFrom+6281200000001"));
        assert!(fits(TOKEN, URL, &own, &signature), "the control");
        assert!(!fits("another", URL, &own, &signature));
        assert!(!fits(TOKEN, &URL.replace("a=1", "a=2"), &own, &signature));
        assert!(!fits(
            TOKEN,
            URL,
            &params(&[("From", "+6281200000001"), ("Body", "")]),
            &signature
        ));
        let more = params(&[("From", "+6281200000001"), ("Body", "STOP"), ("New", "")]);
        assert!(!fits(TOKEN, URL, &more, &signature), "a name alone counts");
        for bad in ["", "%", "AAAA"] {
            assert!(!fits(TOKEN, URL, &own, bad), "{bad}");
        }
        let empty = STANDARD.encode(mac::hmac(Hash::Sha1, b"", &[URL.as_bytes()]));
        assert!(!fits("", URL, &[], &empty), "an empty token signs nothing");
    }

    #[test]
    fn fields_count_by_name_each_value_once() {
        let own = params(&[("b", "2"), ("a", "z"), ("a", "y"), ("a", "z"), ("A", "")]);
        assert!(fits(TOKEN, URL, &own, &signed(&format!("{URL}Aayazb2"))));
    }

    #[test]
    fn the_standard_port_may_be_there_or_not() {
        let (with, without) = (
            "https://toko.example:443/x?y=:443",
            "https://toko.example/x?y=:443",
        );
        assert!(
            fits(TOKEN, with, &[], &signed(without)) && fits(TOKEN, without, &[], &signed(with))
        );
        let (with, without) = ("http://toko.example:80", "http://toko.example");
        assert!(
            fits(TOKEN, with, &[], &signed(without)) && fits(TOKEN, without, &[], &signed(with))
        );
        assert!(!fits(
            TOKEN,
            "https://toko.example:8443/",
            &[],
            &signed("https://toko.example/")
        ));
    }

    #[test]
    fn a_body_that_is_no_form_counts_by_its_hash() {
        let url = format!("{URL}&bodySHA256={}", mac::sha256_hex(b"{}"));
        let signature = signed(&url);
        let of = |body| {
            verify(
                TOKEN,
                Request {
                    url: &url,
                    params: &[],
                    body,
                    signature: &signature,
                },
            )
        };
        assert!(of(Some(b"{}")));
        assert!(!of(Some(b"{ }")));
        let bare = Request {
            url: URL,
            params: &[],
            body: Some(b"{}"),
            signature: &signed(URL),
        };
        assert!(!verify(TOKEN, bare), "a body that nothing vouches for");
    }

    #[test]
    fn a_status_is_read_for_what_it_says_of_the_person() {
        let status = |code| {
            let own = [
                ("MessageSid", "SM1"),
                ("MessageStatus", "failed"),
                ("To", "+6281200000001"),
                ("From", "+100"),
                ("ErrorCode", code),
            ];
            Inbound::read(&params(&own))
        };
        let stopped = Inbound::StoppedBefore {
            to: "+6281200000001".to_owned(),
            id: "SM1".to_owned(),
        };
        assert_eq!(status("21610"), stopped);
        for code in ["30003", "", "121610"] {
            assert_eq!(status(code), Inbound::Other, "{code}");
        }
    }

    #[test]
    fn an_answer_is_read_with_what_the_provider_made_of_it() {
        let of = |fields: &[(&str, &str)]| Inbound::read(&params(fields));
        let Inbound::Text(own) = of(&[
            ("From", "+1"),
            ("Body", "Stop"),
            ("SmsSid", "SM2"),
            ("OptOutType", "STOP"),
        ]) else {
            panic!("a text");
        };
        assert_eq!(
            (own.text.as_str(), own.id.as_str(), own.keyword),
            ("Stop", "SM2", Some(Keyword::Stop))
        );
        assert!(
            matches!(of(&[("From", "+1"), ("Body", "")]), Inbound::Text(own) if own.text.is_empty())
        );
        assert_eq!(of(&[("Body", "STOP")]), Inbound::Other, "of nobody");
        assert_eq!(of(&[]), Inbound::Other);
    }
}
