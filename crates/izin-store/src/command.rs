//! What may be asked of the ledger, and how it becomes entries.
//!
//! Commands are completed here, inside the writing transaction, because what they bring along
//! depends on what is true at that moment: a refusal reaches every holder of an address and stays
//! with the address; an address attached to anyone brings its refusals along (design §3.2).

use izin_core::{
    Act, Identifier, IdentifierId, IdentifierKind, Origin, RefusalKind, Scope, SubjectId, Timestamp,
};
use rusqlite::{OptionalExtension, params};

use crate::ledger::{Draft, IndexKey, Recorded};
use crate::person::Profile;
use crate::sqlite::{Tx, rows, run};
use crate::vault::{KEY_VERSION, SuppressionHash};
use crate::{Store, StoreError};

/// Commands recorded together at most; a longer list is for the caller to cut.
pub const COMMANDS_MAX: usize = 2_000;

/// Whom a refusal is about.
#[derive(Debug, Clone)]
pub enum Whom {
    /// A known person, with every address the scope reaches.
    Subject(SubjectId),
    /// An address, whoever holds it, known or not.
    Identifier(Identifier),
    /// The holder of a sealed link: the person, if still known, and the address it was sent to.
    Link(SubjectId, SuppressionHash),
}

/// A no to be entered.
#[derive(Debug, Clone)]
pub struct Refusing {
    /// Whom it is about.
    pub whom: Whom,
    /// What kind of no.
    pub refusal: RefusalKind,
    /// What it covers.
    pub scope: Scope,
    /// When it was said.
    pub occurred_at: Timestamp,
    /// Where it came in.
    pub origin: Origin,
    /// What was said, in words; kept sealed.
    pub detail: Option<String>,
}

/// A person to be found by their identifiers, or made.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// The most reliable first: customer number, e-mail address, telephone number.
    pub identifiers: Vec<Identifier>,
    /// What else is known; given fields replace stored ones.
    pub profile: Profile,
    /// Acts of the person, with details; refusals go in `refusals`.
    pub acts: Vec<(Act, Option<String>)>,
    /// What the person refused: kind, scope, when, where it came in.
    pub refusals: Vec<(RefusalKind, Scope, Timestamp, Origin)>,
}

/// One thing to record.
#[derive(Debug, Clone)]
pub enum Command {
    /// An act of a known person, or of nobody (a policy). Refusals go by [`Command::Refuse`].
    Act {
        /// Whom it is about.
        subject: Option<SubjectId>,
        /// What happened.
        act: Act,
        /// What was said, in words; kept sealed.
        detail: Option<String>,
    },
    /// A no.
    Refuse(Refusing),
    /// A person.
    Contact(Box<Contact>),
}

/// The outcome of a call that may be repeated with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered<T> {
    /// Done now.
    Now(T),
    /// Done before; this was answered then.
    Before(String),
}

impl Store {
    /// Records commands, all or none; answers the entry that stands for each. Durable and known
    /// to the gate when it returns.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; nothing was recorded then.
    pub async fn record(
        &self,
        commands: Vec<Command>,
        now: Timestamp,
    ) -> Result<Vec<Recorded>, StoreError> {
        debug_assert!(commands.len() <= COMMANDS_MAX);
        self.writer
            .write(move |tx| {
                commands
                    .into_iter()
                    .map(|command| tx.record(command, now))
                    .collect()
            })
            .await
    }

    /// Records one command once for each `key`; `answer` is what a repetition gets.
    ///
    /// # Errors
    /// As [`Store::record`].
    pub async fn record_once(
        &self,
        key: [u8; 32],
        command: Command,
        now: Timestamp,
        answer: impl FnOnce(&Recorded) -> String + Send + 'static,
    ) -> Result<Answered<Recorded>, StoreError> {
        const FIND: &str = "select answer from idempotency where hash = ?1";
        const KEEP: &str =
            "insert into idempotency (hash, answer, recorded_at) values (?1, ?2, ?3)";
        self.writer
            .write(move |tx| {
                let before: Option<String> = tx
                    .db
                    .prepare_cached(FIND)?
                    .query_row(params![key], |row| row.get(0))
                    .optional()?;
                if let Some(before) = before {
                    return Ok(Answered::Before(before));
                }
                let recorded = tx.record(command, now)?;
                run(
                    tx.db,
                    KEEP,
                    params![key, answer(&recorded), now.as_micros()],
                )?;
                Ok(Answered::Now(recorded))
            })
            .await
    }
}

