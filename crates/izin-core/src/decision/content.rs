//! What the content itself forbids: step 9 of the order of precedence.

use super::matter::{Aim, Matter};
use super::{Case, Request, Usage};
use crate::law::Basis;
use crate::policy::{Class, CodeSet, Policy, Purpose};
use crate::reason::ReasonSet;
use crate::{Channel, Reason, Standing, Timestamp};

impl Case<'_, '_> {
    pub(super) fn content(&self, purpose: &Purpose) -> ReasonSet {
        let codes = self.matter.request.content.codes;
        let mut against = self.matter.unfit;
        if !codes.is_empty()
            && purpose.class != Class::Essential
            && !self.explicitly_allowed().covers(codes)
        {
            against.insert(Reason::SensitiveContent);
        }
        against
    }

    /// What the person has explicitly consented to being revealed on this channel, by category.
    fn explicitly_allowed(&self) -> CodeSet {
        let aims = self.matter.sensitive.iter();
        let aims = aims.filter_map(|aim| Some((aim, aim.declared?)));
        let allowed = aims.filter(|(aim, own)| self.is_explicitly_allowed(aim, own));
        allowed.fold(CodeSet::EMPTY, |all, (_, own)| all.union(own.sensitive))
    }

    /// Whether a live purpose may use what is sensitive on this channel: it was assessed, and the
    /// consent it rests on asked for this by name.
    fn is_explicitly_allowed(&self, aim: &Aim<'_>, purpose: &Purpose) -> bool {
        purpose.basis.claims(Basis::Consent)
            && self.consent(aim).is_ok_and(|yes| yes.weight.explicit)
            && self.standing_noes(aim).next().is_none()
            && self.matter.policy.dpia(purpose, self.matter.now).is_some()
    }
}

/// What the content forbids for a purpose, whoever it goes to.
pub(super) fn unfit(request: &Request, purpose: &Purpose) -> ReasonSet {
    let content = request.content;
    let mut against = ReasonSet::NONE;
    if purpose.class != Class::Essential && content.unclassified {
        against.insert(Reason::SensitiveContent);
    }
    if purpose.class.is_service() && content.promotes {
        against.insert(Reason::PromotionInService);
    }
    if purpose.is_marketing() && needs_a_way_out(request.channel) && content.no_way_to_refuse {
        against.insert(Reason::NoWayToRefuse);
    }
    against
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
        let matter = Matter::new(&request, policy, now);
        let (said, usage) = (matter.said(standing), Usage::default());
        let case = Case::new(&matter, None, (standing, &said), usage);
        let live = matter.live.filter(|own| !own.sensitive.is_empty());
        live.is_some_and(|own| case.is_explicitly_allowed(&matter.asked, own))
    })
}

/// Channels whose messages must hold a working way to refuse.
const fn needs_a_way_out(channel: Channel) -> bool {
    matches!(
        channel,
        Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::SocialDm
    )
}
