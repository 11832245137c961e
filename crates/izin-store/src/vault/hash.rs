//! Finding a person by an identifier without keeping the identifier in clear.
//!
//! The first version of the keys hashes kind and value; each later one hashes the hash before it. So a
//! hash of any version is brought forward without the value: nothing that was refused, not even an
//! address that nobody is known by any more, is left behind under an older key, and an older key alone
//! finds nothing. While rows are being brought forward, a question looks under every version that any
//! row may stand under. Start at [`Hasher`].

use std::borrow::Cow;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use izin_core::Identifier;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Key;
use crate::Refused;
use crate::db::{Bind, Read, Value};

/// Bytes of a kind and a value that are hashed in one piece: any address fits.
const PIECE_BYTES: usize = 256;

/// What a mark is taken of; no identifier has a kind of zero.
const MARKED: &[u8] = b"\0izin mark";
/// Bytes of a mark: two shops never share one by chance.
const MARK_BYTES: usize = 8;

/// Versions at most: each adds some 50 ns to every look-up, and keys are replaced once in years.
const VERSIONS_MAX: u8 = 16;

/// Which of the keys that hash addresses; counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyVersion(u8);

impl KeyVersion {
    /// The first.
    pub const FIRST: Self = Self(1);

    /// Takes a number that was kept; none for one that no version has.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => None,
            _ => Some(Self(number)),
        }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The one after it; none when there are as many as there may be.
    pub(crate) fn next(self) -> Option<Self> {
        (self.0 < VERSIONS_MAX).then_some(Self(self.0 + 1))
    }
}

impl Bind for KeyVersion {
    fn value(&self) -> Value<'_> {
        self.0.value()
    }
}

impl Read for KeyVersion {
    fn read(value: Value<'_>) -> Option<Self> {
        u8::read(value).and_then(Self::from_number)
    }
}

/// Finds the holders of an identifier. Goes with the person when they are erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupHash([u8; 16]);

impl LookupHash {
    /// Takes a hash that came from the store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Finds the suppressions of an identifier, under keys of their own. Outlives the person, in links and
/// in the journal too, and so says under which version it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SuppressionHash {
    bytes: [u8; 16],
    version: KeyVersion,
}

impl SuppressionHash {
    /// Takes a hash that came from the store or from a sealed link.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16], version: KeyVersion) -> Self {
        Self { bytes, version }
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }

    /// Which keys made it.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        self.version
    }
}

/// 32 hexadecimal digits; of a later version than the first, `@` and its number after them.
impl Serialize for SuppressionHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = crate::hex(&self.bytes);
        match self.version {
            KeyVersion::FIRST => serializer.serialize_str(&digits),
            KeyVersion(number) => serializer.collect_str(&format_args!("{digits}@{number}")),
        }
    }
}

impl<'de> Deserialize<'de> for SuppressionHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let (digits, number) = text.split_once('@').unwrap_or((&text, "1"));
        let version = number.parse().ok().and_then(KeyVersion::from_number);
        let hash = crate::unhex(digits).zip(version);
        hash.map(|(bytes, version)| Self { bytes, version })
            .ok_or_else(|| serde::de::Error::custom("a hash is 32 hexadecimal digits"))
    }
}

/// Keyed BLAKE3 over a kind and a value, 128 bits of it: in one piece where they fit, without the large
/// state that hashing piece by piece sets up.
fn keyed(identifier: &Identifier, key: &Key) -> [u8; 16] {
    let value = identifier.reveal("keyed hash").as_bytes();
    let kind = identifier.kind().code();
    let mut piece = [0; PIECE_BYTES];
    let length = 1 + value.len();
    let hash = match piece.get_mut(..length) {
        Some(piece) => {
            if let Some((first, rest)) = piece.split_first_mut() {
                *first = kind;
                rest.copy_from_slice(value);
            }
            blake3::keyed_hash(key.expose(), piece)
        }
        None => {
            let mut hasher = blake3::Hasher::new_keyed(key.expose());
            hasher.update(&[kind]).update(value).finalize()
        }
    };
    cut(hash)
}

/// A hash under the next key.
fn again(hash: [u8; 16], key: &Key) -> [u8; 16] {
    cut(blake3::keyed_hash(key.expose(), &hash))
}

