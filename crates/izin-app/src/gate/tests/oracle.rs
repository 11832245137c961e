//! The gate as simply as it can be said: maps of whole standings.

use std::collections::HashMap;

use izin_core::decision::Sent;
use izin_core::{
    Act, Decision, Identifier, IdentifierId, Policy, Refusal, Request, Standing, SubjectId,
    Timestamp, Usage, decide, strictest,
};
use izin_store::{Committed, IndexKey, LookupHash, ReservationId, SendChange, SuppressionHash};

use super::super::Who;
use super::world::{Step, hasher};

#[derive(Default)]
pub(super) struct Oracle {
    pub(super) people: HashMap<SubjectId, Standing>,
    holders: HashMap<LookupHash, Vec<(SubjectId, IdentifierId)>>,
    addresses: HashMap<IdentifierId, LookupHash>,
    suppressed: HashMap<SuppressionHash, Standing>,
    accepted: HashMap<SubjectId, Vec<Sent>>,
    held: Vec<(ReservationId, SubjectId, Sent)>,
    pub(super) last_active: HashMap<SubjectId, Timestamp>,
}

impl Oracle {
    pub(super) fn tell(&mut self, step: &Step) {
        match step {
            Step::Entry(committed) => self.entry(committed),
            Step::Send(change) => self.send(change),
            Step::Saw(subject, at) => {
                let seen = self.last_active.entry(*subject).or_insert(*at);
                *seen = (*seen).max(*at);
            }
        }
    }

    fn entry(&mut self, committed: &Committed) {
        let entry = &committed.entry;
        if let Some(subject) = entry.subject {
            self.people.entry(subject).or_default().apply(entry);
        }
        match (committed.key, &entry.act, entry.subject) {
            // Somebody erased holds nothing any more.
            (IndexKey::Attached(hash), Act::IdentifierAttached { identifier, .. }, Some(own))
                if !self.people[&own].erased =>
            {
                self.addresses.insert(*identifier, hash);
                self.holders
                    .entry(hash)
                    .or_default()
                    .push((own, *identifier));
            }
            (IndexKey::Detached(hash), Act::IdentifierDetached { identifier, .. }, Some(own)) => {
                let gone = (own, *identifier);
                self.holders
                    .entry(hash)
                    .or_default()
                    .retain(|holder| *holder != gone);
            }
            (
                IndexKey::Suppressed(hash),
                Act::IdentifierSuppressed {
                    refusal,
                    scope,
                    occurred_at,
                    origin,
                    ..
                },
                _,
            ) => {
                let mut said = entry.clone();
                said.act = Act::Refused {
                    refusal: *refusal,
                    scope: *scope,
                    occurred_at: *occurred_at,
                    origin: *origin,
                };
                self.suppressed.entry(hash).or_default().apply(&said);
            }
            (IndexKey::Unsuppressed(hash), ..) => {
                self.suppressed.entry(hash).or_default().apply(entry);
            }
            _ => {}
        }
        if let (Act::Erased, Some(own)) = (&entry.act, entry.subject) {
            for holders in self.holders.values_mut() {
                holders.retain(|(holder, _)| *holder != own);
            }
        }
    }

    fn send(&mut self, change: &SendChange) {
        match change {
            SendChange::Held { id, subject, sent } => self.held.push((*id, *subject, *sent)),
            SendChange::Accepted { id, subject, sent } => {
                self.held.retain(|own| own.0 != *id);
                let own = self.accepted.entry(*subject).or_default();
                own.retain(|own| own.at >= sent.at.plus_days(-366));
                if !own.contains(sent) {
                    own.push(*sent);
                }
            }
            SendChange::Released { id, .. } => self.held.retain(|own| own.0 != *id),
        }
    }

    pub(super) fn sends(&self, subject: SubjectId) -> Vec<Sent> {
        let accepted = self.accepted.get(&subject).into_iter().flatten().copied();
        let held = self
            .held
            .iter()
            .filter(|own| own.1 == subject)
            .map(|own| own.2);
        accepted.chain(held).collect()
    }

