//! `izin log verify`: checks a log with the key alone, from an export or from its address. It needs
//! no configuration and no store, and trusts nothing that it reads.

mod folder;
mod fork;
mod site;

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use izin_app::audit::comes_from;
use izin_app::audit::disclosure::{self, Checked, Counted};
use izin_core::Language;
use izin_log::verify::{Fault, ReadError, ReadFile};
use izin_log::{Checkpoint, Finding, TreeHead, VerifierKey, verify_export};
use serde_json::json;

use crate::cli::Answer;
use crate::exit::{Exit, Usage};
use crate::io::Io;
use folder::Files;
use fork::{Across, Kept};
use site::Site;

/// Check a log, without a store
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin log verify audit-2026 --key izin.vkey
  izin log verify audit-2026 --key 'izin.toko.example+1a2b3c4d+AbCd…'
  izin log verify audit-2026 --key izin.vkey --since checkpoint-2025
  izin log verify audit-2026 --key izin.vkey --disclosed
  izin log verify https://izin.toko.example/log --key izin.vkey

A checkpoint from before `izin log fork` is accepted where the log still begins with it, or where the fork
commits to it; the acts have to be disclosed for that.

Every byte and every file is checked; the exit code is 1 at the first that does not fit. Where an
export discloses the acts, each is checked against its leaf, and every message handed over after an
opt-out was effective is named.")]
pub(crate) struct Verify {
    /// The exported folder, or the address of the log
    log: String,
    /// The key as `izin log key` prints it, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: String,
    /// A checkpoint kept from before: the log must still begin with everything it signed
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// A proof of `izin log prove --since`, from before the log was forked
    #[arg(long, value_name = "FILE", requires = "since")]
    growth: Option<PathBuf>,
    /// Fail where no acts and messages are disclosed
    #[arg(long)]
    disclosed: bool,
}

/// The longest key file, in bytes: one line.
const KEY_BYTES_MAX: u64 = 4096;
/// The longest kept checkpoint, in bytes: three lines and a few signatures. A proof that a log grew, two of
/// them and some dozens of hashes, fits too.
const CHECKPOINT_BYTES_MAX: u64 = 16 * 1024;

/// Checks a log and says what was found, in one sentence.
pub(crate) fn run(
    asked: &Verify,
    here: &Path,
    answer: Answer,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let key = key(&asked.key, here)?;
    let since = asked.since.as_deref();
    let since = since.map(|file| kept(&here.join(file), &key)).transpose()?;
    let growth = asked.growth.as_deref().map(|file| growth(&here.join(file)));
    let growth = growth.transpose()?;
    let found = if site::is_address(&asked.log) {
        if asked.disclosed {
            return Err(Usage("`--disclosed` needs an exported folder".to_owned()).into());
        }
        at_its_address(&asked.log, &key, since.as_ref())?
    } else {
        in_its_folder(
            &here.join(&asked.log),
            asked.disclosed,
            (&key, since.as_ref()),
        )?
    };
    let found = found.or_else(|finding| refused(finding, answer, io))?;
    let across = match &since {
        Some(Kept {
            head,
            before: Some(before),
        }) => {
            let (acts, growth) = (found.acts.as_ref(), growth.as_deref());
            let across = fork::weigh((head, before), found.begins, acts, growth)?;
            Some((*head, across))
        }
        _ => None,
    };
    let exit = whole(&found, across.as_ref(), answer, io)?;
    if asked.disclosed && found.acts.is_none() {
        let language = answer.lang.unwrap_or(Language::En);
        anyhow::bail!(words(language).undisclosed);
    }
    Ok(exit)
}

/// A log that was checked.
struct Found {
    checkpoint: Checkpoint,
    /// Whether it begins with what the earlier checkpoint signed, if there is one.
    begins: bool,
    /// What it discloses.
    acts: Option<Checked>,
}

fn at_its_address(
    address: &str,
    key: &VerifierKey,
    since: Option<&Kept>,
) -> anyhow::Result<Result<Found, Finding>> {
    let mut site = Site::reach(address)?;
    let mut checked = |since: Option<&TreeHead>| {
        let mut read = |name: &str| site.read(name);
        verify_export(&mut std::iter::empty(), &mut read, key, since)
    };
    Ok(
        against(&mut checked, since).map(|(checkpoint, begins)| Found {
            checkpoint,
            begins,
            acts: None,
        }),
    )
}

