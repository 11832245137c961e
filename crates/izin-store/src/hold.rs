//! Legal holds: while one stands, nothing of the person is erased or destroyed on schedule.
//!
//! A hold follows the person through merges and splits: whoever takes part in one is held as the other
//! was. It does not stop a correction: an address that turns out to be somebody else's leaves the person,
//! or its owner would go on getting their messages. Beginning and end are journalled as noes are, what they
//! say sealed under the person's key: a backup put back destroys nothing that has to stay.

use izin_core::{SubjectId, Timestamp, hex, unhex};
use rusqlite::{Connection, params};

use crate::journal::{Noted, NotedHold, Said};
use crate::sqlite::{Tx, rows, run};
use crate::vault::{DataClass, KEY_VERSION, Keyring, open, place, seal};
use crate::{Refused, Store, StoreError};

/// The service key over reasons.
const REASONS: &str = "holds";

/// A legal hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its number.
    pub id: u64,
    /// Whose data it keeps.
    pub subject: SubjectId,
    /// Since when.
    pub begun_at: Timestamp,
    /// Who ordered it.
    pub begun_by: String,
    /// Why.
    pub reason: String,
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hold({}, masked)", self.id)
    }
}

impl Store {
    /// Begins a hold; answers its number.
    ///
    /// # Errors
    /// [`Refused::UnknownPerson`] when there is nobody to hold; [`StoreError`].
    pub async fn begin_hold(
        &self,
        subject: SubjectId,
        (by, reason): (String, String),
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |tx| tx.begin_hold(subject, (&by, &reason), now))
            .await
    }

    /// The holds that stand, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a reason is damaged.
    pub async fn holds(&self) -> Result<Vec<Hold>, StoreError> {
        self.read_sealed(holds).await
    }

    /// Ends a hold; says whether it stood.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn end_hold(&self, id: u64, by: String, now: Timestamp) -> Result<bool, StoreError> {
        self.writer.write(move |tx| tx.end_hold(id, &by, now)).await
    }
}

