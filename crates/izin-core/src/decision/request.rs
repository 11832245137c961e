//! What somebody wants to do.

use crate::policy::{CodeSet, PurposeId, TopicId};
use crate::relation::Place;
use crate::signal::SignalSet;
use crate::{Channel, IdentifierId};

/// What somebody wants to do, about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The way to reach the person.
    pub channel: Channel,
    /// Why.
    pub purpose: PurposeId,
    /// The theme inside the purpose.
    pub topic: Option<TopicId>,
    /// The address it would go to; absent: any of the person's on the channel.
    pub address: Option<IdentifierId>,
    /// What is known of the content.
    pub content: Content,
    /// Signals that came with the request itself.
    pub signals: SignalSet,
    /// Where the person is, as the request says; it counts beside what is on record.
    pub place: Option<Place>,
    /// Whether this node cannot know the person's newest acts.
    pub stale: bool,
}

/// What is known of the content of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Content {
    /// What the goods in it reveal.
    pub codes: CodeSet,
    /// Whether it holds goods that nobody has classified yet.
    pub unclassified: bool,
    /// Whether it promotes.
    pub promotes: bool,
    /// Whether it was looked at and holds no working way to refuse.
    pub no_way_to_refuse: bool,
}

impl Request {
    /// The question about a purpose on a channel, with nothing else known.
    #[must_use]
    pub const fn of(purpose: PurposeId, channel: Channel) -> Self {
        Self {
            channel,
            purpose,
            topic: None,
            address: None,
            content: Content {
                codes: CodeSet::EMPTY,
                unclassified: false,
                promotes: false,
                no_way_to_refuse: false,
            },
            signals: SignalSet::NONE,
            place: None,
            stale: false,
        }
    }
}
