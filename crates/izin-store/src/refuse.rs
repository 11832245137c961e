//! How a refusal is entered: for everybody it concerns, and for every address it reaches.
//!
//! Nothing here asks whether the refusal is welcome, and nothing removes one.

use izin_core::{Act, IdentifierId, IdentifierKind, Origin, Refusal, Scope, SubjectId, Timestamp};

use crate::command::{Command, Refusing, Whom};
use crate::db::{Own, Question, first, params, put, rows};
use crate::histories::SUPPRESSED;
use crate::journal::{BareNo, Noted, Said};
use crate::ledger::{Draft, IndexKey, Recorded};
use crate::vault::SuppressionHash;
use crate::writer::Tx;
use crate::{Store, StoreError};

/// What reaches a person.
const OWN: &str = "
    select kind, suppression_hash, key_version
    from identifiers
    where subject = ?1";
/// Who holds an address.
const HOLDERS: &str = "
    select distinct subject
    from identifiers
    where suppression_hash = ?1 and subject not in (select subject from merges)
    order by subject";

/// Whom, and which addresses, a no concerns.
pub(crate) struct Affected {
    /// Who is meant.
    pub(crate) named: Vec<SubjectId>,
    /// Who else holds one of the addresses.
    pub(crate) others: Vec<SubjectId>,
    /// The addresses.
    pub(crate) addresses: Vec<SuppressionHash>,
}

impl Refusing {
    const fn no(&self) -> BareNo {
        BareNo {
            refusal: self.refusal,
            scope: self.scope,
            occurred_at: self.occurred_at,
            origin: self.origin,
        }
    }
}

impl Store {
    /// What commands will ask first.
    pub(crate) fn asked_by(&self, commands: &[Command]) -> Vec<Question> {
        let mut asked = Vec::new();
        if self.is_alone() {
            return asked;
        }
        for command in commands {
            let Command::Refuse(Refusing { whom, .. }) = command else {
                continue;
            };
            let (subject, address) = match whom {
                Whom::Subject(subject) => (Some(*subject), None),
                Whom::Identifier(own) => (None, Some(self.hasher.suppression_to_keep(own))),
                Whom::Link(subject, hash) => (Some(*subject), Some(*hash)),
                Whom::Address(hash) => (None, Some(*hash)),
            };
            asked.extend(subject.map(|own| (OWN, vec![Own::Bytes(own.as_bytes().to_vec())])));
            for sql in [HOLDERS, SUPPRESSED] {
                asked.extend(address.map(|own| (sql, vec![Own::Bytes(own.as_bytes().to_vec())])));
            }
        }
        asked
    }
}

