//! What can go wrong with keeping things.

use std::path::PathBuf;

/// Why the store could not do what was asked. Never carries a stored value.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The directory belongs to a running process.
    #[error("`{dir}` is in use by a running izin; stop it, or let this command talk to it")]
    Owned {
        /// The data directory.
        dir: PathBuf,
    },
    /// A file or directory could not be used.
    #[error("cannot {what} `{path}`: {why}")]
    File {
        /// What was tried, as `write`.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// The operating system's words.
        why: String,
    },
    /// The database refused or failed.
    #[error("the database failed: {0}")]
    Database(String),
    /// A row breaks a rule of its table.
    #[error("the database refused a row: {0}")]
    Constraint(String),
    /// The database takes no writes: a full or read-only disk, a failed device, a server that is away.
    #[error("the database takes no writes: {0}")]
    Unwritable(String),
    /// A stored value is not what was written.
    #[error("stored {what} is damaged")]
    Damaged {
        /// Which value.
        what: &'static str,
    },
    /// The folder was written by another version.
    #[error(
        "the data folder has schema {found}, this izin reads up to {known}; use the newer izin"
    )]
    NewerSchema {
        /// In the folder.
        found: u32,
        /// In this program.
        known: u32,
    },
    /// The linked SQLite has a known corruption fault.
    #[error("SQLite {found} is too old; 3.51.3 or newer is needed")]
    OldSqlite {
        /// The version found.
        found: &'static str,
    },
    /// The store cannot be moved.
    #[error(transparent)]
    Move(#[from] crate::moving::MoveError),
    /// A PostgreSQL server cannot be used.
    #[error(transparent)]
    Server(#[from] crate::db::postgres::ServerError),
    /// A server's databases are backed up by its own tools.
    #[error(
        "the data are on a PostgreSQL server: back up both its databases there, with pg_dump or pgBackRest, that of \
         the keys apart and for 30 days at most"
    )]
    BackUpThere,
    /// A server was lost while it wrote.
    #[error(
        "the database did not say in time whether the write was kept; look whether it stands, or send it again: with \
         the same Idempotency-Key it is done once"
    )]
    InDoubt,
    /// The group of writes was not committed.
    #[error("the write was not committed and changed nothing; try again, and look for a full disk")]
    NotCommitted,
    /// The store takes no writes; what takes something away is journalled and counts here already.
    #[error(
        "the store takes no writes now; what was said was written down and counts here already, and is \
         entered when the store returns: send it again until it is confirmed"
    )]
    Owed,
    /// The store takes no writes; the noes of an erasure are journalled and count already.
    #[error(
        "the store takes no writes now, and nobody was erased; that they are not contacted was written down and \
         counts here already: ask for the erasure again when the store is back"
    )]
    NotErased,
    /// The writer ended before it could say what became of a write.
    #[error(
        "the store stopped before it could say whether the write was kept; look whether it stands, or send it \
         again once izin is back"
    )]
    Unanswered,
    /// The writer has stopped; nothing more is accepted.
    #[error("the store has stopped after a fault; restart izin")]
    Stopped,
    /// The ledger's own rules do not allow it; nothing was recorded.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The journal that the store knows to be there is not.
    #[error(
        "the safe `{safe}` has no journal of refusals, and one was begun: a refusal said since the last \
         backup may stand nowhere else. Bring its disk or folder back; if it is lost for good, \
         `izin log new-safe` lets the next start begin a new one"
    )]
    SafeMissing {
        /// The folder.
        safe: PathBuf,
    },
    /// The safe has no checkpoint, and the log was signed.
    #[error(
        "the safe `{safe}` has no checkpoint any more, and the log was signed: without it nobody sees whether an \
         older backup was put back. Bring the safe back as it was; if it is lost for good, `izin log new-safe` \
         lets the next start go on without it"
    )]
    CheckpointMissing {
        /// The folder.
        safe: PathBuf,
    },
    /// A restore was broken off before there were data.
    #[error(
        "a restore broke off here, and nothing is begun in its place: call `izin restore` again. To begin a new \
         shop instead, take `{}` away", restoring.display()
    )]
    RestoreBroken {
        /// What it left.
        restoring: PathBuf,
    },
    /// The journal is not as it was left.
    #[error(
        "lines are gone from the journal of refusals in the safe `{safe}`, or were changed: a refusal said since \
         the last backup may stand nowhere else. Bring the safe back as it was; if that is lost for good, \
         `izin log new-safe` lets the next start go on with what can be read"
    )]
    SafeDamaged {
        /// The folder.
        safe: PathBuf,
    },
    /// A safe is there, and the data it belongs to are not.
    #[error(
        "the safe `{safe}` belongs to data that are not in `{dir}`: mount their disk, or restore a backup; to \
         begin anew there, move the safe away"
    )]
    DataMissing {
        /// The safe.
        safe: PathBuf,
        /// The data directory.
        dir: PathBuf,
    },
    /// The data were kept under newer keys than there are.
    #[error(
        "addresses are hashed under version {needed} of their keys, and the key database has {found} at most; \
         bring back the newest `keys` folder: under this one refusals would not be found"
    )]
    OldKeys {
        /// What the data or the journal need.
        needed: u8,
        /// What there is.
        found: u8,
    },
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] crate::entropy::NoEntropy),
}

