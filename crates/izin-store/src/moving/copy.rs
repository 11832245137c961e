//! Rows from one database into another, as far as they are not there, and whether they are the same afterwards.

use std::collections::{BTreeMap, HashSet};
use std::thread;

use super::part::{Part, Parts, contents, differing, each_of, hash};
use super::tables::Table;
use super::{MoveError, Progress};
use crate::StoreError;
use crate::db::{Db, Home, Value, run};

/// Rows between two tellings.
const TOLD_EVERY: u64 = 10_000;

/// Copies tables, and counts.
pub(super) struct Copier<'a> {
    told: Progress<'a>,
    all: u64,
    so_far: u64,
    /// Rows that were copied, not only compared.
    pub(super) copied: u64,
    pub(super) done: BTreeMap<String, u64>,
}

/// Where rows come from and where to, which others may look at meanwhile.
#[derive(Clone, Copy)]
pub(super) struct Course<'a> {
    pub(super) from: &'a Db,
    pub(super) to: &'a Db,
    pub(super) home: &'a Home,
}

impl<'a> Copier<'a> {
    pub(super) const fn new(all: u64, told: Progress<'a>) -> Self {
        Self {
            told,
            all,
            so_far: 0,
            copied: 0,
            done: BTreeMap::new(),
        }
    }

    /// Makes a table the same, in one transaction.
    pub(super) fn copy(&mut self, course: Course<'_>, table: &Table) -> Result<(), StoreError> {
        let (here, there) = self.both(course, table)?;
        let parts = differing(&here, &there);
        if !parts.is_empty() {
            let before = self.copied;
            course.to.begin()?;
            match self.replace(course, table, &parts) {
                // Another row stands where nobody may take one away.
                Err(StoreError::Constraint(_)) => return Err(differs(table)),
                replaced => replaced?,
            }
            course.to.commit()?;
            let whole = parts.contains(&Part::Whole);
            course
                .to
                .is_filled(&table.name, whole && self.copied > before)?;
            same(course.to, table, (&here, &parts))?;
        }
        let rows = here.values().map(|own| own.rows).sum();
        self.done.insert(table.name.clone(), rows);
        Ok(())
    }

    /// What both ends hold, read at once.
    fn both(&mut self, course: Course<'_>, table: &Table) -> Result<(Parts, Parts), StoreError> {
        let all = (table, Part::Whole);
        thread::scope(|scope| {
            let there = scope.spawn(|| contents(&course.home.open_reader()?, all, &mut || ()));
            let here = contents(course.from, all, &mut || self.tell());
            let there = there.join().map_err(|_| StoreError::Stopped)?;
            Ok((here?, there?))
        })
    }

    fn replace(
        &mut self,
        course: Course<'_>,
        table: &Table,
        parts: &[Part],
    ) -> Result<(), StoreError> {
        let mut kept = HashSet::new();
        for part in parts {
            if table.only_grows() {
                each_of(course.to, (table, *part), |row| {
                    kept.insert(hash(row));
                    Ok(())
                })?;
            } else {
                part.such(("delete", table), |sql, bound| run(course.to, sql, bound))?;
            }
        }
        course.to.fill((&table.name, &table.columns), |keep| {
            let mut keep_new = |row: &[Value<'_>]| {
                self.tell();
                if !kept.is_empty() && kept.contains(&hash(row)) {
                    return Ok(());
                }
                self.copied += 1;
                keep(row)
            };
            parts
                .iter()
                .try_for_each(|part| each_of(course.from, (table, *part), &mut keep_new))
        })
    }

    fn tell(&mut self) {
        self.so_far += 1;
        if self.so_far.is_multiple_of(TOLD_EVERY) {
            (self.told)(self.so_far.min(self.all), self.all);
        }
    }
}

/// Whether what was replaced is there now as it is here.
fn same(to: &Db, table: &Table, (here, parts): (&Parts, &[Part])) -> Result<(), StoreError> {
    for part in parts {
        let there = contents(to, (table, *part), &mut || ())?;
        let is_same = match part {
            Part::Whole => there == *here,
            own => there.get(own) == here.get(own),
        };
        if !is_same {
            return Err(differs(table));
        }
    }
    Ok(())
}

fn differs(table: &Table) -> StoreError {
    let table = table.name.clone();
    MoveError::Differs { table }.into()
}
