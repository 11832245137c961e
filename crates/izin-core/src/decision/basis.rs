//! The legal basis: one row of law for every regime that protects the person, and the consent where
//! a row asks for one. Steps 7 and 8 of the order of precedence.

use super::Case;
use super::refusal::is_sale_or_sharing;
use crate::act::Evidence;
use crate::consent::{Consent, ConsentState, Giver, Mark};
use crate::law::{self, Basis, Regime, RegimeSet, Rule};
use crate::policy::{Class, Policy, Purpose, PurposeId};
use crate::reason::ReasonSet;
use crate::relation::{Place, Relation};
use crate::{Channel, IdentifierId, Level, Reason, Request, Seq, Standing, Timestamp};

/// What speaks against a purpose for want of a basis, or what it rests on.
pub(super) struct Footing<'a> {
    pub(super) against: ReasonSet,
    pub(super) ground: Option<Ground<'a>>,
}

/// What a yes rests on: the row of law that asks for most, and the entry that meets it.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) basis: Basis,
    pub(super) rule: Option<&'static str>,
    pub(super) consent: Option<&'a Consent>,
    pub(super) entry: Option<Seq>,
}

/// The regimes that protect a person: of those that bind the shop, the ones their place gives;
/// with no place known, all of them; in a country without a table, the shop's home regimes, and
/// then only with consent.
#[must_use]
pub fn regimes_for(place: Option<Place>, policy: &Policy) -> (RegimeSet, bool) {
    let binding = policy.regimes();
    let home = || {
        let home = law::regimes_of(policy.controller.country, None);
        let home = home.unwrap_or(binding).intersection(binding);
        if home.is_empty() { binding } else { home }
    };
    let Some(place) = place else {
        return (binding, false);
    };
    let own = law::regimes_of(place.country, place.region).map(|own| own.intersection(binding));
    match own {
        Some(own) if !own.is_empty() => (own, false),
        _ => (home(), true),
    }
}

/// The state of a person's consent to a purpose on a channel, in DPV's words.
#[must_use]
pub fn consent_state(
    request: &Request,
    standing: &Standing,
    (policy, now): (&Policy, Timestamp),
) -> ConsentState {
    let case = Case {
        request,
        standing,
        usage: super::Usage::default(),
        policy,
        now,
    };
    let purpose = request.purpose;
    let newest = case.fitting(purpose).max_by_key(|own| own.seq);
    let asked = standing.asks.iter().find(|own| {
        (own.purpose, own.channel) == (purpose, request.channel)
            && newest.is_none_or(|yes| own.at > yes.occurred_at)
    });
    let refused = case.standing_refusals(purpose).map(|own| own.seq).max();
    match (newest, refused) {
        (Some(yes), Some(no)) if no > yes.seq => ConsentState::Withdrawn,
        (Some(_), Some(_)) => ConsentState::Requested,
        (None, Some(_)) => ConsentState::Refused,
        (Some(yes), None) => match case.void(yes, purpose) {
            None if yes.renewed => ConsentState::RenewedGiven,
            None => ConsentState::Given,
            Some(Reason::ConsentExpired) => ConsentState::Expired,
            Some(Reason::ConsentInvalid) if yes.mark == Some(Mark::Revoked) => {
                ConsentState::Revoked
            }
            Some(Reason::ConsentInvalid) => ConsentState::Invalidated,
            Some(_) if yes.mark == Some(Mark::Refused) => ConsentState::Refused,
            Some(_) => ConsentState::Unknown,
        },
        (None, None) => match asked.map(|own| own.mark) {
            Some(Mark::Requested) => ConsentState::Requested,
            Some(Mark::RequestDeferred) => ConsentState::RequestDeferred,
            Some(Mark::Refused) => ConsentState::Refused,
            _ => ConsentState::Unknown,
        },
    }
}

