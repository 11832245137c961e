//! How a refusal is entered: for everybody it concerns, and for every address it reaches.
//!
//! Nothing here asks whether the refusal is welcome, and nothing removes one.

use izin_core::{Act, IdentifierId, IdentifierKind, Origin, Refusal, Scope, SubjectId, Timestamp};
use rusqlite::params;

use crate::StoreError;
use crate::command::{Refusing, Whom};
use crate::ledger::{Draft, IndexKey, Recorded};
use crate::sqlite::{Tx, rows, run};
use crate::vault::{KEY_VERSION, SuppressionHash};

impl Tx<'_> {
    /// Enters a refusal for every person concerned and as a suppression of every address it
    /// reaches. Answers the first person's entry, or the suppression's when nobody is known.
    pub(crate) fn refuse(
        &mut self,
        refusing: &Refusing,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let (mut holders, hashes) = self.reach(&refusing.whom, &refusing.scope)?;
        let named = holders.len();
        for hash in &hashes {
            for holder in self.holders(*hash)? {
                if !holders.contains(&holder) {
                    holders.push(holder);
                }
            }
        }
        let mut said = Vec::new();
        for (at, holder) in holders.into_iter().enumerate() {
            let own = at < named || named == 0;
            let recorded = self.append(Draft {
                subject: Some(holder),
                recorded_at: now,
                act: Act::Refused {
                    refusal: refusing.refusal,
                    scope: refusing.scope,
                    occurred_at: refusing.occurred_at,
                    origin: if own { refusing.origin } else { Origin::Izin },
                },
                detail: refusing.detail.clone().filter(|_| own),
                key: IndexKey::None,
            })?;
            said.push(recorded);
        }
        for hash in hashes {
            said.push(self.suppress(hash, refusing, now)?);
        }
        self.keep_saying(&said)?;
        said.into_iter().next().ok_or(StoreError::Damaged {
            what: "refusal (it concerns nobody and no address)",
        })
    }

    /// The person a refusal names, and the hashes of the addresses it covers.
    fn reach(
        &self,
        whom: &Whom,
        scope: &Scope,
    ) -> Result<(Vec<SubjectId>, Vec<SuppressionHash>), StoreError> {
        match whom {
            Whom::Subject(subject) => {
                let subject = self.merged(*subject)?;
                Ok((vec![subject], self.addresses(subject, scope)?))
            }
            Whom::Identifier(identifier) => {
                Ok((Vec::new(), vec![self.keys.hasher().suppression(identifier)]))
            }
            Whom::Link(subject, hash) => {
                let subject = self.merged(*subject)?;
                let mut hashes = self.addresses(subject, scope)?;
                let known = !self.addresses(subject, &Scope::EVERYTHING)?.is_empty();
                if !hashes.contains(hash) {
                    hashes.push(*hash);
                }
                Ok((if known { vec![subject] } else { Vec::new() }, hashes))
            }
        }
    }

    /// The suppression hashes of a person's identifiers on the scope's channel, or of all.
    fn addresses(
        &self,
        subject: SubjectId,
        scope: &Scope,
    ) -> Result<Vec<SuppressionHash>, StoreError> {
        const OWN: &str = "select kind, suppression_hash from identifiers where subject = ?1";
        let own: Vec<(u8, [u8; 16])> = rows(self.db, OWN, params![subject.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let reached = |kind: u8| {
            let kind = IdentifierKind::from_code(kind);
            scope
                .channel
                .is_none_or(|channel| kind.is_some_and(|kind| kind.reaches(channel)))
        };
        let hashes = own.into_iter().filter(|(kind, _)| reached(*kind));
        Ok(hashes
            .map(|(_, hash)| SuppressionHash::from_bytes(hash))
            .collect())
    }

    fn holders(&self, hash: SuppressionHash) -> Result<Vec<SubjectId>, StoreError> {
        const HOLDERS: &str = "
            select distinct subject
            from identifiers
            where suppression_hash = ?1 and subject not in (select subject from merges)
            order by subject";
        rows(self.db, HOLDERS, params![hash.as_bytes()], |row| {
            row.get(0).map(SubjectId::from_bytes)
        })
    }

    /// Suppresses an address, unless the same no already stands for it.
    fn suppress(
        &mut self,
        hash: SuppressionHash,
        refusing: &Refusing,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const KEEP: &str = "
            insert into suppressions (suppression, hash, key_version, seq)
            values (?1, ?2, ?3, ?4)";
        let stands = self.suppressions(hash)?.into_iter().find(|own| {
            own.kind == refusing.refusal
                && own.scope == refusing.scope
                && own.occurred_at >= refusing.occurred_at
        });
        if let Some(stands) = stands {
            let entered = crate::log::disclosed(self.db, stands.seq.0, 1)?.pop();
            let lost = StoreError::Damaged {
                what: "entry of a suppression",
            };
            return entered.map(|own| own.recorded).ok_or(lost);
        }
        let suppression = IdentifierId::from_bytes(self.entropy.bytes()?);
        let recorded = self.append(Draft {
            subject: None,
            recorded_at: now,
            act: Act::IdentifierSuppressed {
                suppression,
                refusal: refusing.refusal,
                scope: refusing.scope,
                occurred_at: refusing.occurred_at,
                origin: refusing.origin,
            },
            detail: None,
            key: IndexKey::Suppressed(hash),
        })?;
        let row = params![
            suppression.as_bytes(),
            hash.as_bytes(),
            KEY_VERSION,
            recorded.seq.0
        ];
        run(self.db, KEEP, row)?;
        Ok(recorded)
    }

    /// Every no that stands for an address.
    pub(crate) fn suppressions(&self, hash: SuppressionHash) -> Result<Vec<Refusal>, StoreError> {
        const LIVE: &str = "
            select e.seq, e.recorded_at, e.subject, e.act
            from suppressions s
            join entries e on e.seq = s.seq
            where s.hash = ?1 and s.ended is null
            order by s.seq";
        let read = |row: &rusqlite::Row<'_>| Ok(crate::ledger::entry(row));
        let mut live = Vec::new();
        for entry in rows(self.db, LIVE, params![hash.as_bytes()], read)? {
            let entry = entry?;
            if let Act::IdentifierSuppressed {
                refusal,
                scope,
                occurred_at,
                ..
            } = entry.act
            {
                live.push(Refusal {
                    kind: refusal,
                    scope,
                    seq: entry.seq,
                    occurred_at,
                    recorded_at: entry.recorded_at,
                    times: 1,
                });
            }
        }
        Ok(live)
    }
}
