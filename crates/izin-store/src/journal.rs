//! The journal of refusals: every no, and whatever else takes something away, a second time, in a file
//! outside the data directory.
//!
//! It is what remembers a refusal when the store is lost, full, read-only, or put back from an older
//! backup. A line is fsynced before its writer is answered. At a start the lines that the ledger does
//! not hold are entered before anything else (see [`Journal::missing`]). Nothing in it gives anything: a
//! restriction that was lifted since a backup stands again. It names people by their
//! random id and addresses by their keyed hash, never in one line: it is never rewritten, and must not
//! say whose the addresses were of somebody who is erased later. Start at [`Noted`]; the file is in
//! [`file`], its lines are in [`line`].

mod end;
mod file;
mod line;

pub(crate) use file::{Journal, each, examine, refuse_foreign};

use izin_core::{Act, Origin, RefusalKind, Scope, Seq, SubjectId, Timestamp, hex};
use izin_log::Hash;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Row, first, params, rows};
use crate::ledger;
use crate::vault::SuppressionHash;
use crate::{StoreError, recall};

/// Lines made from the ledger at a time.
const KEPT_LINES: u32 = 50_000;

/// A no, without whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BareNo {
    /// What kind of no.
    pub refusal: RefusalKind,
    /// What it covers.
    pub scope: Scope,
    /// When it was said.
    pub occurred_at: Timestamp,
    /// Where it came in.
    pub origin: Origin,
}

impl BareNo {
    /// The act by which it is entered for a person.
    #[must_use]
    pub const fn act(&self) -> Act {
        Act::Refused {
            refusal: self.refusal,
            scope: self.scope,
            occurred_at: self.occurred_at,
            origin: self.origin,
        }
    }
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// A no.
    Refused(BareNo),
    /// The person was erased.
    Erased {
        /// Until when what was evidence is withheld.
        withheld_until: Timestamp,
    },
    /// Something else that takes away: a restriction, a lower dial.
    Narrowed {
        /// What was taken away.
        act: Act,
    },
    /// A legal hold began.
    HoldBegun {
        /// Which.
        hold: NotedHold,
    },
    /// A legal hold ended.
    HoldEnded {
        /// Which.
        hold: NotedHold,
    },
}

/// A hold as it is noted: nothing that it says can be read once the person's evidence is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedHold {
    /// Whose evidence key opens its words.
    pub(crate) whose: SubjectId,
    /// Its random name, in hexadecimal.
    pub(crate) name: String,
    /// When it began.
    pub(crate) begun_at: Timestamp,
    /// By whom and why, or who ended it, sealed; in hexadecimal.
    pub(crate) sealed: String,
}

impl Said {
    /// The act by which it is entered for a person, if by one.
    #[must_use]
    pub fn act(&self) -> Option<Act> {
        match self {
            Self::Refused(no) => Some(no.act()),
            Self::Erased { .. } => Some(Act::Erased),
            Self::Narrowed { act } => Some(act.clone()),
            Self::HoldBegun { .. } | Self::HoldEnded { .. } => None,
        }
    }
}

/// One saying as it is noted, with everybody and every address it reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Its last entry, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
    /// When it was recorded.
    pub(crate) recorded_at: Timestamp,
    /// The people it is entered for.
    pub(crate) subjects: Vec<SubjectId>,
    /// The addresses it is entered for.
    pub(crate) addresses: Vec<SuppressionHash>,
    /// Whether what it was entered for besides these people is noted by itself. Where it is not, nobody
    /// knew which addresses those were, and all that the person has are meant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) apart: bool,
    /// What was said.
    #[serde(flatten)]
    pub(crate) said: Said,
}

/// Where an entry stands, and what is committed to there: no other ledger has both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) seq: Seq,
    leaf: String,
}

impl Place {
    pub(crate) fn new(seq: Seq, leaf: &Hash) -> Self {
        let leaf = hex(&leaf.0);
        Self { seq, leaf }
    }

    /// Whether the ledger has this very entry.
    pub(crate) fn is_in(&self, db: &Db) -> Result<bool, StoreError> {
        const LEAF: &str = "select leaf_hash from entries where seq = ?1";
        let leaf: Option<Vec<u8>> = first(db, LEAF, params![self.seq.0], |row| row.get(0))?;
        Ok(leaf.is_some_and(|leaf| hex(&leaf) == self.leaf))
    }
}

impl Noted {
    /// What concerns people and no address.
    pub(crate) const fn of(subjects: Vec<SubjectId>, said: Said, recorded_at: Timestamp) -> Self {
        Self {
            place: None,
            recorded_at,
            subjects,
            addresses: Vec::new(),
            apart: true,
            said,
        }
    }

