//! What the company declares: who it is, why it processes data, with which data, on which
//! channels, how often and how personally. The gate enforces this and the privacy notice is made
//! from it.
//!
//! The types are plain; reading the folder and telling where a mistake stands is `izin-app`'s.
//! Start at [`Policy`], then [`Purpose`].

mod account;
mod basis;
mod data;
mod date;
mod form;
mod frequency;
mod history;
mod name;
mod purpose;

use serde::{Deserialize, Serialize};

use crate::country::Country;
use crate::law::{Regime, RegimeSet};
use crate::zone::Zone;
use crate::{Channel, Language, Level, Scope, Timestamp};

pub use account::{Category, Dpia, Ropa};
pub use basis::Bases;
pub use data::{
    CodeSet, Field, Recipient, Retention, Role, SensitiveCode, SensitiveCodeError, Source,
};
pub use form::{Control, Form, Life, Notice, Topic};
pub use frequency::{Cap, Hours, Over, Sender};
pub use history::{Coverage, Published};
pub use name::{CapId, DpiaId, FieldId, FormId, NameError, PurposeId, RecipientId, TopicId};
pub use purpose::Purpose;

/// The path of a category that stands for all goods no other entry decides.
const REST: &str = "*";

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Id => &self.id,
            Language::En => &self.en,
        }
    }
}

/// What sort of processing a purpose is; the class decides which refusals stop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Anything that promotes.
    Marketing,
    /// Surveys, review requests, requested stock alerts.
    OptionalService,
    /// Login codes, order and safety messages, answers to rights requests.
    Essential,
    /// Using more about a person to choose what to show.
    Personalisation,
    /// Feeding counts over everybody.
    AggregateStatistics,
    /// Measuring what our own messages and pages do.
    Measurement,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 6] = [
        Self::Marketing,
        Self::OptionalService,
        Self::Essential,
        Self::Personalisation,
        Self::AggregateStatistics,
        Self::Measurement,
    ];

    /// The name used in files, rule ids and pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::OptionalService => "optional_service",
            Self::Essential => "essential",
            Self::Personalisation => "personalisation",
            Self::AggregateStatistics => "aggregate_statistics",
            Self::Measurement => "measurement",
        }
    }

    /// Whether messages of the class may hold no promotion.
    #[must_use]
    pub const fn is_service(self) -> bool {
        matches!(self, Self::Essential | Self::OptionalService)
    }
}

/// Who the company is and which laws bind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Name as customers know it.
    pub name: String,
    /// Postal address, shown in every message.
    pub address: String,
    /// Where customers write to.
    pub contact: String,
    /// The data protection officer's address.
    pub dpo: String,
    /// Languages of the pages, the default first.
    pub languages: Vec<Language>,
    /// Home country.
    pub country: Country,
    /// The shop's own zone; its clock counts where a person's is not known.
    pub zone: Zone,
    /// Regimes that bind the shop; signed by the data protection officer, never inferred.
    pub regimes: Vec<Regime>,
    /// Who signed the list of regimes.
    pub signed_by: String,
    /// People who must approve a campaign besides its author: 1 or 2.
    #[serde(default = "one")]
    pub approvals: u8,
}

const fn one() -> u8 {
    1
}

/// The company's declared practice: one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Counts publications; given by the ledger, 0 before the first.
    #[serde(default)]
    pub version: u32,
    /// Who declares it.
    pub controller: Controller,
    /// Why data is processed.
    #[serde(rename = "purpose")]
    pub purposes: Vec<Purpose>,
    /// The data dictionary.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    /// Who else receives data.
    #[serde(default, rename = "recipient")]
    pub recipients: Vec<Recipient>,
    /// The company's own words in the notice.
    #[serde(default)]
    pub notice: Notice,
    /// What people are asked, where.
    #[serde(default, rename = "form")]
    pub forms: Vec<Form>,
    /// Themes that customers choose.
    #[serde(default, rename = "topic")]
    pub topics: Vec<Topic>,
    /// How often messages come.
    #[serde(default, rename = "cap")]
    pub caps: Vec<Cap>,
    /// When messages may come.
    #[serde(default, rename = "hours")]
    pub hours: Vec<Hours>,
    /// Who messages come from.
    #[serde(default, rename = "sender")]
    pub senders: Vec<Sender>,
    /// What goods reveal.
    #[serde(default, rename = "category")]
    pub categories: Vec<Category>,
    /// Impact assessments.
    #[serde(default, rename = "dpia")]
    pub dpias: Vec<Dpia>,
    /// What was published before, oldest first: where in the ledger, and which version.
    #[serde(skip)]
    pub published: Vec<Published>,
    /// Forms that this or an earlier version marked as defective, up to which version of the form.
    #[serde(skip)]
    pub void_forms: Vec<(FormId, u32)>,
}