fn cut(hash: blake3::Hash) -> [u8; 16] {
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// The keys of one version.
#[derive(Debug)]
pub(super) struct AddressKeys {
    pub(super) lookup: Key,
    pub(super) suppression: Key,
}

#[derive(Debug)]
struct Versions {
    first: AddressKeys,
    later: [OnceLock<AddressKeys>; VERSIONS_MAX as usize - 1],
    /// No row stands under an older version.
    settled: AtomicU8,
}

/// Hashes identifiers under a store's keys, without a look at the key database. Clones share what is
/// known of the keys.
#[derive(Debug, Clone)]
pub struct Hasher(Arc<Versions>);

impl Hasher {
    pub(super) fn new(first: AddressKeys) -> Self {
        Self(Arc::new(Versions {
            first,
            later: Default::default(),
            settled: AtomicU8::new(KeyVersion::FIRST.0),
        }))
    }

    /// Takes up a version: from here on it is the newest. Rows stand under older ones until [`Hasher::settle`]. Two
    /// threads may take up the same one: it is the same then.
    pub(super) fn take_up(&self, version: KeyVersion, keys: AddressKeys) {
        let place = version.0.checked_sub(KeyVersion::FIRST.0 + 1);
        let place = place.and_then(|own| self.0.later.get(usize::from(own)));
        debug_assert!(place.is_some(), "versions are bounded where they are made");
        if let Some(place) = place {
            drop(place.set(keys));
        }
    }

    /// Notes that every row stands under this version or a later one.
    pub(crate) fn settle(&self, version: KeyVersion) {
        self.0.settled.store(version.0, Ordering::Release);
    }

    fn later(&self) -> impl Iterator<Item = &AddressKeys> {
        self.0.later.iter().map_while(OnceLock::get)
    }

    /// The version that hashes from now on.
    #[must_use]
    pub fn newest(&self) -> KeyVersion {
        let later = u8::try_from(self.later().count()).unwrap_or_default();
        KeyVersion(KeyVersion::FIRST.0 + later)
    }

    /// The oldest version that a row may stand under.
    #[must_use]
    pub fn settled(&self) -> KeyVersion {
        KeyVersion(self.0.settled.load(Ordering::Acquire))
    }

    /// Refuses a version more than there may be, unless a rotation is under way that goes on with its own.
    ///
    /// # Errors
    /// [`Refused::KeyVersions`].
    pub fn refuse_rotation(&self) -> Result<(), Refused> {
        if self.is_settled() && self.newest().next().is_none() {
            return Err(Refused::KeyVersions);
        }
        Ok(())
    }

    /// Whether every row stands under the newest version.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settled() == self.newest()
    }

    /// What these keys are known by beside the store; it says nothing about them.
    pub(crate) fn mark(&self) -> String {
        let mark: [u8; 32] = blake3::keyed_hash(self.0.first.suppression.expose(), MARKED).into();
        crate::hex(&mark[..MARK_BYTES])
    }

    /// The hash that finds the holders of an identifier, under the newest version.
    #[must_use]
    pub fn lookup(&self, identifier: &Identifier) -> LookupHash {
        let first = keyed(identifier, &self.0.first.lookup);
        let newest = self
            .later()
            .fold(first, |hash, own| again(hash, &own.lookup));
        LookupHash(newest)
    }

    /// Looks an identifier up under every version that a row may stand under, the newest first.
    pub fn find<T>(
        &self,
        identifier: &Identifier,
        find: impl Fn(LookupHash) -> Option<T>,
    ) -> Option<T> {
        loop {
            let stage = (self.newest(), self.settled());
            if let Some(found) = find(self.lookup(identifier)) {
                return Some(found);
            }
            if stage.0 != stage.1 {
                let older = self.older_lookups(identifier, stage.1);
                // Last the newest again: what was brought forward meanwhile stands there.
                let mut hashes = older.into_iter().chain([self.lookup(identifier)]);
                if let Some(found) = hashes.find_map(&find) {
                    return Some(found);
                }
            }
            if stage == (self.newest(), self.settled()) {
                return None;
            }
        }
    }

    /// The hashes under `oldest` and what came after it, the newest of them first.
    fn older_lookups(&self, identifier: &Identifier, oldest: KeyVersion) -> Vec<LookupHash> {
        let mut hash = keyed(identifier, &self.0.first.lookup);
        let mut hashes = vec![LookupHash(hash)];
        for own in self.later() {
            hash = again(hash, &own.lookup);
            hashes.push(LookupHash(hash));
        }
        hashes.drain(..usize::from(oldest.0 - KeyVersion::FIRST.0).min(hashes.len()));
        hashes.reverse();
        hashes
    }

    /// The hash that finds the suppressions of an identifier, under the newest version.
    #[must_use]
    pub fn suppression(&self, identifier: &Identifier) -> SuppressionHash {
        self.renewed(self.first_suppression(identifier))
    }

    /// The same under the oldest version that a row may stand under: what is put by outside of the
    /// store, in a link, can be brought forward to wherever the rows are by then.
    #[must_use]
    pub fn suppression_to_keep(&self, identifier: &Identifier) -> SuppressionHash {
        let (first, oldest) = (self.first_suppression(identifier), self.settled());
        let mut each = self.onward(first);
        each.find(|own| own.version == oldest).unwrap_or(first)
    }

    /// The same under every version that a row may stand under, the oldest first.
    pub fn suppressions(
        &self,
        identifier: &Identifier,
    ) -> impl Iterator<Item = SuppressionHash> + use<'_> {
        let oldest = self.settled();
        let each = self.onward(self.first_suppression(identifier));
        each.filter(move |own| own.version >= oldest)
    }

    fn first_suppression(&self, identifier: &Identifier) -> SuppressionHash {
        let bytes = keyed(identifier, &self.0.first.suppression);
        SuppressionHash::from_bytes(bytes, KeyVersion::FIRST)
    }

    /// A hash and what it is under each later version, in order.
    pub fn onward(&self, hash: SuppressionHash) -> impl Iterator<Item = SuppressionHash> + use<'_> {
        let passed = usize::from(hash.version.0 - KeyVersion::FIRST.0);
        let mut later = self.later().skip(passed);
        std::iter::successors(Some(hash), move |own| {
            let next = later.next()?;
            Some(SuppressionHash {
                bytes: again(own.bytes, &next.suppression),
                version: KeyVersion(own.version.0 + 1),
            })
        })
    }

    /// A hash under the newest version.
    #[must_use]
    pub fn renewed(&self, hash: SuppressionHash) -> SuppressionHash {
        self.onward(hash).last().unwrap_or(hash)
    }

    /// A look-up hash of this version under the newest.
    pub(crate) fn renewed_lookup(&self, hash: LookupHash, version: KeyVersion) -> LookupHash {
        let passed = usize::from(version.0 - KeyVersion::FIRST.0);
        let later = self.later().skip(passed);
        LookupHash(later.fold(hash.0, |hash, own| again(hash, &own.lookup)))
    }

    /// Whether two hashes, of whatever version, are of one address.
    #[must_use]
    pub fn are_one(&self, own: SuppressionHash, other: SuppressionHash) -> bool {
        own == other || self.renewed(own) == self.renewed(other)
    }
}

#[cfg(test)]
mod tests;
