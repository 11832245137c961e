//! Files from the shop: contacts, purchases, catalogue, suppressions.
//!
//! A file is looked through once before anything is applied, so that one that cannot be read to
//! its end changes nothing. Then good rows are applied and bad rows go to a rejects file with
//! their reasons. An import never lifts a refusal (design §3.7).

mod intake;
mod rejects;
mod report;
pub mod row;
pub mod table;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use izin_core::{Language, PurposeId};
use izin_store::{ImportRun, StoreError};
use serde::Serialize;

pub use report::{Consents, Report};

use crate::campaign::Progress;
use crate::{App, queue};
use intake::{Catalogue, Contacts, Counts, Intake, Named, Purchases, Suppressions};
use rejects::Rejects;
use table::{BadRow, ColumnMap, MapError, Next, Table, TableError};

/// Rows between two words about progress.
const ROWS_PER_WORD: u64 = 2_000;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// People, with what they agreed to and refused.
    Contacts,
    /// Lines of orders.
    Purchases,
    /// Products.
    Catalog,
    /// Addresses that must not be contacted.
    Suppressions,
}

/// Why a text is no kind of file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of file `{0}`; kinds are contacts, purchases, catalog, suppressions")]
pub struct KindError(String);

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Contacts,
        Self::Purchases,
        Self::Catalog,
        Self::Suppressions,
    ];

    /// The name used at the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Purchases => "purchases",
            Self::Catalog => "catalog",
            Self::Suppressions => "suppressions",
        }
    }

    /// Whether its rows may say that somebody refuses.
    const fn may_hold_noes(self) -> bool {
        matches!(self, Self::Contacts | Self::Suppressions)
    }
}

impl FromStr for Kind {
    type Err = KindError;

    fn from_str(text: &str) -> Result<Self, KindError> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| KindError(text.to_owned()))
    }
}

/// How to read a file.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the file calls our fields: `FIELD=COLUMN`.
    pub map: Vec<String>,
    /// Columns that are not to be read, whatever they seem to say.
    pub leave_out: Vec<String>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Where refused rows go; made only when there are any, and taken away when there are none.
    pub rejects: PathBuf,
    /// The language in which refused rows are told.
    pub language: Language,
}

/// Why a file was not imported. Nothing was applied, except after [`ImportError::BrokenOff`].
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A `--map` is wrong.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The file cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A column is about a purpose the policy does not have on that channel.
    #[error(
        "column `consent_{purpose}_{channel}` is about a purpose that the policy does not have on \
         {channel}; declare it in purposes.toml, or leave the column out"
    )]
    UnknownPurpose {
        /// The purpose.
        purpose: PurposeId,
        /// The channel.
        channel: izin_core::Channel,
    },
    /// A file of ours cannot be written.
    #[error("cannot write `{path}`: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        why: io::Error,
    },
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Rows stand already; importing the file again goes on behind them.
    #[error(
        "the import broke off, and the first {stood} of {total} rows stand. Import the same file again when what \
         stopped it is mended: rows that stand are known then and change nothing"
    )]
    BrokenOff {
        /// How many rows stand at least.
        stood: u64,
        /// How many the file has.
        total: u64,
        /// What stopped it.
        #[source]
        why: Box<Self>,
    },
}

/// Imports a file, or says what an import would do.
///
/// # Errors
/// [`ImportError`].
pub async fn run(
    app: &App,
    kind: Kind,
    source: Box<dyn Read + Send>,
    options: Options,
    progress: Progress<'_>,
) -> Result<Report, ImportError> {
    let now = app.clock.now();
    match kind {
        Kind::Contacts => import(app, kind, source, options, (Contacts::at(now), progress)).await,
        Kind::Purchases => {
            import(app, kind, source, options, (Purchases::default(), progress)).await
        }
        Kind::Catalog => import(app, kind, source, options, (Catalogue::default(), progress)).await,
        Kind::Suppressions => {
            let by = (Suppressions::at(now), progress);
            import(app, kind, source, options, by).await
        }
    }
}

