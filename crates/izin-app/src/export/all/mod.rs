//! Everything a shop needs to leave: files that `izin import` reads again, the record with its
//! proofs, the policy, and what no file can say.
//!
//! Nothing in it may permit more than the shop did. Where a form cannot say why somebody is denied
//! (a restriction, a signal, an age), it says no. Start at [`everything`].

mod contacts;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use izin_core::{IdentifierKind, SubjectId};
use izin_log::export::ExportFile;
use izin_store::{StoreError, hex};
use serde::Serialize;
use serde_json::json;

use crate::App;
use crate::audit::{self, AuditError};
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
    #[error(transparent)]
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
    /// Addresses with a no, in the open.
    pub suppressions: u64,
    /// Addresses with a no of which only a keyed hash is kept.
    pub hashed: u64,
    /// Records of consent.
    pub consents: u64,
    /// Entries of the ledger.
    pub entries: u64,
}

/// Told how many people are done, of how many.
pub type Told<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// A folder being filled.
struct Folder<'a>(&'a Path);

impl Folder<'_> {
    fn failed(&self, name: &str) -> impl FnOnce(io::Error) -> LeaveError + use<> {
        let path = self.0.join(name);
        move |why| LeaveError::File { path, why }
    }

    fn file(&self, name: &str) -> Result<BufWriter<File>, LeaveError> {
        let mut options = File::options();
        let options = options.write(true).create_new(true).mode(0o600);
        let file = options.open(self.0.join(name)).map_err(self.failed(name))?;
        Ok(BufWriter::new(file))
    }

    fn text(&self, name: &str, text: &str) -> Result<(), LeaveError> {
        self.file(name)?
            .write_all(text.as_bytes())
            .map_err(self.failed(name))
    }

    /// Writes rows of cells as CSV.
    fn rows(
        &self,
        name: &str,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<(), LeaveError> {
        let mut sheet = csv::Writer::from_writer(self.file(name)?);
        let failed = |why: csv::Error| self.failed(name)(why.into());
        for row in rows {
            sheet.write_record(row).map_err(failed)?;
        }
        sheet.flush().map_err(self.failed(name))
    }
}

/// Writes everything into a new folder.
///
/// # Errors
/// [`LeaveError`]; what was written by then stays.
pub async fn everything(app: &App, dir: &Path, told: Told<'_>) -> Result<Left, LeaveError> {
    let folder = Folder(dir);
    let mut made = fs::DirBuilder::new();
    let made = made.recursive(true).mode(0o700).create(dir);
    made.map_err(folder.failed(""))?;
    if fs::read_dir(dir)
        .map_err(folder.failed(""))?
        .next()
        .is_some()
    {
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
    let rows = products.into_iter().map(|own| {
        let in_stock = if own.in_stock { "yes" } else { "no" };
        let price = own.price.to_string();
        let (title, text) = (own.title, own.description);
        let in_stock = in_stock.to_owned();
        vec![
            own.id,
            title,
            text,
            own.category,
            price,
            in_stock,
            own.url,
            own.image,
        ]
    });
    let head = COLUMNS.map(str::to_owned).to_vec();
    folder.rows("catalog.csv", std::iter::once(head).chain(rows))
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
    let mut orders: Vec<(Option<SubjectId>, Vec<izin_store::Line>)> = Vec::new();
    app.store
        .each_order(|buyer, lines| orders.push((buyer, lines)))
        .await?;
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    for (number, (buyer, lines)) in (1_u64..).zip(orders) {
        let customer = match buyer {
            Some(buyer) => customer_number(app, buyer).await?,
            None => String::new(),
        };
        left.purchases += lines.len() as u64;
        rows.extend(lines.into_iter().map(|own| {
            let (price, quantity) = (own.unit_price.to_string(), own.quantity.to_string());
            let (order, at) = (format!("izin-{number}"), own.at.to_string());
            vec![customer.clone(), order, at, own.product, quantity, price]
        }));
    }
    folder.rows("purchases.csv", rows)
}

async fn customer_number(app: &App, buyer: SubjectId) -> Result<String, StoreError> {
    let own = app.store.identifiers(buyer).await?;
    let number = own
        .iter()
        .find(|own| own.value.kind() == IdentifierKind::Customer);
    Ok(number.map_or_else(String::new, |own| own.value.reveal(LEAVING).to_owned()))
}

/// Noes of addresses that nobody is known by: keyed hashes, and the keys that find them again.
async fn hashed(app: &App, folder: &Folder<'_>, left: &mut Left) -> Result<(), LeaveError> {
    const COLUMNS: [&str; 5] = ["hash", "channel", "purpose", "reason", "occurred_at"];
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    let hasher = app.store.hasher();
    for (hash, refusal) in app.gate.every_suppression() {
        left.hashed += 1;
        let scope = refusal.scope;
        rows.push(vec![
            hex(hasher.renewed(hash).as_bytes()),
            scope.channel.map(|own| own.to_string()).unwrap_or_default(),
            scope.purpose.map(|own| own.to_string()).unwrap_or_default(),
            contacts::reason(refusal.kind).to_owned(),
            refusal.occurred_at.to_string(),
        ]);
    }
    folder.rows("suppressions-hashed.csv", rows)?;
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
    const NAME: &str = "consents.ndjson";
    let mut file = folder.file(NAME)?;
    for subject in people {
        for (_, record) in super::consents(app, *subject, RecordFormat::default()).await? {
            if let Ok(record) = record {
                left.consents += 1;
                writeln!(file, "{record}").map_err(folder.failed(NAME))?;
            }
        }
    }
    file.flush().map_err(folder.failed(NAME))
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
    const NAME: &str = "details.ndjson";
    let mut file = folder.file(NAME)?;
    for subject in people {
        for (seq, words) in app.store.details(*subject).await? {
            let line = json!({ "seq": seq, "words": words });
            writeln!(file, "{line}").map_err(folder.failed(NAME))?;
        }
    }
    file.flush().map_err(folder.failed(NAME))
}
