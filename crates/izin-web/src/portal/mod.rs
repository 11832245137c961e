//! Pages that customers reach by a link in a message: stop, choose, see why, keep a receipt; and the
//! notice.
//!
//! The token in the address is the only authority, so no page here has a cookie, a login or a
//! token of its own, and GET changes nothing. Start at [`opt_out`].

mod opt_out;
mod preferences;
mod privacy;
mod receipt;
mod why;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use izin_app::App;
use izin_app::link::{Link, LinkKind};
use izin_core::Seq;
use izin_store::StoreError;

use crate::problem::{Code, Problem};

/// The longest form that is read, in bytes. Ours have two fields; a mail program that sends much
/// more beside the one pair that counts is still understood.
const FORM_BYTES_MAX: usize = 1024 * 1024;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/u/{*token}", any(opt_out::answer))
        .route("/p/{*token}", any(preferences::answer))
        .route("/why/{*token}", any(why::answer))
        .route("/r/{*token}", any(receipt::answer))
        .route("/privacy", get(privacy::page))
        .route("/privacy.json", get(privacy::json))
}

/// The token of an address; one that cannot be read is like any other unknown one.
type Token = Result<Path<String>, PathRejection>;

/// The link behind a token of this kind.
fn opened(app: &App, kind: LinkKind, token: &Token) -> Option<Link> {
    let Path(token) = token.as_ref().ok()?;
    app.links.open(kind, token)
}

/// The path of a page for the holder of a link.
fn path(app: &App, kind: LinkKind, link: &Link) -> Result<String, StoreError> {
    Ok(format!("{}{}", kind.path(), app.links.seal(kind, link)?))
}

/// The path of the page that shows an entry's receipt.
fn receipt_path(app: &App, seq: Seq) -> Result<String, StoreError> {
    Ok(format!(
        "{}{}",
        LinkKind::Receipt.path(),
        app.links.seal_receipt(seq)?
    ))
}

/// The body of a form; nothing when it is longer than any form of ours, or broke off.
async fn form(body: Body) -> Vec<u8> {
    let read = to_bytes(body, FORM_BYTES_MAX).await;
    read.map(Into::into).unwrap_or_default()
}

/// The answer to a method that a page does not have.
fn wrong_method(allowed: &'static str) -> Response {
    let mut response = Problem::of(Code::MethodNotAllowed).into_response();
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}