impl Policy {
    /// The purpose of that name.
    #[must_use]
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == *id)
    }

    /// The purpose of that name if it may use the channel.
    #[must_use]
    pub fn on(&self, id: &PurposeId, channel: Channel) -> Option<&Purpose> {
        self.purpose(id)
            .filter(|purpose| purpose.channels.contains(&channel))
    }

    /// The purpose of that name if it is live on the channel.
    #[must_use]
    pub fn live(&self, id: &PurposeId, channel: Channel, now: Timestamp) -> Option<&Purpose> {
        self.purpose(id).filter(|own| own.is_live(channel, now))
    }

    /// What a no comes to under this policy. One to a topic that it does not have is a no to the whole
    /// purpose, one to such a purpose a no to everything on its channels: nobody would ever ask by that
    /// name, and a name that was dropped or changed must lose nobody's refusal.
    #[must_use]
    pub fn widened(&self, scope: Scope) -> Scope {
        let purpose = scope.purpose.filter(|own| self.purpose(own).is_some());
        let is_whole = purpose == scope.purpose;
        let has = |topic: &TopicId| {
            let mut topics = self.topics.iter();
            topics.any(|own| own.id == *topic && purpose.is_none_or(|id| own.purpose == id))
        };
        Scope {
            purpose,
            topic: scope.topic.filter(|own| is_whole && has(own)),
            ..scope
        }
    }

    /// The language of pages when nothing else is known.
    #[must_use]
    pub fn language(&self) -> Language {
        self.controller
            .languages
            .first()
            .copied()
            .unwrap_or(Language::Id)
    }

    /// The laws that bind the shop.
    #[must_use]
    pub fn regimes(&self) -> RegimeSet {
        self.controller.regimes.iter().copied().collect()
    }

    /// Who messages on a channel come from; the first, where several are declared.
    #[must_use]
    pub fn sender(&self, channel: Channel) -> Option<&Sender> {
        self.senders.iter().find(|own| own.channel == channel)
    }

    /// How personal anything on a channel may be.
    #[must_use]
    pub fn highest_level(&self, channel: Channel) -> Level {
        let own = self.senders.iter().filter(|own| own.channel == channel);
        own.map(|own| own.highest_level)
            .min()
            .unwrap_or(Level::Browsing)
    }

    /// The assessment a purpose rests on, if it holds.
    #[must_use]
    pub fn dpia(&self, purpose: &Purpose, now: Timestamp) -> Option<&Dpia> {
        let id = purpose.dpia?;
        self.dpias.iter().find(|own| own.id == id && own.holds(now))
    }

    /// Whether a form was found defective; consents given on it count for nothing.
    #[must_use]
    pub fn is_defective(&self, form: FormId, version: u32) -> bool {
        let mut found = self.defective_forms();
        found.any(|(own, up_to)| own == form && up_to >= version)
    }

    /// The forms that this or an earlier version marks as defective, up to which of their versions.
    pub fn defective_forms(&self) -> impl Iterator<Item = (FormId, u32)> {
        self.void_forms.iter().copied().chain(self.marked_forms())
    }

    /// The forms that this version itself marks as defective.
    pub fn marked_forms(&self) -> impl Iterator<Item = (FormId, u32)> {
        let marked = self.forms.iter().filter(|own| own.defective.is_some());
        marked.map(|own| (own.id, own.version))
    }

    /// A field of the data dictionary.
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|own| own.id == *id)
    }

    /// A recipient.
    #[must_use]
    pub fn recipient(&self, id: &RecipientId) -> Option<&Recipient> {
        self.recipients.iter().find(|own| own.id == *id)
    }

    /// The fields of a purpose, as far as they are declared.
    pub fn fields_of(&self, purpose: &Purpose) -> impl Iterator<Item = &Field> {
        purpose.fields.iter().filter_map(|id| self.field(id))
    }

    /// The recipients of a purpose, as far as they are declared.
    pub fn recipients_of(&self, purpose: &Purpose) -> impl Iterator<Item = &Recipient> {
        purpose
            .recipients
            .iter()
            .filter_map(|id| self.recipient(id))
    }

    /// What goods of a category reveal: the codes declared for it, the nearest category above, or all
    /// the rest.
    /// `None`: nobody has decided yet.
    #[must_use]
    pub fn codes_of(&self, category: &str) -> Option<CodeSet> {
        let mut path = Some(category);
        while let Some(own) = path {
            let declared = self
                .categories
                .iter()
                .find(|known| known.path == own.trim());
            if let Some(known) = declared {
                return Some(known.codes);
            }
            path = own.rsplit_once('>').map(|(above, _)| above);
        }
        let rest = self.categories.iter().find(|own| own.path == REST);
        rest.map(|own| own.codes)
    }
}
