//! The messages that an export shows, and the root of each of their batches.

use std::collections::BTreeMap;

use izin_core::{Seq, SubjectId, Timestamp};
use izin_log::Hash;
use izin_log::hash::tree_root;
use izin_store::{BATCH_WIDTH, HandOver, hand_over_leaf, unhex};

use super::HandOverLine;

/// What the shown messages of a batch make.
pub(super) struct Root {
    /// The line of the first, from 1.
    pub(super) line: u64,
    pub(super) count: u32,
    /// When the first to begin was begun.
    pub(super) begun: Timestamp,
    /// In base64.
    pub(super) root: String,
}

/// A message that is shown.
pub(super) struct Shown {
    /// Its line, from 1.
    pub(super) line: u64,
    /// The entry of its batch: what comes behind was not there when it was committed to.
    pub(super) batch: Seq,
    pub(super) message: HandOver,
}

/// Everything shown, read line by line.
#[derive(Default)]
pub(super) struct Handed {
    pub(super) lines: u64,
    /// The messages, by whom they reached.
    pub(super) to: BTreeMap<SubjectId, Vec<Shown>>,
    pub(super) batches: BTreeMap<u64, Root>,
    /// The batch that is being read.
    open: Option<Open>,
}

struct Open {
    batch: u64,
    leaves: Vec<Hash>,
    begun: Timestamp,
}

impl Handed {
    /// Takes the next line.
    pub(super) fn take(&mut self, line: u64, own: &HandOverLine) -> Result<(), &'static str> {
        let message = HandOver::of(&own.record).ok_or("it is not the record of a message")?;
        let blinding = unhex(&own.blinding).ok_or("its blinding is not 32 bytes")?;
        let last = self.open.as_ref().map(|open| open.batch);
        if last.is_some_and(|last| last > own.batch) {
            return Err("the batches are not in order");
        }
        if last != Some(own.batch) {
            self.close();
        }
        let open = self.open.get_or_insert_with(|| Open {
            batch: own.batch,
            leaves: Vec::new(),
            begun: message.begun,
        });
        if open.leaves.len() == BATCH_WIDTH {
            return Err("its batch has too many messages");
        }
        open.leaves.push(hand_over_leaf(&own.record, &blinding));
        open.begun = open.begun.min(message.begun);
        self.lines = line;
        let own = Shown {
            line,
            batch: Seq(own.batch),
            message,
        };
        self.to.entry(message.subject).or_default().push(own);
        Ok(())
    }

    /// Ends the batch that was being read.
    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let count = u32::try_from(open.leaves.len()).unwrap_or(u32::MAX);
            let before = self.lines.saturating_sub(u64::from(count));
            let root = Root {
                line: before.saturating_add(1),
                count,
                begun: open.begun,
                root: tree_root(&open.leaves).to_string(),
            };
            self.batches.insert(open.batch, root);
        }
    }
}
