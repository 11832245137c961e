//! A merge undone: each has their own again, and both keep every no.

use izin_core::act::Corrected;
use izin_core::relation::DetachCause;
use izin_core::{Act, Consent, Origin, Refusal, Standing, SubjectId, Timestamp};

use super::Merge;
use crate::StoreError;
use crate::db::{params, rows, run};
use crate::error::Refused;
use crate::ledger::Recorded;
use crate::writer::Tx;

impl Tx<'_> {
    /// Undoes a merge: what it brought goes; a refusal made meanwhile, and whatever else narrows,
    /// stays with both, as do the messages that count against a cap and every legal hold. Answers the
    /// entry about `from`.
    pub(crate) fn split(
        &mut self,
        from: SubjectId,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const END: &str = "delete from merges where subject = ?1";
        let merge = self.merge_of(from)?.ok_or(Refused::NotMerged)?;
        let into = merge.into;
        run(self.db, END, params![from.as_bytes()])?;
        let split = self.enter(from, Act::SplitFrom { from: into }, now)?;
        let shared = self.standing(into)?;
        let meanwhile = |own: &&Refusal| own.seq > *merge.made.end();
        for refusal in shared.refusals.iter().filter(meanwhile) {
            self.enter_again(from, refusal, now)?;
        }
        let alone = (from, self.standing(from)?);
        self.bring_wishes(&shared, &alone, (Origin::Izin, now))?;
        self.bring_marks(&shared, &merge, (from, now))?;
        self.share_sends((from, into), now)?;
        self.share_holds(into, from)?;
        for (id, lookup) in self.brought(from, into)? {
            self.detach_row(into, (id, lookup), DetachCause::Split, now)?;
        }
        let left = self.standing(into)?;
        let brought = |own: &&Consent| merge.made.contains(&own.seq);
        for consent in left.consents.iter().filter(brought) {
            let never_said = Act::EntryCorrected {
                entry: consent.seq,
                what: Corrected::Consent,
            };
            self.enter(into, never_said, now)?;
        }
        self.bring_again(into, now)?;
        Ok(split)
    }

    /// What became of a carried consent meanwhile, short of a refusal, became of the one it was.
    fn bring_marks(
        &mut self,
        shared: &Standing,
        merge: &Merge,
        (from, now): (SubjectId, Timestamp),
    ) -> Result<(), StoreError> {
        let brought = |own: &&Consent| merge.made.contains(&own.seq);
        for own in shared.consents.iter().filter(brought) {
            let Some(mark) = own.mark else { continue };
            let marked = Act::ConsentMarked {
                purpose: own.purpose,
                channel: own.channel,
                topic: own.topic,
                identifier: None,
                mark,
                origin: Origin::Izin,
            };
            self.enter(from, marked, now)?;
        }
        Ok(())
    }

    /// An identifier that two merged people brought stays with the one who is still merged.
    fn bring_again(&mut self, into: SubjectId, now: Timestamp) -> Result<(), StoreError> {
        const STILL: &str = "select subject from merges where into_subject = ?1 order by subject";
        let still: Vec<SubjectId> = rows(self.db, STILL, params![into.as_bytes()], |row| {
            row.get(0).map(SubjectId::from_bytes)
        })?;
        for other in still {
            let had = (into, self.standing(into)?);
            if self.bring_identifiers(other, into, now)? {
                let known = self.standing(other)?;
                self.bring_words(&known, &had, (Origin::Izin, now))?;
            }
        }
        Ok(())
    }
}
