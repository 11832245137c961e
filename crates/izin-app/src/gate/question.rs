//! One request, put about anybody.

use std::cell::Cell;

use izin_core::{
    Channel, Decision, Identifier, IdentifierId, Standing, SubjectId, Usage, strictest,
};
use izin_store::LookupHash;

use super::holders::Held;
use super::people::{Owner, home_of};
use super::person::Person;
use super::row::{self, flag};
use super::weights::Weights;
use super::{Gate, MERGES_MAX, Who, read};

thread_local! {
    /// Lists that have grown already, for the next decision of this thread.
    static PERSON: Cell<Option<Box<Person>>> = const { Cell::new(None) };
}

/// Lends a person to unpack a row into.
pub(super) fn with_person<T>(job: impl FnOnce(&mut Person) -> T) -> T {
    let mut person = PERSON.take().unwrap_or_default();
    let done = job(&mut person);
    PERSON.set(Some(person));
    done
}

/// One request, over one gate.
pub(super) struct Question<'a> {
    pub(super) gate: &'a Gate,
    /// The address it would go to; absent: any of the person's.
    pub(super) address: Option<IdentifierId>,
    pub(super) weights: Weights<'a>,
}

/// What a person's own row comes to.
enum Alone {
    /// The answer.
    Decided(Decision),
    /// Somebody else's row decides.
    Merged(SubjectId),
    /// So do other holders of the same addresses.
    Shares,
}

/// Which of a person's identifiers.
#[derive(Clone, Copy)]
enum Which {
    Labelled(u8),
    Named(IdentifierId),
}

impl Question<'_> {
    /// The answer about anybody.
    pub(super) fn ask(&self, who: &Who) -> Decision {
        match who {
            Who::Subject(subject) => self.about(*subject),
            Who::Identifier(identifier) => self.ask_at(identifier),
        }
    }

    /// The answer about whoever holds an identifier.
    pub(super) fn ask_at(&self, identifier: &Identifier) -> Decision {
        let answer = if identifier.kind().reaches(self.channel()) {
            self.gate.hasher.find(identifier, |hash| self.at(hash))
        } else {
            let holders = self.gate.holders(identifier);
            strictest(holders.into_iter().map(|subject| self.about(subject)))
        };
        answer.unwrap_or_else(|| self.nobody(identifier))
    }

    /// The answer about an address that nobody holds.
    pub(super) fn nobody(&self, identifier: &Identifier) -> Decision {
        let standing = Standing::unknown(self.gate.suppressions(identifier));
        let matter = &self.weights.matter;
        matter.decide(self.address, &standing, Usage::default())
    }

    /// The answer about a person, for the address that may be used; without an address on the
    /// channel, by the person's own standing.
    pub(super) fn about(&self, subject: SubjectId) -> Decision {
        let mut subject = subject;
        for _ in 0..MERGES_MAX {
            match self.alone(subject) {
                Alone::Decided(decision) => return decision,
                Alone::Merged(into) => subject = into,
                Alone::Shares => return self.among_others(subject),
            }
        }
        self.nobody_known()
    }

    fn alone(&self, subject: SubjectId) -> Alone {
        with_person(|person| {
            self.look_up(subject, person);
            match person.standing.merged_into {
                Some(into) => Alone::Merged(into),
                None if person.shares => Alone::Shares,
                None => Alone::Decided(self.of(person)),
            }
        })
    }

    /// The answer about a person none of whose addresses has another holder.
    pub(super) fn of(&self, person: &Person) -> Decision {
        let mut reached = self.reached(person);
        let first = reached.next();
        let mut best = self.decide(person, first.or(self.address));
        for id in reached {
            let answer = self.to(person, id);
            if answer.verdict < best.verdict {
                best = answer;
            }
        }
        best
    }

    /// The identifiers of a person that the request may go to, of those that its channel reaches.
    fn reached(&self, person: &Person) -> impl Iterator<Item = IdentifierId> {
        let own = person.standing.identifiers.iter().map(|(id, _)| *id);
        own.filter(|id| self.address.is_none_or(|asked| asked == *id))
    }

    /// The answer about a person, each of whose addresses is decided by all who hold it.
    fn among_others(&self, subject: SubjectId) -> Decision {
        let mut person = Person::default();
        self.look_up(subject, &mut person);
        let by_address = |id| match self.gate.holders.shared(id) {
            Some(hash) => self
                .at(hash)
                .or_else(|| self.at(self.gate.holders.shared(id)?)),
            None => Some(self.to(&person, id)),
        };
        let answers = self.reached(&person).filter_map(by_address);
        answers
            .min_by_key(|decision| decision.verdict)
            .unwrap_or_else(|| self.decide(&person, self.address))
    }

    /// The strictest answer of all who hold an address; `None` when nobody does.
    fn at(&self, lookup: LookupHash) -> Option<Decision> {
        match self.gate.holders.find(lookup) {
            Held::Not => None,
            Held::By(owner, label) => self.of_holder(owner, Which::Labelled(label)),
            Held::ByAll(all) => {
                let by = all.iter();
                strictest(by.filter_map(|own| self.of_holder(own.owner, Which::Named(own.id))))
            }
        }
    }

    /// The answer about one holder of an address, if they still hold it.
    fn of_holder(&self, owner: Owner, which: Which) -> Option<Decision> {
        with_person(|person| {
            let shard = read(self.gate.people.shard(owner.shard()));
            let row = shard.numbered(owner.number())?;
            if row::flags_of(row) & flag::MERGED != 0 {
                return None;
            }
            row::unpack_for(row, &self.weights, person);
            drop(shard);
            let id = match which {
                Which::Labelled(label) => person.labelled(label)?,
                Which::Named(id) => person.label(id).map(|_| id)?,
            };
            Some(self.to(person, id))
        })
    }

    /// The answer about one address of a person.
    pub(super) fn to(&self, person: &Person, id: IdentifierId) -> Decision {
        self.decide(person, Some(id))
    }

    fn decide(&self, person: &Person, address: Option<IdentifierId>) -> Decision {
        let known = (&person.standing, &person.said);
        let matter = &self.weights.matter;
        matter.decide_by(address, known, person.usage())
    }

    /// The answer about somebody of whom nothing is known.
    pub(super) fn nobody_known(&self) -> Decision {
        let (standing, usage) = (Standing::default(), Usage::default());
        self.weights.matter.decide(self.address, &standing, usage)
    }

    pub(super) const fn channel(&self) -> Channel {
        self.weights.matter.channel()
    }

    /// Unpacks what is known of a person; nothing, when nobody is known.
    fn look_up(&self, subject: SubjectId, person: &mut Person) {
        let (shard, check) = home_of(subject);
        let shard = read(self.gate.people.shard(shard));
        match shard.find(subject, check) {
            Some(row) => row::unpack_for(row, &self.weights, person),
            None => person.clear(),
        }
    }
}
