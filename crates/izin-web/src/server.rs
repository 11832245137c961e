//! The router as a whole: who answers what, and the limits around every request.

use std::any::Any;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use izin_app::{App, supervisor};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::{self, Code, Problem};
use crate::reader::Reader;
use crate::{api, demo, portal, show};

/// The longest body anybody may send, in bytes: a batch of 10,000 requests of 400 bytes, or one of
/// 262,144 ids.
pub(crate) const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a request may take until its answer begins: a proof under load stays far below.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// How long to wait before taking connections again, when none can be taken: mostly for want of
/// descriptors, which come back as others end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long open requests may go on once the server is told to stop.
const STOPPING_TIME_MAX: Duration = Duration::from_secs(10);

/// Everything an application answers over HTTP.
pub fn router(app: Arc<App>) -> Router {
    let mut router = api::routes().merge(portal::routes());
    if app.demo.is_some() {
        router = router.merge(demo::routes(&app));
    }
    let router = router
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method);
    guarded(router).with_state(app)
}

/// Puts the limits around every request; a fault or a limit reached is a problem like any other.
fn guarded<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(CatchPanicLayer::custom(fault))
        .layer(from_fn(within_limits))
}

/// One request within the limits. All are in one place because each layer has its price in every
/// answer.
async fn within_limits(reader: Reader, mut request: Request, next: Next) -> Response {
    DefaultBodyLimit::max(BODY_BYTES_MAX).apply(&mut request);
    let answering = to_the_end(request, next);
    let answered = tokio::time::timeout(REQUEST_TIME_MAX, answering).await;
    let response = answered.unwrap_or_else(|_| Problem::of(Code::TimedOut).into_response());
    problem::speak(&reader, response)
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
    let router = TowerToHyperService::new(router(app));
    let open = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let connection = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let connection = match connection {
            Ok((connection, _)) => connection,
            Err(error) if is_its_own(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays without TCP_NODELAY");
        }
        let talk = speaking().serve_connection(TokioIo::new(connection), router.clone());
        let talk = open.watch(talk);
        supervisor::start("a connection", async move {
            if let Err(error) = talk.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }
    drop(listener);
    // Whoever is not done by then is cut off.
    let _ = tokio::time::timeout(STOPPING_TIME_MAX, open.shutdown()).await;
    Ok(())
}

/// How we speak HTTP: who has sent a whole request and closes their side is still heard, and
/// answered; a no is not lost because its sender does not wait.
fn speaking() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.half_close(true).timer(TokioTimer::new());
    http
}

/// Whether an error of accepting is one connection's alone.
fn is_its_own(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Does what was posted even when whoever posted it hangs up: a no that has arrived whole counts
/// whether or not anybody waits for the answer. The body is read in there too, so that a connection
/// closed right behind it takes nothing along.
async fn to_the_end(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    Lasting(Some(Box::pin(next.run(request)))).await
}

/// Work that goes on in the background when nobody waits for it any more.
struct Lasting(Option<Pin<Box<dyn Future<Output = Response> + Send>>>);

impl Future for Lasting {
    type Output = Response;

    /// Work is put back only while there is more to do: what ended in a fault is not begun again.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let Some(mut work) = self.0.take() else {
            return Poll::Ready(Problem::of(Code::Internal).into_response());
        };
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(work);
        }
        polled
    }
}

impl Drop for Lasting {
    fn drop(&mut self) {
        if let Some(work) = self.0.take()
            && Handle::try_current().is_ok()
        {
            supervisor::start("a post", async move { drop(work.await) });
        }
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

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use axum::routing::get;
    use tokio::sync::oneshot;
    use tower::ServiceExt;

    use super::*;

    async fn answer(router: Router) -> (StatusCode, serde_json::Value) {
        let request = Request::get("/").body(Body::empty()).unwrap();
        let response = guarded(router).oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), BODY_BYTES_MAX).await;
        (status, serde_json::from_slice(&body.unwrap()).unwrap())
    }

    #[tokio::test]
    async fn a_fault_in_a_handler_is_a_problem_that_says_nothing_of_it() {
        async fn faulty() -> &'static str {
            panic!("budi@example.com")
        }
        let (status, problem) = answer(Router::new().route("/", get(faulty))).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (500, &"internal".into())
        );
        assert!(!problem.to_string().contains("budi"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_never_ends_is_given_up() {
        let never = || std::future::pending::<&'static str>();
        let (status, problem) = answer(Router::new().route("/", get(never))).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (503, &"timed_out".into())
        );
    }

    #[tokio::test]
    async fn a_post_is_done_to_its_end_when_whoever_posted_it_hangs_up() {
        let (go_on, waits) = oneshot::channel::<()>();
        let (done, told) = oneshot::channel();
        let parts = std::sync::Mutex::new(Some((waits, done)));
        let parts = Arc::new(parts);
        let handler = move || {
            let parts = parts.lock().unwrap().take();
            async move {
                let (waits, done) = parts.unwrap();
                waits.await.unwrap();
                done.send(()).unwrap();
            }
        };
        let router = guarded(Router::new().route("/", axum::routing::post(handler)));
        let request = Request::post("/").body(Body::empty()).unwrap();
        let mut answer = Box::pin(router.oneshot(request));
        assert!(polled_once(&mut answer).is_pending());
        drop(answer);
        go_on.send(()).unwrap();
        told.await.unwrap();
    }

    fn polled_once<F: Future + Unpin>(work: &mut F) -> Poll<F::Output> {
        Pin::new(work).poll(&mut Context::from_waker(std::task::Waker::noop()))
    }
}
