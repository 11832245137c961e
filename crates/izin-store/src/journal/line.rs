//! A line of the journal: a checksum over the line before and the words, and the words.
//!
//! So each line vouches for the one before it. A line that a power cut left unfinished was never
//! acknowledged, and the next goes on from the last whole one: that is no gap. A line that was taken away
//! or changed leaves one.

use izin_core::hex;

use super::Noted;
use crate::StoreError;

/// Digits of the checksum before each line.
const DIGITS: usize = 16;

/// The checksum of a line, which the next one goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check(String);

impl Check {
    /// What the first line goes on from: what the journal says of whose it is.
    pub(super) fn first(mark: &str) -> Self {
        Self::alone(mark.as_bytes())
    }

    /// As it was written down.
    pub(super) fn from_digits(digits: &str) -> Self {
        Self(digits.into())
    }

    /// Its digits, as they stand in the line.
    pub(super) fn digits(&self) -> &str {
        &self.0
    }

    fn after(&self, json: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.0.as_bytes()).update(json);
        Self::of(&hasher)
    }

    /// The checksum as it was before lines vouched for each other.
    fn alone(json: &[u8]) -> Self {
        Self::of(blake3::Hasher::new().update(json))
    }

    fn of(hasher: &blake3::Hasher) -> Self {
        let digits = hasher.finalize();
        Self(hex(&digits.as_bytes()[..DIGITS / 2]))
    }
}

/// Writes a line that goes on from another.
pub(super) fn written(noted: &Noted, before: &Check) -> Result<(String, Check), StoreError> {
    let json = serde_json::to_string(noted);
    let json = json.map_err(|_| StoreError::Damaged { what: "refusal" })?;
    let check = before.after(json.as_bytes());
    Ok((format!("{} {json}\n", check.0), check))
}

/// Lines as they were read, oldest first.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// What they say.
    pub(super) noted: Vec<Noted>,
    /// The checksum of the last whole one.
    pub(super) last: Option<Check>,
    /// Lines that are not whole.
    pub(super) unread: usize,
    /// Before which of them others are gone, or were changed.
    pub(super) gaps: Vec<usize>,
    /// The line that must be among them, until it is.
    pub(super) expected: Option<Check>,
    /// The digits that stand before the line read last, whole or not.
    beside: Option<Check>,
}

impl Lines {
    /// Reads the next line, without its end.
    pub(super) fn read(&mut self, line: &[u8]) {
        let Some((check, json)) = split(line) else {
            self.unread += usize::from(!line.is_empty());
            return;
        };
        let goes_on_from =
            |before: Option<&Check>| before.is_none_or(|own| own.after(json) == check);
        let linked = goes_on_from(self.last.as_ref()) || Check::alone(json) == check;
        let whole = linked
            || self
                .beside
                .as_ref()
                .is_some_and(|own| own.after(json) == check);
        let noted = whole.then(|| serde_json::from_slice(json).ok()).flatten();
        self.beside = Some(check.clone());
        let Some(noted) = noted else {
            self.unread += 1;
            return;
        };
        if !linked {
            self.gaps.push(self.noted.len());
        }
        self.noted.push(noted);
        self.have(check);
    }

    /// Goes on from a line that is there.
    pub(super) fn have(&mut self, check: Check) {
        self.expected.take_if(|own| *own == check);
        self.last = Some(check);
    }

    /// Whether lines after so many are gone, or were changed.
    pub(super) fn lack_any(&self, after: usize) -> bool {
        self.expected.is_some() || self.gaps.iter().any(|before| *before >= after)
    }
}

/// The checksum of a line and its words.
pub(super) fn split(line: &[u8]) -> Option<(Check, &[u8])> {
    let (digits, json) = line.split_at_checked(DIGITS)?;
    let digits = String::from_utf8(digits.to_vec()).ok()?;
    Some((Check(digits), json.strip_prefix(b" ")?))
}
