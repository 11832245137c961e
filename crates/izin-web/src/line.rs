//! One connection: whoever has sent a whole request is heard, whatever becomes of the answer.
//!
//! HTTP itself is hyper's. A [`Line`] lies between it and the socket, and ends the input once the
//! server stops and what was sent is served; it takes answers on for a client that hung up or never
//! reads, so that what was sent behind is served too. Start at [`speak`].

use std::error::Error;
use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::Request;
use axum::http::Response;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};

/// How long a client may take nothing of an answer: a slow line takes some of it all the time.
const UNREAD_TIME_MAX: Duration = Duration::from_secs(30);

/// Speaks HTTP on a connection until its client has said everything, or until the server stops and
/// what was sent is served. Who has sent a whole request and closes their side is still heard, and
/// answered; a no is not lost because its sender does not wait.
pub(crate) async fn speak<S, B>(stream: TcpStream, service: S, stopping: watch::Receiver<bool>)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error: Into<Faulty>, Future: Unpin>,
    B: Body<Error: Into<Faulty>> + 'static,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays without TCP_NODELAY");
    }
    let hearing = Arc::new(Hearing::default());
    let line = Line::of(stream, stopping, Arc::clone(&hearing));
    let mut http = http1::Builder::new();
    http.half_close(true).timer(TokioTimer::new());
    let talk = http.serve_connection(TokioIo::new(line), Heard { service, hearing });
    if let Err(error) = talk.await {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// An error of a service or a body, as hyper takes it.
type Faulty = Box<dyn Error + Send + Sync>;

/// What hyper is about on a connection.
#[derive(Default)]
struct Hearing {
    /// A request is being answered; hyper reads no other meanwhile.
    answers: AtomicBool,
    /// Something has come since the last request began: the beginning of the next.
    has_begun: AtomicBool,
}

/// A service whose requests are noted in [`Hearing`].
struct Heard<S> {
    service: S,
    hearing: Arc<Hearing>,
}

impl<S: Service<Request<Incoming>, Future: Unpin>> Service<Request<Incoming>> for Heard<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Answer<S::Future>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.hearing.has_begun.store(false, Ordering::Relaxed);
        self.hearing.answers.store(true, Ordering::Relaxed);
        Answer {
            work: self.service.call(request),
            hearing: Arc::clone(&self.hearing),
        }
    }
}

/// An answer in the making.
struct Answer<F> {
    work: F,
    hearing: Arc<Hearing>,
}

impl<F: Future + Unpin> Future for Answer<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(&mut self.work).poll(context)
    }
}

impl<F> Drop for Answer<F> {
    fn drop(&mut self) {
        self.hearing.answers.store(false, Ordering::Relaxed);
    }
}

/// A connection's bytes.
struct Line {
    stream: TcpStream,
    hearing: Arc<Hearing>,
    /// Ready when the server stops.
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_stopping: bool,
    /// Nobody takes answers any more; they go nowhere.
    is_deaf: bool,
    /// Runs while the client takes nothing of an answer.
    patience: Option<Pin<Box<Sleep>>>,
    /// Tells the server that the connection is there.
    _open: watch::Receiver<bool>,
}

impl Line {
    fn of(stream: TcpStream, stopping: watch::Receiver<bool>, hearing: Arc<Hearing>) -> Self {
        let open = stopping.clone();
        let mut stopping = stopping;
        let stop = async move {
            // A server that is gone stops too.
            drop(stopping.wait_for(|stops| *stops).await);
        };
        Self {
            stream,
            hearing,
            stop: Box::pin(stop),
            is_stopping: false,
            is_deaf: false,
            patience: None,
            _open: open,
        }
    }

    /// Whether nothing more is waited for: nobody takes answers, or the server stops, and what was
    /// sent is served. A request of which a part has come is waited for.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        self.is_stopping = self.is_stopping || self.stop.as_mut().poll(context).is_ready();
        let is_idle = || {
            !self.hearing.answers.load(Ordering::Relaxed)
                && !self.hearing.has_begun.load(Ordering::Relaxed)
        };
        (self.is_stopping || self.is_deaf) && is_idle() && !holds_unread(&self.stream)
    }

    /// What becomes of a write that came to `written`; `length` is taken for written once nobody
    /// takes answers any more.
    fn written(
        &mut self,
        written: Poll<io::Result<usize>>,
        length: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let gone = |error: &io::Error| {
            use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
            [BrokenPipe, ConnectionAborted, ConnectionReset].contains(&error.kind())
        };
        match written {
            Poll::Ready(Err(error)) if gone(&error) => {}
            Poll::Ready(done) => {
                self.patience = None;
                return Poll::Ready(done);
            }
            Poll::Pending => {
                let start = || Box::pin(sleep(UNREAD_TIME_MAX));
                ready!(
                    self.patience
                        .get_or_insert_with(start)
                        .as_mut()
                        .poll(context)
                );
            }
        }
        self.is_deaf = true;
        self.patience = None;
        // What is to be read may have been looked at before.
        context.waker().wake_by_ref();
        Poll::Ready(Ok(length))
    }
}

