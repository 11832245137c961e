//! How personal it may be (design §3.4): the lowest of many ceilings.

use super::Case;
use crate::act::Evidence;
use crate::policy::{Class, Purpose};
use crate::refusal::RefusalKind;
use crate::{Level, Timestamp};

/// Days without a sign of the person after which nothing of theirs is used.
const INACTIVE_DAYS: i64 = 180;

impl Case<'_> {
    /// A refusal of the purpose, a complaint, a minor or somebody unknown means 0.
    pub(super) fn level(&self, purpose: &Purpose) -> Level {
        let standing = self.standing;
        let complained = standing
            .refusals
            .iter()
            .any(|own| own.kind == RefusalKind::Complained);
        let nothing = !standing.known
            || standing.erased
            || standing.restricted
            || complained
            || standing.is_minor(self.now)
            || self.standing_refusals(purpose.id).next().is_some()
            || self.live_signals().next().is_some();
        if nothing {
            return Level::Contextual;
        }
        purpose
            .highest_level
            .min(self.policy.highest_level(self.request.channel))
            .min(standing.dial.map_or(Level::START, |dial| dial.level))
            .min(self.permitted().max(Level::START))
            .min(self.while_active())
    }

    /// What the personalisation purposes on this channel permit.
    fn permitted(&self) -> Level {
        let channel = self.request.channel;
        let purposes = self.policy.purposes.iter();
        purposes
            .filter(|own| own.class == Class::Personalisation && own.channels.contains(&channel))
            .filter(|own| self.policy.live(&own.id, channel, self.now).is_some())
            .filter(|own| self.basis(own).against.is_empty())
            .filter(|own| self.standing_refusals(own.id).next().is_none())
            .map(|own| own.highest_level)
            .max()
            .unwrap_or(Level::START)
    }

    /// Somebody not heard of for long is not followed any more.
    fn while_active(&self) -> Level {
        let yes = self.standing.consents.iter();
        let yes = yes.filter(|own| own.evidence == Evidence::Recorded);
        let yes = yes.map(|own| own.occurred_at);
        let dial = self.standing.dial.map(|dial| dial.since);
        let heard: Option<Timestamp> = yes.max().max(dial).max(self.usage.last_active);
        match heard {
            Some(last) if self.now.days_since(last) < INACTIVE_DAYS => Level::Browsing,
            _ => Level::START,
        }
    }
}
