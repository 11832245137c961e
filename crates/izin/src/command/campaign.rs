//! `izin campaign`: one template to everybody who may receive it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Subcommand};
use izin_app::campaign::template::TEMPLATE_BYTES_MAX;
use izin_app::campaign::{self, CampaignError, NewCampaign, Standing};
use izin_app::deliver::preview::{Preview, Texts};
use izin_app::{deliver, supervisor};
use izin_core::{Channel, Language, PurposeId, Reason};
use tokio::sync::oneshot;

use crate::execute::{Runner, Shop};
use crate::exit::Exit;
use crate::io::Io;

const PREVIEW_EXAMPLES: &str = "\
Examples:
  izin campaign preview --template promo.html --purpose marketing
  izin campaign preview --template promo.txt --purpose marketing --channel sms --json

Everybody is decided and every text is made as they would be; nothing is kept and nothing is sent.";

const SEND_EXAMPLES: &str = "\
Examples:
  izin campaign send --template promo.html --purpose marketing
  izin campaign send --template promo.html --purpose marketing --wait --json
  izin campaign send --template promo.txt --purpose marketing --channel sms

Everybody is decided when the message is queued and again when it is handed over. Without --wait a
running server hands over; where none runs, this command does. docs/book/template.md lists what a
template may show.";

/// Send campaigns and see where they stand
#[derive(Debug, Subcommand)]
pub(crate) enum Campaign {
    /// Show whom a message would reach, what they would read and what it would take; nothing is sent
    #[command(after_help = PREVIEW_EXAMPLES)]
    Preview(What),
    /// Queue a message for everybody who may receive it
    #[command(after_help = SEND_EXAMPLES)]
    Send(Send),
    /// Show where one campaign stands, the newest unless named
    #[command(after_help = "Example:\n  izin campaign status 3 --json")]
    Status {
        /// Its number
        id: Option<u64>,
    },
    /// Stop a campaign: what was not handed over stays unsent
    #[command(after_help = "Example:\n  izin campaign stop 3")]
    Stop {
        /// Its number
        id: u64,
    },
    /// Show every campaign, newest first
    #[command(after_help = "Example:\n  izin campaign list --json")]
    List,
}

/// What to send, why and how.
#[derive(Debug, Args)]
pub(crate) struct What {
    /// The message: a template such as the promo.html of `izin init`
    #[arg(long, value_name = "FILE")]
    template: PathBuf,
    /// Why people are contacted, by its name in the policy
    #[arg(long, value_parser = PurposeId::parse)]
    purpose: PurposeId,
    /// The way to reach people
    #[arg(long, default_value = "email")]
    channel: Channel,
}

/// What to send, and when this command ends.
#[derive(Debug, Args)]
pub(crate) struct Send {
    #[command(flatten)]
    what: What,
    /// Hand everything over before this command ends
    #[arg(long)]
    wait: bool,
}

/// Does what was asked about campaigns.
pub(crate) async fn run(asked: &Campaign, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        Campaign::Preview(asked) => show(&preview(asked, shop, io).await?, shop, io)?,
        Campaign::Send(asked) => return send(asked, shop, io).await,
        Campaign::Status { id } => {
            let newest = campaign::list(shop.app).await?.first().map(|own| own.id);
            let id = id.or(newest).context("there is no campaign yet")?;
            tell(&campaign::standing(shop.app, id).await?, shop, io)?;
        }
        Campaign::Stop { id } => tell(&campaign::stop(shop.app, *id).await?, shop, io)?,
        Campaign::List => {
            for standing in campaign::list(shop.app).await? {
                tell(&standing, shop, io)?;
            }
        }
    }
    Ok(Exit::Fine)
}

/// Reads a template's file, and nothing that is no file or could never be a template.
fn read_template(path: &Path) -> std::io::Result<String> {
    let file = std::fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let mut source = String::new();
    let most = u64::try_from(TEMPLATE_BYTES_MAX).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1))
        .read_to_string(&mut source)?;
    Ok(source)
}

fn new(asked: &What, shop: &Shop<'_>) -> anyhow::Result<NewCampaign> {
    shop.known(asked.purpose, None)?;
    let path = shop.path(&asked.template);
    let source = read_template(&path).map_err(|why| CampaignError::File {
        path,
        why: why.to_string(),
    })?;
    Ok(NewCampaign {
        source,
        file: name(&asked.template),
        purpose: asked.purpose,
        channel: asked.channel,
    })
}

async fn preview(asked: &What, shop: &Shop<'_>, io: &Io) -> anyhow::Result<Preview> {
    let new = new(asked, shop)?;
    Ok(deliver::preview::preview(shop.app, new, &*io.progress).await?)
}

