//! A consent as a record that proves it: the entry of the ledger, with what the policy of that time
//! declared. Nothing is filled up that is not known; what is missing is named.

use std::fmt;
use std::str::FromStr;

use izin_core::act::Evidence;
use izin_core::consent::{Consent, Giver};
use izin_core::decision::consent_state;
use izin_core::law::Basis;
use izin_core::policy::{self, Policy, Role};
use izin_core::receipt::{
    ConsentKind, ConsentRecord, ControlDefault, DataCategory, DataTerm, Event, FormShown,
    KantaraError, Missing, Notice, Party, PartyKind, Purpose, PurposeTerm, Recipient,
    RecipientKind, Storage,
};
use izin_core::{
    Act, Channel, ConsentState, Entry, Language, Origin, Request, Seq, Standing, SubjectId,
    Timestamp,
};
use izin_store::StoreError;
use serde_json::Value;

use crate::{App, publish};

/// Why there is no record.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// No such entry, or not this person's.
    #[error("entry {0} is no consent of this person")]
    NotAConsent(Seq),
    /// A claim that was set aside for a consent with evidence.
    #[error(
        "entry {0} says yes without evidence of how it was given, and an earlier consent with \
         evidence stands in its place"
    )]
    NoEvidence(Seq),
    /// The policy of that time is not known, or had no such purpose.
    #[error("no published policy declares what entry {0} is a consent to")]
    Undeclared(Seq),
    /// A mandatory field is empty.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// No Kantara receipt.
    #[error(transparent)]
    Kantara(#[from] KantaraError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The record of a consent, as it stands now.
///
/// # Errors
/// [`ConsentError`].
pub async fn record(
    app: &App,
    subject: SubjectId,
    seq: Seq,
) -> Result<ConsentRecord, ConsentError> {
    let history = app.store.history(subject).await?;
    let said = history.iter().find(|own| own.seq == seq);
    let (origin, consent) = said
        .and_then(|own| Some((origin(own)?, folded(&history, seq)?)))
        .ok_or_else(|| match said.is_some_and(is_claim) {
            true => ConsentError::NoEvidence(seq),
            false => ConsentError::NotAConsent(seq),
        })?;
    let policy = policy_of(app, &consent).await?;
    let policy = policy.ok_or(ConsentError::Undeclared(seq))?;
    let purpose = policy.purpose(&consent.purpose);
    let purpose = purpose.ok_or(ConsentError::Undeclared(seq))?;
    let said = Said {
        language: consent.manner.language.unwrap_or_else(|| policy.language()),
        version: policy.version,
        at: consent.occurred_at,
        channel: consent.channel,
    };
    let mut record = draft(app, &policy, purpose, &said).ok_or(Missing::Purpose)?;
    record.record_id = format!("{}/{seq}", app.settings.log_origin);
    record.receipt_id = format!("{}/receipt", record.record_id);
    record.subject = subject;
    record.identifier = consent.identifier;
    record.event = event(&consent, origin, (&policy, purpose), said.language);
    record.event.state = state(app, &history, &consent);
    let disclosed = app.store.disclosed(seq).await?;
    record.evidence = disclosed.map(|own| own.leaf.commitment);
    Ok(record)
}

/// In which format a consent record is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RecordFormat {
    /// ISO/IEC TS 27560, as JSON-LD.
    #[default]
    Iso27560,
    /// Kantara consent receipt 1.1. It asks for a telephone number of the controller.
    Kantara,
}

impl RecordFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Iso27560, Self::Kantara];

    /// The name by which it is asked for.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Iso27560 => "27560",
            Self::Kantara => "kantara",
        }
    }

    /// What a document of this format is sent as.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Iso27560 => "application/ld+json",
            Self::Kantara => "application/json",
        }
    }
}

impl fmt::Display for RecordFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {}", RecordFormat::ALL.map(RecordFormat::as_str).join(", "))]
pub struct RecordFormatError;

impl FromStr for RecordFormat {
    type Err = RecordFormatError;

