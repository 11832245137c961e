//! The gate as bytes, so that a start need not replay the whole ledger.
//!
//! A magic word, the version of the fold, then frames: a length and so many sealed bytes, bound to
//! the frame before. A snapshot of another version, of before an erasure, cut short, or with any byte
//! changed is refused. It holds keyed hashes and pseudonymous rows, no address, and nothing of what
//! was sent: that is learnt anew at every start, and may have changed by then. Its place is in
//! `file.rs`, its moment is [`crate::restart`]'s.
//!
//! Order: sequence and version of the addresses' keys, addresses, suppressions, rows, words. Addresses before rows, since rows are
//! only added; words last, since rows name them. Addresses name their holder's identifier by a
//! label, so no label may be taken while one is written.

use std::io::{self, Read, Write};

use izin_core::{IdentifierId, Seq};
use izin_store::vault::Sealer;
use izin_store::{Hasher, KeyVersion, LookupHash, StoreError, SuppressionHash};

use super::bytes::{Bytes, Last, Reader};
use super::holders::{self, Held, Holder};
use super::people::{Owner, Shard, home_of};
use super::person::Person;
use super::row::{self, UNIT_BYTES, flag, pack_refusal, read_refusal, units_of};
use super::suppressed::{Refusals, Suppressed};
use super::words::{Word, Words};
use super::{Gate, read, write};

/// The first bytes of a snapshot.
const MAGIC: &[u8; 8] = b"izingate";
/// Counts changes of the fold and of this form; any of them makes older snapshots useless.
const FOLD_VERSION: u32 = 8;
/// Rows copied under one lock: a fraction of a millisecond for whoever waits.
const ROWS_A_FRAME: usize = 2_048;
/// The longest frame, in bytes; a longer one is damage.
const FRAME_BYTES_MAX: u64 = 1 << 30;

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It could not be read or written.
    #[error("the snapshot of the gate cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// It could not be sealed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// It was made by another version of the rules.
    #[error("the snapshot of the gate was made by another version of izin")]
    Version,
    /// It was made under other keys of addresses.
    #[error("the snapshot of the gate is from before addresses were hashed under other keys")]
    AddressKeys,
    /// It is not whole.
    #[error("the snapshot of the gate is damaged, or older than an erasure")]
    Damaged,
    /// People lost addresses while it was written, so that its parts do not fit together.
    #[error("the gate changed too much while its snapshot was written")]
    Unsteady,
}

/// Writes and reads frames.
struct Frames<'a, W> {
    to: W,
    sealer: &'a Sealer,
    before: [u8; 32],
}

impl<'a, T> Frames<'a, T> {
    const fn new(to: T, sealer: &'a Sealer) -> Self {
        let before = [0; 32];
        Self { to, sealer, before }
    }
}

impl<W: Write> Frames<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let sealed = self.sealer.seal(&self.before, bytes)?;
        self.before = *blake3::hash(&sealed).as_bytes();
        self.to.write_all(&(sealed.len() as u64).to_le_bytes())?;
        self.to.write_all(&sealed)?;
        Ok(())
    }
}

impl<R: Read> Frames<'_, R> {
    /// Reads a frame into `bytes`; what is there is whole.
    fn read(&mut self, bytes: &mut Vec<u8>) -> Result<(), SnapshotError> {
        let length = u64::from_le_bytes(exact(&mut self.to)?);
        if length > FRAME_BYTES_MAX {
            return Err(SnapshotError::Damaged);
        }
        bytes.clear();
        let read = self.to.by_ref().take(length).read_to_end(bytes)?;
        if read as u64 != length {
            return Err(SnapshotError::Damaged);
        }
        let opened = self.sealer.open(&self.before, bytes);
        self.before = *blake3::hash(bytes).as_bytes();
        *bytes = opened.map_err(|_| SnapshotError::Damaged)?;
        Ok(())
    }
}

/// Reads so many bytes; fewer are damage.
pub(super) fn exact<const N: usize>(from: &mut impl Read) -> Result<[u8; N], SnapshotError> {
    let mut bytes = [0; N];
    match from.read_exact(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(SnapshotError::Damaged),
        read => Ok(read.map(|()| bytes)?),
    }
}

