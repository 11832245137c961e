//! The stand-alone check of an exported log: needs the files and the verifier key, nothing else.
//!
//! The tree is computed anew from the entries and compared with every tile and with the signed
//! root, one bundle and one tile in memory at a time. Whatever is not checked is refused: any
//! byte, line or file too many. The first bad place is named. Start at [`verify_export`].

use crate::bundle::{self, BundleFault, ENTRY_BYTES};
use crate::checkpoint::{Checkpoint, CheckpointError, TreeHead};
use crate::edge::Edge;
use crate::export::ExportFile;
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::tile::{self, Span, Tile, TileId};

/// Every file of an export is shorter, in bytes. A reader may stop here: what it has is refused.
pub const FILE_BYTES_MAX: usize = 16 * 1024;

/// What the closures that list and read files may answer with.
pub type ReadError = Box<dyn std::error::Error + Send + Sync>;

/// Lists the paths in the folder, with `/`, in any order.
pub type ListFiles<'a> = dyn Iterator<Item = Result<String, ReadError>> + 'a;

/// Reads the file at a path; `None` when there is none.
pub type ReadFile<'a> = dyn FnMut(&str) -> Result<Option<Vec<u8>>, ReadError> + 'a;

/// The first bad place in an export; its text is one plain sentence with the whole cause.
#[derive(Debug, thiserror::Error)]
#[error("`{file}`: {fault}")]
pub struct Finding {
    /// The path of the file, inside the folder.
    pub file: String,
    /// What is wrong there.
    pub fault: Fault,
}

/// What can be wrong in an export. Entries are named by their sequence, hashes by their place in
/// the file, both from 0.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The closure failed.
    #[error("the file cannot be read: {0}")]
    Unreadable(ReadError),
    /// The export is not complete.
    #[error("the file is missing")]
    Missing,
    /// A file that nobody would check.
    #[error("an export of {size} entries has no such file")]
    Unexpected {
        /// The signed number of entries.
        size: u64,
    },
    /// Cut off, or with bytes too many.
    #[error("the file is {found} bytes long instead of {expected}")]
    Length {
        /// Its length.
        found: usize,
        /// The length that follows from the signed size.
        expected: usize,
    },
    /// `izin.vkey` is not the given key's text and a newline.
    #[error("the key is not the one given")]
    Key,
    /// The checkpoint is not to be believed.
    #[error("{0}")]
    Checkpoint(CheckpointError),
    /// A line of a file that is disclosed beside the log.
    #[error("line {line}: {why}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Bytes in a bundle that are no leaf.
    #[error("entry {seq} is not a leaf: {fault}")]
    Leaf {
        /// The entry.
        seq: u64,
        /// What is wrong with its bytes.
        fault: BundleFault,
    },
    /// A changed, missing or added leaf.
    #[error("entry {seq} does not match its hash in `{tile}`")]
    Entry {
        /// The entry.
        seq: u64,
        /// Where its hash stands.
        tile: TileId,
    },
    /// A changed hash, while the entries give the signed root.
    #[error("hash {position} is not the one that the entries give")]
    Hash {
        /// Its place in the tile.
        position: usize,
    },
    /// A tile and its entries changed together.
    #[error("the tile and its entries do not match their hash in `{above}`")]
    Subtree {
        /// The tile one level up.
        above: TileId,
    },
    /// Everything fits together, but it is not what was signed.
    #[error("the signed root is not that of the entries")]
    Root,
    /// The log has become shorter than it once was.
    #[error("the log has {size} entries, fewer than the {earlier} of the earlier checkpoint")]
    Shrunk {
        /// Its size now.
        size: u64,
        /// Its size then.
        earlier: u64,
    },
    /// The log has another past than it once had.
    #[error("the first {earlier} entries are not those of the earlier checkpoint")]
    Rewritten {
        /// The size then.
        earlier: u64,
    },
}

/// Checks a whole export against the key, and against an earlier tree head if there is one.
///
/// `list` may be empty where files cannot be listed (a web server): then files too many go unseen.
///
/// # Errors
/// [`Finding`] names the first bad place.
pub fn verify_export(
    list: &mut ListFiles,
    read: &mut ReadFile,
    key: &VerifierKey,
    since: Option<&TreeHead>,
) -> Result<Checkpoint, Finding> {
    let checkpoint = read_checkpoint(read, key)?;
    let head = checkpoint.head();
    if read_file(read, ExportFile::Key)? != format!("{key}\n").into_bytes() {
        return Err(ExportFile::Key.finding(Fault::Key));
    }
    if let Some(earlier) = since.filter(|since| since.size > head.size) {
        let fault = Fault::Shrunk {
            size: head.size,
            earlier: earlier.size,
        };
        return Err(ExportFile::Checkpoint.finding(fault));
    }
    refuse_unexpected(list, head.size)?;
    let mut audit = Audit {
        read,
        since,
        edge: Edge::new(),
        rewritten: false,
        suspect: None,
    };
    audit.run(head)?;
    Ok(checkpoint)
}

fn read_checkpoint(read: &mut ReadFile, key: &VerifierKey) -> Result<Checkpoint, Finding> {
    let bytes = read_file(read, ExportFile::Checkpoint)?;
    let opened = match str::from_utf8(&bytes) {
        Ok(note) => Checkpoint::open_alone(note, key),
        Err(_) => Err(CheckpointError::Form),
    };
    opened.map_err(|error| ExportFile::Checkpoint.finding(Fault::Checkpoint(error)))
}

