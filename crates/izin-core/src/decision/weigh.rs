//! A person's yeses and noes as a matter sees them: names are compared once, here, and what does
//! not concern the matter is left out. The other rooms look at nothing else of a person's consents
//! and refusals.

use super::matter::{About, Aim, Matter};
use super::{Case, Usage};
use crate::act::Evidence;
use crate::consent::{Consent, Giver, Mark, OwnWord};
use crate::policy::{PurposeId, TopicId};
use crate::refusal::{Refusal, RefusalKind, Scope};
use crate::{Channel, IdentifierId, Reason, Seq, Standing, Timestamp};

/// What a consent comes to in a matter, apart from whose it is, for which address, and when it was
/// given: the same for everybody who agreed to the same.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// The purpose it is to.
    about: About,
    /// Why it counts for nothing, whoever gave it.
    void: Option<Reason>,
    /// Whether it was given to less than is done now; `None`: by the policy of its day.
    stale: Option<bool>,
    by_guardian: bool,
    /// Whether sensitive data were asked for by name.
    pub(super) explicit: bool,
    /// Whether one stood before it.
    pub(super) renewed: bool,
    /// What became of it since.
    pub(super) mark: Option<Mark>,
    /// The policy version whose notice was in force; 0 when the evidence alone says it.
    pub(super) policy: u32,
}

/// A proven yes that a matter may rest on.
#[derive(Debug, Clone, Copy)]
pub struct Yes {
    /// What it comes to.
    pub weight: Weight,
    /// The address it was given for.
    pub identifier: Option<IdentifierId>,
    /// The entry that recorded it.
    pub seq: Seq,
    /// When the person agreed.
    pub occurred_at: Timestamp,
    /// The two newest of the person's own words for it, the newest first.
    pub own_words: [Option<OwnWord>; 2],
}

/// A no that concerns a matter.
#[derive(Debug, Clone, Copy)]
pub(super) struct No {
    covers: Covers,
    /// A complaint about the purpose asked about, on whatever channel.
    pub(super) complains: bool,
    pub(super) kind: RefusalKind,
    pub(super) reason: Reason,
    pub(super) seq: Seq,
    occurred_at: Timestamp,
}

/// What a person said, as a matter sees it: their consents and refusals, weighed.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub(super) yeses: Vec<Yes>,
    pub(super) noes: Vec<No>,
}

impl Said {
    /// Adds a yes.
    pub fn agree(&mut self, yes: Yes) {
        self.yeses.push(yes);
    }

    /// Forgets everything and keeps the memory for the next person.
    pub fn clear(&mut self) {
        let Self { yeses, noes } = self;
        yeses.clear();
        noes.clear();
    }
}

/// Which of a matter's purposes a no covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Covers {
    Nothing,
    One(About),
    Everything,
}

impl Yes {
    /// How often the person themselves said it after a no; nothing asks for more than twice.
    fn answers_to(&self, no: &No) -> usize {
        let own_words = self.own_words.iter().flatten();
        let after = |own: &&OwnWord| own.seq > no.seq && own.occurred_at > no.occurred_at;
        own_words.filter(after).count()
    }
}

impl No {
    /// Whether it covers a purpose.
    pub(super) fn covers(&self, aim: &Aim<'_>) -> bool {
        match self.covers {
            Covers::Nothing => false,
            Covers::One(about) => about == aim.about,
            Covers::Everything => true,
        }
    }
}

