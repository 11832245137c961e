//! A small shop's declared practice, complete enough for the gate, with a usual basis for each
//! class. Tests vary it.

use izin_core::Channel;
use izin_core::policy::{
    Class, Control, Dpia, DpiaId, Field, Form, FormId, Notice, Policy, Purpose, Recipient,
    RecipientId, Retention, Role, Topic,
};

use crate::policy::{controller, field_id, purpose_id, topic, words};
use crate::world::{NAMES, NOON, TOPICS};

/// An impact assessment that holds.
pub const ASSESSED: &str = "assessed";
/// One that is over.
pub const EXPIRED: &str = "expired";
/// One that its author approved.
pub const SELF_APPROVED: &str = "self_approved";
/// The form on which people say yes.
pub const FORM: &str = "checkout";

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

/// A live purpose with the usual basis of its class and an assessment that holds, on these
/// channels, up to level 1.
///
/// # Panics
/// When the name is none.
#[must_use]
pub fn purpose(name: &str, class: Class, channels: &[Channel]) -> Purpose {
    Purpose {
        fields: ["address", "bought"].map(field_id).to_vec(),
        recipients: vec![RecipientId::parse("partner").expect("a recipient's name")],
        dpia: Some(dpia_id(ASSESSED)),
        ..crate::policy::purpose(name, class, channels)
    }
}

/// A field of the data dictionary.
///
/// # Panics
/// When the name is none.
#[must_use]
pub fn field(name: &str, category: &str) -> Field {
    crate::policy::field(name, category, Retention::Profile)
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

/// Both topics of one purpose and one of another: a no may be to one that its purpose does not have.
fn topics() -> Vec<Topic> {
    let [first, second, ..] = NAMES.map(purpose_id);
    let both = TOPICS.map(|name| (name, first));
    let all = both.into_iter().chain([(TOPICS[0], second)]);
    let declared = |(name, purpose)| Topic {
        id: topic(name),
        purpose,
        title: words(name),
    };
    all.map(declared).collect()
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
        topics: topics(),
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