/// Why something cannot be recorded, though nothing is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// From and into are one.
    #[error("a person cannot be merged into themselves")]
    SamePerson,
    /// Nobody, or somebody who was erased.
    #[error("nothing is known of the person")]
    UnknownPerson,
    /// A merge would become part of a chain or of a circle.
    #[error("the person is part of another merge; split that one first")]
    PartOfAMerge,
    /// There is nothing to split.
    #[error("the person was not merged into another")]
    NotMerged,
    /// There is nothing to detach.
    #[error("the person does not hold that identifier")]
    NotHeld,
    /// Beyond the ledger's end.
    #[error("the ledger has no such entry")]
    UnknownEntry,
    /// Only refusals, consents and what is known of a minor can be taken back.
    #[error("an entry of this kind cannot be corrected")]
    NotCorrectable,
    /// Once is enough.
    #[error("the entry was corrected or cleared before")]
    EndedBefore,
    /// Only a presumption can be cleared.
    #[error("the entry presumed no refusal")]
    NotPresumed,
    /// It is an opt-out by now.
    #[error("the time to clear the presumption is over; it counts as an opt-out")]
    PresumptionOver,
    /// A legal hold keeps the person's data as they are.
    #[error("a legal hold keeps the person's data; end it first")]
    OnHold,
    /// Each replacement makes every look-up a little slower.
    #[error("the keys of addresses were replaced as often as they can be")]
    KeyVersions,
    /// They would need the new key in the same moment.
    #[error(
        "other processes work on the same store, and each would need the new master key at once: stop them, rotate, \
         and copy the new key to each before it starts (one that was killed counts for 30 s)"
    )]
    OthersAtWork,
    /// Another process signs the log.
    #[error("another process of the same store signs the log")]
    NotTheSigner,
    /// No such version.
    #[error("no policy of that version was published")]
    UnknownPolicy,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, ConstraintViolation, DiskFull, ReadOnly, SystemIoFailure,
        };
        match error.sqlite_error_code() {
            Some(ConstraintViolation) => Self::Constraint(error.to_string()),
            Some(CannotOpen | DiskFull | ReadOnly | SystemIoFailure) => {
                Self::Unwritable(format!("{error}; look for a full or read-only disk"))
            }
            _ => Self::Database(error.to_string()),
        }
    }
}

impl StoreError {
    /// The same, said of a store that takes no writes.
    pub(crate) fn unwritable(self) -> Self {
        match self {
            Self::Unwritable(_) => self,
            other => Self::Unwritable(other.to_string()),
        }
    }

    /// A failed use of a file, with the operating system's words.
    pub(crate) fn file(what: &'static str, path: &std::path::Path, why: &std::io::Error) -> Self {
        Self::File {
            what,
            path: path.to_owned(),
            why: why.to_string(),
        }
    }
}