impl<'a> Case<'a> {
    /// The basis of the purpose under every regime that protects the person. Permission is an AND.
    pub(super) fn basis(&self, purpose: &Purpose) -> Footing<'a> {
        let (regimes, opt_in) = self.regimes();
        let mut against = ReasonSet::NONE;
        let mut ground: Option<Ground<'a>> = None;
        if regimes.is_empty() {
            against.insert(Reason::NoBasis);
        }
        for regime in regimes.iter() {
            match self.under(regime, purpose, opt_in) {
                Ok(own) if ground.is_none_or(|found| own.basis < found.basis) => {
                    ground = Some(own);
                }
                Ok(_) => {}
                Err(reason) => against.insert(reason),
            }
        }
        let contextual = self.is_contextual(purpose.id);
        if !self.standing.known && purpose.class != Class::Essential && !contextual {
            // Nobody has consented: that nobody is known says it all.
            against = against.without(Reason::NoConsent);
            against.insert(Reason::UnknownSubject);
        }
        if self.lacks_assessment(purpose) {
            against.insert(Reason::DpiaMissing);
        }
        Footing { against, ground }
    }

    /// The regimes that protect the person of this case, and whether only a consent will do.
    pub(super) fn regimes(&self) -> (RegimeSet, bool) {
        let (own, opt_in) = regimes_for(self.standing.place, self.policy);
        match self.request.place {
            None => (own, opt_in),
            Some(_) if self.standing.place.is_none() => {
                regimes_for(self.request.place, self.policy)
            }
            place => {
                let (said, also) = regimes_for(place, self.policy);
                (own.union(said), opt_in || also)
            }
        }
    }

    /// What the purpose rests on under one regime, or what it lacks.
    fn under(&self, regime: Regime, purpose: &Purpose, opt_in: bool) -> Result<Ground<'a>, Reason> {
        let rule = self.rule(regime, purpose).ok_or(Reason::NoBasis)?;
        let claimed = purpose.basis.under(regime).ok_or(Reason::NoBasis)?;
        let basis = if opt_in && (purpose.is_marketing() || claimed.is_opt_out()) {
            match claimed {
                Basis::Contextual => claimed,
                _ => Basis::Consent,
            }
        } else {
            claimed
        };
        let ground = |basis, consent: Option<&'a Consent>, entry| Ground {
            basis,
            rule: Some(rule.id),
            consent,
            entry,
        };
        let consent = || self.consent(purpose.id);
        let by_consent = |own: &'a Consent| ground(Basis::Consent, Some(own), Some(own.seq));
        match basis {
            Basis::Consent => consent().map(by_consent),
            Basis::SoftOptIn => match self.soft_opt_in() {
                Some(entry) => Ok(ground(basis, None, Some(entry))),
                None => consent().map(by_consent),
            },
            Basis::ImpliedConsent => match self.implied_consent(regime) {
                Some(entry) => Ok(ground(basis, None, Some(entry))),
                None => consent().map(by_consent),
            },
            _ => Ok(ground(basis, None, None)),
        }
    }

    /// The row in force, if it lets the purpose rest on what it claims.
    fn rule(&self, regime: Regime, purpose: &Purpose) -> Option<&'static Rule> {
        let claimed = purpose.basis.under(regime)?;
        let channel = self.request.channel;
        law::permission(regime, purpose.class, channel, self.now)
            .filter(|rule| rule.bases.contains(claimed))
    }

    /// Proven consents to a purpose for the channel, topic and address of the request.
    pub(super) fn fitting(
        &self,
        purpose: PurposeId,
    ) -> impl Iterator<Item = &'a Consent> + use<'a> {
        let (channel, address) = (self.request.channel, self.request.address);
        let topic = self.topic(purpose);
        self.standing.consents.iter().filter(move |own| {
            own.purpose == purpose
                && own.channel == channel
                && (own.topic.is_none() || own.topic == topic)
                && own.evidence == Evidence::Recorded
                && fits(own.identifier, address, channel)
        })
    }

    /// The consent a purpose may rest on here and now, or why there is none.
    pub(super) fn consent(&self, purpose: PurposeId) -> Result<&'a Consent, Reason> {
        let good = |own: &&Consent| self.void(own, purpose).is_none() && !self.waits(own, purpose);
        let fitting = || self.fitting(purpose);
        if let Some(found) = fitting().filter(good).max_by_key(|own| own.seq) {
            return Ok(found);
        }
        let newest = fitting()
            .max_by_key(|own| own.seq)
            .ok_or(Reason::NoConsent)?;
        match self.void(newest, purpose) {
            _ if self.waits(newest, purpose) => Err(Reason::AwaitingConfirmation),
            Some(reason) => Err(reason),
            None => Err(Reason::NoConsent),
        }
    }

    /// Whether a yes came after a refusal that still stands: it waits for the person's own word.
    fn waits(&self, consent: &Consent, purpose: PurposeId) -> bool {
        self.standing_refusals(purpose)
            .any(|own| own.seq < consent.seq)
    }

    /// Why a proven consent does not count, apart from refusals.
    pub(super) fn void(&self, consent: &Consent, purpose: PurposeId) -> Option<Reason> {
        let declared = self.policy.purpose(&purpose)?;
        let shown = match consent.policy {
            0 => self.policy.version_at(consent.seq),
            version => version,
        };
        let lasts = |days: u32| consent.occurred_at.plus_days(i64::from(days)) > self.now;
        let defective = |(form, version)| self.policy.is_defective(form, version);
        if matches!(consent.mark, Some(Mark::Revoked | Mark::Invalidated))
            || consent.manner.form.is_some_and(defective)
        {
            Some(Reason::ConsentInvalid)
        } else if consent.mark == Some(Mark::Refused)
            || (self.standing.is_minor(self.now) && consent.manner.by != Giver::Guardian)
        {
            Some(Reason::NoConsent)
        } else if !declared.consent_days.is_none_or(lasts) {
            Some(Reason::ConsentExpired)
        } else if declared.stale_versions.contains(&shown) {
            Some(Reason::ConsentStale)
        } else {
            None
        }
    }

    /// The entry by which all four facts of a soft opt-in are on record for the address.
    fn soft_opt_in(&self) -> Option<Seq> {
        let (channel, address) = (self.request.channel, self.request.address);
        let reaches = |identifier: IdentifierId| {
            let own = self.standing.identifiers.iter();
            let mut own = own.filter(|(id, _)| *id == identifier);
            own.any(|(_, kind)| kind.reaches(channel))
        };
        let own = self.standing.obtained.iter().find(|own| {
            own.facts.is_complete()
                && reaches(own.identifier)
                && fits(Some(own.identifier), address, channel)
        })?;
        Some(own.seq)
    }

    /// The purchase or inquiry from which a law still infers consent.
    fn implied_consent(&self, regime: Regime) -> Option<Seq> {
        let lasts = |relation| {
            let term = law::implied_consent(regime, relation, self.now)?;
            term.since(regime, self.now).ok()
        };
        let counts = |relation: Relation| {
            let own = self
                .standing
                .dealings
                .iter()
                .find(|own| own.relation == relation)?;
            (own.occurred_at >= lasts(relation)?).then_some(own.seq)
        };
        counts(Relation::Purchase).or_else(|| counts(Relation::Inquiry))
    }

    /// Whether a purpose uses nothing of the person: contextual ads and slots. A message uses the
    /// person's address, whatever it says.
    pub(super) fn is_contextual(&self, purpose: PurposeId) -> bool {
        let on_a_page = matches!(self.request.channel, Channel::Ads | Channel::Site);
        on_a_page
            && self.policy.purpose(&purpose).is_some_and(|own| {
                own.highest_level == Level::Contextual && own.basis.claims(Basis::Contextual)
            })
    }

    /// Profiling, audiences and sensitive use need an assessment that holds (GDPR art. 35,
    /// UU PDP art. 34).
    fn lacks_assessment(&self, purpose: &Purpose) -> bool {
        let profiles =
            purpose.class == Class::Personalisation && purpose.highest_level >= Level::Purchases;
        let exports = is_sale_or_sharing(self.request.channel) && !self.is_contextual(purpose.id);
        let needed = profiles || exports || !purpose.sensitive.is_empty();
        needed && self.policy.dpia(purpose, self.now).is_none()
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