impl Matter<'_> {
    /// What a consent comes to, by what it has in common with others; `None`: no answer depends on
    /// it, but for the date on which the person was heard of.
    #[must_use]
    pub fn weigh(&self, consent: &Consent) -> Option<Weight> {
        if consent.evidence != Evidence::Recorded || consent.channel != self.channel() {
            return None;
        }
        let about = self.concerns(Some(&consent.purpose), consent.topic)?;
        let Consent { mark, manner, .. } = *consent;
        let defective = manner.form.is_some_and(|own| self.is_defective(own));
        let void = match mark {
            _ if defective => Some(Reason::ConsentInvalid),
            Some(Mark::Revoked | Mark::Invalidated) => Some(Reason::ConsentInvalid),
            Some(Mark::Refused) => Some(Reason::NoConsent),
            Some(Mark::Requested | Mark::RequestDeferred) | None => None,
        };
        let is_stale = || self.is_stale(about, consent.policy);
        Some(Weight {
            about,
            void,
            stale: (consent.policy != 0).then(is_stale),
            by_guardian: manner.by == Giver::Guardian,
            explicit: manner.explicit,
            renewed: consent.renewed,
            mark,
            policy: consent.policy,
        })
    }

    /// Whether the answer about somebody who never moved the dial may depend on a consent that comes
    /// to this: then nothing but a yes to what is asked about counts, unless the content is sensitive.
    #[must_use]
    pub fn counts_at_start(&self, weight: &Weight) -> bool {
        weight.about == self.asked.about || self.reveals()
    }

    /// Whether a consent to a purpose may come to anything here, for somebody who may have `moved` the
    /// dial or never has.
    #[must_use]
    pub fn is_about(&self, purpose: &PurposeId, moved: bool) -> bool {
        *purpose == self.asked.id || ((moved || self.reveals()) && self.about(purpose).is_some())
    }

    /// What a person said, as far as it concerns the matter.
    pub(super) fn said(&self, standing: &Standing) -> Said {
        let consents = standing.consents.iter();
        let weighed = consents.filter_map(|own| {
            Some(Yes {
                weight: self.weigh(own)?,
                identifier: own.identifier,
                seq: own.seq,
                occurred_at: own.occurred_at,
                own_words: own.own_words,
            })
        });
        let refusals = standing.refusals.iter();
        Said {
            yeses: weighed.collect(),
            noes: refusals.filter_map(|own| self.no(own)).collect(),
        }
    }

    /// Adds a refusal to what a person said, if it concerns the matter.
    pub fn hear(&self, refusal: &Refusal, said: &mut Said) {
        said.noes.extend(self.no(refusal));
    }

    fn no(&self, refusal: &Refusal) -> Option<No> {
        let Scope { purpose, .. } = refusal.scope;
        let covers = self.covered(&refusal.scope);
        let complains = refusal.kind == RefusalKind::Complained
            && purpose.is_none_or(|own| own == self.asked.id);
        (complains || covers != Covers::Nothing).then(|| No {
            covers,
            complains,
            kind: refusal.kind,
            reason: refusal.reason(self.now),
            seq: refusal.seq,
            occurred_at: refusal.occurred_at,
        })
    }

    fn covered(&self, scope: &Scope) -> Covers {
        if scope.channel.is_some_and(|own| own != self.channel()) {
            return Covers::Nothing;
        }
        match self.policy.widened(*scope) {
            Scope {
                purpose: None,
                topic: None,
                ..
            } => Covers::Everything,
            Scope { purpose, topic, .. } => self
                .concerns(purpose.as_ref(), topic)
                .map_or(Covers::Nothing, Covers::One),
        }
    }

    /// Which purpose of the matter is spoken of. Only what is asked about has a topic.
    fn concerns(&self, purpose: Option<&PurposeId>, topic: Option<TopicId>) -> Option<About> {
        let asked = &self.asked;
        let about = match purpose {
            None => asked.about,
            Some(purpose) => self.about(purpose)?,
        };
        let fits = topic.is_none() || (about == asked.about && topic == self.request.topic);
        fits.then_some(about)
    }
}

impl<'a> Case<'a, '_> {
    /// Yeses to a purpose for the address of the request.
    pub(super) fn fitting<'b>(&self, aim: &'b Aim<'_>) -> impl Iterator<Item = &'a Yes> + 'b
    where
        'a: 'b,
    {
        let (channel, address) = (self.matter.channel(), self.address);
        let fits = move |own: &&Yes| {
            own.weight.about == aim.about && fits(own.identifier, address, channel)
        };
        self.said.yeses.iter().filter(fits)
    }

    /// Noes that cover a purpose and that no later yes has lifted.
    pub(super) fn standing_noes(&self, aim: &Aim<'_>) -> impl Iterator<Item = &No> {
        let noes = self.said.noes.iter();
        noes.filter(move |own| own.covers(aim) && !self.is_lifted(own, aim))
    }

    /// A later yes, said by the person and proved by step-up on this very address, lifts a refusal
    /// for its own purpose and channel; a legal suppression is lifted by nobody alone (design
    /// §3.2, what lifts a no).
    pub(super) fn is_lifted(&self, no: &No, aim: &Aim<'_>) -> bool {
        let needed = self.matter.confirmations();
        no.kind != RefusalKind::LegalSuppression
            && self
                .fitting(aim)
                .any(|own| own.answers_to(no) >= needed && self.void(own, aim).is_none())
    }

    /// Why a yes does not count, apart from noes.
    pub(super) fn void(&self, yes: &Yes, aim: &Aim<'_>) -> Option<Reason> {
        let Yes { weight, .. } = yes;
        let is_stale = || {
            let shown = self.matter.policy.version_at(yes.seq);
            self.matter.is_stale(weight.about, shown)
        };
        aim.declared?;
        if weight.void == Some(Reason::ConsentInvalid) {
            weight.void
        } else if weight.void.is_some() || (self.is_minor && !weight.by_guardian) {
            Some(Reason::NoConsent)
        } else if !aim.lasts(yes.occurred_at) {
            Some(Reason::ConsentExpired)
        } else if weight.stale.unwrap_or_else(is_stale) {
            Some(Reason::ConsentStale)
        } else {
            None
        }
    }
}

/// What was last heard of a person: the proven consents' dates beside what is known otherwise.
pub(super) fn heard<'a>(standing: &Standing, usage: Usage<'a>) -> Usage<'a> {
    let proven = standing.consents.iter();
    let proven = proven.filter(|own| own.evidence == Evidence::Recorded);
    let newest = proven.map(|own| own.occurred_at).max();
    Usage {
        last_active: usage.last_active.max(newest),
        ..usage
    }
}

/// INVARIANT: a yes is to one address and never moves to another (design §3.2).
fn fits(given: Option<IdentifierId>, asked: Option<IdentifierId>, channel: Channel) -> bool {
    match (given, asked) {
        (None, _) => !channel.is_addressed(),
        (Some(given), Some(asked)) => given == asked,
        (Some(_), None) => true,
    }
}
