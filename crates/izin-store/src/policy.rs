//! Published policies: every version stays readable, with the entry by which it took effect.

use izin_core::policy::DpiaId;
use izin_core::{Act, Seq, Timestamp};

use crate::db::{Row, first, one, params, rows, run};
use crate::ledger::{Draft, IndexKey, Recorded};
use crate::writer::Tx;
use crate::{Refused, Store, StoreError};

/// A policy as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPolicy {
    /// Counted from 1.
    pub version: u32,
    /// BLAKE3 of the body, in hexadecimal; the ledger's entry names it.
    pub hash: String,
    /// The policy's canonical JSON.
    pub body: String,
    /// When.
    pub published_at: Timestamp,
    /// By which entry and when it took effect, if it did.
    pub effective: Option<(Seq, Timestamp)>,
}

impl Store {
    /// The newest policy, if any was published; it may not have taken effect.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn policy(&self) -> Result<Option<PublishedPolicy>, StoreError> {
        const LAST: &str = "
            select version, hash, body, published_at, effective_seq, effective_at
            from policies
            order by version desc
            limit 1";
        self.read(|db| first(db, LAST, &[], policy)).await
    }

    /// The policy in force: the last that took effect.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn effective_policy(&self) -> Result<Option<PublishedPolicy>, StoreError> {
        const IN_FORCE: &str = "
            select version, hash, body, published_at, effective_seq, effective_at
            from policies
            where effective_seq is not null
            order by effective_seq desc
            limit 1";
        self.read(|db| first(db, IN_FORCE, &[], policy)).await
    }

    /// One version.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn policy_version(
        &self,
        version: u32,
    ) -> Result<Option<PublishedPolicy>, StoreError> {
        const ONE: &str = "
            select version, hash, body, published_at, effective_seq, effective_at
            from policies
            where version = ?1";
        self.read(move |db| first(db, ONE, params![version], policy))
            .await
    }

    /// Every version, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn policies(&self) -> Result<Vec<PublishedPolicy>, StoreError> {
        const ALL: &str = "
            select version, hash, body, published_at, effective_seq, effective_at
            from policies
            order by version";
        self.read(|db| rows(db, ALL, &[], policy)).await
    }

    /// Publishes a policy with the impact assessments newly approved in it, each with the BLAKE3 of
    /// its canonical text: the body and the ledger's entries, together. Answers its version, which
    /// is not in force yet.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn publish(
        &self,
        body: String,
        approved: Vec<(DpiaId, String)>,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        const NEXT: &str = "select coalesce(max(version), 0) + 1 from policies";
        const KEEP: &str = "
            insert into policies (version, hash, body, published_at)
            values (?1, ?2, ?3, ?4)";
        self.writer
            .write(move |tx| {
                let version: u32 = one(tx.db, NEXT, &[], |row| row.get(0))?;
                let hash = blake3::hash(body.as_bytes()).to_hex().to_string();
                run(tx.db, KEEP, params![version, hash, body, now.as_micros()])?;
                tx.declare(Act::PolicyPublished { version, hash }, now)?;
                for (dpia, hash) in approved.clone() {
                    tx.declare(Act::DpiaApproved { dpia, hash }, now)?;
                }
                Ok(version)
            })
            .await
    }

    /// Puts a version in force; answers the entry and the time by which it is. A version that took
    /// effect before keeps both.
    ///
    /// # Errors
    /// [`Refused::UnknownPolicy`]; another [`StoreError`] when it could not be made durable.
    pub async fn take_effect(
        &self,
        version: u32,
        now: Timestamp,
    ) -> Result<(Seq, Timestamp), StoreError> {
        const FIND: &str = "
            select version, hash, body, published_at, effective_seq, effective_at
            from policies
            where version = ?1";
        const KEEP: &str = "
            update policies
            set effective_seq = ?2, effective_at = ?3
            where version = ?1";
        self.writer
            .write(move |tx| {
                let found = first(tx.db, FIND, params![version], policy)?;
                if let Some(effective) = found.ok_or(Refused::UnknownPolicy)?.effective {
                    return Ok(effective);
                }
                let seq = tx.declare(Act::PolicyTookEffect { version }, now)?.seq;
                run(tx.db, KEEP, params![version, seq.0, now.as_micros()])?;
                Ok((seq, now))
            })
            .await
    }
}

impl Tx<'_> {
    /// Enters an act of the company, about nobody.
    fn declare(&mut self, act: Act, now: Timestamp) -> Result<Recorded, StoreError> {
        self.append(Draft {
            subject: None,
            recorded_at: now,
            act,
            detail: None,
            key: IndexKey::None,
        })
    }
}

fn policy(row: &Row<'_>) -> Result<PublishedPolicy, StoreError> {
    let (seq, at): (Option<u64>, Option<i64>) = (row.get(4)?, row.get(5)?);
    Ok(PublishedPolicy {
        version: row.get(0)?,
        hash: row.get(1)?,
        body: row.get(2)?,
        published_at: Timestamp::from_micros(row.get(3)?),
        effective: seq.map(Seq).zip(at.map(Timestamp::from_micros)),
    })
}
