//! Why data is processed, and what follows from how a purpose is declared.
//!
//! Rules that the gate and the check of a policy both ask stand here once. Start at [`Purpose`].

use serde::{Deserialize, Serialize};

use super::{Bases, Class, CodeSet, DpiaId, FieldId, Life, PurposeId, RecipientId, Ropa, Text};
use crate::law::Basis;
use crate::{Channel, Level, Timestamp};

/// Why data is processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Name in files and the API.
    pub id: PurposeId,
    /// Data Privacy Vocabulary term, as `dpv:DirectMarketing`.
    pub dpv: String,
    /// What it is called.
    pub title: Text,
    /// What it means, in plain words.
    pub explanation: Text,
    /// What sort of processing it is.
    pub class: Class,
    /// The legal basis the company relies on, one for all regimes or one for each.
    pub basis: Bases,
    /// Channels it may use.
    pub channels: Vec<Channel>,
    /// Data it uses.
    pub fields: Vec<FieldId>,
    /// Who else receives data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<RecipientId>,
    /// How personal it may ever be.
    pub highest_level: Level,
    /// What it may reveal, with each person's explicit consent to this purpose.
    #[serde(default, skip_serializing_if = "CodeSet::is_empty")]
    pub sensitive: CodeSet,
    /// Days a consent to it stays valid; absent: until withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_days: Option<u32>,
    /// How long data is kept for it, in days.
    pub retention_days: u32,
    /// When it is live; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Life>,
    /// Its record of processing; without one it is not live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ropa: Option<Ropa>,
    /// The impact assessment it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpia: Option<DpiaId>,
    /// Versions of the policy whose consents do not cover what is done now.
    #[serde(skip)]
    pub stale_versions: Vec<u32>,
}

impl Purpose {
    /// Whether it is live on a channel: declared for it, in its time, and with a record of processing
    /// (GDPR art. 30, UU PDP art. 31).
    #[must_use]
    pub fn is_live(&self, channel: Channel, now: Timestamp) -> bool {
        self.channels.contains(&channel)
            && self.ropa.is_some()
            && self.live.unwrap_or_default().holds(now)
    }

    /// Whether a message for it promotes, and so needs a way to refuse in it.
    #[must_use]
    pub fn is_marketing(&self) -> bool {
        self.class == Class::Marketing
    }

    /// Breach notices, answers to rights requests and their codes: duties that go through although
    /// the person's data are restricted or erased (design §3.2, classes).
    #[must_use]
    pub fn rests_on_duty(&self) -> bool {
        self.class == Class::Essential && self.basis.claims(Basis::LegalObligation)
    }

    /// Whether it uses nothing of the person on a channel: contextual ads and slots. A message uses
    /// the person's address, whatever it says.
    #[must_use]
    pub fn is_contextual(&self, channel: Channel) -> bool {
        channel.may_be_contextual()
            && self.highest_level == Level::Contextual
            && self.basis.claims(Basis::Contextual)
    }

    /// Whether it needs an impact assessment on a channel: what uses a person's own purchases or
    /// browsing, what may reveal something sensitive, and what leaves for other companies' use
    /// (GDPR art. 35, UU PDP art. 34).
    #[must_use]
    pub fn needs_assessment(&self, channel: Channel) -> bool {
        self.highest_level >= Level::Purchases
            || !self.sensitive.is_empty()
            || (channel.is_sale_or_sharing() && !self.is_contextual(channel))
    }
}
