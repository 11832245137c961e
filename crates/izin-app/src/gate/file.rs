//! The snapshot as a file: which release wrote it, the mark of the last entry it holds, and the gate
//! as bytes.
//!
//! It is written beside the one there, made durable and put in its place, so that a crash at any
//! moment leaves a whole one or none. It must never be used over a ledger that has another entry
//! where the mark's was: a refusal that only the ledger knows would be lost.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use izin_core::Seq;
use izin_store::vault::Sealer;
use izin_store::{Hasher, Mark};

use super::Gate;
use super::snapshot::{self, SnapshotError, exact};

/// The file.
const NAME: &str = "gate.snapshot";
/// The one that is being written.
const NEW: &str = "gate.snapshot.new";
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
    let new = folder.join(NEW);
    let replace = || {
        fill(gate, (&new, sealer), upto)?;
        fs::rename(&new, folder.join(NAME))?;
        Ok(File::open(folder)?.sync_all()?)
    };
    replace().inspect_err(|_| {
        // Half a snapshot would only take the room that others want.
        drop(fs::remove_file(&new));
    })
}

fn fill(
    gate: &Gate,
    (path, sealer): (&Path, &Sealer),
    (seq, mark): (Seq, Mark),
) -> Result<(), SnapshotError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let mut to = BufWriter::with_capacity(BUFFER_BYTES, file);
    to.write_all(RELEASE)?;
    to.write_all(mark.as_bytes())?;
    snapshot::save(gate, Some(seq), (&mut to, sealer))?;
    Ok(to.get_ref().sync_all()?)
}

/// Takes the gate out again, with the mark of its last entry; `None` when none was put by.
pub(super) fn read(
    (folder, sealer): (&Path, &Sealer),
    hasher: Hasher,
) -> Result<Option<(Gate, Mark)>, SnapshotError> {
    let path = folder.join(NAME);
    match std::fs::metadata(&path) {
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
    for name in [NAME, NEW] {
        drop(fs::remove_file(folder.join(name)));
    }
}
