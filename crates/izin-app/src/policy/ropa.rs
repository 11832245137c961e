//! The record of processing (GDPR art. 30(1), UU PDP art. 31): one row for each purpose, made from
//! the policy that the gate enforces.

use izin_core::policy::{Purpose, Role, Text};
use izin_core::{Language, Policy};
use serde::Serialize;

/// How a company says that nothing goes to other countries.
const NONE: [&str; 5] = ["tidak ada", "nihil", "none", "no", "-"];

/// One row: what article 30(1)(a) to (g) asks for, and what Izin adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The purpose's name in files.
    pub purpose: String,
    /// (a) The controller's name.
    pub controller: String,
    /// (a) Its postal address.
    pub address: String,
    /// (a) Where it is written to.
    pub contact: String,
    /// (a) The data protection officer's address.
    pub dpo: String,
    /// (b) What the purpose is called.
    pub title: String,
    /// (b) What it means.
    pub explanation: String,
    /// (b) The legal basis under each binding regime.
    pub basis: String,
    /// (c) Whose data it is.
    pub subjects: String,
    /// (c) Which data.
    pub data: String,
    /// (c) Their categories, as DPV terms.
    pub categories: String,
    /// (c) The sensitive codes they reveal.
    pub sensitive: String,
    /// (d) Who else receives data, with role and country.
    pub recipients: String,
    /// (e) Transfers to other countries: recipients there, and the company's own words.
    pub transfers: String,
    /// (e) What protects the data at recipients abroad.
    pub safeguards: String,
    /// (f) Days until erasure.
    pub retention_days: u32,
    /// (g) What keeps the data safe.
    pub measures: String,
    /// The channels used.
    pub channels: String,
    /// The system that does it.
    pub system: String,
    /// Whether a machine alone decides something that matters to the person.
    pub automated_decision: bool,
    /// The impact assessment it rests on; empty when none is needed.
    pub dpia: String,
}

/// The record of processing of a policy in one language, in the order of its purposes.
#[must_use]
pub fn records(policy: &Policy, language: Language) -> Vec<Record> {
    let one = |purpose| record(policy, purpose, language);
    policy.purposes.iter().map(one).collect()
}

fn record(policy: &Policy, purpose: &Purpose, language: Language) -> Record {
    let say = |text: &Text| text.get(language).to_owned();
    let controller = &policy.controller;
    let ropa = purpose.ropa.as_ref();
    let recipients = || policy.recipients_of(purpose);
    let said =
        |of: fn(&izin_core::policy::Ropa) -> &Text| ropa.map(of).map(say).unwrap_or_default();
    Record {
        purpose: purpose.id.to_string(),
        controller: controller.name.clone(),
        address: controller.address.clone(),
        contact: controller.contact.clone(),
        dpo: controller.dpo.clone(),
        title: say(&purpose.title),
        explanation: say(&purpose.explanation),
        basis: bases(policy, purpose),
        subjects: said(|own| &own.subjects),
        data: list(policy.fields_of(purpose).map(|own| say(&own.title))),
        categories: list(policy.fields_of(purpose).map(|own| own.category.clone())),
        sensitive: list(purpose.sensitive.iter().map(|own| own.to_string())),
        recipients: list(recipients().map(|own| {
            let role = role(own.role, language);
            format!("{} ({role}, {})", say(&own.name), own.country)
        })),
        transfers: transfers(policy, purpose, language),
        safeguards: list(recipients().filter_map(|own| own.safeguard.clone())),
        retention_days: purpose.retention_days,
        measures: said(|own| &own.measures),
        channels: list(purpose.channels.iter().map(|own| own.to_string())),
        system: ropa.map(|own| own.system.clone()).unwrap_or_default(),
        automated_decision: ropa.is_some_and(|own| own.automated_decision),
        dpia: purpose.dpia.map(|own| own.to_string()).unwrap_or_default(),
    }
}

/// Who receives data in another country, and what the company says besides; its *none* is left out
/// where there is somebody.
fn transfers(policy: &Policy, purpose: &Purpose, language: Language) -> String {
    let home = policy.controller.country;
    let abroad = policy.recipients_of(purpose);
    let abroad = abroad.filter(|own| own.country != home);
    let mut told: Vec<String> = abroad
        .map(|own| format!("{} ({})", own.name.get(language), own.country))
        .collect();
    let said = purpose.ropa.as_ref().map(|own| own.transfers.get(language));
    let says_none = |text: &str| {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        NONE.contains(&&*text)
    };
    told.extend(
        said.filter(|own| told.is_empty() || !says_none(own))
            .map(str::to_owned),
    );
    list(told.into_iter())
}

fn bases(policy: &Policy, purpose: &Purpose) -> String {
    let regimes = policy.controller.regimes.iter();
    list(regimes.filter_map(|regime| {
        let basis = purpose.basis.under(*regime)?;
        Some(format!("{regime}: {basis}"))
    }))
}

/// On whose behalf a recipient acts, in words (UU PDP art. 1, GDPR art. 4).
const fn role(role: Role, language: Language) -> &'static str {
    match (role, language) {
        (Role::Processor, Language::Id) => "prosesor",
        (Role::Processor, Language::En) => "processor",
        (Role::Independent, Language::Id) => "pengendali mandiri",
        (Role::Independent, Language::En) => "independent controller",
    }
}

/// Several values in one cell.
fn list(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join("; ")
}
