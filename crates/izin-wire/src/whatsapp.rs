//! What WhatsApp's Cloud API posts: its signature over the raw body, answers, the platform's own stop
//! and resume, and what became of our messages. Start at [`verify`] and [`events`].

use serde::Deserialize;

use crate::mac::{self, Hash};

/// The error by which WhatsApp says, about a message of ours, that its reader stopped marketing.
pub const STOPPED_BEFORE: u64 = 131_050;
/// The error by which it says that its reader has had enough for now from anybody: no opt-out.
pub const PLATFORM_CAP: u64 = 131_049;

/// Whether a body was signed with the app's secret; the header `X-Hub-Signature-256`.
#[must_use]
pub fn verify(secret: &str, signature: &str, body: &[u8]) -> bool {
    let made = mac::hmac(Hash::Sha256, secret.as_bytes(), &[body]);
    let given = signature
        .trim()
        .strip_prefix("sha256=")
        .and_then(mac::from_hex);
    !secret.is_empty() && given.is_some_and(|given| mac::same(&made, &given))
}

/// Something WhatsApp tells. `Debug` says nothing of whom or what.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// The platform's switch for marketing was moved.
    Preference {
        /// Whose, by WhatsApp's id: a number without a plus, which may differ from the one we sent to.
        wa_id: String,
        /// Of which messages; `marketing_messages`.
        category: String,
        /// Where it was moved.
        value: Preference,
        /// When, in seconds.
        timestamp: u64,
    },
    /// Somebody wrote to us.
    Text {
        /// Who, by WhatsApp's id.
        wa_id: String,
        /// What they wrote, or what stands on the button they pressed.
        text: String,
        /// WhatsApp's id of the message.
        id: String,
    },
    /// A message of ours could not be handed over.
    Failed {
        /// Whose it was, by WhatsApp's id.
        wa_id: String,
        /// WhatsApp's id of our message.
        id: String,
        /// WhatsApp's reason.
        code: u64,
    },
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Event(masked)")
    }
}

/// Where the platform's switch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preference {
    /// No more marketing.
    Stop,
    /// What the switch had stopped may come again. No consent of the law's.
    Resume,
}

/// Why a body is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is no webhook of a WhatsApp business account")]
pub struct NotUnderstood;

#[derive(Deserialize)]
struct Body {
    object: String,
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    value: serde_json::Value,
}

/// Reads every event of a body. What is no event of ours, or not of the form it should have, is passed
/// over, and the rest is read.
///
/// # Errors
/// [`NotUnderstood`].
pub fn events(body: &[u8]) -> Result<Vec<Event>, NotUnderstood> {
    let body: Body = serde_json::from_slice(body).map_err(|_| NotUnderstood)?;
    if body.object != "whatsapp_business_account" {
        return Err(NotUnderstood);
    }
    let changes = body.entry.into_iter().flat_map(|own| own.changes);
    Ok(changes.flat_map(|own| of_value(&own.value)).collect())
}

fn of_value(value: &serde_json::Value) -> Vec<Event> {
    let list = |name: &str| {
        value
            .get(name)
            .and_then(|own| own.as_array())
            .into_iter()
            .flatten()
    };
    let preferences = list("user_preferences").filter_map(preference);
    let texts = list("messages").filter_map(text);
    let failed = list("statuses").flat_map(failed);
    preferences.chain(texts).chain(failed).collect()
}

fn preference(own: &serde_json::Value) -> Option<Event> {
    Some(Event::Preference {
        wa_id: string(own, "wa_id")?,
        category: string(own, "category")?,
        value: Preference::deserialize(own.get("value")?).ok()?,
        timestamp: number(own.get("timestamp")?)?,
    })
}

/// The words of a message: what was written, or stands on the button or the choice that was pressed.
fn text(own: &serde_json::Value) -> Option<Event> {
    let places = [
        "/text/body",
        "/button/text",
        "/interactive/button_reply/title",
        "/interactive/list_reply/title",
    ];
    let words = places.iter().find_map(|place| own.pointer(place)?.as_str());
    Some(Event::Text {
        wa_id: string(own, "from")?,
        text: words.unwrap_or_default().to_owned(),
        id: string(own, "id")?,
    })
}

fn failed(own: &serde_json::Value) -> Vec<Event> {
    let errors = own.get("errors").and_then(|own| own.as_array());
    let event = |error: &serde_json::Value| {
        Some(Event::Failed {
            wa_id: string(own, "recipient_id")?,
            id: string(own, "id")?,
            code: number(error.get("code")?)?,
        })
    };
    errors.into_iter().flatten().filter_map(event).collect()
}

