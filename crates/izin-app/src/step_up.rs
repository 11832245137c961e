//! The person's own act, confirmed: a one-time code to a known address, and what they wished for.
//!
//! Nobody learns here who is a customer: an address that nobody holds gets the same answer after
//! the same work, for the letter is written after the answer; and a wrong code, a late one and one
//! that was never sent look the same. The code is kept as a keyed hash and stands in one letter,
//! never in a log or on disk: a letter that a crash takes along is asked for again. Start at
//! [`begin`], then [`prove`], the only place that makes a [`Proof`].

mod letter;
mod wish;

pub use wish::Wish;

use std::sync::Arc;

use izin_core::law::Basis;
use izin_core::policy::{Class, Policy, Purpose};
use izin_core::relation::DetachCause;
use izin_core::{
    Channel, Identifier, IdentifierId, IdentifierKind, PurposeId, Request, SubjectId, Timestamp,
    Verdict,
};
use izin_store::{Code, Command, KnownIdentifier, StoreError, Tried};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::act::{self, ActError, Reported};
use crate::deliver::letter::{Letter, LetterError};
use crate::gate::Who;
use crate::{App, supervisor};

/// Digits of a code: with the store's five tries, one in 20 million is guessed.
const CODE_DIGITS: usize = 8;
/// How many codes there are: ten to the power of their digits.
const CODES: u64 = 100_000_000;
/// Seconds a code may be used: ten minutes, longer than a mail takes and a distraction lasts.
const CODE_SECONDS: i64 = 600;
/// Codes for one address in an hour; more are no help to a person and a nuisance to a mailbox.
pub const CODES_AN_HOUR_MAX: u64 = 3;
/// Codes for one address in a day.
pub const CODES_A_DAY_MAX: u64 = 10;
const HOUR_SECONDS: i64 = 3_600;
/// The service key under which codes and asked-for addresses are hashed.
const KEY_NAME: &str = "step_up";

/// That a person proved control of an address just now.
#[derive(Debug)]
pub struct Proof {
    subject: SubjectId,
    identifier: IdentifierId,
    kind: IdentifierKind,
}

impl Proof {
    /// Who.
    pub(crate) const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Of which address.
    pub(crate) const fn identifier(&self) -> IdentifierId {
        self.identifier
    }

    /// What kind it is.
    pub(crate) const fn kind(&self) -> IdentifierKind {
        self.kind
    }
}

/// Where the code is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// An address as the person typed it.
    Typed(Identifier),
    /// One of the person's own, chosen among masked ones.
    Chosen(IdentifierId),
}

/// A code on its way, if the address is known.
#[derive(Debug)]
pub struct Begun {
    /// The name of the attempt; a page carries it along.
    pub id: [u8; 16],
    /// From when it is too late.
    pub expires_at: Timestamp,
    /// Ends when the letter was handed over or could not be. A page does not wait for it: how long
    /// it takes would tell who is a customer.
    pub sending: JoinHandle<()>,
}

