//! Erasure: after it, nothing of a person can be read or matched but what the law makes us keep
//! (design §3.8).
//!
//! Three steps, each done again after a crash: the ledger says so and the rows go, in one transaction,
//! every address suppressed first; the keys are destroyed, so that what is left anywhere opens no
//! more; write-ahead logs are emptied and copies removed ([`Store::finish_erasures`]). What stays: the acts, which name nobody, the tree, the
//! suppressions, and what was evidence, withheld until its time is over. Start at [`Store::erase`].

use izin_core::relation::DetachCause;
use izin_core::{Act, IdentifierId, Origin, RefusalKind, Scope, SubjectId, Timestamp};

use crate::command::{Refusing, Whom};
use crate::db::{Db, exists, params, rows, run};
use crate::journal::{Noted, Said};
use crate::ledger::{Draft, IndexKey, Recorded};
use crate::place::Homes;
use crate::vault::LookupHash;
use crate::writer::Tx;
use crate::{Refused, Store, StoreError};

/// The service key over files made from what the vault holds: each erasure makes it anew, so that no
/// older file opens again.
pub(crate) const EPOCH: &str = "epoch";

/// What an erasure did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The entry that says so.
    pub entry: Recorded,
    /// The person, and everybody who had turned out to be them.
    pub people: usize,
    /// Addresses and numbers that are suppressed from here on.
    pub addresses: usize,
}

/// Why somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It was asked for: every address is suppressed, so that nobody writes to them again.
    Asked,
    /// Their time is over: who comes back begins anew. The noes they said stay with all their addresses.
    TimeOver,
}

/// How it came about, and what is kept of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Erasing {
    /// Why.
    pub cause: Cause,
    /// Where the request came in.
    pub origin: Origin,
    /// Who asked for it and why, in words; withheld with the evidence.
    pub detail: Option<String>,
    /// Until when what was evidence is withheld.
    pub withheld_until: Timestamp,
}

impl Store {
    /// Erases a person, and everybody merged into them: nothing opens any more when it returns.
    /// [`Store::finish_erasures`] leaves nothing in logs and copies; broken off, it is done at the next
    /// start, and every day.
    ///
    /// # Errors
    /// [`Refused::UnknownPerson`], [`Refused::OnHold`]; [`StoreError`] when a step failed.
    pub async fn erase(
        &self,
        subject: SubjectId,
        erasing: Erasing,
        now: Timestamp,
    ) -> Result<Erasure, StoreError> {
        let erased = self
            .writer
            .write(move |tx| tx.erase(subject, &erasing, now));
        let erased = erased.await.map_err(|why| match why {
            // The noes in it count already; it does not.
            StoreError::Owed => StoreError::NotErased,
            other => other,
        })?;
        self.writer.write(|tx| tx.destroy_keys().map(drop)).await?;
        Ok(erased)
    }

    /// Does what erasures have left to do; says whether there was anything.
    ///
    /// # Errors
    /// [`StoreError`] when a step failed: somebody reads something long, for instance.
    pub async fn finish_erasures(&self) -> Result<bool, StoreError> {
        if !self.writer.write(|tx| tx.destroy_keys()).await? {
            return Ok(false);
        }
        self.scrub().await?;
        self.writer.write(|tx| tx.erasures_are_done()).await?;
        Ok(true)
    }

    /// Leaves nothing of what was deleted in the write-ahead logs, the keys' first, nor in copies from
    /// before a migration or a move.
    pub(crate) async fn scrub(&self) -> Result<(), StoreError> {
        let Homes { data, keys } = self.homes.clone();
        let dir = self.dir.clone();
        let work = move || {
            keys.scrub()?;
            data.scrub()?;
            crate::moving::remove_left(&dir)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| StoreError::Stopped)?
    }
}

impl Store {
    /// Those who were merged into a person, then the person.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn one_and_all(&self, subject: SubjectId) -> Result<Vec<SubjectId>, StoreError> {
        self.read(move |db| one_and_all(db, subject)).await
    }
}

/// Those who were merged into a person, then the person.
pub(crate) fn one_and_all(db: &Db, subject: SubjectId) -> Result<Vec<SubjectId>, StoreError> {
    const INTO: &str = "select subject from merges where into_subject = ?1 order by subject";
    let mut people = rows(db, INTO, params![subject.as_bytes()], |row| {
        row.get(0).map(SubjectId::from_bytes)
    })?;
    people.push(subject);
    Ok(people)
}

