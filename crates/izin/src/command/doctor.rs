//! `izin doctor`: everything that does not fit together in the data, with its place and the mend.
//!
//! It needs nobody's leave and changes nothing: it reads beside a running server, and looks at a
//! folder that no server would open.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use izin_app::visible::visible;
use izin_app::{Clock, Settings};
use izin_core::Language;
use izin_log::{Checkpoint, TreeHead};
use izin_store::examine::{self, Examined};
use izin_store::{Durability, Entropy, Place, Server, StoreError, place};
use rustix::fs::statvfs;
use serde::Deserialize;
use serde_json::json;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::io::Io;
use crate::session::nothing_yet;

/// What is said about each kind of finding.
const SENTENCES: &str = include_str!("doctor.toml");
/// Less than this much free space is told: room for hundreds of thousands of acts.
const FREE_BYTES_MIN: u64 = 512 << 20;

/// Seconds by which this machine's clock and the server's may differ.
const CLOCK_APART_MAX: u64 = 60;

/// Look for everything that does not fit together in the data, and say how to mend it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin doctor
  izin doctor --json

It reads both databases whole: their structure, every entry against its leaf, the leaves against the
tiles and every signed checkpoint, every sealed value against its key, suppressions against the ledger,
the journal of refusals line by line, what a crash may leave of sending, rights of files, the clock and the disk. It changes nothing, and may
run beside a server. The exit code is 1 when something is wrong; notes alone end with 0.")]
pub(crate) struct Doctor {}

/// The sentences of one kind of finding.
#[derive(Deserialize)]
struct Sentences {
    en: String,
    id: String,
    mend_en: String,
    mend_id: String,
}

/// One finding as it is told.
struct Finding {
    code: &'static str,
    place: String,
    note: bool,
    /// How many more of the kind there are.
    more: u64,
}

