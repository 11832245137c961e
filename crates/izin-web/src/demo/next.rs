//! `POST /demo/next`: sends the next campaign, for the person at this machine and nobody else.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Redirect;
use izin_app::overview;

use super::Stage;
use crate::problem::{Code, Problem};

/// Begins a campaign unless one is under way, and goes back to where it is seen.
pub(super) async fn send(
    State(stage): State<Arc<Stage>>,
    headers: HeaderMap,
) -> Result<Redirect, Problem> {
    if is_from_elsewhere(&headers) {
        let detail = "press the button on the start page";
        return Err(Problem::new(Code::CrossSite, detail));
    }
    overview::send_next(&stage.app, stage.demo()?).await?;
    Ok(Redirect::to("/#next"))
}

/// Whether a page of another site sent the form. A browser says so itself; an older one names the
/// page's origin; a program that is no browser says neither.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|own| own.to_str().unwrap_or_default())
    };
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site != "same-origin",
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str()).unwrap_or_default();
            origin.split_once("://").map(|(_, own)| own) != Some(host)
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let parsed = pairs.iter();
        parsed
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn elsewhere(pairs: &[(&'static str, &'static str)]) -> bool {
        is_from_elsewhere(&headers(pairs))
    }

    #[test]
    fn a_form_of_another_site_is_told_from_ours() {
        let host = ("host", "127.0.0.1:8080");
        assert!(elsewhere(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(elsewhere(&[host, ("sec-fetch-site", "same-site")]));
        assert!(elsewhere(&[host, ("origin", "http://evil.example")]));
        assert!(elsewhere(&[host, ("origin", "null")]));
        assert!(elsewhere(&[host, ("origin", "http://127.0.0.1:8081")]));
        assert!(!elsewhere(&[host, ("origin", "http://127.0.0.1:8080")]));
        assert!(!elsewhere(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "null")
        ]));
        assert!(!elsewhere(&[host]));
    }
}
