//! The gate's question and answer, and the one function between them.
//!
//! `decide` collects every reason that speaks against a message, orders them by precedence and
//! answers with the first. Nothing overrides a reason: to allow is to have found none.

use serde::{Deserialize, Serialize, Serializer};

use crate::act::Evidence;
use crate::law::{self, Basis, Regime};
use crate::policy::{Class, Policy, Purpose, PurposeId, TopicId};
use crate::refusal::{Refusal, RefusalKind};
use crate::standing::{Consent, Standing};
use crate::{Channel, IdentifierId, Language, Level, Reason, Seq, Timestamp};

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The way to reach the person.
    pub channel: Channel,
    /// Why.
    pub purpose: PurposeId,
    /// The theme inside the purpose.
    pub topic: Option<TopicId>,
    /// The address it would go to; absent: any of the person's on the channel.
    pub address: Option<IdentifierId>,
}

/// Yes, no, or not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may happen.
    Allow,
    /// It may happen later, not before `until`.
    Defer,
    /// It must not happen.
    Deny,
}

impl Verdict {
    /// The name used in the API and in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Defer => "defer",
            Self::Deny => "deny",
        }
    }
}

/// A reason said in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sentences {
    /// Indonesian.
    pub id: &'static str,
    /// English.
    pub en: &'static str,
}

/// The answer, with everything needed to explain and to repeat it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Yes, no, or not now.
    #[serde(rename = "decision")]
    pub verdict: Verdict,
    /// The first reason in order of precedence.
    pub reason: Reason,
    /// Every other reason that would have decided alone.
    pub also: Vec<Reason>,
    /// How personal it may be.
    pub level: Level,
    /// The legal basis, when allowed.
    pub basis: Option<Basis>,
    /// The row of law that was applied.
    pub rule: Option<&'static str>,
    /// The regimes that were applied.
    pub regimes: Vec<Regime>,
    /// The entry of the consent used.
    pub consent: Option<Seq>,
    /// The policy version whose notice that consent was given to.
    pub notice: Option<u32>,
    /// When a deferred message may be asked about again.
    #[serde(serialize_with = "as_text")]
    pub until: Option<Timestamp>,
    /// The last entry about the person that was known.
    pub seq: Seq,
    /// The policy version applied.
    pub policy: u32,
    /// The version of the table of law applied.
    pub law: &'static str,
    /// The reason as a sentence, in both languages.
    pub text: Sentences,
}

fn as_text<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serializer.collect_str(moment),
        None => serializer.serialize_none(),
    }
}

/// Decides one request about one person: the only place where a message is allowed.
#[must_use]
pub fn decide(request: &Request, standing: &Standing, policy: &Policy, now: Timestamp) -> Decision {
    let purpose = policy.live(&request.purpose, request.channel);
    let Some(purpose) = purpose else {
        return answer(
            request,
            standing,
            policy,
            Findings::not_live(standing, request),
        );
    };
    let mut findings = Findings::default();
    findings.add_refusals(request, standing, purpose.class);
    findings.add_basis(request, standing, (purpose, policy), now);
    findings.add_hindrances(request, standing, purpose.class, now);
    findings.level = level(request, standing, (purpose, policy), now);
    answer(request, standing, policy, findings)
}

/// What speaks against a request, and what it rests on.
#[derive(Debug, Default)]
struct Findings<'a> {
    against: Vec<Reason>,
    until: Option<Timestamp>,
    basis: Option<Basis>,
    rule: Option<&'static str>,
    consent: Option<&'a Consent>,
    level: Option<Level>,
}

impl<'a> Findings<'a> {
    fn not_live(standing: &Standing, request: &Request) -> Self {
        let mut findings = Self::default();
        findings.add_refusals(request, standing, Class::Marketing);
        findings.against.push(Reason::PurposeNotLive);
        findings
    }

    /// Steps 2 to 4 of the order of precedence. Essential messages pass all but a restriction
    /// and a legal suppression.
    fn add_refusals(&mut self, request: &Request, standing: &Standing, class: Class) {
        if standing.restricted {
            self.against.push(Reason::Restricted);
        }
        let stops = |refusal: &&Refusal| {
            class != Class::Essential || refusal.kind == RefusalKind::LegalSuppression
        };
        let covering = covering(
            standing,
            request.channel,
            &request.purpose,
            request.topic.as_ref(),
        );
        self.against
            .extend(covering.filter(stops).map(Refusal::reason));
    }

