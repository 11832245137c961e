//! Looking for what does not fit together in a data directory, without changing it.
//!
//! It reads beside a running owner and repairs nothing: a record that mends itself proves nothing.
//! What is told names places, never a value. Start at [`examine`]; a restore asks the same
//! questions before it puts anything in place.

mod database;
mod found_by;
mod ledger;
mod policy;
mod safe;
mod sending;
mod vault;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use izin_core::Timestamp;
use izin_log::{SignerKey, TreeHead};

use crate::db::postgres::schema;
use crate::db::{Db, one};
use crate::durability::{self, Durability};
use crate::vault::{Keyring, MasterSource};
use crate::{Entropy, Place, StoreError, opening, place, safe_begun};
pub(crate) use database::integrity;
pub use safe::examine_safe;

/// Findings told one by one; more are counted.
const FINDINGS_MAX: usize = 200;
/// Values without their keys that are named: after a restore without people's keys every value is one, and
/// they would leave no room for anything else.
const KEYS_MISSING_MAX: usize = 3;
/// How far the last entry may be ahead of the clock, in seconds.
const CLOCK_AHEAD_SECONDS: i64 = 300;

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// A file that belongs to the data is not there.
    FileMissing,
    /// SQLite finds a database damaged.
    DatabaseDamaged,
    /// A newer izin wrote the data.
    SchemaNewer,
    /// An older izin wrote the data; the next start migrates them.
    SchemaOlder,
    /// Numbers are missing in the ledger.
    LedgerGap,
    /// An entry cannot be read.
    EntryUnreadable,
    /// An entry is not what its leaf commits to.
    LeafDiffers,
    /// A tile is not what the leaves make.
    TileDiffers,
    /// A checkpoint does not open under the log's key.
    CheckpointForged,
    /// A checkpoint signed another log than this one.
    CheckpointDiffers,
    /// More was signed than is here.
    LedgerShorter,
    /// Values of a person are kept whose keys are gone.
    KeysMissing,
    /// A sealed value does not open under its key.
    ValueClosed,
    /// What was said in words beside an entry is gone, or another.
    DetailDiffers,
    /// A policy is gone, or is not the one that was published.
    PolicyDiffers,
    /// A person is not found by their identifier.
    HashDiffers,
    /// A suppression has no entry in the ledger.
    SuppressionUnfounded,
    /// An entry suppresses an address, and no suppression is kept.
    SuppressionLost,
    /// Room is held for a message that does not exist.
    RoomStuck,
    /// A batch of hand-overs is not what its entry commits to, or is not there.
    BatchDiffers,
    /// Whether messages arrived is not known.
    MessagesInDoubt,
    /// Others on this machine can read the keys or the data.
    OpenToOthers,
    /// Lines of the journal of refusals are gone or were changed, or it is another shop's.
    JournalDamaged,
    /// The log was signed, and the safe has no checkpoint.
    CheckpointMissing,
    /// The checkpoints that were signed are gone from the data.
    CheckpointsLost,
    /// A legal hold that the journal remembers stands nowhere any more.
    HoldLost,
    /// An entry is not found by whom it is about.
    EntryUnfindable,
    /// The clock is behind the last entry.
    ClockBehind,
}

impl Wrong {
    /// Everything that can be wrong.
    pub const ALL: [Self; 28] = [
        Self::FileMissing,
        Self::DatabaseDamaged,
        Self::SchemaNewer,
        Self::SchemaOlder,
        Self::LedgerGap,
        Self::EntryUnreadable,
        Self::LeafDiffers,
        Self::TileDiffers,
        Self::CheckpointForged,
        Self::CheckpointDiffers,
        Self::LedgerShorter,
        Self::KeysMissing,
        Self::ValueClosed,
        Self::DetailDiffers,
        Self::PolicyDiffers,
        Self::HashDiffers,
        Self::SuppressionUnfounded,
        Self::SuppressionLost,
        Self::RoomStuck,
        Self::BatchDiffers,
        Self::MessagesInDoubt,
        Self::OpenToOthers,
        Self::JournalDamaged,
        Self::CheckpointMissing,
        Self::CheckpointsLost,
        Self::HoldLost,
        Self::EntryUnfindable,
        Self::ClockBehind,
    ];

