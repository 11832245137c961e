//! The snapshot as a file: which release wrote it, the mark of the last entry it holds, and the gate
//! as bytes.
//!
//! It is written beside the one there, made durable and put in its place, so that a crash at any
//! moment leaves a whole one or none. It must never be used over a ledger that has another entry
//! where the mark's was: a refusal that only the ledger knows would be lost.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::path::Path;

use izin_core::Seq;
use izin_store::vault::Sealer;
use izin_store::{Hasher, Mark, place};

use super::Gate;
use super::snapshot::{self, SnapshotError, exact};

/// The file.
const NAME: &str = "gate.snapshot";
/// Its first line. Another release may fold otherwise, and replays once.
const RELEASE: &[u8] = concat!("izin ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();
/// Bytes read and written at once.
const BUFFER_BYTES: usize = 1 << 20;

/// Puts the gate by, as it is up to an entry.
pub(super) fn write(
    gate: &Gate,
    (folder, sealer): (&Path, &Sealer),
    upto: (Seq, Mark),
) -> Result<(), SnapshotError> {
    place::replace_file(&folder.join(NAME), |file| fill(gate, (file, sealer), upto))
}

fn fill(
    gate: &Gate,
    (file, sealer): (&mut File, &Sealer),
    (seq, mark): (Seq, Mark),
) -> Result<(), SnapshotError> {
    let mut to = BufWriter::with_capacity(BUFFER_BYTES, file);
    to.write_all(RELEASE)?;
    to.write_all(mark.as_bytes())?;
    snapshot::save(gate, Some(seq), (&mut to, sealer))?;
    Ok(to.flush()?)
}

/// Takes the gate out again, with the mark of its last entry; `None` when none was put by.
pub(super) fn read(
    (folder, sealer): (&Path, &Sealer),
    hasher: Hasher,
) -> Result<Option<(Gate, Mark)>, SnapshotError> {
    let path = folder.join(NAME);
    match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        // To open what is no file (a pipe) may wait for ever.
        Ok(found) if !found.is_file() => return Err(SnapshotError::Damaged),
        found => found?,
    };
    let file = File::open(&path)?;
    let mut from = BufReader::with_capacity(BUFFER_BYTES, file);
    let release: [u8; RELEASE.len()] = exact(&mut from)?;
    if release != RELEASE {
        return Err(SnapshotError::Version);
    }
    let mark = Mark::from_bytes(exact(&mut from)?);
    let gate = snapshot::load((&mut from, sealer), hasher)?;
    Ok(Some((gate, mark)))
}

/// Takes the file away; it is none already, or made anew at the next stop.
pub(super) fn remove(folder: &Path) {
    let path = folder.join(NAME);
    for own in [place::unfinished(&path), path] {
        drop(fs::remove_file(own));
    }
}
