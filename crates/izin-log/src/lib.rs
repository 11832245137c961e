//! Tamper evidence: what makes it impossible to change, remove or slip in a ledger entry unseen.
//!
//! Every entry gives a [`Leaf`] that says nothing about anyone. The leaves form the Merkle tree of
//! RFC 6962 and 9162, stored as C2SP tlog-tiles; a signed [`Checkpoint`] fixes its root. From
//! these follow receipts ([`Receipt`]), proofs that the log only grew ([`Growth`]) and the check of
//! a whole exported log by a stranger ([`verify_export`]).
//!
//! Nothing here reads a file, a clock or a random source: bytes come in through closures. Start
//! reading at [`edge::Edge`] (how the tree grows), then [`verify`] (what a stranger checks).
#![warn(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_cmp
)]

pub mod bundle;
pub mod checkpoint;
pub mod consistency;
pub mod edge;
pub mod export;
pub mod hash;
pub mod key;
pub mod leaf;
pub mod note;
pub mod proof;
pub mod prove;
pub mod receipt;
mod text;
pub mod tile;
pub mod verify;

pub use checkpoint::{Checkpoint, TreeHead};
pub use consistency::{Consistency, Growth};
pub use edge::Edge;
pub use export::{ExportFile, export_files};
pub use hash::Hash;
pub use key::{SignerKey, VerifierKey};
pub use leaf::Leaf;
pub use proof::Inclusion;
pub use prove::{prove_consistency, prove_inclusion};
pub use receipt::Receipt;
pub use tile::{Span, Tile, TileId};
pub use verify::{Finding, verify_export};
