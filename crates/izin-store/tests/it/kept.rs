//! A store in a folder of its own, and short words for what is recorded in it.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::{
    Act, Channel, Entry, Identifier, Origin, RefusalKind, Scope, SubjectId, Timestamp,
};
use izin_log::Hash;
use izin_store::{
    Command, Contact, Entropy, Profile, Reach, Recorded, Refusing, Servers, Store, StoreError, Whom,
};
pub(crate) use izin_testkit::policy::email;
use izin_testkit::policy::purpose_id;
pub(crate) use izin_testkit::world::NOON;

pub(crate) use super::folder::{Copied, Folder, STARTING, is_on_a_server, open_on};

pub(crate) struct Kept {
    store: Option<Store>,
    opened: u64,
    pub(crate) folder: Folder,
}

impl Deref for Kept {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store.as_ref().unwrap()
    }
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self::with_seed(0)
    }

    /// Another store than that of [`Kept::new`], with other keys.
    pub(crate) fn with_seed(opened: u64) -> Self {
        let mut kept = Self {
            store: None,
            opened,
            folder: Folder::new(),
        };
        kept.reopen();
        kept
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The servers that keep it, if any do.
    pub(crate) fn servers(&self) -> Option<Servers> {
        self.folder.address().as_deref().map(super::folder::servers)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub(crate) fn close(&mut self) {
        self.store = None;
    }

    pub(crate) fn reopen(&mut self) {
        self.try_reopen().unwrap();
    }

    /// Closes the store and opens it again, with another seed: a seeded stream begins anew.
    pub(crate) fn try_reopen(&mut self) -> Result<(), StoreError> {
        self.close();
        self.opened += 1;
        self.store = Some(self.folder.open(Entropy::seeded(self.opened))?);
        Ok(())
    }

    pub(crate) async fn put(&self, command: Command) -> Recorded {
        self.record(vec![command], NOON)
            .await
            .unwrap()
            .pop()
            .unwrap()
    }

    /// Makes a person, or gives one something new.
    pub(crate) async fn person(&self, identifiers: &[Identifier]) -> SubjectId {
        self.put(contact(identifiers)).await.subject.unwrap()
    }

    /// The person's live refusals, as kind, scope and origin.
    pub(crate) async fn refusals(&self, subject: SubjectId) -> Vec<(RefusalKind, Scope, Origin)> {
        let history = self.history(subject).await.unwrap();
        history.into_iter().filter_map(refusal).collect()
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.replay(None, |some| {
            entries.extend(some.into_iter().map(|own| own.entry))
        })
        .unwrap();
        entries
    }

    /// The root of the tree, from the leaves alone.
    pub(crate) async fn root_of_leaves(&self) -> Hash {
        let leaves = self.leaves(0, u64::from(u32::MAX)).await.unwrap();
        let hashes: Vec<Hash> = leaves.iter().map(izin_log::Leaf::hash).collect();
        izin_log::hash::tree_root(&hashes)
    }

    /// Sequence without a gap, and a tree that is the tree of its entries.
    pub(crate) async fn assert_in_order(&self) {
        let head = self.head().await.unwrap();
        let places: Vec<u64> = self.entries().iter().map(|entry| entry.seq.0).collect();
        assert_eq!(places, (0..head.size).collect::<Vec<_>>());
        assert_eq!(head.root, self.root_of_leaves().await);
    }
}

fn refusal(entry: Entry) -> Option<(RefusalKind, Scope, Origin)> {
    match entry.act {
        Act::Refused {
            refusal,
            scope,
            origin,
            ..
        } => Some((refusal, scope, origin)),
        _ => None,
    }
}

/// A person without an address.
pub(crate) const fn alone(subject: SubjectId) -> Reach {
    Reach {
        subject,
        addresses: Vec::new(),
    }
}

pub(crate) fn customer(number: &str) -> Identifier {
    Identifier::customer(number).unwrap()
}

pub(crate) fn phone(number: &str) -> Identifier {
    Identifier::phone(number, "ID").unwrap()
}

pub(crate) fn contact(identifiers: &[Identifier]) -> Command {
    Command::Contact(Box::new(Contact {
        identifiers: identifiers.to_vec(),
        ..Contact::default()
    }))
}

/// A contact that needs the person's profile key.
pub(crate) fn named_contact(identifiers: &[Identifier], name: &str) -> Command {
    Command::Contact(Box::new(Contact {
        identifiers: identifiers.to_vec(),
        profile: Profile {
            name: Some(name.to_owned()),
            ..Profile::default()
        },
        ..Contact::default()
    }))
}

pub(crate) fn consent(subject: SubjectId, detail: &str) -> Command {
    Command::Act {
        subject: Some(subject),
        act: consented("marketing", Channel::Email),
        detail: Some(detail.to_owned()),
    }
}

/// A proven yes that names no address.
pub(crate) fn consented(purpose: &str, channel: Channel) -> Act {
    Act::Consented {
        purpose: purpose_id(purpose),
        channel,
        topic: None,
        identifier: None,
        occurred_at: NOON,
        evidence: Evidence::Recorded,
        policy: 1,
        origin: Origin::Page,
        manner: Manner::default(),
    }
}

/// An act that can be told from every other by its number.
pub(crate) fn numbered(subject: SubjectId, number: i64) -> Command {
    let until = Timestamp::from_micros(number);
    Command::Act {
        subject: Some(subject),
        act: Act::Paused {
            channel: None,
            until,
            origin: Origin::Page,
        },
        detail: None,
    }
}

pub(crate) fn opt_out(whom: Whom, scope: Scope) -> Command {
    Command::Refuse(Refusing {
        whom,
        refusal: RefusalKind::OptedOut,
        scope,
        occurred_at: NOON,
        origin: Origin::OneClick,
        detail: None,
    })
}
