//! What a job knows without asking: which identifiers nobody holds, and what is kept of people whom it made itself.
//! A server is asked about all of them at once, where otherwise each would be a way there and back.

use std::collections::{HashMap, HashSet};

use izin_core::{Identifier, IdentifierId, IdentifierKind, SubjectId};

use crate::command::Command;
use crate::db::{Own, Question, exists, params};
use crate::histories::SUPPRESSED;
use crate::vault::LookupHash;
use crate::writer::Tx;
use crate::{Store, StoreError};

/// Whether anybody holds an identifier.
const HELD: &str = "select 1 from identifiers where lookup_hash = ?1 limit 1";

/// An identifier that a person holds.
pub(crate) type Held = (IdentifierId, IdentifierKind, LookupHash);

/// What a job knows.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    /// Identifiers that nobody holds.
    free: HashSet<LookupHash>,
    /// People who were made in this job.
    made: HashMap<SubjectId, Made>,
}

/// All that is kept of a person besides acts.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) holds: Vec<Held>,
    has_profile: bool,
}

impl Fresh {
    /// Whether it is known that nobody holds an identifier.
    pub(crate) fn is_free(&self, lookup: &LookupHash) -> bool {
        self.free.contains(lookup)
    }

    /// A person was made.
    pub(crate) fn make(&mut self, subject: SubjectId) {
        self.made.insert(subject, Made::default());
    }

    /// What is kept of a person who was made in this job.
    pub(crate) fn made(&self, subject: SubjectId) -> Option<&Made> {
        self.made.get(&subject)
    }

    /// Whether a profile is the first of a person who was made in this job; it is not, the next time.
    pub(crate) fn is_first_profile(&mut self, subject: SubjectId) -> bool {
        let made = self.made.get_mut(&subject);
        made.is_some_and(|own| !std::mem::replace(&mut own.has_profile, true))
    }

    /// Somebody holds an identifier from here on.
    pub(crate) fn hold(&mut self, subject: SubjectId, held: Held) {
        self.free.remove(&held.2);
        if let Some(made) = self.made.get_mut(&subject) {
            made.holds.push(held);
        }
    }

    /// Nothing is known any more: people are put together, or lose something.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Store {
    /// What commands will ask that no other command of theirs changes.
    pub(crate) fn asked_of_contacts(&self, commands: &[Command]) -> Vec<Question> {
        if self.is_alone() {
            return Vec::new();
        }
        let asked = identifiers(commands).map(|own| {
            let hash = self.hasher.suppression_to_keep(own);
            (SUPPRESSED, vec![Own::Bytes(hash.as_bytes().to_vec())])
        });
        asked.collect()
    }
}

impl Tx<'_> {
    /// Finds out which identifiers nobody holds. While addresses move to other keys, each is asked for apart.
    pub(crate) fn look_ahead(&mut self, commands: &[Command]) -> Result<(), StoreError> {
        if self.node.is_none() || !self.keys.hasher().is_settled() {
            return Ok(());
        }
        let hasher = self.keys.hasher();
        let lookups: HashSet<_> = identifiers(commands)
            .map(|own| hasher.lookup(own))
            .collect();
        let asked = lookups
            .iter()
            .map(|own| (HELD, vec![Own::Bytes(own.as_bytes().to_vec())]));
        self.db.ask_ahead(&asked.collect::<Vec<_>>())?;
        for own in lookups {
            if !exists(self.db, HELD, params![own.as_bytes()])? {
                self.fresh.free.insert(own);
            }
        }
        Ok(())
    }
}

/// What people are found by who are told of; one alone is asked for when it comes to it.
fn identifiers(commands: &[Command]) -> impl Iterator<Item = &Identifier> {
    let several = commands.len() > 1;
    let contacts = commands.iter().filter_map(move |own| match own {
        Command::Contact(contact) if several => Some(contact),
        _ => None,
    });
    contacts.flat_map(|contact| &contact.identifiers)
}
