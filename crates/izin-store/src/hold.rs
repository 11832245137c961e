//! Legal holds: while one stands, nothing of the person is erased or destroyed on schedule.
//!
//! A hold follows the person through merges and splits: whoever takes part in one is held as the other
//! was. It does not stop a correction: an address that turns out to be somebody else's leaves the person,
//! or its owner would go on getting their messages.

use izin_core::{SubjectId, Timestamp};
use rusqlite::{Connection, params};

use crate::sqlite::{Tx, rows, run};
use crate::vault::{KEY_VERSION, Keyring, open, place, seal};
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
        const END: &str = "
            update holds
            set ended_at = ?2, ended_by = ?3
            where hold = ?1 and ended_at is null";
        self.writer
            .write(move |tx| Ok(run(tx.db, END, params![id, now.as_micros(), by])? > 0))
            .await
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
        self.keep_hold(subject, (now.as_micros(), by, reason.as_bytes()))?;
        u64::try_from(self.db.last_insert_rowid()).map_err(|_| StoreError::Damaged { what: "hold" })
    }

    fn keep_hold(
        &self,
        subject: SubjectId,
        (begun_at, by, reason): (i64, &str, &[u8]),
    ) -> Result<(), StoreError> {
        const BEGIN: &str = "
            insert into holds (subject, begun_at, begun_by, reason)
            values (?1, ?2, ?3, ?4)";
        let key = self.keys.service_key(REASONS)?;
        let sealed = seal(&key, &here(subject), reason, self.entropy)?;
        let row = params![subject.as_bytes(), begun_at, by, sealed];
        run(self.db, BEGIN, row).map(drop)
    }

    /// Keeps another person's data under the holds that stand for one, each of which ends on its own. A
    /// hold that stands for both already is known by when and by whom it was begun.
    pub(crate) fn share_holds(&self, own: SubjectId, other: SubjectId) -> Result<(), StoreError> {
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
            self.keep_hold(other, (begun_at, &by, &reason))?;
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
