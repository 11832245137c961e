//! What Shopify posts about a shop's customers: its signature over the raw body, and the three privacy
//! webhooks every app must answer. Start at [`verify`] and [`Privacy::read`].

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::mac::{self, Hash};

/// Whether a body was signed with the app's secret; the header `X-Shopify-Hmac-Sha256`. Otherwise the
/// answer must be 401.
#[must_use]
pub fn verify(secret: &str, signature: &str, body: &[u8]) -> bool {
    let made = mac::hmac(Hash::Sha256, secret.as_bytes(), &[body]);
    let given = mac::from_base64(signature.trim());
    !secret.is_empty() && given.is_some_and(|given| mac::same(&made, &given))
}

/// A customer, by whatever Shopify tells. `Debug` says nothing of whom.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Customer {
    /// Shopify's number.
    #[serde(default)]
    pub id: Option<u64>,
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(default)]
    pub phone: Option<String>,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Customer(masked)")
    }
}

/// What a privacy webhook asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Privacy {
    /// What the shop has of a customer.
    DataRequest(Customer),
    /// That the customer's data be erased.
    CustomerRedact(Customer),
    /// That all of a shop's data be erased: 48 hours after it took the app away.
    ShopRedact,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "shop_domain")]
    shop: String,
    #[serde(default)]
    customer: Option<Customer>,
    #[serde(default)]
    orders_to_redact: Option<IgnoredAny>,
    #[serde(default)]
    orders_requested: Option<IgnoredAny>,
    #[serde(default)]
    data_request: Option<IgnoredAny>,
}

impl Privacy {
    /// The topics of the header `X-Shopify-Topic`.
    pub const TOPICS: [&str; 3] = ["customers/data_request", "customers/redact", "shop/redact"];

    /// Reads a body of a topic, and for which shop it is (`toko-contoh.myshopify.com`); `None` when it
    /// is not of that form. The topic is in no signature, so the body has to be of its topic alone.
    #[must_use]
    pub fn read(topic: &str, body: &[u8]) -> Option<(Self, String)> {
        let own: Body = serde_json::from_slice(body).ok()?;
        let customer = own
            .customer
            .filter(|own| own.id.is_some() || own.email.is_some() || own.phone.is_some());
        let redacts = own.orders_to_redact.is_some();
        let asks = own.data_request.is_some() || own.orders_requested.is_some();
        let asked = match (topic, customer) {
            ("customers/data_request", Some(who)) if asks && !redacts => Self::DataRequest(who),
            ("customers/redact", Some(who)) if redacts && !asks => Self::CustomerRedact(who),
            ("shop/redact", None) if !redacts && !asks => Self::ShopRedact,
            _ => return None,
        };
        Some((asked, own.shop))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const BODY: &str = r#"{"shop_id":1,"shop_domain":"toko.example","customer":{"id":7,"email":"siti@example.com"},"orders_to_redact":[]}"#;

    #[test]
    fn a_body_that_was_not_signed_as_it_came_is_refused() {
        let sign = |key: &[u8]| STANDARD.encode(mac::hmac(Hash::Sha256, key, &[BODY.as_bytes()]));
        assert!(verify("s", &sign(b"s"), BODY.as_bytes()), "the control");
        assert!(!verify("s", &sign(b"t"), BODY.as_bytes()));
        assert!(!verify("s", &sign(b"s"), format!("{BODY} ").as_bytes()));
        assert!(!verify("", &sign(b""), BODY.as_bytes()));
        for bad in ["", "%", "AAAA"] {
            assert!(!verify("s", bad, BODY.as_bytes()));
        }
    }

    #[test]
    fn what_names_nobody_is_not_understood() {
        let read = |topic, body: &str| Privacy::read(topic, body.as_bytes());
        let (own, shop) = read("customers/redact", BODY).unwrap();
        assert!(
            matches!(own, Privacy::CustomerRedact(own) if own.id == Some(7) && own.phone.is_none())
        );
        assert_eq!(shop, "toko.example");
        assert_eq!(read("orders/create", BODY), None);
        for body in [
            "",
            "[]",
            r#"{"shop_domain":"x"}"#,
            r#"{"shop_domain":"x","customer":{}}"#,
            r#"{"customer":{"id":1}}"#,
            r#"{"shop_domain":"x","customer":{"id":1}}"#,
            r#"{"shop_domain":"x","customer":{},"orders_requested":[]}"#,
            BODY,
        ] {
            assert_eq!(read("customers/data_request", body), None, "{body}");
        }
        assert_eq!(read("shop/redact", BODY), None, "of another topic");
        let asks = r#"{"shop_domain":"x","customer":{"phone":"+1"},"orders_requested":[]}"#;
        let asked = read("customers/data_request", asks);
        assert!(matches!(asked, Some((Privacy::DataRequest(_), _))));
        assert_eq!(read("customers/redact", asks), None, "of another topic");
        assert!(matches!(
            read("shop/redact", r#"{"shop_domain":"x"}"#),
            Some((Privacy::ShopRedact, _))
        ));
    }
}