fn string(own: &serde_json::Value, name: &str) -> Option<String> {
    own.get(name)?.as_str().map(str::to_owned)
}

/// A number, which WhatsApp sometimes writes as text.
fn number(own: &serde_json::Value) -> Option<u64> {
    own.as_u64().or_else(|| own.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(value: &str) -> String {
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"value":{value},"field":"x"}}]}}]}}"#
        )
    }

    fn read(value: &str) -> Vec<Event> {
        events(webhook(value).as_bytes()).unwrap()
    }

    #[test]
    fn a_body_that_was_not_signed_as_it_came_is_refused() {
        let sign = |key: &[u8]| {
            format!(
                "sha256={}",
                mac::hex(&mac::hmac(Hash::Sha256, key, &[b"{\"a\":\"\\u00e9\"}"]))
            )
        };
        let fits = |key, signature: &str, body: &str| verify(key, signature, body.as_bytes());
        assert!(fits("s", &sign(b"s"), r#"{"a":"\u00e9"}"#), "the control");
        assert!(
            !fits("s", &sign(b"s"), r#"{"a":"é"}"#),
            "escapes are bytes like any other"
        );
        assert!(!fits("t", &sign(b"s"), r#"{"a":"\u00e9"}"#));
        assert!(!fits("", &sign(b""), r#"{"a":"\u00e9"}"#));
        for bad in [
            "",
            "sha256=",
            &sign(b"s")[7..],
            &sign(b"s").replace("sha256", "sha1"),
        ] {
            assert!(!fits("s", bad, r#"{"a":"\u00e9"}"#), "{bad}");
        }
    }

    #[test]
    fn what_is_only_half_understood_is_no_event() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"object":"page","entry":[]}"#,
            "null",
            "\u{0}",
        ] {
            assert_eq!(events(body.as_bytes()), Err(NotUnderstood), "{body}");
        }
        for value in [
            "null",
            "[]",
            r#"{"user_preferences":{}}"#,
            r#"{"user_preferences":[{"wa_id":"1","category":"c","value":"STOP","timestamp":1}]}"#,
            r#"{"user_preferences":[{"wa_id":1,"category":"c","value":"stop","timestamp":1}]}"#,
            r#"{"messages":[{"text":{"body":"STOP"}}]}"#,
            r#"{"statuses":[{"id":"x","recipient_id":"1","status":"sent"}]}"#,
            r#"{"statuses":[{"id":"x","recipient_id":"1","errors":[{"code":"many"}]}]}"#,
        ] {
            assert_eq!(read(value), [], "{value}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(events(webhook(&deep).as_bytes()), Err(NotUnderstood));
    }

    #[test]
    fn one_bad_event_hides_no_other() {
        let stop =
            r#"{"wa_id":"62812","category":"marketing_messages","value":"stop","timestamp":"17"}"#;
        let found = read(&format!(
            r#"{{"user_preferences":[{{}},{stop}],"messages":[7]}}"#
        ));
        let [
            Event::Preference {
                wa_id,
                value: Preference::Stop,
                timestamp: 17,
                ..
            },
        ] = found.as_slice()
        else {
            panic!("one stop");
        };
        assert_eq!(wa_id, "62812");
    }

    #[test]
    fn what_is_written_or_pressed_is_read() {
        let found = read(
            r#"{"messages":[{"from":"1","id":"a","type":"text","text":{"body":"STOP"}},
                {"from":"1","id":"b","type":"button","button":{"text":"Berhenti"}},
                {"from":"1","id":"c","type":"interactive","interactive":{"button_reply":{"id":"x","title":"Stop promotions"}}},
                {"from":"1","id":"d","type":"image"}],
               "statuses":[{"id":"m","recipient_id":"1","status":"failed","errors":[{"code":131050},{"code":131049}]}]}"#,
        );
        let words: Vec<_> = found
            .iter()
            .filter_map(|own| match own {
                Event::Text { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(words, ["STOP", "Berhenti", "Stop promotions", ""]);
        let codes: Vec<_> = found
            .iter()
            .filter_map(|own| match own {
                Event::Failed { code, .. } => Some(*code),
                _ => None,
            })
            .collect();
        assert_eq!(codes, [STOPPED_BEFORE, PLATFORM_CAP]);
    }
}