impl Tx<'_> {
    fn begin_hold(
        &mut self,
        subject: SubjectId,
        (by, reason): (&str, &str),
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let subject = self.merged(subject)?;
        if crate::ledger::known_since(self.histories(), subject)?.is_none() {
            return Err(Refused::UnknownPerson.into());
        }
        self.keep_hold(subject, (now, by, reason))?;
        u64::try_from(self.db.last_insert_rowid()).map_err(|_| StoreError::Damaged { what: "hold" })
    }

    fn end_hold(&mut self, id: u64, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        const END: &str = "
            update holds
            set ended_at = ?2, ended_by = ?3
            where hold = ?1 and ended_at is null
            returning subject, begun_at";
        let row = params![id, now.as_micros(), by];
        let ended: Vec<(SubjectId, i64)> = rows(self.db, END, row, |row| {
            Ok((SubjectId::from_bytes(row.get(0)?), row.get(1)?))
        })?;
        for (subject, begun_at) in &ended {
            let hold = self.noted_hold(*subject, Timestamp::from_micros(*begun_at), (by, ""))?;
            self.note(Noted::of(*subject, Said::HoldEnded { hold }, now));
        }
        Ok(!ended.is_empty())
    }

    fn keep_hold(
        &mut self,
        subject: SubjectId,
        (begun_at, by, reason): (Timestamp, &str, &str),
    ) -> Result<(), StoreError> {
        const BEGIN: &str = "
            insert into holds (subject, begun_at, begun_by, reason)
            values (?1, ?2, ?3, ?4)";
        let hold = self.noted_hold(subject, begun_at, (by, reason))?;
        self.note(Noted::of(subject, Said::HoldBegun { hold }, begun_at));
        let key = self.keys.service_key(REASONS)?;
        let sealed = seal(&key, &here(subject), reason.as_bytes(), self.entropy)?;
        let row = params![subject.as_bytes(), begun_at.as_micros(), by, sealed];
        run(self.db, BEGIN, row).map(drop)
    }

    /// A hold as the journal has it.
    fn noted_hold(
        &self,
        subject: SubjectId,
        begun_at: Timestamp,
        words: (&str, &str),
    ) -> Result<NotedHold, StoreError> {
        let words = serde_json::to_vec(&words).map_err(|_| StoreError::Damaged { what: "hold" })?;
        let key = self.keys.subject_key(subject, DataClass::Evidence)?;
        let sealed = key.map(|key| seal(&key, &noted_here(subject), &words, self.entropy));
        Ok(NotedHold {
            begun_at,
            sealed: hex(&sealed.transpose()?.unwrap_or_default()),
        })
    }

    /// The holds that stand, as a new journal begins with them.
    pub(crate) fn noted_holds(&self) -> Result<Vec<Noted>, StoreError> {
        let noted = |own: Hold| {
            let hold = self.noted_hold(own.subject, own.begun_at, (&own.begun_by, &own.reason))?;
            Ok(Noted::of(
                own.subject,
                Said::HoldBegun { hold },
                own.begun_at,
            ))
        };
        holds(self.db, self.keys)?.into_iter().map(noted).collect()
    }

    /// By whom, and why; of what cannot be read any more, nobody and nothing.
    fn words_of(
        &self,
        subject: SubjectId,
        hold: &NotedHold,
    ) -> Result<(String, String), StoreError> {
        let key = self.keys.subject_key(subject, DataClass::Evidence)?;
        let (digits, _) = hold.sealed.as_bytes().as_chunks::<2>();
        let sealed: Option<Vec<[u8; 1]>> = digits.iter().map(unhex::<1>).collect();
        let words = key
            .zip(sealed.map(|own| own.concat()))
            .and_then(|(key, sealed)| open(&key, &noted_here(subject), &sealed).ok());
        Ok(words
            .and_then(|words| serde_json::from_slice(&words).ok())
            .unwrap_or_default())
    }

    /// Begins a hold that the journal remembers, once.
    pub(crate) fn hold_again(
        &mut self,
        subject: SubjectId,
        hold: &NotedHold,
    ) -> Result<(), StoreError> {
        const THERE: &str = "select 1 from holds where subject = ?1 and begun_at = ?2";
        let row = params![subject.as_bytes(), hold.begun_at.as_micros()];
        let there = self.db.prepare_cached(THERE)?.exists(row)?;
        if there || self.is_erased(subject)? {
            return Ok(());
        }
        let (by, reason) = self.words_of(subject, hold)?;
        self.keep_hold(subject, (hold.begun_at, &by, &reason))
    }

    /// Ends a hold that the journal remembers to have ended.
    pub(crate) fn free_again(
        &mut self,
        subject: SubjectId,
        hold: &NotedHold,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const STANDING: &str = "
            select hold
            from holds
            where subject = ?1 and begun_at = ?2 and ended_at is null";
        let row = params![subject.as_bytes(), hold.begun_at.as_micros()];
        let standing: Vec<u64> = rows(self.db, STANDING, row, |row| row.get(0))?;
        let (by, _) = self.words_of(subject, hold)?;
        for id in standing {
            self.end_hold(id, &by, now)?;
        }
        Ok(())
    }

    /// Keeps another person's data under the holds that stand for one, each of which ends on its own. A
    /// hold that stands for both already is known by when and by whom it was begun.
    pub(crate) fn share_holds(
        &mut self,
        own: SubjectId,
        other: SubjectId,
    ) -> Result<(), StoreError> {
        const OWN: &str = "
            select begun_at, begun_by, reason
            from holds
            where subject = ?1
              and ended_at is null
              and (begun_at, begun_by) not in (
                select begun_at, begun_by
                from holds
                where subject = ?2 and ended_at is null
              )
            order by hold";
        let row = params![own.as_bytes(), other.as_bytes()];
        let found: Vec<(i64, String, Vec<u8>)> = rows(self.db, OWN, row, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        for (begun_at, by, sealed) in found {
            let reason = open(&self.keys.service_key(REASONS)?, &here(own), &sealed)?;
            let reason = String::from_utf8(reason);
            let reason = reason.map_err(|_| StoreError::Damaged { what: "hold" })?;
            self.keep_hold(other, (Timestamp::from_micros(begun_at), &by, &reason))?;
        }
        Ok(())
    }
}

fn holds(db: &Connection, keys: &Keyring) -> Result<Vec<Hold>, StoreError> {
    const STANDING: &str = "
        select hold, subject, begun_at, begun_by, reason
        from holds
        where ended_at is null
        order by hold";
    type Row = (u64, [u8; 16], i64, String, Vec<u8>);
    let found: Vec<Row> = rows(db, STANDING, [], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
        ))
    })?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let key = keys.service_key(REASONS)?;
    found
        .into_iter()
        .map(|(id, subject, begun_at, begun_by, sealed)| {
            let subject = SubjectId::from_bytes(subject);
            let reason = String::from_utf8(open(&key, &here(subject), &sealed)?);
            Ok(Hold {
                id,
                subject,
                begun_at: Timestamp::from_micros(begun_at),
                begun_by,
                reason: reason.map_err(|_| StoreError::Damaged { what: "hold" })?,
            })
        })
        .collect()
}

fn here(subject: SubjectId) -> Vec<u8> {
    place(subject.as_bytes(), "holds.reason", KEY_VERSION)
}

fn noted_here(subject: SubjectId) -> Vec<u8> {
    place(subject.as_bytes(), "journal.hold", KEY_VERSION)
}
