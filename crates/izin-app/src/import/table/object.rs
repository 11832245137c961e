//! One NDJSON line: a flat object whose values are cells.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::columns::Columns;
use super::problem::Problem;

/// The cells of one object: where each slot's text stands in `text`.
pub(super) struct Object<'a> {
    pub(super) columns: &'a mut Columns,
    pub(super) text: &'a mut String,
    pub(super) cells: &'a mut Vec<Option<Range<usize>>>,
}

impl Object<'_> {
    /// Reads the object in `line`.
    pub(super) fn read(self, line: &str) -> Result<(), Problem> {
        self.text.clear();
        self.cells.clear();
        let mut problem = None;
        let mut json = serde_json::Deserializer::from_str(line);
        let seed = Flat {
            object: self,
            problem: &mut problem,
        };
        let read = seed.deserialize(&mut json).and_then(|()| json.end());
        match (problem, read) {
            (Some(problem), _) => Err(problem),
            (None, Err(cause)) => Err(Problem::NotAnObject { at: cause.column() }),
            (None, Ok(())) => Ok(()),
        }
    }

    fn put(&mut self, slot: usize, cell: Range<usize>) -> bool {
        let slots = self.cells.len().max(slot + 1);
        self.cells.resize(slots, None);
        self.cells
            .get_mut(slot)
            .is_some_and(|place| place.replace(cell).is_none())
    }
}

/// Reads an object; serde's errors are texts, so ours is left in `problem`.
struct Flat<'a, 'p> {
    object: Object<'a>,
    problem: &'p mut Option<Problem>,
}

impl<'de> DeserializeSeed<'de> for Flat<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Flat<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let slot = match self.object.columns.meet(&name) {
                Ok(slot) => slot,
                Err(problem) => return self.stop(problem),
            };
            let Some(slot) = slot else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let start = self.object.text.len();
            if !map.next_value_seed(Cell(self.object.text))? {
                return self.stop(Problem::Nested(name));
            }
            let end = self.object.text.len();
            if !self.object.put(slot, start..end) {
                return self.stop(Problem::ColumnTwice(name));
            }
        }
        Ok(())
    }
}

impl Flat<'_, '_> {
    fn stop<E: Error>(self, problem: Problem) -> Result<(), E> {
        *self.problem = Some(problem);
        Err(E::custom("refused"))
    }
}

/// Appends one value as text; false for a list or an object.
struct Cell<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl Cell<'_> {
    fn append(self, value: impl fmt::Display) -> bool {
        self.0.push_str(&value.to_string());
        true
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        self.0.push_str(value);
        Ok(true)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(self.append(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        Ok(self.append(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        Ok(self.append(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        Ok(self.append(value))
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }
}