/// Whether bytes lie in the socket that the runtime has not told of yet.
fn holds_unread(stream: &TcpStream) -> bool {
    let copy = stream.as_fd().try_clone_to_owned();
    let copy = copy.map(std::net::TcpStream::from);
    copy.is_ok_and(|copy| copy.peek(&mut [0]).is_ok_and(|bytes| bytes > 0))
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut line.stream).poll_read(context, buffer);
        if read.is_pending() && line.is_over(context) {
            return Poll::Ready(Ok(()));
        }
        if buffer.filled().len() > before && !line.hearing.answers.load(Ordering::Relaxed) {
            line.hearing.has_begun.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        if line.is_deaf {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut line.stream).poll_write(context, bytes);
        line.written(written, bytes.len(), context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let length = parts.iter().map(|part| part.len()).sum();
        if line.is_deaf {
            return Poll::Ready(Ok(length));
        }
        let written = Pin::new(&mut line.stream).poll_write_vectored(context, parts);
        line.written(written, length, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::{Ready, ready};
    use std::sync::atomic::AtomicUsize;

    use axum::body::Body as Bytes;
    use axum::http::Method;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// The length of an answer: a few fill what the system keeps between two sockets.
    const ANSWER_BYTES: usize = 4 * 1024 * 1024;

    /// Answers at length, and counts what is posted.
    #[derive(Clone, Default)]
    struct Wordy {
        posts: Arc<AtomicUsize>,
    }

    impl Service<Request<Incoming>> for Wordy {
        type Response = Response<Bytes>;
        type Error = Infallible;
        type Future = Ready<Result<Response<Bytes>, Infallible>>;

        fn call(&self, request: Request<Incoming>) -> Self::Future {
            let is_post = request.method() == Method::POST;
            self.posts.fetch_add(usize::from(is_post), Ordering::SeqCst);
            ready(Ok(Response::new(Bytes::from(vec![b'x'; ANSWER_BYTES]))))
        }
    }

    const POST: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n";

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, server) = tokio::join!(client, listener.accept());
        (client.unwrap(), server.unwrap().0)
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_reads_holds_no_connection_and_all_it_posted_counts() {
        let (mut client, server) = pair().await;
        let service = Wordy::default();
        let (_stop, stopping) = watch::channel(false);
        client.write_all(POST.repeat(20).as_bytes()).await.unwrap();
        let began = tokio::time::Instant::now();
        speak(server, service.clone(), stopping).await;
        assert_eq!(service.posts.load(Ordering::SeqCst), 20);
        assert_eq!(began.elapsed().as_secs(), UNREAD_TIME_MAX.as_secs());
    }

    #[tokio::test]
    async fn a_client_that_reads_gets_every_answer_and_is_not_cut_off_by_the_stop() {
        let (mut client, server) = pair().await;
        let service = Wordy::default();
        let (stop, stopping) = watch::channel(false);
        client.write_all(POST.repeat(20).as_bytes()).await.unwrap();
        stop.send_replace(true);
        let reading = async {
            let mut answers = Vec::new();
            client.read_to_end(&mut answers).await.unwrap();
            answers.len()
        };
        let ((), read) = tokio::join!(speak(server, service.clone(), stopping), reading);
        assert!(read > 20 * ANSWER_BYTES, "{read}");
        assert_eq!(service.posts.load(Ordering::SeqCst), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_of_which_a_part_has_come_is_waited_for_when_the_server_stops() {
        let (mut client, server) = pair().await;
        let (first, rest) = POST.split_at(20);
        let service = Wordy::default();
        let (stop, stopping) = watch::channel(false);
        client.write_all(first.as_bytes()).await.unwrap();
        stop.send_replace(true);
        let sending = async {
            tokio::task::yield_now().await;
            client.write_all(rest.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.unwrap();
            answer.len()
        };
        let ((), read) = tokio::join!(speak(server, service.clone(), stopping), sending);
        assert!(read > ANSWER_BYTES, "{read}");
    }
}
