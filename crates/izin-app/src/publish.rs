//! Promise 5: what changes in the policy is told before it takes effect (design §3.1).
//!
//! A published version is in the ledger, and the gate goes by the one in force until those whom the
//! changes concern were told. Only the newest published version may take effect. Two acts publish
//! and no other: [`publish`], and a server's start by [`take_up`]. Nothing here sends. Start at
//! [`plan`], then [`publish`]; [`crate::announce`] tells people and puts the version in force.

use std::sync::Arc;

use izin_core::policy::{Coverage, DpiaId, Published};
use izin_core::{Policy, Seq, Timestamp};
use izin_store::{PublishedPolicy, Store, StoreError};
use serde::Serialize;

use crate::announce::{self, Audience};
use crate::policy::diff::{Change, Kind, diff};
use crate::stranded::{self, Stranded};
use crate::{App, StartError, policy};

/// The policy in force, and when each version before it took effect.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The policy, which knows what the versions before it covered.
    pub policy: Arc<Policy>,
    history: Vec<(Timestamp, u32)>,
}

impl InForce {
    /// A policy that is not published yet, where none is in force.
    pub(crate) fn unpublished(policy: Policy) -> Self {
        Self {
            policy: Arc::new(policy),
            history: Vec::new(),
        }
    }

    /// Since when the policy is in force; the beginning of time before the first.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        let newest = self.history.last();
        newest.map_or_else(Timestamp::default, |(since, _)| *since)
    }

    /// The version that was in force at a moment. Before the first it is the first, which wrote
    /// down what was in use: what is older than every version is never newer than one of them.
    #[must_use]
    pub fn version_at(&self, moment: Timestamp) -> u32 {
        let mut earlier = self.history.iter().rev();
        let in_force = earlier.find(|(since, _)| *since <= moment);
        let own = in_force.or(self.history.first());
        own.map_or(0, |(_, version)| *version)
    }
}

/// Why a policy is not published. Nothing was recorded then.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// People must be told, and no purpose permits that.
    #[error(
        "{0} people must be told before this takes effect, and the policy in force has no purpose \
         for that; publish a purpose of class essential with basis legal_obligation on email first"
    )]
    NoPurpose(u64),
    /// People must be told, and no mail leaves.
    #[error(
        "{0} people must be told before this takes effect, and no mail server is set; add [smtp] \
         with host and from to izin.toml"
    )]
    NoMailServer(u64),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What publishing a policy would bring.
#[derive(Debug, Clone)]
pub struct Plan {
    declared: Policy,
    body: String,
    newest: Option<PublishedPolicy>,
    is_in_force: bool,
    /// What changed since the version in force, what weighs most first.
    pub changes: Vec<Change>,
    /// Who must be told.
    pub audience: Audience,
    /// Noes to names that it does not declare.
    pub stranded: Vec<Stranded>,
}

impl Plan {
    /// The most that follows from the changes.
    #[must_use]
    pub fn kind(&self) -> Kind {
        let kinds = self.changes.iter().map(|change| change.kind);
        kinds.max().unwrap_or(Kind::Editorial)
    }
}

/// Where a policy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It is what the gate goes by.
    InForce {
        /// Its version.
        version: u32,
    },
    /// It takes effect when everybody whom it concerns was told.
    Announcing {
        /// Its version.
        version: u32,
        /// The campaign that tells them.
        campaign: u64,
    },
}

/// Compares a policy with the one in force. Changes nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn plan(app: &App, declared: Policy) -> Result<Plan, StoreError> {
    let body = body(&declared)?;
    let in_force = app.store.effective_policy().await?;
    let old = app.policy();
    let changes = diff(&old, &declared);
    Ok(Plan {
        is_in_force: in_force.is_some_and(|own| own.body == body),
        newest: app.store.policy().await?,
        audience: announce::audience(app, &declared, &changes),
        stranded: stranded::noes(app, &declared),
        declared,
        body,
        changes,
    })
}

/// Publishes a policy. It takes effect at once when nobody has to be told; otherwise its
/// announcement begins. Publishing again what was published goes on where that was left.
///
/// # Errors
/// [`PublishError`].
pub async fn publish(app: &App, plan: Plan) -> Result<State, PublishError> {
    let now = app.clock.now();
    let told = plan.audience.reached;
    if told > 0 && !plan.is_in_force {
        let purpose = announce::purpose(&app.policy(), now);
        purpose.ok_or(PublishError::NoPurpose(told))?;
        if app.settings.mail.is_none() {
            return Err(PublishError::NoMailServer(told));
        }
    }
    let newest = plan.newest.filter(|own| own.body == plan.body);
    let version = match newest {
        Some(newest) if !announce::was_stopped(app, newest.version).await? => newest.version,
        _ => enter(&app.store, &plan.declared, plan.body, now).await?,
    };
    announce::withdraw_older(&app.store, now).await?;
    Ok(announce::go_on(app, version).await?)
}

/// Where a version stands that was published a moment ago.
///
/// # Errors
/// [`StoreError`].
pub async fn state(app: &App, was: State) -> Result<State, StoreError> {
    let (State::InForce { version } | State::Announcing { version, .. }) = was;
    let published = app.store.policy_version(version).await?;
    let in_force = published.is_some_and(|own| own.effective.is_some());
    Ok(if in_force {
        State::InForce { version }
    } else {
        was
    })
}

