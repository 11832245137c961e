//! Tiles: how C2SP tlog-tiles cuts the tree into files of at most 256 hashes.
//!
//! A hash in a tile of level 1 or above is the root of a full tile one level below. A path has one
//! spelling and no other is read. Start at [`TileId::in_tree`].

use std::fmt;

use crate::hash::{Hash, tree_root};
use crate::text;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Levels of tiles: eight of them, each 256 times wider than the one below, hold 2^64 leaves.
pub const LEVELS: u8 = 8;

/// One group of up to 256 neighbours in a row: group `index`, of which `width` are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    index: u64,
    width: u16,
}

/// Names one tile: its level and its place in the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: u8,
    span: Span,
}

/// A tile with its hashes, as many as its width says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its name.
    pub id: TileId,
    /// Its hashes, from left to right.
    pub hashes: Vec<Hash>,
}

/// Why a tile could not be had from where tiles are kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError<E> {
    /// The closure that reads tiles failed.
    #[error("`{0}` could not be read")]
    Read(TileId, #[source] E),
    /// It answered with fewer hashes than the tile has.
    #[error("`{0}` is too short")]
    Short(TileId),
}

/// Reads the hashes of a tile from where tiles are kept; more than its width may come.
pub type ReadTile<'a, E> = dyn FnMut(TileId) -> Result<Vec<Hash>, E> + 'a;

impl Span {
    /// The full group `index`.
    #[must_use]
    pub const fn full(index: u64) -> Self {
        Self {
            index,
            width: TILE_WIDTH,
        }
    }

    /// Group `index` of a row of `count`; `None` when the row ends before it.
    #[must_use]
    pub fn of_row(index: u64, count: u64) -> Option<Self> {
        let left = count.checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(left).map_or(TILE_WIDTH, |left| left.min(TILE_WIDTH));
        (width > 0).then_some(Self { index, width })
    }

    /// All groups of a row of `count`, from left to right.
    pub fn all_of_row(count: u64) -> impl Iterator<Item = Self> {
        (0..count.div_ceil(u64::from(TILE_WIDTH)))
            .filter_map(move |index| Self::of_row(index, count))
    }

    /// Its place among the groups of the row.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many neighbours are there: 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The place in the row of its first neighbour.
    #[must_use]
    pub const fn start(&self) -> u64 {
        self.index.saturating_mul(TILE_WIDTH as u64)
    }

    /// Reads the end of a path, e.g. `x001/234` or `067.p/12`.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (number, width) = match path.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok()?),
            None => (path, TILE_WIDTH),
        };
        let digits: String = number
            .split('/')
            .map(|part| part.trim_start_matches('x'))
            .collect();
        let span = Self {
            index: digits.parse().ok()?,
            width,
        };
        // Only the one spelling that is written is read: the rest of the syntax follows from it.
        ((1..=TILE_WIDTH).contains(&width) && span.to_string() == path).then_some(span)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut above = self.index / 1000;
        let mut path = format!("{:03}", self.index % 1000);
        while above > 0 {
            path = format!("x{:03}/{path}", above % 1000);
            above /= 1000;
        }
        f.write_str(&path)?;
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl TileId {
    /// The full tile at this place; `None` for a level no tree has.
    #[must_use]
    pub fn full(level: u8, index: u64) -> Option<Self> {
        (level < LEVELS).then_some(Self {
            level,
            span: Span::full(index),
        })
    }

    /// The tile at this place of a tree of `size` leaves, as wide as it is there; `None` when the
    /// tree has none.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        Some(Self {
            level,
            span: Span::of_row(index, hashes_in_level(level, size))?,
        })
    }

    /// Every tile of a tree of `size` leaves: the full ones and the partial ones at its edge.
    pub fn all_in_tree(size: u64) -> impl Iterator<Item = Self> {
        (0..LEVELS).flat_map(move |level| {
            Span::all_of_row(hashes_in_level(level, size)).map(move |span| Self { level, span })
        })
    }

    /// 0 where the hashes are those of leaves.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// Its place among the tiles of its level.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.span.index
    }

    /// How many hashes it has: 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.span.width
    }

    /// Its group of hashes among those of its level; at level 0 also that of its leaves.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// Whether it will never change again.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.span.width == TILE_WIDTH
    }

    /// Reads a path such as `tile/0/x001/234.p/12`; only the one spelling of C2SP.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (level, span) = path.strip_prefix("tile/")?.split_once('/')?;
        let level = u8::try_from(text::from_decimal(level)?).ok()?;
        (level < LEVELS).then_some(Self {
            level,
            span: Span::parse(span)?,
        })
    }

    /// Asks for its hashes and cuts what comes to its width.
    pub(crate) fn fetch<E>(self, read: &mut ReadTile<E>) -> Result<Tile, TileError<E>> {
        let mut hashes = read(self).map_err(|source| TileError::Read(self, source))?;
        let width = usize::from(self.span.width);
        if hashes.len() < width {
            return Err(TileError::Short(self));
        }
        hashes.truncate(width);
        Ok(Tile { id: self, hashes })
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, self.span)
    }
}

impl Tile {
    /// The root over its hashes.
    #[must_use]
    pub fn root(&self) -> Hash {
        tree_root(&self.hashes)
    }
}

/// The bytes of a tile file: the hashes one after the other.
#[must_use]
pub fn encode(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Reads the bytes of a tile file; `None` when they are not whole hashes.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks();
    rest.is_empty()
        .then(|| hashes.iter().copied().map(Hash).collect())
}

/// How many hashes stand in a level of tiles: one for every 256^level leaves.
pub(crate) fn hashes_in_level(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level).saturating_mul(8))
        .unwrap_or(0)
}

/// How many tiles of a level are full; also the index of the one that is growing.
pub(crate) fn full_tiles_in_level(level: u8, size: u64) -> u64 {
    hashes_in_level(level.saturating_add(1), size)
}

/// In which tile of its level the hash at `place` stands, and where in that tile.
pub(crate) const fn locate(place: u64) -> (u64, usize) {
    const WIDTH: u64 = TILE_WIDTH as u64;
    (place / WIDTH, (place % WIDTH) as usize)
}
