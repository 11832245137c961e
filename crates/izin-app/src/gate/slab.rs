//! Where rows lie: pieces of memory, each twice as long as the one before, cut into rows of whole
//! units, and a list of free places for each size. A row has no allocation of its own.
//!
//! Pieces are mapped (`pages.rs`).

use std::collections::HashMap;

use memmap2::MmapMut;

use super::pages::map;
use super::row::{UNIT_BYTES, units_of};

/// Units of the first piece: 64 KiB.
const FIRST_UNITS: u32 = 1 << 14;

/// Where a row lies: units from the beginning of the first piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(pub(super) u32);

/// Rows of bytes.
#[derive(Default)]
pub(super) struct Slab {
    pieces: Vec<MmapMut>,
    /// Where the next row goes.
    next: u32,
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
        // What is left of a piece that is too short for the row stays empty.
        while bytes_from(self.next) < row.len() {
            let (piece, _) = parts(Place(self.next));
            self.next = start_of(piece + 1);
        }
        let place = Place(self.next);
        let (piece, _) = parts(place);
        while self.pieces.len() <= piece {
            self.pieces.push(map(size_of_piece(self.pieces.len())));
        }
        self.next += units_of(row) as u32;
        self.change(place, |to| to.copy_from_slice(row), row.len());
        place
    }

    /// Bytes in use, free places among them.
    pub(super) fn bytes(&self) -> usize {
        let free: usize = self.free.values().map(Vec::capacity).sum();
        let rows = self.next as usize * UNIT_BYTES;
        rows + self.pieces.capacity() * size_of::<MmapMut>() + free * size_of::<Place>()
    }
}

/// The piece of a place, and the byte in it.
const fn parts(place: Place) -> (usize, usize) {
    let whole = place.0 as u64 + FIRST_UNITS as u64;
    let piece = whole.ilog2() - FIRST_UNITS.ilog2();
    let unit = whole - ((FIRST_UNITS as u64) << piece);
    (piece as usize, unit as usize * UNIT_BYTES)
}

/// The first unit of a piece.
const fn start_of(piece: usize) -> u32 {
    (FIRST_UNITS << piece) - FIRST_UNITS
}

const fn size_of_piece(piece: usize) -> usize {
    (FIRST_UNITS as usize * UNIT_BYTES) << piece
}

/// Bytes from a unit to the end of its piece.
const fn bytes_from(unit: u32) -> usize {
    let (piece, at) = parts(Place(unit));
    size_of_piece(piece) - at
}
