//! Yeses: which stand, what is wrong with them, and which of them a message may rest on.

use izin_core::act::{Corrected, Evidence};
use izin_core::consent::{Giver, Manner, Mark};
use izin_core::{
    Act, Channel, Entry, IdentifierId, Origin, PurposeId, Reason, Seq, Timestamp, TopicId,
};

use super::case::Case;

/// What a yes is to, and for which address.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Matter {
    purpose: PurposeId,
    channel: Channel,
    topic: Option<TopicId>,
    identifier: Option<IdentifierId>,
}

/// The newest proven yes to a matter, and what became of it.
pub(super) struct Yes<'a> {
    matter: Matter,
    pub(super) seq: Seq,
    pub(super) occurred_at: Timestamp,
    pub(super) version: u32,
    pub(super) explicit: bool,
    manner: &'a Manner,
    mark: Option<Mark>,
    /// When the person themselves said so, proved by step-up: each entry and moment.
    pub(super) own_words: Vec<(Seq, Timestamp)>,
}

/// The newest proven yes to each matter.
pub(super) fn yeses(entries: &[Entry]) -> Vec<Yes<'_>> {
    let mut yeses: Vec<Yes<'_>> = Vec::new();
    for entry in entries {
        match &entry.act {
            Act::Consented {
                evidence: Evidence::Recorded,
                ..
            } => say(&mut yeses, entry),
            Act::ConsentMarked { .. } => mark(&mut yeses, &entry.act),
            Act::IdentifierDetached { identifier, .. } => {
                yeses.retain(|yes| yes.matter.identifier != Some(*identifier));
            }
            Act::EntryCorrected {
                entry,
                what: Corrected::Consent,
            } => {
                yeses.retain(|yes| yes.seq != *entry);
                for yes in &mut yeses {
                    yes.own_words.retain(|(seq, _)| seq != entry);
                }
            }
            _ => {}
        }
    }
    yeses
}

fn say<'a>(yeses: &mut Vec<Yes<'a>>, entry: &'a Entry) {
    let Act::Consented {
        purpose,
        channel,
        topic,
        identifier,
        occurred_at,
        policy,
        origin,
        manner,
        ..
    } = &entry.act
    else {
        return;
    };
    let matter = Matter {
        purpose: *purpose,
        channel: *channel,
        topic: *topic,
        identifier: *identifier,
    };
    let mut own_words = Vec::new();
    for yes in yeses.iter().filter(|yes| yes.matter == matter) {
        own_words.clone_from(&yes.own_words);
    }
    if manner.step_up && manner.by == Giver::Subject && *origin != Origin::Import {
        own_words.push((entry.seq, *occurred_at));
    }
    yeses.retain(|yes| yes.matter != matter);
    yeses.push(Yes {
        matter,
        seq: entry.seq,
        occurred_at: *occurred_at,
        version: *policy,
        explicit: manner.explicit,
        manner,
        mark: None,
        own_words,
    });
}

fn mark(yeses: &mut [Yes<'_>], act: &Act) {
    let Act::ConsentMarked {
        purpose,
        channel,
        topic,
        identifier,
        mark,
        ..
    } = act
    else {
        return;
    };
    if matches!(mark, Mark::Requested | Mark::RequestDeferred) {
        return; // A question changes no answer.
    }
    for yes in yeses {
        let Matter {
            purpose: own,
            channel: on,
            topic: about,
            identifier: address,
        } = &yes.matter;
        if (own, on) == (purpose, channel)
            && (topic.is_none() || topic == about)
            && (identifier.is_none() || identifier == address)
        {
            yes.mark = Some(*mark);
        }
    }
}

impl<'a> Case<'a> {
    /// Proven yeses to a purpose on the channel, for the topic and the address asked about.
    pub(super) fn yeses_to(&self, purpose: PurposeId) -> impl Iterator<Item = &Yes<'a>> {
        let request = &self.world.request;
        let topic = self.topic_of(purpose);
        let addressed = matches!(
            request.channel,
            Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::Phone
        );
        self.facts.yeses.iter().filter(move |yes| {
            let matter = &yes.matter;
            (matter.purpose, matter.channel) == (purpose, request.channel)
                && (matter.topic.is_none() || matter.topic == topic)
                && match (matter.identifier, request.address) {
                    (None, _) => !addressed,
                    (Some(given), Some(asked)) => given == asked,
                    (Some(_), None) => true,
                }
        })
    }

    /// What is wrong with a yes besides refusals.
    pub(super) fn fault(&self, yes: &Yes<'_>, purpose: PurposeId) -> Option<Reason> {
        let policy = &self.world.policy;
        let declared = policy.purposes.iter().find(|own| own.id == purpose)?;
        let on_a_bad_form = yes.manner.form.is_some_and(|(form, version)| {
            let mut forms = policy.forms.iter();
            forms.any(|own| own.id == form && own.version >= version && own.defective.is_some())
        });
        let ends = declared
            .consent_days
            .map(|days| yes.occurred_at.plus_days(i64::from(days)));
        let mut shown = yes.version;
        if shown == 0 {
            for published in &policy.published {
                if published.seq < yes.seq {
                    shown = published.version;
                }
            }
        }
        let faults = [
            (
                matches!(yes.mark, Some(Mark::Revoked | Mark::Invalidated)) || on_a_bad_form,
                Reason::ConsentInvalid,
            ),
            (
                self.is_minor() && yes.manner.by == Giver::Subject,
                Reason::NoConsent,
            ),
            (yes.mark == Some(Mark::Refused), Reason::NoConsent),
            (
                ends.is_some_and(|ends| ends <= self.world.now),
                Reason::ConsentExpired,
            ),
            (
                declared.stale_versions.contains(&shown),
                Reason::ConsentStale,
            ),
        ];
        let first = faults.into_iter().find(|(applies, _)| *applies);
        first.map(|(_, reason)| reason)
    }

    /// The newest yes that a purpose may rest on, or what the newest lacks. One that came while a
    /// refusal stood waits for the person's own word.
    pub(super) fn consent(&self, purpose: PurposeId) -> Result<&Yes<'a>, Reason> {
        let mut newest = None;
        let mut good = None;
        for yes in self.yeses_to(purpose) {
            let lacks = if self.noes_to(purpose).any(|no| no.seq < yes.seq) {
                Some(Reason::AwaitingConfirmation)
            } else {
                self.fault(yes, purpose)
            };
            if newest.is_none_or(|(seq, _)| seq < yes.seq) {
                newest = Some((yes.seq, lacks));
            }
            if lacks.is_none() && good.is_none_or(|own: &Yes<'_>| own.seq < yes.seq) {
                good = Some(yes);
            }
        }
        let lacks = newest.and_then(|(_, lacks)| lacks);
        good.ok_or(lacks.unwrap_or(Reason::NoConsent))
    }
}
