//! `izin import`: a shop's files come in.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use izin_app::import::{self, Consents, Kind, Options, Report};
use izin_core::Language;

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

A contacts file with another column that seems to say who agreed or refused, as opt_out, is refused:
rename or --map it, or leave it out with --ignore COLUMN.
A level lowers the dial and never raises it: everybody begins at 1, and turns it up themselves. Times without an offset are UTC.

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
    /// A column that is not to be read, though it seems to say who agreed or refused
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Only say what would happen
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where refused rows go
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

impl Import {
    fn open(&self, here: &Path) -> anyhow::Result<File> {
        let file = here.join(&self.file);
        File::open(&file).with_context(|| format!("cannot read `{}`", file.display()))
    }

    /// Refuses a file that cannot be opened.
    pub(crate) fn refuse_unreadable(&self, here: &Path) -> anyhow::Result<()> {
        if self.file == Path::new("-") {
            return Ok(());
        }
        self.open(here).map(drop)
    }
}

/// Imports the file and reports.
pub(crate) async fn run(asked: &Import, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let piped = asked.file == Path::new("-");
    let file = shop.path(&asked.file);
    let source: Box<dyn Read + Send> = if piped {
        io.take_input()
    } else {
        Box::new(asked.open(shop.here)?)
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
        leave_out: asked.ignore.clone(),
        dry_run: asked.dry_run,
        rejects,
        language: shop.language(),
    };
    let progress = std::sync::Arc::clone(&io.progress);
    let report = import::run(shop.app, asked.kind, source, options, &*progress).await?;
    if shop.answer.json {
        io.json(&report)?;
    } else {
        tell(&report, shop.language(), io)?;
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

fn tell(report: &Report, language: Language, io: &mut Io) -> anyhow::Result<()> {
    for line in in_words(report, language) {
        io.line(line)?;
    }
    Ok(())
}

/// What came of it: the numbers first, then what somebody has to look at.
fn in_words(report: &Report, language: Language) -> Vec<String> {
    let shown = |path: &Option<PathBuf>| Some(path.as_ref()?.display().to_string());
    let columns = report.ignored_columns.join(", ");
    let of_columns = (!columns.is_empty()).then_some(columns);
    let nobody = report.rejected_naming_nobody.filter(|rows| *rows > 0);
    let (file, removed) = (shown(&report.rejects_file), shown(&report.rejects_removed));
    let words = words(language);
    let mut lines = vec![(words.numbers)(report)];
    lines.extend(report.consents.as_ref().map(words.consents));
    lines.extend(report.barred.filter(|rows| *rows > 0).map(words.barred));
    lines.extend(of_columns.map(|own| (words.columns)(&own)));
    let problems = report.problems.iter();
    lines.extend(problems.map(|problem| format!("  {problem}")));
    lines.extend(nobody.map(words.nobody));
    lines.extend(file.map(|own| (words.refused)(&own)));
    lines.extend(removed.map(|own| (words.removed)(&own)));
    lines.extend(report.dry_run.then(|| words.dry_run.to_owned()));
    lines
}

/// The sentences of one language.
struct Words {
    numbers: fn(&Report) -> String,
    consents: fn(&Consents) -> String,
    barred: fn(u64) -> String,
    columns: fn(&str) -> String,
    nobody: fn(u64) -> String,
    refused: fn(&str) -> String,
    removed: fn(&str) -> String,
    dry_run: &'static str,
}

const fn words(language: Language) -> &'static Words {
    match language {
        Language::Id => &INDONESIAN,
        Language::En => &ENGLISH,
    }
}

const INDONESIAN: Words = Words {
    numbers: |own| {
        let (kind, rows, applied) = (own.kind.as_str(), own.rows, own.applied);
        let (known, refused) = (own.duplicates, own.rejected);
        format!(
            "{kind}: {rows} baris, {applied} diterapkan, {known} sudah diketahui, {refused} \
                     ditolak"
        )
    },
    consents: |own| {
        let (proven, bare, refused) = (own.reachable, own.quarantined, own.refused);
        format!(
            "  persetujuan: {proven} terbukti, {bare} tanpa bukti (disimpan, tetapi tak \
                     seorang pun dihubungi karenanya), {refused} ditolak"
        )
    },
    barred: |rows| {
        format!(
            "  {rows} baris membawa orang baru dengan alamat yang menolak semuanya, seperti alamat \
                     orang yang datanya sudah dihapus: orangnya kini dikenal lagi, tetapi selain pesan penting \
                     tidak ada yang dikirim ke alamat itu"
        )
    },
    columns: |own| {
        format!("  kolom yang tidak disimpan: {own}; --map FIELD=KOLOM menyebut kolom kami")
    },
    nobody: |rows| {
        format!(
            "  {rows} baris yang ditolak tidak menyebut siapa pun yang terbaca: penolakan di \
                     dalamnya tidak tercatat"
        )
    },
    refused: |file| format!("  baris yang ditolak ada di {file}"),
    removed: |file| format!("  {file} dihapus: isinya baris yang ditolak pada impor sebelumnya"),
    dry_run: "  tidak ada yang diubah (--dry-run)",
};

const ENGLISH: Words = Words {
    numbers: |own| {
        let (kind, rows, applied) = (own.kind.as_str(), own.rows, own.applied);
        let (known, refused) = (own.duplicates, own.rejected);
        format!("{kind}: {rows} rows, {applied} applied, {known} known already, {refused} refused")
    },
    consents: |own| {
        let (proven, bare, refused) = (own.reachable, own.quarantined, own.refused);
        format!(
            "  consents: {proven} proven, {bare} without evidence (kept, but nobody is \
                     contacted on them), {refused} refused"
        )
    },
    barred: |rows| {
        format!(
            "  {rows} rows bring somebody new with an address that refuses everything, as that of \
                     somebody who was erased does: they are known again, but nothing is sent to that address \
                     except essential messages"
        )
    },
    columns: |own| format!("  columns not kept: {own}; --map FIELD=COLUMN names one of ours"),
    nobody: |rows| {
        format!(
            "  {rows} of the refused rows name nobody that can be read: a no in them is not \
                     taken"
        )
    },
    refused: |file| format!("  refused rows are in {file}"),
    removed: |file| format!("  {file} was removed: it held refused rows of an earlier run"),
    dry_run: "  nothing was changed (--dry-run)",
};

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
