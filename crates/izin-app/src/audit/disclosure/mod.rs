//! What an auditor is shown beside the log, and nobody else: the acts, the policies, and the messages
//! that were handed over.
//!
//! People are named by the random names that the ledger has for them: the leaves commit to those.
//! There is no address, no hash of one, and nothing that was said in words. Start at [`disclose`];
//! `check` is what the auditor runs.

mod check;
mod handed;
mod noes;

pub use check::{Checked, Counted, Fork, Late, OpenLines, check};

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use izin_core::Act;
use izin_store::{hex, place};
use serde::{Deserialize, Serialize};

use super::AuditError;
use super::batch::Batches;
use super::export::failed;
use crate::App;

/// The file of the acts, inside the export.
pub const ACTS: &str = "disclosed/acts.ndjson";
/// The file of the policies.
pub const POLICIES: &str = "disclosed/policies.ndjson";
/// The file of the messages that were handed over.
pub const HAND_OVERS: &str = "disclosed/hand_overs.ndjson";
/// Everything that an export discloses.
pub const FILES: [&str; 3] = [ACTS, POLICIES, HAND_OVERS];

/// Acts read from the store at once.
const ACTS_AT_ONCE: u64 = 10_000;

/// One act, a line of [`ACTS`]; they are all there, in order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActLine {
    seq: u64,
    /// The record that the leaf commits to, to the letter.
    record: String,
    /// In hexadecimal.
    blinding: String,
}

/// One published policy, a line of [`POLICIES`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyLine {
    version: u32,
    /// The canonical text, whose hash is in the ledger.
    body: String,
}

/// One message that was handed over, a line of [`HAND_OVERS`]; all of every batch, in order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOverLine {
    /// The entry that holds the root of its batch.
    batch: u64,
    /// The record that its leaf commits to, to the letter.
    record: String,
    /// In hexadecimal.
    blinding: String,
}

/// Writes what an auditor is shown beside the exported log of `size` entries.
///
/// # Errors
/// [`AuditError`].
pub async fn disclose(app: &App, dir: &Path, size: u64) -> Result<(), AuditError> {
    let folder = dir.join("disclosed");
    place::make_folder(&folder).map_err(failed(&folder))?;
    let mut acts = Lines::create(dir, ACTS)?;
    let mut published = BTreeSet::new();
    let mut first = 0;
    while first < size {
        let count = ACTS_AT_ONCE.min(size.saturating_sub(first));
        for own in app.store.disclosures(first, count).await? {
            if let Act::PolicyPublished { version, .. } = own.entry.act {
                published.insert(version);
            }
            acts.write(&ActLine {
                seq: own.entry.seq.0,
                blinding: hex(&own.recorded.blinding),
                record: own.recorded.record,
            })?;
        }
        first += count;
    }
    acts.end()?;
    let mut policies = Lines::create(dir, POLICIES)?;
    // A policy may have been published since; its act is not among these.
    let policies_then = app.store.policies().await?.into_iter();
    for own in policies_then.filter(|own| published.contains(&own.version)) {
        let (version, body) = (own.version, own.body);
        policies.write(&PolicyLine { version, body })?;
    }
    policies.end()?;
    let mut hand_overs = Lines::create(dir, HAND_OVERS)?;
    let mut batches = Batches::default();
    while let Some(some) = batches.next(app).await? {
        for batch in some.into_iter().filter(|own| own.seq.0 < size) {
            for own in batch.hand_overs {
                hand_overs.write(&HandOverLine {
                    batch: batch.seq.0,
                    blinding: hex(&own.blinding),
                    record: own.record,
                })?;
            }
        }
    }
    hand_overs.end()
}

/// A file of JSON lines.
struct Lines<'a> {
    path: &'a Path,
    name: &'static str,
    to: BufWriter<File>,
}

impl<'a> Lines<'a> {
    fn create(dir: &'a Path, name: &'static str) -> Result<Self, AuditError> {
        let path = dir.join(name);
        let to = BufWriter::new(place::make_file(&path).map_err(failed(&path))?);
        Ok(Self {
            path: dir,
            name,
            to,
        })
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), AuditError> {
        let written = serde_json::to_writer(&mut self.to, line).map_err(Into::into);
        let written = written.and_then(|()| self.to.write_all(b"\n"));
        written.map_err(failed(&self.path.join(self.name)))
    }

    fn end(mut self) -> Result<(), AuditError> {
        self.to.flush().map_err(failed(&self.path.join(self.name)))
    }
}
