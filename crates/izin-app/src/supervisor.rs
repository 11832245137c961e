//! Background work: started here and nowhere else, so that its end is noticed.

use std::future::Future;

use tokio::task::JoinHandle;

/// Starts a task under a name. A fault inside it is logged; the rest goes on.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that starts tasks"
)]
pub fn start(
    name: &'static str,
    work: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let inner = tokio::spawn(work);
        if let Err(fault) = inner.await
            && fault.is_panic()
        {
            tracing::error!(task = name, "a background task ended with a fault");
        }
    })
}