    fn from_str(text: &str) -> Result<Self, RecordFormatError> {
        let found = Self::ALL.into_iter().find(|own| own.as_str() == text);
        found.ok_or(RecordFormatError)
    }
}

/// The record as a document that other systems read.
///
/// # Errors
/// [`ConsentError`].
pub async fn written(
    app: &App,
    subject: SubjectId,
    seq: Seq,
    format: RecordFormat,
) -> Result<Value, ConsentError> {
    let record = record(app, subject, seq).await?;
    Ok(match format {
        RecordFormat::Iso27560 => record.to_27560()?,
        RecordFormat::Kantara => record.to_kantara()?,
    })
}

/// What the policy leaves open that every record of a consent to this purpose needs.
pub(crate) fn missing(app: &App, policy: &Policy, purpose: &policy::Purpose) -> Vec<Missing> {
    let said = Said {
        language: policy.language(),
        version: policy.version.max(1),
        at: app.clock.now(),
        channel: Channel::Site,
    };
    draft(app, policy, purpose, &said).map_or_else(|| vec![Missing::Purpose], |own| own.missing())
}

/// What a record says besides the policy.
struct Said {
    language: Language,
    version: u32,
    at: Timestamp,
    channel: Channel,
}

/// A record with everything that follows from the policy; `None` when its purpose has no term.
fn draft(
    app: &App,
    policy: &Policy,
    purpose: &policy::Purpose,
    said: &Said,
) -> Option<ConsentRecord> {
    let language = said.language;
    let controller = &policy.controller;
    let url = &app.settings.public_url;
    let nobody = SubjectId::from_bytes([0; 16]);
    Some(ConsentRecord {
        record_id: app.settings.log_origin.clone(),
        receipt_id: app.settings.log_origin.clone(),
        subject: nobody,
        identifier: None,
        controller: Party {
            // Until the policy names a company number, the shop is told by its public address.
            id: url.clone(),
            name: controller.name.clone(),
            address: controller.address.clone(),
            contact: controller.contact.clone(),
            phone: None,
            kind: PartyKind::ForProfit,
        },
        dpo: Some(controller.dpo.clone()),
        notice: Notice {
            url: format!("{url}/privacy"),
            version: said.version.to_string(),
            language,
            hash: None,
        },
        purpose: Purpose {
            id: purpose.id.to_string(),
            title: purpose.title.get(language).to_owned(),
            explanation: purpose.explanation.get(language).to_owned(),
            term: PurposeTerm::parse(&purpose.dpv).ok()?,
        },
        data: policy
            .fields_of(purpose)
            .map(|own| data(own, language))
            .collect(),
        recipients: Some(recipients(policy, purpose, language)),
        storage: Storage {
            country: controller.country.to_string(),
            retention_days: purpose.retention_days,
        },
        jurisdiction: policy.regimes().iter().map(|own| own.to_string()).collect(),
        withdrawal: withdrawal(&controller.contact, language),
        basis: Basis::Consent,
        event: Event {
            state: ConsentState::Unknown,
            kind: ConsentKind::Expressed,
            at: said.at,
            expires_at: None,
            given_by: Giver::Subject,
            method: Origin::Page,
            form: None,
            channel: said.channel,
        },
        evidence: None,
    })
}

fn data(field: &policy::Field, language: Language) -> DataCategory {
    DataCategory {
        id: field.id.to_string(),
        title: field.title.get(language).to_owned(),
        term: DataTerm::parse(&field.category).ok(),
        sensitive: field.sensitive.iter().map(|own| own.to_string()).collect(),
    }
}

fn recipients(policy: &Policy, purpose: &policy::Purpose, language: Language) -> Vec<Recipient> {
    let recipient = |own: &policy::Recipient| Recipient {
        name: own.name.get(language).to_owned(),
        kind: match own.role {
            Role::Processor => RecipientKind::Processor,
            Role::Independent => RecipientKind::Independent,
        },
        country: own.country.to_string(),
    };
    policy.recipients_of(purpose).map(recipient).collect()
}

