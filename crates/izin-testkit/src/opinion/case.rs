//! One question with the facts it is judged by, and the parts of the table that are no longer than
//! a sentence of the design.

use izin_core::law::Basis;
use izin_core::policy::{Class, CodeSet, Purpose};
use izin_core::{Channel, Level, Signal};

use super::facts::Facts;
use crate::world::World;

/// Confirmations by which a signal is lifted (design §3.2: two separate ones).
const CONFIRMATIONS: usize = 2;

/// One question, with the facts about the person or, when nobody is known, about the address.
pub(super) struct Case<'a> {
    pub(super) world: &'a World,
    pub(super) facts: Facts<'a>,
    /// The purpose, if it is live on the channel now.
    pub(super) live: Option<&'a Purpose>,
    pub(super) essential: bool,
    /// Breach and rights messages: a legal duty.
    pub(super) duty: bool,
    pub(super) contextual: bool,
}

impl<'a> Case<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        let mut declared = None;
        for purpose in &world.policy.purposes {
            if purpose.id == world.request.purpose {
                declared = Some(purpose);
            }
        }
        let essential = declared.is_some_and(|own| own.class == Class::Essential);
        let claims = |basis| declared.is_some_and(|own| own.basis.claimed().contains(&basis));
        Self {
            world,
            facts: Facts::of(world),
            live: declared.filter(|own| is_live(own, world)),
            essential,
            duty: essential && claims(Basis::LegalObligation),
            contextual: declared.is_some_and(|own| is_contextual(own, world)),
        }
    }

    /// Nobody is known, and what is asked is about somebody.
    pub(super) fn nobody(&self) -> bool {
        !self.facts.known && !self.essential && !self.contextual
    }

    /// Audiences and behavioural ads: sale and sharing.
    pub(super) fn shares(&self) -> bool {
        matches!(self.world.request.channel, Channel::Social | Channel::Ads)
    }

    /// A signal in the request, or seen and not lifted by two confirmations since. Those of
    /// browsers and consent strings are about audiences and behavioural ads; a platform's names
    /// its channel, and nothing passes it.
    pub(super) fn signalled(&self, signal: Signal) -> bool {
        let by_platform = signal == Signal::Provider;
        if self.contextual && !by_platform {
            return false;
        }
        if self.world.request.signals.contains(signal) && !by_platform && self.shares() {
            return true;
        }
        self.facts.signals.iter().any(|seen| {
            let about = match seen.channel {
                Some(channel) => channel == self.world.request.channel,
                None => !by_platform && self.shares(),
            };
            seen.signal == signal && about && seen.confirmations < CONFIRMATIONS
        })
    }

    pub(super) fn is_minor(&self) -> bool {
        let mut adult_from = self.facts.adult_from.iter();
        adult_from.any(|(_, from)| *from > self.world.now)
    }

    /// A minor without a guardian's consent to this; for audiences and ads it changes nothing.
    pub(super) fn minor_alone(&self) -> bool {
        let purpose = self.world.request.purpose;
        let guardian = self
            .yeses_to(purpose)
            .any(|yes| self.fault(yes, purpose).is_none());
        self.is_minor() && !self.contextual && (self.shares() || !guardian)
    }

    /// Own purchases, own browsing, what may be sensitive, and audiences elsewhere are assessed, or
    /// not done.
    pub(super) fn lacks_assessment(&self, purpose: &Purpose) -> bool {
        let uses_own = matches!(purpose.highest_level, Level::Purchases | Level::Browsing);
        let exports = self.shares() && !is_contextual(purpose, self.world);
        let needed = uses_own || exports || !purpose.sensitive.is_empty();
        needed && !self.assessed(purpose)
    }

    /// Whether the purpose's assessment is approved by another than its author, and not over.
    pub(super) fn assessed(&self, purpose: &Purpose) -> bool {
        let now = self.world.now;
        self.world.policy.dpias.iter().any(|own| {
            Some(own.id) == purpose.dpia
                && named(&own.author) != named(&own.approver)
                && own.approved <= now
                && own.expires > now
        })
    }

    /// What the goods reveal is not covered by explicit consents of its own, or nobody knows yet
    /// what they reveal.
    pub(super) fn reveals(&self) -> bool {
        let content = self.world.request.content;
        if self.live.is_none() || self.essential {
            return false;
        }
        let mut covered = CodeSet::EMPTY;
        for purpose in &self.world.policy.purposes {
            let asks = purpose.basis.claimed().contains(&Basis::Consent);
            let agreed = self.consent(purpose.id).is_ok_and(|yes| yes.explicit);
            let stands = self.noes_to(purpose.id).next().is_none();
            if asks && agreed && stands && is_live(purpose, self.world) && self.assessed(purpose) {
                covered = covered.union(purpose.sensitive);
            }
        }
        content.unclassified || !covered.covers(content.codes)
    }

    pub(super) fn promotes(&self) -> bool {
        let service = [Class::Essential, Class::OptionalService];
        self.world.request.content.promotes
            && self.live.is_some_and(|own| service.contains(&own.class))
    }

    pub(super) fn no_way_out(&self) -> bool {
        let message = matches!(
            self.world.request.channel,
            Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::SocialDm
        );
        self.live.is_some_and(|own| own.class == Class::Marketing)
            && message
            && self.world.request.content.no_way_to_refuse
    }
}

/// A name as it is compared: whatever its case, and without the space around it.
fn named(name: &str) -> String {
    name.to_lowercase().trim().to_owned()
}

/// Whether a purpose may be used on the channel now: declared for it, with a record of processing,
/// in its time.
pub(super) fn is_live(purpose: &Purpose, world: &World) -> bool {
    let from = purpose.live.and_then(|own| own.from);
    let until = purpose.live.and_then(|own| own.until);
    purpose.channels.contains(&world.request.channel)
        && purpose.ropa.is_some()
        && from.is_none_or(|from| from <= world.now)
        && until.is_none_or(|until| until > world.now)
}

/// Whether a purpose uses nothing of the person, on a page.
fn is_contextual(purpose: &Purpose, world: &World) -> bool {
    matches!(world.request.channel, Channel::Ads | Channel::Site)
        && purpose.highest_level == Level::Contextual
        && purpose.basis.claimed().contains(&Basis::Contextual)
}
