//! How personal it may be (design §3.4): the lowest of many ceilings.

use super::{Case, Matter, Request, Usage};
use crate::policy::{Policy, Purpose};
use crate::{Level, Standing, Timestamp};

/// Days without a sign of the person after which nothing of theirs is used.
pub const INACTIVE_DAYS: i64 = 180;

/// What a person permits to be used for the purpose of a request, whatever the purpose itself, its
/// channel and the dial leave of it.
#[must_use]
pub fn permitted_level(
    request: &Request,
    standing: &Standing,
    (policy, now): (&Policy, Timestamp),
) -> Level {
    let matter = Matter::new(request, policy, now);
    let (said, usage) = (matter.said(standing), Usage::default());
    Case::new(&matter, request.address, (standing, &said), usage).permitted()
}

impl Case<'_, '_> {
    pub(super) fn level(&self, purpose: &Purpose) -> Level {
        if self.permits_nothing() {
            return Level::Contextual;
        }
        let ceiling = purpose
            .highest_level
            .min(self.matter.highest_level)
            .min(self.standing.dial_level());
        if ceiling <= Level::START {
            return ceiling;
        }
        ceiling.min(self.while_active()).min(self.personal())
    }

    /// What the person permits.
    fn permitted(&self) -> Level {
        if self.permits_nothing() {
            return Level::Contextual;
        }
        self.personal()
    }

    /// A refusal of the purpose, a complaint about it, a minor or somebody unknown means 0.
    fn permits_nothing(&self) -> bool {
        let standing = self.standing;
        !standing.known
            || standing.erased
            || standing.restricted
            || self.is_minor
            || (!self.said.noes.is_empty() && self.refuses_or_complains())
            || (!self.is_silent() && self.live_signals().next().is_some())
    }

    /// Somebody who complained about the purpose, on whatever channel, gets nothing personal for it
    /// until their own proven yes.
    fn refuses_or_complains(&self) -> bool {
        let asked = &self.matter.asked;
        let mut noes = self.said.noes.iter();
        noes.any(|own| (own.complains || own.covers(asked)) && !self.is_lifted(own, asked))
    }

    /// What the personalisation purposes on this channel permit; the start in any case.
    fn personal(&self) -> Level {
        let aims = self.matter.personal().iter();
        aims.filter_map(|aim| Some((aim, aim.declared?)))
            .filter(|(aim, own)| self.basis(aim, own).against.is_empty())
            .filter(|(aim, _)| self.standing_noes(aim).next().is_none())
            .map(|(_, own)| own.highest_level)
            .fold(Level::START, Level::max)
    }

    /// Somebody not heard of for long is not followed any more.
    fn while_active(&self) -> Level {
        let dial = self.standing.dial.map(|dial| dial.since);
        let heard: Option<Timestamp> = dial.max(self.usage.last_active);
        match heard {
            Some(last) if self.matter.now.days_since(last) < INACTIVE_DAYS => Level::Browsing,
            _ => Level::START,
        }
    }
}
