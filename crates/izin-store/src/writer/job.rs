//! Work that waits for the writing thread, and whoever waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::Tx;
use crate::StoreError;
use crate::db::Question;

/// What is to become of a job's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is kept.
    Kept,
    /// It was refused; nothing of it stands.
    Refused,
    /// The database would not take it; the noes in it stand all the same.
    Owed,
}

/// A piece of work for the writing thread. It may be done more than once: what was done is taken back
/// before that.
pub(super) trait Job: Send {
    /// What it will ask first, most likely.
    fn ahead(&self) -> &[Question];

    /// Does the work in the transaction; says what is to become of it.
    fn run(&mut self, tx: &mut Tx<'_>) -> Outcome;

    /// Answers whoever waits: with what the work came to, unless its commit did not.
    fn answer(self: Box<Self>, commit: Result<(), StoreError>);
}

/// A job, and the caller who waits for it.
struct Asked<W, R> {
    work: W,
    ahead: Vec<Question>,
    result: Result<R, StoreError>,
    caller: oneshot::Sender<Result<R, StoreError>>,
}

/// Makes a job of some work; answers also what its caller waits for.
pub(super) fn job<W, R>(
    ahead: Vec<Question>,
    work: W,
) -> (Box<dyn Job>, oneshot::Receiver<Result<R, StoreError>>)
where
    W: FnMut(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    R: Send + 'static,
{
    let (caller, waiting) = oneshot::channel();
    let result = Err(StoreError::NotCommitted);
    let asked = Asked {
        work,
        ahead,
        result,
        caller,
    };
    (Box::new(asked), waiting)
}

impl<W, R> Job for Asked<W, R>
where
    W: FnMut(&mut Tx<'_>) -> Result<R, StoreError> + Send,
    R: Send,
{
    fn ahead(&self) -> &[Question] {
        &self.ahead
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Outcome {
        // A fault in one job must not end the thread that every opt-out goes through.
        let work = || {
            let done = (self.work)(tx)?;
            if tx.apart {
                // A row of the ledger is wrong for no reason of the job's own: noes in it stand.
                tx.db.settle().map_err(StoreError::unwritable)?;
            }
            Ok(done)
        };
        let done = catch_unwind(AssertUnwindSafe(work));
        self.result = done.unwrap_or_else(|_| {
            tracing::error!("a write ended with a fault and was rolled back");
            Err(StoreError::NotCommitted)
        });
        match &self.result {
            Ok(_) => Outcome::Kept,
            Err(StoreError::Unwritable(_)) => Outcome::Owed,
            Err(_) => Outcome::Refused,
        }
    }

    fn answer(self: Box<Self>, commit: Result<(), StoreError>) {
        // A caller that has gone away loses only the answer; the work is durable.
        drop(self.caller.send(commit.and(self.result)));
    }
}
