//! Step-up codes: what a person wished for, kept until they prove control of an address.
//!
//! Only a hash of the code is kept. Tries are counted in the writing transaction, so that nobody
//! gets more by asking in parallel. Start at [`Store::try_code`].

use std::fmt;

use izin_core::{IdentifierId, SubjectId, Timestamp};

use crate::db::{Row, first, one, params, run};
use crate::writer::Tx;
use crate::{Store, StoreError};

/// Wrong codes that may be tried: of six digits, one in 200,000 is guessed.
const TRIES_MAX: u32 = 5;
/// Days a code is remembered, for limits on how many are sent.
const CODES_KEPT_DAYS: i64 = 30;
/// Old codes forgotten in one call: more than one call adds.
const CODES_PRUNED_MAX: u32 = 100;

/// A code that was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    /// The random name of the attempt.
    pub id: [u8; 16],
    /// Whose wish it is.
    pub subject: SubjectId,
    /// The address it was sent to.
    pub identifier: IdentifierId,
    /// The hash of what was sent.
    pub code_hash: [u8; 32],
    /// What is wished for, as canonical JSON; no personal value.
    pub wish: String,
    /// From when it is too late.
    pub expires_at: Timestamp,
}

/// Without name and hash: of so few digits, the code would follow from it.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({:?}, masked)", self.subject)
    }
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It is the code; it is spent now.
    Right(Code),
    /// It is not.
    Wrong {
        /// Tries left.
        left: u32,
    },
    /// Too late.
    Expired,
    /// Used before, or tried too often.
    Spent,
    /// No such attempt.
    Unknown,
}

impl Store {
    /// Keeps a code that is about to be sent, and forgets old ones.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn keep_code(&self, code: Code, now: Timestamp) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into codes
              (code, subject, identifier, code_hash, wish, tries, made_at, expires_at)
            values (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)";
        self.writer
            .write(move |tx| {
                tx.prune_codes(now)?;
                let row = params![
                    code.id,
                    code.subject.as_bytes(),
                    code.identifier.as_bytes(),
                    code.code_hash,
                    code.wish,
                    now.as_micros(),
                    code.expires_at.as_micros(),
                ];
                run(tx.db, KEEP, row).map(drop)
            })
            .await
    }

    /// Tries a code, once.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; then it was not tried.
    pub async fn try_code(
        &self,
        id: [u8; 16],
        code_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Tried, StoreError> {
        self.writer
            .write(move |tx| tx.try_code(id, code_hash, now))
            .await
    }

    /// How many codes were sent to an address after `since`.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn codes_since(
        &self,
        identifier: IdentifierId,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        const COUNT: &str = "
            select count(*)
            from codes
            where identifier = ?1 and made_at > ?2";
        self.read(move |db| {
            let row = params![identifier.as_bytes(), since.as_micros()];
            one(db, COUNT, row, |row| row.get(0))
        })
        .await
    }
}

impl Tx<'_> {
    fn try_code(
        &self,
        id: [u8; 16],
        code_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Tried, StoreError> {
        const FIND: &str = "
            select code, subject, identifier, code_hash, wish, expires_at, tries, spent_at
            from codes
            where code = ?1";
        const MISS: &str = "update codes set tries = tries + 1 where code = ?1";
        const SPEND: &str = "update codes set spent_at = ?2 where code = ?1";
        let read = |row: &Row<'_>| {
            let spent_at: Option<i64> = row.get(7)?;
            Ok((code(row)?, row.get::<u32>(6)?, spent_at.is_some()))
        };
        let Some((code, tries, spent)) = first(self.db, FIND, params![id], read)? else {
            return Ok(Tried::Unknown);
        };
        if spent || tries >= TRIES_MAX {
            return Ok(Tried::Spent);
        }
        if now >= code.expires_at {
            return Ok(Tried::Expired);
        }
        // Compared as hashes are, in constant time.
        if blake3::Hash::from_bytes(code.code_hash) == blake3::Hash::from_bytes(code_hash) {
            run(self.db, SPEND, params![id, now.as_micros()])?;
            return Ok(Tried::Right(code));
        }
        run(self.db, MISS, params![id])?;
        Ok(Tried::Wrong {
            left: TRIES_MAX - tries - 1,
        })
    }

    fn prune_codes(&self, now: Timestamp) -> Result<(), StoreError> {
        const PRUNE: &str = "
            delete from codes
            where code in (
              select code
              from codes
              where made_at < ?1
              limit ?2
            )";
        let before = now.plus_days(-CODES_KEPT_DAYS).as_micros();
        run(self.db, PRUNE, params![before, CODES_PRUNED_MAX]).map(drop)
    }
}

/// Reads the first six columns of a row.
fn code(row: &Row<'_>) -> Result<Code, StoreError> {
    Ok(Code {
        id: row.get(0)?,
        subject: SubjectId::from_bytes(row.get(1)?),
        identifier: IdentifierId::from_bytes(row.get(2)?),
        code_hash: row.get(3)?,
        wish: row.get(4)?,
        expires_at: Timestamp::from_micros(row.get(5)?),
    })
}
