//! What a person may wish for with a code. A wish holds no personal value.

use izin_core::window::Limit;
use izin_core::{
    Channel, IdentifierKind, Level, Origin, PurposeId, Signal, SubjectId, Timestamp, TopicId,
};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::act::{ActError, Asked, Kind, Report};
use crate::gate::Who;

/// An act that widens, to be carried out once the person is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// A yes to one purpose on one channel.
    Consent {
        /// To what.
        purpose: PurposeId,
        /// Where.
        channel: Channel,
        /// One topic, or the whole purpose.
        topic: Option<TopicId>,
        /// What was shown.
        asked: Asked,
    },
    /// The dial, up.
    Dial {
        /// Where to.
        level: Level,
    },
    /// A looser limit of the person's own.
    Cap {
        /// One channel, or all together.
        channel: Option<Channel>,
        /// How many in which window.
        limit: Limit,
    },
    /// The end of a restriction.
    EndRestriction,
    /// A signal shall not count; it takes two such acts.
    OverruleSignal {
        /// Which.
        signal: Signal,
    },
}

impl Wish {
    /// What can be said against the wish, whoever has it.
    pub(super) fn check(&self, app: &App) -> Result<(), ActError> {
        let Self::Consent {
            purpose, channel, ..
        } = self
        else {
            return Ok(());
        };
        if !app.is_live(*purpose, *channel) {
            return Err(ActError::UnknownPurpose(*purpose));
        }
        // Codes go by mail, and a yes is for the address that was proved.
        if channel.is_addressed() && !IdentifierKind::Email.reaches(*channel) {
            return Err(ActError::OtherAddress);
        }
        Ok(())
    }

    /// The wish as a report, confirmed at `now`.
    pub(super) fn report(self, subject: SubjectId, now: Timestamp) -> Report {
        let mut report = Report {
            who: Who::Subject(subject),
            kind: Kind::Restriction { holds: false },
            channel: None,
            purpose: None,
            topic: None,
            occurred_at: Some(now),
            detail: Some(format!("confirmed by a code to the address at {now}")),
            origin: Origin::Page,
        };
        match self {
            Self::Consent {
                purpose,
                channel,
                topic,
                asked,
            } => {
                report.kind = Kind::Consent(asked);
                (report.purpose, report.topic) = (Some(purpose), topic);
                report.channel = Some(channel);
            }
            Self::Dial { level } => report.kind = Kind::Dial(level),
            Self::Cap { channel, limit } => {
                (report.kind, report.channel) = (Kind::Cap(limit), channel);
            }
            Self::EndRestriction => {}
            Self::OverruleSignal { signal } => report.kind = Kind::SignalOverruled(signal),
        }
        report
    }
}
