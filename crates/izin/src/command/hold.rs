//! `izin hold`: what keeps a person's data although somebody asked, or their time is over.

use clap::{Args, Subcommand};
use izin_app::door::Role;
use izin_app::hold;
use izin_app::staff::Staff;
use izin_app::visible::visible;
use izin_core::Language;
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;
use crate::subject;

/// Begin, list and end legal holds: while one stands, the person is not erased and no schedule destroys
/// anything of theirs
#[derive(Debug, Subcommand)]
pub(crate) enum HoldCommand {
    Begin(Begin),
    /// Show the holds that stand
    #[command(after_help = "Example:\n  izin hold list")]
    List,
    /// End a hold
    #[command(after_help = "Example:\n  izin hold end 3 --as Rini")]
    End {
        /// Its number
        id: u64,
        /// Who ends it
        #[arg(long = "as", value_name = "NAME")]
        by: Personal,
    },
}

/// Begin a hold
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  izin hold begin customer:10042 --as Rini --note \"lawsuit 12/2026\"")]
pub(crate) struct Begin {
    /// email:…, phone:…, customer:… or id:…
    subject: Personal,
    /// Who orders it
    #[arg(long = "as", value_name = "NAME")]
    by: Personal,
    /// Why; kept sealed
    #[arg(long, value_name = "TEXT")]
    note: Personal,
}

/// Does what was asked about holds.
pub(crate) async fn run(asked: &HoldCommand, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        HoldCommand::Begin(asked) => begin(asked, shop, io).await?,
        HoldCommand::List => list(shop, io).await?,
        HoldCommand::End { id, by } => end(*id, by, shop, io).await?,
    }
    Ok(Exit::Fine)
}

async fn begin(asked: &Begin, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let policy = shop.app.policy();
    let who = subject::parse(&asked.subject, policy.controller.country.as_str())?;
    let by = Staff::new(&asked.by, Role::Dpo, None)?;
    let (id, subject) = hold::begin(shop.app, &who, &by, &asked.note).await?;
    if shop.answer.json {
        return io.json(&json!({ "hold": id, "subject": subject }));
    }
    io.line(match shop.language() {
        Language::Id => {
            format!("penahanan data {id} berlaku; `izin hold end {id} --as NAMA` mengakhirinya")
        }
        Language::En => format!("hold {id} stands; `izin hold end {id} --as NAME` ends it"),
    })?;
    Ok(())
}

async fn list(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let holds = shop.app.store.holds().await?;
    let zone = shop.app.policy().controller.zone;
    for hold in &holds {
        let (id, subject, by, since) = (hold.id, hold.subject, &hold.begun_by, hold.begun_at);
        if shop.answer.json {
            let since = since.to_string();
            let line = json!({ "hold": id, "subject": subject, "by": by, "since": since, "note": hold.reason });
            io.json(&line)?;
        } else {
            let since = zone.show(since);
            io.line(format_args!(
                "{id}  {subject}  {since}  {by}: {}",
                visible(&hold.reason)
            ))?;
        }
    }
    if holds.is_empty() && !shop.answer.json {
        io.line(match shop.language() {
            Language::Id => "Tidak ada penahanan data yang berlaku.",
            Language::En => "No hold stands.",
        })?;
    }
    Ok(())
}

async fn end(id: u64, by: &Personal, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let by = Staff::new(by, Role::Dpo, None)?;
    let ended = shop
        .app
        .store
        .end_hold(id, by.name().to_owned(), shop.app.clock.now());
    anyhow::ensure!(
        ended.await?,
        "no hold {id} stands; `izin hold list` shows those that do"
    );
    if shop.answer.json {
        return io.json(&json!({ "hold": id, "ended": true }));
    }
    io.line(match shop.language() {
        Language::Id => format!("penahanan data {id} berakhir"),
        Language::En => format!("hold {id} has ended"),
    })?;
    Ok(())
}