    /// Steps 7 and 8: a basis under every regime that binds, and the consent where it is that.
    fn add_basis(
        &mut self,
        request: &Request,
        standing: &'a Standing,
        (purpose, policy): (&Purpose, &Policy),
        now: Timestamp,
    ) {
        if !standing.known && purpose.class != Class::Essential {
            self.against.push(Reason::UnknownSubject);
        }
        for regime in &policy.controller.regimes {
            match law::rule(*regime, purpose.class, request.channel, now) {
                Some(rule) if rule.bases.contains(&purpose.basis) => {
                    self.rule = self.rule.or(Some(rule.id));
                }
                _ => self.against.push(Reason::NoBasis),
            }
        }
        if policy.controller.regimes.is_empty() {
            self.against.push(Reason::NoBasis);
        }
        self.basis = Some(purpose.basis);
        if purpose.basis == Basis::Consent {
            match consent(standing, request, purpose, now) {
                Ok(found) => self.consent = Some(found),
                Err(reason) if standing.known => self.against.push(reason),
                Err(_) => {}
            }
        }
    }

    /// Steps 10 and 11: what stands in the way for now.
    fn add_hindrances(
        &mut self,
        request: &Request,
        standing: &Standing,
        class: Class,
        now: Timestamp,
    ) {
        let fails = match request.address {
            Some(address) => standing.undeliverable.contains(&(address, request.channel)),
            None => standing.unreachable_on(request.channel),
        };
        if fails {
            self.against.push(Reason::Undeliverable);
        }
        let holds = |own: &&crate::standing::Pause| {
            own.until > now && own.channel.is_none_or(|channel| channel == request.channel)
        };
        self.until = match class {
            Class::Essential => None,
            _ => standing
                .pauses
                .iter()
                .filter(holds)
                .map(|own| own.until)
                .max(),
        };
        self.against.extend(self.until.map(|_| Reason::Paused));
    }
}

/// Live refusals that cover a channel, purpose and topic.
fn covering<'a>(
    standing: &'a Standing,
    channel: Channel,
    purpose: &'a PurposeId,
    topic: Option<&'a TopicId>,
) -> impl Iterator<Item = &'a Refusal> {
    standing
        .refusals
        .iter()
        .filter(move |own| own.scope.covers(channel, purpose, topic))
}

/// The proven, unexpired consent to a purpose for the address and channel of a request, or why
/// there is none.
fn consent<'a>(
    standing: &'a Standing,
    request: &Request,
    purpose: &Purpose,
    now: Timestamp,
) -> Result<&'a Consent, Reason> {
    let topic = request
        .topic
        .as_ref()
        .filter(|_| request.purpose == purpose.id);
    // INVARIANT: a yes is to one address and never moves to another (design §3.2).
    let for_address = |own: &Consent| match (own.identifier, request.address) {
        (None, _) => !request.channel.is_addressed(),
        (Some(given), Some(asked)) => given == asked,
        (Some(_), None) => true,
    };
    let fits = |own: &&Consent| {
        own.purpose == purpose.id
            && own.channel == request.channel
            && (own.topic.is_none() || own.topic.as_ref() == topic)
            && for_address(own)
            && own.evidence == Evidence::Recorded
    };
    let found = standing
        .consents
        .iter()
        .filter(fits)
        .max_by_key(|own| own.seq);
    let found = found.ok_or(Reason::NoConsent)?;
    let refused_before = covering(standing, request.channel, &purpose.id, topic)
        .any(|refusal| refusal.seq < found.seq);
    let lasts = |days: u32| found.occurred_at.plus_days(i64::from(days)) > now;
    if refused_before {
        Err(Reason::AwaitingConfirmation)
    } else if !purpose.consent_days.is_none_or(lasts) {
        Err(Reason::ConsentExpired)
    } else {
        Ok(found)
    }
}