/// Takes up a declared policy as a server's start does, once: it takes effect by itself when it is
/// the first, when nothing follows from its changes, or when there is nobody to be told of them.
///
/// # Errors
/// [`StoreError`].
pub async fn take_up(app: &App, declared: Policy) -> Result<(), StoreError> {
    let body = body(&declared)?;
    let old = app.policy();
    if let Some(effective) = app
        .store
        .effective_policy()
        .await?
        .filter(|_| old.version > 0)
    {
        if effective.body == body {
            return Ok(());
        }
        let changes = diff(&old, &declared);
        if app.gate.count() > 0 && changes.iter().any(|change| change.kind > Kind::Editorial) {
            if !is_waiting(app, &body).await? {
                tracing::warn!(
                    in_force = old.version,
                    "the policy folder has changes that people must be told of; `izin policy \
                     publish` publishes them, until then the version in force stays"
                );
            }
            return Ok(());
        }
    }
    let now = app.clock.now();
    let newest = app.store.policy().await?.filter(|own| own.body == body);
    let version = match newest {
        Some(newest) => newest.version,
        None => enter(&app.store, &declared, body, now).await?,
    };
    announce::withdraw_older(&app.store, now).await?;
    announce::put_in_force(app, version).await
}

/// Whether a policy is published and its announcement goes on.
async fn is_waiting(app: &App, body: &str) -> Result<bool, StoreError> {
    match app.store.policy().await?.filter(|own| own.body == body) {
        Some(newest) => Ok(!announce::was_stopped(app, newest.version).await?),
        None => Ok(false),
    }
}

/// Takes up the first policy of a shop, for whatever is recorded in it from here on; one that has a
/// policy in force keeps it.
///
/// # Errors
/// [`StartError`].
pub async fn take_up_first(app: &App) -> Result<(), StartError> {
    if app.policy().version > 0 {
        return Ok(());
    }
    let declared = policy::read(&app.settings.policy, app.clock.now())?;
    Ok(take_up(app, declared).await?)
}

/// The policy in force; none before the first, or when a build before this one wrote it in a form
/// that is no longer read.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn in_force(store: &Store) -> Result<Option<InForce>, StoreError> {
    let mut all: Vec<(Seq, Timestamp, PublishedPolicy)> = store
        .policies()
        .await?
        .into_iter()
        .filter_map(|own| own.effective.map(|(seq, at)| (seq, at, own)))
        .collect();
    all.sort_by_key(|(seq, ..)| *seq);
    let history = all.iter().map(|(_, at, own)| (*at, own.version)).collect();
    let Some((seq, _, last)) = all.pop() else {
        return Ok(None);
    };
    let past: Vec<(Published, Vec<Coverage>)> = all
        .iter()
        .map(|(seq, _, own)| (place(own, *seq), coverage(own)))
        .collect();
    // A mark is never taken back: a later version may drop the form, not what was found.
    let earlier = all.iter().filter_map(|(.., own)| read(own));
    let void_forms = earlier
        .flat_map(|own| own.marked_forms().collect::<Vec<_>>())
        .collect();
    Ok(read(&last).map(|policy| {
        let policy = policy.after(&past, place(&last, seq));
        InForce {
            policy: Arc::new(Policy {
                void_forms,
                ..policy
            }),
            history,
        }
    }))
}

/// A published version as a policy, as far as it is still read.
#[must_use]
pub fn read(published: &PublishedPolicy) -> Option<Policy> {
    let policy: Policy = serde_json::from_str(&published.body).ok()?;
    let version = published.version;
    Some(Policy { version, ..policy })
}

fn place(own: &PublishedPolicy, seq: Seq) -> Published {
    let version = own.version;
    Published { version, seq }
}

/// What consents to a version cover. One that cannot be read any more covers nothing: whoever
/// agreed to it is asked again.
fn coverage(own: &PublishedPolicy) -> Vec<Coverage> {
    let Some(policy) = read(own) else {
        return Vec::new();
    };
    let purposes = policy.purposes.iter();
    purposes.map(|purpose| policy.coverage(purpose)).collect()
}

/// Enters a version with the impact assessments that are newly approved in it.
async fn enter(
    store: &Store,
    declared: &Policy,
    body: String,
    now: Timestamp,
) -> Result<u32, StoreError> {
    let before = store.policy().await?.as_ref().and_then(read);
    let known = before.map(|own| own.dpias).unwrap_or_default();
    let new = declared.dpias.iter().filter(|own| !known.contains(own));
    let approved: Result<Vec<(DpiaId, String)>, StoreError> = new
        .map(|own| Ok((own.id, hash(&canonical(own)?))))
        .collect();
    store.publish(body, approved?, now).await
}

fn body(declared: &Policy) -> Result<String, StoreError> {
    debug_assert_eq!(declared.version, 0, "the ledger gives the version");
    canonical(declared)
}

fn canonical(part: &impl Serialize) -> Result<String, StoreError> {
    serde_json_canonicalizer::to_string(part).map_err(|_| StoreError::Damaged { what: "policy" })
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
