//! Everybody's rows, in shards with a lock each: a reader waits for a writer only while that
//! writer copies one row of the same shard.

use std::sync::RwLock;

use izin_core::{IdentifierId, SubjectId};

use super::finder::{Finder, spread};
use super::person::Person;
use super::places::Places;
use super::row::{self, HEAD_BYTES, flag};
use super::slab::{Place, Slab};
use super::words::Words;
use super::{read, write};

/// Shards, as a power of two. With 10 million people, a table that grows holds its shard's
/// readers up for some milliseconds, once in 40,000 new people; and every part of each is long enough for
/// large pages.
pub(super) const SHARDS_LOG: u32 = 4;
/// Shards.
pub(super) const SHARDS: usize = 1 << SHARDS_LOG;

/// Where a key belongs: its shard, and the check that finds it there.
pub(super) const fn home(spread: u64) -> (usize, u32) {
    let shard = spread >> (64 - SHARDS_LOG);
    (shard as usize, (spread >> (32 - SHARDS_LOG)) as u32)
}

/// Where a person's row belongs.
pub(super) fn home_of(subject: SubjectId) -> (usize, u32) {
    home(spread(subject.as_bytes()))
}

/// A person as the tables name them: a shard and a number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner(pub(super) u32);

impl Owner {
    /// The owner of that number in a shard.
    pub(super) const fn new(shard: usize, number: u32) -> Self {
        Self((shard as u32) << (32 - SHARDS_LOG) | number)
    }

    /// The shard.
    pub(super) const fn shard(self) -> usize {
        (self.0 >> (32 - SHARDS_LOG)) as usize
    }

    /// The number in the shard.
    pub(super) const fn number(self) -> u32 {
        self.0 & (u32::MAX >> SHARDS_LOG)
    }
}

/// Some of everybody.
#[derive(Default)]
pub(super) struct Shard {
    finder: Finder,
    rows: Slab,
    places: Places,
}

impl Shard {
    /// The row of a person.
    pub(super) fn find(&self, subject: SubjectId, check: u32) -> Option<&[u8]> {
        let is = |place| self.rows.from(place).starts_with(subject.as_bytes());
        Some(self.rows.from(self.finder.find(check, is)?))
    }

    /// The row of that number.
    pub(super) fn numbered(&self, number: u32) -> Option<&[u8]> {
        Some(self.at(self.place(number)?))
    }

    /// Where the row of that number lies.
    pub(super) fn place(&self, number: u32) -> Option<Place> {
        self.places.get(number)
    }

    /// The row that lies there.
    pub(super) fn at(&self, place: Place) -> &[u8] {
        self.rows.from(place)
    }

    /// Reads where the search for a person begins, so that it is near when it is wanted.
    pub(super) fn touch(&self, check: u32) -> u64 {
        self.finder.touch(check)
    }

    /// The first row with this check: nearly always the person's.
    pub(super) fn likely(&self, check: u32) -> Option<&[u8]> {
        Some(self.rows.from(self.finder.find(check, |_| true)?))
    }

    /// Makes room for rows that will come.
    pub(super) fn reserve(&mut self, count: usize) {
        self.finder.reserve(count);
        self.places.reserve(count);
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Puts a row in, or in the place of the person's older one.
    pub(super) fn put(&mut self, row: &[u8], check: u32) {
        let Some(number) = row::number_of(row) else {
            return;
        };
        if let Some(old) = self.places.get(number) {
            let new = self.rows.put(Some(old), row);
            if new != old {
                self.finder.moved(check, (old, new));
                self.places.put(number as usize, new);
            }
        } else {
            debug_assert_eq!(self.places.len(), number as usize, "numbers have no gaps");
            let place = self.rows.put(None, row);
            self.places.put(number as usize, place);
            self.finder.enter(check, place);
        }
    }

    /// Every row, by number, from one on.
    pub(super) fn rows_from(&self, number: usize) -> impl Iterator<Item = &[u8]> {
        self.places.from(number).map(|place| self.rows.row(place))
    }

    fn share(&mut self, number: u32) {
        if let Some(place) = self.places.get(number) {
            self.rows.set(place, (HEAD_BYTES, flag::SHARES));
        }
    }

    fn bytes(&self) -> usize {
        self.finder.bytes() + self.rows.bytes() + self.places.bytes()
    }
}

/// Everybody.
pub(super) struct People(Box<[RwLock<Shard>]>);

impl Default for People {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| RwLock::default()).collect())
    }
}

impl People {
    /// The shards.
    pub(super) fn shards(&self) -> impl Iterator<Item = &RwLock<Shard>> {
        self.0.iter()
    }

    /// One shard. INVARIANT: its number came from [`home`] or an [`Owner`].
    pub(super) fn shard(&self, number: usize) -> &RwLock<Shard> {
        &self.0[number]
    }

    /// Copies a person's row out; `None` when nobody is known by that id.
    pub(super) fn find(
        &self,
        subject: SubjectId,
        words: &Words,
        person: &mut Person,
    ) -> Option<Owner> {
        let (shard, check) = home_of(subject);
        let own = read(self.shard(shard));
        let row = own.find(subject, check)?;
        row::unpack(row, words, person);
        Some(Owner::new(shard, row::number_of(row)?))
    }

    /// Puts a person's row in.
    pub(super) fn put(&self, subject: SubjectId, row: &[u8]) {
        let (shard, check) = home_of(subject);
        write(self.shard(shard)).put(row, check);
    }

    /// The number that a new person will have.
    pub(super) fn next(&self, subject: SubjectId) -> Owner {
        let (shard, _) = home_of(subject);
        let number = read(self.shard(shard)).len();
        Owner::new(shard, u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// Notes that an address of a person may have another holder.
    pub(super) fn share(&self, owner: Owner) {
        write(self.shard(owner.shard())).share(owner.number());
    }

    /// The identifier of a person that has this label, and whose it is.
    pub(super) fn labelled(&self, owner: Owner, label: u8, words: &Words) -> Option<IdentifierId> {
        let mut person = Person::default();
        let own = read(self.shard(owner.shard()));
        row::unpack(own.numbered(owner.number())?, words, &mut person);
        person.labelled(label)
    }

    /// The label of a person's identifier.
    pub(super) fn label(&self, owner: Owner, id: IdentifierId, words: &Words) -> Option<u8> {
        let mut person = Person::default();
        let own = read(self.shard(owner.shard()));
        row::unpack(own.numbered(owner.number())?, words, &mut person);
        person.label(id)
    }

    /// Whose row it is, unless they were merged into somebody.
    pub(super) fn subject(&self, owner: Owner) -> Option<SubjectId> {
        let own = read(self.shard(owner.shard()));
        let row = own.numbered(owner.number())?;
        let merged = row::flags_of(row) & flag::MERGED != 0;
        row::subject_of(row).filter(|_| !merged)
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.shards().map(|shard| read(shard).bytes()).sum()
    }
}