async fn import<I: Intake>(
    app: &App,
    kind: Kind,
    source: Box<dyn Read + Send>,
    options: Options,
    by: (I, Progress<'_>),
) -> Result<Report, ImportError> {
    let (wet, mut stood) = (!options.dry_run, Stood::default());
    let ended = rows_of(app, kind, (source, options), by, &mut stood).await;
    ended.map_err(|why| match stood {
        Stood { rows, total } if wet && rows > 0 => ImportError::BrokenOff {
            stood: rows,
            total,
            why: Box::new(why),
        },
        _ => why,
    })
}

/// How many rows of how many took effect for good.
#[derive(Debug, Clone, Copy, Default)]
struct Stood {
    rows: u64,
    total: u64,
}

async fn rows_of<I: Intake>(
    app: &App,
    kind: Kind,
    (source, options): (Box<dyn Read + Send>, Options),
    (mut intake, progress): (I, Progress<'_>),
    stood: &mut Stood,
) -> Result<Report, ImportError> {
    let map = ColumnMap::parse(I::LAYOUT, &options.map)?.leaving_out(&options.leave_out);
    let spool = Spool::of(source, app.dir())?;
    let first_look = Table::open(spool.reader()?, I::LAYOUT, map.clone())?;
    let total = look_through::<I>(app, first_look)?;
    stood.total = total;
    let mut table = Table::open(spool.reader()?, I::LAYOUT, map)?;
    let mut rejects = Rejects::new(&options.rejects, options.language);
    let started_at = app.clock.now();
    let mut counts = Counts::default();
    let mut rows = 0;
    loop {
        match next_row(app, &mut table, &mut intake)? {
            Step::End => break,
            Step::Taken => {}
            Step::Refused(bad, named) => rejects.put(&bad, named, &table)?,
        }
        rows += 1;
        if intake.is_full() {
            counts.add(intake.apply(app, options.dry_run).await?);
            stood.rows = rows;
        }
        if rows % ROWS_PER_WORD == 0 {
            progress(rows, total);
        }
    }
    counts.add(intake.apply(app, options.dry_run).await?);
    stood.rows = rows;
    progress(rows, total);
    restock(app, options.dry_run).await?;
    let refused = rejects.finish()?;
    let duplicates = counts.duplicates;
    let applied = rows - refused.count - duplicates;
    let kept = ImportRun {
        kind: kind.as_str().to_owned(),
        started_at,
        rows,
        applied,
        duplicates,
        rejected: refused.count,
    };
    let id = if options.dry_run {
        None
    } else {
        Some(app.store.keep_import(kept).await?)
    };
    Ok(Report {
        id,
        kind,
        dry_run: options.dry_run,
        rows,
        applied,
        duplicates,
        rejected: refused.count,
        rejected_naming_nobody: kind.may_hold_noes().then_some(refused.naming_nobody),
        barred: counts.consents.map(|_| counts.barred),
        rejects_file: refused.file,
        rejects_removed: refused.removed,
        ignored_columns: table.ignored_columns().map(str::to_owned).collect(),
        problems: refused.problems,
        consents: counts.consents,
    })
}

/// What became of a row.
enum Step {
    /// It was taken.
    Taken,
    /// It is refused; whether anybody can be read in it.
    Refused(BadRow, Named),
    /// There was none any more.
    End,
}

/// Goes to the next row and takes it, or the noes in it where it is refused.
fn next_row<I: Intake>(app: &App, table: &mut Table, intake: &mut I) -> Result<Step, TableError> {
    let (row, problem) = match table.next_row()? {
        Next::End => return Ok(Step::End),
        Next::Bad(bad) => return Ok(Step::Refused(bad, Named::Nobody)),
        Next::Faulty(row, problem) => (row, problem),
        Next::Row(row) => match intake.take(app, &row) {
            Ok(()) => return Ok(Step::Taken),
            Err(problem) => (row, problem),
        },
    };
    let named = intake.take_noes(app, &row);
    Ok(Step::Refused(row.bad(problem), named))
}

/// The catalogue as it is from here on, and what nobody has classified in it.
async fn restock(app: &App, dry_run: bool) -> Result<(), StoreError> {
    app.shelf.restock(&app.store).await?;
    if dry_run {
        return Ok(());
    }
    queue::unclassified_goods(app).await
}

/// Reads a table to its end and checks every row; answers how many there are.
fn look_through<I: Intake>(app: &App, mut table: Table) -> Result<u64, ImportError> {
    let mut rows = 0;
    loop {
        match table.next_row()? {
            Next::End => return Ok(rows),
            Next::Row(row) | Next::Faulty(row, _) => I::check(app, &row)?,
            Next::Bad(_) => {}
        }
        rows += 1;
    }
}

/// A copy of the source while it is read twice, gone as soon as it is closed.
struct Spool {
    file: File,
    path: PathBuf,
}

impl Spool {
    fn of(mut source: Box<dyn Read + Send>, dir: &Path) -> Result<Self, ImportError> {
        let path = dir.join(format!("import-{}.spool", std::process::id()));
        let failed = |why| ImportError::File {
            path: path.clone(),
            why,
        };
        let mut file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        fs::remove_file(&path).map_err(failed)?;
        io::copy(&mut source, &mut file).map_err(TableError::Read)?;
        Ok(Self { file, path })
    }

    fn reader(&self) -> Result<File, ImportError> {
        let mut file = self.file.try_clone().map_err(|why| self.failed(why))?;
        file.rewind().map_err(|why| self.failed(why))?;
        Ok(file)
    }

    fn failed(&self, why: io::Error) -> ImportError {
        ImportError::File {
            path: self.path.clone(),
            why,
        }
    }
}
