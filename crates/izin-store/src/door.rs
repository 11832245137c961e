//! Who may come in by machine, and what was imported.

use izin_core::Timestamp;

use crate::db::{first, one, params, rows, run};
use crate::{Store, StoreError};

/// A credential of a machine; the key itself is shown once and kept as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// What the operator calls it.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped working, if it did.
    pub revoked_at: Option<Timestamp>,
}

/// One import and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// What was imported, as `contacts`.
    pub kind: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Data rows read.
    pub rows: u64,
    /// Rows that took effect.
    pub applied: u64,
    /// Rows that said what was known already.
    pub duplicates: u64,
    /// Rows that could not be used.
    pub rejected: u64,
}

impl Store {
    /// Keeps a new credential.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn keep_api_key(&self, hash: [u8; 32], key: ApiKey) -> Result<(), StoreError> {
        const KEEP: &str =
            "insert into api_keys (hash, name, role, created_at) values (?1, ?2, ?3, ?4)";
        self.writer
            .write(move |tx| {
                let row = params![hash, key.name, key.role, key.created_at.as_micros()];
                tx.news.doors = true;
                run(tx.db, KEEP, row).map(drop)
            })
            .await
    }

    /// Every credential with its hash, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn api_keys(&self) -> Result<Vec<([u8; 32], ApiKey)>, StoreError> {
        const ALL: &str = "
            select hash, name, role, created_at, revoked_at
            from api_keys
            order by created_at";
        self.read(|db| {
            rows(db, ALL, &[], |row| {
                let revoked: Option<i64> = row.get(4)?;
                Ok((
                    row.get(0)?,
                    ApiKey {
                        name: row.get(1)?,
                        role: row.get(2)?,
                        created_at: Timestamp::from_micros(row.get(3)?),
                        revoked_at: revoked.map(Timestamp::from_micros),
                    },
                ))
            })
        })
        .await
    }

    /// Ends every working credential of that name; answers how many.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn revoke_api_key(&self, name: String, now: Timestamp) -> Result<usize, StoreError> {
        const REVOKE: &str =
            "update api_keys set revoked_at = ?2 where name = ?1 and revoked_at is null";
        self.writer
            .write(move |tx| {
                tx.news.doors = true;
                run(tx.db, REVOKE, params![name, now.as_micros()])
            })
            .await
    }

    /// Keeps what came of an import; answers its number.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn keep_import(&self, import: ImportRun) -> Result<u64, StoreError> {
        const KEEP: &str = "
            insert into imports (kind, started_at, rows, applied, duplicates, rejected)
            values (?1, ?2, ?3, ?4, ?5, ?6) returning import";
        self.writer
            .write(move |tx| {
                let id = one(
                    tx.db,
                    KEEP,
                    params![
                        import.kind,
                        import.started_at.as_micros(),
                        import.rows,
                        import.applied,
                        import.duplicates,
                        import.rejected,
                    ],
                    |row| row.get(0),
                )?;
                Ok(id)
            })
            .await
    }

    /// Keeps what a call with this idempotency key was answered; the first answer stays.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn keep_answer(
        &self,
        key: [u8; 32],
        answer: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |tx| tx.keep_answer(key, &answer, now))
            .await
    }

    /// What a call with this idempotency key was answered, if it was made before.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn answered(&self, key: [u8; 32]) -> Result<Option<String>, StoreError> {
        const FIND: &str = "select answer from idempotency where hash = ?1";
        self.read(move |db| first(db, FIND, params![key], |row| row.get(0)))
            .await
    }
}
