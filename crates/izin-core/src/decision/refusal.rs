//! What the person, the law or the shop said against it: steps 1 to 6 of the order of precedence.

use super::Case;
use super::matter::Aim;
use crate::Reason;
use crate::policy::Class;
use crate::reason::ReasonSet;
use crate::refusal::{Refusal, RefusalKind};
use crate::signal::{CONFIRMATIONS, Signal};

impl<'a> Case<'a> {
    /// Essential messages pass everything here but staleness of the person's own standing
    /// (erasure, restriction) and a legal suppression; duties pass the former too.
    pub(super) fn refused(&self, class: Class, duty: bool) -> ReasonSet {
        let mut against = ReasonSet::NONE;
        let essential = class == Class::Essential;
        if self.matter.request.stale && !essential {
            against.insert(Reason::StaleGate);
        }
        if self.standing.erased && !duty {
            against.insert(Reason::Erased);
        }
        if self.standing.restricted && !duty {
            against.insert(Reason::Restricted);
        }
        let stops = |own: &&Refusal| !essential || own.kind == RefusalKind::LegalSuppression;
        for refusal in self.standing_refusals(&self.matter.asked).filter(stops) {
            against.insert(refusal.reason(self.matter.now));
        }
        if essential {
            return against;
        }
        for signal in self.live_signals() {
            against.insert(signal.reason());
        }
        if self.is_minor_without_guardian() {
            against.insert(Reason::Minor);
        }
        against
    }

    /// Refusals that cover the request for a purpose and that no later yes has lifted.
    pub(super) fn standing_refusals(&self, aim: &Aim<'_>) -> impl Iterator<Item = &'a Refusal> {
        self.covering(aim)
            .filter(move |own| !self.is_lifted(own, aim))
    }

    /// Refusals that cover the channel, for a purpose and its topic.
    fn covering(&self, aim: &Aim<'_>) -> impl Iterator<Item = &'a Refusal> {
        let channel = self.matter.channel();
        let refusals = self.standing.refusals.iter();
        refusals.filter(move |own| own.scope.covers(channel, &aim.id, aim.topic.as_ref()))
    }

    /// A later yes, said by the person and proved by step-up on this very address, lifts a refusal
    /// for its own purpose and channel; a legal suppression is lifted by nobody alone (design
    /// §3.2, what lifts a no).
    pub(super) fn is_lifted(&self, refusal: &Refusal, aim: &Aim<'_>) -> bool {
        let needed = if self.matter.channel().is_sale_or_sharing() {
            usize::from(CONFIRMATIONS)
        } else {
            1
        };
        refusal.kind != RefusalKind::LegalSuppression
            && self
                .fitting(aim)
                .any(|own| own.answers_to(refusal) >= needed && self.void(own, aim).is_none())
    }

    /// Signals on record and in the request itself that speak against the channel. What uses
    /// nothing of the person is stopped by none of them but the platform's own.
    pub(super) fn live_signals(&self) -> impl Iterator<Item = Signal> + '_ {
        let channel = self.matter.channel();
        let contextual = self.matter.asked.contextual;
        let sent = self.matter.request.signals;
        let silent = sent.is_empty() && self.standing.signals.is_empty();
        let all = if silent { &[][..] } else { &Signal::ALL };
        all.iter().copied().filter(move |signal| {
            let seen = |own: &crate::signal::Seen| own.signal == *signal && own.denies(channel);
            let now = sent.contains(*signal) && signal.concerns(channel);
            (!contextual || *signal == Signal::Provider)
                && (now || self.standing.signals.iter().any(seen))
        })
    }

    /// A minor is not marketed to, and nothing of theirs is used, unless a guardian has consented
    /// to this; audiences and behavioural ads never (the house's rule over UU PDP art. 25, GDPR
    /// art. 8 and CCPA §1798.120(c), stricter than each).
    fn is_minor_without_guardian(&self) -> bool {
        if !self.standing.is_minor(self.matter.now) || self.matter.asked.contextual {
            return false;
        }
        let aim = &self.matter.asked;
        let mut given = self.fitting(aim);
        self.matter.channel().is_sale_or_sharing()
            || !given.any(|own| self.void(own, aim).is_none())
    }
}
