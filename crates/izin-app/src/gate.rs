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

    /// Decides one request. An identifier held by several people gets the strictest answer; one
    /// held by nobody is decided by its suppressions.
    #[must_use]
    pub fn ask(&self, who: &Who, request: &Request, policy: &Policy, now: Timestamp) -> Decision {
        let state = self.read();
        match who {
            Who::Subject(subject) => {
                let nobody = Standing::default();
                let standing = state.people.get(subject).unwrap_or(&nobody);
                decide(request, standing, policy, now)
            }
            Who::Identifier(identifier) => {
                let by_holder = |(subject, id): &(SubjectId, IdentifierId)| {
                    let reached = identifier.kind().reaches(request.channel);
                    let address = reached.then_some(*id).or(request.address);
                    let request = Request {
                        address,
                        ..request.clone()
                    };
                    Some(decide(&request, state.people.get(subject)?, policy, now))
                };
                let holders = state.holders.get(&self.hasher.lookup(identifier));
                strictest(
                    holders
                        .into_iter()
                        .flatten()
                        .filter_map(by_holder)
                        .collect(),
                )
                .unwrap_or_else(|| decide(request, &self.nobody(&state, identifier), policy, now))
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

    /// Everybody known, in a fixed order.
    #[must_use]
    pub fn everybody(&self) -> Vec<SubjectId> {
        let mut everybody: Vec<_> = self.read().people.keys().copied().collect();
        everybody.sort_unstable();
        everybody
    }

    /// How many people are known.
    #[must_use]
    pub fn people_count(&self) -> usize {
        self.read().people.len()
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