impl Tx<'_> {
    pub(crate) fn erase(
        &mut self,
        subject: SubjectId,
        erasing: &Erasing,
        now: Timestamp,
    ) -> Result<Erasure, StoreError> {
        let subject = self.merged(subject)?;
        let people = one_and_all(self.db, subject)?;
        self.refuse_held(&people)?;
        if crate::ledger::known_since(self.histories(), subject)?.is_none()
            || self.is_erased(subject)?
        {
            return Err(Refused::UnknownPerson.into());
        }
        let addresses = match erasing.cause {
            Cause::Asked => self.suppress_everything(subject, erasing.origin, now)?,
            Cause::TimeOver => self.keep_noes(subject, now)?,
        };
        let mut last = None;
        for person in &people {
            last = Some(self.erase_one(*person, erasing, now)?);
        }
        let entry = last.ok_or(Refused::UnknownPerson)?;
        Ok(Erasure {
            entry,
            people: people.len(),
            addresses,
        })
    }

    fn refuse_held(&self, people: &[SubjectId]) -> Result<(), StoreError> {
        const HELD: &str = "select 1 from holds where subject = ?1 and ended_at is null";
        for person in people {
            if exists(self.db, HELD, params![person.as_bytes()])? {
                return Err(Refused::OnHold.into());
            }
        }
        Ok(())
    }

    pub(crate) fn is_erased(&self, subject: SubjectId) -> Result<bool, StoreError> {
        const ERASED: &str = "select 1 from erasures where subject = ?1";
        exists(self.db, ERASED, params![subject.as_bytes()])
    }

    /// Nobody who was erased is written to again, whoever brings the address along.
    fn suppress_everything(
        &mut self,
        subject: SubjectId,
        origin: Origin,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let held = self.addresses(subject, &Scope::EVERYTHING)?.len();
        if held > 0 {
            let refusing = Refusing {
                whom: Whom::Subject(subject),
                refusal: RefusalKind::OptedOut,
                scope: Scope::EVERYTHING,
                occurred_at: now,
                origin,
                detail: None,
            };
            self.refuse(&refusing, now)?;
        }
        Ok(held)
    }

    /// Takes one person's identifiers, rows and name in the lists; the keys go in the next step.
    pub(crate) fn erase_one(
        &mut self,
        subject: SubjectId,
        erasing: &Erasing,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const BEGUN: &str = "
            insert into erasures (subject, seq, erased_at, withheld_until)
            values (?1, ?2, ?3, ?4)
            on conflict (subject) do nothing";
        const GONE: [&str; 7] = [
            "delete from identifiers where subject = ?1",
            "delete from detached where subject = ?1",
            "delete from profiles where subject = ?1",
            "delete from orders where subject = ?1",
            "delete from codes where subject = ?1",
            "delete from holds where subject = ?1 and ended_at is not null",
            "update identifiers set merged_from = null where merged_from = ?1",
        ];
        let whom = params![subject.as_bytes()];
        for (id, lookup) in self.held(subject)? {
            self.append(Draft {
                subject: Some(subject),
                recorded_at: now,
                act: Act::IdentifierDetached {
                    identifier: id,
                    cause: DetachCause::Erased,
                },
                detail: None,
                key: IndexKey::Detached(lookup),
            })?;
        }
        let before = self.tree.size();
        let withheld_until = erasing.withheld_until;
        self.note(Noted::of(
            vec![subject],
            Said::Erased { withheld_until },
            now,
        ));
        let entry = self.append(Draft {
            subject: Some(subject),
            recorded_at: now,
            act: Act::Erased,
            detail: erasing.detail.clone(),
            key: IndexKey::None,
        })?;
        self.settle_note(before);
        for sql in GONE {
            run(self.db, sql, whom)?;
        }
        let (at, until) = (now.as_micros(), erasing.withheld_until.as_micros());
        run(
            self.db,
            BEGUN,
            params![subject.as_bytes(), entry.seq.0, at, until],
        )?;
        Ok(entry)
    }

    fn held(&self, subject: SubjectId) -> Result<Vec<(IdentifierId, LookupHash)>, StoreError> {
        const HELD: &str = "
            select identifier, lookup_hash
            from identifiers
            where subject = ?1
            order by identifier";
        rows(self.db, HELD, params![subject.as_bytes()], |row| {
            Ok((
                IdentifierId::from_bytes(row.get(0)?),
                LookupHash::from_bytes(row.get(1)?),
            ))
        })
    }

    /// Destroys the keys of everybody whose erasure has begun; says whether any is not done.
    pub(crate) fn destroy_keys(&mut self) -> Result<bool, StoreError> {
        const BEGUN: &str = "select subject, step from erasures where step < 2";
        const DESTROYED: &str = "update erasures set step = 1 where subject = ?1";
        let begun: Vec<(SubjectId, u8)> = rows(self.db, BEGUN, &[], |row| {
            Ok((SubjectId::from_bytes(row.get(0)?), row.get(1)?))
        })?;
        let mut any = false;
        for (subject, _) in begun.iter().filter(|(_, step)| *step == 0) {
            self.keys.destroy_data(*subject)?;
            run(self.db, DESTROYED, params![subject.as_bytes()])?;
            any = true;
        }
        if any {
            self.keys.renew(EPOCH)?;
        }
        Ok(!begun.is_empty())
    }

    /// Nothing is left of those whose keys are destroyed.
    pub(crate) fn erasures_are_done(&self) -> Result<(), StoreError> {
        run(self.db, "update erasures set step = 2 where step = 1", &[]).map(drop)
    }
}
