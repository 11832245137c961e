//! Where rows lie: large pieces of memory cut into rows of whole units, and a list of free places
//! for each size. A row has no allocation of its own.

use std::collections::HashMap;

use super::row::{UNIT_BYTES, units_of};

/// Units of a piece, as a power of two: a place is a piece's number and a unit in it.
const PIECE_UNITS_LOG: u32 = 17;
const PIECE_UNITS: usize = 1 << PIECE_UNITS_LOG;
/// Bytes that allocators keep beside what they give.
const ALLOCATOR_BYTES: usize = 64;
/// Bytes of a piece: half a MiB less what the allocator keeps beside it, so that it takes whole pages.
const PIECE_BYTES: usize = PIECE_UNITS * UNIT_BYTES - ALLOCATOR_BYTES;

/// Where a row lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(pub(super) u32);

/// Rows of bytes.
#[derive(Default)]
pub(super) struct Slab {
    pieces: Vec<Vec<u8>>,
    free: HashMap<usize, Vec<Place>>,
}

impl Slab {
    /// The row at a place, and whatever lies behind it.
    pub(super) fn from(&self, place: Place) -> &[u8] {
        let (piece, at) = parts(place);
        let piece = self.pieces.get(piece);
        piece.and_then(|piece| piece.get(at..)).unwrap_or_default()
    }

    /// The row at a place.
    pub(super) fn row(&self, place: Place) -> &[u8] {
        let row = self.from(place);
        row.get(..units_of(row) * UNIT_BYTES).unwrap_or_default()
    }

    /// Puts a row where the old one was if it has the same size, else somewhere else.
    pub(super) fn put(&mut self, old: Option<Place>, row: &[u8]) -> Place {
        let units = units_of(row);
        let same = old.filter(|place| units_of(self.from(*place)) == units);
        let place = same.or_else(|| self.free.get_mut(&units)?.pop());
        if let (Some(old), None) = (old, same) {
            let units = units_of(self.from(old));
            self.free.entry(units).or_default().push(old);
        }
        match place {
            Some(place) => {
                self.change(place, |to| to.copy_from_slice(row), row.len());
                place
            }
            None => self.append(row),
        }
    }

    /// Sets bits of one byte of a row.
    pub(super) fn set(&mut self, place: Place, (at, bits): (usize, u8)) {
        let set = |to: &mut [u8]| {
            to.iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte |= bits)
        };
        self.change(place, set, at + 1);
    }

    fn change(&mut self, place: Place, change: impl FnOnce(&mut [u8]), length: usize) {
        let (piece, at) = parts(place);
        let piece = self.pieces.get_mut(piece);
        if let Some(bytes) = piece.and_then(|piece| piece.get_mut(at..at + length)) {
            change(bytes);
        }
    }

    fn append(&mut self, row: &[u8]) -> Place {
        let fits = |piece: &&mut Vec<u8>| piece.len() + row.len() <= PIECE_BYTES;
        if self.pieces.last_mut().filter(fits).is_none() {
            // A row longer than a piece gets one of its own.
            self.pieces
                .push(Vec::with_capacity(PIECE_BYTES.max(row.len())));
        }
        let number = self.pieces.len().saturating_sub(1);
        let at = self.pieces.last().map_or(0, Vec::len);
        if let Some(piece) = self.pieces.last_mut() {
            piece.extend_from_slice(row);
        }
        Place(((number << PIECE_UNITS_LOG) | (at / UNIT_BYTES)) as u32)
    }

    /// Bytes in use, free places among them.
    pub(super) fn bytes(&self) -> usize {
        let free: usize = self.free.values().map(Vec::capacity).sum();
        let rows: usize = self.pieces.iter().map(Vec::len).sum();
        rows + self.pieces.capacity() * size_of::<Vec<u8>>() + free * size_of::<Place>()
    }
}

const fn parts(place: Place) -> (usize, usize) {
    let (piece, unit) = (
        place.0 as usize >> PIECE_UNITS_LOG,
        place.0 as usize & (PIECE_UNITS - 1),
    );
    (piece, unit * UNIT_BYTES)
}
