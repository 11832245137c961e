//! A question before anybody is looked at: the request, with what the policy and the law say about
//! it. Made once, it is answered for any number of people.

use super::basis::{Protection, protection};
use super::wait::{applying, night};
use super::{Case, Decision, Request, Usage};
use crate::law::{self, Basis, Regime, Rule};
use crate::policy::{Cap, Class, FormId, Hours, Policy, Purpose, PurposeId, TopicId};
use crate::{Channel, IdentifierId, Level, Reason, Standing, Timestamp};

/// A request, weighed against the policy and the law at a moment.
pub struct Matter<'a> {
    pub(super) request: &'a Request,
    pub(super) policy: &'a Policy,
    pub(super) now: Timestamp,
    /// What is asked about.
    pub(super) asked: Aim<'a>,
    /// Live purposes by which more about a person may be used on the channel.
    pub(super) personal: Vec<Aim<'a>>,
    /// Live purposes that may use what is sensitive on the channel; none when nothing in the
    /// content is.
    pub(super) sensitive: Vec<Aim<'a>>,
    /// The caps that the request falls under.
    pub(super) caps: Vec<&'a Cap>,
    /// When messages on the channel may come.
    pub(super) hours: Option<&'a Hours>,
    /// Until when it is night for somebody of whose place nothing is on record.
    pub(super) night: Option<Timestamp>,
    /// What protects somebody of whose place nothing is on record.
    pub(super) protection: Protection,
    /// The purpose asked about, if it may be used on the channel now.
    pub(super) live: Option<&'a Purpose>,
    /// Forms found defective, up to which of their versions.
    pub(super) defective: Vec<(FormId, u32)>,
    /// How personal anything on the channel may be.
    pub(super) highest_level: Level,
}

/// A purpose on the channel of a request, as the policy and the law see it.
#[derive(Clone, Copy)]
pub(super) struct Aim<'a> {
    pub(super) id: PurposeId,
    /// The topic asked about, where this is the purpose asked about.
    pub(super) topic: Option<TopicId>,
    /// What the policy says, if it declares the purpose.
    pub(super) declared: Option<&'a Purpose>,
    /// Whether the purpose uses nothing of the person.
    pub(super) contextual: bool,
    /// Whether the purpose needs an impact assessment and has none that holds.
    pub(super) lacks_assessment: bool,
    /// What it may rest on under each regime that binds the shop, with the row of law.
    footings: [Option<(Basis, &'static Rule)>; Regime::ALL.len()],
}

impl<'a> Matter<'a> {
    /// Weighs a request against the policy and the law.
    #[must_use]
    pub fn new(request: &'a Request, policy: &'a Policy, now: Timestamp) -> Self {
        let channel = request.channel;
        let asked = Aim::new(request, (policy, now), request.purpose);
        let live = |own: &&Purpose| policy.live(&own.id, channel, now).is_some();
        let aim = |own: &Purpose| Aim::new(request, (policy, now), own.id);
        let personal = |own: &&Purpose| own.class == Class::Personalisation && live(own);
        let reveals = !request.content.codes.is_empty();
        let sensitive = |own: &&Purpose| reveals && !own.sensitive.is_empty() && live(own);
        let hours = policy.hours.iter().find(|own| own.channel == channel);
        let purposes = policy.purposes.iter();
        Self {
            request,
            policy,
            now,
            personal: purposes.clone().filter(personal).map(aim).collect(),
            sensitive: purposes.filter(sensitive).map(aim).collect(),
            caps: applying(request, policy, now).collect(),
            hours,
            night: hours.and_then(|own| night(own, request.place, (policy, now))),
            protection: protection(request.place, policy),
            defective: policy.defective_forms().collect(),
            live: policy.live(&request.purpose, channel, now),
            highest_level: policy.highest_level(channel),
            asked,
        }
    }

    /// Decides about one person, for one of their addresses or for any.
    #[must_use]
    pub fn decide(
        &self,
        address: Option<IdentifierId>,
        standing: &Standing,
        usage: Usage<'_>,
    ) -> Decision {
        Case::new(self, address, (standing, usage)).decide()
    }

    /// What protects a person. A place the request names counts beside the one on record.
    pub(super) fn protection_of(&self, standing: &Standing) -> Protection {
        if standing.place.is_none() {
            return self.protection;
        }
        let own = protection(standing.place, self.policy);
        match self.request.place {
            None => own,
            Some(_) => own.and(self.protection),
        }
    }

    /// Whether a version of a form was found defective; consents given on it count for nothing.
    pub(super) fn is_defective(&self, (form, version): (FormId, u32)) -> bool {
        let mut found = self.defective.iter();
        found.any(|(own, up_to)| *own == form && *up_to >= version)
    }

    /// Whether an answer may depend on consents to a purpose. The dates of all others only tell
    /// when the person was last heard of.
    #[must_use]
    pub fn looks_at(&self, purpose: &PurposeId) -> bool {
        let aims = self.personal.iter().chain(&self.sensitive);
        self.asked.id == *purpose || aims.into_iter().any(|own| own.id == *purpose)
    }

    /// The channel asked about.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.request.channel
    }
}

impl<'a> Aim<'a> {
    fn new(request: &Request, (policy, now): (&'a Policy, Timestamp), id: PurposeId) -> Self {
        let declared = policy.purpose(&id);
        let channel = request.channel;
        let mut footings = [None; Regime::ALL.len()];
        for (regime, footing) in Regime::ALL.into_iter().zip(&mut footings) {
            if policy.controller.regimes.contains(&regime) {
                *footing = declared.and_then(|own| under(regime, own, (channel, now)));
            }
        }
        let lacks =
            |own: &Purpose| own.needs_assessment(channel) && policy.dpia(own, now).is_none();
        Self {
            id,
            topic: request.topic.filter(|_| request.purpose == id),
            declared,
            contextual: declared.is_some_and(|own| own.is_contextual(channel)),
            lacks_assessment: declared.is_some_and(lacks),
            footings,
        }
    }

    /// What the purpose may rest on under a regime, and the row of law that says so.
    pub(super) fn under(&self, regime: Regime) -> Result<(Basis, &'static Rule), Reason> {
        let footing = self.footings.get(regime as usize);
        footing.copied().flatten().ok_or(Reason::NoBasis)
    }
}

/// The basis a purpose claims under a regime, if the row in force lets it rest on that.
fn under(
    regime: Regime,
    purpose: &Purpose,
    (channel, now): (Channel, Timestamp),
) -> Option<(Basis, &'static Rule)> {
    let claimed = purpose.basis.under(regime)?;
    let rule = law::permission(regime, purpose.class, channel, now)?;
    rule.bases.contains(claimed).then_some((claimed, rule))
}
