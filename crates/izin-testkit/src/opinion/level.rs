//! How personal it may be: the lowest of what each part permits (design §3.4).

use izin_core::policy::Class;
use izin_core::{Level, Signal};

use super::case::{Case, is_live};

/// Days without a sign of the person after which nothing of theirs is used.
const INACTIVE_DAYS: i64 = 180;

impl Case<'_> {
    pub(super) fn level(&self) -> Level {
        let Some(purpose) = self.live else {
            return Level::Contextual;
        };
        let complained = self.complained_about(purpose.id);
        let signalled = Signal::ALL.into_iter().any(|own| self.signalled(own));
        let refused = self.noes_to(purpose.id).next().is_some();
        if !self.facts.known || self.facts.erased || self.facts.restricted {
            return Level::Contextual;
        }
        if complained || signalled || refused || self.is_minor() {
            return Level::Contextual;
        }
        let mut ceilings = vec![
            purpose.highest_level,
            self.facts.dial.map_or(Level::Trends, |(level, _)| level),
            self.permitted(),
        ];
        for sender in &self.world.policy.senders {
            if sender.channel == self.world.request.channel {
                ceilings.push(sender.highest_level);
            }
        }
        if !self.is_active() {
            ceilings.push(Level::Trends);
        }
        ceilings.into_iter().min().unwrap_or(Level::Contextual)
    }

    /// The level that a personalisation purpose on this channel has everything for.
    fn permitted(&self) -> Level {
        let mut permitted = Level::Trends;
        for purpose in &self.world.policy.purposes {
            if purpose.class == Class::Personalisation
                && is_live(purpose, self.world)
                && self.lacking(purpose).is_empty()
                && !self.lacks_assessment(purpose)
                && self.noes_to(purpose.id).next().is_none()
            {
                permitted = permitted.max(purpose.highest_level);
            }
        }
        permitted
    }

    /// Whether the person said yes, moved the dial, bought or visited lately.
    fn is_active(&self) -> bool {
        let mut signs = Vec::new();
        for yes in &self.facts.yeses {
            signs.push(yes.occurred_at);
        }
        signs.extend(self.facts.dial.map(|(_, since)| since));
        signs.extend(self.world.last_active);
        let recent = |sign: &izin_core::Timestamp| sign.plus_days(INACTIVE_DAYS) > self.world.now;
        signs.iter().any(recent)
    }
}
