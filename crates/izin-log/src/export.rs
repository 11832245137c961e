//! The files of an exported log, named once for the exporter and the verifier.
//!
//! The layout is that of C2SP tlog-tiles, so that any web server can serve it as it stands. Only
//! the partial tiles of the final size belong to it. Start at [`export_files`].

use std::fmt;

use crate::tile::{Span, TileId};

const CHECKPOINT: &str = "checkpoint";
const KEY: &str = "izin.vkey";
const ENTRIES: &str = "tile/entries/";

/// One file of an export. Its text form is its path inside the folder, with `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFile {
    /// `checkpoint`: the signed note.
    Checkpoint,
    /// `izin.vkey`: the verifier key's text and a newline.
    Key,
    /// `tile/entries/…`: the leaves of one span ([`crate::bundle`]).
    Bundle(Span),
    /// `tile/<level>/…`: one tile ([`crate::tile::encode`]).
    Tile(TileId),
}

/// Every file that an export of a log of `size` entries consists of, and no other.
pub fn export_files(size: u64) -> impl Iterator<Item = ExportFile> {
    [ExportFile::Checkpoint, ExportFile::Key]
        .into_iter()
        .chain(Span::all_of_row(size).map(ExportFile::Bundle))
        .chain(TileId::all_in_tree(size).map(ExportFile::Tile))
}

impl ExportFile {
    /// Reads a path inside the folder; only the one spelling of each file.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        match path {
            CHECKPOINT => Some(Self::Checkpoint),
            KEY => Some(Self::Key),
            _ => match path.strip_prefix(ENTRIES) {
                Some(span) => Span::parse(span).map(Self::Bundle),
                None => TileId::parse(path).map(Self::Tile),
            },
        }
    }

    /// Whether [`export_files`] of `size` names this file; costs the same for any size.
    #[must_use]
    pub fn belongs_to(&self, size: u64) -> bool {
        match *self {
            Self::Checkpoint | Self::Key => true,
            Self::Bundle(span) => Span::of_row(span.index(), size) == Some(span),
            Self::Tile(id) => TileId::in_tree(id.level(), id.index(), size) == Some(id),
        }
    }
}

impl fmt::Display for ExportFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => f.write_str(CHECKPOINT),
            Self::Key => f.write_str(KEY),
            Self::Bundle(span) => write!(f, "{ENTRIES}{span}"),
            Self::Tile(id) => id.fmt(f),
        }
    }
}
