//! Published policies: every version stays readable.

use izin_core::{Act, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::ledger::{Draft, IndexKey};
use crate::sqlite::run;
use crate::{Store, StoreError};

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
}

impl Store {
    /// The newest policy, if any was published.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn policy(&self) -> Result<Option<PublishedPolicy>, StoreError> {
        const LAST: &str = "
            select version, hash, body, published_at from policies
            order by version desc limit 1";
        self.read(|db| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(PublishedPolicy {
                    version: row.get(0)?,
                    hash: row.get(1)?,
                    body: row.get(2)?,
                    published_at: Timestamp::from_micros(row.get(3)?),
                })
            };
            Ok(db.query_row(LAST, [], read).optional()?)
        })
        .await
    }

    /// Publishes a policy: its body and the ledger's entry, together. Answers its version.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn publish(&self, body: String, now: Timestamp) -> Result<u32, StoreError> {
        const NEXT: &str = "select coalesce(max(version), 0) + 1 from policies";
        const KEEP: &str = "
            insert into policies (version, hash, body, published_at) values (?1, ?2, ?3, ?4)";
        self.writer
            .write(move |tx| {
                let version: u32 = tx.db.query_row(NEXT, [], |row| row.get(0))?;
                let hash = blake3::hash(body.as_bytes()).to_hex().to_string();
                run(tx.db, KEEP, params![version, hash, body, now.as_micros()])?;
                tx.append(Draft {
                    subject: None,
                    recorded_at: now,
                    act: Act::PolicyPublished { version, hash },
                    detail: None,
                    key: IndexKey::None,
                })?;
                Ok(version)
            })
            .await
    }
}
