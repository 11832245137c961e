//! Everything a shop needs to leave: files that `izin import` reads again, the record with its
//! proofs, the policy, and what no file can say.
//!
//! Nothing in it may permit more than the shop did. Where a form cannot say why somebody is denied
//! (a restriction, a signal, an age), it says no. Start at [`everything`].

mod contacts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, IntoInnerError, Write};
use std::path::{Path, PathBuf};

use izin_core::{IdentifierKind, SubjectId};
use izin_log::export::ExportFile;
use izin_store::{KeptOrder, KnownIdentifier, OrderPages, StoreError, hex, place};
use serde::Serialize;
use serde_json::{Value, json};

use crate::App;
use crate::audit::{self, AuditError};
use crate::campaign::Progress;
use crate::consent::RecordFormat;

/// What stands in the folder, for whoever finds it.
const README: &str = include_str!("README.md");
/// People whose values are opened together.
const PEOPLE_TOGETHER: usize = 500;
/// Why identifiers are shown here.
const LEAVING: &str = "the shop takes its data along";

/// Why a shop could not be written out.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A file.
    #[error("cannot write `{path}`: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        why: io::Error,
    },
    /// The folder holds something.
    #[error("`{0}` is not empty; name a new folder")]
    NotEmpty(PathBuf),
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// People.
    pub people: u64,
    /// Lines of orders.
    pub purchases: u64,
    /// Products.
    pub products: u64,
    /// Noes of addresses, in the open.
    pub suppressions: u64,
    /// Addresses with a no of which only a keyed hash is kept.
    pub hashed: u64,
    /// Records of consent.
    pub consents: u64,
    /// Entries of the ledger.
    pub entries: u64,
}

/// A folder being filled.
struct Folder<'a>(&'a Path);

impl Folder<'_> {
    fn failed(&self, name: &str) -> impl FnOnce(io::Error) -> LeaveError + use<> {
        let path = self.0.join(name);
        move |why| LeaveError::File { path, why }
    }

    fn file(&self, name: &str) -> Result<File, LeaveError> {
        place::make_file(&self.0.join(name)).map_err(self.failed(name))
    }

    fn text(&self, name: &str, text: &str) -> Result<(), LeaveError> {
        write_whole(self.file(name)?, text).map_err(self.failed(name))
    }

    fn lines(&self, name: &'static str) -> Result<Lines<'_>, LeaveError> {
        let to = BufWriter::new(self.file(name)?);
        Ok(Lines {
            folder: self,
            name,
            to,
        })
    }

    fn sheet<'a>(
        &self,
        name: &'static str,
        columns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Sheet<'_>, LeaveError> {
        let mut sheet = Sheet {
            folder: self,
            name,
            to: csv::Writer::from_writer(self.file(name)?),
        };
        sheet.write(columns)?;
        Ok(sheet)
    }
}

/// Writes a text, durably.
fn write_whole(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A file of lines, written as they come.
struct Lines<'a> {
    folder: &'a Folder<'a>,
    name: &'static str,
    to: BufWriter<File>,
}

impl Lines<'_> {
    fn write(&mut self, line: &Value) -> Result<(), LeaveError> {
        writeln!(self.to, "{line}").map_err(self.folder.failed(self.name))
    }

    fn end(self) -> Result<(), LeaveError> {
        let file = self.to.into_inner().map_err(IntoInnerError::into_error);
        let ended = file.and_then(|file| file.sync_all());
        ended.map_err(self.folder.failed(self.name))
    }
}

/// A CSV file, written as its rows come.
struct Sheet<'a> {
    folder: &'a Folder<'a>,
    name: &'static str,
    to: csv::Writer<File>,
}

impl Sheet<'_> {
    fn write(&mut self, row: impl IntoIterator<Item: AsRef<[u8]>>) -> Result<(), LeaveError> {
        let written = self.to.write_record(row).map_err(io::Error::from);
        written.map_err(self.folder.failed(self.name))
    }

    fn end(self) -> Result<(), LeaveError> {
        let file = self.to.into_inner().map_err(|why| why.into_error());
        let ended = file.and_then(|file| file.sync_all());
        ended.map_err(self.folder.failed(self.name))
    }
}

/// Writes everything into a new folder.
///
/// # Errors
/// [`LeaveError`]; what was written by then stays.
pub async fn everything(app: &App, dir: &Path, told: Progress<'_>) -> Result<Left, LeaveError> {
    let folder = Folder(dir);
    if !place::make_empty_folder(dir).map_err(folder.failed(""))? {
        return Err(LeaveError::NotEmpty(dir.to_owned()));
    }
    let mut left = Left::default();
    let people = app.gate.everybody();
    contacts::write(app, &folder, (&people, told), &mut left).await?;
    catalogue(app, &folder, &mut left).await?;
    purchases(app, &folder, &mut left).await?;
    hashed(app, &folder, &mut left).await?;
    consents(app, &folder, &people, &mut left).await?;
    policies(app, &folder).await?;
    details(app, &folder, &people).await?;
    let log = dir.join("log");
    left.entries = audit::export(app, &log).await?;
    audit::disclosure::disclose(app, &log, left.entries).await?;
    folder.text(
        ExportFile::Key.to_string().as_str(),
        &format!("{}\n", app.signer().verifier()),
    )?;
    folder.text("README.md", README)?;
    Ok(left)
}

async fn catalogue(app: &App, folder: &Folder<'_>, left: &mut Left) -> Result<(), LeaveError> {
    const COLUMNS: [&str; 8] = [
        "product_id",
        "title",
        "description",
        "category",
        "price",
        "in_stock",
        "url",
        "image",
    ];
    let products = app.store.products().await?;
    left.products = products.len() as u64;
    let mut sheet = folder.sheet("catalog.csv", COLUMNS)?;
    for own in &products {
        let in_stock = if own.in_stock { "yes" } else { "no" };
        let price = own.price.to_string();
        sheet.write([
            own.id.as_str(),
            &own.title,
            &own.description,
            &own.category,
            &price,
            in_stock,
            &own.url,
            &own.image,
        ])?;
    }
    sheet.end()
}

