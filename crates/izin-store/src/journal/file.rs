//! The journal's file: opened, checked against what was said of its end, written behind.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::end::{self, End};
use super::line::{self, Check, Lines};
use super::{Noted, Place};
use crate::place::{self, JOURNAL};
use crate::vault::Hasher;
use crate::{StoreError, address};

/// How much of the end is read at first, in bytes: a few hundred lines. Most starts need one.
const TAIL_BYTES: u64 = 64 * 1024;

/// The open file.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    end: End,
    mark: String,
    /// Where one was begun that this must be: how long it was when that was said last, and with which last
    /// line.
    said: Option<(u64, Check)>,
    /// Whether one was begun.
    begun: bool,
    /// Bytes of whole lines; what lies behind was not acknowledged.
    length: u64,
    /// The checksum of the last whole line.
    last: Check,
    /// Whether something was written in part behind them.
    torn: bool,
    /// Whether lines are missing behind them that nobody remembers.
    behind: bool,
}

/// The line that says whose a journal is.
fn head(mark: &str) -> String {
    format!("izin refusals.journal 1 {mark}\n")
}

impl Journal {
    /// Opens the journal in `safe`, making both when absent; says whether it is new. The first line
    /// names the store by a `mark` of its keys: the journal of another shop is refused, and where one was
    /// `begun`, one that was cut off or changed.
    pub(crate) fn open(safe: &Path, mark: &str, begun: bool) -> Result<(Self, bool), StoreError> {
        let path = safe.join(JOURNAL);
        place::make_folder(safe).map_err(|why| StoreError::file("create", safe, &why))?;
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(|why| StoreError::file("write", &path, &why))?;
        let new = begin(&mut file, &head(mark));
        let new = new.map_err(|why| StoreError::file("use", &path, &why))?;
        let in_safe = |why: std::io::Error| StoreError::file("use", safe, &why);
        let said = (begun && !new).then(|| end::read(safe)).transpose();
        let said = said.map_err(in_safe)?;
        if matches!(said, Some(None)) {
            // Every start says the end: it was taken away, and perhaps lines with it.
            return Err(StoreError::SafeDamaged {
                safe: safe.to_owned(),
            });
        }
        let said = said.flatten();
        let end = End::open(safe).map_err(in_safe)?;
        let mut journal = Self {
            file,
            path,
            end,
            mark: mark.into(),
            said,
            begun,
            length: 0,
            last: Check::first(mark),
            torn: false,
            behind: false,
        };
        journal.find_end()?;
        let said = journal.end.write(journal.length, &journal.last);
        let said = said.and_then(|()| journal.end.sync());
        let synced = said.and_then(|()| place::sync_parent(&journal.path));
        synced.map_err(|why| StoreError::file("write", safe, &why))?;
        Ok((journal, new))
    }

    /// Looks for the last whole line.
    fn find_end(&mut self) -> Result<(), StoreError> {
        let length = self.file.seek(SeekFrom::End(0));
        self.length = length.map_err(|why| StoreError::file("read", &self.path, &why))?;
        if self
            .said
            .as_ref()
            .is_some_and(|(said, _)| *said > self.length)
        {
            return Err(self.damaged());
        }
        let mut bytes = TAIL_BYTES;
        loop {
            let (lines, whole) = self.lines(bytes)?;
            if self.begun && lines.expected.is_some() {
                return Err(self.damaged());
            }
            if let Some(last) = lines.last.filter(|_| whole || !lines.noted.is_empty()) {
                self.last = last;
                return Ok(());
            }
            bytes = bytes.saturating_mul(4);
        }
    }

    /// Takes no more lines until the next start, which begins behind the last that the ledger has and
    /// writes what came after: lines behind a gap would hide it.
    pub(crate) const fn give_up(&mut self) {
        self.behind = true;
    }

