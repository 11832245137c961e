//! `izin log verify`: checks an export with the key alone. It needs no configuration, no store and
//! no network, and trusts nothing in the folder.

use std::fs::{self, File, ReadDir};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use izin_log::verify::{FILE_BYTES_MAX, ReadError};
use izin_log::{Checkpoint, TreeHead, VerifierKey, verify_export};
use serde_json::json;

use crate::exit::{Exit, Usage};
use crate::io::Io;

/// Check an exported log, offline and without a store
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin log verify audit-2026 --key izin.vkey
  izin log verify audit-2026 --key 'izin.toko.example+1a2b3c4d+AbCd…'
  izin log verify audit-2026 --key izin.vkey --since checkpoint-2025

Every byte and every file is checked; the exit code is 1 at the first that does not fit.")]
pub(crate) struct Verify {
    /// The exported folder
    folder: PathBuf,
    /// The key as `izin log key` prints it, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: String,
    /// A checkpoint kept from before: the log must still begin with everything it signed
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
}

/// The longest key file, in bytes: one line.
const KEY_BYTES_MAX: u64 = 4096;
/// The longest kept checkpoint, in bytes: three lines and a few signatures.
const CHECKPOINT_BYTES_MAX: u64 = 16 * 1024;

/// Checks the folder and says what was found, in one sentence.
pub(crate) fn run(asked: &Verify, here: &Path, json: bool, io: &mut Io) -> anyhow::Result<Exit> {
    let key = key(&asked.key, here)?;
    let since = asked.since.as_deref();
    let since = since.map(|file| kept(&here.join(file), &key)).transpose()?;
    let folder = here.join(&asked.folder);
    let top = fs::read_dir(&folder)
        .with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    let mut files = Files {
        folder: folder.clone(),
        open: vec![top],
    };
    let mut read = |name: &str| read(&folder.join(name));
    match verify_export(&mut files, &mut read, &key, since.as_ref()) {
        Ok(checkpoint) => {
            let (origin, head) = (checkpoint.origin(), checkpoint.head());
            let (size, root) = (head.size, head.root.to_string());
            if json {
                io.json(&json!({ "ok": true, "origin": origin, "size": size, "root": root }))?;
            } else {
                io.line(format_args!(
                    "the log {origin} is whole: {size} entries under the signed root {root}"
                ))?;
            }
            Ok(Exit::Fine)
        }
        Err(finding) => {
            if json {
                let fault = finding.fault.to_string();
                io.json(&json!({ "ok": false, "file": finding.file, "fault": fault }))?;
            }
            Err(finding).context("the log cannot be trusted")
        }
    }
}

/// A key as it is written, or from a file.
fn key(text: &str, here: &Path) -> Result<VerifierKey, Usage> {
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

/// What an earlier checkpoint signed.
pub(super) fn kept(file: &Path, key: &VerifierKey) -> anyhow::Result<TreeHead> {
    let note = start_of(file, CHECKPOINT_BYTES_MAX)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let opened = Checkpoint::open(&note, key)
        .with_context(|| format!("`{}` holds no checkpoint by this key", file.display()))?;
    Ok(*opened.head())
}

fn start_of(file: &Path, bytes_max: u64) -> io::Result<String> {
    let mut text = String::new();
    let file = File::open(file)?;
    file.take(bytes_max).read_to_string(&mut text)?;
    Ok(text)
}

/// Reads a file of the export, and no further than one may be long.
fn read(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    let kind = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !kind.is_file() {
        return Err("it is not a plain file".into());
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Every file below a folder, hidden ones too, as paths with `/`. What is neither a file nor a
/// folder is an error: nobody could say what it holds.
struct Files {
    folder: PathBuf,
    open: Vec<ReadDir>,
}

impl Iterator for Files {
    type Item = Result<String, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(entry) = self.open.last_mut()?.next() else {
                self.open.pop();
                continue;
            };
            match self.step(entry) {
                Ok(None) => {}
                Ok(Some(name)) => return Some(Ok(name)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Files {
    /// The name of a file; a folder is opened instead.
    fn step(&mut self, entry: io::Result<fs::DirEntry>) -> Result<Option<String>, ReadError> {
        let entry = entry?;
        let path = entry.path();
        let inside = path.strip_prefix(&self.folder)?;
        let name = inside
            .to_str()
            .ok_or_else(|| format!("`{}` has a name that is not UTF-8", inside.display()))?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            self.open.push(fs::read_dir(&path)?);
            return Ok(None);
        }
        if !kind.is_file() {
            return Err(format!("`{name}` is neither a file nor a folder").into());
        }
        Ok(Some(name.to_owned()))
    }
}
