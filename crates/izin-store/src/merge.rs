//! Two people who are one, and back (design §3.2): the other's refusals, identifiers and consents
//! follow; a split takes back what the merge brought and leaves every refusal with both.
//!
//! One person may take in several others, and is then taken in by nobody: no chains, no circles.
//! Start at [`Tx::merge`].

mod split;

use izin_core::act::{Act, Evidence};
use izin_core::consent::Consent;
use izin_core::{IdentifierId, Origin, Refusal, RefusalKind, Seq, Standing, SubjectId, Timestamp};

use crate::db::{exists, first, params, rows, run};
use crate::ledger::{Draft, IndexKey, Recorded, history};
use crate::person::identifiers;
use crate::queue::Review;
use crate::vault::LookupHash;
use crate::writer::Tx;
use crate::{Refused, StoreError};

/// A merge that stands.
struct Merge {
    into: SubjectId,
    /// The entries it made for the one merged into.
    made: std::ops::RangeInclusive<Seq>,
}

/// What somebody said, to be said again for another.
enum Word {
    Yes(Act),
    No(Refusal),
}

/// A person, and what was known of them before the merge.
type Known = (SubjectId, Standing);

impl Tx<'_> {
    /// The person that somebody turned out to be; themselves when they were not merged.
    pub(crate) fn merged(&self, subject: SubjectId) -> Result<SubjectId, StoreError> {
        Ok(self.merge_of(subject)?.map_or(subject, |own| own.into))
    }

    /// Makes `from` a part of `into`; answers the entry about `into`.
    pub(crate) fn merge(
        &mut self,
        (from, into): (SubjectId, SubjectId),
        origin: Origin,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        const KEEP: &str = "
            insert into merges (subject, into_subject, seq, last)
            values (?1, ?2, ?3, ?3)";
        const LAST: &str = "update merges set last = ?2 where subject = ?1";
        self.check_merge(from, into)?;
        let known = self.standing(from)?;
        let had = (into, self.standing(into)?);
        self.enter(from, Act::MergedInto { into }, now)?;
        let merged = self.enter(into, Act::Merged { from }, now)?;
        let row = params![from.as_bytes(), into.as_bytes(), merged.seq.0];
        run(self.db, KEEP, row)?;
        self.share_holds(from, into)?;
        self.bring_identifiers(from, into, now)?;
        for refusal in lacking(&known, &had.1.refusals) {
            self.enter_again(from, &refusal, now)?;
        }
        self.bring_wishes(&known, &had, (origin, now))?;
        self.bring_words(&known, &had, (origin, now))?;
        let last = self.tree.size().saturating_sub(1);
        run(self.db, LAST, params![from.as_bytes(), last])?;
        Ok(merged)
    }

    fn check_merge(&self, from: SubjectId, into: SubjectId) -> Result<(), StoreError> {
        const TAKEN_IN: &str = "select 1 from merges where into_subject = ?1";
        if from == into {
            return Err(Refused::SamePerson.into());
        }
        let takes_in = exists(self.db, TAKEN_IN, params![from.as_bytes()])?;
        if takes_in || self.merge_of(from)?.is_some() || self.merge_of(into)?.is_some() {
            return Err(Refused::PartOfAMerge.into());
        }
        for subject in [from, into] {
            let standing = self.standing(subject)?;
            if !standing.known || standing.erased {
                return Err(Refused::UnknownPerson.into());
            }
        }
        Ok(())
    }

    fn merge_of(&self, subject: SubjectId) -> Result<Option<Merge>, StoreError> {
        const FIND: &str = "
            select into_subject, seq, last
            from merges
            where subject = ?1";
        first(self.db, FIND, params![subject.as_bytes()], |row| {
            Ok(Merge {
                into: SubjectId::from_bytes(row.get(0)?),
                made: Seq(row.get(1)?)..=Seq(row.get(2)?),
            })
        })
    }

    /// What the ledger says about a person now.
    pub(crate) fn standing(&self, subject: SubjectId) -> Result<Standing, StoreError> {
        let mut standing = Standing::default();
        for entry in history(self.histories(), subject)? {
            standing.apply(&entry);
        }
        Ok(standing)
    }

    /// Enters an act about a person, without a detail.
    pub(crate) fn enter(
        &mut self,
        subject: SubjectId,
        act: Act,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        self.append(Draft {
            subject: Some(subject),
            recorded_at: now,
            act,
            detail: None,
            key: IndexKey::None,
        })
    }

    /// Enters a no for somebody once more. A guessed one waits to be reviewed for them too.
    pub(crate) fn enter_again(
        &mut self,
        subject: SubjectId,
        refusal: &Refusal,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let kind = refusal.kind_at(now);
        let again = Act::Refused {
            refusal: kind,
            scope: refusal.scope,
            occurred_at: refusal.occurred_at,
            origin: Origin::Izin,
        };
        let entered = self.enter(subject, again, now)?;
        if kind == RefusalKind::Presumed {
            self.await_review(&entered, Review::again(refusal.seq, now), now)?;
        }
        Ok(entered)
    }

    /// Attaches what `from` holds and `into` does not; says whether there was anything.
    fn bring_identifiers(
        &mut self,
        from: SubjectId,
        into: SubjectId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const MARK: &str = "
            update identifiers
            set merged_from = ?3
            where subject = ?1 and lookup_hash = ?2";
        let mut any = false;
        for own in identifiers(self.db, self.keys, from)? {
            if self.attach(into, &own.value, now)?.is_some() {
                let lookup = self.lookup(&own.value)?;
                let row = params![into.as_bytes(), lookup.as_bytes(), from.as_bytes()];
                run(self.db, MARK, row)?;
                any = true;
            }
        }
        Ok(any)
    }

    /// What a merge attached.
    fn brought(
        &self,
        from: SubjectId,
        into: SubjectId,
    ) -> Result<Vec<(IdentifierId, LookupHash)>, StoreError> {
        const BROUGHT: &str = "
            select identifier, lookup_hash
            from identifiers
            where subject = ?1 and merged_from = ?2
            order by identifier";
        let row = params![into.as_bytes(), from.as_bytes()];
        rows(self.db, BROUGHT, row, |row| {
            Ok((
                IdentifierId::from_bytes(row.get(0)?),
                LookupHash::from_bytes(row.get(1)?),
            ))
        })
    }

    /// Brings along what narrows besides refusals: restriction, minority, the lower dial, signals,
    /// pauses, and own caps where there are none.
    fn bring_wishes(
        &mut self,
        from: &Standing,
        (into, has): &Known,
        (origin, now): (Origin, Timestamp),
    ) -> Result<(), StoreError> {
        let mut acts = Vec::new();
        if from.restricted && !has.restricted {
            let holds = true;
            acts.push(Act::Restricted { holds, origin });
        }
        if let Some(adult_from) = from.adult_from.filter(|own| has.adult_from < Some(*own)) {
            acts.push(Act::MinorKnown { adult_from, origin });
        }
        if from.dial_level() < has.dial_level() {
            acts.push(Act::DialMoved {
                level: from.dial_level(),
                origin,
                step_up: false,
                too_personal: false,
            });
        }
        for own in from.signals.iter().filter(|own| !has.signals.contains(own)) {
            let (signal, channel) = (own.signal, own.channel);
            acts.push(Act::SignalSeen {
                signal,
                channel,
                origin,
            });
        }
        for own in &from.pauses {
            let (channel, until) = (own.channel, own.until);
            acts.push(Act::Paused {
                channel,
                until,
                origin,
            });
        }
        let limited = |channel| has.caps.iter().any(|cap| cap.channel == channel);
        for own in from.caps.iter().filter(|own| !limited(own.channel)) {
            acts.push(Act::CapSet {
                channel: own.channel,
                limit: own.limit,
                origin,
            });
        }
        for act in acts {
            self.enter(*into, act, now)?;
        }
        Ok(())
    }

    /// Says refusals and consents of `from` again for `into`, in the order in which they were
    /// said: a yes that did not lift a no must not lift it because it is entered again.
    fn bring_words(
        &mut self,
        from: &Standing,
        (into, has): &Known,
        (origin, now): (Origin, Timestamp),
    ) -> Result<(), StoreError> {
        let mut words: Vec<(Seq, Word)> = Vec::new();
        let mut proofs = Vec::new();
        for consent in from.consents.iter().filter(|own| own.mark.is_none()) {
            let bound = self.bound(consent, from, *into)?;
            for own in bound.into_iter().filter(|own| !proven(has, own)) {
                proofs.extend(own.manner.step_up.then_some(own.seq));
                words.push((own.seq, Word::Yes(given(&own, origin))));
            }
        }
        let later = |own: &&Refusal| proofs.iter().any(|yes| *yes < own.seq);
        let again = has.refusals.iter().filter(later).copied();
        let own = lacking(has, &from.refusals);
        words.extend(own.chain(again).map(|no| (no.seq, Word::No(no))));
        words.sort_by_key(|(seq, _)| *seq);
        for (_, word) in words {
            match word {
                Word::Yes(act) => self.enter(*into, act, now)?,
                Word::No(refusal) => self.enter_again(*into, &refusal, now)?,
            };
        }
        Ok(())
    }

    /// A consent bound to the same address of `into`. One that named no address was for those the
    /// person had, not for those of another.
    fn bound(
        &self,
        consent: &Consent,
        from: &Standing,
        into: SubjectId,
    ) -> Result<Vec<Consent>, StoreError> {
        let addresses = match consent.identifier {
            Some(id) => vec![id],
            None if !consent.channel.is_addressed() => return Ok(vec![*consent]),
            None => {
                let own = from.identifiers.iter();
                let reached = own.filter(|(_, kind)| kind.reaches(consent.channel));
                reached.map(|(id, _)| *id).collect()
            }
        };
        let mut bound = Vec::new();
        for address in addresses {
            if let Some(id) = self.same_address(address, into)? {
                let identifier = Some(id);
                bound.push(Consent {
                    identifier,
                    ..*consent
                });
            }
        }
        Ok(bound)
    }

    /// The name under which somebody else holds the same identifier.
    pub(crate) fn same_address(
        &self,
        id: IdentifierId,
        holder: SubjectId,
    ) -> Result<Option<IdentifierId>, StoreError> {
        const SAME: &str = "
            select theirs.identifier
            from identifiers own
            join identifiers theirs on theirs.lookup_hash = own.lookup_hash
            where own.identifier = ?1 and theirs.subject = ?2";
        let row = params![id.as_bytes(), holder.as_bytes()];
        let found = first(self.db, SAME, row, |row| row.get(0))?;
        Ok(found.map(IdentifierId::from_bytes))
    }
}

/// The refusals that somebody does not have, or said or entered only earlier.
fn lacking<'a>(standing: &'a Standing, refusals: &'a [Refusal]) -> impl Iterator<Item = Refusal> {
    let stands = |asked: &&Refusal| {
        !standing.refusals.iter().any(|own| {
            (own.kind, own.scope) == (asked.kind, asked.scope)
                && own.occurred_at >= asked.occurred_at
                && own.seq > asked.seq
        })
    };
    refusals.iter().filter(stands).copied()
}

/// Whether there is a proven consent to the same matter already.
fn proven(standing: &Standing, asked: &Consent) -> bool {
    standing.consents.iter().any(|own| {
        own.same_matter(asked) && own.evidence == Evidence::Recorded && own.mark.is_none()
    })
}

fn given(consent: &Consent, origin: Origin) -> Act {
    Act::Consented {
        purpose: consent.purpose,
        channel: consent.channel,
        topic: consent.topic,
        identifier: consent.identifier,
        occurred_at: consent.occurred_at,
        evidence: consent.evidence,
        policy: consent.policy,
        origin,
        manner: consent.manner,
    }
}
