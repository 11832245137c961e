//! One consent as a document other systems and the person can read: ISO/IEC TS 27560 in JSON-LD
//! ([`ConsentRecord::to_27560`]) and Kantara consent receipt 1.1 ([`ConsentRecord::to_kantara`]).
//!
//! The person appears under random names only; nothing here may take an address, a number or a
//! name of theirs. A record that lacks a mandatory field is refused, never filled up. Both outputs
//! validate against the schemas in `docs/schema`. Start at [`ConsentRecord`], then `iso27560.rs`.

mod iso27560;
mod kantara;
mod missing;
mod vocabulary;

pub use kantara::KantaraError;
pub use missing::Missing;
pub use vocabulary::{CONTEXT, DataTerm, PurposeTerm, TERMS, UnknownTerm};

use missing::said;

use crate::consent::Giver;
use crate::law::Basis;
use crate::{Channel, ConsentState, IdentifierId, Language, Origin, SubjectId, Timestamp};

/// A consent with everything that must be known about it; built from the ledger and the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRecord {
    /// Names the record: the log's origin and the sequence of the entry.
    pub record_id: String,
    /// Names this copy of it, as handed to the person.
    pub receipt_id: String,
    /// Whose consent it is.
    pub subject: SubjectId,
    /// The address or number it was given for; absent when it was given for the person.
    pub identifier: Option<IdentifierId>,
    /// Who asked.
    pub controller: Party,
    /// Address of the controller's data protection officer.
    pub dpo: Option<String>,
    /// What the person was told.
    pub notice: Notice,
    /// What the person agreed to: one purpose.
    pub purpose: Purpose,
    /// Data used for it.
    pub data: Vec<DataCategory>,
    /// Who else receives the data. An empty list states that nobody does; `None` states nothing.
    pub recipients: Option<Vec<Recipient>>,
    /// Where and how long the data is kept.
    pub storage: Storage,
    /// Names of the regimes it is judged by, as `uu-pdp`.
    pub jurisdiction: Vec<String>,
    /// How to take it back: the address of a page, the same for everybody, or a sentence.
    pub withdrawal: String,
    /// The basis in law.
    pub basis: Basis,
    /// What happened last.
    pub event: Event,
    /// The commitment in the entry's leaf of the log, by which the record can be proved.
    pub evidence: Option<[u8; 32]>,
}

impl ConsentRecord {
    /// The controller's telephone number; a blank one is none.
    fn phone(&self) -> Option<&str> {
        self.controller.phone.as_deref().filter(|text| said(text))
    }

    /// Where the data protection officer is reached; a blank text is nowhere.
    fn officer(&self) -> Option<&str> {
        self.dpo.as_deref().filter(|text| said(text))
    }
}

/// A company or person responsible for processing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its name in registers, as a company number.
    pub id: String,
    /// Name as customers know it.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// E-mail address for customers.
    pub contact: String,
    /// Telephone number for customers; a Kantara receipt needs it.
    pub phone: Option<String>,
    /// What sort of party it is.
    pub kind: PartyKind,
}

/// What sort of party a controller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyKind {
    /// A company.
    ForProfit,
    /// A foundation or association.
    NonProfit,
    /// A public body.
    Government,
    /// A person who trades under their own name.
    NaturalPerson,
}

/// The notice that stood beside the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Where it can be read, beginning with `https://` or `http://`.
    pub url: String,
    /// Which version was shown.
    pub version: String,
    /// In which language; the record's texts are in it too.
    pub language: Language,
    /// SHA-256 of its text.
    pub hash: Option<[u8; 32]>,
}

/// The purpose agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Its name in the policy.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it means, in plain words.
    pub explanation: String,
    /// Its place in the Data Privacy Vocabulary.
    pub term: PurposeTerm,
}

/// A kind of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataCategory {
    /// Its name in the policy.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its place in the vocabulary of personal data.
    pub term: Option<DataTerm>,
    /// Codes of the sensitive categories it belongs to, as `health`; mostly none.
    pub sensitive: Vec<String>,
}

/// Somebody else who receives data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The recipient's name.
    pub name: String,
    /// On whose behalf.
    pub kind: RecipientKind,
    /// Country, ISO 3166-1 two letters.
    pub country: String,
}

/// On whose behalf a recipient uses the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientKind {
    /// On the controller's.
    Processor,
    /// On its own.
    Independent,
}

/// Where and how long data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Country, ISO 3166-1 two letters.
    pub country: String,
    /// Days; 0 says that nobody decided.
    pub retention_days: u32,
}

/// A moment in the consent's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What the consent became.
    pub state: ConsentState,
    /// How plainly the person said so.
    pub kind: ConsentKind,
    /// When.
    pub at: Timestamp,
    /// When it ends by itself; absent: it holds until withdrawn.
    pub expires_at: Option<Timestamp>,
    /// Who said so.
    pub given_by: Giver,
    /// Where it came in.
    pub method: Origin,
    /// The form it was said on, when it was a form.
    pub form: Option<FormShown>,
    /// The channel it is about.
    pub channel: Channel,
}

/// How plainly a consent was expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentKind {
    /// By an act that means yes.
    Expressed,
    /// By an act that means nothing but this yes.
    ExplicitlyExpressed,
    /// By conduct, as a purchase.
    Implied,
}

/// What the person saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormShown {
    /// The form's name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The words at the control.
    pub label: String,
    /// How the control stood before it was touched.
    pub default: ControlDefault,
}

/// How a control stands before it is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlDefault {
    /// Not ticked.
    Off,
    /// Ticked beforehand, which voids the consent.
    On,
}