    /// Writes lines that outlive a power cut.
    pub(crate) fn append(&mut self, noted: &[Noted]) -> Result<(), StoreError> {
        if self.behind {
            let why = std::io::Error::other("too much of it is missing; restart izin to mend it");
            return Err(StoreError::file("write", &self.path, &why));
        }
        if noted.is_empty() {
            return Ok(());
        }
        let (mut text, mut last) = (String::new(), self.last.clone());
        for own in noted.iter().flat_map(Noted::in_lines) {
            let (line, check) = line::written(&own, &last)?;
            text.push_str(&line);
            last = check;
        }
        let written = self.write(text.as_bytes());
        self.torn = written.is_err();
        written.map_err(|why| StoreError::file("write", &self.path, &why))?;
        self.length = self.length.saturating_add(text.len() as u64);
        self.last = last;
        if let Err(error) = self.end.write(self.length, &self.last) {
            tracing::warn!(%error, "where the journal of refusals ends is not said beside it");
        }
        Ok(())
    }

    fn write(&mut self, text: &[u8]) -> std::io::Result<()> {
        if self.torn {
            // What is left of lines that nobody was told of must not stand between the others.
            self.file.set_len(self.length)?;
        }
        self.file.write_all(text)?;
        self.file.sync_data()?;
        let there = fs::metadata(&self.path)?;
        if there.ino() == self.file.metadata()?.ino() {
            return Ok(());
        }
        Err(std::io::Error::other(
            "another file has taken its place; bring it back and restart izin",
        ))
    }

    /// The lines after the last one that the ledger `holds`, oldest first: those it must be told
    /// again, and that last one's place. Lines are entered in order, so nothing before it is missing. Where
    /// a journal was `begun`, none of them may be gone.
    pub(crate) fn missing(
        &mut self,
        holds: impl Fn(&Place) -> Result<bool, StoreError>,
    ) -> Result<(Vec<Noted>, Option<Place>), StoreError> {
        let mut bytes = TAIL_BYTES;
        loop {
            let (mut lines, whole) = self.lines(bytes)?;
            let (mut missing, mut held) = (std::mem::take(&mut lines.noted), None);
            for (at, place) in places(&missing).rev() {
                if holds(place)? {
                    held = Some((at, place.clone()));
                    break;
                }
            }
            if held.is_none() && !whole {
                bytes = bytes.saturating_mul(4);
                continue;
            }
            if lines.unread > 0 {
                let (path, unread) = (self.path.display(), lines.unread);
                tracing::warn!(%path, unread, "lines of the journal of refusals are damaged or were cut off");
            }
            let entered = held.as_ref().map_or(0, |(at, _)| at + 1);
            if self.begun && lines.lack_any(entered) {
                return Err(self.damaged());
            }
            let held = held.map(|(at, place)| {
                missing.drain(..=at);
                place
            });
            return Ok((missing, held));
        }
    }

    /// The names of the holds that it has the beginning of.
    pub(crate) fn begun_holds(&self) -> Result<HashSet<String>, StoreError> {
        let (mut names, safe) = (HashSet::new(), self.path.parent().unwrap_or(&self.path));
        let told = each(safe, |noted| {
            names.extend(noted.begun_hold().map(str::to_owned))
        });
        told.map_err(|why| StoreError::file("read", &self.path, &why))?;
        Ok(names)
    }

    /// The lines in the last `bytes`, and whether those are all.
    fn lines(&mut self, bytes: u64) -> Result<(Lines, bool), StoreError> {
        let (tail, from) = self
            .tail(bytes)
            .map_err(|why| StoreError::file("read", &self.path, &why))?;
        let whole = from <= head(&self.mark).len() as u64;
        let mut lines = Lines::default();
        let said = self.said.clone();
        lines.expected = said
            .filter(|(length, _)| *length > from)
            .map(|(_, check)| check);
        let mut own = tail.split(|byte| *byte == b'\n');
        // The first line of a part only vouches for the next.
        let first = if whole {
            Some(Check::first(&self.mark))
        } else {
            own.find_map(line::split).map(|(check, _)| check)
        };
        if let Some(first) = first {
            lines.have(first);
        }
        own.for_each(|line| lines.read(line));
        Ok((lines, whole))
    }

