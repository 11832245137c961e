//! `izin optout`, `complaint`, `withdraw`: what came by phone, letter or over the counter.

use clap::Args;
use izin_app::act::{self, Kind};
use izin_app::audit;
use izin_core::{Channel, Language, Origin, PurposeId, RefusalKind, Scope, TopicId};
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
    let policy = shop.app.policy();
    let scope = Scope {
        channel: about.channel,
        purpose: purpose.copied(),
        topic: about.topic,
    };
    let unknown = about.topic.filter(|_| policy.widened(scope) != scope);
    let report = act::Report {
        who: subject::parse(&about.subject, policy.controller.country.as_str())?,
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
    let receipt = audit::page(shop.app, recorded.seq)?;
    if shop.answer.json {
        return fine(io.json(&json!({
            "seq": recorded.seq,
            "subject": recorded.subject,
            "entry": recorded.record,
            "blinding": hex(&recorded.blinding),
            "receipt": receipt,
            "queued": reported.queued,
            "unknown_topic": unknown,
        })));
    }
    let seq = recorded.seq;
    io.line(match shop.language() {
        Language::Id => format!("tercatat sebagai entri {seq}; berlaku mulai sekarang"),
        Language::En => format!("recorded as entry {seq}; it stands from now on"),
    })?;
    io.line(match shop.language() {
        Language::Id => format!("tanda terima untuk pelanggan: {receipt}"),
        Language::En => format!("receipt for the customer: {receipt}"),
    })?;
    if let Some(topic) = unknown {
        io.line(wider(topic, (purpose, about.channel), shop.language()))?;
    }
    if let Some(item) = reported.queued {
        io.line(match shop.language() {
            Language::Id => format!("menunggu jawaban: `izin queue show {item}`"),
            Language::En => format!("it waits for an answer: `izin queue show {item}`"),
        })?;
    }
    Ok(Exit::Fine)
}

/// What was recorded instead of a no to a topic that the policy does not have.
fn wider(
    topic: TopicId,
    (purpose, channel): (Option<&PurposeId>, Option<Channel>),
    language: Language,
) -> String {
    let what = match (purpose, language) {
        (Some(purpose), Language::Id) => format!("semua untuk tujuan `{purpose}`"),
        (Some(purpose), Language::En) => format!("everything for the purpose `{purpose}`"),
        (None, Language::Id) => "semua yang tidak wajib".to_owned(),
        (None, Language::En) => "everything that is not essential".to_owned(),
    };
    let on = match (channel, language) {
        (None, Language::Id) => " di setiap saluran".to_owned(),
        (None, Language::En) => " on every channel".to_owned(),
        (Some(channel), Language::Id) => format!(" lewat {channel}"),
        (Some(channel), Language::En) => format!(" on {channel}"),
    };
    match language {
        Language::Id => format!(
            "kebijakan tidak punya topik `{topic}` di sini: tercatat sebagai penolakan atas {what}{on}"
        ),
        Language::En => format!(
            "the policy has no such topic as `{topic}` here: recorded as a no to {what}{on}"
        ),
    }
}

fn fine(told: anyhow::Result<()>) -> anyhow::Result<Exit> {
    told.map(|()| Exit::Fine)
}
