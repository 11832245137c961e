//! Keeping things: the ledger, the vault of personal values, the shop's data, the send queue.
//!
//! One process owns a directory; on a server several write to one store, by turns. Everything that changes what may be sent goes through
//! [`Store::record`]; what comes back is durable and known to the gate. Nothing here decides
//! anything. Start reading at [`command::Command`], then [`ledger`], then [`vault`].

pub mod backup;
pub mod command;
pub mod entropy;
pub mod error;
pub mod examine;
pub mod ledger;
pub mod log;
pub mod place;
pub mod vault;

mod address;
mod campaign;
mod code;
mod correct;
mod db;
mod detach;
mod door;
mod durability;
mod erasure;
mod event;
mod fresh;
mod hand_over;
mod histories;
mod hold;
mod journal;
mod lease;
mod merge;
mod message;
mod moving;
mod once;
mod opening;
mod order;
mod owner;
mod person;
mod policy;
mod product;
mod queue;
mod recall;
mod refuse;
mod replay;
mod reservation;
mod retention;
mod safe_begun;
mod writer;

pub use address::{KeyVersionUse, Moved};
pub use campaign::{Campaign, CampaignState};
pub use code::{Code, Tried};
pub use command::{Command, Contact, Refusing, Whom};
pub use db::postgres::{Server, ServerError};
pub use door::{ApiKey, ImportRun};
pub use durability::Durability;
pub use entropy::Entropy;
pub use erasure::{Cause, Erasing, Erasure};
pub use error::{Refused, StoreError};
pub use event::Counted;
pub use hand_over::{Batch, Batched, HandOver, WIDTH as BATCH_WIDTH, hand_over_leaf};
pub use hold::Hold;
pub use izin_core::{hex, unhex};
pub use journal::{BareNo, Noted, NotedHold, Said};
pub use ledger::{Committed, IndexKey, Mark, Recorded};
pub use log::Disclosed;
pub use message::{Message, MessageState, Tally};
pub use moving::{
    MoveError, Moved as MovedStore, Progress as MoveProgress, Way, copy_ahead, move_store,
};
pub use once::{Answered, Entered, Together};
pub use order::{KeptOrder, Line, Order, OrderPages, PlacedOrders};
pub use owner::Owner;
pub use person::{KnownIdentifier, Profile};
pub use place::{Place, Servers};
pub use policy::PublishedPolicy;
pub use product::Product;
pub use queue::{
    Listed, NOTE_BYTES_MAX, NewItem, QueueCount, QueueItem, QueueKind, QueueOutcome, QueueSettled,
    Queued, Review,
};
pub use reservation::{
    Addressee, Open, ROOM_MINUTES, Reach, ReservationId, SENDS_KEPT_DAYS, SendChange, Settled,
};
pub use retention::{ANSWERS_KEPT_HOURS, Due, RetentionRun};
pub use safe_begun::give_up as give_up_safe;
pub use vault::{Hasher, KeyVersion, LookupHash, SuppressionHash};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use izin_core::{Entry, Seq, SubjectId, Timestamp};

use db::{Db, Home, Readers};
use histories::{Histories, Recent};
use place::Homes;
use vault::{Keyring, Keyrings};
use writer::Writer;

/// Up to where what other processes told besides entries is known.
#[derive(Debug, Clone, Copy)]
pub struct Heard(u64);

/// One company's store: a directory, or a schema on a server with what is this process's own in a directory.
pub struct Store {
    dir: PathBuf,
    homes: Homes,
    entropy: Entropy,
    writer: Writer,
    readers: Arc<Readers>,
    keys: Arc<Keyrings>,
    hasher: Hasher,
    /// One backup at a time: each opens its copies in the same folder.
    backing_up: Arc<Mutex<()>>,
    _owner: Owner,
}

impl Store {
    /// Opens the store in `dir`, making it when the directory is new or empty. The caller has
    /// become its owner before (see [`Owner::take`]). What the journal in `safe` remembers and the
    /// ledger does not is entered first.
    ///
    /// # Errors
    /// [`StoreError`] when files cannot be used, or were written by a newer version.
    pub fn open(place: Place<'_>, owner: Owner, entropy: Entropy) -> Result<Self, StoreError> {
        let opened = Self::open_at(place, owner, entropy);
        opened.map_err(|why| opening::told(why, place.servers))
    }

