//! The gate's question and answer, and the one function between them.
//!
//! [`decide`] collects every reason that speaks against a message, orders them by precedence and
//! answers with the first. Nothing overrides a reason: to allow is to have found none. What speaks
//! against it is found in five rooms: `refusal` (noes and signals), `basis` (laws and consents),
//! `content`, `level` (how personal), `wait` (not now).

mod answer;
mod asking;
mod basis;
mod content;
mod level;
mod refusal;
mod request;
mod wait;

pub use answer::{Decision, Sentences, Verdict, strictest};
pub use asking::{may_ask, may_ask_for_more};
pub use basis::{consent_state, regimes_for};
pub use content::is_explicitly_agreed;
pub use request::{Content, Request};
pub use wait::{Sent, Usage, counts};

use crate::policy::{Class, Policy, Purpose};
use crate::{Reason, Standing, Timestamp};

/// One question with everything the answer may depend on.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    request: &'a Request,
    standing: &'a Standing,
    usage: Usage<'a>,
    policy: &'a Policy,
    now: Timestamp,
}

/// Decides one request about one person: the only place where a message is allowed.
#[must_use]
pub fn decide(
    request: &Request,
    standing: &Standing,
    usage: Usage<'_>,
    (policy, now): (&Policy, Timestamp),
) -> Decision {
    let case = Case {
        request,
        standing,
        usage,
        policy,
        now,
    };
    let purpose = policy.live(&request.purpose, request.channel, now);
    let Some(purpose) = purpose else {
        return case.not_live();
    };
    let mut against = case.refused(purpose.class, rests_on_duty(purpose));
    against = against.union(case.content(purpose));
    let basis = case.basis(purpose);
    against = against.union(basis.against);
    let wait = case.wait(purpose);
    against = against.union(wait.against);
    Decision::of(&case, against, basis.ground, wait).at(case.level(purpose))
}

/// Breach notices, answers to rights requests and their codes: duties that go through although the
/// person's data are restricted or erased (design §3.2, classes).
fn rests_on_duty(purpose: &Purpose) -> bool {
    purpose.class == Class::Essential && purpose.basis.claims(crate::law::Basis::LegalObligation)
}

impl Case<'_> {
    /// A purpose that the policy does not have, or not here or not now, with whatever else speaks
    /// against it. What is not declared is judged as marketing.
    fn not_live(&self) -> Decision {
        let declared = self.policy.purpose(&self.request.purpose);
        let class = declared.map_or(Class::Marketing, |own| own.class);
        let mut against = self.refused(class, declared.is_some_and(rests_on_duty));
        against.insert(Reason::PurposeNotLive);
        Decision::of(self, against, None, wait::Wait::default())
    }
}
