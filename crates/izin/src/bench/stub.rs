//! What somebody would write with axum and nothing else: servers that give everybody the answer that
//! izin gave once, without knowing anybody. They set no time limit on a sender.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::MethodRouter;
use axum::serve::ListenerExt;
use axum::{Json, Router, routing};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// A question, as it is put here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    subject: Subject,
    channel: String,
    purpose: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    email: String,
}

/// An answer, field by field as the API gives it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    decision: String,
    reason: String,
    also: Vec<String>,
    level: u8,
    basis: Option<String>,
    rule: Option<String>,
    regimes: Vec<String>,
    consent: Option<u64>,
    notice: Option<u32>,
    until: Option<String>,
    seq: u64,
    policy: u32,
    law: String,
    text: Sentence,
    refusal: Option<Sentence>,
    reservation: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    id: String,
    en: String,
}

/// A server that reads each question and writes this answer, as every JSON server does; it only looks
/// nobody up.
pub(super) async fn of_question(answer: Vec<u8>) -> anyhow::Result<SocketAddr> {
    let typed: Answer = serde_json::from_slice(&answer).context("the answer has other fields")?;
    let written = serde_json::to_vec(&typed)?;
    anyhow::ensure!(written == answer, "the stub would answer otherwise");
    let typed = Arc::new(typed);
    let given = move |Json(asked): Json<Question>| async move {
        std::hint::black_box((&asked.subject.email, &asked.channel, &asked.purpose));
        json(serde_json::to_vec(&*typed).unwrap_or_default())
    };
    serve(routing::post(given)).await
}

/// A server that reads a body as bytes and gives these back.
pub(super) async fn of_bytes(answer: Vec<u8>) -> anyhow::Result<SocketAddr> {
    let answer = Bytes::from(answer);
    let given = move |body: Bytes| async move {
        std::hint::black_box(&body);
        json(answer.clone())
    };
    serve(routing::post(given)).await
}

fn json(body: impl Into<axum::body::Body>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], body.into())
}

async fn serve(given: MethodRouter) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = listener.local_addr()?;
    let listener = listener.tap_io(|own| drop(own.set_nodelay(true)));
    let serving = axum::serve(listener, Router::new().fallback(given));
    izin_app::supervisor::start("stub", ended(serving.into_future()));
    Ok(server)
}

async fn ended(serving: impl Future<Output = std::io::Result<()>>) {
    drop(serving.await);
}
