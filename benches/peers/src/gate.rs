//! Izin's own gate.

use izin_app::{Gate, Who};
use izin_core::policy::Policy;
use izin_core::{Decision, PurposeId, Request, Timestamp, Verdict};
use izin_store::vault::MasterSource;
use izin_store::{Committed, Entropy, IndexKey, LookupHash, Owner, Place, Store};
use izin_testkit::temp::TempDir;

use crate::population::{self, PURPOSES};
use crate::{PEOPLE, Question};

/// The gate with everybody in it, and the questions.
pub struct Engine {
    gate: Gate,
    policy: Policy,
    now: Timestamp,
    /// What is asked, and about whom.
    asked: Vec<(Request, Vec<Who>)>,
    one_by_one: Vec<(Request, Who)>,
}

impl Engine {
    /// Fills a gate and puts the questions that are alike together.
    pub fn new(questions: &[Question], policy: Policy, now: Timestamp) -> anyhow::Result<Self> {
        let dir = TempDir::new();
        let place = Place {
            dir: dir.path(),
            safe: &dir.path().join("safe"),
            master: &MasterSource::File,
        };
        let store = Store::open(place, Owner::take(dir.path())?, Entropy::System)?;
        let gate = Gate::new(store.hasher().clone());
        for number in 0..PEOPLE {
            let committed: Vec<_> = population::entries(number)?
                .into_iter()
                .map(keyed)
                .collect();
            gate.apply(&committed);
        }
        let (mut asked, mut one_by_one) = (Vec::<(Request, Vec<Who>)>::new(), Vec::new());
        for own in questions {
            let request = Request::of(PurposeId::parse(PURPOSES[own.purpose])?, own.channel);
            let who = Who::Subject(population::subject(own.person as u64));
            one_by_one.push((request, who.clone()));
            match asked.iter_mut().find(|(alike, _)| *alike == request) {
                Some((_, whom)) => whom.push(who),
                None => asked.push((request, vec![who])),
            }
        }
        Ok(Self {
            gate,
            policy,
            now,
            asked,
            one_by_one,
        })
    }

    /// How many questions it allows, asked about many at once.
    pub fn allowed(&self) -> usize {
        let (mut allowed, mut decisions) = (0, Vec::new());
        for (request, whom) in &self.asked {
            decisions.clear();
            let known = (&self.policy, self.now);
            self.gate.ask_many(whom, request, known, &mut decisions);
            allowed += decisions.iter().filter(|own| allows(own)).count();
        }
        allowed
    }

    /// The same, one after the other.
    pub fn allowed_one_by_one(&self) -> usize {
        let ask =
            |(request, who): &(Request, Who)| self.gate.ask(who, request, &self.policy, self.now);
        self.one_by_one.iter().map(ask).filter(allows).count()
    }
}

fn allows(decision: &Decision) -> bool {
    decision.verdict == Verdict::Allow
}

/// An entry with what an address would be found by; nobody is asked about by one here.
fn keyed(entry: izin_core::Entry) -> Committed {
    let key = match entry.act {
        izin_core::Act::IdentifierAttached { identifier, .. } => {
            IndexKey::Attached(LookupHash::from_bytes(*identifier.as_bytes()))
        }
        _ => IndexKey::None,
    };
    Committed { entry, key }
}
