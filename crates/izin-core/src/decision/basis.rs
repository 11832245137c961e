//! The legal basis: one row of law for every regime that protects the person, and the consent where
//! a row asks for one. Steps 7 and 8 of the order of precedence.

use super::matter::{Aim, Matter};
use super::weigh::No;
use super::{Case, Usage, Yes};
use crate::consent::{ConsentState, Mark};
use crate::law::{self, Basis, Regime, RegimeSet, Rule};
use crate::policy::{Class, Policy, Purpose};
use crate::reason::ReasonSet;
use crate::relation::{Place, Relation};
use crate::{IdentifierId, Reason, Request, Seq, Standing, Timestamp};

/// What speaks against a purpose for want of a basis, or what it rests on.
pub(super) struct Footing<'a> {
    pub(super) against: ReasonSet,
    pub(super) ground: Option<Ground<'a>>,
}

/// What a yes rests on: the row of law that asks for most, and the entry that meets it.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) basis: Basis,
    pub(super) rule: &'static Rule,
    pub(super) consent: Option<&'a Yes>,
    pub(super) entry: Option<Seq>,
}

/// What a purpose must rest on under the laws that protect somebody, one claim after the other.
/// Regimes that ask for a consent are all met by the same one, and of them the first is here.
#[derive(Clone, Copy, Default)]
pub(super) struct Claims {
    list: [Option<Claim>; Regime::ALL.len()],
    /// Whether no law applies, or one gives no basis.
    lacking: bool,
}

/// What a purpose must rest on under one regime, by a row of its law.
#[derive(Clone, Copy)]
struct Claim {
    regime: Regime,
    basis: Basis,
    rule: &'static Rule,
}

impl Claims {
    /// What a purpose must rest on; nothing that the policy does not have rests on anything.
    pub(super) fn of(aim: &Aim<'_>, protection: Protection) -> Self {
        let mut claims = Self {
            lacking: protection.regimes.is_empty(),
            ..Self::default()
        };
        let mut asks_for_consent = false;
        let mut places = claims.list.iter_mut();
        for regime in protection.regimes.iter() {
            let claim = aim.under(regime).zip(aim.declared);
            let Some(((claimed, rule), purpose)) = claim else {
                claims.lacking = true;
                continue;
            };
            let basis = strictly(claimed, protection.consent_only, purpose);
            if basis == Basis::Consent && std::mem::replace(&mut asks_for_consent, true) {
                continue;
            }
            if let Some(place) = places.next() {
                *place = Some(Claim {
                    regime,
                    basis,
                    rule,
                });
            }
        }
        claims
    }

    fn iter(&self) -> impl Iterator<Item = &Claim> {
        self.list.iter().map_while(Option::as_ref)
    }
}

/// What protects a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// The laws.
    pub regimes: RegimeSet,
    /// Whether only a consent will do: the person lives where no table of ours reaches.
    pub consent_only: bool,
}

impl Protection {
    const fn by(regimes: RegimeSet) -> Self {
        Self {
            regimes,
            consent_only: false,
        }
    }

    /// Both together.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            regimes: self.regimes.union(other.regimes),
            consent_only: self.consent_only || other.consent_only,
        }
    }
}

/// What protects a person: of the regimes that bind the shop, the ones their place gives; with no
/// place known, all of them; in a country without a table, the shop's home regimes, and then only
/// with consent.
#[must_use]
pub fn protection(place: Option<Place>, policy: &Policy) -> Protection {
    let binding = policy.regimes();
    let home = || {
        let home = law::regimes_of(policy.controller.country, None);
        let home = home.unwrap_or(binding).intersection(binding);
        if home.is_empty() { binding } else { home }
    };
    let Some(place) = place else {
        return Protection::by(binding);
    };
    let own = law::regimes_of(place.country, place.region).map(|own| own.intersection(binding));
    match own {
        Some(own) if !own.is_empty() => Protection::by(own),
        _ => Protection {
            regimes: home(),
            consent_only: true,
        },
    }
}

