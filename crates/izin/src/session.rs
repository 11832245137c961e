//! Finding who can do a command about a store: the process that owns it, or, when nobody does,
//! this one.
//!
//! It must never write beside an owner: the store's lock decides, not the socket.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use izin_app::{App, Clock, Settings, StartError, audit, publish, restart};
use izin_store::{Entropy, StoreError};
use tokio::runtime::Runtime;

use crate::cli::{Cli, ShopCommand};
use crate::execute::{Runner, Shop, execute};
use crate::exit::{Exit, Unreachable};
use crate::io::Io;
use crate::owner;

/// How often an owner that is just starting or stopping is asked again.
const ATTEMPTS: u32 = 20;
/// Pause between two attempts: a server starts or stops within a few of them.
const PAUSE: Duration = Duration::from_millis(250);

/// Does a command about the store that the configuration names.
pub(crate) fn run(
    command: &ShopCommand,
    cli: &Cli,
    here: &Path,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let settings = cli.config()?.settings;
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
