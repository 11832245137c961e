//! One NDJSON line: a flat object whose values are cells.
//!
//! An object that is not flat, or names a column twice, has a fault; its cells are read all the same,
//! so that a no in it can be found. A cell given in several values holds each on a line of its own.

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
    /// Reads the object in `line`, and says the first fault in it. The error is a line that is none.
    pub(super) fn read(self, line: &str) -> Result<Option<Problem>, Problem> {
        self.text.clear();
        self.cells.clear();
        let mut fault = None;
        let mut json = serde_json::Deserializer::from_str(line);
        let seed = Flat {
            object: self,
            fault: &mut fault,
        };
        let read = seed.deserialize(&mut json).and_then(|()| json.end());
        read.map_err(|cause| Problem::NotAnObject { at: cause.column() })?;
        Ok(fault)
    }

    /// Takes a cell; one that the slot had before goes in front of it. True when there was none.
    fn put(&mut self, slot: usize, cell: Range<usize>) -> bool {
        let slots = self.cells.len().max(slot + 1);
        self.cells.resize(slots, None);
        let Some(place) = self.cells.get_mut(slot) else {
            return false;
        };
        let Some(earlier) = place.take() else {
            *place = Some(cell);
            return true;
        };
        let both = [earlier, cell].map(|own| self.text.get(own).unwrap_or_default().to_owned());
        let start = self.text.len();
        self.text.push_str(&both.join("\n"));
        *place = Some(start..self.text.len());
        false
    }
}

/// Reads an object; the first fault in it is left in `fault`.
struct Flat<'a, 'p> {
    object: Object<'a>,
    fault: &'p mut Option<Problem>,
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
        let mut place = 0;
        while let Some(name) = map.next_key::<String>()? {
            place += 1;
            let slot = match self.object.columns.meet(&name, place) {
                Ok(slot) => slot,
                Err(problem) => {
                    self.fault.get_or_insert(problem);
                    None
                }
            };
            let Some(slot) = slot else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let start = self.object.text.len();
            let is_one = map.next_value_seed(Cell(self.object.text))?;
            let end = self.object.text.len();
            let is_first = self.object.put(slot, start..end);
            let fault = match (is_one, is_first) {
                (true, true) => continue,
                (false, _) => Problem::Nested(name),
                (true, false) => Problem::ColumnTwice(name),
            };
            self.fault.get_or_insert(fault);
        }
        Ok(())
    }
}

/// Appends one value as text, of a list or an object each; then false.
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
        while list.next_element_seed(Cell(self.0))?.is_some() {
            self.0.push('\n');
        }
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Cell(self.0))?;
            self.0.push('\n');
        }
        Ok(false)
    }
}
