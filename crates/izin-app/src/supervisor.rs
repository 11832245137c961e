//! Background work: started here and nowhere else, so that its end is noticed.

use std::future::Future;

use tokio::task::{JoinHandle, JoinSet};

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

/// Runs the parts of one piece of work side by side, on as many cores as there are, and answers what each
/// came to, in no order. They end when the caller does, and a fault in one is the caller's.
pub async fn side_by_side<T: Send + 'static>(
    parts: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    parts.into_iter().collect::<JoinSet<T>>().join_all().await
}
