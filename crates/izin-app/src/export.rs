//! What leaves as files: consent records, the do-not-contact list, and everything about one person
//! (UU PDP art. 6 and 13, GDPR art. 15 and 20).
//!
//! Nothing here changes anything or goes anywhere by itself. Start at [`subject`], whose answer is
//! in `kept.rs`; `account.rs` tells what is done with it. A shop that leaves takes [`all`].

mod account;
pub mod all;
mod kept;

use izin_core::act::Act;
use izin_core::refusal::RefusalKind;
use izin_core::{Entry, IdentifierId, Origin, PurposeId, Seq, SubjectId, Timestamp, TopicId};
use izin_store::StoreError;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::App;
use crate::consent::{self, ConsentError, RecordFormat};

pub use account::{Account, Allowed, Profiling, Protected, Use};
pub use kept::{Bought, Considered, Everything, Named, Said, subject};

/// Every recorded consent of one person as a record, or why there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn consents(
    app: &App,
    subject: SubjectId,
    format: RecordFormat,
) -> Result<Vec<(Seq, Result<Value, ConsentError>)>, StoreError> {
    let history = app.store.history(subject).await?;
    let mut records = Vec::new();
    for entry in history {
        if !matches!(entry.act, Act::Consented { .. }) {
            continue;
        }
        match consent::written(app, subject, entry.seq, format).await {
            Err(ConsentError::Store(why)) => return Err(why),
            record => records.push((entry.seq, record)),
        }
    }
    Ok(records)
}

/// A no that stands for an address, whoever holds it. The address itself is kept as a hash only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// Its random name.
    pub suppression: IdentifierId,
    /// The ledger's entry.
    pub seq: u64,
    /// What kind of no.
    pub kind: RefusalKind,
    /// On which channel; absent: all.
    pub channel: Option<izin_core::Channel>,
    /// For which purpose; absent: all.
    pub purpose: Option<PurposeId>,
    /// For which topic; absent: all.
    pub topic: Option<TopicId>,
    /// When it was said.
    #[serde(serialize_with = "as_text")]
    pub date: Timestamp,
    /// Where it came in.
    pub source: Origin,
}

fn as_text<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// Every no that stands for an address, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn suppressions(app: &App) -> Result<Vec<Suppression>, StoreError> {
    let mut standing = Vec::new();
    app.store.replay(None, |some| {
        for committed in some {
            note(&mut standing, committed.entry);
        }
    })?;
    Ok(standing)
}

/// What an entry adds to the noes that stand, or takes from them.
fn note(standing: &mut Vec<Suppression>, entry: Entry) {
    match entry.act {
        Act::IdentifierSuppressed {
            suppression,
            refusal,
            scope,
            occurred_at,
            origin,
        } => standing.push(Suppression {
            suppression,
            seq: entry.seq.0,
            kind: refusal,
            channel: scope.channel,
            purpose: scope.purpose,
            topic: scope.topic,
            date: occurred_at,
            source: origin,
        }),
        Act::PresumptionCleared { entry, .. } | Act::EntryCorrected { entry, .. } => {
            standing.retain(|own| own.seq != entry.0);
        }
        _ => {}
    }
}

impl Suppression {
    /// The columns of a list, in order.
    pub const COLUMNS: [&str; 8] = [
        "suppression",
        "seq",
        "kind",
        "channel",
        "purpose",
        "topic",
        "date",
        "source",
    ];
}
