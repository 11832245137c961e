//! Making proofs from stored tiles, without the entries and without the whole tree.
//!
//! A proof reads each tile at most once, a few for each level. Start at [`prove_inclusion`]; the
//! recursions are those of RFC 9162 §2.1.3.1 and §2.1.4.1, written as loops.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use crate::consistency::Consistency;
use crate::hash::{Hash, node_hash, tree_root};
use crate::proof::Inclusion;
use crate::tile::{ReadTile, TileError, TileId, locate};

/// Height of the subtree over one tile.
const TILE_HEIGHT: u32 = 8;

/// Why a proof cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The tree has no such place.
    #[error("a tree of {size} has no place {place} to prove")]
    Outside {
        /// The place.
        place: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A tile could not be had.
    #[error(transparent)]
    Tile(#[from] TileError<E>),
}

/// Proves that the leaf at `index` is in the tree of `size` leaves.
///
/// # Errors
/// [`ProveError`] when there is no such leaf or a tile cannot be had.
pub fn prove_inclusion<E>(
    index: u64,
    size: u64,
    read: &mut ReadTile<E>,
) -> Result<Inclusion, ProveError<E>> {
    if index >= size {
        return Err(ProveError::Outside { place: index, size });
    }
    let mut tree = Tree::of(size, read);
    let mut path = Vec::new();
    let mut around = 0..size;
    while let Some((left, right)) = split(&around) {
        let (here, sibling) = if left.contains(&index) {
            (left, right)
        } else {
            (right, left)
        };
        path.push(tree.root(&sibling)?);
        around = here;
    }
    path.reverse();
    Ok(Inclusion { index, path })
}

/// Proves that the tree of the first `earlier` leaves is the beginning of the tree of `size`.
///
/// # Errors
/// [`ProveError`] when the earlier tree has no leaves or more, or a tile cannot be had.
pub fn prove_consistency<E>(
    earlier: u64,
    size: u64,
    read: &mut ReadTile<E>,
) -> Result<Consistency, ProveError<E>> {
    if earlier == 0 || earlier > size {
        return Err(ProveError::Outside {
            place: earlier,
            size,
        });
    }
    let mut tree = Tree::of(size, read);
    let mut path = Vec::new();
    let mut around = 0..size;
    while let Some((left, right)) = split(&around).filter(|_| around.end != earlier) {
        let (here, sibling) = if earlier <= left.end {
            (left, right)
        } else {
            (right, left)
        };
        path.push(tree.root(&sibling)?);
        around = here;
    }
    if around.start > 0 {
        path.push(tree.root(&around)?);
    }
    path.reverse();
    Ok(Consistency { earlier, path })
}

/// Cuts a subtree of two or more leaves as RFC 9162 does: left the largest power of two.
fn split(leaves: &Range<u64>) -> Option<(Range<u64>, Range<u64>)> {
    let count = leaves.end.checked_sub(leaves.start)?;
    let height = count.checked_sub(1)?.checked_ilog2()?;
    let middle = leaves.start.checked_add(1_u64.checked_shl(height)?)?;
    Some((leaves.start..middle, middle..leaves.end))
}

/// A tree whose tiles are read as needed.
struct Tree<'a, 'r, E> {
    size: u64,
    read: &'a mut ReadTile<'r, E>,
    tiles: BTreeMap<TileId, Vec<Hash>>,
}

impl<'a, 'r, E> Tree<'a, 'r, E> {
    const fn of(size: u64, read: &'a mut ReadTile<'r, E>) -> Self {
        Self {
            size,
            read,
            tiles: BTreeMap::new(),
        }
    }

    /// The root over a subtree that [`split`] cut: perfect subtrees joined from the right.
    fn root(&mut self, leaves: &Range<u64>) -> Result<Hash, ProveError<E>> {
        let mut root = None;
        let mut end = leaves.end;
        while let Some(left) = end.checked_sub(leaves.start).filter(|left| *left > 0) {
            let width = left & left.wrapping_neg();
            end = end.saturating_sub(width);
            let hash = self.perfect_root(end, width.trailing_zeros())?;
            root = Some(root.map_or(hash, |right| node_hash(&hash, &right)));
        }
        Ok(root.unwrap_or_else(Hash::empty_root))
    }

    /// The root over the 2^height leaves from `start`: it lies within one tile.
    fn perfect_root(&mut self, start: u64, height: u32) -> Result<Hash, ProveError<E>> {
        let outside = ProveError::Outside {
            place: start,
            size: self.size,
        };
        let level = u8::try_from(height / TILE_HEIGHT).unwrap_or(u8::MAX);
        let hash = start
            .checked_shr(height.saturating_sub(height % TILE_HEIGHT))
            .unwrap_or(0);
        let (index, first) = locate(hash);
        let id = TileId::in_tree(level, index, self.size).ok_or(outside)?;
        let width = 1_usize.checked_shl(height % TILE_HEIGHT).unwrap_or(0);
        self.hashes(id)?
            .get(first..first.saturating_add(width))
            .map(tree_root)
            .ok_or(ProveError::Tile(TileError::Short(id)))
    }

    fn hashes(&mut self, id: TileId) -> Result<&[Hash], TileError<E>> {
        match self.tiles.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(id.fetch(self.read)?.hashes)),
        }
    }
}
