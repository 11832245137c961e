//! A small shop's declared practice, complete enough for the gate, with a usual basis for each
//! class. Tests vary it.

use izin_core::law::{Basis, Regime};
use izin_core::policy::{
    Bases, Class, Control, Controller, Dpia, DpiaId, Field, FieldId, Form, FormId, Policy, Purpose,
    Recipient, RecipientId, Retention, Role, Ropa, Source, Text,
};
use izin_core::policy::{CodeSet, Notice};
use izin_core::{Channel, Language, Level, Zone};

use crate::policy::purpose_id;
use crate::world::NOON;

/// An impact assessment that holds.
pub const ASSESSED: &str = "assessed";
/// One that is over.
pub const EXPIRED: &str = "expired";
/// One that its author approved.
pub const SELF_APPROVED: &str = "self_approved";
/// The form on which people say yes.
pub const FORM: &str = "checkout";

fn words(text: &str) -> Text {
    Text {
        id: format!("Tentang {text}"),
        en: format!("About {text}"),
    }
}

/// The name of an impact assessment.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn dpia_id(name: &str) -> DpiaId {
    DpiaId::parse(name).expect("an assessment's name")
}

/// The name of a form.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn form_id(name: &str) -> FormId {
    FormId::parse(name).expect("a form's name")
}

/// A made-up company under Indonesian law.
///
/// # Panics
/// Never: Indonesia is a country.
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
        signed_by: "dpo@toko.example".to_owned(),
        approvals: 1,
    }
}

/// A live purpose with the usual basis of its class and an assessment that holds, on these
/// channels, up to level 1.
///
/// # Panics
/// When the name is none.
#[must_use]
pub fn purpose(name: &str, class: Class, channels: &[Channel]) -> Purpose {
    Purpose {
        id: purpose_id(name),
        dpv: "dpv:Purpose".to_owned(),
        title: words(name),
        explanation: words(name),
        class,
        basis: Bases::Same(match class {
            Class::Marketing | Class::Personalisation => Basis::Consent,
            Class::Essential | Class::OptionalService => Basis::Contract,
            Class::AggregateStatistics | Class::Measurement => Basis::LegitimateInterest,
        }),
        channels: channels.to_vec(),
        fields: vec![
            FieldId::parse("address").expect("a field's name"),
            FieldId::parse("bought").expect("a field's name"),
        ],
        recipients: vec![RecipientId::parse("partner").expect("a recipient's name")],
        highest_level: Level::Trends,
        sensitive: CodeSet::EMPTY,
        consent_days: None,
        retention_days: 365,
        live: None,
        ropa: Some(Ropa {
            subjects: words("customers"),
            transfers: words("none"),
            measures: words("keys"),
            system: "izin".to_owned(),
            automated_decision: false,
        }),
        dpia: Some(dpia_id(ASSESSED)),
        stale_versions: Vec::new(),
    }
}

/// A field of the data dictionary.
///
/// # Panics
/// When the name is none.
#[must_use]
pub fn field(name: &str, category: &str) -> Field {
    Field {
        id: FieldId::parse(name).expect("a field's name"),
        title: words(name),
        category: category.to_owned(),
        source: Source::Customer,
        why: words(name),
        retention: Retention::Profile,
        sensitive: CodeSet::EMPTY,
        segment: false,
    }
}

/// Somebody who receives data.
///
/// # Panics
/// When the name is none.
#[must_use]
pub fn recipient(name: &str, role: Role) -> Recipient {
    Recipient {
        id: RecipientId::parse(name).expect("a recipient's name"),
        name: words(name),
        role,
        country: "ID".parse().expect("a country"),
        safeguard: None,
    }
}

fn dpia(name: &str, (from, until): (i64, i64), approver: &str) -> Dpia {
    Dpia {
        id: dpia_id(name),
        description: words("what is done"),
        necessity: words("why it is needed"),
        risks: words("what could go wrong"),
        measures: words("what is done against it"),
        advice: words("what the officer advises"),
        advised_by: "dpo@toko.example".to_owned(),
        author: "author@toko.example".to_owned(),
        approver: approver.to_owned(),
        approved: NOON.plus_days(from),
        expires: NOON.plus_days(until),
    }
}

/// The form, found defective in a version.
#[must_use]
pub fn defective(version: u32) -> Form {
    Form {
        id: form_id(FORM),
        version,
        place: words("the checkout"),
        controls: Vec::<Control>::new(),
        defective: Some(words("a box was ticked beforehand")),
    }
}

/// A shop without purposes, under Indonesian law, with its dictionary and three assessments.
#[must_use]
pub fn policy() -> Policy {
    Policy {
        version: 1,
        controller: controller(),
        purposes: Vec::new(),
        fields: vec![
            field("address", "pd:EmailAddress"),
            field("bought", "pd:Purchase"),
        ],
        recipients: vec![recipient("partner", Role::Independent)],
        notice: Notice::default(),
        forms: Vec::new(),
        topics: Vec::new(),
        caps: Vec::new(),
        hours: Vec::new(),
        senders: Vec::new(),
        categories: Vec::new(),
        dpias: vec![
            dpia(ASSESSED, (-100, 265), "dpo@toko.example"),
            dpia(EXPIRED, (-365, 0), "dpo@toko.example"),
            dpia(SELF_APPROVED, (-100, 265), " Author@Toko.example"),
        ],
        published: Vec::new(),
        void_forms: Vec::new(),
    }
}
