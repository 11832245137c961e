//! `izin optout`, `complaint`, `withdraw`: what came by phone, letter or over the counter.

use clap::Args;
use izin_app::act::{self, Kind};
use izin_core::{Channel, Language, Origin, PurposeId, RefusalKind, TopicId};
use izin_store::{Answered, hex};
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;
use crate::subject;

/// Record that somebody wants no more of this
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin optout phone:0812-0000-0001 --agent Sari --note \"called the shop\"
  izin optout email:budi@example.com --channel email --agent Sari --note letter

Without --channel and --purpose it covers everything that is not essential.")]
pub(crate) struct OptOut {
    #[command(flatten)]
    about: About,
    /// Only this purpose
    #[arg(long, value_parser = PurposeId::parse)]
    purpose: Option<PurposeId>,
}

/// Record that somebody complained about a message
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  izin complaint email:budi@example.com --channel email --agent Sari --note \"called it spam\"")]
pub(crate) struct Complaint {
    #[command(flatten)]
    about: About,
    /// Only this purpose
    #[arg(long, value_parser = PurposeId::parse)]
    purpose: Option<PurposeId>,
}

/// Record that somebody took back the consent to a purpose
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  izin withdraw customer:10042 --purpose personalisation --agent Sari --note \"at the counter\"")]
pub(crate) struct Withdraw {
    #[command(flatten)]
    about: About,
    /// The purpose, by its name in the policy
    #[arg(long, value_parser = PurposeId::parse)]
    purpose: PurposeId,
}

/// Who said it, how it came in.
#[derive(Debug, Args)]
struct About {
    /// email:…, phone:…, customer:… or id:…
    subject: Personal,
    /// Only this channel
    #[arg(long)]
    channel: Option<Channel>,
    /// Who of the staff took it; kept sealed
    #[arg(long, value_name = "NAME")]
    agent: Personal,
    /// What was said, and where the letter is; kept sealed
    #[arg(long, value_name = "TEXT")]
    note: Personal,
    /// Only this theme inside the purpose
    #[arg(long, value_parser = TopicId::parse)]
    topic: Option<TopicId>,
}

/// Records an opt-out.
pub(crate) async fn opt_out(asked: &OptOut, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let purpose = asked.purpose.as_ref();
    record(
        Kind::No(RefusalKind::OptedOut),
        (&asked.about, purpose),
        shop,
        io,
    )
    .await
}

/// Records a complaint.
pub(crate) async fn complaint(
    asked: &Complaint,
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let purpose = asked.purpose.as_ref();
    record(
        Kind::No(RefusalKind::Complained),
        (&asked.about, purpose),
        shop,
        io,
    )
    .await
}

/// Records a withdrawal.
pub(crate) async fn withdraw(
    asked: &Withdraw,
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    record(
        Kind::No(RefusalKind::Withdrawn),
        (&asked.about, Some(&asked.purpose)),
        shop,
        io,
    )
    .await
}

async fn record(
    kind: Kind,
    (about, purpose): (&About, Option<&PurposeId>),
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    purpose.map_or(Ok(()), |own| shop.known(*own, None))?;
    let report = act::Report {
        who: subject::parse(
            &about.subject,
            shop.app.policy().controller.country.as_str(),
        )?,
        kind,
        channel: about.channel,
        purpose: purpose.copied(),
        topic: about.topic,
        occurred_at: None,
        detail: Some(json!({ "agent": &*about.agent, "note": &*about.note }).to_string()),
        origin: Origin::Agent,
    };
    let answered = act::report(shop.app, report, None, |_| String::new()).await?;
    let Answered::Now(reported) = answered else {
        anyhow::bail!("the act was recorded before");
    };
    let recorded = reported.recorded;
    if shop.answer.json {
        return fine(io.json(&json!({
            "seq": recorded.seq,
            "subject": recorded.subject,
            "entry": recorded.record,
            "blinding": hex(&recorded.blinding),
            "queued": reported.queued,
        })));
    }
    let seq = recorded.seq;
    io.line(match shop.language() {
        Language::Id => format!("tercatat sebagai entri {seq}; berlaku mulai sekarang"),
        Language::En => format!("recorded as entry {seq}; it stands from now on"),
    })?;
    if let Some(item) = reported.queued {
        io.line(match shop.language() {
            Language::Id => format!("menunggu jawaban: `izin queue show {item}`"),
            Language::En => format!("it waits for an answer: `izin queue show {item}`"),
        })?;
    }
    Ok(Exit::Fine)
}

fn fine(told: anyhow::Result<()>) -> anyhow::Result<Exit> {
    told.map(|()| Exit::Fine)
}
