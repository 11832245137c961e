//! Words and addresses: a press, a text message, an identifier.

use izin_core::IdentifierKind;
use izin_wire::platform::{self, Platform};
use izin_wire::{one_click, sms};
use serde::Deserialize;
use serde_json::{Value, json};

/// A request, as far as it matters.
#[derive(Deserialize)]
pub(super) struct Press {
    method: String,
    #[serde(default)]
    body: Option<String>,
}

/// What a request asks for.
pub(super) fn one_click(press: Press) -> Value {
    let body = press.body.unwrap_or_default();
    let action = match press.method.to_ascii_uppercase().as_str() {
        "GET" | "HEAD" => "show",
        "POST" if one_click::reads(body.as_bytes()) => "unsubscribe",
        _ => "reject",
    };
    json!({"valid": action != "reject", "action": action})
}

/// A text message.
#[derive(Deserialize)]
pub(super) struct Text {
    text: String,
}

/// What it means and takes.
pub(super) fn sms(own: Text) -> Value {
    let length = sms::length(&own.text);
    json!({
        "valid": true,
        "meaning": sms::meaning(&own.text).name(),
        "encoding": length.encoding.name(),
        "segments": length.segments,
    })
}

/// An address for a platform.
#[derive(Deserialize)]
pub(super) struct Address {
    platform: String,
    kind: String,
    input: String,
    #[serde(default)]
    region: Option<String>,
}

/// The country whose code a number gets that has none, where no other is named.
const HOME: &str = "ID";

/// How the platform spells and hashes it.
pub(super) fn identifier(own: Address) -> Result<Value, String> {
    let platform = Platform::parse(&own.platform);
    let platform = platform.ok_or("`platform` is one of izin, meta, google, tiktok")?;
    let kind = match own.kind.as_str() {
        "email" => IdentifierKind::Email,
        "phone" => IdentifierKind::Phone,
        _ => return Err("`kind` is email or phone".to_owned()),
    };
    let home = own.region.as_deref().unwrap_or(HOME);
    let spelling = platform::spelling(platform, kind, &own.input, home);
    let Some(spelling) = spelling else {
        return Err(match kind {
            IdentifierKind::Email => "`input` is not an e-mail address",
            _ => "`input` is not a telephone number",
        }
        .to_owned());
    };
    Ok(json!({"valid": true, "normalised": spelling, "sha256": platform::hash(&spelling)}))
}
