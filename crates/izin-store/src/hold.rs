//! Legal holds: while one stands, nothing of the person is erased or destroyed on schedule.
//!
//! A hold follows the person through merges and splits: whoever takes part in one is held as the other
//! was. It does not stop a correction: an address that turns out to be somebody else's leaves the person,
//! or its owner would go on getting their messages. Beginning and end are journalled as noes are, what they
//! say sealed under the person's key: a backup put back destroys nothing that has to stay.

use izin_core::{SubjectId, Timestamp, hex, unhex};

use crate::db::{Db, exists, one, params, rows, run};
use crate::erasure::one_and_all;
use crate::journal::{Noted, NotedHold, Said};
use crate::vault::{DataClass, KEY_VERSION, Key, Keyring, open, place, seal};
use crate::writer::Tx;
use crate::{Refused, Store, StoreError};

/// The service key over reasons.
const REASONS: &str = "holds";

/// The random name by which the journal knows a hold.
type HoldName = [u8; 16];

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
    /// [`StoreError`] when the database fails.
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
        self.keep_hold(subject, (now, by, reason))
    }

    fn end_hold(&mut self, id: u64, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        const END: &str = "
            update holds
            set ended_at = ?2, ended_by = ?3
            where hold = ?1 and ended_at is null
            returning subject, name, begun_at";
        let row = params![id, now.as_micros(), by];
        let ended: Vec<(SubjectId, HoldName, i64)> = rows(self.db, END, row, |row| {
            let subject = SubjectId::from_bytes(row.get(0)?);
            Ok((subject, row.get(1)?, row.get(2)?))
        })?;
        for (subject, name, begun_at) in &ended {
            let begun_at = Timestamp::from_micros(*begun_at);
            let hold = self.noted_hold(*subject, (name, begun_at), (by, ""))?;
            let people = one_and_all(self.db, *subject)?;
            let noted = Noted::of(people, Said::HoldEnded { hold }, now);
            self.news.noted.push(noted);
        }
        Ok(!ended.is_empty())
    }

    /// Begins a hold, and notes it for everybody who is one with the person now.
    fn keep_hold(
        &mut self,
        subject: SubjectId,
        (begun_at, by, reason): (Timestamp, &str, &str),
    ) -> Result<u64, StoreError> {
        let name = self.entropy.bytes()?;
        let id = self.insert_hold(subject, (&name, begun_at), (by, reason))?;
        let hold = self.noted_hold(subject, (&name, begun_at), (by, reason))?;
        let people = one_and_all(self.db, subject)?;
        let noted = Noted::of(people, Said::HoldBegun { hold }, begun_at);
        self.news.noted.push(noted);
        Ok(id)
    }

    fn insert_hold(
        &self,
        subject: SubjectId,
        (name, begun_at): (&HoldName, Timestamp),
        (by, reason): (&str, &str),
    ) -> Result<u64, StoreError> {
        const BEGIN: &str = "
            insert into holds (subject, name, begun_at, begun_by, reason)
            values (?1, ?2, ?3, ?4, ?5)
            returning hold";
        let key = self.keys.service_key(REASONS)?;
        let sealed = seal(&key, &here(subject), reason.as_bytes(), self.entropy)?;
        let row = params![subject.as_bytes(), name, begun_at.as_micros(), by, sealed];
        one(self.db, BEGIN, row, |row| row.get(0))
    }

    /// A hold as the journal has it.
    fn noted_hold(
        &self,
        subject: SubjectId,
        (name, begun_at): (&HoldName, Timestamp),
        words: (&str, &str),
    ) -> Result<NotedHold, StoreError> {
        let words = serde_json::to_vec(&words).map_err(|_| StoreError::Damaged { what: "hold" })?;
        let key = self.keys.subject_key(subject, DataClass::Evidence)?;
        let sealed = key.map(|key| seal(&key, &noted_here(name), &words, self.entropy));
        Ok(NotedHold {
            whose: subject,
            name: hex(name),
            begun_at,
            sealed: hex(&sealed.transpose()?.unwrap_or_default()),
        })
    }

    /// The holds that stand, as the journal would have them.
    pub(crate) fn noted_holds(&self) -> Result<Vec<Noted>, StoreError> {
        const NAMES: &str = "select name from holds where hold = ?1";
        let mut noted = Vec::new();
        for own in holds(self.db, self.keys)? {
            let names: Vec<HoldName> = rows(self.db, NAMES, params![own.id], |row| row.get(0))?;
            for name in names {
                let words = (&*own.begun_by, &*own.reason);
                let hold = self.noted_hold(own.subject, (&name, own.begun_at), words)?;
                let people = one_and_all(self.db, own.subject)?;
                noted.push(Noted::of(people, Said::HoldBegun { hold }, own.begun_at));
            }
        }
        Ok(noted)
    }

    /// By whom, and why; of what cannot be read any more, nobody and nothing.
    fn words_of(
        &self,
        (hold, name): (&NotedHold, &HoldName),
    ) -> Result<(String, String), StoreError> {
        let key = self.keys.subject_key(hold.whose, DataClass::Evidence)?;
        let (digits, _) = hold.sealed.as_bytes().as_chunks::<2>();
        let sealed: Option<Vec<[u8; 1]>> = digits.iter().map(unhex::<1>).collect();
        let words = key
            .zip(sealed.map(|own| own.concat()))
            .and_then(|(key, sealed)| open(&key, &noted_here(name), &sealed).ok());
        Ok(words
            .and_then(|words| serde_json::from_slice(&words).ok())
            .unwrap_or_default())
    }

    /// Begins a hold that the journal remembers and no row does, for everybody it was begun for, whoever they
    /// are here.
    pub(crate) fn hold_again(
        &mut self,
        people: &[SubjectId],
        hold: &NotedHold,
    ) -> Result<(), StoreError> {
        const THERE: &str = "select 1 from holds where name = ?1";
        let Some(name) = unhex(&hold.name) else {
            return Ok(());
        };
        if exists(self.db, THERE, params![name])? {
            return Ok(());
        }
        let (by, reason) = self.words_of((hold, &name))?;
        let mut held = Vec::new();
        for subject in people {
            let subject = self.merged(*subject)?;
            if !held.contains(&subject) && !self.is_erased(subject)? {
                self.insert_hold(subject, (&name, hold.begun_at), (&by, &reason))?;
                held.push(subject);
            }
        }
        Ok(())
    }

    /// Ends a hold that the journal remembers to have ended, for everybody it ended for: it may stand for others.
    pub(crate) fn free_again(
        &mut self,
        people: &[SubjectId],
        hold: &NotedHold,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const END: &str = "
            update holds
            set ended_at = ?3, ended_by = ?4
            where name = ?1 and subject = ?2 and ended_at is null";
        let Some(name) = unhex(&hold.name) else {
            return Ok(());
        };
        let (by, _) = self.words_of((hold, &name))?;
        for subject in people {
            let subject = self.merged(*subject)?;
            let row = params![name, subject.as_bytes(), now.as_micros(), by];
            run(self.db, END, row)?;
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
            let reason = reason_of(&self.keys.service_key(REASONS)?, own, &sealed);
            self.keep_hold(other, (Timestamp::from_micros(begun_at), &by, &reason))?;
        }
        Ok(())
    }
}

