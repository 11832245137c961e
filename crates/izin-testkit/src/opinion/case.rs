//! One question with the acts it is judged by, and what the design says about them, part by part.
//!
//! Every answer is found by looking through all acts anew. Start at `super::TABLE`.

use izin_core::act::Evidence;
use izin_core::law::{Basis, Regime};
use izin_core::policy::{Class, Purpose};
use izin_core::{
    Act, Channel, Entry, IdentifierId, Level, PurposeId, Reason, RefusalKind, Request, Scope, Seq,
    Timestamp, TopicId,
};

use crate::world::World;

/// One question, with the acts of the person or, when nobody is known, of the address.
pub(super) struct Case<'a> {
    world: &'a World,
    request: &'a Request,
    /// The purpose, if it is live on the channel.
    pub(super) purpose: Option<&'a Purpose>,
}

/// What there is of a consent, where the purpose rests on one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Consent {
    NotAsked,
    Given(Seq),
    Waiting,
    Expired,
    None,
}

impl<'a> Case<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        let request = &world.request;
        let declared =
            |own: &&Purpose| own.id == request.purpose && own.channels.contains(&request.channel);
        Self {
            world,
            request,
            purpose: world.policy.purposes.iter().find(declared),
        }
    }

    fn acts(&self) -> impl DoubleEndedIterator<Item = (&'a Entry, &'a Act)> {
        self.world.entries.iter().map(|entry| (entry, &entry.act))
    }

    pub(super) fn is_live(&self) -> bool {
        self.purpose.is_some()
    }

    pub(super) fn is_known(&self) -> bool {
        self.world
            .entries
            .iter()
            .any(|entry| entry.subject.is_some())
    }

    pub(super) fn is_essential(&self) -> bool {
        self.purpose
            .is_some_and(|purpose| purpose.class == Class::Essential)
    }

    pub(super) fn restricted(&self) -> bool {
        let last = self.acts().rev().find_map(|(_, act)| match act {
            Act::Restricted { holds, .. } => Some(*holds),
            _ => None,
        });
        last == Some(true)
    }

    /// Every no, with the entry that said it last: the same no said again is one no.
    fn refusals(&self) -> Vec<(RefusalKind, &'a Scope, Seq)> {
        let mut found: Vec<(RefusalKind, &Scope, Seq)> = Vec::new();
        for (entry, act) in self.acts() {
            if let Act::Refused { refusal, scope, .. }
            | Act::IdentifierSuppressed { refusal, scope, .. } = act
            {
                found.retain(|(kind, own, _)| (kind, *own) != (refusal, scope));
                found.push((*refusal, scope, entry.seq));
            }
        }
        found
    }

    pub(super) fn refused(&self, kind: RefusalKind) -> bool {
        let Request {
            channel,
            purpose,
            topic,
            ..
        } = self.request;
        let covering = |scope: &Scope| covers(scope, *channel, purpose, topic.as_ref());
        self.refusals()
            .into_iter()
            .any(|(own, scope, _)| own == kind && covering(scope))
    }

    /// A no that stops everything but essential messages.
    pub(super) fn stopped_by(&self, kind: RefusalKind) -> bool {
        !self.is_essential() && self.refused(kind)
    }

    pub(super) fn opted_out(&self, of: fn(&Scope) -> bool) -> bool {
        let Request {
            channel,
            purpose,
            topic,
            ..
        } = self.request;
        !self.is_essential()
            && self.refusals().into_iter().any(|(kind, scope, _)| {
                kind == RefusalKind::OptedOut
                    && of(scope)
                    && covers(scope, *channel, purpose, topic.as_ref())
            })
    }

    pub(super) fn consent(&self) -> Consent {
        match self.purpose {
            Some(purpose) if purpose.basis == Basis::Consent && self.is_known() => {
                self.consent_to(purpose, self.request.topic.as_ref())
            }
            _ => Consent::NotAsked,
        }
    }

    /// The newest proven yes that was not given for another address than the one asked about. A
    /// refusal that was there before it is not lifted by it.
    fn consent_to(&self, purpose: &Purpose, asked: Option<&TopicId>) -> Consent {
        let Request {
            channel, address, ..
        } = *self.request;
        let newest = self.acts().rev().find_map(|(entry, act)| match act {
            Act::Consented {
                purpose: own,
                channel: on,
                topic,
                occurred_at,
                evidence,
                identifier,
                ..
            } if *own == purpose.id
                && *on == channel
                && match identifier {
                    None => !matches!(
                        channel,
                        Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::Phone
                    ),
                    Some(_) => address.is_none() || *identifier == address,
                }
                && (topic.is_none() || topic.as_ref() == asked)
                && *evidence == Evidence::Recorded =>
            {
                Some((entry.seq, *occurred_at))
            }
            _ => None,
        });
        let Some((seq, agreed)) = newest else {
            return Consent::None;
        };
        let refused_before = self
            .refusals()
            .into_iter()
            .any(|(_, scope, no)| no < seq && covers(scope, channel, &purpose.id, asked));
        let ends = purpose
            .consent_days
            .map(|days| agreed.plus_days(i64::from(days)));
        match ends {
            _ if refused_before => Consent::Waiting,
            Some(ends) if ends <= self.world.now => Consent::Expired,
            _ => Consent::Given(seq),
        }
    }

    /// Whether every regime that binds lets the purpose rest on its basis; none binding is no yes.
    pub(super) fn lawful(&self, purpose: &Purpose) -> bool {
        let regimes = &self.world.policy.controller.regimes;
        let allows = |regime: &Regime| {
            bases(*regime, purpose.class, self.world.now).contains(&purpose.basis)
        };
        !regimes.is_empty() && regimes.iter().all(allows)
    }

    /// The address asked about is known not to work; where none is named, all of them.
    pub(super) fn undeliverable(&self) -> bool {
        let channel = self.request.channel;
        let failed = |wanted: &IdentifierId| {
            self.acts().any(|(_, act)| match act {
                Act::Undeliverable {
                    identifier,
                    channel: on,
                } => identifier == wanted && *on == channel,
                _ => false,
            })
        };
        let attached = self.acts().filter_map(|(_, act)| match act {
            Act::IdentifierAttached { identifier, kind } if kind.reaches(channel) => {
                Some(*identifier)
            }
            _ => None,
        });
        let own: Vec<IdentifierId> = attached.collect();
        match &self.request.address {
            Some(address) => failed(address),
            None => !own.is_empty() && own.iter().all(failed),
        }
    }

    /// The latest end of the pauses that hold: the longest for this channel, and for all.
    pub(super) fn paused_until(&self) -> Option<Timestamp> {
        if self.is_essential() || !self.is_live() {
            return None;
        }
        let longest = |about: Option<Channel>| {
            let ends = self.acts().filter_map(|(_, act)| match act {
                Act::Paused { channel, until, .. } if *channel == about => Some(*until),
                _ => None,
            });
            ends.max()
        };
        let ends = [longest(None), longest(Some(self.request.channel))];
        ends.into_iter()
            .flatten()
            .filter(|until| *until > self.world.now)
            .max()
    }

    /// Design §3.4: the lowest of what each part permits.
    pub(super) fn level(&self) -> Level {
        let complained = self
            .refusals()
            .iter()
            .any(|(kind, ..)| *kind == RefusalKind::Complained);
        let Some(purpose) = self.purpose else {
            return Level::Contextual;
        };
        if !self.is_known() || self.restricted() || complained || self.refuses(purpose) {
            return Level::Contextual;
        }
        // Once it stands, the dial only goes down.
        let moves = self.acts().filter_map(|(_, act)| match act {
            Act::DialMoved { level, .. } => Some(*level),
            _ => None,
        });
        let dial = moves.min();
        let ceilings = [
            purpose.highest_level,
            dial.unwrap_or(Level::Trends),
            self.permitted(),
        ];
        ceilings.into_iter().min().unwrap_or(Level::Contextual)
    }

    /// The level that a personalisation purpose on this channel has a valid basis for.
    fn permitted(&self) -> Level {
        let mut permitted = Level::Trends;
        for purpose in &self.world.policy.purposes {
            // A topic belongs to the purpose it was asked about with.
            let topic = self.request.topic.as_ref();
            let asked = topic.filter(|_| purpose.id == self.request.purpose);
            let agreed = purpose.basis != Basis::Consent
                || matches!(self.consent_to(purpose, asked), Consent::Given(_));
            if purpose.class == Class::Personalisation
                && purpose.channels.contains(&self.request.channel)
                && self.lawful(purpose)
                && !self.refuses(purpose)
                && agreed
            {
                permitted = permitted.max(purpose.highest_level);
            }
        }
        permitted
    }

    /// Whether the whole purpose is refused on this channel.
    fn refuses(&self, purpose: &Purpose) -> bool {
        let channel = self.request.channel;
        self.refusals()
            .into_iter()
            .any(|(_, scope, _)| covers(scope, channel, &purpose.id, None))
    }

    pub(super) fn allowed_by(&self) -> Reason {
        let basis = self.purpose.map(|purpose| purpose.basis);
        match basis.expect("nothing is allowed without a live purpose") {
            Basis::Consent => Reason::Consent,
            Basis::Contract => Reason::Contract,
            Basis::LegitimateInterest => Reason::LegitimateInterest,
        }
    }
}