/// Why there is no step-up.
#[derive(Debug, thiserror::Error)]
pub enum StepUpError {
    /// Codes go by mail.
    #[error("codes go to e-mail addresses; name one")]
    NotAnAddress,
    /// The policy has no purpose to send a code for.
    #[error(
        "the policy has no essential purpose on e-mail that rests on a contract or a legal \
         obligation, so no code can be sent; declare one in purposes.toml"
    )]
    NoPurpose,
    /// Too often.
    #[error("too many codes were asked for this address; try again in an hour, or tomorrow")]
    TooMany,
    /// Wrong, late, used, tried too often, or never sent.
    #[error("this code is not right or not valid any more; ask for another")]
    WrongCode,
    /// What was wished for cannot be.
    #[error(transparent)]
    Act(#[from] ActError),
    /// No letter can be written.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What is kept of a wish until it is proved.
#[derive(Serialize, Deserialize)]
struct Kept {
    wish: Wish,
    /// The address by the name under which the person holds it; absent: nobody does.
    address: Option<IdentifierId>,
}

/// Sends a code for a wish, if the person who is meant holds the address. The answer is the same
/// if nobody does, or if several do and the person is not named.
///
/// # Errors
/// [`StepUpError`], for reasons that say nothing about the person.
pub async fn begin(app: &Arc<App>, who: &Who, to: &To, wish: Wish) -> Result<Begun, StepUpError> {
    let now = app.clock.now();
    let policy = app.policy();
    let purpose = purpose(&policy, now).ok_or(StepUpError::NoPurpose)?;
    if app.settings.mail.is_none() {
        return Err(LetterError::NoMailServer.into());
    }
    wish.check(app)?;
    if matches!(to, To::Typed(own) if own.kind() != IdentifierKind::Email) {
        return Err(StepUpError::NotAnAddress);
    }
    let meant = meant(app, who, to).await?;
    let key = asked_for(app, to, meant.as_ref().map(|(_, own)| &own.value))?;
    let since = |seconds: i64| app.store.codes_since(key, now.plus_seconds(-seconds));
    if since(HOUR_SECONDS).await? >= CODES_AN_HOUR_MAX
        || since(24 * HOUR_SECONDS).await? >= CODES_A_DAY_MAX
    {
        return Err(StepUpError::TooMany);
    }
    let (id, code) = draw(app)?;
    let expires_at = now.plus_seconds(CODE_SECONDS);
    let nobody = SubjectId::from_bytes(*key.as_bytes());
    let kept = Kept {
        wish,
        address: meant.as_ref().map(|(_, own)| own.id),
    };
    let kept = Code {
        id,
        subject: meant.as_ref().map_or(nobody, |(subject, _)| *subject),
        identifier: key,
        code_hash: hash(app, &id, &code)?,
        wish: serde_json_canonicalizer::to_string(&kept)
            .map_err(|_| StoreError::Damaged { what: "wish" })?,
        expires_at,
    };
    app.store.keep_code(kept, now).await?;
    let (sender, purpose) = (Arc::clone(app), purpose.id);
    let sending = supervisor::start("step-up letter", async move {
        let Some((subject, own)) = meant else { return };
        let letter = match letter(&sender, purpose, (subject, &own), &code).await {
            Ok(Some(letter)) => letter,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "a step-up letter could not be written");
                return;
            }
        };
        if let Err(error) = letter.hand_over().await {
            tracing::warn!(%error, "a step-up code could not be handed over");
        }
    });
    Ok(Begun {
        id,
        expires_at,
        sending,
    })
}

/// The letter to somebody who holds the address; `None` when not even a code may go to them.
async fn letter(
    app: &App,
    purpose: PurposeId,
    (subject, own): (SubjectId, &KnownIdentifier),
    code: &str,
) -> Result<Option<Letter>, LetterError> {
    if !may_go(app, purpose, subject, own.id) {
        return Ok(None);
    }
    let profile = app.store.profile(subject).await?;
    let language = profile.language;
    let language = language.unwrap_or_else(|| app.policy().language());
    letter::write(app, &own.value, code, language).map(Some)
}

/// Tries a code; if it is right, does what was wished for. Old consents of others who hold the
/// address end: it is this person's now.
///
/// # Errors
/// [`StepUpError::WrongCode`], whatever is wrong with it; [`StepUpError::Act`] when the wish cannot
/// be done any more.
pub async fn prove(app: &App, id: [u8; 16], code: &str) -> Result<Reported, StepUpError> {
    let now = app.clock.now();
    let digits: String = code
        .chars()
        .filter(|own| !matches!(own, ' ' | '-'))
        .collect();
    if digits.len() != CODE_DIGITS || !digits.bytes().all(|own| own.is_ascii_digit()) {
        return Err(StepUpError::WrongCode);
    }
    let tried = app
        .store
        .try_code(id, hash(app, &id, &digits)?, now)
        .await?;
    let Tried::Right(code) = tried else {
        return Err(StepUpError::WrongCode);
    };
    let kept: Kept =
        serde_json::from_str(&code.wish).map_err(|_| StoreError::Damaged { what: "wish" })?;
    let subject = act::one(app, &Who::Subject(code.subject))?;
    let own = app.store.identifiers(code.subject).await?;
    let own = own.into_iter().find(|own| Some(own.id) == kept.address);
    let own = own.ok_or(StepUpError::WrongCode)?;
    let held = act::held_as(app, subject, &own.value);
    let (identifier, kind) = held.ok_or(StepUpError::WrongCode)?;
    let proof = Proof {
        subject,
        identifier,
        kind,
    };
    let report = kept.wish.report(subject, now);
    let mut ready = act::ready(app, report, Some(&proof), now).await?;
    let others = app.gate.holders(&own.value).into_iter();
    let detached = others
        .filter(|other| *other != subject)
        .map(|other| Command::Detach {
            subject: other,
            identifier: own.value.clone(),
            cause: DetachCause::Reverified,
        });
    let commands = detached.chain(ready.together.commands);
    ready.together.commands = commands.collect();
    Ok(act::record(app, ready, now).await?)
}