fn holds(db: &Db, keys: &Keyring) -> Result<Vec<Hold>, StoreError> {
    const STANDING: &str = "
        select hold, subject, begun_at, begun_by, reason
        from holds
        where ended_at is null
        order by hold";
    type Row = (u64, [u8; 16], i64, String, Vec<u8>);
    let found: Vec<Row> = rows(db, STANDING, &[], |row| {
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
    let hold = |(id, subject, begun_at, begun_by, sealed): Row| {
        let subject = SubjectId::from_bytes(subject);
        Hold {
            id,
            subject,
            begun_at: Timestamp::from_micros(begun_at),
            begun_by,
            reason: reason_of(&key, subject, &sealed),
        }
    };
    Ok(found.into_iter().map(hold).collect())
}

/// Why somebody is held. A hold whose reason cannot be opened stands all the same; doctor names it.
fn reason_of(key: &Key, subject: SubjectId, sealed: &[u8]) -> String {
    let opened = open(key, &here(subject), sealed).ok();
    let reason = opened.and_then(|own| String::from_utf8(own).ok());
    reason.unwrap_or_default()
}

/// The numbers of holds whose reason does not open.
pub(crate) fn closed(db: &Db, keys: &Keyring) -> Result<Vec<u64>, StoreError> {
    const ALL: &str = "select hold, subject, reason from holds order by hold";
    let found: Vec<(u64, [u8; 16], Vec<u8>)> = rows(db, ALL, &[], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let key = keys.service_key(REASONS)?;
    let opens = |(_, subject, sealed): &(u64, [u8; 16], Vec<u8>)| {
        open(&key, &here(SubjectId::from_bytes(*subject)), sealed).is_ok()
    };
    let closed = found.into_iter().filter(|own| !opens(own));
    Ok(closed.map(|own| own.0).collect())
}

fn here(subject: SubjectId) -> Vec<u8> {
    place(subject.as_bytes(), "holds.reason", KEY_VERSION)
}

fn noted_here(name: &HoldName) -> Vec<u8> {
    place(name, "journal.hold", KEY_VERSION)
}
