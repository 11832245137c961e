//! Providers as they sign what they post to us; written from their documents, without our own reader.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// The token of the made-up Twilio account.
pub const TWILIO_TOKEN: &str = "twilio-token-of-the-made-up-shop";
/// The signature secret of the made-up Vonage account.
pub const VONAGE_SECRET: &str = "vonage-secret-of-the-made-up-shop";
/// The password of the made-up gateway.
pub const GATEWAY_PASSWORD: &str = "gateway-password-of-the-made-up-shop";
/// The password of whoever passes mail on.
pub const MAIL_PASSWORD: &str = "mail-password-of-the-made-up-shop";
/// The secret of the made-up Shopify app.
pub const SHOPIFY_SECRET: &str = "shopify-secret-of-the-made-up-shop";
/// The secret of the made-up WhatsApp app.
pub const WHATSAPP_SECRET: &str = "whatsapp-secret-of-the-made-up-shop";
/// What WhatsApp says when an address is registered.
pub const WHATSAPP_TOKEN: &str = "whatsapp-token-of-the-made-up-shop";

fn sha1(key: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn sha256(key: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A URL-encoded form.
#[must_use]
pub fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        let byte = |own: u8| match own {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(own).to_string(),
            own => format!("%{own:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    fields.join("&")
}

/// The header `X-Twilio-Signature` over an address and fields.
#[must_use]
pub fn twilio(url: &str, fields: &[(&str, &str)]) -> String {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    let joined: String = fields
        .iter()
        .flat_map(|(name, value)| [*name, *value])
        .collect();
    STANDARD.encode(sha1(TWILIO_TOKEN, &format!("{url}{joined}")))
}

/// The field `sig` of the SMS API, by HMAC-SHA-256.
#[must_use]
pub fn vonage(fields: &[(&str, &str)]) -> String {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    let text: String = fields
        .iter()
        .map(|(name, value)| format!("&{name}={}", value.replace(['&', '='], "_")))
        .collect();
    hex(&sha256(VONAGE_SECRET, &text))
}

/// The header `X-Hub-Signature-256` over a body.
#[must_use]
pub fn whatsapp(body: &str) -> String {
    format!("sha256={}", hex(&sha256(WHATSAPP_SECRET, body)))
}

/// The header `X-Shopify-Hmac-Sha256` over a body.
#[must_use]
pub fn shopify(body: &str) -> String {
    STANDARD.encode(sha256(SHOPIFY_SECRET, body))
}
