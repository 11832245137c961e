//! The refused rows of one run: counted, the first told in the report, all in the rejects file.
//!
//! The file always speaks of the last run: one that refuses nothing takes the file of an earlier run
//! away. Only what begins as a rejects file does is ever taken away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use izin_core::Language;

use super::ImportError;
use super::intake::Named;
use super::table::{BadRow, RejectsFile, Table};

/// Problems told in the report itself; all of them are in the rejects file.
const PROBLEMS_SHOWN: usize = 10;

/// The rejects file, made with the first refused row.
pub(super) struct Rejects<'a> {
    path: &'a Path,
    language: Language,
    file: Option<RejectsFile<BufWriter<File>>>,
    refused: Refused,
}

/// What the refused rows of a run came to.
#[derive(Debug, Default)]
pub(super) struct Refused {
    /// How many there are.
    pub(super) count: u64,
    /// Those of them in which nobody can be read.
    pub(super) naming_nobody: u64,
    /// The first problems, as `line 3: …`.
    pub(super) problems: Vec<String>,
    /// Where they are, if there are any.
    pub(super) file: Option<PathBuf>,
    /// The file of an earlier run that was taken away.
    pub(super) removed: Option<PathBuf>,
}

impl<'a> Rejects<'a> {
    pub(super) fn new(path: &'a Path, language: Language) -> Self {
        Self {
            path,
            language,
            file: None,
            refused: Refused::default(),
        }
    }

    pub(super) fn put(
        &mut self,
        bad: &BadRow,
        named: Named,
        table: &Table,
    ) -> Result<(), ImportError> {
        let failed = |why| failed(self.path, why);
        self.refused.count += 1;
        self.refused.naming_nobody += u64::from(named == Named::Nobody);
        if self.refused.problems.len() < PROBLEMS_SHOWN {
            let line = match self.language {
                Language::Id => "baris",
                Language::En => "line",
            };
            let why = bad.problem.sentence(self.language);
            let problem = format!("{line} {}: {why}", bad.line);
            self.refused.problems.push(problem);
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let mut fresh = OpenOptions::new();
                let fresh = fresh.create(true).truncate(true).write(true).mode(0o600);
                let file = fresh.open(self.path).map_err(failed)?;
                RejectsFile::begin(BufWriter::new(file), table).map_err(failed)?
            }
        };
        let file = self.file.insert(file);
        file.write(bad, self.language).map_err(failed)
    }

    /// Hands everything to the system, or takes the file of an earlier run away.
    pub(super) fn finish(mut self) -> Result<Refused, ImportError> {
        let path = self.path;
        let done = match self.file {
            Some(file) => {
                self.refused.file = Some(path.to_owned());
                file.finish().and_then(|mut out| out.flush())
            }
            None => remove_earlier(path).map(|is_gone| {
                self.refused.removed = is_gone.then(|| path.to_owned());
            }),
        };
        done.map_err(|why| failed(path, why))?;
        Ok(self.refused)
    }
}

fn failed(path: &Path, why: io::Error) -> ImportError {
    let path = path.to_owned();
    ImportError::File { path, why }
}

/// Whether refused rows of an earlier run stood there; they are gone then.
fn remove_earlier(path: &Path) -> io::Result<bool> {
    let file = match File::open(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    if !file.metadata()?.is_file() {
        return Ok(false);
    }
    let mut beginning = Vec::new();
    let longest = RejectsFile::<File>::BEGINNING_BYTES_MAX;
    file.take(longest).read_to_end(&mut beginning)?;
    let is_ours = RejectsFile::<File>::is_begun_by(&beginning);
    if is_ours {
        fs::remove_file(path)?;
    }
    Ok(is_ours)
}
