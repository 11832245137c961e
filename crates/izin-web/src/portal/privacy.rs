//! `/privacy` and `/privacy.json`: the notice, made from the policy that the gate enforces.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::notice::{self, Notice};
use izin_core::Language;
use izin_core::law;
use izin_core::policy::{Class, Purpose, Text};

use crate::i18n::Texts;
use crate::page::{Basis, Controller, Officer, PrivacyPage, PurposeClass, PurposeNotice, Regime};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::show::{self, failure, frame, private, zone};

pub(crate) async fn page(State(app): State<Arc<App>>, reader: Reader) -> Response {
    let language = reader.language(None, app.policy.language());
    match notice::current(&app).await {
        Ok(notice) => show::page(StatusCode::OK, language, &filled(&app, &notice, language)),
        Err(error) => failure(&app, &reader, &error),
    }
}

pub(crate) async fn json(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let notice = notice::current(&app).await?;
    Ok(private(Json(&notice).into_response()))
}

fn filled(app: &App, notice: &Notice<'_>, language: Language) -> PrivacyPage {
    let controller = notice.controller;
    let regimes = &controller.regimes;
    let purposes = notice.purposes.iter();
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
        purposes: purposes
            .map(|own| purpose(own, regimes, language))
            .collect(),
        version: notice.version.to_string(),
        effective: Texts::of(language).date(notice.effective_from, zone(app)),
    }
}

fn purpose(own: &Purpose, regimes: &[law::Regime], language: Language) -> PurposeNotice {
    let words = |text: &Text| text.get(language).to_owned();
    let basis = basis(own.basis);
    PurposeNotice {
        title: words(&own.title),
        explanation: words(&own.explanation),
        class: class(own.class),
        bases: regimes.iter().map(|own| (regime(*own), basis)).collect(),
        channels: own.channels.clone(),
        fields: vec![words(&own.data)],
        recipients: vec![words(&own.recipients)],
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

const fn basis(basis: law::Basis) -> Basis {
    match basis {
        law::Basis::Consent => Basis::Consent,
        law::Basis::Contract => Basis::Contract,
        law::Basis::LegitimateInterest => Basis::LegitimateInterest,
    }
}

const fn regime(regime: law::Regime) -> Regime {
    match regime {
        law::Regime::UuPdp => Regime::UuPdp,
    }
}
