//! The gate: everybody's standing in memory, and the answer to *may I?* without a look at the
//! store.
//!
//! It is fed by the store with every entry, before the entry's writer is answered; at start it
//! reads a snapshot and the entries after it, or replays the ledger. All go through
//! [`Gate::apply`]. The rules are in `izin-core`: the gate only finds a person's packed row,
//! unpacks it and lets [`izin_core::decide`] answer.
//!
//! Rooms: `fold` (what an entry changes), `question` and `batch` (answers), `people` and `holders`
//! (the tables), `row` (a person as bytes), `snapshot` and `file` (everybody as bytes). Locks: each
//! table is in shards; readers copy one row out under a shared lock and decide without it; one
//! writer at a time works out a row without a lock and holds its shard only to put the row in.

mod batch;
mod bytes;
mod consents;
mod file;
mod finder;
mod fold;
mod holders;
mod pages;
mod people;
mod person;
mod places;
mod question;
mod rare;
mod row;
mod slab;
mod snapshot;
mod suppressed;
#[cfg(test)]
mod tests;
mod weights;
mod words;

use std::borrow::Borrow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use izin_core::decision::{Matter, Sent};
use izin_core::{
    Decision, Identifier, IdentifierId, Policy, Refusal, Request, Seq, Standing, SubjectId,
    Timestamp,
};
use izin_store::vault::Sealer;
use izin_store::{Committed, Hasher, Mark, Moved, Noted, SendChange, SuppressionHash};

pub use snapshot::SnapshotError;

use fold::Fold;
use holders::{Held, Holders};
use people::People;
use person::Person;
use question::Question;
use suppressed::Suppressed;
use weights::Weights;
use words::Words;

/// Merges that are followed from one person to the next. The store makes no chains; more than
/// this, or a ring, is a mistake, and then nobody is known.
const MERGES_MAX: usize = 16;

/// Whom a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A known person.
    Subject(SubjectId),
    /// Whoever holds this identifier.
    Identifier(Identifier),
}

/// Says whether something holds now.
type Confirms = Box<dyn Fn() -> bool + Send + Sync>;

/// Everybody's standing.
pub struct Gate {
    hasher: Hasher,
    words: Words,
    people: People,
    holders: Holders,
    suppressed: RwLock<Suppressed>,
    /// One more than the last entry folded; 0 before the first.
    next: AtomicU64,
    /// Whether entries that were signed are missing, a refusal perhaps among them.
    stale: AtomicBool,
    /// Says whether what was folded is all there is, where others write to the store too.
    confirms: OnceLock<Confirms>,
    /// Held by the one writer.
    fold: Mutex<Fold>,
}

impl Gate {
    /// A gate that knows nobody yet.
    #[must_use]
    pub fn new(hasher: Hasher) -> Self {
        Self {
            hasher,
            words: Words::default(),
            people: People::default(),
            holders: Holders::default(),
            suppressed: RwLock::default(),
            next: AtomicU64::new(0),
            stale: AtomicBool::new(false),
            confirms: OnceLock::new(),
            fold: Mutex::default(),
        }
    }

    /// Folds entries, in ledger order. An entry that a person's row knows already changes nothing.
    pub fn apply(&self, committed: &[Committed]) {
        let mut fold = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        fold.entries(self, committed);
    }

    /// Finds addresses under other hashes from here on.
    pub fn follow(&self, moved: &[Moved]) {
        let mut fold = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        fold.moved(self, moved);
    }

    /// Folds noes that the store could not enter yet: they count all the same.
    pub fn owe(&self, owed: &[Noted]) {
        let mut fold = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        fold.owed(self, owed);
    }

    /// Folds what became of messages, in the order it happened. Told again, it changes nothing.
    pub fn apply_sends(&self, changes: &[SendChange]) {
        let mut fold = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        fold.sends(self, changes);
    }

    /// Notes a sign of a person: a purchase, a visit.
    pub fn saw(&self, subject: SubjectId, at: Timestamp) {
        let mut fold = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        fold.saw(self, subject, at);
    }

