//! What the content itself forbids: step 9 of the order of precedence.

use super::{Case, Request, Usage};
use crate::law::Basis;
use crate::policy::{Class, CodeSet, Policy, Purpose};
use crate::reason::ReasonSet;
use crate::{Channel, Reason, Standing, Timestamp};

impl Case<'_> {
    pub(super) fn content(&self, purpose: &Purpose) -> ReasonSet {
        let content = self.request.content;
        let mut against = ReasonSet::NONE;
        let covered =
            || content.codes.is_empty() || self.explicitly_allowed().covers(content.codes);
        if purpose.class != Class::Essential && (content.unclassified || !covered()) {
            against.insert(Reason::SensitiveContent);
        }
        if purpose.class.is_service() && content.promotes {
            against.insert(Reason::PromotionInService);
        }
        if purpose.is_marketing()
            && needs_a_way_out(self.request.channel)
            && content.no_way_to_refuse
        {
            against.insert(Reason::NoWayToRefuse);
        }
        against
    }

    /// What the person has explicitly consented to being revealed on this channel, by category.
    pub(super) fn explicitly_allowed(&self) -> CodeSet {
        let purposes = self.policy.purposes.iter();
        let allowed = purposes.filter(|own| self.is_explicitly_allowed(own));
        allowed.fold(CodeSet::EMPTY, |all, own| all.union(own.sensitive))
    }

    /// Whether a purpose may use what is sensitive on this channel: it is live, it was assessed, and
    /// the consent it rests on asked for this by name.
    fn is_explicitly_allowed(&self, purpose: &Purpose) -> bool {
        let channel = self.request.channel;
        !purpose.sensitive.is_empty()
            && purpose.basis.claims(Basis::Consent)
            && self.policy.live(&purpose.id, channel, self.now).is_some()
            && self
                .consent(purpose.id)
                .is_ok_and(|yes| yes.manner.explicit)
            && self.standing_refusals(purpose.id).next().is_none()
            && self.policy.dpia(purpose, self.now).is_some()
    }
}

/// Whether a person explicitly agreed to a purpose using what is sensitive, on any of its channels.
#[must_use]
pub fn is_explicitly_agreed(
    purpose: &Purpose,
    standing: &Standing,
    (policy, now): (&Policy, Timestamp),
) -> bool {
    purpose.channels.iter().any(|channel| {
        let request = Request::of(purpose.id, *channel);
        let usage = Usage::default();
        let case = Case {
            request: &request,
            standing,
            usage,
            policy,
            now,
        };
        case.is_explicitly_allowed(purpose)
    })
}

/// Channels whose messages must hold a working way to refuse.
const fn needs_a_way_out(channel: Channel) -> bool {
    matches!(
        channel,
        Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::SocialDm
    )
}
