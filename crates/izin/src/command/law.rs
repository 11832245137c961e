//! `izin law`: the rows of law that decisions rest on, in force or not. Needs no store.

mod due;

use std::io::Write;

use clap::{Args, Subcommand};
use izin_app::Clock;
use izin_app::closest::closest;
use izin_app::policy;
use izin_core::law::{self, Kind, Regime, RegimeSet, Right, Rule, Status};
use izin_core::zone::Zone;
use izin_core::{Language, Policy, Timestamp};
use serde_json::{Value, json};

use crate::cli::Cli;
use crate::exit::{Exit, Usage};
use crate::io::Io;
use crate::moment::Moment;

const MARKS: &str = "\
Marks: V the text of the rule was read, S it was seen in a secondary source, G general knowledge,
not verified. A row decides something only while it is law and its dates hold the moment; what is
waived, proposed, advice or over is listed so that nobody mistakes it for law. This is not legal
advice; docs/book/law.md says where the rows come from.";

/// Show the rows of law that decisions rest on
#[derive(Debug, Subcommand)]
pub(crate) enum LawCommand {
    List(List),
    Show(Show),
    Due(due::Due),
}

/// List rows: where they are written, what they ask, from when to when, how sure we are
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  izin law list --regime uu-pdp
  izin law list --kind opt_out_clock --at 2027-01-01
  izin law list --lang id
  izin law list --json

{MARKS}"))]
pub(crate) struct List {
    /// Only this regime, as uu-pdp
    #[arg(long)]
    regime: Option<Regime>,
    /// Only rules of this kind, as permission
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// Only what is in force then: a date, where it begins on the shop's clock, or an RFC 3339 time
    #[arg(long, value_name = "DATE")]
    at: Option<Moment>,
}

/// Show one row whole
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  izin law show uu-pdp/marketing/email
  izin law show gdpr/marketing/email --lang id
  izin law show gdpr/marketing/email --json

{MARKS}"))]
pub(crate) struct Show {
    /// The row's name, as decisions give it
    id: String,
}

/// Prints rows.
pub(crate) fn run(asked: &LawCommand, cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    let now = Clock::System.now();
    match asked {
        LawCommand::List(asked) => list(asked, cli, now, io),
        LawCommand::Show(asked) => show(asked, cli, now, io),
        LawCommand::Due(asked) => due::run(asked, cli, now, io),
    }
}

/// What the shop's folder declares; nothing where there is none, `None` inside where it has faults.
fn declared(cli: &Cli, now: Timestamp) -> Option<Option<Policy>> {
    let config = cli.config().ok()?;
    Some(policy::check(&config.settings.policy, now).policy)
}

fn list(asked: &List, cli: &Cli, now: Timestamp, io: &mut Io) -> anyhow::Result<Exit> {
    let zone = declared(cli, now).flatten();
    let zone = zone.map_or(Zone::JAKARTA, |own| own.controller.zone);
    let at = asked.at.as_ref().map(|own| own.on(zone)).transpose()?;
    let wanted = |rule: &&Rule| {
        asked.regime.is_none_or(|own| own == rule.regime)
            && asked.kind.is_none_or(|own| own == rule.kind)
            && at.is_none_or(|at| rule.applies_at(at))
    };
    let moment = at.unwrap_or(now);
    let language = cli.language();
    let mut listed = false;
    for rule in law::rules().iter().filter(wanted) {
        listed = true;
        if cli.answer.json {
            io.json(&document(rule, moment)?)?;
            continue;
        }
        let note = standing(rule, moment, language).map(|own| format!("  [{own}]"));
        io.line(format_args!(
            "{:10} {:?}  {:46} {}  {}{}",
            rule.regime.as_str(),
            rule.verified,
            rule.id,
            dates(rule)?,
            law::cited(rule.article, language),
            note.unwrap_or_default(),
        ))?;
        io.line(format_args!("{:14}{}", "", rule.effect.get(language)))?;
    }
    if let Some(at) = at {
        let shown = zone.show(at);
        let said = match language {
            Language::Id => format!("catatan: ditanya untuk {shown}"),
            Language::En => format!("note: asked as of {shown}"),
        };
        writeln!(io.err, "{said}")?;
        let (day, _) = shown.split_once('T').unwrap_or((&shown, ""));
        known_of((at, day), listed, language, io)?;
    }
    Ok(Exit::Fine)
}

/// Says what a list of another day cannot hold: law that nobody knew of when the tables were
/// written, and law before their first row.
fn known_of(
    (at, day): (Timestamp, &str),
    listed: bool,
    language: Language,
    io: &mut Io,
) -> std::io::Result<()> {
    let last = law::years_known(RegimeSet::ALL).last().unwrap_or_default();
    let beyond = Timestamp::parse(&format!("{}-01-01", last.saturating_add(1)));
    let is_beyond = beyond.is_ok_and(|beyond| at >= beyond);
    let version = law::VERSION;
    let note = match (language, is_beyond, listed) {
        (Language::En, true, _) => format!(
            "note: these tables are of {version} and look no further than the end of {last}; \
             what will be law on {day} nobody knows, the rows are those of today that have no end"
        ),
        (Language::Id, true, _) => format!(
            "catatan: tabel ini dari {version} dan hanya memandang sampai akhir {last}; hukum pada \
             {day} belum diketahui, baris di atas ialah baris kini yang belum ada akhirnya"
        ),
        (Language::En, false, false) => {
            format!(
                "note: none of these rows was in force on {day}; leave out --at to see them all"
            )
        }
        (Language::Id, false, false) => format!(
            "catatan: tidak ada baris itu yang berlaku pada {day}; tanpa --at semuanya tampak"
        ),
        (_, false, true) => return Ok(()),
    };
    writeln!(io.err, "{note}")
}

