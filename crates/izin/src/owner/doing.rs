//! The owner's side: takes commands from the socket and does them as if they were typed here.
//!
//! A command is done on a blocking thread of its own; when its asker goes away, or the server
//! stops, it ends at its next step.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use izin_app::App;
use izin_core::Language;
use tokio::net::UnixListener;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, watch};

use super::frame::{self, Asked, Kind};
use super::place::Place;
use super::streams::Wire;
use crate::cli::{Cli, Command};
use crate::execute::{Runner, Shop, execute};
use crate::exit::{self, Exit, Usage};
use crate::usage;

/// Commands done at the same time. Each has a thread; more than a few people at one machine's
/// terminals are a script gone wrong.
const COMMANDS_AT_ONCE: usize = 32;
/// How long a connection may take to say its command.
const COMMAND_WAIT: Duration = Duration::from_secs(5);
/// Pause after a failed accept, which fails again at once where files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The owner's socket, removed when dropped.
pub(crate) struct OwnerSocket {
    listener: UnixListener,
    place: Place,
}

impl OwnerSocket {
    /// Listens in the data directory, which the caller owns: a socket left there by a killed
    /// owner is replaced. It is moved to its address when only this user can connect.
    pub(crate) fn bind(data: &Path) -> anyhow::Result<Self> {
        let bind = || -> io::Result<Self> {
            let place = Place::of(data)?;
            match std::fs::remove_file(place.unready()) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let listener = UnixListener::bind(place.unready())?;
            std::fs::set_permissions(place.unready(), PermissionsExt::from_mode(0o600))?;
            std::fs::rename(place.unready(), place.socket())?;
            Ok(Self { listener, place })
        };
        bind().with_context(|| format!("cannot make a socket in `{}`", data.display()))
    }

    /// Does commands until the server stops.
    pub(crate) async fn keep_doing(self, app: Arc<App>, stopping: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(COMMANDS_AT_ONCE));
        let mut stop = stopping.clone();
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = stop.wait_for(|stops| *stops) => return,
            };
            let taken = accepted.and_then(|(socket, _)| {
                let socket = socket.into_std()?;
                socket.set_nonblocking(false)?;
                Ok(socket)
            });
            let socket = match taken {
                Ok(socket) => socket,
                Err(error) => {
                    tracing::warn!(%error, "a local command could not be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let desk = Desk {
                app: Arc::clone(&app),
                stopping: stopping.clone(),
                handle: Handle::current(),
            };
            match Arc::clone(&places).try_acquire_owned() {
                Ok(place) => drop(tokio::task::spawn_blocking(move || {
                    desk.serve(socket);
                    drop(place);
                })),
                Err(_) => refuse(socket),
            }
        }
    }
}

impl Drop for OwnerSocket {
    fn drop(&mut self) {
        // A socket that stays behind is refused by the system and replaced by the next owner.
        let _ = std::fs::remove_file(self.place.socket());
    }
}

/// Tells one asker too many to come back.
fn refuse(mut socket: UnixStream) {
    let said = format!("izin: {COMMANDS_AT_ONCE} commands are running already; try again\n");
    let told = frame::write(&mut socket, Kind::Err, said.as_bytes())
        .and_then(|()| frame::write(&mut socket, Kind::Exit, &[Exit::Unreachable.number()]));
    if let Err(error) = told {
        tracing::debug!(%error, "an asker left before it was refused");
    }
}

/// What one command is done with.
struct Desk {
    app: Arc<App>,
    stopping: watch::Receiver<bool>,
    handle: Handle,
}

impl Desk {
    /// Does one asker's command and says how it ended.
    fn serve(self, socket: UnixStream) {
        let wire = match socket.try_clone() {
            Ok(copy) => Wire::over(copy),
            Err(error) => return tracing::warn!(%error, "a local command could not be taken"),
        };
        let mut language = self.app.policy().language();
        let answered = self.answer(socket, (&wire, &mut language));
        let exit = answered.unwrap_or_else(|error| {
            if let Some(sentence) = exit::sentence(&error, language) {
                let told = wire.send(Kind::Err, format!("{sentence}\n").as_bytes());
                tracing::debug!(heard = told.is_ok(), "a local command failed");
            }
            exit::code(&error)
        });
        if wire.send(Kind::Exit, &[exit.number()]).is_err() {
            tracing::debug!("an asker left before its command ended");
        }
    }

    /// Does what is asked, and says in which language as soon as that is known.
    fn answer(
        mut self,
        mut socket: UnixStream,
        (wire, language): (&Wire, &mut Language),
    ) -> anyhow::Result<Exit> {
        socket.set_read_timeout(Some(COMMAND_WAIT))?;
        let frame = frame::read(&mut socket)?.filter(|own| own.kind == Kind::Command);
        let frame = frame.context("no command was sent")?;
        socket.set_read_timeout(None)?;
        let asked: Asked = serde_json::from_slice(&frame.bytes)
            .context("the running izin is of another version; restart it")?;
        if asked.version != env!("CARGO_PKG_VERSION") {
            anyhow::bail!(
                "the running izin is version {}, this command {}; restart the server",
                env!("CARGO_PKG_VERSION"),
                asked.version
            );
        }
        let arguments = asked.arguments.iter().map(OsString::from);
        let cli = Cli::read(arguments, asked.coloured);
        let cli = cli.map_err(|why| Usage(usage::sentence(&why, *language)))?;
        *language = cli.answer.lang.unwrap_or(*language);
        let Command::Shop(command) = &cli.command else {
            anyhow::bail!("this command is not for the owner of a store");
        };
        wire.send(Kind::Started, &[])?;
        let gone = Arc::new(Notify::new());
        let mut io = wire.io(socket, Arc::clone(&gone));
        let shop = Shop {
            app: &self.app,
            runner: Runner::Server,
            answer: cli.answer,
            here: &asked.here,
        };
        let stopping = &mut self.stopping;
        let exit = self.handle.block_on(async {
            tokio::select! {
                ended = execute(command, &shop, &mut io) => ended,
                () = gone.notified() => Err(anyhow::anyhow!("the asker left")),
                _ = stopping.wait_for(|stops| *stops) => Err(anyhow::anyhow!(
                    "the server is stopping; what the command did until now stands"
                )),
            }
        })?;
        io.out.flush()?;
        io.err.flush()?;
        Ok(exit)
    }
}
