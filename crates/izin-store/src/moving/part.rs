//! Parts of a table: what is the same at both ends is not copied again, though a few rows of it are not.

use std::collections::BTreeMap;

use super::tables::Table;
use crate::StoreError;
use crate::db::{Bind, Db, Own, Row, Value, each};

/// Numbers that make a part.
const NUMBERS: i64 = 1_024;
/// Behind every key that is bytes.
const LAST: [u8; 65] = [0xFF; 65];

/// Rows whose keys lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// All there are; keys that are words are in no other.
    Whole,
    /// Keys that are numbers, so many together.
    Numbers(i64),
    /// Keys that begin with the same two bytes.
    Beginning(u16),
}

impl Part {
    pub(super) fn of(key: &Value<'_>) -> Self {
        match key {
            Value::Whole(own) => Self::Numbers(own.div_euclid(NUMBERS)),
            Value::Bytes(own) => own
                .first_chunk()
                .map_or(Self::Whole, |own| Self::Beginning(u16::from_be_bytes(*own))),
            Value::Text(_) | Value::Null => Self::Whole,
        }
    }

    /// From which key on, and before which; nothing where there is no bound.
    fn bounds(self) -> Option<[Own; 2]> {
        match self {
            Self::Whole => None,
            Self::Numbers(own) => Some(
                [own, own.saturating_add(1)]
                    .map(|own| Own::of(Value::Whole(own.saturating_mul(NUMBERS)))),
            ),
            Self::Beginning(own) => {
                let from = own.to_be_bytes();
                let next = own.checked_add(1).map(u16::to_be_bytes);
                let before = next.as_ref().map_or(&LAST[..], |own| own);
                Some([&from, before].map(|own| Own::of(Value::Bytes(own))))
            }
        }
    }

    /// Does something with a statement about the rows of this part, and what is bound to it.
    pub(super) fn such<T>(
        self,
        (what, table): (&str, &Table),
        ask: impl FnOnce(&str, &[&dyn Bind]) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let name = &table.name;
        match self.bounds() {
            None => ask(&format!("{what} from {name}"), &[]),
            Some([from, before]) => {
                let key = table.columns.get(table.key).map_or("", |own| own);
                let such = format!("{what} from {name} where {key} >= ?1 and {key} < ?2");
                ask(&such, &[&from, &before])
            }
        }
    }
}

/// What rows hold, in whatever order they come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) rows: u64,
    sum: u128,
}

impl Contents {
    fn add(&mut self, row: u128) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(row);
    }
}

/// What each part of a table holds.
pub(super) type Parts = BTreeMap<Part, Contents>;

/// Reads what each part holds, of all there are or of one.
pub(super) fn contents(
    db: &Db,
    (table, part): (&Table, Part),
    told: &mut dyn FnMut(),
) -> Result<Parts, StoreError> {
    let mut found = Parts::new();
    each_of(db, (table, part), |row| {
        let part = row.get(table.key).map_or(Part::Whole, Part::of);
        found.entry(part).or_default().add(hash(row));
        told();
        Ok(())
    })?;
    Ok(found)
}

/// Reads the values of each row of a part.
pub(super) fn each_of(
    db: &Db,
    (table, part): (&Table, Part),
    mut read: impl FnMut(&[Value<'_>]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let columns = 0..table.columns.len();
    let mut read = |row: &Row<'_>| {
        let values: Result<Vec<_>, _> = columns.clone().map(|at| row.value(at)).collect();
        read(&values?)
    };
    let what = format!("select {}", table.listed());
    part.such((&what, table), |sql, bound| each(db, sql, bound, &mut read))
}

/// The parts that are not the same at both ends: all of it where a quarter is not.
pub(super) fn differing(here: &Parts, there: &Parts) -> Vec<Part> {
    let keys = here.keys().chain(there.keys());
    let mut differ: Vec<Part> = keys
        .filter(|own| here.get(own) != there.get(own))
        .copied()
        .collect();
    differ.sort_unstable();
    differ.dedup();
    if differ.len() > here.len() / 4 + 1 || differ.contains(&Part::Whole) {
        return vec![Part::Whole];
    }
    differ
}

/// What tells a row from every other.
pub(super) fn hash(values: &[Value<'_>]) -> u128 {
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
    u128::from_le_bytes(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(own: &[(i64, u128)]) -> Parts {
        let part =
            |(number, sum): &(i64, u128)| (Part::Numbers(*number), Contents { rows: 1, sum: *sum });
        own.iter().map(part).collect()
    }

    #[test]
    fn what_is_here_alone_there_alone_or_otherwise_differs() {
        let many: Vec<_> = (0..100).map(|own| (own, 7)).collect();
        let here = parts(&many);
        assert!(differing(&here, &here).is_empty());
        let mut there = here.clone();
        there.remove(&Part::Numbers(3));
        there.insert(Part::Numbers(5), Contents { rows: 1, sum: 8 });
        there.insert(Part::Numbers(100), Contents { rows: 1, sum: 7 });
        assert_eq!(differing(&here, &there), [3, 5, 100].map(Part::Numbers));
        assert_eq!(differing(&here, &Parts::new()), [Part::Whole]);
        assert_eq!(differing(&Parts::new(), &here), [Part::Whole]);
    }

    #[test]
    fn every_key_lies_within_the_bounds_of_its_part() {
        let numbers = [-1, 0, 1_023, 1_024, i64::MAX - 2_048];
        for own in numbers {
            let [from, before] = Part::of(&Value::Whole(own)).bounds().unwrap();
            let (Value::Whole(from), Value::Whole(before)) = (from.value(), before.value()) else {
                panic!("numbers");
            };
            assert!(from <= own && own < before, "{own}");
        }
        for own in [[0; 16], [0xFF; 16], [0x12; 16]] {
            let [from, before] = Part::of(&Value::Bytes(&own)).bounds().unwrap();
            let (Value::Bytes(from), Value::Bytes(before)) = (from.value(), before.value()) else {
                panic!("bytes");
            };
            assert!(from <= &own[..] && &own[..] < before, "{own:?}");
        }
        assert_eq!(Part::of(&Value::Text("words")), Part::Whole);
    }
}
