//! The company's policy as a folder of TOML files: read, checked, published.
//!
//! A policy with a mistake is refused whole, with the place of the mistake. Publishing is an entry
//! in the ledger.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use izin_core::policy::{Class, Controller, Purpose};
use izin_core::{Policy, Timestamp, law};
use izin_store::{Store, StoreError};
use serde::Deserialize;

/// The longest policy file, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Why a policy folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file could not be read.
    #[error("cannot read `{path}`: {why}; `izin init` writes a complete example")]
    File {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        why: String,
    },
    /// A file is not what it should be.
    #[error("`{path}`: {why}")]
    Form {
        /// Which.
        path: PathBuf,
        /// Line, column and what is wrong there.
        why: String,
    },
    /// The declarations contradict each other or the law.
    #[error("`{path}`: {why}")]
    Rule {
        /// Which file.
        path: PathBuf,
        /// What is wrong, and the mend.
        why: String,
    },
    /// It could not be published.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ControllerFile {
    controller: Controller,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposesFile {
    #[serde(rename = "purpose")]
    purposes: Vec<Purpose>,
}

/// Reads `controller.toml` and `purposes.toml` of a policy folder and checks them.
///
/// # Errors
/// [`PolicyError`] names the file, the place and the mend.
pub fn read(dir: &Path, now: Timestamp) -> Result<Policy, PolicyError> {
    let (controller_path, purposes_path) = (dir.join("controller.toml"), dir.join("purposes.toml"));
    let ControllerFile { controller } = parse(&controller_path)?;
    let PurposesFile { purposes } = parse(&purposes_path)?;
    let rule = |path: &Path, why: String| PolicyError::Rule {
        path: path.to_owned(),
        why,
    };
    check_controller(&controller).map_err(|why| rule(&controller_path, why))?;
    let policy = Policy {
        version: 0,
        controller,
        purposes,
    };
    check_purposes(&policy, now).map_err(|why| rule(&purposes_path, why))?;
    Ok(policy)
}

/// Publishes the policy if it differs from the newest published one; answers it with its version,
/// and since when it is in force.
///
/// # Errors
/// [`PolicyError::Store`].
pub async fn publish(
    store: &Store,
    policy: Policy,
    now: Timestamp,
) -> Result<(Policy, Timestamp), PolicyError> {
    let body = serde_json_canonicalizer::to_string(&policy)
        .map_err(|_| StoreError::Damaged { what: "policy" })?;
    let newest = store.policy().await?;
    let (version, since) = match newest {
        Some(newest) if newest.body == body => (newest.version, newest.published_at),
        _ => (store.publish(body, now).await?, now),
    };
    Ok((Policy { version, ..policy }, since))
}

fn parse<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, PolicyError> {
    let file = |why: String| PolicyError::File {
        path: path.to_owned(),
        why,
    };
    let length = std::fs::metadata(path)
        .map_err(|why| file(why.to_string()))?
        .len();
    if length > FILE_BYTES_MAX {
        return Err(file(format!("longer than {FILE_BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|why| file(why.to_string()))?;
    toml::from_str(&text).map_err(|why| PolicyError::Form {
        path: path.to_owned(),
        why: why.to_string(),
    })
}

fn check_controller(controller: &Controller) -> Result<(), String> {
    let texts = [
        ("name", &controller.name),
        ("address", &controller.address),
        ("contact", &controller.contact),
        ("dpo", &controller.dpo),
    ];
    for (field, text) in texts {
        if text.trim().is_empty() {
            return Err(format!(
                "`{field}` is empty; customers are told it in every message"
            ));
        }
        if text.chars().any(char::is_control) {
            return Err(format!(
                "`{field}` has a line break or control character; write one line"
            ));
        }
    }
    if controller.languages.is_empty() {
        return Err("`languages` is empty; name at least one of \"id\", \"en\"".into());
    }
    if controller.country.len() != 2 || !controller.country.bytes().all(|b| b.is_ascii_uppercase())
    {
        return Err("`country` is two capital letters, as \"ID\"".into());
    }
    if controller.regimes.is_empty() {
        return Err("`regimes` is empty; name the laws that bind the shop, as [\"uu-pdp\"]".into());
    }
    Ok(())
}

fn check_purposes(policy: &Policy, now: Timestamp) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for purpose in &policy.purposes {
        if !seen.insert(&purpose.id) {
            return Err(format!(
                "purpose `{}` is declared twice; give one another id",
                purpose.id
            ));
        }
        if purpose.channels.is_empty() {
            return Err(format!(
                "purpose `{}` has no channels; name at least one",
                purpose.id
            ));
        }
        for text in [
            &purpose.title,
            &purpose.explanation,
            &purpose.data,
            &purpose.recipients,
        ] {
            if text.id.trim().is_empty() || text.en.trim().is_empty() {
                return Err(format!(
                    "purpose `{}` leaves a text empty; title, explanation, data and recipients \
                     each need `id` and `en`",
                    purpose.id
                ));
            }
        }
        check_basis(policy, purpose, now)?;
    }
    if policy
        .purposes
        .iter()
        .any(|purpose| purpose.class == Class::Marketing)
    {
        Ok(())
    } else {
        Err("no purpose of class \"marketing\"; campaigns need one".into())
    }
}

/// A basis the law does not give is told here, before the gate would refuse every message.
fn check_basis(policy: &Policy, purpose: &Purpose, now: Timestamp) -> Result<(), String> {
    for regime in &policy.controller.regimes {
        for channel in &purpose.channels {
            let Some(rule) = law::rule(*regime, purpose.class, *channel, now) else {
                return Err(format!(
                    "purpose `{}` has no basis on {channel} under {}",
                    purpose.id,
                    regime.as_str()
                ));
            };
            if !rule.bases.contains(&purpose.basis) {
                let bases: Vec<String> = rule
                    .bases
                    .iter()
                    .map(|basis| format!("{basis:?}").to_lowercase())
                    .collect();
                return Err(format!(
                    "purpose `{}` cannot rest on this basis on {channel}; {} asks for {} ({})",
                    purpose.id,
                    regime.as_str(),
                    bases.join(" or "),
                    rule.article
                ));
            }
        }
    }
    Ok(())
}
