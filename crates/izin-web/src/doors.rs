//! One request at the doors: who answers it, and the limits around every answer.
//!
//! Whatever lies here is paid by each request, so it is one future and not a tower of layers. Start
//! at [`Doors::answer`].

use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use izin_app::{App, supervisor};
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

use crate::api::{self, decision};
use crate::problem::{self, Code, Problem};
use crate::reader::Reader;
use crate::{demo, hooks, portal, show};

/// How long a request may take until its answer begins: a proof under load stays far below.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);

/// Everything an application answers over HTTP.
#[derive(Clone)]
pub struct Doors {
    app: Arc<App>,
    /// Whether it is asked for decisions.
    decides: bool,
    router: TowerToHyperService<Router>,
}

/// What makes an answer.
type Work = Pin<Box<dyn Future<Output = Response> + Send>>;

/// An answer in the making, within the limits; a fault or a limit reached is a problem like any
/// other.
pub struct Answering {
    /// Nothing once it is done, or has ended in a fault: that is not begun again.
    work: Option<Work>,
    /// Whether the work goes on when nobody waits for it any more.
    lasts: bool,
    reader: Reader,
    /// Set when an answer is not there at once; most are.
    limit: Option<Pin<Box<Sleep>>>,
}

impl Doors {
    /// The doors of an application.
    #[must_use]
    pub fn of(app: Arc<App>) -> Self {
        let mut router = api::routes().merge(hooks::routes()).merge(portal::routes());
        if app.demo.is_some() {
            router = router.merge(demo::routes(&app));
        }
        Self::to(app, router, true)
    }

    /// Those of a process that works for others, which answer everything else: does it live, is it ready?
    #[must_use]
    pub fn of_health(app: Arc<App>) -> Self {
        Self::to(app, api::health_routes(), false)
    }

    fn to(app: Arc<App>, router: Router<Arc<App>>, decides: bool) -> Self {
        let router = router
            .fallback(unknown_path)
            .method_not_allowed_fallback(wrong_method)
            .with_state(Arc::clone(&app));
        let router = TowerToHyperService::new(router);
        Self {
            app,
            decides,
            router,
        }
    }

    /// Answers a request. A post is done to its end even when the answer is dropped.
    #[must_use]
    pub fn answer(&self, request: Request) -> Answering {
        let reader = Reader::of(request.uri(), request.headers());
        let lasts = request.method() == Method::POST;
        Answering::of(self.work(request), lasts, reader)
    }

    /// The question that is asked by far the most goes past the router: to be found there would
    /// cost about as much as its answer.
    fn work(&self, request: Request) -> Work {
        let is_question =
            request.uri().path() == decision::PATH && request.method() == Method::POST;
        if self.decides && is_question {
            let app = State(Arc::clone(&self.app));
            return Box::pin(async { decision::decide(app, request).await.into_response() });
        }
        let routed = self.router.call(request);
        Box::pin(async {
            let Ok(response) = routed.await;
            response
        })
    }
}

impl Service<Request<Incoming>> for Doors {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        self.answer(request.map(Body::new))
    }
}

impl Answering {
    /// A post has to be done to its end even when whoever posted it hangs up: a no that has arrived
    /// whole counts whether or not anybody waits for the answer. The body is read by the work too,
    /// so that a connection closed right behind it takes nothing along.
    fn of(work: Work, lasts: bool, reader: Reader) -> Self {
        Self {
            work: Some(work),
            lasts,
            reader,
            limit: None,
        }
    }

    fn poll_work(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        let Some(mut work) = self.work.take() else {
            return Poll::Ready(Problem::of(Code::Internal).into_response());
        };
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        let Ok(polled) = polled else {
            tracing::error!("a request ended with a fault");
            return Poll::Ready(Problem::of(Code::Internal).into_response());
        };
        if polled.is_pending() {
            self.work = Some(work);
        }
        polled
    }

    fn poll_limit(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        let start = || Box::pin(sleep(REQUEST_TIME_MAX));
        ready!(self.limit.get_or_insert_with(start).as_mut().poll(context));
        Poll::Ready(Problem::of(Code::TimedOut).into_response())
    }
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match self.poll_work(context) {
            Poll::Ready(response) => response,
            Poll::Pending => ready!(self.poll_limit(context)),
        };
        Poll::Ready(Ok(problem::speak(&self.reader, response)))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if let Some(work) = self.work.take()
            && self.lasts
            && Handle::try_current().is_ok()
        {
            supervisor::start("a post", async move { drop(work.await) });
        }
    }
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
    use axum::body::to_bytes;
    use axum::http::StatusCode;
    use tokio::sync::oneshot;

    use super::*;

    fn answering(work: impl Future<Output = Response> + Send + 'static) -> Answering {
        let nobody = Reader::of(&"/".parse().unwrap(), &HeaderMap::new());
        Answering::of(Box::pin(work), true, nobody)
    }

    async fn problem(answering: Answering) -> (StatusCode, serde_json::Value) {
        let Ok(response) = answering.await;
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        (status, serde_json::from_slice(&body.unwrap()).unwrap())
    }

    #[tokio::test]
    async fn a_fault_in_a_handler_is_a_problem_that_says_nothing_of_it() {
        let faulty = async { panic!("budi@example.com") };
        let (status, problem) = problem(answering(faulty)).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (500, &"internal".into())
        );
        assert!(!problem.to_string().contains("budi"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_never_ends_is_given_up() {
        let (status, problem) = problem(answering(std::future::pending())).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (503, &"timed_out".into())
        );
    }

    /// Whether work is done to its end when whoever waits for it hangs up.
    async fn is_done_unheard(lasts: bool) -> bool {
        let (go_on, waits) = oneshot::channel::<()>();
        let (done, told) = oneshot::channel();
        let mut answer = answering(async move {
            waits.await.unwrap();
            done.send(()).unwrap();
            StatusCode::OK.into_response()
        });
        answer.lasts = lasts;
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(Pin::new(&mut answer).poll(&mut context).is_pending());
        drop(answer);
        assert_eq!(
            go_on.send(()).is_ok(),
            lasts,
            "work that ended waits for nothing"
        );
        told.await.is_ok()
    }

    #[tokio::test]
    async fn a_post_is_done_to_its_end_when_whoever_posted_it_hangs_up() {
        assert!(is_done_unheard(true).await);
        assert!(!is_done_unheard(false).await, "only a post is");
    }
}
