//! What the person, the law or the shop said against it: steps 1 to 6 of the order of precedence.

use super::weigh::No;
use super::{Case, Matter};
use crate::Reason;
use crate::policy::Class;
use crate::reason::ReasonSet;
use crate::refusal::RefusalKind;
use crate::signal::Signal;

impl Case<'_, '_> {
    /// Essential messages pass everything here but staleness of the person's own standing
    /// (erasure, restriction) and a legal suppression; duties pass the former too.
    pub(super) fn refused(&self) -> ReasonSet {
        let mut against = ReasonSet::NONE;
        let Matter { class, duty, .. } = *self.matter;
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
        let stops = |own: &&No| !essential || own.kind == RefusalKind::LegalSuppression;
        for no in self.standing_noes(&self.matter.asked).filter(stops) {
            against.insert(no.reason);
        }
        if essential {
            return against;
        }
        if !self.is_silent() {
            for signal in self.live_signals() {
                against.insert(signal.reason());
            }
        }
        if self.is_minor_without_guardian() {
            against.insert(Reason::Minor);
        }
        against
    }

    /// Whether no signal came at all.
    pub(super) const fn is_silent(&self) -> bool {
        self.matter.request.signals.is_empty() && self.standing.signals.is_empty()
    }

    /// Signals on record and in the request itself that speak against the channel. What uses
    /// nothing of the person is stopped by none of them but the platform's own.
    pub(super) fn live_signals(&self) -> impl Iterator<Item = Signal> + '_ {
        let channel = self.matter.channel();
        let contextual = self.matter.asked.contextual;
        let sent = self.matter.request.signals;
        Signal::ALL.into_iter().filter(move |signal| {
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
        if !self.is_minor || self.matter.asked.contextual {
            return false;
        }
        let aim = &self.matter.asked;
        let mut given = self.fitting(aim);
        self.matter.channel().is_sale_or_sharing()
            || !given.any(|own| self.void(own, aim).is_none())
    }
}