/// Whether every regime that binds lets a purpose rest on its basis, on this channel.
fn lawful(purpose: &Purpose, channel: Channel, policy: &Policy, now: Timestamp) -> bool {
    let allows = |regime: &Regime| {
        law::rule(*regime, purpose.class, channel, now)
            .is_some_and(|rule| rule.bases.contains(&purpose.basis))
    };
    let regimes = &policy.controller.regimes;
    !regimes.is_empty() && regimes.iter().all(allows)
}

/// How personal it may be (design §3.4): the lowest of the purpose's ceiling, the dial, and what
/// a personalisation purpose on this channel permits. A complaint or a refusal of the purpose
/// means 0.
fn level(
    request: &Request,
    standing: &Standing,
    (purpose, policy): (&Purpose, &Policy),
    now: Timestamp,
) -> Option<Level> {
    let channel = request.channel;
    let complained = standing
        .refusals
        .iter()
        .any(|own| own.kind == RefusalKind::Complained);
    let refused = covering(standing, channel, &purpose.id, None)
        .next()
        .is_some();
    if !standing.known || standing.restricted || complained || refused {
        return Some(Level::Contextual);
    }
    let dial = standing.dial.map_or(Level::START, |dial| dial.level);
    let permitted = policy
        .purposes
        .iter()
        .filter(|own| own.class == Class::Personalisation && own.channels.contains(&channel))
        .filter(|own| lawful(own, channel, policy, now))
        .filter(|own| covering(standing, channel, &own.id, None).next().is_none())
        .filter(|own| own.basis != Basis::Consent || consent(standing, request, own, now).is_ok())
        .map(|own| own.highest_level)
        .max()
        .unwrap_or(Level::START);
    Some(
        purpose
            .highest_level
            .min(dial)
            .min(permitted.max(Level::START)),
    )
}

fn answer(
    request: &Request,
    standing: &Standing,
    policy: &Policy,
    findings: Findings<'_>,
) -> Decision {
    let Findings {
        mut against,
        until,
        basis,
        rule,
        consent,
        level,
    } = findings;
    against.sort_unstable();
    against.dedup();
    let first = against.first().copied();
    let verdict = match first {
        None => Verdict::Allow,
        Some(Reason::Paused) => Verdict::Defer,
        Some(_) => Verdict::Deny,
    };
    let allowed = verdict == Verdict::Allow;
    let reason = first.unwrap_or(match basis {
        Some(Basis::Contract) => Reason::Contract,
        Some(Basis::LegitimateInterest) => Reason::LegitimateInterest,
        Some(Basis::Consent) => Reason::Consent,
        None => Reason::NoBasis,
    });
    debug_assert!(allowed || first.is_some(), "a no has its reason");
    debug_assert!(request.purpose.as_str() != "" && (!allowed || basis.is_some()));
    Decision {
        verdict,
        reason,
        also: against.into_iter().skip(1).collect(),
        level: level.unwrap_or(Level::Contextual),
        basis: basis.filter(|_| allowed),
        rule,
        regimes: policy.controller.regimes.clone(),
        consent: consent.filter(|_| allowed).map(|own| own.seq),
        notice: consent
            .filter(|own| allowed && own.policy > 0)
            .map(|own| own.policy),
        until: until.filter(|_| verdict == Verdict::Defer),
        seq: standing.seq,
        policy: policy.version,
        law: law::VERSION,
        text: Sentences {
            id: reason.sentence(Language::Id),
            en: reason.sentence(Language::En),
        },
    }
}

/// The strictest of several answers, for an address held by more than one person: a no before a
/// not-now before a yes; of equals, the least personal and the longest wait.
#[must_use]
pub fn strictest(decisions: Vec<Decision>) -> Option<Decision> {
    let lowest = decisions.iter().map(|own| own.level).min()?;
    let latest = decisions.iter().filter_map(|own| own.until).max();
    let mut strictest = decisions.into_iter().max_by(|a, b| {
        a.verdict
            .cmp(&b.verdict)
            .then_with(|| b.reason.cmp(&a.reason))
    })?;
    strictest.level = lowest;
    strictest.until = latest.filter(|_| strictest.verdict == Verdict::Defer);
    Some(strictest)
}