async fn send(asked: &Send, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let id = campaign::begin(shop.app, new(&asked.what, shop)?).await?;
    let begun = shop.app.store.campaign(id).await?;
    let begun = begun.ok_or(CampaignError::Unknown(id))?;
    campaign::queue(shop.app, &begun, &*io.progress).await?;
    let handed_over = if asked.wait || shop.runner == Runner::Alone {
        hand_over(id, shop, io).await
    } else {
        shop.app.queued.notify_one();
        Ok(())
    };
    tell(&campaign::standing(shop.app, id).await?, shop, io)?;
    handed_over.context("the hand-over stopped, the rest stays queued")?;
    Ok(Exit::Fine)
}

/// Hands over in a task of its own: an asker who leaves must not tear a message off half-sent.
pub(super) async fn hand_over(id: u64, shop: &Shop<'_>, io: &Io) -> anyhow::Result<()> {
    let (ended, end) = oneshot::channel();
    let (app, progress) = (Arc::clone(shop.app), Arc::clone(&io.progress));
    drop(supervisor::start("hand-over of a command", async move {
        let outcome = deliver::hand_over(&app, id, &*progress).await;
        if ended.send(outcome).is_err() {
            tracing::info!(campaign = id, "the asker left before the hand-over ended");
        }
    }));
    Ok(end.await.context("the hand-over ended with a fault")??)
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn tell(standing: &Standing, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    if shop.answer.json {
        return io.json(standing);
    }
    let language = shop.language();
    let Standing {
        id, name, state, ..
    } = standing;
    let state = state.as_str();
    let (considered, queued, deferred) = (standing.considered, standing.queued, standing.deferred);
    let (sent, waiting) = (standing.sent, standing.waiting);
    let (refused, in_doubt) = (standing.refused, standing.in_doubt);
    io.line(match language {
        Language::Id => format!(
            "kampanye {id}  {name}  {state}\n  {considered} dipertimbangkan, {queued} diantrekan, \
             {deferred} ditunda\n  {sent} terkirim, {waiting} menunggu, {refused} ditolak server, \
             {in_doubt} tidak pasti"
        ),
        Language::En => format!(
            "campaign {id}  {name}  {state}\n  {considered} considered, {queued} queued, {deferred} \
             deferred\n  {sent} sent, {waiting} waiting, {refused} refused by servers, {in_doubt} in doubt"
        ),
    })?;
    left_out(&standing.denied, language, io)
}

fn left_out(denied: &BTreeMap<Reason, u64>, language: Language, io: &mut Io) -> anyhow::Result<()> {
    let left_out = match language {
        Language::Id => "tidak disertakan",
        Language::En => "left out",
    };
    for (reason, count) in denied {
        let sentence = reason.sentence(language);
        io.line(format_args!(
            "  {count} {left_out}: {} ({sentence})",
            reason.code()
        ))?;
    }
    Ok(())
}

/// Shows what a campaign would be.
fn show(preview: &Preview, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    if shop.answer.json {
        return io.json(preview);
    }
    let language = shop.language();
    let (considered, allowed) = (preview.considered, preview.allowed);
    let (name, deferred) = (&preview.name, preview.deferred);
    io.line(match language {
        Language::Id => format!(
            "pratinjau  {name}\n  {considered} dipertimbangkan, {allowed} sekarang, {deferred} nanti"
        ),
        Language::En => {
            format!("preview  {name}\n  {considered} considered, {allowed} now, {deferred} later")
        }
    })?;
    left_out(&preview.denied, language, io)?;
    if let Some(texts) = &preview.texts {
        for line in cost(texts, language) {
            io.line(line)?;
        }
    }
    for sample in &preview.samples {
        let (own, words) = (sample.language.as_str(), &sample.words);
        let size = match (sample.encoding, sample.segments) {
            (Some(encoding), Some(segments)) => format!(" ({encoding}, {segments})"),
            _ => String::new(),
        };
        io.line(format_args!("  {own}{size}: {words}"))?;
    }
    Ok(())
}

/// What texts take, in lines.
fn cost(texts: &Texts, language: Language) -> Vec<String> {
    let (segments, unmakeable) = (texts.segments, texts.unmakeable);
    let mut lines = vec![match language {
        Language::Id => format!("  {segments} SMS berbayar"),
        Language::En => format!("  {segments} paid SMS"),
    }];
    for (each, people) in &texts.people_by_segments {
        lines.push(match language {
            Language::Id => format!("    {people} orang, {each} SMS masing-masing"),
            Language::En => format!("    {people} people, {each} SMS each"),
        });
    }
    if unmakeable > 0 {
        lines.push(match language {
            Language::Id => format!("  {unmakeable} teks tidak dapat dibuat"),
            Language::En => format!("  {unmakeable} texts that cannot be made"),
        });
    }
    lines
}
