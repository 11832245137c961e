//! The company's policy as a folder of TOML files: read, checked, compared.
//!
//! One run names every fault of every file, each at its place; a policy with an error is refused
//! whole and never half applied. [`crate::publish`] puts it in force. Start at [`check`]:
//! `folder.rs` reads the files, `shape.rs` says what may stand in them, `draft.rs` turns them into
//! the core's types, `check/` holds the rules, `sentences.toml` their words.

mod check;
mod code;
pub mod diff;
mod draft;
mod file;
mod finding;
mod folder;
mod found;
mod render;
pub mod ropa;
mod sentences;
mod shape;
mod tree;

use std::path::Path;

use izin_core::policy::Hours;
use izin_core::quiet::AllowedHours;
use izin_core::{Channel, Language, Policy, Timestamp};
use izin_store::{Store, StoreError};

use crate::{StartError, publish};

pub use finding::{Fault, Finding, Findings, Place, Severity, Told};

/// Why a policy folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It has faults.
    #[error("the policy has faults; `izin check` shows them too\n{0}")]
    Faults(#[from] Findings),
    /// A published one could not be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<Findings> for StartError {
    fn from(findings: Findings) -> Self {
        Self::Policy(PolicyError::Faults(findings))
    }
}

/// What a look at a folder brought.
#[derive(Debug, Default)]
pub struct Checked {
    /// Everything that was found, by file and place.
    pub findings: Findings,
    /// The policy; absent when a finding is an error.
    pub policy: Option<Policy>,
    /// The shop's own language, as far as its controller says one.
    pub language: Option<Language>,
}

/// Channels that reach a pocket, quiet at night unless the policy says otherwise (design §3.5).
const QUIET_AT_NIGHT: [Channel; 4] = [
    Channel::Sms,
    Channel::Whatsapp,
    Channel::Push,
    Channel::Phone,
];

/// Reads a policy folder and checks it, as the law stands at `now`.
#[must_use]
pub fn check(dir: &Path, now: Timestamp) -> Checked {
    let (sources, mut found) = folder::read(dir);
    let trees: Vec<_> = sources
        .iter()
        .map(|source| tree::parse(source, &mut found))
        .collect();
    let draft = draft::Draft::of(&trees, &mut found);
    check::all(&draft, now, &mut found);
    let language = draft.language();
    let findings = found.into_findings();
    let policy = (!findings.block())
        .then(|| draft.into_policy())
        .flatten()
        .map(with_quiet_nights);
    Checked {
        findings,
        policy,
        language,
    }
}

/// Reads a policy folder that must be in order.
///
/// # Errors
/// [`Findings`], when one of them is an error.
pub fn read(dir: &Path, now: Timestamp) -> Result<Policy, Findings> {
    let Checked {
        findings, policy, ..
    } = check(dir, now);
    policy.ok_or(findings)
}

/// A version as it was published, the newest when none is named; `None`: there is no such.
///
/// # Errors
/// [`PolicyError::Store`]; a version that this release cannot read is damaged.
pub async fn published(store: &Store, version: Option<u32>) -> Result<Option<Policy>, PolicyError> {
    let kept = match version {
        Some(version) => store.policy_version(version).await?,
        None => store.policy().await?,
    };
    let Some(kept) = kept else {
        return Ok(None);
    };
    let policy = publish::read(&kept).ok_or(StoreError::Damaged { what: "policy" })?;
    Ok(Some(policy))
}

/// Adds the usual hours for channels that the policy says nothing about.
fn with_quiet_nights(mut policy: Policy) -> Policy {
    let allowed = AllowedHours::default();
    for channel in QUIET_AT_NIGHT {
        if policy.hours.iter().all(|own| own.channel != channel) {
            policy.hours.push(Hours { channel, allowed });
        }
    }
    policy
}