    /// The name of the hold whose beginning it is, if it is one.
    pub(crate) fn begun_hold(&self) -> Option<&str> {
        match &self.said {
            Said::HoldBegun { hold } => Some(&hold.name),
            _ => None,
        }
    }

    /// The name of the hold whose end it is, if it is one.
    pub(crate) fn ended_hold(&self) -> Option<&str> {
        match &self.said {
            Said::HoldEnded { hold } => Some(&hold.name),
            _ => None,
        }
    }

    /// Whether it counts though the ledger has not taken it. A hold does not: nothing is erased meanwhile, and
    /// whoever began it begins it again.
    pub(crate) const fn may_be_owed(&self) -> bool {
        !matches!(self.said, Said::HoldBegun { .. } | Said::HoldEnded { .. })
    }

    /// The people it reached.
    #[must_use]
    pub fn subjects(&self) -> &[SubjectId] {
        &self.subjects
    }

    /// The addresses it reached.
    #[must_use]
    pub fn addresses(&self) -> &[SuppressionHash] {
        &self.addresses
    }

    /// When it was recorded.
    #[must_use]
    pub const fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// What was said.
    #[must_use]
    pub const fn said(&self) -> &Said {
        &self.said
    }

    /// Whether it says the same of the same, whenever that was said.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        let same = match (&self.said, &other.said) {
            (Said::Refused(own), Said::Refused(other)) => {
                (own.refusal, own.scope) == (other.refusal, other.scope)
            }
            (own, other) => own == other,
        };
        same && (&self.subjects, &self.addresses) == (&other.subjects, &other.addresses)
    }

    /// As the file has it: people and addresses in lines of their own. Only the last line has the place,
    /// so that a start does not take the half that a power cut left for the whole.
    fn in_lines(&self) -> Vec<Self> {
        if self.subjects.is_empty() || self.addresses.is_empty() {
            return vec![self.clone()];
        }
        let people = Self {
            place: None,
            addresses: Vec::new(),
            apart: true,
            ..self.clone()
        };
        let addresses = Self {
            subjects: Vec::new(),
            ..self.clone()
        };
        vec![people, addresses]
    }
}

/// What the ledger holds from an entry on, as it would have been noted, of the next acts of kinds that are;
/// and where the rest begins, if there is any.
pub(crate) fn kept(db: &Db, from: u64) -> Result<(Vec<Noted>, Option<u64>), StoreError> {
    const KEPT: &str = "
        select
          e.seq, e.recorded_at, e.subject, e.act, e.leaf_hash, s.hash, s.key_version, x.withheld_until
        from entries e
        left join suppressions s on s.seq = e.seq
        left join erasures x on x.subject = e.subject
        where e.seq >= ?1
          and e.act ->> 'act' in (
            'refused', 'identifier_suppressed', 'erased', 'paused', 'restricted', 'minor_known',
            'signal_seen', 'cap_set', 'dial_moved', 'consent_marked', 'identifier_detached',
            'soft_opt_in_recorded', 'entry_corrected'
          )
        order by e.seq
        limit ?2";
    let read = |row: &Row<'_>| -> Result<_, StoreError> {
        let leaf: [u8; 32] = row.get(4)?;
        let hash = row.get::<Option<_>>(5)?.zip(row.get(6)?);
        let hash = hash.map(|(hash, version)| SuppressionHash::from_bytes(hash, version));
        let withheld_until = Timestamp::from_micros(row.get::<Option<i64>>(7)?.unwrap_or(0));
        Ok((ledger::entry(row), (leaf, withheld_until), hash))
    };
    let found = rows(db, KEPT, params![from, KEPT_LINES], read)?;
    let (mut noted, mut next) = (Vec::with_capacity(found.len()), None);
    for (entry, (leaf, withheld_until), hash) in found {
        let entry = entry?;
        next = Some(entry.seq.0.saturating_add(1));
        let said = match entry.act {
            Act::Erased => Some(Said::Erased { withheld_until }),
            _ => recall::said(db, &entry)?,
        };
        let Some(said) = said else { continue };
        noted.push(Noted {
            place: Some(Place::new(entry.seq, &Hash(leaf))),
            recorded_at: entry.recorded_at,
            subjects: entry.subject.into_iter().collect(),
            addresses: hash.into_iter().collect(),
            apart: true,
            said,
        });
    }
    Ok((noted, next))
}

#[cfg(test)]
mod tests;
