//! The append-only ledger: acts in order, each committed to by a leaf of the Merkle tree.
//!
//! A leaf says only a version, the kind of act, the hour and a commitment under a random blinding
//! value; nobody can tell from it whom or what it is about.

mod read;
mod record;

pub(crate) use read::{entry, heard_of_last, history, is_committed, known_since, recorded_before};
pub(crate) use record::{canonical, text};
pub use record::{entry_of, leaf};

use izin_core::{Act, Entry, Seq, SubjectId, Timestamp};
use izin_log::leaf::commit;
use izin_log::{Edge, Hash, TreeHead};

use crate::db::{Db, Row, first, one, params, put};
use crate::journal::Place;
use crate::vault::{DataClass, LookupHash, SuppressionHash, place, seal};
use crate::writer::Tx;
use crate::{Store, StoreError, vault};

/// The longest detail of an act, in bytes: a label, a note, some evidence.
pub const DETAIL_BYTES_MAX: usize = 8 * 1024;

/// Entries of others that a tree grows by one by one; beyond that it is read anew.
const LEAVES_MAX: u64 = 16_384;

/// The hash under which an entry changes what the gate finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexKey {
    /// The entry is about the person only.
    None,
    /// An identifier got a holder.
    Attached(LookupHash),
    /// An identifier lost a holder.
    Detached(LookupHash),
    /// An identifier was suppressed.
    Suppressed(SuppressionHash),
    /// The suppression that the act names stands no longer.
    Unsuppressed(SuppressionHash),
}

/// An entry that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// What happened.
    pub entry: Entry,
    /// What it is found by.
    pub key: IndexKey,
}

/// What the writer of an act gets back: enough to prove it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the ledger.
    pub seq: Seq,
    /// Whom it is about.
    pub subject: Option<SubjectId>,
    /// The canonical record that the leaf commits to.
    pub record: String,
    /// The blinding value of that commitment.
    pub blinding: [u8; 32],
}

/// What an entry is known by among those of all ledgers, and with it everything before it: a hash
/// over its row and the root of the tree up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark([u8; 32]);

impl Mark {
    /// Takes the bytes of a mark that was kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Others go on with another past than the one that was told here: a server was replaced by one that knew less.
pub(crate) const GONE: StoreError = StoreError::Damaged {
    what: "ledger (entries that were there are gone)",
};

/// Where a ledger ends, and the news besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// How many entries there are.
    pub(crate) size: u64,
    /// The last one's leaf.
    pub(crate) tip: Option<Hash>,
    /// The number of the last line of news.
    pub(crate) line: u64,
}

impl End {
    /// Reads it.
    pub(crate) fn read(db: &Db) -> Result<Self, StoreError> {
        const END: &str = "
            select
              (select coalesce(max(seq) + 1, 0) from entries),
              (select leaf_hash from entries order by seq desc limit 1),
              (select coalesce(max(number), 0) from news)";
        one(db, END, &[], Self::of)
    }

    /// Takes it from the first columns of a row.
    pub(crate) fn of(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            size: row.get(0)?,
            tip: row.get::<Option<[u8; 32]>>(1)?.map(Hash),
            line: row.get(2)?,
        })
    }
}

/// Where a tree is to be cut back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TreeEnd {
    size: u64,
    last: Option<(Seq, Hash)>,
    tip: Option<Hash>,
}

/// The growing edge of the Merkle tree over the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    edge: Edge,
    last: Option<(Seq, Hash)>,
    /// The last leaf, whoever entered it, where it is known.
    tip: Option<Hash>,
}

impl Tree {
    /// Rebuilds the edge from the stored tiles and the last entries.
    pub(crate) fn load(db: &Db) -> Result<Self, StoreError> {
        // One question: others enter meanwhile.
        const SIZE: &str = "select (select count(*) from entries), (select max(seq) from entries)";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let (size, last): (u64, Option<u64>) = one(db, SIZE, &[], read)?;
        if last.map_or(0, |last| last + 1) != size {
            return Err(StoreError::Damaged {
                what: "ledger (a gap in its sequence)",
            });
        }
        Self::of(db, size)
    }