fn refuse_unexpected(list: &mut ListFiles, size: u64) -> Result<(), Finding> {
    for path in list {
        let path = path.map_err(|error| Finding {
            file: ".".to_owned(),
            fault: Fault::Unreadable(error),
        })?;
        if !ExportFile::parse(&path).is_some_and(|file| file.belongs_to(size)) {
            return Err(Finding {
                file: path,
                fault: Fault::Unexpected { size },
            });
        }
    }
    Ok(())
}

fn read_file(read: &mut ReadFile, file: ExportFile) -> Result<Vec<u8>, Finding> {
    match read(&file.to_string()) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(file.finding(Fault::Missing)),
        Err(error) => Err(file.finding(Fault::Unreadable(error))),
    }
}

/// The tree as it grows anew from the entries.
struct Audit<'a, 'r> {
    read: &'a mut ReadFile<'r>,
    since: Option<&'a TreeHead>,
    edge: Edge,
    /// Whether the entries of the earlier checkpoint gave another root.
    rewritten: bool,
    /// The first hash that the entries do not give. Whether the tile or the entries are to blame
    /// is known at the end, by the signed root.
    suspect: Option<Suspect>,
}

struct Suspect {
    tile: TileId,
    position: usize,
}

impl Audit<'_, '_> {
    fn run(&mut self, head: &TreeHead) -> Result<(), Finding> {
        let walked = self.walk(head.size);
        let reproduced = walked.is_ok() && self.edge.head() == *head;
        if let Some(suspect) = &self.suspect {
            return Err(suspect.finding(reproduced));
        }
        walked?;
        if !reproduced {
            return Err(ExportFile::Checkpoint.finding(Fault::Root));
        }
        match self.since {
            Some(since) if self.rewritten => {
                let fault = Fault::Rewritten {
                    earlier: since.size,
                };
                Err(ExportFile::Checkpoint.finding(fault))
            }
            _ => Ok(()),
        }
    }

    fn walk(&mut self, size: u64) -> Result<(), Finding> {
        self.compare_since();
        for span in Span::all_of_row(size) {
            self.walk_bundle(span)?;
        }
        let partial: Vec<Tile> = self.edge.partial_tiles().collect();
        partial.iter().try_for_each(|tile| self.compare_tile(tile))
    }

    fn walk_bundle(&mut self, span: Span) -> Result<(), Finding> {
        let file = ExportFile::Bundle(span);
        let bytes =
            self.read_exactly(file, usize::from(span.width()).saturating_mul(ENTRY_BYTES))?;
        let leaves = bundle::decode(&bytes).map_err(|error| {
            let seq = seq_at(span, error.position);
            file.finding(Fault::Leaf {
                seq,
                fault: error.fault,
            })
        })?;
        for leaf in leaves {
            for tile in self.edge.push(leaf.hash()) {
                self.compare_tile(&tile)?;
            }
            self.compare_since();
        }
        Ok(())
    }

    /// Compares a tile computed from the entries with its file, until one differs.
    fn compare_tile(&mut self, computed: &Tile) -> Result<(), Finding> {
        if self.suspect.is_some() {
            return Ok(());
        }
        let length = computed.hashes.len().saturating_mul(Hash::BYTES);
        let bytes = self.read_exactly(ExportFile::Tile(computed.id), length)?;
        let stored = tile::decode(&bytes).unwrap_or_default();
        let differs = stored
            .iter()
            .zip(&computed.hashes)
            .position(|(a, b)| a != b);
        self.suspect = differs.map(|position| Suspect {
            tile: computed.id,
            position,
        });
        Ok(())
    }

    fn compare_since(&mut self) {
        if let Some(since) = self.since.filter(|since| since.size == self.edge.size()) {
            self.rewritten = self.edge.root() != since.root;
        }
    }

    fn read_exactly(&mut self, file: ExportFile, expected: usize) -> Result<Vec<u8>, Finding> {
        let bytes = read_file(self.read, file)?;
        if bytes.len() == expected {
            return Ok(bytes);
        }
        Err(file.finding(Fault::Length {
            found: bytes.len(),
            expected,
        }))
    }
}

impl Suspect {
    /// Blames the tile if the entries give the signed root, else what lies below it.
    fn finding(&self, reproduced: bool) -> Finding {
        let Self { tile, position } = *self;
        let below = seq_at(tile.span(), position);
        if reproduced {
            return ExportFile::Tile(tile).finding(Fault::Hash { position });
        }
        match tile
            .level()
            .checked_sub(1)
            .and_then(|level| TileId::full(level, below))
        {
            Some(child) => ExportFile::Tile(child).finding(Fault::Subtree { above: tile }),
            None => ExportFile::Bundle(tile.span()).finding(Fault::Entry { seq: below, tile }),
        }
    }
}

impl ExportFile {
    fn finding(self, fault: Fault) -> Finding {
        Finding {
            file: self.to_string(),
            fault,
        }
    }
}

/// The place in the row of the neighbour at `position` of a span.
fn seq_at(span: Span, position: usize) -> u64 {
    span.start()
        .saturating_add(u64::try_from(position).unwrap_or(u64::MAX))
}
