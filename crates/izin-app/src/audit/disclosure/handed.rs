//! The messages that an export shows, and the root of each of their batches.

use std::collections::BTreeMap;

use izin_core::SubjectId;
use izin_log::Hash;
use izin_log::hash::tree_root;
use izin_store::{BATCH_WIDTH, HandOver, hand_over_leaf, ledger};

use super::HandOverLine;

/// What the shown messages of a batch make.
pub(super) struct Root {
    /// The line of the first, from 1.
    pub(super) line: u64,
    pub(super) count: u32,
    /// In base64.
    pub(super) root: String,
}

/// Everything shown, read line by line.
#[derive(Default)]
pub(super) struct Handed {
    pub(super) lines: u64,
    /// Each message with its line, by whom it reached.
    pub(super) to: BTreeMap<SubjectId, Vec<(u64, HandOver)>>,
    pub(super) batches: BTreeMap<u64, Root>,
    /// The batch that is being read: its entry and its leaves.
    open: Option<(u64, Vec<Hash>)>,
}

impl Handed {
    /// Takes the next line.
    pub(super) fn take(&mut self, line: u64, own: &HandOverLine) -> Result<(), &'static str> {
        let message = HandOver::of(&own.record).ok_or("it is not the record of a message")?;
        let blinding = ledger::unhex(&own.blinding).ok_or("its blinding is not 32 bytes")?;
        if self
            .open
            .as_ref()
            .is_none_or(|(batch, _)| *batch != own.batch)
        {
            let last = self.open.as_ref().map(|(batch, _)| *batch);
            if last.is_some_and(|last| last > own.batch) {
                return Err("the batches are not in order");
            }
            self.close();
        }
        let (_, leaves) = self.open.get_or_insert_with(|| (own.batch, Vec::new()));
        if leaves.len() == BATCH_WIDTH {
            return Err("its batch has too many messages");
        }
        leaves.push(hand_over_leaf(&own.record, &blinding));
        self.lines = line;
        self.to
            .entry(message.subject)
            .or_default()
            .push((line, message));
        Ok(())
    }

    /// Ends the batch that was being read.
    pub(super) fn close(&mut self) {
        if let Some((batch, leaves)) = self.open.take() {
            let count = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
            let root = Root {
                line: self
                    .lines
                    .saturating_sub(u64::from(count))
                    .saturating_add(1),
                count,
                root: tree_root(&leaves).to_string(),
            };
            self.batches.insert(batch, root);
        }
    }
}
