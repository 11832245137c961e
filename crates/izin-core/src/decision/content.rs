//! What the content itself forbids: step 9 of the order of precedence.

use super::Case;
use crate::law::Basis;
use crate::policy::{Class, CodeSet, Purpose};
use crate::reason::ReasonSet;
use crate::{Channel, Reason};

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
        let allowed = purposes.filter(|own| {
            !own.sensitive.is_empty()
                && own.basis.claims(Basis::Consent)
                && self
                    .policy
                    .live(&own.id, self.request.channel, self.now)
                    .is_some()
                && self.consent(own.id).is_ok_and(|yes| yes.manner.explicit)
                && self.standing_refusals(own.id).next().is_none()
                && self.policy.dpia(own, self.now).is_some()
        });
        allowed.fold(CodeSet::EMPTY, |all, own| all.union(own.sensitive))
    }
}

/// Channels whose messages must hold a working way to refuse.
const fn needs_a_way_out(channel: Channel) -> bool {
    matches!(
        channel,
        Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::SocialDm
    )
}
