//! What may be asked of the ledger, and how it becomes entries.
//!
//! Commands are completed here, inside the writing transaction, because what they bring along
//! depends on what is true at that moment: a refusal reaches every holder of an address and stays
//! with the address; an address attached to anyone brings its refusals along (design §3.2).

use izin_core::relation::DetachCause;
use izin_core::{Act, Identifier, Origin, RefusalKind, Scope, Seq, SubjectId, Timestamp};

use crate::journal::{Noted, Said};
use crate::ledger::{Draft, IndexKey, Recorded};
use crate::person::Profile;
use crate::vault::SuppressionHash;
use crate::writer::Tx;
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
    /// An address that is known by its hash alone, whoever holds it.
    Address(SuppressionHash),
}

/// A no to be entered.
#[derive(Clone)]
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
#[derive(Clone, Default)]
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
#[derive(Clone)]
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
    /// Two people turned out to be one (design §3.2).
    Merge {
        /// Who is found as the other from here on.
        from: SubjectId,
        /// The other.
        into: SubjectId,
        /// Where it came in.
        origin: Origin,
    },
    /// They turned out to be two again.
    Split {
        /// Who had been merged into another.
        from: SubjectId,
    },
    /// An identifier is not this person's any more. What was refused through it stays.
    Detach {
        /// Whose it was.
        subject: SubjectId,
        /// Which.
        identifier: Identifier,
        /// Why.
        cause: DetachCause,
    },
    /// Two people found that an entry recorded what never happened, and so did its copies.
    Correct {
        /// The entry.
        entry: Seq,
        /// How that was found; kept sealed.
        evidence: String,
    },
    /// A reviewer found that a presumed refusal was none, and so were its copies.
    ClearPresumption {
        /// The entry.
        entry: Seq,
    },
}

/// Shows the kind alone: the words in a command may name anybody.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Act { .. } => "Command::Act(masked)",
            Self::Refuse(_) => "Command::Refuse(masked)",
            Self::Contact(_) => "Command::Contact(masked)",
            Self::Merge { .. } => "Command::Merge",
            Self::Split { .. } => "Command::Split",
            Self::Detach { .. } => "Command::Detach(masked)",
            Self::Correct { .. } => "Command::Correct(masked)",
            Self::ClearPresumption { .. } => "Command::ClearPresumption",
        })
    }
}

impl Store {
    /// Records commands, all or none; answers the entry that stands for each, in order; one that
    /// changed nothing has none. Durable and known to the gate when it returns.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; nothing was recorded then.
    pub async fn record(
        &self,
        commands: Vec<Command>,
        now: Timestamp,
    ) -> Result<Vec<Recorded>, StoreError> {
        debug_assert!(commands.len() <= COMMANDS_MAX);
        let ahead = self.asked_of_contacts(&commands);
        self.writer
            .write_asking(ahead, move |tx| {
                tx.look_ahead(&commands)?;
                let entered = commands.iter().map(|own| tx.record(own.clone(), now));
                entered.filter_map(Result::transpose).collect()
            })
            .await
    }
}

impl Tx<'_> {
    /// Enters what a command stands for; nothing when it says what is known already.
    pub(crate) fn record(
        &mut self,
        command: Command,
        now: Timestamp,
    ) -> Result<Option<Recorded>, StoreError> {
        if !matches!(
            command,
            Command::Act { .. } | Command::Refuse(_) | Command::Contact(_)
        ) {
            self.fresh.forget();
        }
        match command {
            Command::Act {
                subject,
                act,
                detail,
            } => {
                let (subject, act) = self.addressed((subject, act), now)?;
                let (recorded_at, key) = (now, IndexKey::None);
                let draft = Draft {
                    subject,
                    recorded_at,
                    act,
                    detail,
                    key,
                };
                self.append(draft).map(Some)
            }
            Command::Refuse(refusing) => self.refuse(&refusing, now).map(Some),
            Command::Contact(contact) => Ok(self.contact(*contact, now)?.1),
            Command::Merge { from, into, origin } => {
                self.merge((from, into), origin, now).map(Some)
            }
            Command::Split { from } => self.split(from, now).map(Some),
            Command::Detach {
                subject,
                identifier,
                cause,
            } => self.detach(subject, &identifier, cause, now).map(Some),
            Command::Correct { entry, evidence } => self.correct(entry, evidence, now).map(Some),
            Command::ClearPresumption { entry } => self.clear_presumption(entry, now).map(Some),
        }
    }

    /// An act about somebody who was merged is about the person they turned out to be, at the same
    /// address. An erasure means exactly the one it names. What only takes away counts also where nothing can
    /// be read, for the one it names.
    fn addressed(
        &mut self,
        (subject, mut act): (Option<SubjectId>, Act),
        now: Timestamp,
    ) -> Result<(Option<SubjectId>, Act), StoreError> {
        let Some(own) = subject.filter(|_| act != Act::Erased) else {
            return Ok((subject, act));
        };
        let into = self.merged(own);
        if matches!(&into, Err(StoreError::Unwritable(_))) && act.narrowed().as_ref() == Some(&act)
        {
            self.note(Noted::of(
                vec![own],
                Said::Narrowed { act: act.clone() },
                now,
            ));
        }
        let into = into?;
        if into == own {
            return Ok((subject, act));
        }
        if let Act::Consented {
            identifier: Some(id),
            ..
        }
        | Act::ConsentMarked {
            identifier: Some(id),
            ..
        }
        | Act::Undeliverable { identifier: id, .. }
        | Act::SoftOptInRecorded { identifier: id, .. } = &mut act
            && let Some(same) = self.same_address(*id, into)?
        {
            *id = same;
        }
        Ok((Some(into), act))
    }

    /// Finds or makes a person, attaches new identifiers with the refusals they bring, keeps the
    /// profile, and enters the acts. Answers who it is, and the last entry if any was made.
    pub(crate) fn contact(
        &mut self,
        contact: Contact,
        now: Timestamp,
    ) -> Result<(SubjectId, Option<Recorded>), StoreError> {
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
                &Refusing {
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
        for (mut act, detail) in contact.acts {
            if let Act::Consented {
                channel,
                identifier,
                ..
            } = &mut act
            {
                *identifier = self.reached(subject, &contact.identifiers, *channel)?;
            }
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
        Ok((subject, last))
    }

    /// Makes a person: an id and keys, before anything is known of them.
    fn create(&mut self) -> Result<SubjectId, StoreError> {
        let subject = SubjectId::from_bytes(self.entropy.bytes()?);
        self.keys.create(subject)?;
        self.fresh.make(subject);
        Ok(subject)
    }

    /// Attaches an identifier the person does not hold yet, then enters the refusals that stand
    /// for it.
    pub(crate) fn attach(
        &mut self,
        subject: SubjectId,
        identifier: &Identifier,
        now: Timestamp,
    ) -> Result<Option<Recorded>, StoreError> {
        let Some((id, lookup, suppression)) = self.keep_identifier(subject, identifier)? else {
            return Ok(None);
        };
        let mut last = self.append(Draft {
            subject: Some(subject),
            recorded_at: now,
            act: Act::IdentifierAttached {
                identifier: id,
                kind: identifier.kind(),
            },
            detail: None,
            key: IndexKey::Attached(lookup),
        })?;
        for refusal in self.suppressions(suppression)? {
            last = self.enter_again(subject, &refusal, now)?;
        }
        Ok(Some(last))
    }
}
