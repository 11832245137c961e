//! `izin policy`: read it, its record of processing, and what changed between two versions.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use izin_app::policy::diff::{self, Change, Kind};
use izin_app::policy::{self, ropa};
use izin_app::stranded;
use izin_core::policy::Purpose;
use izin_core::{Language, Policy};
use serde_json::json;

use super::check::from_here;
use super::publish::{self, Publish};
use crate::execute::{Runner, Shop};
use crate::exit::Exit;
use crate::io::Io;

/// Show the policy, its record of processing or what changed; publish it
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    Show(Show),
    Diff(Diff),
    Publish(Publish),
}

/// Show the policy of the folder, or a version as it was published
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin policy show
  izin policy show --version 3 --json
  izin policy show --ropa --lang en > ropa.csv")]
pub(crate) struct Show {
    /// A published version; absent: the folder as it is now
    #[arg(long, value_name = "N")]
    version: Option<u32>,
    /// The record of processing (GDPR art. 30, UU PDP art. 31) as CSV, or JSON with --json
    #[arg(long)]
    ropa: bool,
}

/// Say what changed from a published version, and who must be told
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin policy diff
  izin policy diff --from 3
  izin policy diff --from 2 --to 3 --json")]
pub(crate) struct Diff {
    /// The earlier version; absent: the newest published
    #[arg(long, value_name = "N")]
    from: Option<u32>,
    /// The later version; absent: the folder as it is now
    #[arg(long, value_name = "N")]
    to: Option<u32>,
}

/// Does what was asked.
pub(crate) async fn run(
    asked: &PolicyCommand,
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    match asked {
        PolicyCommand::Show(asked) => show(asked, shop, io).await,
        PolicyCommand::Diff(asked) => compare(asked, shop, io).await,
        PolicyCommand::Publish(asked) => publish::run(asked, shop, io).await,
    }
}

async fn show(asked: &Show, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let policy = version_or_folder(asked.version, shop).await?;
    let language = shop.language();
    match (asked.ropa, shop.answer.json) {
        (true, true) => io.json(&ropa::records(&policy, language))?,
        (true, false) => csv_rows(&policy, language, io)?,
        (false, true) => io.json(&policy)?,
        (false, false) => {
            for purpose in &policy.purposes {
                io.line(in_words(purpose, language))?;
            }
        }
    }
    Ok(Exit::Fine)
}

fn in_words(purpose: &Purpose, language: Language) -> String {
    let channels: Vec<&str> = purpose.channels.iter().map(|own| own.as_str()).collect();
    let bases: Vec<&str> = purpose
        .basis
        .claimed()
        .iter()
        .map(|own| own.as_str())
        .collect();
    let fields: Vec<&str> = purpose.fields.iter().map(|own| own.as_str()).collect();
    let (level, days) = (purpose.highest_level, purpose.retention_days);
    let words = match language {
        Language::Id => [
            "saluran",
            "dasar",
            "data",
            "tingkat tertinggi",
            "hari disimpan",
        ],
        Language::En => ["channels", "basis", "data", "highest level", "days kept"],
    };
    let [on, basis, data, highest, kept] = words;
    format!(
        "{} ({}): {}\n  {on}: {}; {basis}: {}; {highest}: {level}; {kept}: {days}\n  {data}: {}",
        purpose.id,
        purpose.class.as_str(),
        purpose.title.get(language),
        channels.join(", "),
        bases.join(", "),
        fields.join(", "),
    )
}

fn csv_rows(policy: &Policy, language: Language, io: &mut Io) -> anyhow::Result<()> {
    let mut rows = csv::Writer::from_writer(&mut io.out);
    for record in ropa::records(policy, language) {
        rows.serialize(record)?;
    }
    rows.flush()?;
    Ok(())
}

async fn compare(asked: &Diff, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let old = policy::published(&shop.app.store, asked.from).await?;
    let old = old.with_context(|| missing(asked.from))?;
    let new = version_or_folder(asked.to, shop).await?;
    let changes = diff::diff(&old, &new);
    let concerned = diff::concerned(&new, &changes);
    let stranded = stranded::noes(shop.app, &new);
    if shop.answer.json {
        io.json(&json!({
            "from": old.version,
            "changes": changes,
            "concerned": concerned,
            "stranded": stranded,
        }))?;
        return Ok(Exit::Fine);
    }
    let language = shop.language();
    if changes.is_empty() {
        io.line(match language {
            Language::Id => "Tidak ada yang berubah.",
            Language::En => "Nothing has changed.",
        })?;
    }
    for change in &changes {
        io.line(line(change, language))?;
    }
    if !concerned.is_empty() {
        io.line(match language {
            Language::Id => "\nYang harus diberi tahu:",
            Language::En => "\nWho must be told:",
        })?;
    }
    for own in &concerned {
        io.line(format_args!(
            "  {} / {}: {}",
            own.purpose,
            own.channel,
            follows(own.kind, language)
        ))?;
    }
    for own in &stranded {
        io.line(own.sentence().get(language))?;
    }
    Ok(Exit::Fine)
}

/// What follows from a change, the purposes it is about, and what it was and is.
pub(super) fn line(change: &Change, language: Language) -> String {
    let follows = follows(change.kind, language);
    let purposes: Vec<&str> = change.purposes.iter().map(|own| own.as_str()).collect();
    let purposes = match purposes.join(", ") {
        none if none.is_empty() => none,
        some => format!(" ({some})"),
    };
    format!("{follows}{purposes}: {}", change.sentence.get(language))
}

const fn follows(kind: Kind, language: Language) -> &'static str {
    match (kind, language) {
        (Kind::Editorial, Language::Id) => "redaksional",
        (Kind::Editorial, Language::En) => "editorial",
        (Kind::NotifyBefore, Language::Id) => "beri tahu lebih dulu",
        (Kind::NotifyBefore, Language::En) => "tell them before",
        (Kind::ReConsent, Language::Id) => "minta persetujuan kembali",
        (Kind::ReConsent, Language::En) => "ask for consent again",
    }
}

async fn version_or_folder(version: Option<u32>, shop: &Shop<'_>) -> anyhow::Result<Policy> {
    let Some(version) = version else {
        return folder(shop);
    };
    match policy::published(&shop.app.store, Some(version)).await? {
        Some(policy) => Ok(policy),
        None => bail!(missing(Some(version))),
    }
}

/// The folder as it is now, or its faults as `izin check` tells them.
pub(super) fn folder(shop: &Shop<'_>) -> anyhow::Result<Policy> {
    let own = &shop.app.settings.policy;
    // A server's own folder is not the asker's: only a process of the asker's shortens the path.
    let path = match shop.runner {
        Runner::Alone => from_here(own),
        Runner::Server => own.clone(),
    };
    let looked = policy::check(&path, shop.app.clock.now());
    let language = shop.language();
    looked.policy.with_context(|| {
        let faults = looked.findings.render(language, false);
        format!("the policy has faults\n{faults}")
    })
}

fn missing(version: Option<u32>) -> String {
    match version {
        Some(version) => format!("there is no published version {version} of the policy"),
        None => "no policy was published yet; `izin policy publish` publishes the first".to_owned(),
    }
}