/// Orders under numbers of this export: of the shop's own numbers only keyed hashes are kept.
async fn purchases(app: &App, folder: &Folder<'_>, left: &mut Left) -> Result<(), LeaveError> {
    const COLUMNS: [&str; 6] = [
        "customer_id",
        "order_id",
        "ts",
        "product_id",
        "quantity",
        "unit_price",
    ];
    let mut sheet = folder.sheet("purchases.csv", COLUMNS)?;
    let (mut pages, mut number) = (OrderPages::default(), 0_u64);
    while let Some(page) = pages.next(&app.store).await? {
        let customers = customer_numbers(app, &page).await?;
        for (buyer, lines) in page {
            number += 1;
            let customer = buyer.and_then(|own| customers.get(&own));
            let (customer, order) = (
                customer.map_or("", String::as_str),
                format!("izin-{number}"),
            );
            left.purchases += lines.len() as u64;
            for own in lines {
                let (price, quantity) = (own.unit_price.to_string(), own.quantity.to_string());
                let at = own.at.to_string();
                sheet.write([customer, &order, &at, &own.product, &quantity, &price])?;
            }
        }
    }
    sheet.end()
}

/// The numbers that the shop knows buyers by.
async fn customer_numbers(
    app: &App,
    orders: &[KeptOrder],
) -> Result<BTreeMap<SubjectId, String>, StoreError> {
    let buyers: BTreeSet<SubjectId> = orders.iter().filter_map(|(buyer, _)| *buyer).collect();
    let people = app.store.people(buyers.iter().copied().collect()).await?;
    let number = |own: Vec<KnownIdentifier>| {
        let mut values = own.into_iter().map(|own| own.value);
        let own = values.find(|own| own.kind() == IdentifierKind::Customer)?;
        Some(own.reveal(LEAVING).to_owned())
    };
    let numbers = people.into_iter().map(|(_, own)| number(own));
    let both = buyers.into_iter().zip(numbers);
    Ok(both
        .filter_map(|(own, number)| Some((own, number?)))
        .collect())
}

/// Noes of addresses that nobody is known by: keyed hashes, and the keys that find them again.
async fn hashed(app: &App, folder: &Folder<'_>, left: &mut Left) -> Result<(), LeaveError> {
    const COLUMNS: [&str; 5] = ["hash", "channel", "purpose", "reason", "occurred_at"];
    let mut sheet = folder.sheet("suppressions-hashed.csv", COLUMNS)?;
    let hasher = app.store.hasher();
    for (hash, refusal) in app.gate.every_suppression() {
        left.hashed += 1;
        let scope = refusal.scope;
        sheet.write([
            hex(hasher.renewed(hash).as_bytes()),
            scope.channel.map(|own| own.to_string()).unwrap_or_default(),
            scope.purpose.map(|own| own.to_string()).unwrap_or_default(),
            contacts::reason(refusal.kind).to_owned(),
            refusal.occurred_at.to_string(),
        ])?;
    }
    sheet.end()?;
    let keys = app.store.suppression_keys().await?;
    let keys = keys.iter().map(|key| format!("{}\n", hex(key.expose())));
    folder.text("suppressions-hashed.key", &keys.collect::<String>())
}

async fn consents(
    app: &App,
    folder: &Folder<'_>,
    people: &[SubjectId],
    left: &mut Left,
) -> Result<(), LeaveError> {
    let mut file = folder.lines("consents.ndjson")?;
    for subject in people {
        for (_, record) in super::consents(app, *subject, RecordFormat::default()).await? {
            if let Ok(record) = record {
                left.consents += 1;
                file.write(&record)?;
            }
        }
    }
    file.end()
}

/// The policy's files as they lie there, and every version as it was published.
async fn policies(app: &App, folder: &Folder<'_>) -> Result<(), LeaveError> {
    let to = folder.0.join("policy/published");
    fs::create_dir_all(&to).map_err(folder.failed("policy"))?;
    for own in app.store.policies().await? {
        let name = format!("policy/published/{}.json", own.version);
        folder.text(&name, &own.body)?;
    }
    let inside = fs::read_dir(&app.settings.policy).map_err(folder.failed("policy"))?;
    for file in inside {
        let file = file.map_err(folder.failed("policy"))?;
        let name = file.file_name();
        if file.path().is_file() {
            let to = folder.0.join("policy").join(&name);
            fs::copy(file.path(), to).map_err(folder.failed("policy"))?;
        }
    }
    Ok(())
}

/// What was said in words beside the entries: labels, notes, evidence.
async fn details(app: &App, folder: &Folder<'_>, people: &[SubjectId]) -> Result<(), LeaveError> {
    let mut file = folder.lines("details.ndjson")?;
    for subject in people {
        for (seq, words) in app.store.details(*subject).await? {
            file.write(&json!({ "seq": seq, "words": words }))?;
        }
    }
    file.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_the_disk_has_no_room_for_is_not_passed_over() {
        let full = || File::options().write(true).open("/dev/full").unwrap();
        assert!(write_whole(full(), "the key that finds every hash").is_err());
        let lines = |dir| Lines {
            folder: dir,
            name: "details.ndjson",
            to: BufWriter::new(full()),
        };
        let folder = Folder(Path::new("/dev"));
        let mut some = lines(&folder);
        some.write(&json!({ "seq": 1 })).unwrap();
        assert!(some.end().is_err(), "what was only kept in memory");
    }
}
