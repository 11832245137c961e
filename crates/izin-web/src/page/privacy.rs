//! `/privacy`: the privacy notice, generated from the policy that the gate enforces.
//!
//! It shows what the policy declares and nothing else, so that it cannot promise what the gate
//! does not keep.

use std::borrow::Cow;

use askama::Template;
use izin_core::law::{Basis, Regime};
use izin_core::{Channel, Level};

use super::Frame;
use crate::i18n::Texts;

/// What kind of thing a purpose is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurposeClass {
    /// Advertising of any kind.
    Marketing,
    /// Surveys, reviews, requested alerts.
    OptionalService,
    /// Orders, safety, duties.
    Essential,
    /// Choosing what is shown.
    Personalisation,
    /// Counts about everybody.
    AggregateStatistics,
    /// Measuring what worked.
    Measurement,
}

impl PurposeClass {
    fn say(self, texts: &Texts) -> Cow<'_, str> {
        match self {
            Self::Marketing => texts.get("class-marketing"),
            Self::OptionalService => texts.get("class-optional-service"),
            Self::Essential => texts.get("class-essential"),
            Self::Personalisation => texts.get("class-personalisation"),
            Self::AggregateStatistics => texts.get("class-aggregate-statistics"),
            Self::Measurement => texts.get("class-measurement"),
        }
    }
}

fn regime(regime: Regime, texts: &Texts) -> Cow<'_, str> {
    match regime {
        Regime::UuPdp => texts.get("regime-uu-pdp"),
        Regime::Gdpr => texts.get("regime-gdpr"),
        Regime::UkGdpr => texts.get("regime-uk-gdpr"),
        Regime::Ccpa => texts.get("regime-ccpa"),
        Regime::UsFederal => texts.get("regime-us-federal"),
        Regime::Casl => texts.get("regime-casl"),
    }
}

/// What a basis means to a person.
pub(super) fn basis(basis: Basis, texts: &Texts) -> Cow<'_, str> {
    match basis {
        Basis::Consent => texts.get("basis-consent"),
        Basis::SoftOptIn => texts.get("basis-soft-opt-in"),
        Basis::ImpliedConsent => texts.get("basis-implied-consent"),
        Basis::Contract => texts.get("basis-contract"),
        Basis::LegalObligation => texts.get("basis-legal-obligation"),
        Basis::LegitimateInterest => texts.get("basis-legitimate-interest"),
        Basis::NoticeOptOut => texts.get("basis-notice-opt-out"),
        Basis::Contextual => texts.get("basis-contextual"),
    }
}

/// The data protection officer.
pub struct Officer {
    /// Name or title.
    pub name: String,
    /// Where to write.
    pub contact: String,
}

/// Who is responsible.
pub struct Controller {
    /// The company's name.
    pub name: String,
    /// Its postal address, one line.
    pub address: String,
    /// Where to write.
    pub contact: String,
    /// The data protection officer, if the policy names one.
    pub officer: Option<Officer>,
}

/// One purpose as the policy declares it; texts in the page's language.
pub struct PurposeNotice {
    /// Its title.
    pub title: String,
    /// Its explanation.
    pub explanation: String,
    /// What kind of thing it is.
    pub class: PurposeClass,
    /// Its basis under each law that binds the shop.
    pub bases: Vec<(Regime, Basis)>,
    /// Its channels; empty when it contacts nobody.
    pub channels: Vec<Channel>,
    /// The data it uses, by what the data dictionary calls them.
    pub fields: Vec<String>,
    /// Who else receives them; empty when nobody.
    pub recipients: Vec<String>,
    /// How long the data are kept, e.g. `24 months after your last order`.
    pub retention: String,
    /// How personal it may become at most.
    pub highest_level: Level,
}

/// The privacy notice.
#[derive(Template)]
#[template(path = "privacy.html")]
pub struct PrivacyPage {
    /// Language and shop.
    pub frame: Frame,
    /// Who is responsible.
    pub controller: Controller,
    /// The shop's own words at the head, if the policy has any.
    pub opening: Option<String>,
    /// The shop's own words at the end, likewise.
    pub closing: Option<String>,
    /// Every live purpose.
    pub purposes: Vec<PurposeNotice>,
    /// The version of this notice.
    pub version: String,
    /// The day it took effect.
    pub effective: String,
}

impl PrivacyPage {
    /// The levels some purpose uses, least personal first.
    fn levels(&self) -> impl Iterator<Item = Level> {
        let highest = self
            .purposes
            .iter()
            .map(|purpose| purpose.highest_level)
            .max();
        Level::ALL
            .into_iter()
            .filter(move |level| Some(*level) <= highest)
    }
}
