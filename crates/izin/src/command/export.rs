//! `izin export`: consent records, the do-not-contact list, everything about one person.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use izin_app::consent::RecordFormat;
use izin_app::{act, export};
use izin_core::{Language, SubjectId};
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;
use crate::subject;

/// Write what is kept to standard output
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    Consents(Consents),
    /// The do-not-contact list as CSV
    #[command(after_help = "\
Example:
  izin export suppressions > suppressions.csv

Each line is a no that stands for an address, whoever holds it: its random name, the ledger's entry,
the kind of no, what it covers, when it was said and where it came in. The addresses are not there:
of them only keyed hashes are kept, which nobody can turn back. --json gives one object a line.")]
    Suppressions,
    /// Everything a shop needs to leave, into a new folder
    #[command(after_help = "\
Example:
  izin export all /secure/leaving

Contacts, suppressions, catalogue and purchases as `izin import` reads them, every consent as a record,
the whole ledger with its proofs, the policy, and a README that says what is what. It holds personal
values in the open. A shop that takes the files in denies and allows the same.")]
    All {
        /// The folder; new or empty
        folder: PathBuf,
    },
    /// Everything about one person as JSON: the answer to a request for access
    #[command(after_help = "\
Example:
  izin export subject customer:10042 > answer.json

It holds names, addresses, purchases, messages and what was said, in the open, and `processing`: the
purposes with their bases and what they allow today, kinds of data with their source, recipients, how
long, how personal and by what logic, and the person's rights (GDPR art. 15, UU PDP art. 7). Their
consents as records that other systems read: izin export consents --subject.

Make sure that the person who asked is the one it is about, give it to nobody else, and delete the
file.")]
    Subject {
        /// email:…, phone:…, customer:… or id:…
        subject: Personal,
    },
}

/// Every consent as a record, one JSON document a line; or one person's
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin export consents > consents.ndjson
  izin export consents --format kantara > receipts.ndjson
  izin export consents --subject customer:10042 > their-consents.ndjson

People appear under random names only. A consent that lacks what a record must hold is left out and
counted on standard error; the exit code is then 1.")]
pub(crate) struct Consents {
    /// ISO/IEC TS 27560 in JSON-LD, or Kantara consent receipt 1.1
    #[arg(long, value_name = "27560|kantara", default_value_t)]
    format: RecordFormat,
    /// Only this person's: email:…, phone:…, customer:… or id:…
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<Personal>,
}

/// Writes what was asked for.
pub(crate) async fn run(asked: &Export, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        Export::Consents(asked) => consents(asked, shop, io).await,
        Export::Suppressions => suppressions(shop, io),
        Export::All { folder } => all(&shop.path(folder), shop, io).await,
        Export::Subject { subject } => {
            let subject = person(subject, shop)?;
            let everything = export::subject(shop.app, subject).await?;
            serde_json::to_writer_pretty(&mut io.out, &everything)
                .context("the answer could not be written")?;
            io.line("")?;
            Ok(Exit::Fine)
        }
    }
}

/// The one person that somebody named.
fn person(named: &Personal, shop: &Shop<'_>) -> anyhow::Result<SubjectId> {
    let home = shop.app.policy().controller.country;
    let who = subject::parse(named, home.as_str())?;
    Ok(act::one(shop.app, &who)?)
}

async fn consents(asked: &Consents, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let people = match &asked.subject {
        Some(named) => vec![person(named, shop)?],
        None => shop.app.gate.everybody(),
    };
    let total = u64::try_from(people.len()).unwrap_or(u64::MAX);
    let (mut written, mut left_out) = (0_u64, 0_u64);
    for (done, subject) in (1_u64..).zip(people) {
        for (seq, record) in export::consents(shop.app, subject, asked.format).await? {
            match record {
                Ok(record) => {
                    io.json(&record)?;
                    written += 1;
                }
                Err(why) => {
                    left_out += 1;
                    let said = match shop.language() {
                        Language::Id => format!("entri {seq} tidak disertakan: {why}"),
                        Language::En => format!("entry {seq} is left out: {why}"),
                    };
                    writeln!(io.err, "{said}")?;
                }
            }
        }
        (io.progress)(done, total);
    }
    writeln!(
        io.err,
        "{}",
        json!({ "written": written, "left_out": left_out })
    )?;
    Ok(if left_out > 0 {
        Exit::Findings
    } else {
        Exit::Fine
    })
}

async fn all(folder: &Path, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let progress = std::sync::Arc::clone(&io.progress);
    let left = export::all::everything(shop.app, folder, &*progress).await?;
    if shop.answer.json {
        io.json(&json!({ "folder": folder, "written": left }))?;
    } else {
        let (people, entries, folder) = (left.people, left.entries, folder.display());
        io.line(match shop.language() {
            Language::En => format!(
                "{people} people and {entries} entries are in {folder}; README.md there says what is what"
            ),
            Language::Id => format!(
                "{people} orang dan {entries} entri ada di {folder}; README.md di sana menjelaskannya"
            ),
        })?;
    }
    Ok(Exit::Fine)
}

fn suppressions(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let all = export::suppressions(shop.app)?;
    if shop.answer.json {
        all.iter().try_for_each(|own| io.json(own))?;
        return Ok(Exit::Fine);
    }
    let mut rows = csv::Writer::from_writer(&mut io.out);
    if all.is_empty() {
        rows.write_record(export::Suppression::COLUMNS)?;
    }
    for own in &all {
        rows.serialize(own)?;
    }
    rows.flush()?;
    Ok(Exit::Fine)
}
