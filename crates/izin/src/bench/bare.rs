//! What durability alone costs on this disk: a sync of one row, and commits of bare SQLite.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};

use super::decide::middle;

/// Bytes of a row: about what the ledger keeps of an act.
const ROW_BYTES: usize = 400;
/// Syncs or commits in a row, whose middle time counts.
const IN_A_ROW: usize = 40;

/// A file and a database that hold nothing but rows.
pub(super) struct Bare {
    file: File,
    db: Connection,
}

impl Bare {
    /// Makes both in `dir`.
    pub(super) fn open(dir: &Path) -> anyhow::Result<Self> {
        let db = Connection::open(dir.join("bare.sqlite"))?;
        db.execute_batch(
            "pragma journal_mode = wal;
             pragma synchronous = full;
             create table rows (number integer primary key, body blob not null) strict;",
        )?;
        let file = File::create(dir.join("bare.log"))?;
        Ok(Self { file, db })
    }

    /// How long appending a row and syncing it takes.
    pub(super) fn sync_seconds(&mut self) -> anyhow::Result<f64> {
        let mut took = Vec::new();
        for _ in 0..IN_A_ROW {
            let started = Instant::now();
            self.file.write_all(&[7; ROW_BYTES])?;
            self.file.sync_data()?;
            took.push(started.elapsed().as_secs_f64());
        }
        Ok(middle(took))
    }

    /// How long a commit of so many rows takes.
    pub(super) fn commit_seconds(&mut self, rows: usize) -> anyhow::Result<f64> {
        let mut took = Vec::new();
        for _ in 0..IN_A_ROW {
            let started = Instant::now();
            let transaction = self.db.transaction()?;
            let mut keep = transaction.prepare_cached("insert into rows (body) values (?1)")?;
            for _ in 0..rows {
                keep.execute(params![[7_u8; ROW_BYTES]])?;
            }
            drop(keep);
            transaction.commit()?;
            took.push(started.elapsed().as_secs_f64());
        }
        Ok(middle(took))
    }
}