impl Tx<'_> {
    /// Enters a refusal for every person concerned and as a suppression of every address it
    /// reaches. Answers the first person's entry, or the suppression's when nobody is known.
    pub(crate) fn refuse(
        &mut self,
        refusing: &Refusing,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let no = (refusing.no(), refusing.detail.as_deref());
        let notes = self.news.noted.len();
        let affected = self.reach(&refusing.whom, &refusing.scope);
        let entered = affected.and_then(|affected| self.spread(affected, no, now));
        let entered = entered.map_err(|why| {
            if self.news.noted.len() == notes {
                self.note_unread(refusing, now);
            }
            // Whatever failed: the no is noted, and owed.
            why.unwritable()
        })?;
        entered.ok_or(StoreError::Damaged {
            what: "refusal (it concerns nobody and no address)",
        })
    }

    /// Notes a no whose reach could not be read, with whoever and whatever it names.
    fn note_unread(&mut self, refusing: &Refusing, now: Timestamp) {
        let (subjects, addresses) = match &refusing.whom {
            Whom::Subject(subject) => (vec![*subject], Vec::new()),
            Whom::Identifier(own) => (Vec::new(), vec![self.keys.hasher().suppression(own)]),
            Whom::Link(subject, hash) => (vec![*subject], vec![*hash]),
            Whom::Address(hash) => (Vec::new(), vec![*hash]),
        };
        self.note(Noted {
            place: None,
            recorded_at: now,
            subjects,
            addresses,
            apart: false,
            said: Said::Refused(refusing.no()),
        });
    }

    /// Enters a no for everybody and every address it reached, and notes it for the journal. Answers
    /// the first entry that stands for it.
    pub(crate) fn spread(
        &mut self,
        affected: Affected,
        (no, detail): (BareNo, Option<&str>),
        now: Timestamp,
    ) -> Result<Option<Recorded>, StoreError> {
        let before = self.tree.size();
        let subjects = [affected.named.as_slice(), &affected.others].concat();
        self.note(Noted {
            place: None,
            recorded_at: now,
            subjects,
            addresses: affected.addresses.clone(),
            apart: true,
            said: Said::Refused(no),
        });
        let copied = BareNo {
            origin: Origin::Izin,
            ..no
        };
        // Where nobody is named, whoever holds the address said it.
        let (own, copies) = match affected.named.as_slice() {
            [] => (affected.others.as_slice(), &[][..]),
            named => (named, affected.others.as_slice()),
        };
        let mut said = Vec::new();
        for (holders, no, detail) in [(own, no, detail), (copies, copied, None)] {
            for holder in holders {
                said.push(self.append(Draft {
                    subject: Some(*holder),
                    recorded_at: now,
                    act: no.act(),
                    detail: detail.map(str::to_owned),
                    key: IndexKey::None,
                })?);
            }
        }
        for hash in affected.addresses {
            said.push(self.suppress(hash, &no, now)?);
        }
        self.keep_saying(&said)?;
        self.settle_note(before);
        Ok(said.into_iter().next())
    }

    /// Leaves what a person refused with every identifier they hold, each no in its own scope, so that it
    /// outlives them. Whoever else holds one hears of nothing. Answers how many identifiers that are.
    pub(crate) fn keep_noes(
        &mut self,
        subject: SubjectId,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let held = self.addresses(subject, &Scope::EVERYTHING)?;
        let refusals = self.standing(subject)?.refusals;
        for refusal in &refusals {
            let no = BareNo {
                refusal: refusal.kind_at(now),
                scope: refusal.scope,
                occurred_at: refusal.occurred_at,
                origin: Origin::Izin,
            };
            let affected = Affected {
                named: Vec::new(),
                others: Vec::new(),
                addresses: held.clone(),
            };
            self.spread(affected, (no, None), now)?;
        }
        Ok(if refusals.is_empty() { 0 } else { held.len() })
    }

    /// Whom a refusal names, the addresses it covers, and who else holds those.
    fn reach(&mut self, whom: &Whom, scope: &Scope) -> Result<Affected, StoreError> {
        let (named, addresses) = match whom {
            Whom::Subject(subject) => {
                let subject = self.merged(*subject)?;
                (vec![subject], self.addresses(subject, scope)?)
            }
            Whom::Identifier(identifier) => (Vec::new(), vec![self.suppression(identifier)?]),
            Whom::Address(hash) => (Vec::new(), vec![self.renewed(*hash)?]),
            Whom::Link(subject, hash) => {
                let hash = &self.renewed(*hash)?;
                let subject = self.merged(*subject)?;
                let mut hashes = self.addresses(subject, scope)?;
                let known = !self.addresses(subject, &Scope::EVERYTHING)?.is_empty();
                if !hashes.contains(hash) {
                    hashes.push(*hash);
                }
                (if known { vec![subject] } else { Vec::new() }, hashes)
            }
        };
        Ok(Affected {
            others: self.others(&named, &addresses)?,
            named,
            addresses,
        })
    }

    /// Who else holds the addresses.
    pub(crate) fn others(
        &self,
        named: &[SubjectId],
        addresses: &[SuppressionHash],
    ) -> Result<Vec<SubjectId>, StoreError> {
        let mut others = Vec::new();
        for hash in addresses {
            for holder in self.holders(*hash)? {
                if !named.contains(&holder) && !others.contains(&holder) {
                    others.push(holder);
                }
            }
        }
        Ok(others)
    }

    /// The suppression hashes of a person's identifiers on the scope's channel, or of all.
    pub(crate) fn addresses(
        &self,
        subject: SubjectId,
        scope: &Scope,
    ) -> Result<Vec<SuppressionHash>, StoreError> {
        let own: Vec<(u8, _)> = rows(self.db, OWN, params![subject.as_bytes()], |row| {
            let hash = SuppressionHash::from_bytes(row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, hash))
        })?;
        let reached = |kind: u8| {
            let kind = IdentifierKind::from_code(kind);
            scope
                .channel
                .is_none_or(|channel| kind.is_some_and(|kind| kind.reaches(channel)))
        };
        let hashes = own.into_iter().filter(|(kind, _)| reached(*kind));
        Ok(hashes.map(|(_, hash)| hash).collect())
    }

    fn holders(&self, hash: SuppressionHash) -> Result<Vec<SubjectId>, StoreError> {
        rows(self.db, HOLDERS, params![hash.as_bytes()], |row| {
            row.get(0).map(SubjectId::from_bytes)
        })
    }

    /// Suppresses an address, unless the same no already stands for it.
    fn suppress(
        &mut self,
        hash: SuppressionHash,
        no: &BareNo,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const KEEP: &str = "
            insert into suppressions (suppression, hash, key_version, seq)
            values (?1, ?2, ?3, ?4)";
        let stands = self.suppressions(hash)?.into_iter().find(|own| {
            own.kind == no.refusal && own.scope == no.scope && own.occurred_at >= no.occurred_at
        });
        if let Some(stands) = stands {
            let entered = crate::log::disclosed(self.db, stands.seq.0, 1)?.pop();
            let lost = StoreError::Damaged {
                what: "entry of a suppression",
            };
            return entered.map(|own| own.recorded).ok_or(lost);
        }
        let suppression = self.suppression_id()?;
        let recorded = self.append(Draft {
            subject: None,
            recorded_at: now,
            act: Act::IdentifierSuppressed {
                suppression,
                refusal: no.refusal,
                scope: no.scope,
                occurred_at: no.occurred_at,
                origin: no.origin,
            },
            detail: None,
            key: IndexKey::Suppressed(hash),
        })?;
        let row = params![
            suppression.as_bytes(),
            hash.as_bytes(),
            hash.version(),
            recorded.seq.0
        ];
        put(self.db, KEEP, row)?;
        Ok(recorded)
    }

    /// A name for a suppression that is about to be entered. It begins with the place of its entry, so
    /// that new names lie beside each other in their table; the rest is random.
    fn suppression_id(&self) -> Result<IdentifierId, StoreError> {
        let mut id = [0; 16];
        let (place, random) = id.split_at_mut(8);
        place.copy_from_slice(&self.tree.size().to_be_bytes());
        random.copy_from_slice(&self.entropy.bytes::<8>()?);
        Ok(IdentifierId::from_bytes(id))
    }

    /// Every no that stands for an address.
    pub(crate) fn suppressions(&self, hash: SuppressionHash) -> Result<Vec<Refusal>, StoreError> {
        const LIVE: &str = "
            select e.seq, e.recorded_at, e.subject, e.act
            from suppressions s
            join entries e on e.seq = s.seq
            where s.seq = ?1 and s.hash = ?2 and s.ended is null";
        let mut live = Vec::new();
        for seq in self.histories().of_address(hash)? {
            let row = params![seq.0, hash.as_bytes()];
            let Some(entry) = first(self.db, LIVE, row, crate::ledger::entry)? else {
                continue;
            };
            if let Act::IdentifierSuppressed {
                refusal,
                scope,
                occurred_at,
                ..
            } = entry.act
            {
                live.push(Refusal {
                    kind: refusal,
                    scope,
                    seq: entry.seq,
                    occurred_at,
                    recorded_at: entry.recorded_at,
                    times: 1,
                });
            }
        }
        Ok(live)
    }
}
