//! How often, when and from whom messages come: caps, quiet hours, senders.

use serde::{Deserialize, Serialize};

use super::{CapId, Class, PurposeId, TopicId};
use crate::quiet::AllowedHours;
use crate::window::Limit;
use crate::{Channel, Level};

/// At most so many messages in a sliding window. Every cap that applies must have room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Name in files, shown when it holds a message back.
    pub id: CapId,
    /// On one channel, or on all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Of one class, or of marketing and optional service together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// For one purpose, or all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeId>,
    /// On one topic, or all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// How many in which window, as `{ at_most = 3, within = "7d" }`.
    pub limit: Limit,
    /// What becomes of a message over it.
    #[serde(default)]
    pub over: Over,
}

/// What becomes of a message over a cap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// It waits.
    #[default]
    Defer,
    /// It is not sent.
    Drop,
}

/// In which hours, on the person's own clock, messages may come on a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The channel.
    pub channel: Channel,
    /// The hours, as `{ from = "08:00", to = "20:00" }`.
    pub allowed: AllowedHours,
}

/// Who messages on a channel come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The channel.
    pub channel: Channel,
    /// The address, number or account shown.
    pub name: String,
    /// Whether people can answer to it; if not, the way to refuse must be a link.
    pub receives_replies: bool,
    /// How personal messages on the channel may ever be.
    #[serde(default = "most")]
    pub highest_level: Level,
}

const fn most() -> Level {
    Level::Browsing
}
