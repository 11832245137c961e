//! What was never said: entries that two people, or a reviewer of a presumption, take back.
//!
//! One saying makes several entries: one for each holder of an address and one for the address
//! itself. `sayings` names them by the first, at the moment they are entered; nothing is guessed
//! later from entries that look alike. A suppression that a second saying found standing belongs to
//! both, and ends with the last of them. A copy that was made later, for a new holder or by a merge,
//! is a saying of its own and is corrected by itself. Start at [`Tx::correct`].

use izin_core::act::{Act, Corrected};
use izin_core::refusal::PRESUMPTION_DAYS;
use izin_core::{Entry, RefusalKind, Scope, Seq, Timestamp};

use crate::db::{exists, first, one, params, put, rows, run};
use crate::ledger::{self, Draft, IndexKey, Recorded};
use crate::vault::SuppressionHash;
use crate::writer::Tx;
use crate::{Refused, StoreError};

/// One saying: its first entry, and all of them.
struct Saying {
    first: Seq,
    entries: Vec<Entry>,
}

impl Tx<'_> {
    /// Remembers which entries recorded one saying; the first stands for it.
    pub(crate) fn keep_saying(&self, entries: &[Recorded]) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into sayings (first, seq)
            values (?1, ?2)
            on conflict (first, seq) do nothing";
        let Some(first) = entries.first() else {
            return Ok(());
        };
        for own in entries {
            put(self.db, KEEP, params![first.seq.0, own.seq.0])?;
        }
        Ok(())
    }

    /// Enters that an entry and its copies recorded what never happened. Answers the entry that
    /// says so of the one asked for.
    pub(crate) fn correct(
        &mut self,
        entry: Seq,
        evidence: String,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let said = self.entry(entry)?;
        let what = corrected(&said.act).ok_or(Refused::NotCorrectable)?;
        let correction = |entry| Act::EntryCorrected {
            entry,
            what: what.clone(),
        };
        self.end(said, correction, Some(evidence), now)
    }

    /// Enters that a presumed refusal was none, for everybody it was entered for.
    pub(crate) fn clear_presumption(
        &mut self,
        entry: Seq,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let said = self.entry(entry)?;
        let scope = presumed(&said.act).ok_or(Refused::NotPresumed)?;
        if now.days_since(said.recorded_at) >= PRESUMPTION_DAYS {
            return Err(Refused::PresumptionOver.into());
        }
        let clearing = |entry| Act::PresumptionCleared { entry, scope };
        self.end(said, clearing, None, now)
    }

    /// Enters the end of a saying for each of its entries, the one asked for first.
    fn end(
        &mut self,
        said: Entry,
        act: impl Fn(Seq) -> Act,
        mut evidence: Option<String>,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const END: &str = "
            insert into sayings (first, seq, ended)
            values (?1, ?2, ?3)
            on conflict (first, seq) do update
            set ended = excluded.ended";
        let asked = said.seq;
        let mut saying = self.saying(said)?;
        saying
            .entries
            .sort_by_key(|own| (own.seq != asked, own.seq));
        let mut answer = None;
        for copy in saying.entries {
            let ended = self.tree.size();
            run(self.db, END, params![saying.first.0, copy.seq.0, ended])?;
            let key = match copy.subject {
                Some(_) => IndexKey::None,
                None => self.unsuppress(copy.seq, Seq(ended))?,
            };
            let recorded = self.append(Draft {
                subject: copy.subject,
                recorded_at: now,
                act: act(copy.seq),
                detail: copy.subject.and_then(|_| evidence.take()),
                key,
            })?;
            answer.get_or_insert(recorded);
        }
        answer.ok_or_else(|| Refused::EndedBefore.into())
    }

    /// The saying that an entry belongs to and that has not ended; of several, the one it was
    /// entered for.
    fn saying(&self, said: Entry) -> Result<Saying, StoreError> {
        const FIRST: &str = "
            select min(first)
            from sayings
            where seq = ?1 and ended is null";
        const ANY: &str = "select 1 from sayings where seq = ?1";
        const COPIES: &str = "
            select e.seq, e.recorded_at, e.subject, e.act
            from sayings s
            join entries e on e.seq = s.seq
            where s.first = ?1 and s.ended is null
            order by e.seq";
        let first: Option<u64> = one(self.db, FIRST, params![said.seq.0], |row| row.get(0))?;
        if let Some(first) = first {
            return Ok(Saying {
                first: Seq(first),
                entries: rows(self.db, COPIES, params![first], ledger::entry)?,
            });
        }
        if exists(self.db, ANY, params![said.seq.0])? {
            return Err(Refused::EndedBefore.into());
        }
        Ok(Saying {
            first: said.seq,
            entries: vec![said],
        })
    }

    /// Ends a suppression that no other saying upholds.
    fn unsuppress(&self, suppression: Seq, ended: Seq) -> Result<IndexKey, StoreError> {
        const UPHELD: &str = "select 1 from sayings where seq = ?1 and ended is null";
        const END: &str = "
            update suppressions
            set ended = ?2
            where seq = ?1
            returning hash, key_version";
        let row = params![suppression.0];
        if exists(self.db, UPHELD, row)? {
            return Ok(IndexKey::None);
        }
        let row = params![suppression.0, ended.0];
        let hash = first(self.db, END, row, |row| {
            Ok(SuppressionHash::from_bytes(row.get(0)?, row.get(1)?))
        })?;
        hash.map(IndexKey::Unsuppressed).ok_or(StoreError::Damaged {
            what: "list of suppressions (a row is missing)",
        })
    }

    fn entry(&self, seq: Seq) -> Result<Entry, StoreError> {
        const ONE: &str = "
            select seq, recorded_at, subject, act
            from entries
            where seq = ?1";
        let entry = first(self.db, ONE, params![seq.0], ledger::entry)?;
        entry.ok_or(Refused::UnknownEntry.into())
    }
}

/// What a correction of an act takes back; `None` for an act that cannot be corrected.
fn corrected(act: &Act) -> Option<Corrected> {
    match act {
        Act::Refused { refusal, scope, .. } | Act::IdentifierSuppressed { refusal, scope, .. } => {
            Some(Corrected::Refusal {
                refusal: *refusal,
                scope: *scope,
            })
        }
        Act::Consented { .. } => Some(Corrected::Consent),
        Act::MinorKnown { .. } => Some(Corrected::Minor),
        _ => None,
    }
}

fn presumed(act: &Act) -> Option<Scope> {
    match act {
        Act::Refused { refusal, scope, .. } | Act::IdentifierSuppressed { refusal, scope, .. } => {
            (*refusal == RefusalKind::Presumed).then_some(*scope)
        }
        _ => None,
    }
}