    /// Its code, as machines read it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FileMissing => "file_missing",
            Self::DatabaseDamaged => "database_damaged",
            Self::SchemaNewer => "schema_newer",
            Self::SchemaOlder => "schema_older",
            Self::LedgerGap => "ledger_gap",
            Self::EntryUnreadable => "entry_unreadable",
            Self::LeafDiffers => "leaf_differs",
            Self::TileDiffers => "tile_differs",
            Self::CheckpointForged => "checkpoint_forged",
            Self::CheckpointDiffers => "checkpoint_differs",
            Self::LedgerShorter => "ledger_shorter",
            Self::KeysMissing => "keys_missing",
            Self::ValueClosed => "value_closed",
            Self::DetailDiffers => "detail_differs",
            Self::PolicyDiffers => "policy_differs",
            Self::HashDiffers => "hash_differs",
            Self::SuppressionUnfounded => "suppression_unfounded",
            Self::SuppressionLost => "suppression_lost",
            Self::RoomStuck => "room_stuck",
            Self::BatchDiffers => "batch_differs",
            Self::MessagesInDoubt => "messages_in_doubt",
            Self::OpenToOthers => "open_to_others",
            Self::JournalDamaged => "journal_damaged",
            Self::CheckpointMissing => "checkpoint_missing",
            Self::CheckpointsLost => "checkpoints_lost",
            Self::HoldLost => "hold_lost",
            Self::EntryUnfindable => "entry_unfindable",
            Self::ClockBehind => "clock_behind",
        }
    }

    /// Whether it is only for somebody to know; the rest is wrong.
    #[must_use]
    pub const fn is_note(self) -> bool {
        matches!(self, Self::SchemaOlder | Self::MessagesInDoubt)
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub wrong: Wrong,
    /// Where: a file, an entry, the random name of a person.
    pub place: String,
    /// How many more of the kind there are, of which this is the last that is named.
    pub more: u64,
}

/// What an examination found.
#[derive(Debug, Default)]
pub struct Examined {
    /// In the order found.
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub left_out: u64,
    /// Whether a journal of refusals was begun in the safe for these entries.
    pub safe_begun: bool,
    /// Size and root of the ledger, computed from every entry; none where it could not be read.
    pub head: Option<TreeHead>,
    /// Where a write is when it is acknowledged; none where the data could not be read.
    pub durability: Option<Durability>,
    /// By how many seconds the clock here is ahead of the server's; none where no server keeps the data.
    pub clock_ahead: Option<i64>,
}

impl Examined {
    fn found(&mut self, wrong: Wrong, place: impl std::fmt::Display) {
        let mut same = self.findings.iter_mut().filter(|own| own.wrong == wrong);
        if let (Wrong::KeysMissing, Some(last)) = (wrong, same.nth(KEYS_MISSING_MAX - 1)) {
            last.more += 1;
        } else if self.findings.len() < FINDINGS_MAX {
            let place = place.to_string();
            self.findings.push(Finding {
                wrong,
                place,
                more: 0,
            });
        } else {
            self.left_out += 1;
        }
    }

    /// Whether something is wrong; notes are not.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.left_out > 0 || self.findings.iter().any(|own| !own.wrong.is_note())
    }
}

/// Told how many entries were examined, of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

fn clock_ahead(db: &Db, now: Timestamp) -> Result<Option<i64>, StoreError> {
    if !db.is_shared() || schema::schema(db)? == 0 {
        return Ok(None);
    }
    let there: i64 = one(db, "select micros_now()", &[], |row| row.get(0))?;
    Ok(Some((now.as_micros() - there) / 1_000_000))
}