/// Writes a snapshot of everything up to an entry that is folded.
pub(super) fn save(
    gate: &Gate,
    seq: Option<Seq>,
    (to, sealer): (&mut impl Write, &Sealer),
) -> Result<(), SnapshotError> {
    to.write_all(MAGIC)?;
    to.write_all(&FOLD_VERSION.to_le_bytes())?;
    let taken = labels_taken(gate)?;
    let mut frames = Frames::new(to, sealer);
    let mut bytes = Vec::new();
    let next = seq.map_or(0, |seq| seq.0.saturating_add(1));
    frames.write(&next.to_le_bytes())?;
    let version = settled(&gate.hasher).ok_or(SnapshotError::Unsteady)?;
    frames.write(&u64::from(version.number()).to_le_bytes())?;
    for shard in gate.holders.shards() {
        bytes.clear();
        for (hash, held) in read(shard).all() {
            write_holders(hash, &held, &mut Bytes(&mut bytes));
        }
        frames.write(&bytes)?;
    }
    bytes.clear();
    write_suppressed(&read(&gate.suppressed), &gate.words, &mut Bytes(&mut bytes));
    frames.write(&bytes)?;
    let mut rows = Vec::new();
    for shard in gate.people.shards() {
        let count = read(shard).len();
        frames.write(&(count as u64).to_le_bytes())?;
        for first in (0..count).step_by(ROWS_A_FRAME) {
            rows.clear();
            let most = ROWS_A_FRAME.min(count - first);
            for row in read(shard).rows_from(first).take(most) {
                rows.extend_from_slice(row);
            }
            bytes.clear();
            write_rows(&rows, &gate.words, &mut bytes);
            frames.write(&bytes)?;
        }
    }
    let words = serde_json::to_vec(&gate.words.all()).map_err(io::Error::from)?;
    frames.write(&words)?;
    frames.to.flush()?;
    if labels_taken(gate)? == taken {
        Ok(())
    } else {
        Err(SnapshotError::Unsteady)
    }
}

/// The version that every address stands under; none while they are brought forward.
fn settled(hasher: &Hasher) -> Option<KeyVersion> {
    Some(hasher.newest()).filter(|_| hasher.is_settled())
}

/// How often labels were taken so far, with no change half done; not to be told after a fault in
/// one.
fn labels_taken(gate: &Gate) -> Result<u64, SnapshotError> {
    let fold = gate.fold.lock().map_err(|_| SnapshotError::Unsteady)?;
    Ok(fold.labels_taken)
}

/// Reads a snapshot.
pub(super) fn load(
    (from, sealer): (&mut impl Read, &Sealer),
    hasher: Hasher,
) -> Result<Gate, SnapshotError> {
    let magic: [u8; 8] = exact(from)?;
    if magic != *MAGIC {
        return Err(SnapshotError::Damaged);
    }
    if u32::from_le_bytes(exact(from)?) != FOLD_VERSION {
        return Err(SnapshotError::Version);
    }
    let mut frames = Frames::new(from, sealer);
    let mut gate = Gate::new(hasher);
    let mut bytes = Vec::new();
    gate.next = number(&mut frames, &mut bytes)?.into();
    let version = number(&mut frames, &mut bytes)?;
    let version = settled(&gate.hasher).filter(|own| u64::from(own.number()) == version);
    let version = version.ok_or(SnapshotError::AddressKeys)?;
    for _ in gate.holders.shards() {
        frames.read(&mut bytes)?;
        read_holders(&gate, &mut Reader(&bytes));
    }
    let mut suppressed = Vec::new();
    frames.read(&mut suppressed)?;
    for shard in gate.people.shards() {
        let count = number(&mut frames, &mut bytes)?;
        let mut shard = write(shard);
        shard.reserve(
            usize::try_from(count)
                .unwrap_or_default()
                .min(u32::MAX as usize),
        );
        while (shard.len() as u64) < count {
            let had = shard.len();
            frames.read(&mut bytes)?;
            read_rows(&bytes, &mut shard);
            if shard.len() == had {
                return Err(SnapshotError::Damaged);
            }
        }
    }
    frames.read(&mut bytes)?;
    let words: Vec<Word> = serde_json::from_slice(&bytes).map_err(|_| SnapshotError::Damaged)?;
    gate.words = Words::from_list(&words);
    *write(&gate.suppressed) = read_suppressed((&mut Reader(&suppressed), version), &gate.words);
    match frames.to.read(&mut [0])? {
        0 => Ok(gate),
        _ => Err(SnapshotError::Damaged),
    }
}

