//! A group among those of other processes: its turn, what it passes on, and whether it stands where nobody
//! confirmed its commit.

use std::time::{Duration, Instant};

use super::super::node::Node;
use super::super::{News, passing};
use super::Group;
use crate::StoreError;
use crate::ledger::End;

/// Attempts to begin on a server before it counts as away.
const TURNS_MAX: u32 = 3;
/// How long a server is asked whether a commit stands, and how often: whoever waits for it hears by then.
const IN_DOUBT_MAX: Duration = Duration::from_secs(15);
const ASK_AGAIN: Duration = Duration::from_millis(50);

impl Group {
    /// Finds out whether a group stands whose commit nobody confirmed: the server was lost, or replaced.
    pub(super) fn resolve(&mut self) -> Option<bool> {
        let node = self.node.as_ref()?;
        let deadline = Instant::now() + IN_DOUBT_MAX;
        tracing::warn!("a commit was not confirmed: the server is asked whether it stands");
        loop {
            match node.stands(&self.db) {
                Ok(stands) => {
                    tracing::warn!(stands, "a commit that was not confirmed was looked up");
                    return Some(stands);
                }
                Err(error) if Instant::now() >= deadline => {
                    tracing::error!(%error, "nobody can say whether a commit stands");
                    return None;
                }
                Err(_) => {
                    drop(self.db.roll_back());
                    std::thread::sleep(ASK_AGAIN);
                }
            }
        }
    }

    /// Tells other processes, with the commit, that there is something; answers where the ledger then ends.
    pub(super) fn pass_on(&mut self, news: &News) -> Result<Option<(End, End)>, StoreError> {
        if self.node.is_none() || self.reading_only {
            return Ok(None);
        }
        let line = passing::keep(&self.db, news, self.began.size)?;
        let end = End {
            size: self.tree.size(),
            tip: self.tree.tip(),
            line: line.unwrap_or(self.began.line),
        };
        if end != self.began {
            self.db.tell_others();
        }
        Ok(Some((self.began, end)))
    }

    /// Begins a transaction that writes, after whoever else writes to the same store.
    pub(super) fn begin_writing(&mut self) -> Result<(), StoreError> {
        let mut begun = self.take_turn();
        // A connection is found lost when it is used: the next is a new one.
        for _ in 1..TURNS_MAX {
            if self.node.is_none() || begun.is_ok() {
                break;
            }
            self.db.roll_back()?;
            std::thread::sleep(ASK_AGAIN);
            begun = self.take_turn();
        }
        begun
    }

    fn take_turn(&mut self) -> Result<(), StoreError> {
        self.db.begin_turn()?;
        let Some(node) = &mut self.node else {
            return Ok(());
        };
        let turn = match node.turn(&self.db)? {
            Some(turn) => turn,
            None => {
                tracing::warn!("this process was taken for gone, and goes on under another number");
                self.db.roll_back()?;
                *node = Node::register(&self.db, node.name())?;
                self.db.begin_turn()?;
                node.turn(&self.db)?.ok_or(StoreError::Stopped)?
            }
        };
        while turn.newest > self.keys.hasher().newest().number()
            && self.keys.take_up_address_keys()?
        {}
        self.began = turn.end;
        self.tree.go_on_at(&self.db, turn.end)
    }
}
