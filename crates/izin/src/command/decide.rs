//! `izin decide`: one question, one answer, and why.

use clap::Args;
use izin_core::{Channel, Decision, PurposeId, Request, Seq, TopicId};

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;
use crate::subject;

const EXAMPLES: &str = "\
Examples:
  izin decide email:budi@example.com --channel email --purpose marketing
  izin decide customer:10042 --channel email --purpose marketing --explain --lang en

Whatever the answer, the exit code is 0.";

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
    /// Say what the answer rests on
    #[arg(long)]
    explain: bool,
}

/// Asks the gate.
pub(crate) fn run(asked: &Decide, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    shop.known(&asked.purpose)?;
    let who = subject::parse(&asked.subject, &shop.app.policy.controller.country)?;
    let request = Request {
        channel: asked.channel,
        purpose: asked.purpose.clone(),
        topic: asked.topic.clone(),
        address: None,
    };
    let decision = shop.app.decide(&who, &request);
    if shop.answer.json {
        io.json(&decision)?;
        return Ok(Exit::Fine);
    }
    let sentence = decision.reason.sentence(shop.language());
    io.line(format_args!("{}: {sentence}", decision.verdict.as_str()))?;
    if asked.explain {
        explain(&decision, io)?;
    }
    Ok(Exit::Fine)
}

fn explain(decision: &Decision, io: &mut Io) -> anyhow::Result<()> {
    let also: Vec<&str> = decision.also.iter().map(|own| own.code()).collect();
    let regimes: Vec<&str> = decision.regimes.iter().map(|own| own.as_str()).collect();
    let basis = serde_json::to_value(decision.basis)?;
    let rows = [
        ("reason", Some(decision.reason.code().to_owned())),
        ("also", Some(also.join(", ")).filter(|own| !own.is_empty())),
        ("level", Some(decision.level.to_string())),
        ("basis", basis.as_str().map(ToOwned::to_owned)),
        ("rule", decision.rule.map(ToOwned::to_owned)),
        ("regimes", Some(regimes.join(", "))),
        (
            "consent",
            decision.consent.map(|Seq(own)| format!("entry {own}")),
        ),
        (
            "notice",
            decision.notice.map(|own| format!("policy version {own}")),
        ),
        ("until", decision.until.map(|own| own.to_string())),
        ("as of", Some(format!("entry {}", decision.seq))),
        ("policy", Some(format!("version {}", decision.policy))),
        ("law", Some(format!("table {}", decision.law))),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            io.line(format_args!("  {name:8} {value}"))?;
        }
    }
    Ok(())
}
