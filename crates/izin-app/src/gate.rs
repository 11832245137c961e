//! The gate: everybody's standing in memory, and the answer to *may I?* without a look at the
//! store.
//!
//! It is fed by the store with every entry, before the entry's writer is answered; at start it
//! replays the ledger. Both go through [`Gate::apply`].

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use izin_core::{
    Act, Decision, Identifier, IdentifierId, Policy, Refusal, Request, Seq, Standing, SubjectId,
    Timestamp, decide, strictest,
};
use izin_store::{Committed, Hasher, IndexKey, LookupHash, SuppressionHash};

/// Whom a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A known person.
    Subject(SubjectId),
    /// Whoever holds this identifier.
    Identifier(Identifier),
}

/// Everybody's standing.
pub struct Gate {
    hasher: Hasher,
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    people: HashMap<SubjectId, Standing>,
    holders: HashMap<LookupHash, Vec<(SubjectId, IdentifierId)>>,
    addresses: HashMap<IdentifierId, LookupHash>,
    suppressed: HashMap<SuppressionHash, Vec<Refusal>>,
    seq: Option<Seq>,
}

impl Gate {
    /// A gate that knows nobody yet.
    #[must_use]
    pub fn new(hasher: Hasher) -> Self {
        Self {
            hasher,
            state: RwLock::default(),
        }
    }

    /// Folds entries, in ledger order.
    pub fn apply(&self, committed: &[Committed]) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for own in committed {
            state.apply(own);
        }
    }

    /// Decides one request. An address held by several people gets the strictest answer of all of
    /// them, however it was asked about; one held by nobody is decided by its suppressions. Asked
    /// about a person, the answer is for the address that may be used, if one may.
    #[must_use]
    pub fn ask(&self, who: &Who, request: &Request, policy: &Policy, now: Timestamp) -> Decision {
        let state = self.read();
        let question = Question {
            state: &state,
            request,
            policy,
            now,
        };
        match who {
            Who::Subject(subject) => question.about(*subject),
            Who::Identifier(identifier) => {
                let lookup = self.hasher.lookup(identifier);
                let answer = if identifier.kind().reaches(request.channel) {
                    question.at(lookup)
                } else {
                    let holders = state.holders.get(&lookup).into_iter().flatten();
                    strictest(
                        holders
                            .map(|(subject, _)| question.about(*subject))
                            .collect(),
                    )
                };
                answer.unwrap_or_else(|| {
                    decide(request, &self.nobody(&state, identifier), policy, now)
                })
            }
        }
    }

    /// What is known of one person.
    #[must_use]
    pub fn standing(&self, subject: SubjectId) -> Option<Standing> {
        self.read().people.get(&subject).cloned()
    }

    /// Who holds an identifier.
    #[must_use]
    pub fn holders(&self, identifier: &Identifier) -> Vec<SubjectId> {
        let state = self.read();
        let holders = state.holders.get(&self.hasher.lookup(identifier));
        holders
            .into_iter()
            .flatten()
            .map(|(subject, _)| *subject)
            .collect()
    }

    /// The refusals that stand for an identifier, whoever holds it.
    #[must_use]
    pub fn suppressions(&self, identifier: &Identifier) -> Vec<Refusal> {
        let hash = self.hasher.suppression(identifier);
        self.read()
            .suppressed
            .get(&hash)
            .cloned()
            .unwrap_or_default()
    }

    /// The refusals that stand for the address behind a sealed link.
    #[must_use]
    pub fn suppressed(&self, hash: SuppressionHash) -> Vec<Refusal> {
        self.read()
            .suppressed
            .get(&hash)
            .cloned()
            .unwrap_or_default()
    }

    /// Whether somebody holds an identifier under this random name.
    #[must_use]
    pub fn is_held_as(&self, identifier: &Identifier, id: IdentifierId) -> bool {
        self.read().addresses.get(&id) == Some(&self.hasher.lookup(identifier))
    }

    /// Everybody known, in a fixed order.
    #[must_use]
    pub fn everybody(&self) -> Vec<SubjectId> {
        let mut everybody: Vec<_> = self.read().people.keys().copied().collect();
        everybody.sort_unstable();
        everybody
    }

    /// The last entry folded.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        self.read().seq
    }

    fn nobody(&self, state: &State, identifier: &Identifier) -> Standing {
        let hash = self.hasher.suppression(identifier);
        Standing::unknown(state.suppressed.get(&hash).cloned().unwrap_or_default())
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request, over one look at everybody's standing.
struct Question<'a> {
    state: &'a State,
    request: &'a Request,
    policy: &'a Policy,
    now: Timestamp,
}

impl Question<'_> {
    /// The strictest answer of all who hold an address; `None` when nobody does.
    fn at(&self, lookup: LookupHash) -> Option<Decision> {
        let holders = self.state.holders.get(&lookup)?.iter();
        let by_holder = |(subject, id): &(SubjectId, IdentifierId)| {
            let request = Request {
                address: Some(*id),
                ..self.request.clone()
            };
            let standing = self.state.people.get(subject)?;
            Some(decide(&request, standing, self.policy, self.now))
        };
        strictest(holders.filter_map(by_holder).collect())
    }

    /// The answer for the address of a person that may be used; without an address on the
    /// channel, the person's own standing.
    fn about(&self, subject: SubjectId) -> Decision {
        let nobody = Standing::default();
        let standing = self.state.people.get(&subject).unwrap_or(&nobody);
        let reached = standing.identifiers.iter().filter(|(id, kind)| {
            kind.reaches(self.request.channel)
                && self.request.address.is_none_or(|asked| asked == *id)
        });
        let answers = reached.filter_map(|(id, _)| self.at(*self.state.addresses.get(id)?));
        answers
            .min_by_key(|decision| decision.verdict)
            .unwrap_or_else(|| decide(self.request, standing, self.policy, self.now))
    }
}

impl State {
    fn apply(&mut self, committed: &Committed) {
        let entry = &committed.entry;
        debug_assert!(
            self.seq.is_none_or(|seq| seq < entry.seq),
            "entries come in order"
        );
        self.seq = Some(entry.seq);
        if let Some(subject) = entry.subject {
            self.people.entry(subject).or_default().apply(entry);
        }
        match (committed.key, &entry.act, entry.subject) {
            (
                IndexKey::Attached(hash),
                Act::IdentifierAttached { identifier, .. },
                Some(subject),
            ) => {
                self.addresses.insert(*identifier, hash);
                self.holders
                    .entry(hash)
                    .or_default()
                    .push((subject, *identifier));
            }
            (
                IndexKey::Suppressed(hash),
                Act::IdentifierSuppressed {
                    refusal,
                    scope,
                    occurred_at,
                    ..
                },
                _,
            ) => {
                self.suppressed.entry(hash).or_default().push(Refusal {
                    kind: *refusal,
                    scope: scope.clone(),
                    seq: entry.seq,
                    occurred_at: *occurred_at,
                });
            }
            _ => {}
        }
    }
}
