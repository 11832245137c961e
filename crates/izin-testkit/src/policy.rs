//! The declared practice of a made-up shop, and short words for its parts.

use izin_core::law::{Basis, Regime};
use izin_core::policy::{Class, Controller, Policy, Purpose, Text};
use izin_core::{Channel, Identifier, Language, Level, PurposeId, TopicId};

/// A shop with a newsletter, order mails, recommendations and statistics.
#[must_use]
pub fn policy() -> Policy {
    use Channel::{Email, Site, Sms};
    let marketing = Purpose {
        topics: vec![topic("new_arrivals")],
        highest_level: Level::Purchases,
        ..purpose("marketing", Class::Marketing, &[Email, Sms])
    };
    let personalisation = Purpose {
        highest_level: Level::Purchases,
        ..purpose("personalisation", Class::Personalisation, &[Email, Site])
    };
    let statistics = Class::AggregateStatistics;
    Policy {
        version: 0,
        controller: controller(),
        purposes: vec![
            marketing,
            purpose("orders", Class::Essential, &[Email, Sms]),
            personalisation,
            purpose("statistics", statistics, &[Site]),
        ],
    }
}

/// A purpose with the usual basis of its class and nothing personal beyond level 1.
#[must_use]
pub fn purpose(id: &str, class: Class, channels: &[Channel]) -> Purpose {
    let words = Text {
        id: format!("Tentang {id}"),
        en: format!("About {id}"),
    };
    Purpose {
        id: purpose_id(id),
        dpv: "dpv:Purpose".to_owned(),
        title: words.clone(),
        explanation: words.clone(),
        class,
        basis: match class {
            Class::Marketing | Class::Personalisation => Basis::Consent,
            Class::Essential | Class::OptionalService => Basis::Contract,
            Class::AggregateStatistics | Class::Measurement => Basis::LegitimateInterest,
        },
        channels: channels.to_vec(),
        topics: Vec::new(),
        data: words.clone(),
        recipients: words,
        highest_level: Level::Trends,
        consent_days: None,
        retention_days: 365,
    }
}

/// A made-up company under Indonesian law.
#[must_use]
pub fn controller() -> Controller {
    Controller {
        name: "Toko Melati".to_owned(),
        address: "Jalan Contoh 1, Bandung".to_owned(),
        contact: "halo@toko.example".to_owned(),
        dpo: "dpo@toko.example".to_owned(),
        languages: vec![Language::En, Language::Id],
        country: "ID".to_owned(),
        regimes: vec![Regime::UuPdp],
    }
}

/// A purpose's name.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn purpose_id(name: &str) -> PurposeId {
    PurposeId::parse(name).expect("a purpose's name")
}

/// A topic's name.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn topic(name: &str) -> TopicId {
    TopicId::parse(name).expect("a topic's name")
}

/// An e-mail address.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn email(address: &str) -> Identifier {
    Identifier::email(address).expect("an e-mail address")
}
