//! `izin policy publish`: the folder becomes the policy in force, once people were told.

use anyhow::Context;
use clap::Args;
use izin_app::publish::{self, Plan, State};
use izin_core::Language;
use serde_json::json;

use super::campaign::hand_over;
use super::policy::{folder, line};
use crate::execute::{Runner, Shop};
use crate::exit::Exit;
use crate::io::Io;

/// Publish the folder: say what changed, tell those whom it concerns, then put it in force
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin policy publish --dry-run
  izin policy publish --json

A change that nobody has to be told of takes effect at once. Otherwise those whom it concerns get an
e-mail first, and the version before stays in force until all were handed over; a running server
hands over and takes the new version up by itself. Interrupted, the command goes on when it is given
again; nobody is told twice. docs/book/publish.md says which changes are which.")]
pub(crate) struct Publish {
    /// Only say what would happen
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Publishes, or says what that would do.
pub(crate) async fn run(asked: &Publish, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let plan = publish::plan(shop.app, folder(shop)?).await?;
    if !shop.answer.json {
        tell(&plan, shop.language(), io)?;
    }
    let mut state = None;
    if !asked.dry_run {
        state = Some(bring(plan.clone(), shop, io).await?);
    }
    if shop.answer.json {
        io.json(&json!({
            "dry_run": asked.dry_run,
            "kind": plan.kind(),
            "changes": plan.changes,
            "audience": plan.audience,
            "stranded": plan.stranded,
            "now": state,
        }))?;
    } else {
        io.line(ending(state, shop.language()))?;
    }
    Ok(Exit::Fine)
}

/// Publishes; alone with the store, hands the announcement over as well.
async fn bring(plan: Plan, shop: &Shop<'_>, io: &Io) -> anyhow::Result<State> {
    let state = publish::publish(shop.app, plan).await?;
    let State::Announcing { campaign, .. } = state else {
        return Ok(state);
    };
    if shop.runner == Runner::Server {
        shop.app.queued.notify_one();
        return Ok(state);
    }
    let handed_over = hand_over(campaign, shop, io).await;
    handed_over
        .context("the hand-over stopped, the version before stays in force; publish again")?;
    Ok(publish::state(shop.app, state).await?)
}

fn tell(plan: &Plan, language: Language, io: &mut Io) -> anyhow::Result<()> {
    for change in &plan.changes {
        io.line(line(change, language))?;
    }
    for own in &plan.stranded {
        io.line(own.sentence().get(language))?;
    }
    let (reached, unreachable) = (plan.audience.reached, plan.audience.unreachable);
    match language {
        _ if plan.changes.is_empty() => {}
        Language::Id => io.line(format_args!(
            "{reached} orang harus diberi tahu lewat email; {unreachable} tidak dapat dijangkau"
        ))?,
        Language::En => io.line(format_args!(
            "{reached} people must be told by e-mail; {unreachable} cannot be reached"
        ))?,
    }
    Ok(())
}

fn ending(state: Option<State>, language: Language) -> String {
    match (state, language) {
        (None, Language::Id) => "tidak ada yang diubah (--dry-run)".to_owned(),
        (None, Language::En) => "nothing was changed (--dry-run)".to_owned(),
        (Some(State::InForce { version }), Language::Id) => format!("versi {version} berlaku"),
        (Some(State::InForce { version }), Language::En) => {
            format!("version {version} is in force")
        }
        (Some(State::Announcing { version, campaign }), Language::Id) => format!(
            "versi {version} diterbitkan dan berlaku setelah semua diberi tahu; \
             `izin campaign status {campaign}` menunjukkan jalannya"
        ),
        (Some(State::Announcing { version, campaign }), Language::En) => format!(
            "version {version} is published and takes effect when all were told; \
             `izin campaign status {campaign}` shows how far that is"
        ),
    }
}