/// Examines the data and tells every finding.
pub(crate) fn run(cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    let Settings {
        data,
        safe,
        master,
        servers,
        ..
    } = cli.config()?.settings;
    let language = cli.language();
    if !data.exists() && safe.join(place::JOURNAL).exists() {
        return Err(StoreError::DataMissing { safe, dir: data }.into());
    }
    if !data.exists() {
        return Err(nothing_yet(&data));
    }
    // Before the data: what is signed meanwhile is in both, or in neither.
    let kept = kept_checkpoint(&safe)?;
    let progress = Arc::clone(&io.progress);
    let at = (Clock::System.now(), &*progress as examine::Progress<'_>);
    let place = Place {
        dir: &data,
        safe: &safe,
        master: &master,
        servers: servers.as_ref(),
    };
    let mut examined = examine::examine(place, &Entropy::System, at)?;
    if examined.head.is_some() {
        let of_safe = examine::examine_safe(place, &Entropy::System)?;
        examined.findings.extend(of_safe.findings);
    }
    let mut found: Vec<Finding> = examined
        .findings
        .iter()
        .map(|own| Finding {
            code: own.wrong.code(),
            place: visible(&own.place),
            note: own.wrong.is_note(),
            more: own.more,
        })
        .collect();
    found.extend(kept.and_then(|own| safe_ahead(&safe, &own, examined.head)));
    found.extend(journal(&safe, &examined)?);
    found.extend(
        servers
            .as_ref()
            .and_then(|own| kept_by(&own.data, &examined)),
    );
    let clock = servers.as_ref().zip(examined.clock_ahead);
    found.extend(clock.and_then(|(own, ahead)| clock_apart(&own.data, ahead)));
    found.extend(disk(&data)?);
    if safe.exists() && !on_one_disk(&data, &safe)? {
        // Full, it takes no refusal.
        found.extend(disk(&safe)?);
    }
    found.sort_by_key(rank);
    if cli.answer.json {
        io.json(&answer(&examined, &found, language)?)?;
    } else {
        tell(&examined, &found, language, io)?;
    }
    let fine = examined.left_out == 0 && found.iter().all(|own| own.note);
    Ok(if fine { Exit::Fine } else { Exit::Findings })
}

/// What is told first: what may have lost refusals, then what else is wrong, then notes.
fn rank(own: &Finding) -> usize {
    const WORST: [&str; 10] = [
        "server_unsafe",
        "safe_missing",
        "journal_damaged",
        "checkpoint_missing",
        "checkpoint_forged",
        "suppression_lost",
        "safe_ahead",
        "ledger_shorter",
        "file_missing",
        "database_damaged",
    ];
    let worst = WORST.iter().position(|code| *code == own.code);
    worst.unwrap_or(WORST.len() + usize::from(own.note))
}

/// The last checkpoint outside the data directory, if one was kept.
fn kept_checkpoint(safe: &Path) -> anyhow::Result<Option<String>> {
    let path = safe.join(place::CHECKPOINT);
    match fs::read_to_string(&path) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// That checkpoint against the ledger in the data.
fn safe_ahead(safe: &Path, note: &str, head: Option<TreeHead>) -> Option<Finding> {
    let text = note.split("\n\n").next().unwrap_or_default();
    let kept = Checkpoint::parse(&format!("{text}\n")).ok();
    let kept = kept.map(|own| *own.head());
    let behind = match (kept, head) {
        (Some(kept), Some(head)) => {
            kept.size > head.size || (kept.size == head.size && kept != head)
        }
        (None, _) => true,
        (_, None) => false,
    };
    behind.then(|| Finding {
        code: "safe_ahead",
        place: safe.join(place::CHECKPOINT).display().to_string(),
        note: false,
        more: 0,
    })
}

/// A safe without a journal of refusals: one that was begun is missed, and one that was not yet is told of.
fn journal(safe: &Path, examined: &Examined) -> anyhow::Result<Option<Finding>> {
    let path = safe.join(place::JOURNAL);
    let there = fs::metadata(&path).is_ok_and(|own| own.len() > 0);
    let entries = examined.head.map_or(0, |head| head.size);
    let code = match examined.safe_begun {
        _ if there || entries == 0 => return Ok(None),
        true => "safe_missing",
        false => "safe_not_begun",
    };
    Ok(Some(Finding {
        code,
        place: path.display().to_string(),
        note: !examined.safe_begun,
        more: 0,
    }))
}

/// Where a server keeps what it acknowledges, unless that is on two machines. Files are on one, as everybody
/// knows.
fn kept_by(server: &Server, examined: &Examined) -> Option<Finding> {
    let code = match examined.durability? {
        Durability::SynchronousStandby => return None,
        Durability::Unsafe => "server_unsafe",
        Durability::OneMachine => "server_alone",
        Durability::AsynchronousStandby => "standby_asynchronous",
        Durability::Unknown => "server_silent",
        Durability::StandbyMissing => "standby_missing",
    };
    Some(Finding {
        code,
        place: server.place(),
        note: !matches!(code, "server_unsafe" | "standby_missing"),
        more: 0,
    })
}

/// Two clocks that differ by more than a report may be late.
fn clock_apart(server: &Server, ahead: i64) -> Option<Finding> {
    (ahead.unsigned_abs() > CLOCK_APART_MAX).then(|| Finding {
        code: "clock_apart",
        place: format!("{}: {:+} s", server.place(), -ahead),
        note: false,
        more: 0,
    })
}

fn on_one_disk(data: &Path, safe: &Path) -> anyhow::Result<bool> {
    let disk = |path: &Path| {
        let found = fs::metadata(path).map(|own| own.dev());
        found.with_context(|| format!("cannot read `{}`", path.display()))
    };
    Ok(disk(data)? == disk(safe)?)
}

fn disk(data: &Path) -> anyhow::Result<Option<Finding>> {
    let found = statvfs(data).with_context(|| format!("cannot read `{}`", data.display()))?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    Ok((free < FREE_BYTES_MIN).then(|| Finding {
        code: "disk_low",
        place: format!("{}: {} MiB", data.display(), free >> 20),
        note: false,
        more: 0,
    }))
}

fn sentences() -> anyhow::Result<BTreeMap<String, Sentences>> {
    Ok(toml::from_str(SENTENCES)?)
}

fn words<'a>(
    all: &'a BTreeMap<String, Sentences>,
    (code, language): (&str, Language),
) -> anyhow::Result<(&'a str, &'a str)> {
    let own = all.get(code).context("every finding has its sentences")?;
    Ok(match language {
        Language::En => (&own.en, &own.mend_en),
        Language::Id => (&own.id, &own.mend_id),
    })
}

fn answer(
    examined: &Examined,
    found: &[Finding],
    language: Language,
) -> anyhow::Result<serde_json::Value> {
    let all = sentences()?;
    let findings = found.iter().map(|own| {
        let (what, mend) = words(&all, (own.code, language))?;
        let severity = if own.note { "note" } else { "error" };
        let code = own.code;
        Ok(json!({
            "code": code, "severity": severity, "place": own.place, "more": own.more, "what": what,
            "mend": mend,
        }))
    });
    let findings: Vec<_> = findings.collect::<anyhow::Result<_>>()?;
    Ok(json!({
        "ok": examined.left_out == 0 && found.iter().all(|own| own.note),
        "durability": examined.durability.map(Durability::code),
        "entries": examined.head.map(|head| head.size),
        "findings": findings,
        "left_out": examined.left_out,
    }))
}

fn tell(
    examined: &Examined,
    found: &[Finding],
    language: Language,
    io: &mut Io,
) -> anyhow::Result<()> {
    let all = sentences()?;
    for same in found.chunk_by(|a, b| a.code == b.code) {
        let Some(Finding { code, more, .. }) = same.last() else {
            continue;
        };
        let (what, mend) = words(&all, (code, language))?;
        for own in same {
            io.line(format_args!("{code}: {}", own.place))?;
        }
        if *more > 0 {
            io.line(match language {
                Language::En => format!("{code}: and {more} more"),
                Language::Id => format!("{code}: dan {more} lainnya"),
            })?;
        }
        io.line(format_args!("  {what}\n  {mend}"))?;
    }
    let (entries, left_out) = (examined.head.map_or(0, |head| head.size), examined.left_out);
    if left_out > 0 {
        io.line(match language {
            Language::En => format!("{left_out} more findings are left out"),
            Language::Id => format!("{left_out} temuan lain tidak ditampilkan"),
        })?;
    }
    if found.is_empty() {
        io.line(match language {
            Language::En => format!("{entries} entries and everything beside them fit together"),
            Language::Id => format!("{entries} entri dan semua di sekitarnya cocok"),
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use izin_store::examine::Wrong;

    use super::*;

    #[test]
    fn clocks_that_differ_by_more_than_a_minute_are_told() {
        let server = Server::parse("postgresql://izin@db.example.com/izin", "izin", None).unwrap();
        assert!(clock_apart(&server, 60).is_none() && clock_apart(&server, -60).is_none());
        let ahead = clock_apart(&server, 3_600).unwrap();
        assert_eq!(ahead.place, "db.example.com:5432: -3600 s");
        assert!(!ahead.note);
    }

    #[test]
    fn every_finding_has_its_sentences_and_no_sentence_is_without_finding() {
        let told = sentences().unwrap();
        let mut codes: Vec<&str> = Wrong::ALL.map(Wrong::code).into();
        codes.extend([
            "clock_apart",
            "disk_low",
            "safe_ahead",
            "safe_missing",
            "safe_not_begun",
        ]);
        codes.extend(["server_alone", "server_silent", "server_unsafe"]);
        codes.extend(["standby_asynchronous", "standby_missing"]);
        codes.sort_unstable();
        let there: Vec<&str> = told.keys().map(String::as_str).collect();
        assert_eq!(there, codes);
    }
}
