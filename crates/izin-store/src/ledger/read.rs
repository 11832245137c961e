//! What is read of a person's entries: the acts, and what was said in words beside them.

use izin_core::{Entry, Seq, SubjectId, Timestamp};
use izin_log::leaf::commit;

use super::detail_place;
use crate::db::{Db, Row, first, params, rows};
use crate::histories::Histories;
use crate::vault::{DataClass, Key, Keyring, open};
use crate::{Store, StoreError};

impl Store {
    /// What was said in words beside a person's entries, oldest first; none when their evidence
    /// key is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a value is damaged.
    pub async fn details(&self, subject: SubjectId) -> Result<Vec<(Seq, String)>, StoreError> {
        let recent = self.recent();
        self.read_sealed(move |db, keys| details(Histories::new(db, &recent), keys, subject))
            .await
    }

    /// What is withheld of somebody who was erased: the caller makes sure that two people want to
    /// see it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a value is damaged.
    pub async fn withheld(&self, subject: SubjectId) -> Result<Vec<(Seq, String)>, StoreError> {
        let recent = self.recent();
        self.read_sealed(move |db, keys| {
            let key = keys.subject_key(subject, DataClass::Withheld)?;
            opened(Histories::new(db, &recent), key, subject)
        })
        .await
    }
}

/// What was said in words beside a person's entries.
fn details(
    histories: Histories<'_>,
    keys: &Keyring,
    subject: SubjectId,
) -> Result<Vec<(Seq, String)>, StoreError> {
    opened(
        histories,
        keys.subject_key(subject, DataClass::Evidence)?,
        subject,
    )
}

/// Whether what was kept beside an entry, blinding and sealed words, is what the entry commits to.
pub(crate) fn is_committed(
    key: &Key,
    (seq, subject): (Seq, SubjectId),
    (blinding, sealed): ([u8; 32], Vec<u8>),
    committed: &[u8; 32],
) -> Result<bool, StoreError> {
    let plain = open(key, &detail_place(seq, subject), &sealed)?;
    Ok(commit(&blinding, &plain) == *committed)
}

/// A person's details under a key; none without it.
fn opened(
    histories: Histories<'_>,
    key: Option<Key>,
    subject: SubjectId,
) -> Result<Vec<(Seq, String)>, StoreError> {
    const ONE: &str = "
        select d.sealed
        from details d
        join entries e on e.seq = d.seq
        where d.seq = ?1 and e.subject = ?2";
    let Some(key) = key else {
        return Ok(Vec::new());
    };
    let mut said = Vec::new();
    for seq in histories.of_person(subject)? {
        let row = params![seq.0, subject.as_bytes()];
        let sealed = rows(histories.db(), ONE, row, |row| row.get::<Vec<u8>>(0))?.pop();
        let Some(sealed) = sealed else { continue };
        let plain = open(&key, &detail_place(seq, subject), &sealed)?;
        let words = String::from_utf8(plain);
        said.push((
            seq,
            words.map_err(|_| StoreError::Damaged { what: "detail" })?,
        ));
    }
    Ok(said)
}

/// Reads `seq, recorded_at, subject, act`, the first four columns of a row.
pub(crate) fn entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let damaged = || StoreError::Damaged { what: "act" };
    let act = row.bytes(3)?;
    let subject: Option<[u8; 16]> = row.get(2)?;
    Ok(Entry {
        seq: Seq(row.get(0)?),
        recorded_at: Timestamp::from_micros(row.get(1)?),
        subject: subject.map(SubjectId::from_bytes),
        act: serde_json::from_slice(act).map_err(|_| damaged())?,
    })
}

/// One person's entries, oldest first.
pub(crate) fn history(
    histories: Histories<'_>,
    subject: SubjectId,
) -> Result<Vec<Entry>, StoreError> {
    const INDEXED: &str = "
        select e.seq, e.recorded_at, e.subject, e.act
        from histories h
        join entries e on e.seq = h.seq
        where h.subject = ?1 and e.subject = ?1
        order by e.seq";
    // Memory first: what moves meanwhile is in the table by the time that is read.
    let newest = histories.newest_of_person(subject);
    let db = histories.db();
    let mut found = rows(db, INDEXED, params![subject.as_bytes()], entry)?;
    let last = found.last().map(|own| own.seq);
    for seq in newest.into_iter().filter(|own| last < Some(*own)) {
        found.extend(of(db, seq, subject)?);
    }
    Ok(found)
}

/// An entry, if it is about that person.
fn of(db: &Db, seq: Seq, subject: SubjectId) -> Result<Option<Entry>, StoreError> {
    const ONE: &str = "
        select seq, recorded_at, subject, act
        from entries
        where seq = ?1 and subject = ?2";
    let row = params![seq.0, subject.as_bytes()];
    first(db, ONE, row, entry)
}

/// When a person's newest entry was recorded.
pub(crate) fn heard_of_last(
    histories: Histories<'_>,
    subject: SubjectId,
) -> Result<Option<Timestamp>, StoreError> {
    let newest = histories.of_person(subject)?.into_iter().rev();
    first_recorded(histories.db(), newest, subject)
}

/// When the newest entry dated before a moment was recorded, whatever stands behind it.
pub(crate) fn recorded_before(db: &Db, moment: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    const BEFORE: &str = "
        select recorded_at
        from entries
        where recorded_at < ?1
        order by seq desc
        limit 1";
    let last = rows(db, BEFORE, params![moment.as_micros()], |row| row.get(0))?;
    Ok(last.into_iter().next().map(Timestamp::from_micros))
}

/// When the first entry about a person was recorded.
pub(crate) fn known_since(
    histories: Histories<'_>,
    subject: SubjectId,
) -> Result<Option<Timestamp>, StoreError> {
    let oldest = histories.of_person(subject)?.into_iter();
    first_recorded(histories.db(), oldest, subject)
}

/// When the first of some entries that is about a person was recorded, whatever it says.
fn first_recorded(
    db: &Db,
    own: impl Iterator<Item = Seq>,
    subject: SubjectId,
) -> Result<Option<Timestamp>, StoreError> {
    const WHEN: &str = "select recorded_at from entries where seq = ?1 and subject = ?2";
    for seq in own {
        let row = params![seq.0, subject.as_bytes()];
        if let Some(at) = rows(db, WHEN, row, |row| row.get(0))?.pop() {
            return Ok(Some(Timestamp::from_micros(at)));
        }
    }
    Ok(None)
}