impl Tx<'_> {
    fn record(&mut self, command: Command, now: Timestamp) -> Result<Recorded, StoreError> {
        match command {
            Command::Act {
                subject,
                act,
                detail,
            } => self.append(Draft {
                subject,
                recorded_at: now,
                act,
                detail,
                key: IndexKey::None,
            }),
            Command::Refuse(refusing) => self.refuse(refusing, now),
            Command::Contact(contact) => self.contact(*contact, now),
        }
    }

    /// Enters a refusal for every person concerned and as a suppression of every address it
    /// reaches. Answers the first person's entry, or the suppression's when nobody is known.
    fn refuse(&mut self, refusing: Refusing, now: Timestamp) -> Result<Recorded, StoreError> {
        let (mut holders, hashes) = self.reach(&refusing.whom, &refusing.scope)?;
        let named = holders.len();
        for hash in &hashes {
            for holder in self.holders(*hash)? {
                if !holders.contains(&holder) {
                    holders.push(holder);
                }
            }
        }
        let mut first = None;
        for (at, holder) in holders.into_iter().enumerate() {
            let own = at < named || named == 0;
            let recorded = self.append(Draft {
                subject: Some(holder),
                recorded_at: now,
                act: Act::Refused {
                    refusal: refusing.refusal,
                    scope: refusing.scope.clone(),
                    occurred_at: refusing.occurred_at,
                    origin: if own { refusing.origin } else { Origin::Izin },
                },
                detail: refusing.detail.clone().filter(|_| own),
                key: IndexKey::None,
            })?;
            first.get_or_insert(recorded);
        }
        for hash in hashes {
            let recorded = self.suppress(hash, &refusing, now)?;
            first = first.or(recorded);
        }
        first.ok_or(StoreError::Damaged {
            what: "refusal (it concerns nobody and no address)",
        })
    }

    /// The person a refusal names, and the hashes of the addresses it covers.
    fn reach(
        &self,
        whom: &Whom,
        scope: &Scope,
    ) -> Result<(Vec<SubjectId>, Vec<SuppressionHash>), StoreError> {
        match whom {
            Whom::Subject(subject) => Ok((vec![*subject], self.addresses(*subject, scope)?)),
            Whom::Identifier(identifier) => {
                Ok((Vec::new(), vec![self.keys.hasher().suppression(identifier)]))
            }
            Whom::Link(subject, hash) => {
                let mut hashes = self.addresses(*subject, scope)?;
                let known = !hashes.is_empty();
                if !hashes.contains(hash) {
                    hashes.push(*hash);
                }
                Ok((if known { vec![*subject] } else { Vec::new() }, hashes))
            }
        }
    }

    /// The suppression hashes of a person's identifiers on the scope's channel, or of all.
    fn addresses(
        &self,
        subject: SubjectId,
        scope: &Scope,
    ) -> Result<Vec<SuppressionHash>, StoreError> {
        const OWN: &str = "select kind, suppression_hash from identifiers where subject = ?1";
        let own: Vec<(u8, [u8; 16])> = rows(self.db, OWN, params![subject.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let reached = |kind: u8| {
            let kind = IdentifierKind::from_code(kind);
            scope
                .channel
                .is_none_or(|channel| kind.is_some_and(|kind| kind.reaches(channel)))
        };
        let hashes = own.into_iter().filter(|(kind, _)| reached(*kind));
        Ok(hashes
            .map(|(_, hash)| SuppressionHash::from_bytes(hash))
            .collect())
    }

    fn holders(&self, hash: SuppressionHash) -> Result<Vec<SubjectId>, StoreError> {
        const HOLDERS: &str =
            "select distinct subject from identifiers where suppression_hash = ?1 order by subject";
        rows(self.db, HOLDERS, params![hash.as_bytes()], |row| {
            row.get(0).map(SubjectId::from_bytes)
        })
    }

    /// Suppresses an address, unless the same no already stands for it.
    fn suppress(
        &mut self,
        hash: SuppressionHash,
        refusing: &Refusing,
        now: Timestamp,
    ) -> Result<Option<Recorded>, StoreError> {
        const KEEP: &str = "
            insert into suppressions (suppression, hash, key_version, seq)
            values (?1, ?2, ?3, ?4)";
        let stands = self.suppressions(hash)?;
        if stands.iter().any(|(kind, scope, at, _)| {
            *kind == refusing.refusal && *scope == refusing.scope && *at >= refusing.occurred_at
        }) {
            return Ok(None);
        }
        let suppression = IdentifierId::from_bytes(self.entropy.bytes()?);
        let recorded = self.append(Draft {
            subject: None,
            recorded_at: now,
            act: Act::IdentifierSuppressed {
                suppression,
                refusal: refusing.refusal,
                scope: refusing.scope.clone(),
                occurred_at: refusing.occurred_at,
                origin: refusing.origin,
            },
            detail: None,
            key: IndexKey::Suppressed(hash),
        })?;
        let row = params![
            suppression.as_bytes(),
            hash.as_bytes(),
            KEY_VERSION,
            recorded.seq.0
        ];
        run(self.db, KEEP, row)?;
        Ok(Some(recorded))
    }

    /// Every no that stands for an address.
    fn suppressions(
        &self,
        hash: SuppressionHash,
    ) -> Result<Vec<(RefusalKind, Scope, Timestamp, Origin)>, StoreError> {
        const LIVE: &str = "
            select e.seq, e.recorded_at, e.subject, e.act
            from suppressions s join entries e on e.seq = s.seq
            where s.hash = ?1 order by s.seq";
        let found = rows(self.db, LIVE, params![hash.as_bytes()], |row| {
            Ok(crate::ledger::entry(row))
        })?;
        let mut live = Vec::new();
        for entry in found {
            if let Act::IdentifierSuppressed {
                refusal,
                scope,
                occurred_at,
                origin,
                ..
            } = entry?.act
            {
                live.push((refusal, scope, occurred_at, origin));
            }
        }
        Ok(live)
    }

    /// Finds or makes a person, attaches new identifiers with the refusals they bring, keeps the
    /// profile, and enters the acts. Answers the last entry about the person.
    pub(crate) fn contact(&mut self, contact: Contact, now: Timestamp) -> Result<Recorded, StoreError> {
        let subject = match self.find(&contact.identifiers)? {
            Some(subject) => subject,
            None => self.create()?,
        };
        let mut last = None;
        for identifier in &contact.identifiers {
            last = self.attach(subject, identifier, now)?.or(last);
        }
        self.keep_profile(subject, &contact.profile)?;
        for (kind, scope, occurred_at, origin) in contact.refusals {
            last = Some(self.refuse(
                Refusing {
                    whom: Whom::Subject(subject),
                    refusal: kind,
                    scope,
                    occurred_at,
                    origin,
                    detail: None,
                },
                now,
            )?);
        }
        for (act, detail) in contact.acts {
            let key = IndexKey::None;
            let draft = Draft {
                subject: Some(subject),
                recorded_at: now,
                act,
                detail,
                key,
            };
            last = Some(self.append(draft)?);
        }
        Ok(last.unwrap_or_else(|| Recorded {
            seq: izin_core::Seq(self.tree.size().saturating_sub(1)),
            subject: Some(subject),
            record: String::new(),
            blinding: [0; 32],
        }))
    }

    /// Makes a person: an id and keys, before anything is known of them.
    fn create(&mut self) -> Result<SubjectId, StoreError> {
        let subject = SubjectId::from_bytes(self.entropy.bytes()?);
        self.keys.create(subject)?;
        Ok(subject)
    }

    /// Attaches an identifier the person does not hold yet, then enters the refusals that stand
    /// for it.
    fn attach(
        &mut self,
        subject: SubjectId,
        identifier: &Identifier,
        now: Timestamp,
    ) -> Result<Option<Recorded>, StoreError> {
        let Some((id, lookup, suppression)) = self.keep_identifier(subject, identifier)? else {
            return Ok(None);
        };
        let draft = |act, key| Draft {
            subject: Some(subject),
            recorded_at: now,
            act,
            detail: None,
            key,
        };
        let attached = Act::IdentifierAttached {
            identifier: id,
            kind: identifier.kind(),
        };
        let mut last = self.append(draft(attached, IndexKey::Attached(lookup)))?;
        for (refusal, scope, occurred_at, _) in self.suppressions(suppression)? {
            let origin = Origin::Izin;
            let carried = Act::Refused {
                refusal,
                scope,
                occurred_at,
                origin,
            };
            last = self.append(draft(carried, IndexKey::None))?;
        }
        Ok(Some(last))
    }
}
