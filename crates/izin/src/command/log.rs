//! `izin log`: what a stranger needs to check the record.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, FromArgMatches, Subcommand};
use izin_app::StartError;
use izin_app::audit::{self, Forked, Lost, disclosure};
use izin_app::{Who, act};
use izin_core::{Language, Seq};
use izin_store::{Owner, hex};
use serde_json::{Value, json};

use super::receipt::{self, ReceiptCommand};
use super::verify::{self, Verify};
use crate::cli::Cli;
use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;
use crate::session::{is_new, nothing_yet};
use crate::subject;

/// Sign, export, prove and verify the tamper-evident log
#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Print the key that the log is checked with
    #[command(after_help = "Example:\n  izin log key > izin.vkey")]
    Key,
    /// Sign the log as it stands and print the signed checkpoint
    #[command(after_help = "Example:\n  izin log checkpoint")]
    Checkpoint,
    /// Prove that one entry is in the log, what a person was sent, or that the log has only grown
    #[command(after_help = "\
Examples:
  izin log prove 42 > entry-42.tlog-proof
  izin log prove --sent customer:10042 > sent.ndjson
  izin log prove --since checkpoint-2025 > growth

--sent writes a line for each message that was handed over to the person, with all that proves it to
somebody who has the log's key: izin log receipt verify sent.ndjson --key KEY.")]
    Prove(Prove),
    /// Write everything that a stranger needs into a new folder
    #[command(
        after_help = "Examples:\n  izin log export audit-2026\n  izin log export audit-2026 --disclose"
    )]
    Export {
        /// The folder; new or empty
        folder: PathBuf,
        /// Add, for an auditor only, the acts and the messages that were handed over
        #[arg(long)]
        disclose: bool,
    },
    /// Check the receipt of one entry, offline and without a store
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// Go on, under another name, when entries that were signed are lost for good
    #[command(after_help = "\
Example:
  izin log fork

The next entry of the log commits to the last checkpoint of the log that was lost, and the key gets
another name: give it to whoever checks the log.")]
    Fork,
    /// Let the next start begin a new safe, when the journal of refusals in it is lost for good
    #[command(after_help = "\
Example:
  izin log new-safe

A server does not start without the journal that it knows to be there: a disk that is not mounted would
be passed over, and refusals said since the last backup with it. This says that the journal is gone. The
new one begins with every refusal in the ledger. Stop the server first.")]
    NewSafe,
    Verify(Verify),
}

/// What is to be proved.
#[derive(Debug)]
pub(crate) enum Prove {
    /// That an entry is in the log.
    Entry(Seq),
    /// What a person was sent.
    Sent(Personal),
    /// That the log still begins with what a checkpoint signed.
    Since(PathBuf),
}

/// The same as it is typed: one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct ProveArguments {
    /// The entry's number
    seq: Option<u64>,
    /// Whose messages: email:…, phone:…, customer:… or id:…
    #[arg(long, value_name = "SUBJECT")]
    sent: Option<Personal>,
    /// A checkpoint kept from before: prove that the log still begins with all it signed
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
}

impl Args for Prove {
    fn augment_args(command: clap::Command) -> clap::Command {
        ProveArguments::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        ProveArguments::augment_args_for_update(command)
    }
}

impl FromArgMatches for Prove {
    fn from_arg_matches(found: &ArgMatches) -> Result<Self, clap::Error> {
        let ProveArguments { seq, sent, since } = ProveArguments::from_arg_matches(found)?;
        let entry = seq.map(|seq| Self::Entry(Seq(seq)));
        let asked = entry.or(sent.map(Self::Sent)).or(since.map(Self::Since));
        asked.ok_or_else(|| clap::Error::new(ErrorKind::MissingRequiredArgument))
    }

    fn update_from_arg_matches(&mut self, found: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(found)?;
        Ok(())
    }
}

/// Does what no open store is needed for, if that was asked.
pub(crate) fn without_store(
    asked: &Log,
    cli: &Cli,
    here: &Path,
    io: &mut Io,
) -> Option<anyhow::Result<Exit>> {
    let answer = cli.answer_without_store();
    match asked {
        Log::Verify(asked) => Some(verify::run(asked, here, answer, io)),
        Log::Receipt(asked) => Some(receipt::run(asked, here, answer, io)),
        Log::NewSafe => Some(new_safe(cli, io)),
        _ => None,
    }
}

/// Lets the next start begin a new safe.
fn new_safe(cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    let settings = cli.config()?.settings;
    if is_new(&settings) {
        return Err(nothing_yet(&settings.data));
    }
    let owner = Owner::take(&settings.data).map_err(StartError::Store)?;
    izin_store::give_up_safe(&settings.data, settings.servers.as_ref(), owner)?;
    let safe = settings.safe.display();
    if cli.answer.json {
        io.json(&json!({ "safe": settings.safe }))?;
        return Ok(Exit::Fine);
    }
    io.line(match cli.language() {
        Language::Id => {
            format!("jurnal penolakan baru dimulai di {safe} saat Izin dijalankan lagi")
        }
        Language::En => format!("the next start begins a new journal of refusals in {safe}"),
    })?;
    Ok(Exit::Fine)
}

