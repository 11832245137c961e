//! How an identifier leaves a person: a wrong person, a number that is somebody else's now, a merge
//! undone. What was refused through it stays refused, for the person and for the identifier.

use izin_core::relation::DetachCause;
use izin_core::{Act, Identifier, IdentifierId, SubjectId, Timestamp};

use crate::db::{params, rows, run};
use crate::ledger::{Draft, IndexKey, Recorded};
use crate::vault::LookupHash;
use crate::writer::Tx;
use crate::{Refused, StoreError};

impl Tx<'_> {
    /// Takes an identifier from a person and from everybody who was merged into them.
    pub(crate) fn detach(
        &mut self,
        subject: SubjectId,
        identifier: &Identifier,
        cause: DetachCause,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const HELD: &str = "
            select subject, identifier
            from identifiers
            where lookup_hash = ?1
              and (
                subject = ?2
                or subject in (select subject from merges where into_subject = ?2)
              )
            order by subject = ?2 desc, subject";
        let subject = self.merged(subject)?;
        let lookup = self.lookup(identifier)?;
        let row = params![lookup.as_bytes(), subject.as_bytes()];
        let held: Vec<(SubjectId, IdentifierId)> = rows(self.db, HELD, row, |row| {
            Ok((
                SubjectId::from_bytes(row.get(0)?),
                IdentifierId::from_bytes(row.get(1)?),
            ))
        })?;
        let mut first = None;
        for (holder, id) in held {
            let recorded = self.detach_row(holder, (id, lookup), cause, now)?;
            first.get_or_insert(recorded);
        }
        first.ok_or_else(|| Refused::NotHeld.into())
    }

    /// Takes one identifier from one person. Its hash is remembered for the replay.
    pub(crate) fn detach_row(
        &mut self,
        subject: SubjectId,
        (identifier, lookup): (IdentifierId, LookupHash),
        cause: DetachCause,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const REMEMBER: &str = "
            insert into detached (identifier, subject, lookup_hash, key_version)
            select identifier, subject, lookup_hash, key_version
            from identifiers
            where identifier = ?1";
        const REMOVE: &str = "delete from identifiers where identifier = ?1";
        run(self.db, REMEMBER, params![identifier.as_bytes()])?;
        run(self.db, REMOVE, params![identifier.as_bytes()])?;
        self.append(Draft {
            subject: Some(subject),
            recorded_at: now,
            act: Act::IdentifierDetached { identifier, cause },
            detail: None,
            key: IndexKey::Detached(lookup),
        })
    }
}
