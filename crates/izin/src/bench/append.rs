//! What it costs to make an act durable and effective: one alone, and many at once; beside what the
//! disk and bare SQLite do in the same folder, in turns with it; opt-outs over HTTP too. Last, a start over
//! what was written.
//!
//! An act is acknowledged here as a caller of the API sees it: entered, committed to by its leaf,
//! synced, and known to the gate.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use izin_app::act::{self, Kind, Report};
use izin_app::{App, Clock, Settings, Who, restart, supervisor};
use izin_core::{Channel, Identifier, Origin, RefusalKind, Request, SubjectId, Verdict};
use izin_store::{Answered, Command, Contact, Entropy};

use super::bare::Bare;
use super::decide::middle;
use super::opt_out::{self, Known, Server};
use super::population::Population;
use super::{Better, Figure};

/// Callers at the same time.
const IN_FLIGHT: usize = 256;
/// Acts of each of them in one round.
const EACH: usize = 40;
/// Acts one after the other in one round.
const ALONE: usize = 40;
/// Rounds, of which the middle one counts; the peers take their turns in between.
const ROUNDS: usize = 5;
/// People recorded in one group.
const TOGETHER: usize = 500;
/// How long a pause lasts, in days.
const PAUSE_DAYS: i64 = 30;

/// Seconds, and rates per second, of each round.
#[derive(Default)]
struct Rounds {
    sync: Vec<f64>,
    commit: Vec<f64>,
    alone: Vec<f64>,
    ceiling: Vec<f64>,
    acts: Vec<f64>,
    opt_outs: Vec<f64>,
    told: Vec<f64>,
    clicked: Vec<f64>,
    bytes: Vec<f64>,
}

/// Runs the bench in `dir` over an application that knows nobody yet; `people` are known at the end.
pub(super) async fn run(dir: &Path, app: Arc<App>, people: u64) -> anyhow::Result<Vec<Figure>> {
    let needed = u64::try_from(ROUNDS * (ALONE + IN_FLIGHT * EACH + 2 * opt_out::ROUND))?;
    let everybody = know(&app, needed.max(people)).await?;
    let pause = Kind::Pause(app.clock.now().plus_days(PAUSE_DAYS));
    let mut bare = Bare::open(dir)?;
    let mut rounds = Rounds::default();
    let mut fresh = (0..).zip(everybody.iter().copied());
    let mut take = |many| -> Vec<Known> { fresh.by_ref().take(many).collect() };
    let server = Server::start(&app).await?;
    for _ in 0..ROUNDS {
        rounds.sync.push(bare.sync_seconds()?);
        rounds.commit.push(bare.commit_seconds(1)?);
        let some = take(ALONE);
        rounds.alone.push(alone(&app, &some, pause).await?);
        rounds
            .ceiling
            .push(IN_FLIGHT as f64 / bare.commit_seconds(IN_FLIGHT)?);
        let some = take(IN_FLIGHT * EACH);
        let before = stored(dir)?;
        rounds.acts.push(together(&app, &some, pause).await?);
        rounds
            .bytes
            .push((stored(dir)? - before) / some.len() as f64);
        let no = Kind::No(RefusalKind::OptedOut);
        rounds.opt_outs.push(together(&app, &some, no).await?);
        rounds.told.push(server.told(&take(opt_out::ROUND)).await?);
        let some = take(opt_out::ROUND);
        rounds.clicked.push(server.clicked(&app, &some).await?);
    }
    server.stop().await?;
    let mut figures = rounds.figures();
    figures.push(Figure::new("people", everybody.len() as f64, "people"));
    figures.push(start_after_kill((dir, &app), &everybody).await?);
    figures.push(start(app).await?);
    Ok(figures)
}

impl Rounds {
    fn figures(self) -> Vec<Figure> {
        let (sync, commit, alone) = (middle(self.sync), middle(self.commit), middle(self.alone));
        let (acts, ceiling) = (middle(self.acts), middle(self.ceiling));
        let micros =
            |name, seconds: f64| Figure::new(name, seconds * 1e6, "µs").better(Better::Lower);
        let rate = |name, value| Figure::new(name, value, "per second");
        let shares = Figure::new("act_alone_in_syncs", alone / (sync + commit), "ratio");
        let share = Figure::new("acts_share_of_ceiling", acts / ceiling, "ratio");
        let disk = Figure::new("disk_per_act", middle(self.bytes), "bytes").better(Better::Lower);
        vec![
            micros("fdatasync", sync),
            micros("sqlite_commit", commit),
            micros("act_alone", alone),
            shares
                .better(Better::Lower)
                .must(3.0)
                .peer("one fdatasync and one full commit of bare SQLite"),
            rate("sqlite_rows_together", ceiling),
            rate("acts_together", acts).must(40_000.0).bold(120_000.0),
            share.peer("bare SQLite that commits as many rows together"),
            rate("opt_outs_together", middle(self.opt_outs)),
            rate("opt_outs_http", middle(self.told))
                .must(12_000.0)
                .bold(30_000.0),
            rate("one_clicks_http", middle(self.clicked)),
            disk.must(1_228.8),
        ]
    }
}

