//! `/why/{token}`: by whose permission one message came, how personal it was, from which data.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use izin_app::App;
use izin_app::link::{Link, LinkKind};
use izin_app::preference;
use izin_app::why::{self, DataUsed, Why};
use izin_core::{Level, Origin, Reason};
use izin_store::StoreError;

use super::{Token, opened, path, wrong_method};
use crate::i18n::Texts;
use crate::page::{ConsentView, WhyPage};
use crate::reader::Reader;
use crate::show::{self, failure, frame, not_found, zone};

pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    token: Token,
    reader: Reader,
    request: Request,
) -> Response {
    let Some(link) = opened(&app, LinkKind::Why, &token) else {
        return not_found(&app, &reader);
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return wrong_method("GET, HEAD");
    }
    let shown = match why::of(&app, &link).await {
        Ok(Some(why)) => show(&app, &link, &reader, why).await,
        Ok(None) => return not_found(&app, &reader),
        Err(error) => Err(error),
    };
    shown.unwrap_or_else(|error| failure(&app, &reader, &error))
}

async fn show(app: &App, link: &Link, reader: &Reader, why: Why) -> Result<Response, StoreError> {
    let holder = preference::holder(app, link).await;
    let language = reader.language(holder.language, app.policy().language());
    let texts = Texts::of(language);
    let date = |moment| texts.date(moment, zone(app));
    let data = |own: &DataUsed| {
        let data = match own {
            DataUsed::Name => texts.get("data-name"),
            DataUsed::Language => texts.get("data-language"),
            DataUsed::Purchases => texts.get("data-purchases"),
        };
        data.into_owned()
    };
    let page = WhyPage {
        frame: frame(app, language),
        sent: date(why.sent),
        channel: why.channel,
        address: holder.address,
        basis: basis(app, &why, texts),
        consent: why.yes.map(|yes| ConsentView {
            given: date(yes.given),
            source: source(yes.origin, texts),
            notice: yes.policy.map(|version| version.to_string()),
        }),
        level: why.level,
        data: why.data.iter().map(data).collect(),
        decision: chosen(why.level, texts),
        decision_code: why.reason.code().to_owned(),
        seq: why.seq.0,
        campaign: why.campaign,
        stopped_since: preference::opted_out(app, link).map(|own| date(own.since)),
        preferences_path: path(app, LinkKind::Preferences, link)?,
        opt_out_path: path(app, LinkKind::OptOut, link)?,
    };
    Ok(show::page(StatusCode::OK, language, &page))
}

fn basis(app: &App, why: &Why, texts: &Texts) -> String {
    let policy = app.policy();
    let purpose = policy.purpose(&why.purpose);
    let title = purpose.map_or(why.purpose.as_str(), |own| own.title.get(texts.language()));
    let basis = match why.reason {
        Reason::Consent => texts.get("basis-consent"),
        Reason::Contract => texts.get("basis-contract"),
        Reason::LegitimateInterest => texts.get("basis-legitimate-interest"),
        other => other.sentence(texts.language()).into(),
    };
    let sentence = texts.say("why-basis").with("basis", basis);
    sentence
        .with("purpose", title)
        .with("channel", texts.channel(why.channel))
        .to_string()
}

fn source(origin: Origin, texts: &Texts) -> String {
    let source = match origin {
        Origin::OneClick | Origin::Page => texts.get("source-page"),
        Origin::Api => texts.get("source-api"),
        Origin::Import | Origin::Izin => texts.get("source-import"),
        Origin::Text | Origin::Mail | Origin::Provider => texts.get("source-message"),
        Origin::Agent => texts.get("source-agent"),
    };
    source.into_owned()
}

fn chosen(level: Level, texts: &Texts) -> String {
    let chosen = match level {
        Level::Contextual => texts.get("chosen-contextual"),
        Level::Trends => texts.get("chosen-trends"),
        Level::Purchases | Level::Browsing => texts.get("chosen-purchases"),
    };
    chosen.into_owned()
}
