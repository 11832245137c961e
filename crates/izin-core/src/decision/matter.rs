//! A question before anybody is looked at: the request, with what the policy and the law say about
//! it. Made once, it is answered for any number of people.

use std::cell::OnceCell;

use super::basis::{Claims, Protection, protection};
use super::content::unfit;
use super::wait::{applying, night};
use super::weigh::{Said, heard};
use super::{Case, Decision, Request, Usage};
use crate::law::{self, Basis, Regime, Rule};
use crate::policy::{Cap, Class, FormId, Hours, Policy, Purpose, PurposeId};
use crate::reason::ReasonSet;
use crate::signal::CONFIRMATIONS;
use crate::{Channel, IdentifierId, Level, Standing, Timestamp};

/// A request, weighed against the policy and the law at a moment.
pub struct Matter<'a> {
    pub(super) request: &'a Request,
    pub(super) policy: &'a Policy,
    pub(super) now: Timestamp,
    /// What is asked about.
    pub(super) asked: Aim<'a>,
    /// Live purposes by which more about a person may be used on the channel; few ask for more.
    personal: OnceCell<Vec<Aim<'a>>>,
    /// Live purposes that may use what is sensitive on the channel; none when nothing in the
    /// content is.
    pub(super) sensitive: Vec<Aim<'a>>,
    /// The caps that the request falls under; few people were sent anything.
    caps: OnceCell<Vec<&'a Cap>>,
    /// When messages on the channel may come.
    pub(super) hours: Option<&'a Hours>,
    /// Until when it is night for somebody of whose place nothing is on record.
    pub(super) night: Option<Timestamp>,
    /// What protects somebody of whose place nothing is on record.
    pub(super) protection: Protection,
    /// The purpose asked about, if it may be used on the channel now.
    pub(super) live: Option<&'a Purpose>,
    /// The class asked about; what is not declared is judged as marketing.
    pub(super) class: Class,
    /// Whether it rests on a duty of the shop.
    pub(super) duty: bool,
    /// What the content forbids, whoever it goes to.
    pub(super) unfit: ReasonSet,
    /// Forms found defective, up to which of their versions.
    pub(super) defective: Vec<(FormId, u32)>,
    /// How personal anything on the channel may be.
    pub(super) highest_level: Level,
}

/// A purpose of the policy, by its place there; the first place that is none: one asked about that
/// the policy does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct About(u32);