/// Examines a store, whether or not somebody owns it.
///
/// # Errors
/// [`StoreError`] when there is nothing to examine, or it cannot be read at all.
pub fn examine(
    at: Place<'_>,
    entropy: &Entropy,
    (now, told): (Timestamp, Progress<'_>),
) -> Result<Examined, StoreError> {
    let mut examined = Examined::default();
    let Place { dir, master, .. } = at;
    let [path, keys, master_key] =
        [place::DATA, place::KEYS, place::MASTER].map(|own| dir.join(own));
    let in_file = matches!(master, MasterSource::File).then_some(&master_key);
    let files = at.servers.is_none().then_some([&path, &keys]);
    for own in files.into_iter().flatten().chain(in_file) {
        if !own.is_file() {
            examined.found(Wrong::FileMissing, own.display());
        }
    }
    rights(dir, &mut examined)?;
    if !examined
        .findings
        .iter()
        .all(|own| own.wrong != Wrong::FileMissing)
    {
        return Ok(examined);
    }
    let homes = at.homes();
    let db = homes.data.open_reader()?;
    examined.durability = Some(durability::read(&db)?);
    examined.clock_ahead = clock_ahead(&db, now)?;
    if at.servers.is_none() {
        integrity(&db, &path, &mut examined);
        integrity(&homes.keys.open_reader()?, &keys, &mut examined);
    }
    if !database::is_readable(&db, &path, &mut examined)? {
        return Ok(examined);
    }
    examined.safe_begun = safe_begun::is_begun(dir, &db)?;
    let keyring = match Keyring::look(
        (&dir.join(place::KEYS_FOLDER), &homes.keys),
        master,
        entropy,
    ) {
        Ok(keyring) => keyring,
        Err(_) => {
            match at.servers {
                Some(servers) if !opening::has_keys(&homes.keys)? => {
                    examined.found(Wrong::FileMissing, servers.keys.database());
                }
                _ => examined.found(Wrong::ValueClosed, master_key.display()),
            }
            return Ok(examined);
        }
    };
    if let Err(why) = contents(&db, &keyring, (now, told), &mut examined) {
        let place = format_args!("{}: {why}", path.display()).to_string();
        examined.found(Wrong::DatabaseDamaged, place);
    }
    Ok(examined)
}

/// Examines what a database holds, under the keys it was kept under.
pub(crate) fn contents(
    db: &Db,
    keys: &Keyring,
    (now, told): (Timestamp, Progress<'_>),
    examined: &mut Examined,
) -> Result<(), StoreError> {
    // One moment for all that is compared, though a server may be writing.
    let one_moment = db.reading()?;
    let last = ledger::examine(db, keys, told, examined)?;
    vault::examine(db, keys, examined)?;
    policy::examine(db, examined)?;
    found_by::examine(db, examined)?;
    sending::examine(db, examined)?;
    drop(one_moment);
    vault::excuse_erased(db, examined)?;
    if last.is_some_and(|last| last > now.plus_seconds(CLOCK_AHEAD_SECONDS)) {
        let ahead = last.map(|own| own.to_string()).unwrap_or_default();
        examined.found(
            Wrong::ClockBehind,
            format_args!("{now}, last entry {ahead}"),
        );
    }
    Ok(())
}

/// The key that signs the log, under the name that its checkpoints carry.
pub(crate) fn signer(keys: &Keyring, note: &str) -> Result<SignerKey, StoreError> {
    let seed = keys.service_key(crate::log::SIGNING_KEY)?;
    let origin = note.lines().next().unwrap_or_default();
    SignerKey::from_seed(origin, seed.expose()).map_err(|_| StoreError::Damaged {
        what: "checkpoint (the name of its log)",
    })
}

/// Keys and data are for this user alone.
fn rights(dir: &Path, examined: &mut Examined) -> Result<(), StoreError> {
    const OTHERS: u32 = 0o077;
    for path in [dir.to_owned(), dir.join(place::MASTER)] {
        if let Ok(found) = fs::metadata(&path)
            && found.permissions().mode() & OTHERS != 0
        {
            examined.found(Wrong::OpenToOthers, path.display());
        }
    }
    if dir.is_dir() {
        return Ok(());
    }
    let why = std::io::Error::from(std::io::ErrorKind::NotFound);
    Err(StoreError::file("read", dir, &why))
}