/// The essential purpose that codes are sent for, a legal obligation before a contract.
fn purpose(policy: &Policy, now: Timestamp) -> Option<&Purpose> {
    let live = |own: &&Purpose| {
        own.class == Class::Essential && policy.live(&own.id, Channel::Email, now).is_some()
    };
    let on = |basis| {
        let mut purposes = policy.purposes.iter().filter(live);
        purposes.find(|own| own.basis.claims(basis))
    };
    on(Basis::LegalObligation).or_else(|| on(Basis::Contract))
}

/// The person and their address, if they hold it.
async fn meant(
    app: &App,
    who: &Who,
    to: &To,
) -> Result<Option<(SubjectId, KnownIdentifier)>, StoreError> {
    let Ok(subject) = act::one(app, who) else {
        // The same read as for somebody known.
        app.store
            .identifiers(SubjectId::from_bytes([0; 16]))
            .await?;
        return Ok(None);
    };
    let own = app.store.identifiers(subject).await?;
    let own = own.into_iter().find(|own| match to {
        To::Typed(typed) => own.value == *typed,
        To::Chosen(id) => own.id == *id && own.value.kind() == IdentifierKind::Email,
    });
    Ok(own.map(|own| (subject, own)))
}

/// What limits are counted by: a keyed hash of the address, known or not.
fn asked_for(app: &App, to: &To, known: Option<&Identifier>) -> Result<IdentifierId, StoreError> {
    let mut hasher = blake3::Hasher::new_keyed(app.store.service_key(KEY_NAME)?.expose());
    hasher.update(b"asked for");
    match (known, to) {
        (Some(own), _) | (None, To::Typed(own)) => {
            hasher.update(own.reveal("hashed to count codes").as_bytes())
        }
        (None, To::Chosen(id)) => hasher.update(id.as_bytes()),
    };
    let mut hash = [0; 16];
    hasher.finalize_xof().fill(&mut hash);
    Ok(IdentifierId::from_bytes(hash))
}

fn may_go(app: &App, purpose: PurposeId, subject: SubjectId, address: IdentifierId) -> bool {
    let request = Request {
        address: Some(address),
        ..Request::of(purpose, Channel::Email)
    };
    app.decide(&Who::Subject(subject), &request).verdict == Verdict::Allow
}

/// A name for the attempt and the code itself.
fn draw(app: &App) -> Result<([u8; 16], String), StoreError> {
    let entropy = app.store.entropy();
    let id = entropy.bytes::<16>().map_err(StoreError::from)?;
    let drawn = u64::from_be_bytes(entropy.bytes::<8>().map_err(StoreError::from)?);
    Ok((id, format!("{:0CODE_DIGITS$}", drawn % CODES)))
}

fn hash(app: &App, id: &[u8; 16], code: &str) -> Result<[u8; 32], StoreError> {
    let mut hasher = blake3::Hasher::new_keyed(app.store.service_key(KEY_NAME)?.expose());
    hasher.update(b"code").update(id).update(code.as_bytes());
    Ok(*hasher.finalize().as_bytes())
}
