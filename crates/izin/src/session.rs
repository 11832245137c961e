//! Finding who can do a command about a store: the process that owns it, or, when nobody does,
//! this one.
//!
//! It must never write beside an owner: the store's lock decides, not the socket.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use izin_app::{App, Clock, Settings, StartError, audit, publish, restart};
use izin_store::{Entropy, StoreError, place};
use tokio::runtime::Runtime;

use crate::cli::{Cli, NewShop, ShopCommand};
use crate::execute::{Runner, Shop, execute};
use crate::exit::{Exit, Unreachable};
use crate::io::Io;
use crate::owner;

/// How often an owner that is just starting or stopping is asked again.
const ATTEMPTS: u32 = 20;
/// Pause between two attempts: a server starts or stops within a few of them.
const PAUSE: Duration = Duration::from_millis(250);

/// Does a command about the store that the configuration names. Where nothing was ever kept, one that
/// only looks leaves it at that.
pub(crate) fn run(
    command: &ShopCommand,
    cli: &Cli,
    here: &Path,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let mut settings = cli.config()?.settings;
    let new = is_new(&settings).then(|| command.in_a_new_shop());
    match new {
        Some(NewShop::HasNone) => Err(nothing_yet(&settings.data)),
        Some(NewShop::Looks) => {
            let aside = Aside::of(&settings.data);
            settings.data = aside.0.join("data");
            settings.safe = aside.0.join("safe");
            with_store(command, (cli, settings), here, io)
        }
        Some(NewShop::Makes) => {
            command.refuse_early(here)?;
            with_store(command, (cli, settings), here, io)
        }
        None => with_store(command, (cli, settings), here, io),
    }
}

/// Where a new shop is made to be looked at, and gone after that: in its data directory where that is there,
/// else beside it. Each process has its own.
struct Aside(PathBuf);

impl Aside {
    fn of(data: &Path) -> Self {
        let name = format!("looked-at-{}", std::process::id());
        if data.is_dir() {
            return Self(data.join(name));
        }
        let mut aside = data.to_owned().into_os_string();
        aside.push("-");
        aside.push(name);
        Self(aside.into())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        match fs::remove_dir_all(&self.0) {
            Err(error) if !is_absent(&error) => {
                let path = self.0.display();
                tracing::warn!(%error, %path, "what was made to be looked at stays");
            }
            _ => {}
        }
    }
}

fn is_absent(why: &std::io::Error) -> bool {
    matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Why there is nothing to look at.
pub(crate) fn nothing_yet(data: &Path) -> anyhow::Error {
    let data = data.display();
    anyhow::anyhow!("there are no data in `{data}` yet: import something, or run `izin serve`")
}

fn with_store(
    command: &ShopCommand,
    (cli, settings): (&Cli, Settings),
    here: &Path,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    for _ in 0..ATTEMPTS {
        if let Some(exit) = owner::ask(&settings.data, here, cli.answer, io)? {
            return Ok(exit);
        }
        match runtime.block_on(visit(command, settings.clone())) {
            Ok(app) => {
                let shop = Shop {
                    app: &Arc::new(app),
                    runner: Runner::Alone,
                    answer: cli.answer,
                    here,
                };
                return runtime.block_on(alone(command, &shop, io));
            }
            Err(StartError::Store(StoreError::Owned { .. })) => std::thread::sleep(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    let data = settings.data.display();
    let busy = format!("`{data}` is in use by another izin command; try again when it has ended");
    Err(Unreachable(busy).into())
}

/// Whether nothing was ever kept here: neither data nor a safe that remembers some.
pub(crate) fn is_new(settings: &Settings) -> bool {
    let traces = [
        settings.data.join(place::DATA),
        settings.data.join(place::KEYS_FOLDER),
        settings.safe.join(place::JOURNAL),
        settings.safe.join(place::CHECKPOINT),
    ];
    !traces.iter().any(|own| own.exists())
}

/// Opens the application for one command: what the policy's folder changed is published by a
/// server's start or by `izin policy publish`. Only a new shop's first act brings its first policy.
async fn visit(command: &ShopCommand, settings: Settings) -> Result<App, StartError> {
    let app = App::open_as_it_stands(settings, Clock::System, Entropy::System).await?;
    if command.records() {
        publish::take_up_first(&app).await?;
    }
    Ok(app)
}

/// Opens the application as a server does, over the machine's own clock and randomness.
pub(crate) async fn open(settings: Settings) -> Result<App, StartError> {
    App::open(settings, Clock::System, Entropy::System).await
}

/// The runtime that everything with a store runs on.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// Does a command as the store's owner; signs what it recorded, however it ended, and spares the next
/// start the replay of much.
async fn alone(command: &ShopCommand, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let ended = execute(command, shop, io).await;
    restart::save(shop.app, restart::ENTRIES_BEHIND_MAX).await;
    let signed = audit::sign_off(shop.app).await;
    let exit = ended?;
    signed.context("what was done could not be signed")?;
    Ok(exit)
}
