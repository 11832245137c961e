//! A start that does not replay the whole ledger: a snapshot of the gate, and the entries after it.
//!
//! A snapshot is a shortcut and nothing else. One that is absent, damaged, of another release or of
//! another ledger is left aside and everything is replayed; one that cannot be written is a warning.
//! It must never keep a server from starting, and never let a refusal be lost. Start at
//! [`App::save_gate`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use izin_core::Seq;
use izin_store::{Store, StoreError};

use crate::App;
use crate::gate::{Gate, SnapshotError};

/// Entries that a start may have to replay after its snapshot: less than a second of work. When
/// there are more, a running server writes a new one.
pub const ENTRIES_BEHIND_MAX: u64 = 100_000;
/// How often a running server looks whether there are: an import of millions writes a few snapshots,
/// not hundreds.
const LOOK_EVERY: Duration = Duration::from_secs(300);

/// Why a snapshot is not used, or not written.
#[derive(Debug, thiserror::Error)]
enum RestartError {
    /// The file.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The ledger has another entry at its end, or none.
    #[error("the snapshot of the gate is of another ledger, or of entries that this one has lost")]
    OtherLedger,
}

/// The last entry that the snapshot in the data directory holds; none when there is none to start
/// from. Locked while one is written.
pub(crate) type Saved = Mutex<Option<Seq>>;

/// The gate as the ledger makes it, by the shortest way.
pub(crate) fn gate(store: &Store) -> Result<(Gate, Saved), StoreError> {
    match resumed(store) {
        Ok(Some((gate, seq))) => return Ok((gate, Mutex::new(Some(seq)))),
        Ok(None) => {}
        Err(RestartError::Snapshot(
            why @ (SnapshotError::Version | SnapshotError::AddressKeys),
        )) => {
            tracing::info!(%why, "as expected, the ledger is replayed this once");
        }
        Err(why) => tracing::warn!(%why, "the whole ledger is replayed"),
    }
    let gate = Gate::new(store.hasher().clone());
    store.replay(None, |some| gate.apply(&some))?;
    Ok((gate, Saved::default()))
}

/// The gate from its snapshot and the entries after it.
fn resumed(store: &Store) -> Result<Option<(Gate, Seq)>, RestartError> {
    let place = (store.dir(), &store.epoch()?);
    let Some((gate, mark)) = Gate::load(place, store.hasher().clone())? else {
        return Ok(None);
    };
    let seq = gate.seq().ok_or(RestartError::OtherLedger)?;
    if store.mark(seq)? != Some(mark) {
        return Err(RestartError::OtherLedger);
    }
    store.replay(Some(seq), |some| gate.apply(&some))?;
    Ok(Some((gate, seq)))
}

impl App {
    /// The last entry that a start would find in the snapshot; none when it would replay them all.
    #[must_use]
    pub fn saved(&self) -> Option<Seq> {
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the gate by for the next start when `behind` entries or more are in no snapshot. Blocks
    /// until it is written. What goes wrong is logged: the next start replays more, nothing else.
    pub fn save_gate(&self, behind: u64) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = self.gate.seq() else {
            return;
        };
        let held = saved.map_or(0, |seq| seq.0.saturating_add(1));
        if last.0.saturating_add(1).saturating_sub(held) < behind.max(1) {
            return;
        }
        match self.write_snapshot(last) {
            Ok(()) => *saved = Some(last),
            Err(why) => tracing::warn!(%why, "the next start replays what is in no snapshot"),
        }
    }

    fn write_snapshot(&self, last: Seq) -> Result<(), RestartError> {
        let mark = self.store.mark(last)?.ok_or(RestartError::OtherLedger)?;
        let place = (self.dir(), &self.store.epoch()?);
        Ok(self.gate.save(place, (last, mark))?)
    }

    /// Takes the snapshot away after an erasure: the person stands in it, and it opens no more.
    pub(crate) fn forget_snapshot(&self) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        Gate::forget(self.dir());
        *saved = None;
    }
}

/// As [`App::save_gate`], beside other work.
pub async fn save(app: &Arc<App>, behind: u64) {
    let app = Arc::clone(app);
    let work = tokio::task::spawn_blocking(move || app.save_gate(behind));
    if work.await.is_err() {
        tracing::error!("writing a snapshot of the gate ended with a fault");
    }
}

/// Writes a snapshot whenever a start would have much to replay, from the start on.
pub async fn keep_saving(app: Arc<App>) {
    loop {
        save(&app, ENTRIES_BEHIND_MAX).await;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