    /// The last `bytes` of the file from the beginning of a line on, without the head; and where they begin.
    fn tail(&mut self, bytes: u64) -> std::io::Result<(Vec<u8>, u64)> {
        let length = self.file.seek(SeekFrom::End(0))?;
        let start = length.saturating_sub(bytes);
        self.file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        self.file.read_to_end(&mut tail)?;
        let first = tail.iter().position(|byte| *byte == b'\n');
        let skipped = first.map_or(0, |at| at + 1);
        tail.drain(..skipped);
        Ok((tail, start.saturating_add(skipped as u64)))
    }

    fn damaged(&self) -> StoreError {
        StoreError::SafeDamaged {
            safe: self.path.parent().unwrap_or(&self.path).to_owned(),
        }
    }
}

fn places(noted: &[Noted]) -> impl DoubleEndedIterator<Item = (usize, &Place)> {
    let all = noted.iter().enumerate();
    all.filter_map(|(at, own)| Some((at, own.place.as_ref()?)))
}

/// Checks or writes the first line, and ends a line that a power cut left open; says whether the
/// file was empty.
fn begin(file: &mut File, head: &str) -> std::io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        file.write_all(head.as_bytes())?;
        file.sync_all()?;
        return Ok(true);
    }
    if !is_headed(file, head)? {
        return Err(foreign());
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    Ok(false)
}

fn foreign() -> std::io::Error {
    std::io::Error::other(
        "it is the journal of another shop, or of other keys; name another `safe`",
    )
}

fn is_headed(file: &mut File, head: &str) -> std::io::Result<bool> {
    file.rewind()?;
    let mut found = Vec::new();
    file.take(head.len() as u64).read_to_end(&mut found)?;
    Ok(found == head.as_bytes())
}

/// Refuses what a start would refuse over data with these keys: the journal of another shop, or one with
/// addresses under newer keys. Where there is none, there is nothing to refuse.
pub(crate) fn refuse_foreign(safe: &Path, hasher: &Hasher) -> Result<(), StoreError> {
    let path = safe.join(JOURNAL);
    let failed = |why: std::io::Error| StoreError::file("use", &path, &why);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(failed(why)),
    };
    let mark = hasher.mark();
    if !is_headed(&mut file, &head(&mark)).map_err(failed)? {
        return Err(failed(foreign()));
    }
    let mut lines = Lines::default();
    lines.have(Check::first(&mark));
    for line in BufReader::new(file).split(b'\n') {
        lines.read(&line.map_err(failed)?);
        for noted in lines.noted.drain(..) {
            for hash in noted.addresses() {
                address::known(hash.version(), hasher)?;
            }
        }
        lines.gaps.clear();
    }
    Ok(())
}

/// Tells what every line of a journal says.
pub(crate) fn each(safe: &Path, mut told: impl FnMut(Noted)) -> std::io::Result<()> {
    for line in BufReader::new(File::open(safe.join(JOURNAL))?).split(b'\n') {
        let line = line?;
        let noted = line::split(&line).and_then(|own| serde_json::from_slice(own.1).ok());
        noted.into_iter().for_each(&mut told);
    }
    Ok(())
}

/// Goes through a whole journal; answers the number of the first line before which others are gone, or of the
/// last where that is not the one that was said. None where all is well.
pub(crate) fn examine(safe: &Path, mark: &str) -> std::io::Result<Option<usize>> {
    let mut file = File::open(safe.join(JOURNAL))?;
    if !is_headed(&mut file, &head(mark))? {
        return Ok(Some(1));
    }
    let length = file.metadata()?.len();
    let Some(said) = end::read(safe).ok().flatten().filter(|own| own.0 <= length) else {
        return Ok(Some(BufReader::new(file).split(b'\n').count()));
    };
    let begun = head(mark).len() as u64;
    file.seek(SeekFrom::Start(begun))?;
    let mut lines = Lines::default();
    lines.expected = Some(said)
        .filter(|(length, _)| *length > begun)
        .map(|(_, check)| check);
    lines.have(Check::first(mark));
    let mut number = 1;
    for line in BufReader::new(file).split(b'\n') {
        number += 1;
        lines.read(&line?);
        lines.noted.clear();
        if !lines.gaps.is_empty() {
            return Ok(Some(number));
        }
    }
    Ok(lines.lack_any(0).then_some(number))
}