fn number(frames: &mut Frames<'_, impl Read>, bytes: &mut Vec<u8>) -> Result<u64, SnapshotError> {
    frames.read(bytes)?;
    let number = bytes
        .as_slice()
        .try_into()
        .map_err(|_| SnapshotError::Damaged)?;
    Ok(u64::from_le_bytes(number))
}

fn each_row(mut rows: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (row, rest) = rows.split_at_checked(units_of(rows) * UNIT_BYTES)?;
        rows = rest;
        Some(row).filter(|row| !row.is_empty())
    })
}

/// Rows, as they are when nothing was sent to anybody.
fn write_rows(rows: &[u8], words: &Words, out: &mut Vec<u8>) {
    let (mut person, mut own) = (Person::default(), Vec::new());
    for row in each_row(rows) {
        let whose = row::subject_of(row).zip(row::number_of(row));
        let used = row::flags_of(row) & flag::USED != 0;
        let Some(whose) = whose.filter(|_| used) else {
            out.extend_from_slice(row);
            continue;
        };
        row::unpack(row, words, &mut person);
        person.sends.clear();
        person.held.clear();
        row::pack(&person, whose, words, &mut own);
        out.extend_from_slice(&own);
    }
}

fn read_rows(rows: &[u8], shard: &mut Shard) {
    for row in each_row(rows) {
        if let Some(subject) = row::subject_of(row) {
            let (_, check) = home_of(subject);
            shard.put(row, check);
        }
    }
}

fn write_holders(hash: LookupHash, held: &Held, out: &mut Bytes<'_>) {
    out.id(hash.as_bytes());
    match held {
        Held::Not => out.length(0),
        Held::By(owner, label) => {
            out.length(1);
            out.count(owner.0.into());
            out.byte(*label);
        }
        Held::ByAll(all) => {
            out.length(1 + all.len());
            for own in all {
                out.count(own.owner.0.into());
                out.id(own.id.as_bytes());
            }
        }
    }
}

fn read_holders(gate: &Gate, from: &mut Reader<'_>) {
    if let Some(first) = from.0.first_chunk() {
        let about = from.0.len() / holders::SLOT_BYTES;
        gate.holders.reserve(LookupHash::from_bytes(*first), about);
    }
    while !from.0.is_empty() {
        let hash = LookupHash::from_bytes(from.id());
        let held = match from.length() {
            0 => Held::Not,
            1 => Held::By(Owner(from.word()), from.byte()),
            more => {
                let holder = |from: &mut Reader<'_>| Holder {
                    owner: Owner(from.word()),
                    id: IdentifierId::from_bytes(from.id()),
                };
                Held::ByAll((1..more).map(|_| holder(from)).collect())
            }
        };
        gate.holders.set(hash, held);
    }
}

fn write_suppressed(suppressed: &Suppressed, words: &Words, out: &mut Bytes<'_>) {
    for (hash, own) in &suppressed.0 {
        let seq = own.seq.unwrap_or_default();
        out.id(hash.as_bytes());
        out.seq(seq);
        out.length(own.list.len());
        let mut last = Last::of(seq);
        for refusal in &own.list {
            pack_refusal(refusal, (words, &mut last), out);
        }
    }
}

fn read_suppressed((from, version): (&mut Reader<'_>, KeyVersion), words: &Words) -> Suppressed {
    let mut suppressed = Suppressed::default();
    while !from.0.is_empty() {
        let hash = SuppressionHash::from_bytes(from.id(), version);
        let seq: Seq = from.seq();
        let mut last = Last::of(seq);
        let count = from.length();
        let list = (0..count)
            .filter_map(|_| read_refusal(from, (words, &mut last)))
            .collect();
        let seq = Some(seq);
        suppressed.0.insert(hash, Refusals { list, seq });
    }
    suppressed
}
