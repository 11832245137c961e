//! The growing right edge of the tree: all that is needed to append and to know the root.
//!
//! At most 255 hashes a level are kept, never the whole tree. Full tiles leave through
//! [`Edge::push`] and must be kept by the caller. Start there.

use crate::checkpoint::TreeHead;
use crate::hash::{Hash, join_right};
use crate::tile::{
    LEVELS, ReadTile, Span, TILE_WIDTH, Tile, TileError, TileId, full_tiles_in_level,
    hashes_in_level,
};

/// The right edge of a tree; all that appending needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    /// The hashes of the last, unfinished tile of each level, the leaves' level first.
    levels: [Vec<Hash>; LEVELS as usize],
}

impl Edge {
    /// The edge of the tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Rebuilds the edge of a tree of `size` leaves after a restart.
    ///
    /// `read` is asked for the partial tile of level 0 (the hashes of the last `size` mod 256
    /// leaves) and for full tiles, at most 255 of each level.
    ///
    /// # Errors
    /// [`TileError`] when `read` fails or answers with too few hashes.
    pub fn restore<E>(size: u64, read: &mut ReadTile<E>) -> Result<Self, TileError<E>> {
        let mut edge = Self {
            size,
            ..Self::default()
        };
        for (level, hashes) in (0..LEVELS).zip(&mut edge.levels) {
            *hashes = match level.checked_sub(1) {
                None => restore_leaves(size, read)?,
                Some(below) => restore_roots(below, size, read)?,
            };
        }
        Ok(edge)
    }

    /// Appends a leaf and gives back the tiles it completed, the lowest level first.
    pub fn push(&mut self, leaf: Hash) -> Vec<Tile> {
        let mut completed = Vec::new();
        let mut hash = leaf;
        let place = self.size;
        for (level, hashes) in (0..LEVELS).zip(&mut self.levels) {
            hashes.push(hash);
            if hashes.len() < usize::from(TILE_WIDTH) {
                break;
            }
            let index = full_tiles_in_level(level, place);
            let Some(id) = TileId::full(level, index) else {
                break;
            };
            let tile = Tile {
                id,
                hashes: std::mem::take(hashes),
            };
            hash = tile.root();
            completed.push(tile);
        }
        self.size = place.saturating_add(1);
        completed
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the whole tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.levels
            .iter()
            .fold(None, |right, hashes| join_right(hashes, right))
            .unwrap_or_else(Hash::empty_root)
    }

    /// Size and root together, ready to be signed.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead {
            size: self.size,
            root: self.root(),
        }
    }

    /// The unfinished tiles, the lowest level first; none is empty.
    pub fn partial_tiles(&self) -> impl Iterator<Item = Tile> {
        (0..LEVELS).zip(&self.levels).filter_map(|(level, hashes)| {
            let index = full_tiles_in_level(level, self.size);
            let id = TileId::in_tree(level, index, self.size)?;
            Some(Tile {
                id,
                hashes: hashes.clone(),
            })
        })
    }
}

/// The hashes of the last, unfinished tile of leaves.
fn restore_leaves<E>(size: u64, read: &mut ReadTile<E>) -> Result<Vec<Hash>, TileError<E>> {
    match TileId::in_tree(0, full_tiles_in_level(0, size), size) {
        Some(partial) => Ok(partial.fetch(read)?.hashes),
        None => Ok(Vec::new()),
    }
}

/// The roots of the full tiles of level `below` that no full tile above covers.
fn restore_roots<E>(
    below: u8,
    size: u64,
    read: &mut ReadTile<E>,
) -> Result<Vec<Hash>, TileError<E>> {
    let level = below.saturating_add(1);
    let end = hashes_in_level(level, size);
    let start = Span::full(full_tiles_in_level(level, size)).start();
    (start..end)
        .filter_map(|index| TileId::full(below, index))
        .map(|tile| Ok(tile.fetch(read)?.root()))
        .collect()
}
