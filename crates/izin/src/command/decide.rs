//! `izin decide`: one question, one answer, and why.

use clap::Args;
use izin_app::explain::{self, Step};
use izin_core::law;
use izin_core::{Channel, Decision, Language, PurposeId, Request, Seq, Signal, TopicId};
use serde_json::{Value, json};

use crate::execute::Shop;
use crate::exit::{Exit, Usage};
use crate::io::Io;
use crate::moment::Moment;
use crate::personal::Personal;
use crate::subject;

const EXAMPLES: &str = "\
Examples:
  izin decide email:budi@example.com --channel email --purpose marketing
  izin decide customer:10042 --channel email --purpose marketing --explain --lang en

Whatever the answer, the exit code is 0. --at may lie ahead, but not before the policy in force took
effect.";

/// May this person be contacted, now?
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decide {
    /// email:…, phone:…, customer:… or id:…
    subject: Personal,
    /// The way to reach the person, as email
    #[arg(long)]
    channel: Channel,
    /// Why, by its name in the policy, as marketing
    #[arg(long, value_parser = PurposeId::parse)]
    purpose: PurposeId,
    /// The theme inside the purpose
    #[arg(long, value_parser = TopicId::parse)]
    topic: Option<TopicId>,
    /// Say step by step what the answer rests on
    #[arg(long)]
    explain: bool,
    /// Ask as of another time, as 2026-12-24T20:30:00+07:00; without an offset, as 2026-12-24, on the
    /// clock of the shop's policy
    #[arg(long, value_name = "TIME")]
    at: Option<Moment>,
    /// As if the browser had sent Global Privacy Control
    #[arg(long)]
    gpc: bool,
}

/// Asks the gate.
pub(crate) async fn run(asked: &Decide, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    shop.known(asked.purpose, asked.topic)?;
    let app = shop.app;
    let who = subject::parse(&asked.subject, app.policy().controller.country.as_str())?;
    let mut request = Request {
        topic: asked.topic,
        ..Request::of(asked.purpose, asked.channel)
    };
    if asked.gpc {
        request.signals = request.signals.with(Signal::Gpc);
    }
    let zone = app.policy().controller.zone;
    let as_of = match &asked.at {
        None => None,
        Some(own) => {
            let at = app.as_of(own.on(zone)?);
            Some(at.map_err(|why| Usage(format!("--at: {why}")))?)
        }
    };
    let at = as_of.unwrap_or_else(|| app.clock.now());
    let decision = app.gate.ask(&who, &request, &app.policy(), at);
    let chain = if asked.explain {
        explain::chain(app, &who, &request, (&decision, at)).await?
    } else {
        Vec::new()
    };
    if shop.answer.json {
        let mut answer = document(&decision, asked.explain.then_some(&*chain))?;
        if let Some(at) = as_of {
            answer["at"] = zone.show(at).into();
        }
        io.json(&answer)?;
        return Ok(Exit::Fine);
    }
    let language = shop.language();
    let sentence = decision.reason.sentence(language);
    io.line(format_args!("{}: {sentence}", decision.verdict.as_str()))?;
    if let Some(at) = as_of {
        let word = match language {
            Language::Id => "ditanya untuk",
            Language::En => "asked as of",
        };
        io.line(format_args!("  {word} {}", zone.show(at)))?;
    }
    for (number, step) in (1..).zip(&chain) {
        io.line(format_args!("  {number}. {}", in_words(step, language)))?;
    }
    if asked.explain {
        facts(&decision, language, io)?;
    }
    Ok(Exit::Fine)
}

/// A step as a sentence, with what it does not say itself of the entry and the article it stands on.
fn in_words(step: &Step, language: Language) -> String {
    let sentence = step.text.get(language);
    let entry = step.seq.and_then(|Seq(own)| {
        let word = match language {
            Language::Id => "entri",
            Language::En => "entry",
        };
        let entry = format!("{word} {own}");
        let is_said = sentence.contains(&format!("({entry})"));
        match (is_said, step.at) {
            (true, at) => at.map(|at| at.to_string()),
            (false, Some(at)) => Some(format!("{entry}, {at}")),
            (false, None) => Some(entry),
        }
    });
    let article = step.article.map(|own| law::cited(own, language));
    let article = article.filter(|own| !sentence.contains(&**own));
    let stands: Vec<&str> = [entry.as_deref(), article.as_deref(), step.rule]
        .into_iter()
        .flatten()
        .collect();
    if stands.is_empty() {
        sentence.to_owned()
    } else {
        format!("{sentence} ({})", stands.join("; "))
    }
}

/// The decision as `POST /v1/decisions` answers it.
fn document(decision: &Decision, chain: Option<&[Step]>) -> anyhow::Result<Value> {
    let mut answer = serde_json::to_value(decision)?;
    answer["text"] = serde_json::to_value(decision.text())?;
    (answer["refusal"], answer["reservation"]) = (Value::Null, Value::Null);
    if let Some(chain) = chain {
        answer["explain"] = chain.iter().map(explained).collect();
    }
    Ok(answer)
}

/// A step, without what it does not stand on.
fn explained(step: &Step) -> Value {
    let mut told = json!({
        "id": step.text.id,
        "en": step.text.en,
        "seq": step.seq,
        "at": step.at.map(|own| own.to_string()),
        "rule": step.rule,
        "article": step.article,
    });
    if let Some(facts) = told.as_object_mut() {
        facts.retain(|_, own| !own.is_null());
    }
    told
}

/// What the facts of an answer are called.
struct Words {
    width: usize,
    names: [&'static str; 12],
    entry: &'static str,
    version: &'static str,
    policy: &'static str,
    table: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::Id => Words {
            width: 13,
            names: [
                "alasan",
                "juga",
                "tingkat",
                "dasar",
                "baris",
                "hukum",
                "persetujuan",
                "pemberitahuan",
                "sampai",
                "menurut",
                "kebijakan",
                "tabel hukum",
            ],
            entry: "entri",
            version: "versi",
            policy: "kebijakan versi",
            table: "tabel",
        },
        Language::En => Words {
            width: 8,
            names: [
                "reason", "also", "level", "basis", "rule", "regimes", "consent", "notice",
                "until", "as of", "policy", "law",
            ],
            entry: "entry",
            version: "version",
            policy: "policy version",
            table: "table",
        },
    }
}

/// The versions and row that the answer was made with.
fn facts(decision: &Decision, language: Language, io: &mut Io) -> anyhow::Result<()> {
    let words = words(language);
    let also: Vec<&str> = decision.also.iter().map(|own| own.code()).collect();
    let regimes: Vec<&str> = decision.regimes.iter().map(|own| own.as_str()).collect();
    let entry = |own: Seq| format!("{} {}", words.entry, own.0);
    let values = [
        Some(decision.reason.code().to_owned()),
        Some(also.join(", ")).filter(|own| !own.is_empty()),
        Some(decision.level.to_string()),
        decision.basis.map(|own| own.to_string()),
        decision.rule.map(ToOwned::to_owned),
        Some(regimes.join(", ")),
        decision.consent.map(entry),
        decision.notice.map(|own| format!("{} {own}", words.policy)),
        decision.until.map(|own| own.to_string()),
        Some(format!("{} {}", words.entry, decision.seq)),
        Some(format!("{} {}", words.version, decision.policy)),
        Some(format!("{} {}", words.table, decision.law)),
    ];
    for (name, value) in words.names.iter().zip(values) {
        if let Some(value) = value {
            let width = words.width;
            io.line(format_args!("  {name:width$} {value}"))?;
        }
    }
    Ok(())
}
