//! Telling people of a change before it takes effect (UU PDP art. 21(2), GDPR art. 13(3)).
//!
//! An announcement is a campaign of its own kind: an essential message about a version of the
//! policy to everybody whom its changes concern. The version takes effect when all were handed
//! over; who cannot be reached by e-mail keeps nobody back. It never takes effect before, and an
//! older version never after a newer one. Start at [`go_on`].

mod words;

use std::collections::BTreeSet;

use izin_core::policy::PurposeId;
use izin_core::{Channel, IdentifierKind, Policy, Request, SubjectId, Timestamp, Verdict};
use izin_store::{Campaign, CampaignState, Store, StoreError};
use serde::Serialize;

use crate::campaign::{self, Progress};
use crate::gate::Who;
use crate::policy::diff::{Change, Kind, concerned, diff};
use crate::publish::{self, State};
use crate::{App, queue};

/// How many people a change concerns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// Those who can be told by e-mail.
    pub reached: u64,
    /// Those who cannot.
    pub unreachable: u64,
}

/// Whom changes concern, in numbers.
#[must_use]
pub fn audience(app: &App, new: &Policy, changes: &[Change]) -> Audience {
    let mut audience = Audience::default();
    for subject in people(app, new, changes) {
        let standing = app.gate.standing(subject).unwrap_or_default();
        let reaches = |(_, kind): &(_, IdentifierKind)| kind.reaches(Channel::Email);
        if standing.identifiers.iter().any(reaches) {
            audience.reached += 1;
        } else {
            audience.unreachable += 1;
        }
    }
    audience
}

/// The purpose of a policy that permits telling people what the law asks for.
#[must_use]
pub fn purpose(policy: &Policy, now: Timestamp) -> Option<PurposeId> {
    let tells = policy
        .purposes
        .iter()
        .find(|own| own.rests_on_duty() && policy.live(&own.id, Channel::Email, now).is_some());
    tells.map(|own| own.id)
}

/// Takes the newest published version on from wherever it stands: its announcement begins, goes on
/// or is over; then it takes effect. Nobody is told twice.
///
/// # Errors
/// [`StoreError`].
pub async fn go_on(app: &App, version: u32) -> Result<State, StoreError> {
    if let Some(own) = of(app, version).await? {
        if own.state != CampaignState::Done {
            let campaign = own.id;
            return Ok(State::Announcing { version, campaign });
        }
    } else if let Some(announcement) = announcement(app, version).await? {
        let campaign = app.store.begin_campaign(announcement).await?;
        return Ok(State::Announcing { version, campaign });
    }
    put_in_force(app, version).await?;
    Ok(State::InForce { version })
}

/// A version takes effect, and the gate goes by it from here on.
pub(crate) async fn put_in_force(app: &App, version: u32) -> Result<(), StoreError> {
    app.store.take_effect(version, app.clock.now()).await?;
    app.adopt().await?;
    queue::unclassified_goods(app).await
}

/// As [`go_on`] for the newest version, if it is not in force; a crash may have left it anywhere.
///
/// # Errors
/// [`StoreError`].
pub async fn resume(app: &App) -> Result<(), StoreError> {
    let newest = app.store.policy().await?;
    if let Some(pending) = newest.filter(|own| own.effective.is_none()) {
        go_on(app, pending.version).await?;
    }
    Ok(())
}

/// Whether staff stopped the announcement of a version. It is told of anew then, as another.
pub(crate) async fn was_stopped(app: &App, version: u32) -> Result<bool, StoreError> {
    let own = of(app, version).await?;
    Ok(own.is_some_and(|own| own.state == CampaignState::Stopped))
}

/// Stops announcements of versions before the newest: these will not take effect.
pub(crate) async fn withdraw_older(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let newest = store.policy().await?.map(|own| own.version);
    for own in store.campaigns().await? {
        if own.announces.is_some() && own.announces < newest {
            store
                .move_campaign(own.id, CampaignState::Stopped, now)
                .await?;
        }
    }
    Ok(())
}

/// Queues the messages of an announcement. Repeating it after a crash goes on.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn queue(
    app: &App,
    campaign: &Campaign,
    version: u32,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let everybody = match changed(app, version).await? {
        Some((new, changes)) => people(app, &new, &changes),
        None => Vec::new(),
    };
    campaign::queue_for(app, campaign, &everybody, progress).await
}

/// The newest announcement of a version.
async fn of(app: &App, version: u32) -> Result<Option<Campaign>, StoreError> {
    let mut all = app.store.campaigns().await?.into_iter();
    Ok(all.find(|own| own.announces == Some(version)))
}

/// A version that is not in force yet, and what changes by it.
async fn changed(app: &App, version: u32) -> Result<Option<(Policy, Vec<Change>)>, StoreError> {
    let published = app.store.policy_version(version).await?;
    let Some(new) = published.filter(|own| own.effective.is_none()) else {
        return Ok(None);
    };
    // What cannot be read cannot be told, and so never takes effect.
    let unreadable = StoreError::Damaged {
        what: "policy that waits to take effect",
    };
    let new = publish::read(&new).ok_or(unreadable)?;
    let changes = diff(&app.policy(), &new);
    Ok(Some((new, changes)))
}

/// The announcement of a version; none when nobody has to be told, or nobody can.
async fn announcement(app: &App, version: u32) -> Result<Option<Campaign>, StoreError> {
    let Some((new, mut changes)) = changed(app, version).await? else {
        return Ok(None);
    };
    if audience(app, &new, &changes).reached == 0 {
        return Ok(None);
    }
    let now = app.clock.now();
    let purpose = purpose(&app.policy(), now).ok_or(StoreError::Damaged {
        what: "policy (no purpose permits to tell people)",
    })?;
    changes.retain(|change| change.kind > Kind::Editorial);
    Ok(Some(Campaign {
        id: 0,
        name: format!("Policy version {version}"),
        purpose,
        channel: Channel::Email,
        template: words::template(version, &changes),
        state: CampaignState::Queuing,
        created_at: now,
        finished_at: None,
        announces: Some(version),
    }))
}

/// Everybody for whose data the changes matter: the policy in force lets it be used for one of the
/// purposes, on one of the channels, that change. A channel that a purpose did not have matters to
/// those whom it reached on another.
fn people(app: &App, new: &Policy, changes: &[Change]) -> Vec<SubjectId> {
    let old = app.policy();
    let concerned = concerned(new, changes);
    let looked_at: BTreeSet<(PurposeId, Channel)> = concerned
        .iter()
        .flat_map(|own| {
            let was = old.purpose(&own.purpose).map(|was| &was.channels[..]);
            let before = was.unwrap_or_default().iter().copied();
            let is_new = before.clone().all(|channel| channel != own.channel);
            before
                .filter(move |channel| is_new || *channel == own.channel)
                .map(|channel| (own.purpose, channel))
        })
        .collect();
    let used = |subject: SubjectId, (purpose, channel): &(PurposeId, Channel)| {
        let request = Request::of(*purpose, *channel);
        app.decide(&Who::Subject(subject), &request).verdict != Verdict::Deny
    };
    let everybody = app.gate.everybody().into_iter();
    everybody
        .filter(|subject| looked_at.iter().any(|own| used(*subject, own)))
        .collect()
}
