//! Rows from one database into another, and whether they are the same afterwards.

use std::collections::BTreeMap;

use super::tables::Table;
use super::{MoveError, Progress};
use crate::StoreError;
use crate::db::{Db, Row, Value, each, run};

/// Rows between two tellings.
const TOLD_EVERY: u64 = 10_000;

/// Copies tables, and counts.
pub(super) struct Copier<'a> {
    told: Progress<'a>,
    all: u64,
    so_far: u64,
    pub(super) done: BTreeMap<String, u64>,
}

/// What a table holds, whatever the order of its rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Contents {
    rows: u64,
    sum: u128,
}

impl Contents {
    fn add(&mut self, values: &[Value<'_>]) {
        let mut hasher = blake3::Hasher::new();
        for value in values {
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Whole(own) => (1, &own.to_le_bytes()),
                Value::Text(own) => (2, own.as_bytes()),
                Value::Bytes(own) => (3, own),
            };
            hasher.update(&[kind]);
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
        let hash = hasher.finalize();
        let part = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        self.rows += 1;
        self.sum = self.sum.wrapping_add(u128::from_le_bytes(part));
    }
}

impl<'a> Copier<'a> {
    pub(super) fn new(all: u64, told: Progress<'a>) -> Self {
        Self {
            told,
            // Each row is written, and read back.
            all: all.saturating_mul(2).max(1),
            so_far: 0,
            done: BTreeMap::new(),
        }
    }

    /// Copies a table, in one transaction, unless it was copied before.
    pub(super) fn copy(&mut self, from: &Db, to: &Db, table: &Table) -> Result<(), StoreError> {
        let mut there = self.contents(to, table)?;
        let here = if there.rows == 0 {
            to.begin()?;
            let here = self.write(from, to, table)?;
            to.commit()?;
            there = self.contents(to, table)?;
            here
        } else {
            self.contents(from, table)?
        };
        if there != here && !table.only_grows() {
            to.begin()?;
            run(to, &format!("delete from {}", table.name), &[])?;
            self.write(from, to, table)?;
            to.commit()?;
            there = self.contents(to, table)?;
        }
        if there != here {
            let table = table.name.clone();
            return Err(MoveError::Differs { table }.into());
        }
        to.number_on(&table.name)?;
        self.done.insert(table.name.clone(), here.rows);
        Ok(())
    }

    fn contents(&mut self, db: &Db, table: &Table) -> Result<Contents, StoreError> {
        let sql = format!("select {} from {}", table.listed(), table.name);
        let mut found = Contents::default();
        each(db, &sql, &[], |row| {
            found.add(&values(row, table)?);
            self.tell();
            Ok(())
        })?;
        Ok(found)
    }

    fn write(&mut self, from: &Db, to: &Db, table: &Table) -> Result<Contents, StoreError> {
        let sql = format!("select {} from {}", table.listed(), table.name);
        let mut found = Contents::default();
        to.fill((&table.name, &table.columns), |keep| {
            each(from, &sql, &[], |row| {
                let values = values(row, table)?;
                found.add(&values);
                self.tell();
                keep(&values)
            })
        })?;
        Ok(found)
    }

    fn tell(&mut self) {
        self.so_far += 1;
        if self.so_far.is_multiple_of(TOLD_EVERY) {
            (self.told)(self.so_far.min(self.all), self.all);
        }
    }
}

fn values<'r>(row: &'r Row<'_>, table: &Table) -> Result<Vec<Value<'r>>, StoreError> {
    (0..table.columns.len()).map(|at| row.value(at)).collect()
}