/// A part of a scope that is not named means all of them.
fn covers(scope: &Scope, channel: Channel, purpose: &PurposeId, topic: Option<&TopicId>) -> bool {
    let on_channel = scope.channel.is_none() || scope.channel == Some(channel);
    let of_purpose = scope.purpose.is_none() || scope.purpose.as_ref() == Some(purpose);
    let of_topic = scope.topic.is_none() || scope.topic.as_ref() == topic;
    on_channel && of_purpose && of_topic
}

/// UU 27/2022, in force since 17 October 2022 in Jakarta (16 October, 17:00 UTC).
fn bases(regime: Regime, class: Class, now: Timestamp) -> &'static [Basis] {
    let in_force = Timestamp::from_micros(1_665_939_600_000_000);
    match (regime, class) {
        _ if now < in_force => &[],
        (Regime::UuPdp, Class::Marketing | Class::Personalisation) => &[Basis::Consent],
        (Regime::UuPdp, Class::Essential) => &[Basis::Contract],
        (Regime::UuPdp, Class::OptionalService) => {
            &[Basis::Consent, Basis::Contract, Basis::LegitimateInterest]
        }
        (Regime::UuPdp, Class::AggregateStatistics | Class::Measurement) => {
            &[Basis::Consent, Basis::LegitimateInterest]
        }
    }
}
