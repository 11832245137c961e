//! `/mailbox.json`: every message, newest first, one at a time in memory.

use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use izin_app::mailbox::{KeptMail, Mailbox};
use izin_wire::form::pairs;
use serde::Serialize;
use tokio::sync::mpsc;

use super::Stage;
use crate::problem::{Code, Problem};
use crate::show::private;

/// Messages read ahead of a slow reader.
const READ_AHEAD: usize = 4;

/// One message, as programs read it.
#[derive(Serialize)]
struct Letter {
    recipient: String,
    subject: String,
    headers: Vec<(String, String)>,
    text: Option<String>,
    html: Option<String>,
    received_at: String,
}

impl From<KeptMail> for Letter {
    fn from(mail: KeptMail) -> Self {
        Self {
            recipient: mail.recipient,
            subject: mail.subject,
            headers: mail.headers,
            text: mail.text,
            html: mail.html,
            received_at: mail.received_at.to_string(),
        }
    }
}

/// What is asked for.
struct Wanted {
    recipient: Option<String>,
    limit: u64,
}

pub(super) async fn all(
    State(stage): State<Arc<Stage>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wanted = wanted(&query.unwrap_or_default())?;
    let mailbox = stage.demo()?.mailbox.clone();
    let (sender, chunks) = mpsc::channel(READ_AHEAD);
    // It ends by itself: with the last message, or when nobody reads any more.
    drop(tokio::task::spawn_blocking(move || {
        write(&mailbox, &wanted, &sender);
    }));
    let body = Body::from_stream(Chunks(chunks));
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok(private((json, body).into_response()))
}

fn wanted(query: &str) -> Result<Wanted, Problem> {
    let parameter = |name: &str| pairs(query).find(|(own, _)| own == name);
    let number = |text: String| {
        let wrong = || Problem::new(Code::InvalidQuery, "expected a whole number").at("limit");
        text.parse().map_err(|_| wrong())
    };
    let limit = parameter("limit").map(|(_, value)| number(value));
    Ok(Wanted {
        recipient: parameter("recipient").map(|(_, value)| value),
        limit: limit.transpose()?.unwrap_or(u64::MAX),
    })
}

type Sender = mpsc::Sender<Result<Bytes, std::io::Error>>;

/// Writes the list piece by piece. A fault breaks the answer off, so that nobody takes it for
/// whole.
fn write(mailbox: &Mailbox, wanted: &Wanted, sender: &Sender) {
    let say = |bytes: Vec<u8>| match sender.blocking_send(Ok(bytes.into())) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    if say(b"[".to_vec()).is_break() {
        return;
    }
    let mut written = 0;
    let walked = match wanted.limit {
        0 => Ok(()),
        limit => mailbox.for_each(wanted.recipient.as_deref(), |mail| {
            let mut bytes = if written > 0 { vec![b','] } else { Vec::new() };
            bytes.extend(serde_json::to_vec(&Letter::from(mail)).unwrap_or_default());
            say(bytes)?;
            written += 1;
            if written < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        }),
    };
    match walked {
        Ok(()) => drop(say(b"]\n".to_vec())),
        Err(error) => {
            tracing::error!(%error, "the list of messages broke off");
            drop(sender.blocking_send(Err(std::io::Error::other("the mailbox failed"))));
        }
    }
}

/// The pieces of an answer as they are written.
struct Chunks(mpsc::Receiver<Result<Bytes, std::io::Error>>);

impl Stream for Chunks {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}