    fn open_at(place: Place<'_>, owner: Owner, entropy: Entropy) -> Result<Self, StoreError> {
        let Place {
            dir, safe, master, ..
        } = place;
        let homes = place.homes();
        match place.servers {
            None => opening::refuse_loss_of_files(dir, safe)?,
            Some(servers) => opening::refuse_loss_on(servers, dir)?,
        }
        // What a backup or a restore had opened when it was killed.
        for left in [place::BACKING_UP, place::RESTORING] {
            drop(std::fs::remove_dir_all(dir.join(left)));
        }
        let keys_dir = dir.join(place::KEYS_FOLDER);
        let keyring = Keyring::open((&keys_dir, &homes.keys), master, &entropy)?;
        let db = homes.data.open_writer()?;
        homes.data.migrate(&db)?;
        opening::refuse_people_without_data(&db, &keyring, dir)?;
        address::take_stock(&db, keyring.hasher())?;
        let hasher = keyring.hasher().clone();
        let keys = Arc::new(Keyrings::beside(&keyring, &homes.keys)?);
        Ok(Self {
            dir: dir.to_owned(),
            entropy: entropy.clone(),
            writer: Writer::start(db, keyring, entropy, (dir, safe))?,
            readers: Arc::new(Readers::of(homes.data.clone())),
            homes,
            keys,
            hasher,
            backing_up: Arc::default(),
            _owner: owner,
        })
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The store's source of randomness.
    #[must_use]
    pub const fn entropy(&self) -> &Entropy {
        &self.entropy
    }

    /// Hashes identifiers under the store's keys.
    #[must_use]
    pub const fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// A key that belongs to a service and to no person.
    ///
    /// # Errors
    /// [`StoreError`] when the key database fails.
    pub fn service_key(&self, name: &str) -> Result<vault::Key, StoreError> {
        self.keys.read(|keys| keys.service_key(name))
    }

    /// What seals files made from what the vault holds. Every erasure makes older ones useless.
    ///
    /// # Errors
    /// [`StoreError`] when the key database fails.
    pub fn epoch(&self) -> Result<vault::Sealer, StoreError> {
        let key = self.service_key(erasure::EPOCH)?;
        Ok(vault::Sealer::new(key, self.entropy.clone()))
    }

    /// Tells `tell` of every entry once it is durable and before its writer is answered. Named
    /// once, before the first write.
    pub fn subscribe(&self, tell: impl Fn(&[Committed]) + Send + Sync + 'static) {
        self.writer.subscribe(Box::new(tell));
    }

    /// Up to where other processes told what is no entry: asked before anything is replayed.
    ///
    /// # Errors
    /// [`StoreError`] when the server cannot be asked.
    pub fn heard(&self) -> Result<Heard, StoreError> {
        if self.is_alone() {
            return Ok(Heard(0));
        }
        let db = self.readers.take()?;
        Ok(Heard(ledger::End::read(&db)?.line))
    }

    /// Tells subscribers of what other processes enter on the same server too, from an entry on: everything
    /// before it they know, and what was told otherwise up to `heard`, which somebody may hear twice. Called once,
    /// before the first write; where this process is alone it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the server cannot be followed.
    pub fn follow(&mut self, next: Seq, heard: Heard) -> Result<(), StoreError> {
        if self.is_alone() {
            return Ok(());
        }
        let keys = self.keys.open()?;
        self.writer
            .follow(&self.homes.data, keys, (next.0, heard.0))
    }

    /// Says whether what subscribers were told is all there is, as [`Store::is_confirmed`]; none where this
    /// process is alone, and it always is.
    #[must_use]
    pub fn confirmation(&self) -> Option<impl Fn() -> bool + Send + Sync + use<>> {
        let confirmed = self.writer.confirmed();
        (!self.is_alone()).then_some(move || confirmed.holds())
    }

    /// Whether no other process writes to the store.
    #[must_use]
    pub const fn is_alone(&self) -> bool {
        matches!(self.homes.data, Home::File(_))
    }

    /// Whether what subscribers were told is all there is, as of some seconds ago at most. Where it is not,
    /// somebody may have refused what would be allowed here.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.is_alone() || self.writer.confirmed().holds()
    }

    /// Tells `tell` that API keys were made or revoked, here or elsewhere. Named once, before the first write.
    pub fn subscribe_doors(&self, tell: impl Fn() + Send + Sync + 'static) {
        self.writer.subscribe_doors(Box::new(move |_| tell()));
    }

    /// Whether every no that the gate was told of is durable, and a second time in the journal. While it
    /// is not, that the gate knows a no is no reason to call it done.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.writer.is_settled()
    }

    /// Whether the last no that was said could be made durable, in the ledger and in the journal. Where it
    /// could not, it is tried again every second.
    #[must_use]
    pub fn keeps_noes(&self) -> bool {
        self.writer.keeps_noes()
    }

    /// Tells `tell` of addresses that are found under other hashes, between the entries before and after
    /// that. Named once, before the first write.
    pub fn subscribe_moved(&self, tell: impl Fn(&[Moved]) + Send + Sync + 'static) {
        self.writer.subscribe_moved(Box::new(tell));
    }

    /// Tells `tell` of noes that could not be entered yet, once they are journalled: they count. Named
    /// once, before the first write.
    pub fn subscribe_owed(&self, tell: impl Fn(&[Noted]) + Send + Sync + 'static) {
        self.writer.subscribe_owed(Box::new(tell));
    }

    /// One person's entries, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn history(&self, subject: SubjectId) -> Result<Vec<Entry>, StoreError> {
        let recent = self.recent();
        self.read(move |db| ledger::history(Histories::new(db, &recent), subject))
            .await
    }

    /// When a person was first heard of; `None` for somebody without an entry.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn known_since(&self, subject: SubjectId) -> Result<Option<Timestamp>, StoreError> {
        let recent = self.recent();
        self.read(move |db| ledger::known_since(Histories::new(db, &recent), subject))
            .await
    }

    /// When the newest entry dated before a moment was recorded, whatever stands behind it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn recorded_before(
        &self,
        moment: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |db| ledger::recorded_before(db, moment))
            .await
    }

    fn recent(&self) -> Arc<Recent> {
        Arc::clone(self.writer.recent())
    }

    /// Runs a reading job on a connection of its own, off the caller's thread.
    async fn read<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Db) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let readers = Arc::clone(&self.readers);
        let turn = readers.turn().await?;
        let work = move || {
            let db = readers.take()?;
            let result = job(&db);
            readers.put_back(db);
            drop(turn);
            result
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| StoreError::Stopped)?
    }

    /// Runs a reading job that opens sealed values.
    async fn read_sealed<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Db, &Keyring) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let keys = Arc::clone(&self.keys);
        self.read(move |db| keys.read(|keys| job(db, keys))).await
    }

    /// As [`Store::read_sealed`] where many rows are read: from one state of the data and one of the keys,
    /// which also spares a lock and a look for news with each of them. The job makes no key.
    async fn read_many<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Db, &Keyring) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        self.read_sealed(move |db, keys| keys.in_one_state(db, || job(db, keys)))
            .await
    }
}
