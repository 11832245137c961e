//! Laws: which protect the person, and what each lets the purpose rest on.

use izin_core::law::{self, Basis, Kind, Regime, Rule, Start, Status};
use izin_core::policy::{Class, Purpose};
use izin_core::relation::{Place, Relation};
use izin_core::{Reason, Seq};

use super::case::Case;

/// What carries a message under one law.
#[derive(Clone, Copy)]
pub(super) struct Carries {
    pub(super) basis: Basis,
    pub(super) rule: &'static str,
    pub(super) entry: Option<Seq>,
    pub(super) notice: Option<u32>,
}

impl Case<'_> {
    /// The laws that protect the person, and whether only a yes will do: those of the place on
    /// record and of the place in the request.
    pub(super) fn regimes(&self) -> (Vec<Regime>, bool) {
        let said = self.world.request.place;
        let Some(known) = self.facts.place.or(said) else {
            let all = Regime::ALL.into_iter();
            return (all.filter(|own| self.binds(*own)).collect(), false);
        };
        let (mut regimes, mut opt_in) = self.regimes_at(known);
        if let Some(said) = said {
            let (more, also) = self.regimes_at(said);
            regimes.extend(more);
            opt_in |= also;
        }
        regimes.sort_unstable();
        regimes.dedup();
        (regimes, opt_in)
    }

    fn binds(&self, regime: Regime) -> bool {
        self.world.policy.controller.regimes.contains(&regime)
    }

    /// Of the laws that bind the shop, those of a place; where there are none, those of the shop's
    /// home, and then only with a yes.
    fn regimes_at(&self, place: Place) -> (Vec<Regime>, bool) {
        let of = |country, region| {
            let own = law::regimes_of(country, region).unwrap_or_default();
            own.iter()
                .filter(|own| self.binds(*own))
                .collect::<Vec<_>>()
        };
        let own = of(place.country, place.region);
        if !own.is_empty() {
            return (own, false);
        }
        let home = of(self.world.policy.controller.country, None);
        if !home.is_empty() {
            return (home, true);
        }
        let all = Regime::ALL.into_iter();
        (all.filter(|own| self.binds(*own)).collect(), true)
    }

    /// Whether the purpose asked about lacks a basis under any law for this reason.
    pub(super) fn lacks(&self, reason: Reason) -> bool {
        self.live
            .is_some_and(|purpose| self.lacking(purpose).contains(&reason))
    }

    /// Everything that a purpose lacks: permission is an AND.
    pub(super) fn lacking(&self, purpose: &Purpose) -> Vec<Reason> {
        let (regimes, opt_in) = self.regimes();
        if regimes.is_empty() {
            return vec![Reason::NoBasis];
        }
        let under = regimes.into_iter();
        under
            .filter_map(|regime| self.under(regime, purpose, opt_in).err())
            .collect()
    }

    /// Of what carries it under each law, the basis that asks for most.
    pub(super) fn carries(&self) -> Option<Carries> {
        let (regimes, opt_in) = self.regimes();
        let mut most: Option<Carries> = None;
        for regime in regimes {
            let own = self.under(regime, self.live?, opt_in);
            if let Ok(own) = own
                && most.is_none_or(|found| own.basis < found.basis)
            {
                most = Some(own);
            }
        }
        most
    }

    fn under(&self, regime: Regime, purpose: &Purpose, opt_in: bool) -> Result<Carries, Reason> {
        let row = self.row(regime, purpose.class).ok_or(Reason::NoBasis)?;
        let claimed = purpose.basis.under(regime).ok_or(Reason::NoBasis)?;
        if !row.bases.contains(claimed) {
            return Err(Reason::NoBasis);
        }
        let opt_outs = [Basis::SoftOptIn, Basis::ImpliedConsent, Basis::NoticeOptOut];
        let must_ask = claimed != Basis::Contextual
            && (purpose.class == Class::Marketing || opt_outs.contains(&claimed));
        let basis = if opt_in && must_ask {
            Basis::Consent
        } else {
            claimed
        };
        let carries = |basis, entry, notice| Carries {
            basis,
            rule: row.id,
            entry,
            notice,
        };
        let stands_in = match basis {
            Basis::SoftOptIn => self.soft_opt_in(),
            Basis::ImpliedConsent => self.implied(regime),
            Basis::Consent => None,
            _ => return Ok(carries(basis, None, None)),
        };
        if let Some(entry) = stands_in {
            return Ok(carries(basis, Some(entry), None));
        }
        let yes = self.consent(purpose.id)?;
        let notice = (yes.version > 0).then_some(yes.version);
        Ok(carries(Basis::Consent, Some(yes.seq), notice))
    }

    /// The row in force for a class on the channel: its own row goes before the one for all.
    fn row(&self, regime: Regime, class: Class) -> Option<&'static Rule> {
        let now = self.world.now;
        let mut general = None;
        for row in law::rules() {
            let holds = row.kind == Kind::Permission
                && row.regime == regime
                && row.class == Some(class)
                && row.status == Status::InForce
                && row.in_force_from <= now
                && row.in_force_to.is_none_or(|end| now < end);
            match row.channel {
                Some(own) if holds && own == self.world.request.channel => return Some(row),
                None if holds => general = Some(row),
                _ => {}
            }
        }
        general
    }

    /// All four facts are on record for an address of the person that the channel reaches.
    fn soft_opt_in(&self) -> Option<Seq> {
        let request = &self.world.request;
        let mut obtained = self.facts.obtained.iter();
        let found = obtained.find(|(identifier, facts, _)| {
            facts.obtained_in_sale
                && facts.own_similar_goods
                && facts.refusal_offered_at_collection
                && facts.refusal_offered_in_each_message
                && request.address.is_none_or(|asked| asked == *identifier)
                && self
                    .facts
                    .identifiers
                    .iter()
                    .any(|(own, kind)| own == identifier && kind.reaches(request.channel))
        });
        found.map(|(.., seq)| *seq)
    }

    /// A purchase, else an inquiry, whose term is not over.
    fn implied(&self, regime: Regime) -> Option<Seq> {
        for (relation, start) in [
            (Relation::Purchase, Start::Purchase),
            (Relation::Inquiry, Start::Inquiry),
        ] {
            let mut dealings = self.facts.dealings.iter();
            let dealing = dealings.find(|(own, ..)| *own == relation);
            for row in law::rules() {
                let Some(clock) = row.clock.filter(|own| own.from == start) else {
                    continue;
                };
                let counts = row.regime == regime
                    && row.kind == Kind::ConsentAge
                    && row.applies_at(self.world.now);
                if let Some((_, at, seq)) = dealing
                    && counts
                    && clock
                        .term
                        .due(regime, *at)
                        .is_ok_and(|due| self.world.now <= due)
                {
                    return Some(*seq);
                }
            }
        }
        None
    }
}