fn show(asked: &Show, cli: &Cli, now: Timestamp, io: &mut Io) -> anyhow::Result<Exit> {
    let Some(rule) = law::rule_by_id(&asked.id) else {
        return Err(unknown(&asked.id).into());
    };
    if cli.answer.json {
        io.json(&document(rule, now)?)?;
        return Ok(Exit::Fine);
    }
    let language = cli.language();
    let standing = standing(rule, now, language);
    let (yes, words) = match language {
        Language::Id => (
            "berlaku",
            ["pasal", "bila", "akibat", "masa", "kini", "sumber", "teks"],
        ),
        Language::En => (
            "in force",
            [
                "article", "when", "effect", "dates", "now", "source", "text",
            ],
        ),
    };
    let [article, when, effect, from, today, source, text] = words;
    io.line(format_args!("{}  {:?}", rule.id, rule.verified))?;
    for (name, value) in [
        (article, &*law::cited(rule.article, language)),
        (when, rule.condition.get(language)),
        (effect, rule.effect.get(language)),
        (from, &dates(rule)?),
        (today, standing.unwrap_or(yes)),
        (source, rule.source.get(language)),
        (text, rule.text_version.get(language)),
    ] {
        io.line(format_args!("  {name:8} {value}"))?;
    }
    Ok(Exit::Fine)
}

/// Why a row decides nothing at a moment; `None`: it decides.
fn standing(rule: &Rule, moment: Timestamp, language: Language) -> Option<&'static str> {
    let (id, en) = match rule.status {
        Status::Proposed => ("usulan, bukan hukum", "proposed, not law"),
        Status::Waived => ("ditangguhkan", "put off by the authority"),
        Status::Guidance => ("anjuran, tidak diterapkan", "advice, never applied"),
        Status::InForce if rule.applies_at(moment) => return None,
        Status::InForce if moment < rule.in_force_from => ("belum berlaku", "not yet in force"),
        Status::InForce => ("tidak lagi berlaku", "no longer in force"),
    };
    Some(match language {
        Language::Id => id,
        Language::En => en,
    })
}

/// The first and the last day, where the regime holds.
fn dates(rule: &Rule) -> anyhow::Result<String> {
    let (first, last) = law::days_of(rule)?;
    Ok(format!("{first} … {:10}", last.unwrap_or_default()))
}

fn document(rule: &Rule, moment: Timestamp) -> anyhow::Result<Value> {
    let clock = rule.clock.map(|own| {
        json!({
            "term": own.term.to_string(),
            "from": own.from,
            "extension": own.extension.map(|own| own.to_string()),
            "pausable": own.pausable,
        })
    });
    let ages = rule
        .ages
        .map(|own| json!({ "from": own.from, "below": own.below }));
    Ok(json!({
        "id": rule.id,
        "regime": rule.regime,
        "kind": rule.kind,
        "article": rule.article,
        "condition": rule.condition,
        "effect": rule.effect,
        "duty": rule.duty,
        "class": rule.class,
        "channel": rule.channel,
        "bases": rule.bases,
        "rights": rule.rights,
        "clock": clock,
        "ages": ages,
        "in_force_from": rule.in_force_from.to_string(),
        "in_force_to": rule.in_force_to.map(|own| own.to_string()),
        "status": rule.status,
        "applies": rule.applies_at(moment),
        "strength": rule.strength,
        "verified": rule.verified,
        "source": rule.source,
        "text_version": rule.text_version,
        "law": law::VERSION,
    }))
}

fn unknown(id: &str) -> Usage {
    let names = law::rules().iter().map(|own| own.id);
    let near = closest(id, names).map(|own| format!("; did you mean `{own}`?"));
    Usage(format!(
        "there is no row `{id}`{}; `izin law list` shows them",
        near.unwrap_or_default()
    ))
}

/// Reads a kind of rule by its name in the files of law.
fn kind(text: &str) -> Result<Kind, String> {
    serde_json::from_value(Value::from(text)).map_err(|why| {
        let why = why.to_string();
        let known = why
            .split_once("expected ")
            .map_or(&*why, |(_, known)| known);
        format!("{}expected {known}", hint(text, known))
    })
}

/// What a word that is no kind of rule was probably meant for.
fn hint(text: &str, known: &str) -> String {
    let names = || known.split('`').skip(1).step_by(2);
    let longer = names().find(|own| !text.is_empty() && own.starts_with(text));
    let is_right = serde_json::from_value::<Right>(Value::from(text)).is_ok();
    if is_right && longer.is_none() {
        let mend = "`request_clock` tells by when it is answered, `answer` with what, `rights` what \
                    it is";
        return format!("this is something that a person asks for: {mend}; ");
    }
    let meant = longer.or_else(|| closest(text, names()));
    meant.map_or_else(String::new, |own| format!("did you mean `{own}`? "))
}
