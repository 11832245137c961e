//! Fills an empty store with a shop's year, by the same imports a real shop uses.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use izin_app::App;
use izin_app::campaign::Progress;
use izin_app::import::row::purchases;
use izin_app::import::table::{ColumnMap, Next, Table};
use izin_app::import::{self, Kind, Options, Report};
use izin_core::{Act, Identifier, Language, Level, Origin};
use izin_store::Command;

use super::shop::{self, Shop};

/// What every generated shop depends on: the same folder is made everywhere.
const SEED: u64 = 2026;

/// Where the shop's data come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// Generated, with so many customers.
    Generated(usize),
    /// A real purchase file; its customers get made-up addresses and consents.
    Transactions(PathBuf),
}

/// Takes in catalogue, people, purchases and a do-not-contact list. Repeating it changes nothing.
pub(crate) async fn fill(app: &App, source: &Source, progress: Progress<'_>) -> anyhow::Result<()> {
    let now = app.clock.now();
    let raised;
    let files: Vec<(Kind, Box<dyn Read + Send>)> = match source {
        Source::Generated(customers) => {
            let shop = Shop::generate(SEED, *customers, now);
            raised = at_own_purchases(&shop.contacts)?;
            vec![
                (Kind::Catalog, text(shop.catalogue)),
                (Kind::Contacts, text(shop.contacts)),
                (Kind::Purchases, text(shop.purchases)),
                (Kind::Suppressions, text(shop.suppressions)),
            ]
        }
        Source::Transactions(path) => {
            let contacts = shop::contacts_for(&customers(path)?, SEED, now);
            raised = at_own_purchases(&contacts)?;
            vec![
                (Kind::Contacts, text(contacts)),
                (
                    Kind::Purchases,
                    Box::new(open(path)?) as Box<dyn Read + Send>,
                ),
            ]
        }
    };
    for (kind, file) in files {
        let rejects = app.dir().join(format!("{}.rejects.csv", kind.as_str()));
        let options = Options {
            map: Vec::new(),
            leave_out: Vec::new(),
            dry_run: false,
            rejects,
            language: Language::En,
        };
        let report = import::run(app, kind, file, options, progress).await?;
        all_taken(&report, source)?;
    }
    turn_up(app, raised).await
}

/// The most acts in one write.
const ACTS_PER_WRITE: usize = 500;

/// The invented customers who want their purchases used turn the dial up themselves: no file can do
/// that for them.
async fn turn_up(app: &App, customers: Vec<String>) -> anyhow::Result<()> {
    let mut commands = Vec::new();
    for number in customers {
        let holders = app.gate.holders(&Identifier::customer(&number)?);
        let unmoved = holders.into_iter().filter(|subject| {
            let standing = app.gate.standing(*subject);
            standing.is_some_and(|own| own.dial.is_none())
        });
        commands.extend(unmoved.map(|subject| Command::Act {
            subject: Some(subject),
            act: Act::DialMoved {
                level: Level::Purchases,
                origin: Origin::Page,
                step_up: true,
                too_personal: false,
            },
            detail: None,
        }));
    }
    for some in commands.chunks(ACTS_PER_WRITE) {
        app.store.record(some.to_vec(), app.clock.now()).await?;
    }
    Ok(())
}

/// The customer numbers of a generated file whose level is that of own purchases.
fn at_own_purchases(contacts: &str) -> anyhow::Result<Vec<String>> {
    let mut rows = csv::Reader::from_reader(contacts.as_bytes());
    let header = rows.headers()?.clone();
    let column = |name: &str| header.iter().position(|own| own == name);
    let (Some(customer), Some(level)) = (column("customer"), column("level")) else {
        bail!("the generated contacts have no customer or level");
    };
    let mut raised = Vec::new();
    for row in rows.records() {
        let row = row?;
        if row.get(level) == Some("2") {
            raised.extend(row.get(customer).map(str::to_owned));
        }
    }
    Ok(raised)
}

/// A generated file without a single usable row would be a fault of ours, a real one of the file.
fn all_taken(report: &Report, source: &Source) -> anyhow::Result<()> {
    let wrong = match source {
        Source::Generated(_) => report.rejected > 0,
        Source::Transactions(_) => report.rows == report.rejected,
    };
    if wrong {
        bail!(
            "{} of {} rows of {} could not be used: {}",
            report.rejected,
            report.rows,
            report.kind.as_str(),
            report.problems.join("; ")
        );
    }
    Ok(())
}

/// The customer numbers of a purchase file, each once.
fn customers(path: &Path) -> anyhow::Result<Vec<String>> {
    let file = || format!("cannot read the purchases in `{}`", path.display());
    let mut table =
        Table::open(open(path)?, &purchases::LAYOUT, ColumnMap::default()).with_context(file)?;
    let mut numbers = BTreeSet::new();
    loop {
        match table.next_row().with_context(file)? {
            Next::End => break,
            Next::Bad(_) | Next::Faulty(..) => {}
            Next::Row(row) => {
                if let Some(number) = row.get("customer_id") {
                    numbers.insert(number.to_owned());
                }
            }
        }
    }
    if numbers.is_empty() {
        bail!(
            "`{}` names no customers; every `customer_id` in it is empty",
            path.display()
        );
    }
    Ok(numbers.into_iter().collect())
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("cannot read `{}`", path.display()))
}

fn text(csv: String) -> Box<dyn Read + Send> {
    Box::new(Cursor::new(csv.into_bytes()))
}