fn withdrawal(contact: &str, language: Language) -> String {
    match language {
        Language::Id => format!("Tautan berhenti di setiap pesan, atau tulis ke {contact}"),
        Language::En => format!("The stop link in every message, or write to {contact}"),
    }
}

fn event(
    consent: &Consent,
    origin: Origin,
    (policy, purpose): (&Policy, &policy::Purpose),
    language: Language,
) -> Event {
    let lasts = |days: u32| consent.occurred_at.plus_days(i64::from(days));
    Event {
        state: ConsentState::Unknown,
        kind: if consent.manner.explicit {
            ConsentKind::ExplicitlyExpressed
        } else {
            ConsentKind::Expressed
        },
        at: consent.occurred_at,
        expires_at: purpose.consent_days.map(lasts),
        given_by: consent.manner.by,
        method: origin,
        form: form(policy, consent, language),
        channel: consent.channel,
    }
}

/// The control that the person used; a form that the policy of that time did not have leaves its
/// words empty, and the record says that they are missing.
fn form(policy: &Policy, consent: &Consent, language: Language) -> Option<FormShown> {
    let (id, version) = consent.manner.form?;
    let mut forms = policy.forms.iter();
    let form = forms.find(|own| (own.id, own.version) == (id, version));
    let control = form.and_then(|own| {
        let mut controls = own.controls.iter();
        controls.find(|own| own.channel == consent.channel && own.purposes == [consent.purpose])
    });
    Some(FormShown {
        id: id.to_string(),
        version: version.to_string(),
        label: control.map_or_else(String::new, |own| own.label.get(language).to_owned()),
        default: if control.is_some_and(|own| own.default_on) {
            ControlDefault::On
        } else {
            ControlDefault::Off
        },
    })
}

fn origin(entry: &Entry) -> Option<Origin> {
    match &entry.act {
        Act::Consented { origin, .. } => Some(*origin),
        _ => None,
    }
}

/// Whether an entry says yes without evidence. The fold passes such a claim over where a proven
/// consent stands.
fn is_claim(entry: &Entry) -> bool {
    let missing = Evidence::Missing;
    matches!(&entry.act, Act::Consented { evidence, .. } if *evidence == missing)
}

/// The consent as the fold knew it when it was entered.
fn folded(history: &[Entry], seq: Seq) -> Option<Consent> {
    let mut standing = Standing::default();
    for own in history.iter().take_while(|own| own.seq <= seq) {
        standing.apply(own);
    }
    standing.consents.into_iter().find(|own| own.seq == seq)
}

/// The state now; of a consent that a newer one took the place of, the state it had then.
fn state(app: &App, history: &[Entry], consent: &Consent) -> ConsentState {
    let fold = |entries: &mut dyn Iterator<Item = &Entry>| {
        let mut standing = Standing::default();
        entries.for_each(|own| standing.apply(own));
        standing
    };
    let mut standing = fold(&mut history.iter());
    let mut at = app.clock.now();
    if standing.consents.iter().all(|own| own.seq != consent.seq) && !standing.erased {
        standing = fold(&mut history.iter().take_while(|own| own.seq <= consent.seq));
        at = consent.occurred_at;
    }
    let request = Request {
        address: consent.identifier,
        topic: consent.topic,
        ..Request::of(consent.purpose, consent.channel)
    };
    consent_state(&request, &standing, (&app.policy(), at))
}

/// The policy that the person was told of.
async fn policy_of(app: &App, consent: &Consent) -> Result<Option<Policy>, StoreError> {
    let now = app.policy();
    let version = match consent.policy {
        0 => now.version_at(consent.seq),
        version => version,
    };
    if version == now.version {
        return Ok(Some(Policy::clone(&now)));
    }
    let Some(published) = app.store.policy_version(version).await? else {
        return Ok(None);
    };
    let policy = publish::read(&published).ok_or(StoreError::Damaged { what: "policy" })?;
    Ok(Some(policy))
}
