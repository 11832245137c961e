//! Pages on their way out: the headers that keep them private, and the pages everybody needs.

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use izin_app::App;
use izin_core::Language;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};

use crate::page::{ErrorPage, Frame, NotFoundPage, STYLE};
use crate::problem::{Code, Problem};
use crate::reader::Reader;

/// A page runs nothing, loads nothing, and sends its forms only to us.
static PAGE_POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    )
});

/// A page with its headers.
pub(crate) fn page(status: StatusCode, language: Language, page: &impl Template) -> Response {
    let Ok(html) = page.render() else {
        tracing::error!("a page could not be made");
        return Problem::of(Code::Internal).into_response();
    };
    let mut response = (status, Html(html)).into_response();
    set(&mut response, header::CONTENT_SECURITY_POLICY, &PAGE_POLICY);
    set(&mut response, header::CONTENT_LANGUAGE, language.as_str());
    private(response)
}

/// Adds what keeps an answer out of caches, other sites and search engines.
pub(crate) fn private(mut response: Response) -> Response {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        (header::VARY, "Accept-Language"),
    ] {
        set(&mut response, name, value);
    }
    response
}

pub(crate) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The frame of a page of this shop.
pub(crate) fn frame(app: &App, language: Language) -> Frame {
    Frame::new(language, &*app.policy().controller.name)
}

/// The zone a shop's days are told in.
pub(crate) fn zone(app: &App) -> Offset {
    let seconds = app.policy().controller.zone.offset_seconds(app.clock.now());
    Offset::from_seconds(seconds).unwrap_or(Offset::UTC)
}

/// The answer to a link we do not know: the same for every such link, whatever the method.
pub(crate) fn not_found(app: &App, reader: &Reader) -> Response {
    let language = reader.language(None, app.policy().language());
    let shown = NotFoundPage {
        frame: frame(app, language),
        shop_contact: app.policy().controller.contact.clone(),
    };
    page(StatusCode::NOT_FOUND, language, &shown)
}

/// The answer when the store failed us: nothing is acknowledged.
pub(crate) fn failure(app: &App, reader: &Reader, error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a page was not served");
    let language = reader.language(None, app.policy().language());
    let shown = ErrorPage {
        frame: frame(app, language),
        shop_contact: app.policy().controller.contact.clone(),
    };
    page(StatusCode::SERVICE_UNAVAILABLE, language, &shown)
}