/// Does what was asked about the log of a store.
pub(crate) async fn run(asked: &Log, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        Log::Key => key(shop, io)?,
        Log::Checkpoint => {
            let note = audit::checkpoint(shop.app).await?;
            told((json!({ "checkpoint": note }), &note), shop, io)?;
        }
        Log::Prove(Prove::Entry(seq)) => entry(*seq, shop, io).await?,
        Log::Prove(Prove::Sent(whom)) => sent(whom, shop, io).await?,
        Log::Prove(Prove::Since(file)) => growth(&shop.path(file), shop, io).await?,
        Log::Export { folder, disclose } => export((folder, *disclose), shop, io).await?,
        Log::Fork => fork(shop, io).await?,
        Log::Verify(_) | Log::Receipt(_) | Log::NewSafe => {
            anyhow::bail!("this is done without an open store")
        }
    }
    Ok(Exit::Fine)
}

/// Answers in JSON, or with a text as it is.
fn told((json, text): (Value, &str), shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    if shop.answer.json {
        io.json(&json)
    } else {
        Ok(io.out.write_all(text.as_bytes())?)
    }
}

fn key(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let key = shop.app.signer().verifier().to_string();
    told((json!({ "key": key }), &format!("{key}\n")), shop, io)
}

/// A line for each message, with its proof.
async fn sent(whom: &Personal, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let home = shop.app.policy().controller.country;
    let subject = match subject::parse(whom, home.as_str())? {
        // Somebody who was erased is known by this name alone.
        Who::Subject(own) => own,
        who => act::one(shop.app, &who)?,
    };
    let all = audit::sent(shop.app, subject).await?;
    all.iter().try_for_each(|own| io.json(own))?;
    writeln!(io.err, "{}", json!({ "messages": all.len() }))?;
    Ok(())
}

async fn growth(since: &Path, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let earlier = verify::kept(since, shop.app.signer().verifier())?.head;
    let growth = audit::growth(shop.app, &earlier).await?.to_string();
    told(
        (json!({ "since": earlier.size, "growth": growth }), &growth),
        shop,
        io,
    )
}

async fn entry(seq: Seq, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let proved = audit::prove(shop.app, seq).await?;
    let receipt = proved.receipt.to_string();
    let json = json!({
        "seq": seq.0,
        "entry": proved.disclosed.recorded.record,
        "blinding": hex(&proved.disclosed.recorded.blinding),
        "receipt": receipt,
    });
    told((json, &receipt), shop, io)
}

async fn export(
    (folder, disclose): (&Path, bool),
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<()> {
    let path = shop.path(folder);
    let entries = audit::export(shop.app, &path).await?;
    if disclose {
        disclosure::disclose(shop.app, &path, entries).await?;
    }
    let place = path.display();
    let text = match shop.language() {
        Language::Id => format!("{entries} entri ada di {place}\n"),
        Language::En => format!("{entries} entries are in {place}\n"),
    };
    told(
        (json!({ "folder": path, "entries": entries }), &text),
        shop,
        io,
    )
}

async fn fork(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let own = audit::fork(shop.app).await?;
    let text = forked(&own, shop.language());
    let Forked {
        key,
        checkpoint,
        signed,
        entries,
        lost,
    } = own;
    let replaced = matches!(lost, Lost::Rewritten { .. });
    let json = json!({
        "key": key, "checkpoint": checkpoint, "signed": signed, "entries": entries,
        "replaced": replaced,
    });
    told((json, &text), shop, io)
}

/// What was lost, as far as it is known, and what to do now.
fn forked(own: &Forked, language: Language) -> String {
    let Forked {
        key,
        signed,
        entries,
        lost,
        ..
    } = own;
    let replaced = matches!(lost, Lost::Rewritten { .. });
    let gone = signed.saturating_sub(*entries);
    match language {
        Language::Id => {
            let lost = if replaced {
                format!(
                    "{signed} entri sudah ditandatangani, dan {signed} entri pertama dari {entries} yang \
                     ada sekarang bukan itu lagi: sebagian hilang atau diganti, dan berapa banyak tidak \
                     dapat dikatakan dari sini"
                )
            } else {
                format!("{signed} entri sudah ditandatangani, {entries} ada: {gone} hilang")
            };
            format!(
                "log berlanjut dengan nama baru; {lost}. Yang kembali dari folder aman hanya penolakan, \
                 pembatasan, penghapusan, dan penahanan data; persetujuan dan data lain yang hilang \
                 tidak. Berikan kunci ini kepada siapa pun yang memeriksa log:\n{key}\n"
            )
        }
        Language::En => {
            let lost = if replaced {
                format!(
                    "{signed} entries were signed, and the first {signed} of the {entries} here are not \
                     those: some are gone or replaced, and how many cannot be said from here"
                )
            } else {
                format!("{signed} entries were signed, {entries} are here, and {gone} gone")
            };
            format!(
                "the log goes on under another name; {lost}. Out of the safe came \
                 refusals, restrictions and whatever else takes something away, erasures and legal holds; consents \
                 and other data that are lost did not come back. Give this key to whoever checks the log:\n{key}\n"
            )
        }
    }
}
