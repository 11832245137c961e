//! The providers that carry our texts or post to us, and the secrets by which each shows that it is it.

use izin_core::Channel;
use izin_wire::carrier::Carrier;
use izin_wire::standard_webhook;
use izin_wire::vonage::Method;
use subtle::ConstantTimeEq;

/// A secret shared with a provider. It prints masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a secret; `None` for an empty one, which anybody would know.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// Whether this is the secret; the time it takes does not say how much of it is right.
    #[must_use]
    pub fn is(&self, said: &str) -> bool {
        bool::from(self.0.as_bytes().ct_eq(said.as_bytes()))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(masked)")
    }
}

/// Who carries texts for the shop.
#[derive(Debug, Clone, Default)]
pub struct Carriers {
    /// By SMS.
    pub sms: Option<Carrier>,
    /// By WhatsApp.
    pub whatsapp: Option<Carrier>,
}

impl Carriers {
    /// Who carries on a channel.
    #[must_use]
    pub const fn on(&self, channel: Channel) -> Option<&Carrier> {
        match channel {
            Channel::Sms => self.sms.as_ref(),
            Channel::Whatsapp => self.whatsapp.as_ref(),
            _ => None,
        }
    }
}

/// Who may post to us; a provider that is not set is answered as if there were no such address.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    /// Twilio, by the account's token.
    pub twilio: Option<Secret>,
    /// Vonage, by the account's signature secret, with the method set there for text messages.
    pub vonage: Option<(Secret, Method)>,
    /// Any other gateway for text messages.
    pub gateway: Option<Gateway>,
    /// WhatsApp's Cloud API.
    pub whatsapp: Option<Whatsapp>,
    /// Shopify, by the app's secret.
    pub shopify: Option<Secret>,
}

/// How a gateway shows that it is it.
#[derive(Clone)]
pub enum Gateway {
    /// It says a password with each request (`Authorization`).
    Password(Secret),
    /// It signs each request after Standard Webhooks.
    Signs(standard_webhook::Secret),
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway(masked)")
    }
}

/// How WhatsApp shows that it is it.
#[derive(Debug, Clone)]
pub struct Whatsapp {
    /// The app's secret, with which it signs.
    pub app_secret: Secret,
    /// What it says once, when the address is registered.
    pub verify_token: Secret,
}
