//! `izin law due`: by when something must be done, and what must be in it, under several regimes at
//! once. Every term is told, the earliest counts, and the contents add up. Start at [`run`].

use std::io::Write;

use clap::Args;
use izin_core::law::{self, Clock, Kind, Regime, RegimeSet, Rule, Start, TermError};
use izin_core::zone::Zone;
use izin_core::{Language, Timestamp};
use serde_json::{Value, json};

use super::{MARKS, declared, document, kind, known_of};
use crate::cli::Cli;
use crate::exit::{Exit, Usage};
use crate::io::Io;
use crate::moment::Moment;

/// Say by when something must be done, and what the laws ask for
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  izin law due request_clock --from 2026-11-21T09:00+07:00
  izin law due opt_out_clock --regimes uu-pdp,gdpr
  izin law due breach_clock --regimes ccpa --json
  izin law due answer

Every row with a term is told with its day: of several that one event starts, the earliest begin
with `By` and count, the others follow. Then every row of that kind is listed. Without --regimes
they are those of the policy that --config leads to, or all when there is none. Rows in force at
--from count. Moments are shown on the shop's clock.

{MARKS}"))]
pub(crate) struct Due {
    /// What has to be done, as request_clock, opt_out_clock, breach_clock or answer
    #[arg(value_parser = kind)]
    kind: Kind,
    /// The regimes that count, as uu-pdp,gdpr
    #[arg(long, value_name = "REGIMES", value_delimiter = ',')]
    regimes: Vec<Regime>,
    /// When the request, the no or the news of a breach came, without an offset on the shop's clock;
    /// absent: now
    #[arg(long, value_name = "TIME")]
    from: Option<Moment>,
}

/// What the answer is about.
struct Asked {
    kind: Kind,
    from: Timestamp,
    regimes: RegimeSet,
    zone: Zone,
}

/// A day by which a row wants something done.
struct Day {
    event: Start,
    by: Timestamp,
    rule: &'static Rule,
    clock: Clock,
    /// Whether no other row counts to an earlier day from the same event.
    is_earliest: bool,
}

/// Prints days and contents.
pub(super) fn run(due: &Due, cli: &Cli, now: Timestamp, io: &mut Io) -> anyhow::Result<Exit> {
    let asked = asked(due, cli, now, io)?;
    let days = days(&asked)?;
    let contents: Vec<_> = law::contents(asked.regimes, asked.kind, asked.from).collect();
    if cli.answer.json {
        io.json(&answer(&asked, &days, &contents)?)?;
        return Ok(Exit::Fine);
    }
    let words = Words::of(cli.language());
    io.line(words.head(&asked)?)?;
    for day in &days {
        io.line(words.day(day, asked.zone))?;
        row(day.rule, words.language, io)?;
    }
    if days.is_empty() {
        io.line(format_args!("{}\n", words.no_term))?;
    }
    let said = if contents.is_empty() {
        words.no_rows
    } else {
        words.contents
    };
    io.line(said)?;
    for rule in contents {
        row(rule, words.language, io)?;
    }
    let shown = asked.zone.show(asked.from);
    let (day, _) = shown.split_once('T').unwrap_or((&shown, ""));
    known_of((asked.from, day), true, words.language, io)?;
    Ok(Exit::Fine)
}

/// The question, filled up with what the shop's policy says.
fn asked(due: &Due, cli: &Cli, now: Timestamp, io: &mut Io) -> anyhow::Result<Asked> {
    let declared = declared(cli, now);
    if due.regimes.is_empty() && matches!(declared, Some(None)) {
        let note = match cli.language() {
            Language::Id => {
                "catatan: kebijakan punya galat, jadi semua hukum ditanya; `izin check` menyebutkannya"
            }
            Language::En => {
                "note: the policy has faults, so every regime is asked; `izin check` names them"
            }
        };
        writeln!(io.err, "{note}")?;
    }
    let declared = declared.flatten();
    let own = declared.as_ref().map(|own| own.regimes());
    let regimes = match (due.regimes.is_empty(), own) {
        (false, _) => due.regimes.iter().copied().collect(),
        (true, own) => own.unwrap_or(RegimeSet::ALL),
    };
    let zone = declared.map_or(Zone::JAKARTA, |own| own.controller.zone);
    let from = due.from.as_ref().map(|own| own.on(zone));
    Ok(Asked {
        kind: due.kind,
        from: from.transpose()?.unwrap_or(now),
        regimes,
        zone,
    })
}

