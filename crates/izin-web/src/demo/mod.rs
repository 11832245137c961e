//! Pages that only a demo has: its start page, its next campaign and its mailbox.
//!
//! They show whole addresses and whole messages, so a shop never has them: see [`routes`].

mod letter;
mod letters;
mod mailbox;
mod next;
mod start;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use izin_app::App;
use izin_app::app::Demo;
use izin_app::mailbox::{Mailbox, MailboxError};
use izin_app::overview::LineCount;

use crate::problem::{Code, Problem};

/// What the demo's pages need.
struct Stage {
    app: Arc<App>,
    lines: LineCount,
}

impl Stage {
    fn demo(&self) -> Result<&Demo, Problem> {
        let none = || Problem::of(Code::NotFound);
        self.app.demo.as_ref().ok_or_else(none)
    }

    /// Reads from the mailbox, away from the threads that answer requests.
    async fn mail<R: Send + 'static>(
        &self,
        read: impl FnOnce(&Mailbox) -> Result<R, MailboxError> + Send + 'static,
    ) -> Result<R, Problem> {
        let mailbox = self.demo()?.mailbox.clone();
        let read = tokio::task::spawn_blocking(move || read(&mailbox)).await;
        Ok(read.map_err(|_| Problem::of(Code::Internal))??)
    }
}

/// For an application that is a demo, and no other.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let stage = Stage {
        app: Arc::clone(app),
        lines: LineCount::default(),
    };
    Router::new()
        .route("/", get(start::page))
        .route("/demo/next", post(next::send))
        .route("/mailbox", get(mailbox::page))
        .route("/mailbox.json", get(letters::all))
        .route("/mailbox/{id}", get(letter::page))
        .route("/mailbox/{id}/html", get(letter::html))
        .with_state(Arc::new(stage))
}
