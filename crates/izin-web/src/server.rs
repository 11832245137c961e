//! The router as a whole: who answers what, and the limits around every request.

use std::any::Any;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use izin_app::App;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::{self, Code, Problem};
use crate::reader::Reader;
use crate::{api, demo, portal, show};

/// The longest body anybody may send, in bytes: a batch of 10,000 requests of 400 bytes.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a request may take until its answer begins: a proof under load stays far below.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// How long open requests may go on once the server is told to stop.
const STOPPING_TIME_MAX: Duration = Duration::from_secs(10);

/// Everything an application answers over HTTP.
pub fn router(app: Arc<App>) -> Router {
    let mut router = api::routes().merge(portal::routes());
    if app.demo.is_some() {
        router = router.merge(demo::routes(&app));
    }
    router
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(fault))
        .layer(from_fn(problem::speak))
        .with_state(app)
}

/// Serves on `listener` until `shutdown`; requests under way are finished, up to ten seconds.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays without TCP_NODELAY");
        }
    });
    let (tell, told) = oneshot::channel::<()>();
    let stopping = async move {
        shutdown.await;
        drop(tell);
    };
    let too_long = async move {
        // The sender is never used, only dropped: that is the signal.
        let _ = told.await;
        tokio::time::sleep(STOPPING_TIME_MAX).await;
    };
    let serving = axum::serve(listener, router(app)).with_graceful_shutdown(stopping);
    tokio::select! {
        ended = serving => ended,
        () = too_long => Ok(()),
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::of(Code::TimedOut).into_response(),
    }
}

fn fault(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request ended with a fault");
    Problem::of(Code::Internal).into_response()
}

async fn unknown_path(State(app): State<Arc<App>>, reader: Reader, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT);
    let person = accept.is_some_and(|own| own.as_bytes().windows(9).any(|own| own == b"text/html"));
    if person {
        show::not_found(&app, &reader)
    } else {
        Problem::of(Code::NotFound).into_response()
    }
}

async fn wrong_method() -> Problem {
    Problem::of(Code::MethodNotAllowed)
}
