//! What is done with a person's data, as an answer to a request for access tells it (GDPR art. 15
//! (1) and (2), UU PDP art. 7 and 32): who answers for it, purposes with their bases, kinds of data
//! with their source and retention, recipients, how personal it gets and by what logic, and the
//! person's rights. Everything is read from the policy and the law that the gate goes by.

use std::collections::BTreeMap;

use izin_core::decision::protection;
use izin_core::law::{self, Basis, Kind, Regime, RegimeSet};
use izin_core::policy::{Field, FieldId, Purpose, Recipient, RecipientId, Text};
use izin_core::{Channel, Level, Policy, PurposeId, Request, Sentences, SubjectId, Verdict};
use serde::Serialize;

use crate::App;
use crate::gate::Who;

/// What is done with a person's data.
#[derive(Serialize)]
pub struct Account {
    /// The version of the policy it is told from.
    pub policy: u32,
    /// The version of the table of law.
    pub law: &'static str,
    /// Who answers for it.
    pub controller: Answerable,
    /// Why data is used, and what that allows today.
    pub purposes: Vec<Use>,
    /// The kinds of data, where they come from, why they are kept.
    pub data: Vec<Field>,
    /// Who else receives data.
    pub recipients: Vec<Recipient>,
    /// How personal it gets.
    pub profiling: Profiling,
    /// What the person may ask for, by the laws that protect them.
    pub rights: Vec<Protected>,
}

/// Whom the person may write to.
#[derive(Serialize)]
pub struct Answerable {
    /// The shop.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Where customers write to.
    pub contact: String,
    /// The data protection officer's address.
    pub dpo: String,
}

/// One purpose.
#[derive(Serialize)]
pub struct Use {
    /// Its name in the policy.
    pub id: PurposeId,
    /// What it is called.
    pub title: Text,
    /// What it means.
    pub explanation: Text,
    /// The legal basis under each law that protects the person.
    pub basis: BTreeMap<Regime, Basis>,
    /// The kinds of data it uses.
    pub data: Vec<FieldId>,
    /// Who else receives them.
    pub recipients: Vec<RecipientId>,
    /// For how many days data is kept for it.
    pub retention_days: u32,
    /// What it may do today, on each of its channels.
    pub today: Vec<Allowed>,
}

/// What a purpose may do on a channel today.
#[derive(Serialize)]
pub struct Allowed {
    /// The channel.
    pub channel: Channel,
    /// Yes, no, or not now.
    pub decision: Verdict,
    /// Why, as a code.
    pub reason: &'static str,
    /// Why, in words.
    pub text: Sentences,
    /// How personal it may be, 0 to 3.
    pub level: u8,
}

/// How personal messages and pages get, and by what logic.
#[derive(Serialize)]
pub struct Profiling {
    /// Whether anything is chosen for the person by what they themselves bought or looked at.
    pub by_own_data: bool,
    /// Where the person's dial stands, 0 to 3: nothing is more personal than that.
    pub dial: u8,
    /// What the levels mean, from 0 on.
    pub levels: [Text; 4],
    /// How it is decided.
    pub logic: Text,
}

/// One right.
#[derive(Serialize)]
pub struct Protected {
    /// The row of law.
    pub rule: &'static str,
    /// Its article.
    pub article: &'static str,
    /// When it applies.
    pub condition: Sentences,
    /// What it gives.
    pub effect: Sentences,
}

/// What each level uses, from 0 on: Indonesian and English.
const LEVELS: [[&str; 2]; 4] = [
    [
        "Halaman yang sedang dibuka dan penawaran untuk semua orang; tidak ada tentang Anda.",
        "The page on screen and the offers for everybody; nothing of yours.",
    ],
    [
        "Ditambah yang laris di antara semua pelanggan; tidak ada tentang Anda.",
        "Also what is popular among all customers; nothing of yours.",
    ],
    [
        "Ditambah pembelian Anda sendiri.",
        "Also your own purchases.",
    ],
    [
        "Ditambah yang Anda lihat di halaman kami.",
        "Also what you looked at on our pages.",
    ],
];

const LOGIC: [&str; 2] = [
    "Sebuah program memutuskan dengan aturan tetap apakah suatu pesan boleh dikirim dan sepribadi apa: \
     dari yang Anda katakan, kebijakan toko, dan hukum yang melindungi Anda. Mulai tingkat 2 barang \
     dipilih dengan menghitung apa yang sering dibeli bersama barang yang Anda beli.",
    "A program decides by fixed rules whether a message may be sent and how personal it may be: from \
     what you said, the shop's policy, and the laws that protect you. From level 2 on goods are chosen \
     by counting what is often bought together with what you bought.",
];

/// What is done with the data of one person, now.
pub(super) fn of(app: &App, subject: SubjectId) -> Account {
    let policy = app.policy();
    let standing = app.gate.standing(subject).unwrap_or_default();
    let regimes = protection(standing.place, &policy).regimes;
    let uses = policy.purposes.iter();
    let uses: Vec<_> = uses.map(|own| used(app, subject, (own, regimes))).collect();
    let now = app.clock.now();
    let rights = law::contents(regimes, Kind::Rights, now).map(|own| Protected {
        rule: own.id,
        article: own.article,
        condition: own.condition,
        effect: own.effect,
    });
    Account {
        policy: policy.version,
        law: law::VERSION,
        controller: answerable(&policy),
        profiling: profiling(standing.dial_level(), &uses),
        purposes: uses,
        data: policy.fields.clone(),
        recipients: policy.recipients.clone(),
        rights: rights.collect(),
    }
}

fn answerable(policy: &Policy) -> Answerable {
    let own = &policy.controller;
    Answerable {
        name: own.name.clone(),
        address: own.address.clone(),
        contact: own.contact.clone(),
        dpo: own.dpo.clone(),
    }
}

fn used(app: &App, subject: SubjectId, (own, regimes): (&Purpose, RegimeSet)) -> Use {
    let today = |channel: &Channel| {
        let decision = app.decide(&Who::Subject(subject), &Request::of(own.id, *channel));
        Allowed {
            channel: *channel,
            decision: decision.verdict,
            reason: decision.reason.code(),
            text: decision.text(),
            level: decision.level.into(),
        }
    };
    let basis = |regime: Regime| Some((regime, own.basis.under(regime)?));
    Use {
        id: own.id,
        title: own.title.clone(),
        explanation: own.explanation.clone(),
        basis: regimes.iter().filter_map(basis).collect(),
        data: own.fields.clone(),
        recipients: own.recipients.clone(),
        retention_days: own.retention_days,
        today: own.channels.iter().map(today).collect(),
    }
}

fn profiling(dial: Level, uses: &[Use]) -> Profiling {
    let mut levels = uses.iter().flat_map(|own| &own.today);
    let text = |[id, en]: [&str; 2]| Text {
        id: id.to_owned(),
        en: en.to_owned(),
    };
    Profiling {
        by_own_data: levels.any(|own| own.level >= u8::from(Level::Purchases)),
        dial: dial.into(),
        levels: LEVELS.map(text),
        logic: text(LOGIC),
    }
}