    /// Decides one request. An address held by several people gets the strictest answer of all of
    /// them, however it was asked about; one held by nobody is decided by its suppressions. Asked
    /// about a person, the answer is for the address that may be used, if one may. Somebody merged
    /// into another is answered as that other, and holds no address.
    #[must_use]
    pub fn ask(&self, who: &Who, request: &Request, policy: &Policy, now: Timestamp) -> Decision {
        let request = &self.asked(request);
        let matter = Matter::new(request, policy, now);
        self.question(request, Weights::once(&self.words, matter))
            .ask(who)
    }

    /// Decides one request about many; adds the answers to `out`, in order. Much faster than one by
    /// one: the request is weighed once, and what a shard holds of them is looked for at once.
    pub fn ask_many<W: Borrow<Who>>(
        &self,
        whom: &[W],
        request: &Request,
        (policy, now): (&Policy, Timestamp),
        out: &mut Vec<Decision>,
    ) {
        let request = &self.asked(request);
        let matter = Matter::new(request, policy, now);
        let question = self.question(request, Weights::often(&self.words, matter));
        batch::answers(&question, whom, out);
    }

    /// Allows nothing but what is essential while it `holds`: entries that were signed are missing,
    /// and a refusal may be among them.
    pub fn hold_back(&self, holds: bool) {
        self.stale.store(holds, Ordering::Release);
    }

    /// Allows nothing but what is essential while `confirms` says that there may be more than was folded. Named
    /// once.
    pub fn believe_while(&self, confirms: impl Fn() -> bool + Send + Sync + 'static) {
        let named = self.confirms.set(Box::new(confirms));
        debug_assert!(named.is_ok(), "named once");
    }

    fn is_stale(&self) -> bool {
        let confirms = self.confirms.get();
        self.stale.load(Ordering::Acquire) || confirms.is_some_and(|confirms| !confirms())
    }

    /// The request with what the gate knows of itself.
    #[must_use]
    pub fn asked(&self, request: &Request) -> Request {
        Request {
            stale: request.stale || self.is_stale(),
            ..*request
        }
    }

    /// What is known of one person.
    #[must_use]
    pub fn standing(&self, subject: SubjectId) -> Option<Standing> {
        let mut person = Person::default();
        self.people.find(subject, &self.words, &mut person)?;
        Some(person.standing).filter(|standing| standing.known)
    }

    /// The messages sent to a person, and those that room is held for.
    #[must_use]
    pub fn sends(&self, subject: SubjectId) -> Vec<Sent> {
        let mut person = Person::default();
        let known = self.people.find(subject, &self.words, &mut person);
        known.map(|_| person.sends).unwrap_or_default()
    }

    /// Who holds an identifier; nobody who was merged into somebody.
    #[must_use]
    pub fn holders(&self, identifier: &Identifier) -> Vec<SubjectId> {
        let mut subjects: Vec<_> = self
            .held(identifier)
            .into_iter()
            .filter_map(|own| self.people.subject(own.owner))
            .collect();
        subjects.dedup();
        subjects
    }

    /// Who somebody turned out to be; `None` when nobody is known.
    #[must_use]
    pub fn living(&self, mut subject: SubjectId) -> Option<SubjectId> {
        for _ in 0..MERGES_MAX {
            match self.standing(subject)?.merged_into {
                Some(into) => subject = into,
                None => return Some(subject),
            }
        }
        None
    }

    /// The people a question is about, in a fixed order: the person, or who they turned out to be,
    /// or whoever holds the identifier.
    #[must_use]
    pub fn people_of(&self, who: &Who) -> Vec<SubjectId> {
        let mut people = match who {
            Who::Subject(subject) => self.living(*subject).into_iter().collect(),
            Who::Identifier(identifier) => self.holders(identifier),
        };
        people.sort_unstable();
        people.dedup();
        people
    }

    /// The refusals that stand for an identifier, whoever holds it.
    #[must_use]
    pub fn suppressions(&self, identifier: &Identifier) -> Vec<Refusal> {
        // Under one lock: an address under other keys meanwhile is in one place or the other.
        let suppressed = read(&self.suppressed);
        let each = self.hasher.suppressions(identifier);
        each.flat_map(|hash| suppressed.refusals(hash).to_vec())
            .collect()
    }

    /// The refusals that stand for the address behind a sealed link.
    #[must_use]
    pub fn suppressed(&self, hash: SuppressionHash) -> Vec<Refusal> {
        let suppressed = read(&self.suppressed);
        let each = self.hasher.onward(hash);
        each.flat_map(|own| suppressed.refusals(own).to_vec())
            .collect()
    }

