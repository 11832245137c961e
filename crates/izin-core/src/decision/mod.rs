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

pub use answer::{Decision, Verdict, strictest};
pub use asking::{may_ask, may_ask_for_more};
pub use basis::{Protection, consent_state, protection};
pub use content::is_explicitly_agreed;
pub use level::{INACTIVE_DAYS, permitted_level};
pub use matter::Matter;
pub use request::{Content, Request};
pub use wait::{Sent, Usage, counts, counts_for_person};
pub use weigh::{Said, Weight, Yes};

use crate::policy::Policy;
use crate::{IdentifierId, Level, Reason, Standing, Timestamp};
use wait::Wait;

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
        let Matter { asked, live, .. } = self.matter;
        let mut against = self.refused();
        let (mut ground, mut wait) = (None, Wait::default());
        if let Some(purpose) = live {
            let basis = self.basis(asked, purpose);
            wait = self.wait(purpose);
            ground = basis.ground;
            against = against.union(self.content(purpose));
            against = against.union(basis.against).union(wait.against);
        } else {
            // Not in the policy, or not here or not now; whatever else speaks against it is said too.
            against.insert(Reason::PurposeNotLive);
        }
        let level = live.map_or(Level::Contextual, |own| self.level(own));
        Decision::of(self, (against, level), ground, &wait)
    }
}
