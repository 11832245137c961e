//! Work that is broken off half done, as when whoever asked for it is killed.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

/// Counts the steps of some work.
#[derive(Debug, Default)]
pub struct Steps(AtomicUsize);

impl Steps {
    /// One more is done.
    pub fn done(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Breaks work off once so many steps are done; its outcome where it was done before.
pub async fn break_off<T>(
    work: impl Future<Output = T>,
    (steps, after): (&Steps, usize),
) -> Option<T> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if steps.0.load(Ordering::SeqCst) >= after => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}