fn in_its_folder(
    folder: &Path,
    disclosed: bool,
    (key, since): (&VerifierKey, Option<&Kept>),
) -> anyhow::Result<Result<Found, Finding>> {
    let acts_there = folder.join(disclosure::ACTS).exists();
    let disclosed = acts_there || (disclosed && folder.join("disclosed").exists());
    let about_acts = |name: &String| disclosed && disclosure::FILES.contains(&name.as_str());
    let unlisted = || format!("cannot read the folder `{}`", folder.display());
    Files::of(folder).with_context(unlisted)?;
    let mut read = |name: &str| folder::read(&folder.join(name));
    let mut checked = |since: Option<&TreeHead>| {
        let files = Files::of(folder).map_err(|why| Finding {
            file: ".".to_owned(),
            fault: Fault::Unreadable(why.into()),
        })?;
        let mut files = files.filter(|own| !own.as_ref().is_ok_and(about_acts));
        verify_export(&mut files, &mut read, key, since)
    };
    let (checkpoint, begins) = match against(&mut checked, since) {
        Ok(own) => own,
        Err(finding) => return Ok(Err(finding)),
    };
    let acts = disclosed.then(|| disclosed_acts(folder, &mut read, &checkpoint));
    Ok(acts.transpose().map(|acts| Found {
        checkpoint,
        begins,
        acts,
    }))
}

/// Checks a log, and whether it begins with everything of an earlier checkpoint. That it does not is
/// its fault, unless it was forked since: then it is weighed.
fn against(
    checked: &mut dyn FnMut(Option<&TreeHead>) -> Result<Checkpoint, Finding>,
    since: Option<&Kept>,
) -> Result<(Checkpoint, bool), Finding> {
    let forked = since.is_some_and(|own| own.before.is_some());
    match checked(since.map(|own| &own.head)) {
        Err(Finding {
            fault: Fault::Shrunk { .. } | Fault::Rewritten { .. },
            ..
        }) if forked => Ok((checked(None)?, false)),
        other => Ok((other?, true)),
    }
}

/// Checks what an export discloses, and looks for messages that a no had forbidden.
fn disclosed_acts(
    folder: &Path,
    read: &mut ReadFile<'_>,
    checkpoint: &Checkpoint,
) -> Result<Checked, Finding> {
    let mut open = |name: &str| -> Result<Box<dyn io::BufRead>, ReadError> {
        let file = folder::open(&folder.join(name))?;
        let file = file.ok_or("the file is missing")?;
        Ok(Box::new(BufReader::new(file)))
    };
    disclosure::check(&mut open, read, checkpoint.head().size)
}

/// Says what does not fit.
fn refused<T>(finding: Finding, answer: Answer, io: &mut Io) -> anyhow::Result<T> {
    if answer.json {
        let fault = finding.fault.to_string();
        io.json(&json!({ "ok": false, "file": finding.file, "fault": fault }))?;
    }
    Err(finding).context("the log cannot be trusted")
}

/// Says that the log is whole, which messages went after a no, and what an earlier checkpoint comes to.
fn whole(
    found: &Found,
    across: Option<&(TreeHead, Across)>,
    answer: Answer,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let (origin, head) = (found.checkpoint.origin(), found.checkpoint.head());
    let (size, root) = (head.size, head.root.to_string());
    let acts = found.acts.as_ref();
    let accepted = across.is_none_or(|(_, own)| own.is_accepted());
    let ok = accepted && acts.is_none_or(|own| own.late.is_empty());
    let language = answer.lang.unwrap_or(Language::En);
    if answer.json {
        let since = across.map(|(_, own)| own);
        io.json(&json!({
            "ok": ok, "origin": origin, "size": size, "root": root, "disclosed": acts, "since": since,
        }))?;
    } else {
        let words = words(language);
        io.line((words.whole)(origin, (size, &root)))?;
        match acts {
            Some(acts) => told(acts, &words, io)?,
            None => io.line(words.no_acts)?,
        }
        if let Some((earlier, across)) = across {
            io.line(across.sentence(earlier, language))?;
        }
    }
    Ok(if ok { Exit::Fine } else { Exit::Findings })
}