    /// Rebuilds the edge as it was when there were so many entries.
    fn of(db: &Db, size: u64) -> Result<Self, StoreError> {
        Edge::restore(size, &mut |tile| crate::log::tile(db, tile))
            .map(|edge| Self {
                edge,
                last: None,
                tip: None,
            })
            .map_err(|_| StoreError::Damaged {
                what: "tiles of the log",
            })
    }

    /// Goes on after what others entered, up to where the ledger ends; refuses one that is not the one it was.
    pub(crate) fn go_on_at(&mut self, db: &Db, end: End) -> Result<(), StoreError> {
        let last = self.size().checked_sub(1);
        let known = last.zip(self.tip);
        let same = match known {
            _ if end.size < self.size() => false,
            None => true,
            Some((_, tip)) if end.size == self.size() => end.tip == Some(tip),
            Some((last, tip)) => crate::log::leaf_hashes(db, (last, last + 1))? == [tip],
        };
        if !same {
            return Err(GONE);
        }
        if end.size - self.size() > LEAVES_MAX {
            *self = Self::of(db, end.size)?;
        }
        if end.size > self.size() {
            for leaf in crate::log::leaf_hashes(db, (self.size(), end.size))? {
                self.edge.push(leaf);
            }
            self.last = None;
        }
        self.tip = end.tip;
        match self.size() == end.size {
            true => Ok(()),
            false => Err(StoreError::Damaged {
                what: "ledger (a gap in its sequence)",
            }),
        }
    }

    /// The last leaf, whoever entered it, where it is known.
    pub(crate) const fn tip(&self) -> Option<Hash> {
        self.tip
    }

    /// The last entry made by this process.
    pub(crate) fn last(&self) -> Option<Place> {
        self.last.map(|(seq, leaf)| Place::new(seq, &leaf))
    }

    /// Where it ends, to be cut back to.
    pub(crate) const fn end(&self) -> TreeEnd {
        TreeEnd {
            size: self.edge.size(),
            last: self.last,
            tip: self.tip,
        }
    }

    /// Cuts back what has grown since, once the rows have been taken back: the edge is read anew. That
    /// is much work, and very much less often done than the edge would be copied.
    pub(crate) fn cut(
        &mut self,
        db: &Db,
        TreeEnd { size, last, tip }: TreeEnd,
    ) -> Result<(), StoreError> {
        if self.size() > size {
            let Self { edge, .. } = Self::of(db, size)?;
            *self = Self { edge, last, tip };
        }
        Ok(())
    }

    /// How many leaves there are: the next entry's sequence.
    pub(crate) const fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Size and root.
    pub(crate) fn head(&self) -> TreeHead {
        self.edge.head()
    }
}

/// Something to be entered.
pub(crate) struct Draft {
    pub(crate) subject: Option<SubjectId>,
    pub(crate) recorded_at: Timestamp,
    pub(crate) act: Act,
    pub(crate) detail: Option<String>,
    pub(crate) key: IndexKey,
}