impl About {
    fn place(place: usize) -> Self {
        Self(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// What the policy says of it.
    fn purpose(self, policy: &Policy) -> Option<&Purpose> {
        policy.purposes.get(usize::try_from(self.0).ok()?)
    }
}

/// A purpose on the channel of a request, as the policy and the law see it.
#[derive(Clone, Copy)]
pub(super) struct Aim<'a> {
    pub(super) id: PurposeId,
    pub(super) about: About,
    /// What the policy says, if it declares the purpose.
    pub(super) declared: Option<&'a Purpose>,
    /// Whether the purpose uses nothing of the person.
    pub(super) contextual: bool,
    /// Whether the purpose needs an impact assessment and has none that holds.
    pub(super) lacks_assessment: bool,
    /// Consents to it given up to here are over.
    over: Option<Timestamp>,
    /// What it may rest on under each regime that binds the shop, with the row of law.
    footings: [Option<(Basis, &'static Rule)>; Regime::ALL.len()],
    /// What it must rest on for somebody of whose place nothing is on record.
    pub(super) claims: Claims,
}

impl<'a> Matter<'a> {
    /// Weighs a request against the policy and the law.
    #[must_use]
    pub fn new(request: &'a Request, policy: &'a Policy, now: Timestamp) -> Self {
        let channel = request.channel;
        let asked = policy
            .purposes
            .iter()
            .position(|own| own.id == request.purpose);
        let about = About::place(asked.unwrap_or(policy.purposes.len()));
        let asked = asked.and_then(|place| policy.purposes.get(place));
        let protection = protection(request.place, policy);
        let live = asked.filter(|own| own.is_live(channel, now));
        let hours = policy.hours.iter().find(|own| own.channel == channel);
        let mut matter = Self {
            request,
            policy,
            now,
            personal: OnceCell::new(),
            sensitive: Vec::new(),
            caps: OnceCell::new(),
            hours,
            night: hours.and_then(|own| night(own, request.place, (policy, now))),
            protection,
            defective: policy.defective_forms().collect(),
            live,
            class: asked.map_or(Class::Marketing, |own| own.class),
            duty: asked.is_some_and(Purpose::rests_on_duty),
            unfit: live.map_or(ReasonSet::NONE, |own| unfit(request, own)),
            highest_level: policy.highest_level(channel),
            asked: Aim::new(request.purpose, (about, asked), (policy, channel, now))
                .protecting(protection),
        };
        if matter.reveals() {
            matter.sensitive = matter.aims(|own| !own.sensitive.is_empty());
        }
        matter
    }

    /// The live purposes of a kind.
    fn aims(&self, kind: impl Fn(&Purpose) -> bool) -> Vec<Aim<'a>> {
        let context = (self.policy, self.channel(), self.now);
        let purposes = self.policy.purposes.iter().enumerate();
        let live = purposes.filter(|(_, own)| kind(own) && own.is_live(self.channel(), self.now));
        let aim = |(place, own): (usize, &'a Purpose)| {
            let aim = Aim::new(own.id, (About::place(place), Some(own)), context);
            aim.protecting(self.protection)
        };
        live.map(aim).collect()
    }

    pub(super) fn personal(&self) -> &[Aim<'a>] {
        let personal = || self.aims(|own| own.class == Class::Personalisation);
        self.personal.get_or_init(personal)
    }

    pub(super) fn caps(&self) -> &[&'a Cap] {
        let caps = || applying(self.request, self.policy, self.now).collect();
        self.caps.get_or_init(caps)
    }

    /// From when on what was sent counts, for somebody who set no limit of their own: what is older
    /// is outside the window of every cap.
    #[must_use]
    pub fn counts_sends_from(&self) -> Timestamp {
        let windows = self.caps().iter().map(|cap| cap.limit.within().seconds());
        let longest = windows.max().map_or(0, i64::from);
        self.now.plus_seconds(longest.saturating_neg())
    }

    /// Whether something in the content reveals what only an explicit consent lets be used.
    pub(super) fn reveals(&self) -> bool {
        !self.request.content.codes.is_empty()
    }

    /// A purpose of the policy to which a yes may matter.
    pub(super) fn about(&self, purpose: &PurposeId) -> Option<About> {
        if *purpose == self.asked.id {
            return Some(self.asked.about);
        }
        let purposes = self.policy.purposes.iter();
        let matters = |own: &Purpose| {
            own.class == Class::Personalisation || (self.reveals() && !own.sensitive.is_empty())
        };
        let mut purposes = purposes.enumerate();
        let (place, _) = purposes.find(|(_, own)| own.id == *purpose && matters(own))?;
        Some(About::place(place))
    }

    /// Decides about one person, for one of their addresses or for any.
    #[must_use]
    pub fn decide(
        &self,
        address: Option<IdentifierId>,
        standing: &Standing,
        usage: Usage<'_>,
    ) -> Decision {
        let said = self.said(standing);
        self.decide_by(address, (standing, &said), heard(standing, usage))
    }

    /// The same for a person whose consents and refusals were weighed already: what they said stands
    /// in for those of the standing, and the dates of all proven consents are in what was last heard
    /// of the person.
    #[must_use]
    pub fn decide_by(
        &self,
        address: Option<IdentifierId>,
        person: (&Standing, &Said),
        usage: Usage<'_>,
    ) -> Decision {
        Case::new(self, address, person, usage).decide()
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

    /// Whether a consent given under a version of the policy was given to less than is done now.
    pub(super) fn is_stale(&self, about: About, version: u32) -> bool {
        let purpose = about.purpose(self.policy);
        purpose.is_some_and(|own| own.stale_versions.contains(&version))
    }

    /// How often a person says yes, confirmed, until it lifts their no on the channel.
    pub(super) fn confirmations(&self) -> usize {
        if self.channel().is_sale_or_sharing() {
            usize::from(CONFIRMATIONS)
        } else {
            1
        }
    }

    /// The channel asked about.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.request.channel
    }
}

impl<'a> Aim<'a> {
    fn new(
        id: PurposeId,
        (about, declared): (About, Option<&'a Purpose>),
        (policy, channel, now): (&'a Policy, Channel, Timestamp),
    ) -> Self {
        let mut footings = [None; Regime::ALL.len()];
        for regime in policy.regimes().iter() {
            if let Some(footing) = footings.get_mut(regime as usize) {
                *footing = declared.and_then(|own| under(regime, own, (channel, now)));
            }
        }
        let lacks =
            |own: &Purpose| own.needs_assessment(channel) && policy.dpia(own, now).is_none();
        let days = declared.and_then(|own| own.consent_days);
        Self {
            id,
            about,
            declared,
            contextual: declared.is_some_and(|own| own.is_contextual(channel)),
            lacks_assessment: declared.is_some_and(lacks),
            over: days.map(|days| now.plus_days(i64::from(days).saturating_neg())),
            footings,
            claims: Claims::default(),
        }
    }

    fn protecting(mut self, protection: Protection) -> Self {
        self.claims = Claims::of(&self, protection);
        self
    }

    /// Whether a consent to it given then still lasts.
    pub(super) fn lasts(&self, given: Timestamp) -> bool {
        self.over.is_none_or(|over| given > over)
    }

    /// What the purpose may rest on under a regime, and the row of law that says so.
    pub(super) fn under(&self, regime: Regime) -> Option<(Basis, &'static Rule)> {
        self.footings.get(regime as usize).copied().flatten()
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
