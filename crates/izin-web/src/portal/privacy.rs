//! `/privacy` and `/privacy.json`: the notice, made from the policy that the gate enforces.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::notice::{self, Notice};
use izin_core::policy::{Class, Purpose, Text};
use izin_core::{Language, Policy};

use crate::i18n::Texts;
use crate::page::{Controller, Officer, PrivacyPage, PurposeClass, PurposeNotice};
use crate::problem::{Code, Problem};
use crate::reader::Reader;
use crate::show::{self, failure, frame, private, zone};

/// Lists of the policy: as a file names each part, and as the notice names them all.
const LISTS: [(&str, &str); 9] = [
    ("purpose", "purposes"),
    ("field", "fields"),
    ("recipient", "recipients"),
    ("form", "forms"),
    ("topic", "topics"),
    ("cap", "caps"),
    ("sender", "senders"),
    ("category", "categories"),
    ("dpia", "dpias"),
];

pub(crate) async fn page(State(app): State<Arc<App>>, reader: Reader) -> Response {
    let language = reader.language(None, app.policy().language());
    match notice::current(&app).await {
        Ok(notice) => show::page(StatusCode::OK, language, &filled(&app, &notice, language)),
        Err(error) => failure(&app, &reader, &error),
    }
}

pub(crate) async fn json(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let notice = notice::current(&app).await?;
    let mut data = serde_json::to_value(&notice).map_err(|_| Problem::of(Code::Internal))?;
    if let Some(lists) = data.as_object_mut() {
        for (one, all) in LISTS {
            if let Some(list) = lists.remove(one) {
                lists.insert(all.to_owned(), list);
            }
        }
    }
    Ok(private(Json(data).into_response()))
}

fn filled(app: &App, notice: &Notice, language: Language) -> PrivacyPage {
    let policy = &notice.policy;
    let controller = &policy.controller;
    let purposes = policy.purposes.iter();
    let words = |own: &Option<Text>| own.as_ref().map(|own| own.get(language).to_owned());
    PrivacyPage {
        frame: frame(app, language),
        controller: Controller {
            name: controller.name.clone(),
            address: controller.address.clone(),
            contact: controller.contact.clone(),
            officer: Some(Officer {
                name: Texts::of(language).get("privacy-officer").into_owned(),
                contact: controller.dpo.clone(),
            }),
        },
        opening: words(&policy.notice.opening),
        closing: words(&policy.notice.closing),
        purposes: purposes.map(|own| purpose(policy, own, language)).collect(),
        version: policy.version.to_string(),
        effective: Texts::of(language).date(notice.effective_from, zone(app)),
    }
}

fn purpose(policy: &Policy, own: &Purpose, language: Language) -> PurposeNotice {
    let words = |text: &Text| text.get(language).to_owned();
    let regimes = policy.regimes().iter();
    PurposeNotice {
        title: words(&own.title),
        explanation: words(&own.explanation),
        class: class(own.class),
        bases: regimes
            .filter_map(|regime| Some((regime, own.basis.under(regime)?)))
            .collect(),
        channels: own.channels.clone(),
        fields: policy.fields_of(own).map(|own| words(&own.title)).collect(),
        recipients: policy
            .recipients_of(own)
            .map(|own| words(&own.name))
            .collect(),
        retention: Texts::of(language)
            .say("privacy-retention-days")
            .with("n", own.retention_days)
            .to_string(),
        highest_level: own.highest_level,
    }
}

const fn class(class: Class) -> PurposeClass {
    match class {
        Class::Marketing => PurposeClass::Marketing,
        Class::OptionalService => PurposeClass::OptionalService,
        Class::Essential => PurposeClass::Essential,
        Class::Personalisation => PurposeClass::Personalisation,
        Class::AggregateStatistics => PurposeClass::AggregateStatistics,
        Class::Measurement => PurposeClass::Measurement,
    }
}
