//! `/p/{token}`: what may be sent and how personally; every form on it narrows.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use izin_app::App;
use izin_app::link::{Link, LinkKind};
use izin_app::preference::{self, Choice, Narrowed, Narrowing};
use izin_core::{Language, PurposeId};
use izin_store::StoreError;
use izin_wire::form::pairs;

use super::{Token, form as form_body, opened, path, receipt_path, wrong_method};
use crate::i18n::Texts;
use crate::page::{ChannelRow, Permission, PreferencesPage, PurposeRow, Saved, form};
use crate::reader::Reader;
use crate::show::{self, failure, frame, not_found, zone};

pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    token: Token,
    reader: Reader,
    request: Request,
) -> Response {
    let Some(link) = opened(&app, LinkKind::Preferences, &token) else {
        return not_found(&app, &reader);
    };
    let shown = match *request.method() {
        Method::GET | Method::HEAD => show(&app, &link, &reader, None).await,
        Method::POST => change(&app, &link, &reader, request).await,
        _ => return wrong_method("GET, HEAD, POST"),
    };
    shown.unwrap_or_else(|error| failure(&app, &reader, &error))
}

async fn change(
    app: &App,
    link: &Link,
    reader: &Reader,
    request: Request,
) -> Result<Response, StoreError> {
    let wish = wish(&form_body(request.into_body()).await);
    let narrowed = match &wish {
        Some(wish) => preference::narrow(app, link, wish).await?,
        None => Narrowed::Nothing,
    };
    let wish = wish.filter(|_| narrowed != Narrowed::Nothing);
    show(app, link, reader, Some((wish, narrowed))).await
}

/// What a form of the page asks for; nothing when it is none of its forms.
fn wish(body: &[u8]) -> Option<Narrowing> {
    let body = String::from_utf8_lossy(body);
    let fields: Vec<(String, String)> = pairs(&body).collect();
    let field = |name: &str| {
        let found = fields.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    };
    match field(form::DO)? {
        form::SWITCH_OFF => Some(Narrowing::SwitchOff {
            purpose: PurposeId::parse(field(form::PURPOSE)?).ok()?,
            channel: field(form::CHANNEL)?.parse().ok()?,
        }),
        form::STOP_EVERYTHING => Some(Narrowing::StopEverything),
        form::DIAL_DOWN => Some(Narrowing::DialDown(field(form::LEVEL)?.parse().ok()?)),
        _ => None,
    }
}

/// Shows the page, after a form with what it did.
async fn show(
    app: &App,
    link: &Link,
    reader: &Reader,
    answered: Option<(Option<Narrowing>, Narrowed)>,
) -> Result<Response, StoreError> {
    let holder = preference::holder(app, link).await;
    let language = reader.language(holder.language, app.policy().language());
    let receipt_path = match answered {
        Some((_, Narrowed::By(seq))) => Some(receipt_path(app, seq)?),
        _ => None,
    };
    let saved = answered.map(|(done, _)| saved(app, link, done, language));
    let status = match saved {
        Some(Saved::NothingChanged) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let policy = app.policy();
    let choices = preference::choices(app, &policy, link, &holder).await?;
    let why_path = match link.campaign {
        0 => None,
        _ => Some(path(app, LinkKind::Why, link)?),
    };
    let page = PreferencesPage {
        frame: frame(app, language),
        saved,
        receipt_path,
        address: holder.address,
        purposes: choices.iter().map(|own| row(app, own, language)).collect(),
        level: preference::dial(app, link),
        shop_contact: app.policy().controller.contact.clone(),
        why_path,
    };
    Ok(show::page(status, language, &page))
}

fn saved(app: &App, link: &Link, done: Option<Narrowing>, language: Language) -> Saved {
    match done {
        Some(Narrowing::SwitchOff { purpose, channel }) => Saved::SwitchedOff {
            title: app.policy().purpose(&purpose).map_or_else(
                || Texts::of(language).get("all-optional").into_owned(),
                |own| own.title.get(language).to_owned(),
            ),
            channel,
        },
        Some(Narrowing::StopEverything) => Saved::Everything,
        Some(Narrowing::DialDown(level)) => Saved::Dial(level),
        Some(Narrowing::TooPersonal) => Saved::Dial(preference::dial(app, link)),
        None => Saved::NothingChanged,
    }
}

fn row(app: &App, choice: &Choice<'_>, language: Language) -> PurposeRow {
    let date = |since| Texts::of(language).date(since, zone(app));
    let channel = |(channel, permission): &(_, preference::Permission)| ChannelRow {
        channel: *channel,
        permission: match *permission {
            preference::Permission::On { since } => Permission::On { since: date(since) },
            preference::Permission::OnWithoutConsent(basis) => Permission::OnWithoutConsent(basis),
            preference::Permission::Off { since } => Permission::Off { since: date(since) },
            preference::Permission::NeverAgreed => Permission::NeverAgreed,
            preference::Permission::Needed(basis) => Permission::Needed(basis),
        },
    };
    PurposeRow {
        id: choice.purpose.id.to_string(),
        title: choice.purpose.title.get(language).to_owned(),
        explanation: choice.purpose.explanation.get(language).to_owned(),
        channels: choice.channels.iter().map(channel).collect(),
    }
}
