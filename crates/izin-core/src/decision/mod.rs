//! The gate's question and answer, and the one function between them.
//!
//! [`decide`] collects every reason that speaks against a message, orders them by precedence and
//! answers with the first. Nothing overrides a reason: to allow is to have found none. A [`Matter`]
//! is the request with what the policy and the law say about it. It weighs a person's consents and
//! refusals (`weigh`); what speaks against it is then found in five rooms: `refusal` (noes and
//! signals), `basis` (laws and consents), `content`, `level` (how personal), `wait` (not now).

mod answer;
mod asking;
mod basis;
mod content;
mod level;
mod matter;
mod refusal;
mod request;
mod wait;
mod weigh;

pub use answer::{Decision, Sentences, Verdict, strictest};
pub use asking::{may_ask, may_ask_for_more};
pub use basis::{Protection, consent_state, protection};
pub use content::is_explicitly_agreed;
pub use level::{INACTIVE_DAYS, permitted_level};
pub use matter::Matter;
pub use request::{Content, Request};
pub use wait::{Sent, Usage, counts, counts_for_person};
pub use weigh::{Said, Weight, Yes};

use crate::policy::{Class, Policy, Purpose};
use crate::{IdentifierId, Reason, Standing, Timestamp};

/// A matter put about one person, with everything the answer may depend on.
pub(crate) struct Case<'a, 'm> {
    matter: &'a Matter<'m>,
    /// The address it would go to; absent: any of the person's on the channel.
    address: Option<IdentifierId>,
    /// What is known of the person; their consents and refusals are what they said.
    standing: &'a Standing,
    said: &'a Said,
    usage: Usage<'a>,
    is_minor: bool,
    /// What protects the person.
    protection: Protection,
}

/// Decides one request about one person: the only place where a message is allowed. For many
/// people, [`Matter::decide`] is the same with the person's part alone.
#[must_use]
pub fn decide(
    request: &Request,
    standing: &Standing,
    usage: Usage<'_>,
    (policy, now): (&Policy, Timestamp),
) -> Decision {
    Matter::new(request, policy, now).decide(request.address, standing, usage)
}

impl<'a, 'm> Case<'a, 'm> {
    fn new(
        matter: &'a Matter<'m>,
        address: Option<IdentifierId>,
        (standing, said): (&'a Standing, &'a Said),
        usage: Usage<'a>,
    ) -> Self {
        Self {
            matter,
            address,
            standing,
            said,
            usage,
            is_minor: standing.is_minor(matter.now),
            protection: matter.protection_of(standing),
        }
    }

    fn decide(&self) -> Decision {
        let aim = &self.matter.asked;
        let Some(purpose) = self.matter.live else {
            return self.not_live();
        };
        let mut against = self.refused(purpose.class, purpose.rests_on_duty());
        against = against.union(self.content(purpose));
        let basis = self.basis(aim, purpose);
        against = against.union(basis.against);
        let wait = self.wait(purpose);
        against = against.union(wait.against);
        let mut decision = Decision::of(self, against, basis.ground, wait);
        decision.level = self.level(purpose);
        decision
    }

    /// A purpose that the policy does not have, or not here or not now, with whatever else speaks
    /// against it. What is not declared is judged as marketing.
    fn not_live(&self) -> Decision {
        let declared = self.matter.asked.declared;
        let class = declared.map_or(Class::Marketing, |own| own.class);
        let mut against = self.refused(class, declared.is_some_and(Purpose::rests_on_duty));
        against.insert(Reason::PurposeNotLive);
        Decision::of(self, against, None, wait::Wait::default())
    }
}
