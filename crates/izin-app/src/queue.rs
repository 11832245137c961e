//! What waits for a person: a no that was only guessed, an opt-out whose person was not found,
//! complaints, goods nobody has classified, corrections. Each has a clock and is settled once, by
//! name and with a reason.
//!
//! Nothing waits to take effect: a guessed no denies from the start, and is an opt-out when nobody
//! cleared it in time. Start at [`list`], then [`settle`].

mod settle;

use std::collections::BTreeSet;

pub use settle::{Done, QueueError, Settling, settle};
pub(crate) use settle::{finish, unsettled};

use izin_core::act::Evidence;
use izin_core::law::{self, Kind, Regime, RegimeSet, Start};
use izin_core::refusal::PRESUMPTION_DAYS;
use izin_core::{Seq, SubjectId, Timestamp};
use izin_store::{Listed, NewItem, QueueCount, QueueItem, QueueKind, Queued, Review, StoreError};

use crate::{App, content};

/// Days to answer a complaint: the house's own rule.
const COMPLAINT_DAYS: i64 = 7;
/// Days to say what goods reveal; until then they are in no personal choice.
const GOODS_DAYS: i64 = 30;
/// Items of one list.
pub const LIST_MAX: u32 = 500;
/// Who opens what Izin itself notices.
const IZIN: &str = "izin";

/// Somebody has to look at a no that was only guessed.
pub(crate) fn presumed(note: Option<String>, now: Timestamp) -> Review {
    let due_at = now.plus_days(PRESUMPTION_DAYS);
    review(QueueKind::PresumedRefusal, due_at, note)
}

/// Somebody has to answer a complaint.
pub(crate) fn complaint(note: Option<String>, now: Timestamp) -> Review {
    let due_at = now.plus_days(COMPLAINT_DAYS);
    review(QueueKind::Complaint, due_at, note)
}

/// Somebody has to find whose opt-out it is.
pub(crate) fn unresolved(note: Option<String>, now: Timestamp) -> Review {
    review(QueueKind::UnresolvedOptOut, stopped_by(now), note)
}

fn review(kind: QueueKind, due_at: Timestamp, note: Option<String>) -> Review {
    Review { kind, due_at, note }
}

/// By when the person of an opt-out must be found: when the law wants it stopped
/// (`uu-pdp/opt_out_clock/withdraw`, which no other regime undercuts and which needs no table of
/// holidays). Where no row in force tells, at once.
fn stopped_by(now: Timestamp) -> Timestamp {
    let home = RegimeSet::of([Regime::UuPdp]);
    let due = law::due(home, Kind::OptOutClock, (Start::Receipt, now));
    due.ok().flatten().map_or(now, |(day, _)| day)
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It waits.
    Open,
    /// It waits and should not any more.
    Late,
    /// A guessed no that nobody cleared in time.
    BecameOptOut(Timestamp),
    /// It was settled.
    Settled,
}

/// An item with where it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The item.
    pub item: QueueItem,
    /// Where it stands.
    pub stands: Stands,
}

/// Queues the catalogue's categories that no entry of the policy decides, each once; goods without
/// a category are the catalogue's to mend.
pub(crate) async fn unclassified_goods(app: &App) -> Result<(), StoreError> {
    let (policy, now, catalogue) = (app.policy(), app.clock.now(), app.shelf.categories());
    let undecided = |own: &&String| {
        let named = std::iter::once(own.as_str()).filter(|own| !own.is_empty());
        content::of_goods(&policy, named).unclassified
    };
    let undecided: BTreeSet<&String> = catalogue.values().filter(undecided).collect();
    for category in undecided {
        let item = NewItem {
            kind: QueueKind::AmbiguousGoods,
            subject: None,
            entry: None,
            key: Some(category.clone()),
            due_at: now.plus_days(GOODS_DAYS),
            opened_by: IZIN.to_owned(),
            owner: None,
            note: Some(
                "goods of this category are for sale, and sensitive.toml does not say what \
                        they reveal; until it does, they are in no personal choice"
                    .to_owned(),
            ),
        };
        add(app, item, now).await?;
    }
    Ok(())
}

/// Queues a yes that the person proved and that an imported, older no contradicts: both are on
/// record, and the no counts until two people found otherwise (design §3.7).
pub(crate) async fn contradicted(
    app: &App,
    subject: SubjectId,
    yes: Seq,
) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let item = NewItem {
        kind: QueueKind::Quarantine,
        subject: Some(subject),
        entry: Some(yes),
        key: Some(format!("contradicted {yes}")),
        due_at: now.plus_days(PRESUMPTION_DAYS),
        opened_by: IZIN.to_owned(),
        owner: None,
        note: Some("an imported no is older than this proven yes; propose a correction".to_owned()),
    };
    add(app, item, now).await
}

pub(crate) async fn add(app: &App, item: NewItem, now: Timestamp) -> Result<u64, StoreError> {
    match app.store.queue_add(item, now).await? {
        Queued::Now(id) | Queued::Before(id) => Ok(id),
    }
}

/// What waits, or everything that ever did, the most urgent first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(app: &App, listed: Listed) -> Result<Vec<Item>, StoreError> {
    let now = app.clock.now();
    let items = app.store.queue_list(listed, LIST_MAX).await?;
    Ok(items.into_iter().map(|own| standing(own, now)).collect())
}

/// How much waits of each kind.
///
/// # Errors
/// [`StoreError`].
pub async fn counts(app: &App) -> Result<Vec<QueueCount>, StoreError> {
    app.store.queue_counts(app.clock.now()).await
}

/// One item.
///
/// # Errors
/// [`QueueError::Unknown`], [`QueueError::Store`].
pub async fn show(app: &App, id: u64) -> Result<Item, QueueError> {
    let item = app.store.queue_show(id).await?;
    let item = item.ok_or(QueueError::Unknown(id))?;
    Ok(standing(item, app.clock.now()))
}

fn standing(item: QueueItem, now: Timestamp) -> Item {
    let due = item.what.due_at;
    let stands = match item.what.kind {
        _ if item.settled.is_some() => Stands::Settled,
        _ if now < due => Stands::Open,
        QueueKind::PresumedRefusal => Stands::BecameOptOut(due),
        _ => Stands::Late,
    };
    Item { item, stands }
}

/// How many imported claims of consent without evidence there are. They permit nothing and wait
/// for no reviewer: the person may be asked on the site (design §3.7).
#[must_use]
pub fn quarantined(app: &App) -> usize {
    let everybody = app.gate.everybody().into_iter();
    let standings = everybody.filter_map(|subject| app.gate.standing(subject));
    standings
        .map(|own| {
            let claims = own.consents.iter();
            claims
                .filter(|own| own.evidence == Evidence::Missing)
                .count()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_law_wants_an_opt_out_stopped_before_the_queue_does() {
        let friday = Timestamp::parse("2026-11-20T03:00:00Z").unwrap();
        for now in (0..7).map(|days| friday.plus_days(days)) {
            let ours = stopped_by(now);
            assert!(now < ours, "a row tells");
            for regime in Regime::ALL {
                let clock = (Start::Receipt, now);
                let due = law::due(RegimeSet::of([regime]), Kind::OptOutClock, clock).unwrap();
                assert!(due.is_none_or(|(day, _)| ours <= day), "{regime} at {now}");
            }
        }
    }
}
