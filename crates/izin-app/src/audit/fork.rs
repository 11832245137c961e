//! Going on after signed entries were lost: under another name, with the loss in the ledger.
//!
//! The entries that are left stay where they are. The next one commits to the last checkpoint of the
//! log as it was, so that whoever kept that one can see both that entries are missing and that it was
//! said. Start at [`fork`].

use izin_core::Act;
use izin_store::{Command, Refused};

use super::signing::{Lost, Signed, signer};
use super::{AuditError, SIGNING, open};
use crate::App;

/// What stands between the name of a log and the number of its fork.
const FORK: &str = "/fork-";

/// A log that goes on under another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forked {
    /// The key that checks it from here on.
    pub key: String,
    /// Its first checkpoint.
    pub checkpoint: String,
    /// How many entries the log had that was signed last.
    pub signed: u64,
    /// How many there were when it forked.
    pub entries: u64,
    /// Why it could not go on as it was: entries are gone, or others stand in their place.
    pub lost: Lost,
}

/// Whether a log of this name goes on, after one fork or several, from the log of another name.
#[must_use]
pub fn comes_from(name: &str, earlier: &str) -> bool {
    let (base, number) = parts(name);
    let (earlier_base, earlier_number) = parts(earlier);
    base == earlier_base && earlier_number < number
}

/// Goes on without the entries that are lost, and lets marketing be decided again.
///
/// # Errors
/// [`AuditError::NothingLost`] while the ledger is the one that was signed; [`AuditError::Lost`] when
/// what was signed is not of this store at all; [`AuditError::Store`] while another process signs.
pub async fn fork(app: &App) -> Result<Forked, AuditError> {
    let mut last = app.signing.last.lock().await;
    let lost = app.signing.lost().ok_or(AuditError::NothingLost)?;
    let Some(old) = last
        .as_ref()
        .filter(|_| !matches!(*lost, Lost::Foreign { .. }))
    else {
        return Err(AuditError::Lost((*lost).clone()));
    };
    // First: whoever may not sign must not enter that the log goes on under another name.
    if !app.store.leads(SIGNING).await? {
        return Err(AuditError::Store(Refused::NotTheSigner.into()));
    }
    let (from, lost_head) = (old.checkpoint.origin().to_owned(), *old.checkpoint.head());
    let signer = signer(&app.store, &next_name(&from))
        .map_err(|why| AuditError::Checkpoint(why.to_string()))?;
    let entries = app.store.head().await?.size;
    let act = Act::LogForked {
        from,
        size: lost_head.size,
        root: lost_head.root.to_string(),
    };
    let (subject, detail) = (None, None);
    let command = Command::Act {
        subject,
        act,
        detail,
    };
    let now = app.clock.now();
    app.store.record(vec![command], now).await?;
    let head = app.store.head().await?;
    let note = head.sign(&signer);
    // The safe first: what it holds is what a start compares with, and the old one would not fit.
    app.signing.safe.keep(note.clone()).await?;
    app.store
        .keep_checkpoint(head.size, note.clone(), now)
        .await?;
    let key = signer.verifier().to_string();
    let checkpoint = open(&signer, &note)?;
    app.signing.signer.store(signer.into());
    *last = Some(Signed {
        note: note.clone(),
        checkpoint,
    });
    app.signing.lost.store(None);
    app.gate.hold_back(false);
    tracing::warn!(
        entries,
        signed = lost_head.size,
        "the log goes on as a fork"
    );
    Ok(Forked {
        key,
        checkpoint: note,
        signed: lost_head.size,
        entries,
        lost: (*lost).clone(),
    })
}

/// The name of the fork after a log of this name.
fn next_name(name: &str) -> String {
    let (base, number) = parts(name);
    format!("{base}{FORK}{}", number.saturating_add(1))
}

/// The name of the log before any fork, and how many there were.
fn parts(name: &str) -> (&str, u32) {
    let before = name.rsplit_once(FORK);
    let numbered = before.and_then(|(base, own)| Some((base, own.parse().ok()?)));
    numbered.unwrap_or((name, 0))
}

#[cfg(test)]
mod tests {
    use super::{comes_from, next_name};

    #[test]
    fn every_fork_has_another_name() {
        assert_eq!(next_name("toko.example"), "toko.example/fork-1");
        assert_eq!(next_name("toko.example/fork-1"), "toko.example/fork-2");
        assert_eq!(next_name("a/fork-x"), "a/fork-x/fork-1");
    }

    #[test]
    fn a_log_comes_from_those_before_it_and_from_no_other() {
        let now = "toko.example/fork-2";
        for (earlier, comes) in [
            ("toko.example", true),
            ("toko.example/fork-1", true),
            ("toko.example/fork-2", false),
            ("toko.example/fork-3", false),
            ("toko.example/backup", false),
            ("other.example", false),
        ] {
            assert_eq!(comes_from(now, earlier), comes, "{earlier}");
        }
    }
}
