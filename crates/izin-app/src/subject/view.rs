//! Everything the gate knows of a person, without a personal value.

use izin_core::decision::{Protection, consent_state, may_ask, may_ask_for_more, protection};
use izin_core::law::Basis;
use izin_core::policy::Purpose;
use izin_core::{
    Channel, ConsentState, PurposeId, Request, Scope, Seq, Standing, SubjectId, Timestamp, TopicId,
};
use izin_store::StoreError;

use crate::App;

/// Everything the gate knows of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Who.
    pub subject: SubjectId,
    /// The facts.
    pub standing: Standing,
    /// What protects the person.
    pub protection: Protection,
    /// Consent to each purpose on each channel.
    pub consents: Vec<ConsentView>,
    /// When the person may be asked to turn the dial up.
    pub may_ask_for_more: MayAsk,
    /// The moment it was looked at.
    pub at: Timestamp,
}

/// When somebody may be asked for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayAsk {
    /// Now.
    Now,
    /// Not before.
    From(Timestamp),
    /// Not while what stands of them stands: a no to everything, a restriction, an erasure.
    Never,
}

/// How it stands with one purpose on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentView {
    /// The purpose.
    pub purpose: PurposeId,
    /// The channel.
    pub channel: Channel,
    /// One topic, or the whole purpose.
    pub topic: Option<TopicId>,
    /// The state, in DPV's words.
    pub state: ConsentState,
    /// The entry of the newest yes.
    pub entry: Option<Seq>,
    /// When the person may be asked; absent: now.
    pub may_ask: Option<Timestamp>,
}

/// Everything the gate knows of a person; `None` for somebody unknown. Reads one thing from the
/// store: since when they are known, where they never moved the dial.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn standing_view(app: &App, subject: SubjectId) -> Result<Option<View>, StoreError> {
    let Some(standing) = app.gate.standing(subject) else {
        return Ok(None);
    };
    let since = match standing.dial {
        Some(dial) => Some(dial.since),
        None => app.store.known_since(subject).await?,
    };
    Ok(Some(view(
        app,
        subject,
        standing,
        since.unwrap_or_default(),
    )))
}

fn view(app: &App, subject: SubjectId, standing: Standing, since: Timestamp) -> View {
    let (policy, at) = (app.policy(), app.clock.now());
    let consent = |(purpose, channel, topic): (PurposeId, Channel, Option<TopicId>)| {
        let request = Request {
            topic,
            ..Request::of(purpose, channel)
        };
        let own = |yes: &&izin_core::Consent| {
            (yes.purpose, yes.channel, yes.topic) == (purpose, channel, topic)
        };
        ConsentView {
            purpose,
            channel,
            topic,
            state: consent_state(&request, &standing, (&policy, at)),
            entry: standing
                .consents
                .iter()
                .filter(own)
                .map(|yes| yes.seq)
                .max(),
            may_ask: may_ask(&standing, (purpose, channel), at),
        }
    };
    let declared = policy.purposes.iter().filter(|own| asks(own));
    let mut matters: Vec<_> = declared
        .flat_map(|own| own.channels.iter().map(|channel| (own.id, *channel, None)))
        .chain(
            standing
                .consents
                .iter()
                .map(|own| (own.purpose, own.channel, own.topic)),
        )
        .collect();
    matters.sort_unstable();
    matters.dedup();
    let consents = matters.into_iter().map(consent).collect();
    View {
        subject,
        protection: protection(standing.place, &policy),
        consents,
        may_ask_for_more: if wants_no_questions(&standing) {
            MayAsk::Never
        } else {
            may_ask_for_more(&standing, since, (&policy, at)).map_or(MayAsk::Now, MayAsk::From)
        },
        at,
        standing,
    }
}

/// Whether the person is left alone with questions. A later yes lifts a no to everything for its own
/// matter alone, so it invites no question about the dial either.
fn wants_no_questions(standing: &Standing) -> bool {
    let mut refusals = standing.refusals.iter();
    standing.erased || standing.restricted || refusals.any(|own| own.scope == Scope::EVERYTHING)
}

/// Whether a consent to the purpose means anything.
fn asks(purpose: &Purpose) -> bool {
    [Basis::Consent, Basis::SoftOptIn, Basis::ImpliedConsent]
        .into_iter()
        .any(|basis| purpose.basis.claims(basis))
}
