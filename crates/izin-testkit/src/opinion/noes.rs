//! Noes: what was said, what takes it back, and what lifts it (design §3.2).

use izin_core::act::Corrected;
use izin_core::{Act, Entry, PurposeId, Reason, RefusalKind, Scope, Seq, Timestamp, TopicId};

use super::case::Case;

/// Days after which a presumed no is an opt-out.
const PRESUMED_DAYS: i64 = 30;

/// The same no, however often it was said: as new as its newest saying. A presumed one is as old
/// as its first.
pub(super) struct No {
    kind: RefusalKind,
    scope: Scope,
    pub(super) seq: Seq,
    pub(super) occurred_at: Timestamp,
    presumed_at: Timestamp,
    times: usize,
}

/// The noes that nobody took back.
pub(super) fn noes(entries: &[Entry]) -> Vec<No> {
    let mut noes: Vec<No> = Vec::new();
    for entry in entries {
        match &entry.act {
            Act::Refused {
                refusal,
                scope,
                occurred_at,
                ..
            } => say(&mut noes, (*refusal, *scope), (entry, *occurred_at)),
            // About an address nobody holds: each stands by itself.
            Act::IdentifierSuppressed {
                refusal,
                scope,
                occurred_at,
                ..
            } => noes.push(No::first((*refusal, *scope), (entry, *occurred_at))),
            Act::PresumptionCleared { scope, .. } => {
                let presumed = (RefusalKind::Presumed, *scope);
                let mut own = noes.iter().filter(|no| (no.kind, no.scope) == presumed);
                if own.any(|no| !no.is_old(entry.recorded_at)) {
                    unsay(&mut noes, presumed);
                }
            }
            Act::EntryCorrected {
                what: Corrected::Refusal { refusal, scope },
                ..
            } => unsay(&mut noes, (*refusal, *scope)),
            _ => {}
        }
    }
    noes
}

fn say(noes: &mut Vec<No>, about: (RefusalKind, Scope), (entry, occurred_at): (&Entry, Timestamp)) {
    for no in noes.iter_mut() {
        if (no.kind, no.scope) == about {
            no.seq = entry.seq;
            no.occurred_at = no.occurred_at.max(occurred_at);
            no.times += 1;
            return;
        }
    }
    noes.push(No::first(about, (entry, occurred_at)));
}

fn unsay(noes: &mut Vec<No>, about: (RefusalKind, Scope)) {
    for no in noes.iter_mut() {
        if (no.kind, no.scope) == about {
            no.times -= 1;
        }
    }
    noes.retain(|no| no.times > 0);
}

impl No {
    fn first(
        (kind, scope): (RefusalKind, Scope),
        (entry, occurred_at): (&Entry, Timestamp),
    ) -> Self {
        Self {
            kind,
            scope,
            seq: entry.seq,
            occurred_at,
            presumed_at: entry.recorded_at,
            times: 1,
        }
    }

    fn is_old(&self, now: Timestamp) -> bool {
        self.presumed_at.plus_days(PRESUMED_DAYS) <= now
    }

    fn reason(&self, now: Timestamp) -> Reason {
        match self.kind {
            RefusalKind::Complained => Reason::Complained,
            RefusalKind::LegalSuppression
            | RefusalKind::ImportedSuppression
            | RefusalKind::ManualSuppression => Reason::Suppressed,
            RefusalKind::Objected => Reason::Objected,
            RefusalKind::Withdrawn => Reason::Withdrawn,
            RefusalKind::Presumed if !self.is_old(now) => Reason::RefusalPresumed,
            RefusalKind::OptedOut | RefusalKind::Presumed => {
                let Scope {
                    channel,
                    purpose,
                    topic,
                } = self.scope;
                match (channel.is_some(), purpose.is_some(), topic.is_some()) {
                    (_, _, true) => Reason::OptedOutTopic,
                    (_, true, _) => Reason::OptedOutPurpose,
                    (true, ..) => Reason::OptedOutChannel,
                    (false, false, false) => Reason::OptedOutAll,
                }
            }
        }
    }
}

impl Case<'_> {
    /// Whether a no with this reason stops the message; of an essential one only a legal
    /// suppression does.
    pub(super) fn stopped_by(&self, reason: Reason) -> bool {
        self.noes_to(self.world.request.purpose).any(|no| {
            let stops = !self.essential || no.kind == RefusalKind::LegalSuppression;
            stops && no.reason(self.world.now) == reason
        })
    }

    /// The noes that cover a purpose on the channel asked about and that no later yes lifted.
    pub(super) fn noes_to(&self, purpose: PurposeId) -> impl Iterator<Item = &No> {
        let topic = self.topic_of(purpose);
        self.facts.noes.iter().filter(move |no| {
            let channel = no.scope.channel;
            channel.is_none_or(|own| own == self.world.request.channel)
                && self.is_said_of(no, purpose, topic)
                && !self.is_lifted(no, purpose)
        })
    }

    /// Whether a no speaks of a purpose and topic. A name that the policy does not have any more
    /// speaks of all that it may have stood for.
    fn is_said_of(&self, no: &No, purpose: PurposeId, topic: Option<TopicId>) -> bool {
        let policy = &self.world.policy;
        let Some(named) = no.scope.purpose else {
            let is_lost = |own| policy.topics.iter().all(|known| known.id != own);
            return no.scope.topic.is_none_or(is_lost) || no.scope.topic == topic;
        };
        if policy.purposes.iter().all(|own| own.id != named) {
            return true;
        }
        let is_lost = |own| {
            let mut here = policy.topics.iter().filter(|known| known.purpose == named);
            here.all(|known| known.id != own)
        };
        named == purpose && (no.scope.topic.is_none_or(is_lost) || no.scope.topic == topic)
    }

    /// Whether a complaint names the purpose, or none, and no later yes lifted it.
    pub(super) fn complained_about(&self, purpose: PurposeId) -> bool {
        self.facts.noes.iter().any(|no| {
            let about = no.scope.purpose == Some(purpose) || no.scope.purpose.is_none();
            no.kind == RefusalKind::Complained && about && !self.is_lifted(no, purpose)
        })
    }

    /// The topic belongs to the purpose it is asked about with.
    pub(super) fn topic_of(&self, purpose: PurposeId) -> Option<TopicId> {
        let request = &self.world.request;
        if purpose == request.purpose {
            request.topic
        } else {
            None
        }
    }

    /// By the person's own proven word on this address, recorded and said later, in a yes that
    /// still counts; for audiences and ads, said twice. A legal suppression never.
    fn is_lifted(&self, no: &No, purpose: PurposeId) -> bool {
        let needed = if self.shares() { 2 } else { 1 };
        no.kind != RefusalKind::LegalSuppression
            && self.yeses_to(purpose).any(|yes| {
                let later = yes.own_words.iter();
                let later = later.filter(|(seq, at)| *seq > no.seq && *at > no.occurred_at);
                later.count() >= needed && self.fault(yes, purpose).is_none()
            })
    }
}
