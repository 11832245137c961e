//! Who may post to the made-up shop.

use izin_app::inbound::inbox::Inbox;
use izin_app::provider::{Gateway, Providers, Secret, Whatsapp};
use izin_testkit::provider;
use izin_wire::vonage;

/// Where the shop takes mail.
pub(crate) fn inbox() -> Inbox {
    let password = Secret::new(provider::MAIL_PASSWORD);
    Inbox::new("izin@in.toko.example", password).unwrap()
}

/// Who may post to the shop.
pub(crate) fn providers() -> Providers {
    let secret = |text| Secret::new(text).unwrap();
    Providers {
        twilio: Some(secret(provider::TWILIO_TOKEN)),
        vonage: Some((secret(provider::VONAGE_SECRET), vonage::Method::Sha256)),
        gateway: Some(Gateway::Password(secret(provider::GATEWAY_PASSWORD))),
        whatsapp: Some(Whatsapp {
            app_secret: secret(provider::WHATSAPP_SECRET),
            verify_token: secret(provider::WHATSAPP_TOKEN),
        }),
        shopify: Some(secret(provider::SHOPIFY_SECRET)),
    }
}