fn told(acts: &Checked, words: &Words, io: &mut Io) -> io::Result<()> {
    for late in &acts.late {
        io.line(format_args!("{}: {late}", words.late))?;
    }
    for crossed in &acts.crossed {
        io.line(format_args!("{}: {crossed}", words.crossed))?;
    }
    io.line((words.counted)(acts.hand_overs, acts.late.len()))?;
    for (counted, what) in [
        (acts.belated, words.belated),
        (acts.backdated, words.backdated),
    ] {
        let Counted { count, first } = counted;
        if let Some(first) = first {
            let (ask, first_is) = (words.ask, words.first);
            io.line(format_args!("{ask}: {count} {what}, {first_is} {first}"))?;
        }
    }
    Ok(())
}

/// The sentences of one language.
struct Words {
    whole: fn(&str, (u64, &str)) -> String,
    no_acts: &'static str,
    undisclosed: &'static str,
    late: &'static str,
    crossed: &'static str,
    counted: fn(u64, usize) -> String,
    belated: &'static str,
    backdated: &'static str,
    ask: &'static str,
    first: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::Id => Words {
            whole: |log, (size, root)| {
                format!("log {log} utuh: {size} entri di bawah akar bertanda tangan {root}")
            },
            no_acts: "tidak ada tindakan yang dibuka: pesan tidak diperiksa",
            undisclosed: "ekspor ini tidak membuka tindakan dan pesan, dan --disclosed memintanya; log itu \
                          sendiri utuh. Mintalah `izin log export FOLDER --disclose` kepada toko",
            late: "diserahkan setelah penolakan berlaku",
            crossed: "diputuskan sebelum sebuah penolakan, dilaporkan keluar sesudahnya",
            counted: |all, late| {
                format!(
                    "setiap tindakan yang dibuka sesuai dengan daunnya; dari {all} pesan, {late} \
                     diserahkan setelah penolakan berlaku"
                )
            },
            belated: "kumpulan pesan dicatat lama setelah salah satu pesannya dimulai",
            backdated: "entri bertanggal lebih awal daripada entri sebelumnya",
            ask: "perlu ditanyakan",
            first: "yang pertama entri",
        },
        Language::En => Words {
            whole: |log, (size, root)| {
                format!("the log {log} is whole: {size} entries under the signed root {root}")
            },
            no_acts: "no acts are disclosed: messages were not looked at",
            undisclosed: "nothing is disclosed in this export, and --disclosed asks for it; the log itself is \
                          whole. Ask the shop for `izin log export FOLDER --disclose`",
            late: "handed over after an opt-out was effective",
            crossed: "decided before a no, told to have gone after it",
            counted: |all, late| {
                format!(
                    "every disclosed act is the one its leaf commits to; of {all} messages {late} were \
                     handed over after an opt-out was effective"
                )
            },
            belated: "batches of messages were committed to long after one in them had begun",
            backdated: "entries are dated before the one they follow",
            ask: "to be asked about",
            first: "the first is entry",
        },
    }
}

/// A key as it is written, or from a file.
pub(super) fn key(text: &str, here: &Path) -> Result<VerifierKey, Usage> {
    if let Ok(key) = VerifierKey::parse(text.trim()) {
        return Ok(key);
    }
    match start_of(&here.join(text), KEY_BYTES_MAX) {
        Ok(written) => VerifierKey::parse(written.trim())
            .map_err(|why| Usage(format!("`{text}` holds no key: {why}"))),
        Err(why) => Err(Usage(format!(
            "`--key` is neither a key as `izin log key` prints it nor a file that holds one: {why}"
        ))),
    }
}

/// What an earlier checkpoint signed, of this log or of one that it was forked from.
pub(super) fn kept(file: &Path, key: &VerifierKey) -> anyhow::Result<Kept> {
    let note = start_of(file, CHECKPOINT_BYTES_MAX)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let origin = note.lines().next().unwrap_or_default();
    let before = comes_from(key.name(), origin).then(|| key.named(origin).ok());
    let before = before.flatten();
    let opened = Checkpoint::open(&note, before.as_ref().unwrap_or(key))
        .with_context(|| format!("`{}` holds no checkpoint by this key", file.display()))?;
    Ok(Kept {
        head: *opened.head(),
        before,
    })
}

/// A proof that a log grew.
fn growth(file: &Path) -> anyhow::Result<String> {
    start_of(file, CHECKPOINT_BYTES_MAX)
        .with_context(|| format!("cannot read `{}`", file.display()))
}

/// A text file, and no further than it may be long.
pub(super) fn start_of(file: &Path, bytes_max: u64) -> io::Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(file)?;
    file.take(bytes_max).read_to_string(&mut text)?;
    Ok(text)
}