/// The state of a person's consent to a purpose on a channel, in DPV's words.
#[must_use]
pub fn consent_state(
    request: &Request,
    standing: &Standing,
    (policy, now): (&Policy, Timestamp),
) -> ConsentState {
    let matter = Matter::new(request, policy, now);
    let (said, usage) = (matter.said(standing), Usage::default());
    let case = Case::new(&matter, request.address, (standing, &said), usage);
    let aim = &matter.asked;
    let newest = case.fitting(aim).max_by_key(|own| own.seq);
    let asked = standing.asks.iter().find(|own| {
        (own.purpose, own.channel) == (aim.id, request.channel)
            && newest.is_none_or(|yes| own.at > yes.occurred_at)
    });
    let refused = case.standing_noes(aim).map(|own| own.seq).max();
    match (newest, refused) {
        (Some(yes), Some(no)) if no > yes.seq => ConsentState::Withdrawn,
        (Some(_), Some(_)) => ConsentState::Requested,
        (None, Some(_)) => ConsentState::Refused,
        (Some(yes), None) => match case.void(yes, aim) {
            None if yes.weight.renewed => ConsentState::RenewedGiven,
            None => ConsentState::Given,
            Some(Reason::ConsentExpired) => ConsentState::Expired,
            Some(Reason::ConsentInvalid) if yes.weight.mark == Some(Mark::Revoked) => {
                ConsentState::Revoked
            }
            Some(Reason::ConsentInvalid) => ConsentState::Invalidated,
            Some(_) if yes.weight.mark == Some(Mark::Refused) => ConsentState::Refused,
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

impl<'a> Case<'a, '_> {
    /// The basis of the purpose under every regime that protects the person. Permission is an AND.
    pub(super) fn basis(&self, aim: &Aim<'_>, purpose: &Purpose) -> Footing<'a> {
        let consent = self.consent(aim);
        let mut against = ReasonSet::NONE;
        let mut ground: Option<Ground<'a>> = None;
        let own;
        let claims = if self.protection == self.matter.protection {
            &aim.claims
        } else {
            own = Claims::of(aim, self.protection);
            &own
        };
        if claims.lacking {
            against.insert(Reason::NoBasis);
        }
        for claim in claims.iter() {
            match self.under(claim, consent) {
                Ok(own) if ground.is_none_or(|found| own.basis < found.basis) => {
                    ground = Some(own);
                }
                Ok(_) => {}
                Err(reason) => against.insert(reason),
            }
        }
        if !self.standing.known && purpose.class != Class::Essential && !aim.contextual {
            // Nobody has consented: that nobody is known says it all.
            against = against.without(Reason::NoConsent);
            against.insert(Reason::UnknownSubject);
        }
        if aim.lacks_assessment {
            against.insert(Reason::DpiaMissing);
        }
        Footing { against, ground }
    }

    /// What the purpose rests on under one regime, or what it lacks.
    fn under(&self, claim: &Claim, consent: Result<&'a Yes, Reason>) -> Result<Ground<'a>, Reason> {
        let Claim {
            regime,
            basis,
            rule,
        } = *claim;
        let by = |basis, consent: Option<&'a Yes>, entry| Ground {
            basis,
            rule,
            consent,
            entry,
        };
        let by_consent = || consent.map(|own| by(Basis::Consent, Some(own), Some(own.seq)));
        let by_entry = |entry: Option<Seq>| match entry {
            Some(entry) => Ok(by(basis, None, Some(entry))),
            None => by_consent(),
        };
        match basis {
            Basis::Consent => by_consent(),
            Basis::SoftOptIn => by_entry(self.soft_opt_in()),
            Basis::ImpliedConsent => by_entry(self.implied_consent(regime)),
            _ => Ok(by(basis, None, None)),
        }
    }

    /// The consent a purpose may rest on here and now, or why there is none.
    pub(super) fn consent(&self, aim: &Aim<'_>) -> Result<&'a Yes, Reason> {
        let mut good: Option<&Yes> = None;
        let mut newest: Option<(&Yes, Reason)> = None;
        for own in self.fitting(aim) {
            match self.lacking(own, aim) {
                None if good.is_none_or(|found| found.seq < own.seq) => good = Some(own),
                Some(why) if newest.is_none_or(|(found, _)| found.seq < own.seq) => {
                    newest = Some((own, why));
                }
                _ => {}
            }
        }
        good.ok_or(newest.map_or(Reason::NoConsent, |(_, why)| why))
    }

    /// Why a yes does not count now: one that came after a no that still stands waits for the
    /// person's own word.
    fn lacking(&self, yes: &Yes, aim: &Aim<'_>) -> Option<Reason> {
        let is_before = |own: &No| own.seq < yes.seq;
        if !self.said.noes.is_empty() && self.standing_noes(aim).any(is_before) {
            return Some(Reason::AwaitingConfirmation);
        }
        self.void(yes, aim)
    }

    /// The entry by which all four facts of a soft opt-in are on record for the address.
    fn soft_opt_in(&self) -> Option<Seq> {
        let (channel, address) = (self.matter.channel(), self.address);
        let reaches = |identifier: IdentifierId| {
            let own = self.standing.identifiers.iter();
            let mut own = own.filter(|(id, _)| *id == identifier);
            own.any(|(_, kind)| kind.reaches(channel))
        };
        let own = self.standing.obtained.iter().find(|own| {
            own.facts.is_complete()
                && reaches(own.identifier)
                && address.is_none_or(|asked| asked == own.identifier)
        })?;
        Some(own.seq)
    }

    /// The purchase or inquiry from which a law still infers consent.
    fn implied_consent(&self, regime: Regime) -> Option<Seq> {
        let lasts = |relation| {
            let term = law::implied_consent(regime, relation, self.matter.now)?;
            term.since(regime, self.matter.now).ok()
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
}

/// In a country without a table nothing but a consent will do, for what otherwise rests on an
/// opt-out or is marketing; what uses nothing of the person needs none.
fn strictly(claimed: Basis, consent_only: bool, purpose: &Purpose) -> Basis {
    let spares = claimed == Basis::Contextual;
    if consent_only && !spares && (purpose.is_marketing() || claimed.is_opt_out()) {
        Basis::Consent
    } else {
        claimed
    }
}
