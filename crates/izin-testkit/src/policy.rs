//! The declared practice of a made-up shop, and short words for its parts.

use izin_core::law::{Basis, Regime};
use izin_core::policy::{
    Bases, Class, CodeSet, Control, Controller, Dpia, DpiaId, Field, FieldId, Form, FormId, Notice,
    Policy, Purpose, Retention, Ropa, Sender, Source, Text, Topic,
};
use izin_core::zone::Zone;
use izin_core::{Channel, Identifier, Language, Level, PurposeId, Timestamp, TopicId};

/// A shop with a newsletter, order mails, recommendations and statistics.
#[must_use]
pub fn policy() -> Policy {
    use Channel::{Email, Site, Sms};
    let marketing = Purpose {
        highest_level: Level::Purchases,
        dpia: Some(dpia_id()),
        ..purpose("marketing", Class::Marketing, &[Email, Sms])
    };
    let personalisation = Purpose {
        highest_level: Level::Purchases,
        dpia: Some(dpia_id()),
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
        fields: vec![
            field("email_address", "pd:EmailAddress", Retention::Profile),
            field("purchases", "pd:Purchase", Retention::Purchases),
        ],
        recipients: Vec::new(),
        notice: Notice::default(),
        forms: Vec::new(),
        topics: vec![Topic {
            id: topic("new_arrivals"),
            purpose: purpose_id("marketing"),
            title: words("new_arrivals"),
        }],
        caps: Vec::new(),
        hours: Vec::new(),
        senders: vec![sender(Email, "promo@toko.example"), sender(Sms, "TOKO")],
        categories: Vec::new(),
        dpias: vec![dpia()],
        published: Vec::new(),
        void_forms: Vec::new(),
    }
}

/// A purpose with the usual basis of its class, on record, and nothing personal beyond level 1.
#[must_use]
pub fn purpose(id: &str, class: Class, channels: &[Channel]) -> Purpose {
    let basis = match class {
        Class::Marketing | Class::Personalisation => Basis::Consent,
        Class::Essential | Class::OptionalService => Basis::Contract,
        Class::AggregateStatistics | Class::Measurement => Basis::LegitimateInterest,
    };
    Purpose {
        id: purpose_id(id),
        dpv: "dpv:Purpose".to_owned(),
        title: words(id),
        explanation: words(id),
        class,
        basis: Bases::Same(basis),
        channels: channels.to_vec(),
        fields: ["email_address", "purchases"].map(field_id).to_vec(),
        recipients: Vec::new(),
        highest_level: Level::Trends,
        sensitive: CodeSet::EMPTY,
        consent_days: None,
        retention_days: 365,
        live: None,
        ropa: Some(ropa()),
        dpia: None,
        stale_versions: Vec::new(),
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
        country: "ID".parse().expect("a country"),
        zone: Zone::JAKARTA,
        regimes: vec![Regime::UuPdp],
        signed_by: "Petugas Contoh".to_owned(),
        approvals: 1,
    }
}

/// An impact assessment that holds whenever a test is run.
#[must_use]
pub fn dpia() -> Dpia {
    let day = |text| Timestamp::parse(text).expect("a date");
    Dpia {
        id: dpia_id(),
        description: words("description"),
        necessity: words("necessity"),
        risks: words("risks"),
        measures: words("measures"),
        advice: words("advice"),
        advised_by: "Petugas Contoh".to_owned(),
        author: "Pemasar Contoh".to_owned(),
        approver: "Direktur Contoh".to_owned(),
        approved: day("2010-01-01"),
        expires: day("2100-01-01"),
    }
}

/// A field of the data dictionary that reveals nothing.
#[must_use]
pub fn field(id: &str, category: &str, retention: Retention) -> Field {
    Field {
        id: field_id(id),
        title: words(id),
        category: category.to_owned(),
        source: Source::Customer,
        why: words(id),
        retention,
        sensitive: CodeSet::EMPTY,
        segment: false,
    }
}

/// A form with one box, not ticked, that asks for marketing by e-mail: its first version.
#[must_use]
pub fn checkout_form() -> Form {
    Form {
        id: checkout(),
        version: 1,
        place: words("checkout"),
        controls: vec![Control {
            purposes: vec![purpose_id("marketing")],
            channel: Channel::Email,
            label: Text {
                id: "Kabar lewat email".to_owned(),
                en: "News by e-mail".to_owned(),
            },
            default_on: false,
            condition_of_service: false,
            explicit: false,
        }],
        defective: None,
    }
}

/// The name of [`checkout_form`].
///
/// # Panics
/// Never: it is one.
#[must_use]
pub fn checkout() -> FormId {
    FormId::parse("checkout").expect("a form's name")
}

/// Puts a shop under Canadian law besides its own, and takes its statistics away: that law asks for
/// another basis than theirs.
pub fn bind_to_canada(policy: &mut Policy) {
    policy.controller.regimes.push(Regime::Casl);
    let counts = |own: &Purpose| own.class == Class::AggregateStatistics;
    policy.purposes.retain(|own| !counts(own));
}

fn ropa() -> Ropa {
    Ropa {
        subjects: words("subjects"),
        transfers: words("transfers"),
        measures: words("measures"),
        system: "Izin".to_owned(),
        automated_decision: false,
    }
}

fn sender(channel: Channel, name: &str) -> Sender {
    Sender {
        channel,
        name: name.to_owned(),
        receives_replies: true,
        highest_level: Level::Browsing,
    }
}

/// Words about something, in both languages.
#[must_use]
pub fn words(about: &str) -> Text {
    Text {
        id: format!("Tentang {about}"),
        en: format!("About {about}"),
    }
}

fn dpia_id() -> DpiaId {
    DpiaId::parse("profiling").expect("an assessment's name")
}

pub(crate) fn field_id(name: &str) -> FieldId {
    FieldId::parse(name).expect("a field's name")
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
