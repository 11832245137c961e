//! Lists in NDJSON: one object a line. What a line holds besides stays as it was written.

use std::borrow::Cow;
use std::io::{BufRead, Read, Write};

use anyhow::Context;
use izin_app::Who;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use super::asker::{Answer, Naming};
use super::{ROW_BYTES_MAX, ROWS_TOGETHER, Round};

/// The fields of a line that count.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    email: Option<Value<'a>>,
    #[serde(borrow, default)]
    phone: Option<Value<'a>>,
    #[serde(borrow, default)]
    customer: Option<Value<'a>>,
    #[serde(borrow, default)]
    id: Option<Value<'a>>,
    #[serde(default, deserialize_with = "there")]
    decision: bool,
    #[serde(default, deserialize_with = "there")]
    reason: bool,
    #[serde(default, deserialize_with = "there")]
    level: bool,
    #[serde(default, deserialize_with = "there")]
    until: bool,
}

/// Whether a field is there, be it `null`.
fn there<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(field).map(|_| true)
}

/// What a line that cannot be read comes back as.
#[derive(Serialize)]
struct Unreadable<'a> {
    unreadable: Cow<'a, str>,
}

/// A value that may name somebody; shops write customer numbers as numbers too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Number(u64),
    Other(IgnoredAny),
}

impl Line<'_> {
    fn has_answers(&self) -> bool {
        self.decision || self.reason || self.level || self.until
    }

    fn value(&self, naming: Naming) -> Option<&Value<'_>> {
        let value = match naming {
            Naming::Email => &self.email,
            Naming::Phone => &self.phone,
            Naming::Customer => &self.customer,
            Naming::Id => &self.id,
        };
        value.as_ref()
    }

    fn who(&self, round: &Round<'_>) -> Option<Who> {
        for naming in round.asker.preference() {
            match self.value(naming) {
                None => {}
                Some(Value::Text(text)) if text.trim().is_empty() => {}
                Some(Value::Text(text)) => return round.asker.who(naming, text, None),
                Some(Value::Number(number)) => {
                    return round.asker.who(naming, &number.to_string(), None);
                }
                Some(Value::Other(_)) => return None,
            }
        }
        None
    }
}

/// Lines that are decided together.
#[derive(Default)]
struct Block {
    /// What each line is written as.
    kept: Vec<Vec<u8>>,
    /// Whom it names.
    named: Vec<Option<Who>>,
}

/// Decides every line.
pub(super) fn decide(
    mut source: impl BufRead,
    out: &mut impl Write,
    round: &mut Round<'_>,
) -> anyhow::Result<()> {
    let mut number = 0;
    loop {
        let mut block = Block::default();
        let ended = block.fill(&mut source, &mut number, round);
        let answers = round.asker.ask(&block.named);
        for (line, answer) in block.kept.iter().zip(&answers) {
            if round.keeps(answer) {
                write(out, line, answer)?;
            }
        }
        if ended? {
            return Ok(());
        }
    }
}

impl Block {
    /// Reads lines until the block is full; whether the list has ended. What was read before an error
    /// is still decided.
    fn fill(
        &mut self,
        source: &mut impl BufRead,
        number: &mut u64,
        round: &Round<'_>,
    ) -> anyhow::Result<bool> {
        let most = u64::try_from(ROW_BYTES_MAX).unwrap_or(u64::MAX);
        let mut line = Vec::new();
        while self.kept.len() < ROWS_TOGETHER {
            line.clear();
            *number += 1;
            let read = source.by_ref().take(most).read_until(b'\n', &mut line);
            if read.context("cannot read the list")? == 0 {
                return Ok(true);
            }
            anyhow::ensure!(
                line.ends_with(b"\n") || line.len() < ROW_BYTES_MAX,
                "line {number} of the list is longer than 1 MiB"
            );
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let is_object = text.starts_with(b"{");
            let parsed = serde_json::from_slice(text).ok();
            let parsed: Option<Line<'_>> = parsed.filter(|_| is_object);
            anyhow::ensure!(
                !parsed.as_ref().is_some_and(Line::has_answers),
                "line {number} of the list has a field decision, reason, level or until already"
            );
            self.kept.push(match &parsed {
                Some(_) => text.to_vec(),
                None => serde_json::to_vec(&Unreadable {
                    unreadable: String::from_utf8_lossy(text),
                })?,
            });
            self.named.push(parsed.and_then(|line| line.who(round)));
        }
        Ok(false)
    }
}

/// Writes an object with the answer appended.
fn write(out: &mut impl Write, object: &[u8], answer: &Answer) -> anyhow::Result<()> {
    let open = object.strip_suffix(b"}").unwrap_or(object).trim_ascii_end();
    out.write_all(open)?;
    if open != b"{" {
        out.write_all(b",")?;
    }
    let (verdict, reason) = (answer.verdict.as_str(), answer.reason);
    write!(out, "\"decision\":\"{verdict}\",\"reason\":\"{reason}\"")?;
    match answer.level {
        Some(level) => write!(out, ",\"level\":{level}")?,
        None => out.write_all(b",\"level\":null")?,
    }
    match answer.until {
        Some(until) => writeln!(out, ",\"until\":\"{until}\"}}")?,
        None => out.write_all(b",\"until\":null}\n")?,
    }
    Ok(())
}
