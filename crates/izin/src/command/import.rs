//! `izin import`: a shop's files come in.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use izin_app::import::{self, Kind, Options, Report};

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;

const EXAMPLES: &str = "\
Examples:
  izin import contacts contacts.csv
  izin import contacts crm.csv --map email=Mail --map customer=Nr --dry-run
  gunzip -c sales.csv.gz | izin import purchases - --rejects sales-rejected.csv

Columns (* needed; others are never kept):
  contacts      one of customer, email, phone *; name, language (id, en), country, zone, level (0-3),
                consent_<purpose>_<channel> (yes or no) as consent_marketing_email,
                consent_at, consent_evidence: without evidence a yes contacts nobody
  purchases     order_id*, ts*, product_id*, quantity*, unit_price*, customer_id (empty: a guest),
                description, country, category, currency
  catalog       product_id*, title*, description, category, price, in_stock, url, image
  suppressions  one of email, phone *; channel (empty: all), reason, occurred_at
A level of 2 also needs consent_personalisation_email. Times without an offset are UTC.

Refused rows go to a file beside FILE, as contacts.rejected.csv (or what --rejects names), with
their reasons; the exit code is then 1. Mend them there and import that file. An import never lifts
a refusal. docs/book/import.md says more, with an example of each file.";

/// Import contacts, purchases, the catalogue or a do-not-contact list
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    /// What the file holds: contacts, purchases, catalog or suppressions
    kind: Kind,
    /// CSV or NDJSON, also gzipped; - for standard input
    file: PathBuf,
    /// What the file calls a field
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Only say what would happen
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where refused rows go
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// Imports the file and reports.
pub(crate) async fn run(asked: &Import, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let piped = asked.file == Path::new("-");
    let file = shop.path(&asked.file);
    let source: Box<dyn Read + Send> = if piped {
        io.take_input()
    } else {
        let opened = File::open(&file);
        Box::new(opened.with_context(|| format!("cannot read `{}`", file.display()))?)
    };
    let rejects = match &asked.rejects {
        Some(named) => shop.path(named),
        None if piped => shop.here.join(format!("{}.rejected", asked.kind.as_str())),
        None => rejects_beside(&file),
    };
    anyhow::ensure!(
        piped || !are_one(&file, &rejects),
        "`{}` is the file to import; name another for refused rows with --rejects",
        rejects.display()
    );
    let options = Options {
        map: asked.map.clone(),
        dry_run: asked.dry_run,
        rejects,
    };
    let progress = std::sync::Arc::clone(&io.progress);
    let report = import::run(shop.app, asked.kind, source, options, &*progress).await?;
    if shop.answer.json {
        io.json(&report)?;
    } else {
        tell(&report, io)?;
    }
    Ok(if report.rejected > 0 {
        Exit::Findings
    } else {
        Exit::Fine
    })
}

/// Whether both paths lead to one file that is there.
fn are_one(a: &Path, b: &Path) -> bool {
    let (a, b) = (a.canonicalize(), b.canonicalize());
    a.is_ok_and(|a| b.is_ok_and(|b| a == b))
}

/// `contacts.rejected.csv` beside `contacts.csv` and `contacts.csv.gz`.
fn rejects_beside(file: &Path) -> PathBuf {
    let plain = match file.extension() {
        Some(ending) if ending == "gz" => file.with_extension(""),
        _ => file.to_owned(),
    };
    let ending = plain.extension().map(|own| own.to_string_lossy());
    let ending = ending.map_or_else(|| "rejected".to_owned(), |own| format!("rejected.{own}"));
    plain.with_extension(ending)
}

fn tell(report: &Report, io: &mut Io) -> anyhow::Result<()> {
    let Report {
        rows,
        applied,
        duplicates,
        rejected,
        ..
    } = report;
    let kind = report.kind.as_str();
    io.line(format_args!(
        "{kind}: {rows} rows, {applied} applied, {duplicates} known already, {rejected} refused"
    ))?;
    if let Some(consents) = report.consents {
        io.line(format_args!(
            "  consents: {} proven, {} without evidence (kept, but nobody is contacted on them), {} refused",
            consents.reachable, consents.quarantined, consents.refused
        ))?;
    }
    if !report.ignored_columns.is_empty() {
        io.line(format_args!(
            "  columns not kept: {}; --map FIELD=COLUMN names one of ours",
            report.ignored_columns.join(", ")
        ))?;
    }
    for problem in &report.problems {
        io.line(format_args!("  {problem}"))?;
    }
    if let Some(file) = &report.rejects_file {
        io.line(format_args!("  refused rows are in {}", file.display()))?;
    }
    if report.dry_run {
        io.line("  nothing was changed (--dry-run)")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_rows_never_go_where_the_file_itself_is() {
        for (file, rejects) in [
            ("a/kontak.csv", "a/kontak.rejected.csv"),
            ("kontak.ndjson.gz", "kontak.rejected.ndjson"),
            ("kontak", "kontak.rejected"),
            ("kontak.gz", "kontak.rejected"),
        ] {
            assert_eq!(rejects_beside(Path::new(file)), Path::new(rejects));
        }
    }
}