    /// Every no that stands for an address, in a fixed order.
    #[must_use]
    pub fn every_suppression(&self) -> Vec<(SuppressionHash, Refusal)> {
        let suppressed = read(&self.suppressed);
        let each = suppressed.0.iter();
        let mut all: Vec<(SuppressionHash, Refusal)> = each
            .flat_map(|(hash, own)| own.list.iter().map(|refusal| (*hash, *refusal)))
            .collect();
        all.sort_unstable_by_key(|(hash, refusal)| (refusal.seq, *hash));
        all
    }

    /// Whether somebody holds an identifier under this random name.
    #[must_use]
    pub fn is_held_as(&self, identifier: &Identifier, id: IdentifierId) -> bool {
        self.held(identifier).iter().any(|own| own.id == id)
    }

    /// Everybody known, in a fixed order.
    #[must_use]
    pub fn everybody(&self) -> Vec<SubjectId> {
        let mut everybody = Vec::with_capacity(self.count());
        for shard in self.people.shards() {
            let shard = read(shard);
            let known = shard.rows_from(0).filter(|row| is_known(row));
            everybody.extend(known.filter_map(row::subject_of));
        }
        everybody.sort_unstable();
        everybody
    }

    /// How many people are known.
    #[must_use]
    pub fn count(&self) -> usize {
        let known = |shard: &people::Shard| shard.rows_from(0).filter(|row| is_known(row)).count();
        self.people.shards().map(|shard| known(&read(shard))).sum()
    }

    /// The last entry folded.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        self.next.load(Ordering::Acquire).checked_sub(1).map(Seq)
    }

    /// Bytes that people, addresses and words take, as far as the gate asked for them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.people.bytes() + self.holders.bytes() + self.words.bytes()
    }

    /// Writes a snapshot into a folder, in the place of the one there: everything up to an entry
    /// that is folded. More may be folded meanwhile; of those entries it holds some and not others,
    /// and folding all of them after reading it back is right.
    ///
    /// # Errors
    /// [`SnapshotError`] when it cannot be written, or when what was folded meanwhile does not fit
    /// together; then the older one stands.
    pub fn save(
        &self,
        (folder, sealer): (&Path, &Sealer),
        upto: (Seq, Mark),
    ) -> Result<(), SnapshotError> {
        file::write(self, (folder, sealer), upto)
    }

    /// Takes the snapshot in a folder away.
    pub fn forget(folder: &Path) {
        file::remove(folder);
    }

    /// Reads the snapshot in a folder, if there is one, with the mark of its last entry. Whether
    /// that entry is in this ledger is the caller's to see; what was sent is not in it.
    ///
    /// # Errors
    /// [`SnapshotError`] when it is of another version or not whole; then replay the ledger.
    pub fn load(
        (folder, sealer): (&Path, &Sealer),
        hasher: Hasher,
    ) -> Result<Option<(Self, Mark)>, SnapshotError> {
        file::read((folder, sealer), hasher)
    }

    const fn question<'a>(&'a self, request: &Request, weights: Weights<'a>) -> Question<'a> {
        Question {
            gate: self,
            address: request.address,
            weights,
        }
    }

    fn held(&self, identifier: &Identifier) -> Vec<holders::Holder> {
        let held = |hash| Some(self.held_by(self.holders.find(hash))).filter(|all| !all.is_empty());
        self.hasher.find(identifier, held).unwrap_or_default()
    }

    /// The holders of an address that still hold it.
    fn held_by(&self, held: Held) -> Vec<holders::Holder> {
        let holder = |owner, id| holders::Holder { owner, id };
        match held {
            Held::Not => Vec::new(),
            Held::By(owner, label) => {
                let id = self.people.labelled(owner, label, &self.words);
                id.map(|id| holder(owner, id)).into_iter().collect()
            }
            Held::ByAll(mut all) => {
                all.retain(|own| self.people.label(own.owner, own.id, &self.words).is_some());
                all
            }
        }
    }
}

fn is_known(row: &[u8]) -> bool {
    row::flags_of(row) & row::flag::KNOWN != 0
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
