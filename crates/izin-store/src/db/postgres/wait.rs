//! Waiting on a plain thread for what the thread of the connections does.
//!
//! The store's work is done on threads that may wait. They wait here, so that it does not matter whether
//! somebody runs an async runtime around them.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::StoreError;

/// What every connection of this process is driven by, made with the first one.
pub(super) fn driver() -> Result<&'static Runtime, StoreError> {
    static DRIVER: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = DRIVER.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("izin-postgres");
        builder.enable_all().build().map_err(|why| why.to_string())
    });
    made.as_ref()
        .map_err(|why| StoreError::Database(why.clone()))
}

/// Wakes a thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for something for as long as that; `None` when it takes longer.
pub(super) fn wait<T>(what: impl Future<Output = T>, at_most: Duration) -> Option<T> {
    let driver = driver().ok()?;
    let _driven = driver.enter();
    // Whoever waits may be a task of another runtime, whose turn must not end in the middle of this.
    let mut what = pin!(tokio::task::unconstrained(tokio::time::timeout(
        at_most, what
    )));
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match what.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done.ok(),
            Poll::Pending => thread::park(),
        }
    }
}