    pub(super) fn everybody(&self) -> Vec<SubjectId> {
        let mut everybody: Vec<_> = self.people.keys().copied().collect();
        everybody.sort_unstable();
        everybody
    }

    fn held(&self, hash: LookupHash) -> Vec<(SubjectId, IdentifierId)> {
        let all = self.holders.get(&hash).into_iter().flatten().copied();
        let alone = |own: &(SubjectId, IdentifierId)| self.people[&own.0].merged_into.is_none();
        all.filter(alone).collect()
    }

    pub(super) fn holders(&self, address: &Identifier) -> Vec<SubjectId> {
        let held = self.held(hasher().lookup(address));
        let mut subjects: Vec<_> = held.into_iter().map(|own| own.0).collect();
        subjects.sort_unstable();
        subjects.dedup();
        subjects
    }

    pub(super) fn is_held_as(&self, address: &Identifier, id: IdentifierId) -> bool {
        let held = self.holders.get(&hasher().lookup(address));
        held.into_iter().flatten().any(|own| own.1 == id)
    }

    pub(super) fn suppressions(&self, address: &Identifier) -> Vec<Refusal> {
        let own = self.suppressed.get(&hasher().suppression(address));
        own.map(|own| own.refusals.clone()).unwrap_or_default()
    }

    pub(super) fn ask(
        &self,
        who: &Who,
        request: &Request,
        asked: (&Policy, Timestamp),
    ) -> Decision {
        match who {
            Who::Subject(subject) => self.about(*subject, request, asked),
            Who::Identifier(address) => {
                let hash = hasher().lookup(address);
                let answer = if address.kind().reaches(request.channel) {
                    self.at(hash, request, asked)
                } else {
                    let held = self.held(hash).into_iter();
                    strictest(held.map(|own| self.about(own.0, request, asked)))
                };
                answer.unwrap_or_else(|| {
                    let nobody = Standing::unknown(self.suppressions(address));
                    decide(request, &nobody, Usage::default(), asked)
                })
            }
        }
    }

    fn one(&self, subject: SubjectId, request: &Request, asked: (&Policy, Timestamp)) -> Decision {
        let nobody = Standing::default();
        let standing = self.people.get(&subject).unwrap_or(&nobody);
        let sends = self.sends(subject);
        let usage = Usage {
            sends: &sends,
            last_active: self.last_active.get(&subject).copied(),
        };
        decide(request, standing, usage, asked)
    }

    fn at(
        &self,
        hash: LookupHash,
        request: &Request,
        asked: (&Policy, Timestamp),
    ) -> Option<Decision> {
        let held = self.held(hash).into_iter();
        strictest(held.map(|(subject, id)| {
            let request = Request {
                address: Some(id),
                ..*request
            };
            self.one(subject, &request, asked)
        }))
    }

    fn about(
        &self,
        subject: SubjectId,
        request: &Request,
        asked: (&Policy, Timestamp),
    ) -> Decision {
        let mut subject = subject;
        for _ in 0..16 {
            let Some(into) = self.people.get(&subject).and_then(|own| own.merged_into) else {
                let identifiers = self.people.get(&subject).map(|own| own.identifiers.clone());
                let reached = identifiers
                    .unwrap_or_default()
                    .into_iter()
                    .filter(|(id, kind)| {
                        kind.reaches(request.channel)
                            && request.address.is_none_or(|asked| asked == *id)
                    });
                let answers =
                    reached.filter_map(|(id, _)| self.at(self.addresses[&id], request, asked));
                return answers
                    .min_by_key(|answer| answer.verdict)
                    .unwrap_or_else(|| self.one(subject, request, asked));
            };
            subject = into;
        }
        decide(request, &Standing::default(), Usage::default(), asked)
    }
}
