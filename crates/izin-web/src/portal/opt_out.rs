//! `/u/{token}`: one page, one button; and the one-click POST of RFC 8058.
//!
//! The POST answers 200 only once the opt-out stands, without a redirect or a cookie, and says
//! the same when it is repeated.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use izin_app::App;
use izin_app::link::{Link, LinkKind};
use izin_app::optout::{self, OptedOut};
use izin_app::preference::{self, Holder};
use izin_core::{Language, Origin, Scope};
use izin_store::StoreError;
use izin_wire::one_click;

use super::{Token, form, opened, path, receipt_path, wrong_method};
use crate::i18n::Texts;
use crate::page::{AskStatus, DoneStatus, OptOutDonePage, OptOutPage};
use crate::reader::Reader;
use crate::show::{self, failure, frame, not_found, zone};

pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    token: Token,
    reader: Reader,
    request: Request,
) -> Response {
    let Some(link) = opened(&app, LinkKind::OptOut, &token) else {
        return not_found(&app, &reader);
    };
    let shown = match *request.method() {
        Method::GET | Method::HEAD => show(&app, &link, &reader).await,
        Method::POST => stop(&app, &link, &reader, request).await,
        _ => return wrong_method("GET, HEAD, POST"),
    };
    shown.unwrap_or_else(|error| failure(&app, &reader, &error))
}

/// What both pages need, gathered before anything is recorded.
struct Sheet<'a> {
    app: &'a App,
    link: &'a Link,
    holder: Holder,
    language: Language,
    preferences_path: String,
}

impl<'a> Sheet<'a> {
    async fn of(app: &'a App, link: &'a Link, reader: &Reader) -> Result<Self, StoreError> {
        let holder = preference::holder(app, link).await;
        Ok(Self {
            language: reader.language(holder.language, app.policy().language()),
            preferences_path: path(app, LinkKind::Preferences, link)?,
            holder,
            app,
            link,
        })
    }

    fn titles(&self) -> Vec<String> {
        preference::stoppable(&self.app.policy(), self.link)
            .map(|own| own.title.get(self.language).to_owned())
            .collect()
    }

    fn ask(self, status: AskStatus) -> Response {
        let code = match status {
            AskStatus::Ask => StatusCode::OK,
            AskStatus::NothingChanged => StatusCode::BAD_REQUEST,
        };
        let page = OptOutPage {
            frame: frame(self.app, self.language),
            status,
            stops: self.titles(),
            address: self.holder.address,
            channel: self.link.channel,
            preferences_path: self.preferences_path,
        };
        show::page(code, self.language, &page)
    }

    async fn done(self, opted_out: OptedOut) -> Result<Response, StoreError> {
        let texts = Texts::of(self.language);
        let page = OptOutDonePage {
            frame: frame(self.app, self.language),
            status: match opted_out.already {
                true => DoneStatus::Already,
                false => DoneStatus::JustNow,
            },
            since: texts.date(opted_out.since, zone(self.app)),
            stopped: self.titles(),
            still_on: self.still_on(texts).await,
            address: self.holder.address,
            channel: self.link.channel,
            preferences_path: self.preferences_path,
            receipt_path: receipt_path(self.app, opted_out.seq)?,
        };
        Ok(show::page(StatusCode::OK, self.language, &page))
    }

    /// What is still on. The opt-out stands by now, so a store that cannot be read shortens the
    /// page and no more.
    async fn still_on(&self, texts: &Texts) -> Vec<String> {
        let policy = self.app.policy();
        let choices = preference::choices(self.app, &policy, self.link, &self.holder).await;
        let choices = choices.unwrap_or_else(|error| {
            tracing::warn!(%error, "a page is shown without what is still on");
            Vec::new()
        });
        let on = choices.iter().flat_map(|choice| {
            let title = choice.purpose.title.get(self.language);
            let on = choice.channels.iter().filter(|(_, own)| own.is_on());
            on.map(move |(channel, _)| format!("{title}, {}", texts.channel(*channel)))
        });
        on.collect()
    }
}

async fn show(app: &App, link: &Link, reader: &Reader) -> Result<Response, StoreError> {
    let sheet = Sheet::of(app, link, reader).await?;
    match preference::opted_out(app, link) {
        Some(opted_out) => sheet.done(opted_out).await,
        None => Ok(sheet.ask(AskStatus::Ask)),
    }
}

async fn stop(
    app: &App,
    link: &Link,
    reader: &Reader,
    request: Request,
) -> Result<Response, StoreError> {
    let origin = origin(request.headers());
    let sheet = Sheet::of(app, link, reader).await?;
    if !one_click::reads(&form(request.into_body()).await) {
        return Ok(sheet.ask(AskStatus::NothingChanged));
    }
    let scope = Scope::channel(link.channel);
    let opted_out = optout::by_link(app, link, scope, origin).await?;
    sheet.done(opted_out).await
}

/// A browser says that it navigates; a mail program's one-click request does not.
fn origin(headers: &HeaderMap) -> Origin {
    match headers.get("sec-fetch-mode") {
        Some(mode) if mode == "navigate" => Origin::Page,
        _ => Origin::OneClick,
    }
}