/// The address of somebody.
pub(super) fn address(person: u64) -> anyhow::Result<Identifier> {
    Ok(Identifier::email(&Population::address(person))?)
}

/// Makes people known, by an address each; answers who they are.
async fn know(app: &App, people: u64) -> anyhow::Result<Vec<SubjectId>> {
    let contact = |person| -> anyhow::Result<Command> {
        Ok(Command::Contact(Box::new(Contact {
            identifiers: vec![address(person)?],
            ..Contact::default()
        })))
    };
    let mut known = Vec::new();
    for first in (0..people).step_by(TOGETHER) {
        let some = first..people.min(first + TOGETHER as u64);
        let contacts = some.map(contact).collect::<Result<_, _>>()?;
        let recorded = app.store.record(contacts, app.clock.now()).await?;
        known.extend(recorded.into_iter().filter_map(|own| own.subject));
    }
    anyhow::ensure!(known.len() as u64 == people, "everybody is known");
    Ok(known)
}

/// One act, acknowledged.
async fn say(app: &App, subject: SubjectId, kind: Kind) -> anyhow::Result<()> {
    let report = Report {
        who: Who::Subject(subject),
        kind,
        channel: Some(Channel::Email),
        purpose: None,
        topic: None,
        occurred_at: None,
        detail: None,
        origin: Origin::Api,
    };
    let answered = act::report(app, report, None, |_| String::new()).await?;
    anyhow::ensure!(
        matches!(answered, Answered::Now(_)),
        "an act was said before"
    );
    Ok(())
}

/// The middle time of acts one after the other.
async fn alone(app: &App, people: &[Known], kind: Kind) -> anyhow::Result<f64> {
    let mut took = Vec::new();
    for (_, subject) in people {
        let started = Instant::now();
        say(app, *subject, kind).await?;
        took.push(started.elapsed().as_secs_f64());
    }
    Ok(middle(took))
}

/// Acts a second with [`IN_FLIGHT`] callers.
async fn together(app: &Arc<App>, people: &[Known], kind: Kind) -> anyhow::Result<f64> {
    let started = Instant::now();
    let callers = people.chunks(EACH).map(|own| {
        let (app, own) = (Arc::clone(app), own.to_vec());
        supervisor::start("caller of the bench", async move {
            for (_, subject) in own {
                if let Err(error) = say(&app, subject, kind).await {
                    tracing::error!(%error, "a caller of the bench stopped");
                    return;
                }
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await?;
    }
    Ok(people.len() as f64 / started.elapsed().as_secs_f64())
}

/// Bytes of the store's database, once its write-ahead log is in it.
fn stored(dir: &Path) -> anyhow::Result<f64> {
    const PAGES: &str = "select page_count * page_size from pragma_page_count, pragma_page_size";
    let db = rusqlite::Connection::open(dir.join("data/izin.sqlite"))?;
    Ok(db.query_row(PAGES, [], |row| row.get::<_, u64>(0))? as f64)
}

/// Opens what a process would leave that was killed now, some acts after its last snapshot.
async fn start_after_kill(
    (dir, app): (&Path, &Arc<App>),
    people: &[SubjectId],
) -> anyhow::Result<Figure> {
    restart::save(app, 1).await;
    let some: Vec<Known> = (0..)
        .zip(people.iter().copied())
        .take(IN_FLIGHT * EACH)
        .collect();
    let pause = Kind::Pause(app.clock.now().plus_days(PAUSE_DAYS));
    together(app, &some, pause).await?;
    let mut settings: Settings = app.settings.clone();
    for folder in [&mut settings.data, &mut settings.safe] {
        let name = folder.file_name().context("a folder has a name")?;
        let left = dir.join("killed").join(name);
        copy(folder, &left)?;
        *folder = left;
    }
    Ok(first_answer("start_after_kill", settings).await?.must(2.0))
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for own in fs::read_dir(from)? {
        let own = own?;
        let to = to.join(own.file_name());
        if own.file_type()?.is_dir() {
            copy(&own.path(), &to)?;
        } else if own.file_type()?.is_file() {
            fs::copy(own.path(), to)?;
        }
    }
    Ok(())
}

/// Stops the application and opens it again, as a restart of a server does.
async fn start(app: Arc<App>) -> anyhow::Result<Figure> {
    let settings: Settings = app.settings.clone();
    restart::save(&app, 1).await;
    let app = Arc::into_inner(app).context("somebody still has the application")?;
    drop(app);
    Ok(first_answer("start", settings).await?.must(2.0))
}

/// How long it takes to open an application and to answer whether somebody may be written to.
async fn first_answer(name: &'static str, settings: Settings) -> anyhow::Result<Figure> {
    let started = Instant::now();
    let app = App::open(settings, Clock::System, Entropy::System).await?;
    let purpose = app
        .policy()
        .purposes
        .first()
        .context("a policy has a purpose")?
        .id;
    let who = Who::Identifier(address(0)?);
    let decision = app.decide(&who, &Request::of(purpose, Channel::Email));
    let took = started.elapsed().as_secs_f64();
    anyhow::ensure!(
        decision.verdict == Verdict::Deny,
        "the first answer is right"
    );
    Ok(Figure::new(name, took, "s").better(Better::Lower))
}
