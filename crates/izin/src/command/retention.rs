//! `izin retention`: what is destroyed on schedule, when, and what was.

use clap::Subcommand;
use izin_app::retention;
use izin_core::policy::Retention;
use izin_core::{Language, Timestamp};
use izin_store::RetentionRun;
use serde_json::{Value, json};

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;

/// Runs shown.
const RUNS_SHOWN: u32 = 20;

/// See what is destroyed on schedule, or do it now
#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Show the terms, and the last runs that destroyed something
    #[command(after_help = "Example:\n  izin retention show")]
    Show,
    /// Destroy what is due now; a running server does so by itself every day
    #[command(after_help = "Example:\n  izin retention run")]
    Run,
}

/// Does what was asked.
pub(crate) async fn run(
    asked: &RetentionCommand,
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    match asked {
        RetentionCommand::Show => show(shop, io).await?,
        RetentionCommand::Run => {
            let done = retention::run(shop.app).await?;
            if shop.answer.json {
                io.json(&document(done))?;
            } else {
                io.line(in_words(done, shop.language()))?;
            }
        }
    }
    Ok(Exit::Fine)
}

async fn show(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let (app, language) = (shop.app, shop.language());
    let now = app.clock.now();
    let policy = app.policy();
    let days = |class| retention::days(&policy, class);
    let (orders, people) = (days(Retention::Purchases), days(Retention::Profile));
    let due = retention::due(app, now);
    let runs = app.store.retention_runs(RUNS_SHOWN).await?;
    if shop.answer.json {
        let runs: Vec<Value> = runs.into_iter().map(document).collect();
        return io.json(&json!({
            "purchase_days": orders,
            "orders_before": due.orders_before.as_ref().map(Timestamp::to_string),
            "profile_days": people,
            "people_before": due.people_before.as_ref().map(Timestamp::to_string),
            "evidence_days": retention::EVIDENCE_DAYS,
            "runs": runs,
        }));
    }
    io.line(match (orders.zip(due.orders_before), language) {
        (Some((days, before)), Language::Id) => {
            format!("pembelian disimpan {days} hari: yang sebelum {before} dimusnahkan")
        }
        (Some((days, before)), Language::En) => {
            format!("purchases are kept for {days} days: those before {before} are destroyed")
        }
        (None, Language::Id) => "tidak ada tujuan yang menyebut lama penyimpanan pembelian".into(),
        (None, Language::En) => "no purpose says how long purchases are kept".into(),
    })?;
    io.line(match (people.zip(due.people_before), language) {
        (Some((days, before)), Language::Id) => format!(
            "orang yang tidak aktif disimpan {days} hari: yang tanpa pesanan dan tanpa catatan \
             sejak {before} dihapus"
        ),
        (Some((days, before)), Language::En) => format!(
            "inactive people are kept for {days} days: those without an order and with nothing \
             recorded since {before} are erased"
        ),
        (None, Language::Id) => "tidak ada tujuan yang menyebut lama penyimpanan profil".into(),
        (None, Language::En) => "no purpose says how long profiles are kept".into(),
    })?;
    let evidence = retention::EVIDENCE_DAYS;
    io.line(match language {
        Language::Id => format!("bukti dari orang yang dihapus terkunci {evidence} hari"),
        Language::En => format!("evidence of erased people is locked away for {evidence} days"),
    })?;
    runs.into_iter()
        .try_for_each(|run| io.line(in_words(run, language)))?;
    Ok(())
}

fn document(run: RetentionRun) -> Value {
    json!({
        "at": run.at.to_string(),
        "orders": run.orders,
        "withheld": run.withheld,
        "people": run.people,
    })
}

fn in_words(run: RetentionRun, language: Language) -> String {
    let RetentionRun {
        at,
        orders,
        withheld,
        people,
    } = run;
    match language {
        Language::Id => format!(
            "{at}: {orders} pesanan dan bukti dari {withheld} orang dimusnahkan, {people} orang \
             yang tidak aktif dihapus"
        ),
        Language::En => format!(
            "{at}: {orders} orders and the evidence of {withheld} people destroyed, {people} \
             inactive people erased"
        ),
    }
}
