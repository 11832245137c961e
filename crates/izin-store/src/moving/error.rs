//! Why a store cannot be moved.

use std::path::PathBuf;

/// Why a store cannot be moved. It is where it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// No servers are named.
    #[error("no server is named; write its address into [postgresql] of izin.toml")]
    NoServers,
    /// No izin of this version opened the store yet.
    #[error(
        "the store was last opened by another version of izin; start this one once before the move"
    )]
    Unopened,
    /// The files hold the shop, and the server none.
    #[error(
        "`{}` holds the shop, and the server that [postgresql] of izin.toml names holds none: `izin migrate --to postgresql` moves it there, or take [postgresql] out", file.display()
    )]
    Unmoved {
        /// The file.
        file: PathBuf,
    },
    /// There is nothing to move.
    #[error("there is no store at `{place}` to be moved")]
    Nothing {
        /// Where it was looked for.
        place: String,
    },
    /// A store is there already.
    #[error(
        "`{place}` holds a store already: if it was moved there before, there is nothing left to do; for another shop name another schema, or another folder"
    )]
    Taken {
        /// Where.
        place: String,
    },
    /// Somebody else's move was broken off there.
    #[error("`{place}` holds the unfinished move of another shop; remove it first")]
    Other {
        /// Where.
        place: String,
    },
    /// Processes write to it.
    #[error(
        "{processes} processes work on the store; stop them first (one that was killed counts for 30 s)"
    )]
    Busy {
        /// How many.
        processes: u64,
    },
    /// A table is not the same at both ends.
    #[error(
        "what was copied of `{table}` is not what was there; nothing was put in place, and the same command copies it anew"
    )]
    Differs {
        /// Which.
        table: String,
    },
    /// What was copied does not fit together, and did not before.
    #[error(
        "what was copied does not fit together ({what}): look with `izin doctor` at what is to be moved"
    )]
    Unsound {
        /// What is wrong, as doctor calls it.
        what: &'static str,
    },
}
