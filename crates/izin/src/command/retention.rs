//! `izin retention`: what is destroyed on schedule, when, and what was.

use clap::Subcommand;
use izin_app::retention;
use izin_core::policy::Retention;
use izin_core::zone::Zone;
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
        RetentionCommand::Run => destroy(shop, io).await?,
    }
    Ok(Exit::Fine)
}

async fn destroy(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let (app, language) = (shop.app, shop.language());
    let zone = app.policy().controller.zone;
    let now = app.clock.now();
    if let Some(last) = retention::silent_since(app, now).await? {
        let (last, today) = (day(zone, last), day(zone, now));
        let warning = match language {
            Language::Id => format!(
                "setelah {last} lama tidak ada catatan; jam menunjuk {today}, dan yang jatuh tempo \
                 dimusnahkan menurut jam itu"
            ),
            Language::En => format!(
                "nothing was recorded for long after {last}; the clock says {today}, and what is due by \
                 it is destroyed"
            ),
        };
        writeln!(io.err, "{warning}")?;
    }
    let done = retention::run(app).await?;
    if shop.answer.json {
        let mut told = document(done);
        told["passed_over"] = done.passed_over.into();
        return io.json(&told);
    }
    io.line(in_words(done, (zone, language)))?;
    let left = done.passed_over;
    if left > 0 {
        io.line(match language {
            Language::Id => format!(
                "{left} pesanan atau orang dilewati: tidak terbaca atau tidak dapat dihapus; `izin doctor` \
                 mencari kerusakan"
            ),
            Language::En => format!(
                "{left} orders or people were passed over: they do not open or cannot be erased; `izin \
                 doctor` looks for damage"
            ),
        })?;
    }
    Ok(())
}

/// The day of a moment where the shop is.
fn day(zone: Zone, at: Timestamp) -> String {
    let shown = zone.show(at);
    let day = shown.split_once('T').map_or(&*shown, |(day, _)| day);
    day.to_owned()
}

async fn show(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let (app, language) = (shop.app, shop.language());
    let now = app.clock.now();
    let policy = app.policy();
    let zone = policy.controller.zone;
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
    let before = |own: Option<Timestamp>| own.map(|own| day(zone, own));
    io.line(match (orders.zip(before(due.orders_before)), language) {
        (Some((days, before)), Language::Id) => {
            format!("pembelian disimpan {days} hari: yang sebelum {before} dimusnahkan")
        }
        (Some((days, before)), Language::En) => {
            format!("purchases are kept for {days} days: those before {before} are destroyed")
        }
        (None, Language::Id) => "tidak ada tujuan yang menyebut lama penyimpanan pembelian".into(),
        (None, Language::En) => "no purpose says how long purchases are kept".into(),
    })?;
    io.line(match (people.zip(before(due.people_before)), language) {
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
        .try_for_each(|run| io.line(in_words(run, (zone, language))))?;
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

fn in_words(run: RetentionRun, (zone, language): (Zone, Language)) -> String {
    let RetentionRun {
        orders,
        withheld,
        people,
        ..
    } = run;
    let at = day(zone, run.at);
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
