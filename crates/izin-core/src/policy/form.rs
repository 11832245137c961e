//! What people are shown when they are asked: notices, forms and their controls.

use serde::{Deserialize, Serialize};

use super::{FormId, PurposeId, Text, TopicId};
use crate::{Channel, Timestamp};

/// The company's own words in the privacy notice, before and after what is made from the policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Stands first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Text>,
    /// Stands last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Text>,
}

/// A theme inside a purpose, which customers choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Name in files and the API.
    pub id: TopicId,
    /// The purpose it belongs to.
    pub purpose: PurposeId,
    /// What it is called.
    pub title: Text,
}

/// A form on which people say yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Name in files and the API.
    pub id: FormId,
    /// Counts changes of its wording; a consent names it.
    pub version: u32,
    /// Where it stands.
    pub place: Text,
    /// What is asked, one control for each purpose and channel.
    #[serde(rename = "control")]
    pub controls: Vec<Control>,
    /// Why every consent given on it counts for nothing; never taken back once published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defective: Option<Text>,
}

/// One thing that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// What a yes is to. More than one cannot be published.
    pub purposes: Vec<PurposeId>,
    /// On which channel.
    pub channel: Channel,
    /// The words beside it.
    pub label: Text,
    /// Whether it is switched on before anybody touches it. That cannot be published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub default_on: bool,
    /// Whether the service is refused without it. That cannot be published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub condition_of_service: bool,
    /// Whether it asks for sensitive data by name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explicit: bool,
}

/// When a purpose is live; an absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// From when.
    #[serde(default, with = "super::date", skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Until when.
    #[serde(default, with = "super::date", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Life {
    /// Whether it is live at a moment.
    #[must_use]
    pub fn holds(self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}
