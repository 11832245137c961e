//! What the company answers for: records of processing, impact assessments, sensitive goods.

use serde::{Deserialize, Serialize};

use super::{CodeSet, DpiaId, Text};
use crate::Timestamp;

/// What a record of processing says besides its purpose (GDPR art. 30(1), UU PDP art. 31). Who is
/// responsible, why, which data, for how long and who receives it follow from the policy itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ropa {
    /// Whose data it is: `customers`, `visitors`.
    pub subjects: Text,
    /// Transfers to other countries, with what protects them; or that there are none.
    pub transfers: Text,
    /// What keeps the data safe.
    pub measures: Text,
    /// The system that does it.
    pub system: String,
    /// Whether a machine alone decides something that matters to the person.
    pub automated_decision: bool,
}

/// An impact assessment (GDPR art. 35(7), UU PDP art. 34): what is done, whether it is needed,
/// what could go wrong for people, what is done against that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dpia {
    /// Name in files; purposes refer to it.
    pub id: DpiaId,
    /// What is done, for what, in whose interest.
    pub description: Text,
    /// Why it is needed and in proportion.
    pub necessity: Text,
    /// What could go wrong for people.
    pub risks: Text,
    /// What is done against it.
    pub measures: Text,
    /// What the data protection officer advises.
    pub advice: Text,
    /// Who gave the advice.
    pub advised_by: String,
    /// Who wrote it.
    pub author: String,
    /// Who approved it; somebody else than the author.
    pub approver: String,
    /// When it was approved.
    #[serde(with = "super::date::required")]
    pub approved: Timestamp,
    /// Until when it holds.
    #[serde(with = "super::date::required")]
    pub expires: Timestamp,
}

impl Dpia {
    /// Whether it lets processing go on at a moment.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.approved <= now && now < self.expires && !self.is_self_approved()
    }

    /// Whether its author is also who approved it.
    #[must_use]
    pub fn is_self_approved(&self) -> bool {
        self.is_by(&self.approver)
    }

    /// Whether its author is also who gave the advice.
    #[must_use]
    pub fn is_self_advised(&self) -> bool {
        self.is_by(&self.advised_by)
    }

    /// Whether a name is the author's, in whatever case and with whatever space around it.
    fn is_by(&self, name: &str) -> bool {
        let initial = |name: &str| name.bytes().next().filter(u8::is_ascii_alphabetic);
        match (initial(name), initial(&self.author)) {
            // Nearly always: told apart by the first letter.
            (Some(one), Some(other)) if !one.eq_ignore_ascii_case(&other) => false,
            _ => name.trim().to_lowercase() == self.author.trim().to_lowercase(),
        }
    }
}

/// What goods of a category reveal about those who buy them; inherited by the categories below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// The category's path in the catalogue, as `Kesehatan > Tes`; `>` separates.
    pub path: String,
    /// What it reveals; empty: the data protection officer decided that it reveals nothing.
    pub codes: CodeSet,
}