impl Tx<'_> {
    /// Enters one act: its row, its sealed detail, its leaf. The only place where the ledger grows; come here
    /// by [`Tx::append`].
    pub(crate) fn enter_draft(&mut self, draft: Draft) -> Result<Recorded, StoreError> {
        const KEEP: &str = "
            insert into entries
              (seq, recorded_at, subject, act, blinding, detail_commitment, leaf_hash)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let Draft {
            subject,
            recorded_at,
            act,
            detail,
            key,
        } = draft;
        let entry = Entry {
            seq: Seq(self.tree.size()),
            subject,
            recorded_at,
            act,
        };
        let sealed = self.seal_detail(&entry, detail.as_deref())?;
        let commitment = sealed.as_ref().map(|detail| detail.commitment.as_slice());
        let act = text(&entry.act)?;
        let record = canonical(&entry, &act, commitment)?;
        let blinding = self.entropy.bytes::<32>()?;
        let leaf_hash = leaf(&entry, &blinding, &record).hash();
        put(
            self.db,
            KEEP,
            params![
                entry.seq.0,
                recorded_at.as_micros(),
                subject.as_ref().map(SubjectId::as_bytes),
                act,
                blinding,
                commitment,
                leaf_hash.0,
            ],
        )?;
        if let Some(detail) = sealed {
            detail.keep(self.db, entry.seq)?;
        }
        self.tree.last = Some((entry.seq, leaf_hash));
        self.tree.tip = Some(leaf_hash);
        for tile in self.tree.edge.push(leaf_hash) {
            crate::log::keep_tile(self.db, &tile)?;
        }
        let recorded = Recorded {
            seq: entry.seq,
            subject,
            record,
            blinding,
        };
        self.news.entries.push(Committed { entry, key });
        Ok(recorded)
    }

    /// Seals a detail under the person's evidence key. A detail without a person is dropped: it
    /// could never be erased.
    fn seal_detail(
        &self,
        entry: &Entry,
        detail: Option<&str>,
    ) -> Result<Option<SealedDetail>, StoreError> {
        let (Some(subject), Some(detail)) = (entry.subject, detail) else {
            return Ok(None);
        };
        debug_assert!(
            detail.len() <= DETAIL_BYTES_MAX,
            "details are bounded where they come in"
        );
        let Some(key) = self.keys.subject_key(subject, DataClass::Evidence)? else {
            return Ok(None);
        };
        let blinding = self.entropy.bytes::<32>()?;
        let here = detail_place(entry.seq, subject);
        Ok(Some(SealedDetail {
            commitment: commit(&blinding, detail.as_bytes()),
            sealed: seal(&key, &here, detail.as_bytes(), self.entropy)?,
            blinding,
        }))
    }
}

struct SealedDetail {
    commitment: [u8; 32],
    blinding: [u8; 32],
    sealed: Vec<u8>,
}

impl SealedDetail {
    fn keep(&self, db: &Db, seq: Seq) -> Result<(), StoreError> {
        const KEEP: &str = "insert into details (seq, blinding, sealed) values (?1, ?2, ?3)";
        put(db, KEEP, params![seq.0, self.blinding, self.sealed])
    }
}

fn detail_place(seq: Seq, subject: SubjectId) -> Vec<u8> {
    let owner = [subject.as_bytes().as_slice(), &seq.0.to_be_bytes()].concat();
    place(&owner, "details.sealed", vault::KEY_VERSION)
}

impl Store {
    /// The mark of an entry; none beyond the ledger's end. An entry that was lost and whose place
    /// another took has another mark.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn mark(&self, seq: Seq) -> Result<Option<Mark>, StoreError> {
        const ONE: &str = "
            select recorded_at, subject, act
            from entries
            where seq = ?1";
        let read = |row: &Row<'_>| -> Result<(i64, Option<[u8; 16]>, String), StoreError> {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        };
        let db = self.readers.take()?;
        let found = first(&db, ONE, params![seq.0], read)?;
        let Some((recorded_at, subject, act)) = found else {
            return Ok(None);
        };
        let root = Tree::of(&db, seq.0.saturating_add(1))?.head().root;
        self.readers.put_back(db);
        let mut hasher = blake3::Hasher::new();
        hasher.update(&root.0);
        hasher.update(&seq.0.to_le_bytes());
        hasher.update(&recorded_at.to_le_bytes());
        hasher.update(&[subject.is_some().into()]);
        hasher.update(&subject.unwrap_or_default());
        hasher.update(act.as_bytes());
        Ok(Some(Mark(hasher.finalize().into())))
    }
}