/// The day of every row of that kind with a term: event by event, the earliest first.
fn days(asked: &Asked) -> Result<Vec<Day>, Usage> {
    let mut days = Vec::new();
    for event in Start::OF_DEADLINES {
        let rows = law::contents(asked.regimes, asked.kind, asked.from);
        let clocks = rows.filter_map(|rule| Some((rule, rule.clock?)));
        let mut found = Vec::new();
        for (rule, clock) in clocks.filter(|(_, clock)| clock.from == event) {
            let by = clock.term.due(rule.regime, asked.from);
            found.push(Day {
                event,
                by: by.map_err(|why| beyond(why, asked))?,
                rule,
                clock,
                is_earliest: false,
            });
        }
        found.sort_by_key(|own| own.by);
        let first = found.first().map(|own| own.by);
        for day in &mut found {
            day.is_earliest = Some(day.by) == first;
        }
        days.append(&mut found);
    }
    Ok(days)
}

/// Why no day can be told, and what to ask instead.
fn beyond(why: TermError, asked: &Asked) -> Usage {
    let years = law::years_known(asked.regimes);
    let mend = match why {
        TermError::OutsideHolidayTable { .. } => {
            "a later release of izin knows more years; uu-pdp counts hours and needs no holidays"
        }
        _ => "no calendar goes further",
    };
    Usage(format!(
        "no day can be told from {}: {why}; give --from a date from {}-01-01 to some weeks before \
         the end of {} ({mend})",
        asked.zone.show(asked.from),
        years.start(),
        years.end(),
    ))
}

fn row(rule: &Rule, language: Language, io: &mut Io) -> std::io::Result<()> {
    let (id, mark) = (rule.id, rule.verified);
    let article = law::cited(rule.article, language);
    io.line(format_args!("  {mark:?}  {id:40}  {article}"))?;
    io.line(format_args!("     {}\n", rule.effect.get(language)))
}

fn answer(asked: &Asked, days: &[Day], contents: &[&Rule]) -> anyhow::Result<Value> {
    let due = days.iter().map(|own| {
        json!({
            "from": own.event,
            "by": asked.zone.show(own.by),
            "earliest": own.is_earliest,
            "term": own.clock.term.to_string(),
            "extension": own.clock.extension.map(|own| own.to_string()),
            "rule": own.rule.id,
            "regime": own.rule.regime,
            "article": own.rule.article,
        })
    });
    let due: Vec<_> = due.collect();
    let contents = contents.iter().map(|own| document(own, asked.from));
    Ok(json!({
        "kind": asked.kind,
        "from": asked.zone.show(asked.from),
        "regimes": asked.regimes,
        "due": due,
        "contents": contents.collect::<anyhow::Result<Vec<_>>>()?,
        "law": law::VERSION,
    }))
}

/// The words of one language.
struct Words {
    language: Language,
    no_term: &'static str,
    no_rows: &'static str,
    contents: &'static str,
}

impl Words {
    const fn of(language: Language) -> Self {
        match language {
            Language::Id => Self {
                language,
                no_term: "Tidak ada baris yang berlaku yang menyebut batas waktu.",
                no_rows: "Tidak ada baris yang berlaku tentang ini.",
                contents: "Semua yang diminta hukum-hukum ini:",
            },
            Language::En => Self {
                language,
                no_term: "No row in force sets a term by which something must be done.",
                no_rows: "No row in force is about this.",
                contents: "Everything that these laws ask for:",
            },
        }
    }

    fn head(&self, asked: &Asked) -> anyhow::Result<String> {
        let kind = serde_json::to_value(asked.kind)?;
        let kind = kind.as_str().unwrap_or_default();
        let from = asked.zone.show(asked.from);
        let regimes: Vec<&str> = asked.regimes.iter().map(Regime::as_str).collect();
        let regimes = regimes.join(", ");
        Ok(match self.language {
            Language::Id => format!("{kind} sejak {from}, menurut {regimes}\n"),
            Language::En => format!("{kind} from {from}, under {regimes}\n"),
        })
    }

    fn day(&self, day: &Day, zone: Zone) -> String {
        let by = zone.show(day.by);
        let event = match (self.language, day.event) {
            (Language::Id, Start::Awareness) => "sejak diketahui",
            (Language::Id, Start::PeopleTold) => "sejak orangnya diberi tahu",
            (Language::Id, _) => "sejak diterima",
            (Language::En, Start::Awareness) => "from when it was known",
            (Language::En, Start::PeopleTold) => "from when the people were told",
            (Language::En, _) => "from its receipt",
        };
        let term = day.clock.term.said(self.language);
        let more = day.clock.extension.map(|own| own.said(self.language));
        let more = match (self.language, more) {
            (_, None) => String::new(),
            (Language::Id, Some(more)) => {
                format!(" (+ {more} bila orangnya diberi tahu pada waktunya)")
            }
            (Language::En, Some(more)) => format!(" (+ {more} when the person is told in time)"),
        };
        match (self.language, day.is_earliest) {
            (Language::Id, true) => format!("Paling lambat {by}: {term} {event}{more}"),
            (Language::Id, false) => format!("  kemudian {by}: {term} {event}{more}"),
            (Language::En, true) => format!("By {by}: {term} {event}{more}"),
            (Language::En, false) => format!("  later {by}: {term} {event}{more}"),
        }
    }
}
