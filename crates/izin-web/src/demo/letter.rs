//! `/mailbox/{id}`: one message as its recipient sees it, with the links it holds.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use izin_app::App;
use izin_app::link::LinkKind;
use izin_app::mailbox::{KeptMail, MailId};

use super::Stage;
use crate::page::MailPage;
use crate::problem::Problem;
use crate::reader::Reader;
use crate::show::{self, frame, not_found, private};

/// A message may style itself and show what it brings along; it runs and fetches nothing.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; \
    form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
/// Opens links outside the frame that the message is shown in.
const OPEN_OUTSIDE: &str = "<base target=\"_blank\">";

pub(super) async fn page(
    State(stage): State<Arc<Stage>>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let app = &stage.app;
    let Some(mail) = found(&stage, &id).await? else {
        return Ok(not_found(app, &reader));
    };
    let language = reader.language(None, app.policy().language());
    let page = MailPage {
        frame: frame(app, language),
        html_path: mail.html.as_ref().map(|_| format!("/mailbox/{id}/html")),
        opt_out_path: link(app, LinkKind::OptOut, &mail),
        preferences_path: link(app, LinkKind::Preferences, &mail),
        why_path: link(app, LinkKind::Why, &mail),
        subject: mail.subject,
        headers: mail.headers,
        text: mail.text.unwrap_or_default(),
    };
    Ok(show::page(StatusCode::OK, language, &page))
}

pub(super) async fn html(
    State(stage): State<Arc<Stage>>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let found = found(&stage, &id).await?;
    let Some(html) = found.and_then(|mail| mail.html) else {
        return Ok(not_found(&stage.app, &reader));
    };
    let mut response = Html(opening_outside(html)).into_response();
    show::set(
        &mut response,
        header::CONTENT_SECURITY_POLICY,
        LETTER_POLICY,
    );
    Ok(private(response))
}

async fn found(stage: &Stage, id: &str) -> Result<Option<KeptMail>, Problem> {
    match id.parse() {
        Ok(id) => stage.mail(move |mailbox| mailbox.get(MailId(id))).await,
        Err(_) => Ok(None),
    }
}

/// The path of a link of this kind in a message: in its headers, its text, or its HTML.
pub(super) fn link(app: &App, kind: LinkKind, mail: &KeptMail) -> Option<String> {
    let headers = mail.headers.iter().map(|(_, value)| value.as_str());
    let parts = [mail.text.as_deref(), mail.html.as_deref()];
    let in_text = |text: &str| {
        let mut places = text.match_indices(kind.path());
        places.find_map(|(at, before)| {
            let rest = text.get(at + before.len()..)?;
            let is_of_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let token: String = rest.chars().take_while(|c| is_of_token(*c)).collect();
            app.links.open(kind, &token)?;
            Some(format!("{}{token}", kind.path()))
        })
    };
    headers.chain(parts.into_iter().flatten()).find_map(in_text)
}

fn opening_outside(html: String) -> String {
    let lower = html.to_ascii_lowercase();
    let head = lower.find("<head");
    let place = head.and_then(|head| Some(head + lower.get(head..)?.find('>')? + 1));
    let (before, after) = html.split_at(place.unwrap_or_default());
    [before, OPEN_OUTSIDE, after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_message_open_outside_its_frame() {
        let opened = |html: &str| opening_outside(html.to_owned());
        assert_eq!(
            opened("<!doctype html><HTML><Head lang=id><title>İ</title>"),
            format!("<!doctype html><HTML><Head lang=id>{OPEN_OUTSIDE}<title>İ</title>")
        );
        assert_eq!(opened("<p>é<head"), format!("{OPEN_OUTSIDE}<p>é<head"));
        assert_eq!(opened(""), OPEN_OUTSIDE);
    }
}
