//! The asker's side: sends the command as it was typed, lends its streams, ends as it ended.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::Context;

use super::frame::{self, Asked, CHUNK_BYTES, Frame, Kind};
use super::place::Place;
use crate::cli::Answer;
use crate::exit::{Exit, Unreachable};
use crate::io::Io;

/// Has this process's command done by the owner of the store; `None` when nobody answers there.
pub(crate) fn ask(
    data: &Path,
    here: &Path,
    answer: Answer,
    io: &mut Io,
) -> anyhow::Result<Option<Exit>> {
    let Some(mut socket) = connect(data)? else {
        return Ok(None);
    };
    let arguments = std::env::args_os().map(|own| own.into_string());
    let asked = Asked {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        arguments: arguments
            .collect::<Result<_, _>>()
            .map_err(|_| anyhow::anyhow!("an argument is not UTF-8; stop the server to use it"))?,
        here: here.to_owned(),
        coloured: answer.coloured,
    };
    let sent = frame::write(&mut socket, Kind::Command, &serde_json::to_vec(&asked)?);
    let first = sent.and_then(|()| frame::read(&mut socket));
    match first {
        Ok(Some(frame)) => follow(socket, frame, io).map(Some),
        // Closed before it began: the owner is just ending, and nothing was done.
        Ok(None) => Ok(None),
        Err(error) if is_hang_up(&error) => Ok(None),
        Err(error) => Err(error).context("cannot talk to the running izin"),
    }
}

/// Connects to the owner; `None` when there is no socket, or nobody behind it any more.
fn connect(data: &Path) -> anyhow::Result<Option<UnixStream>> {
    let connected = Place::of(data).and_then(|place| UnixStream::connect(place.socket()));
    match connected {
        Ok(socket) => Ok(Some(socket)),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::ConnectionRefused => {
                Ok(None)
            }
            _ => {
                let data = data.display();
                let why = format!("cannot reach the izin that runs on `{data}`: {error}");
                Err(Unreachable(why).into())
            }
        },
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}

/// Passes on what the owner sends until the command has ended.
fn follow(mut socket: UnixStream, first: Frame, io: &mut Io) -> anyhow::Result<Exit> {
    const CUT: &str =
        "the running izin ended before the command did; what it did until then stands";
    let mut next = Some(first);
    while let Some(Frame { kind, bytes }) = next {
        match kind {
            Kind::Out => io.out.write_all(&bytes)?,
            Kind::Err => io.err.write_all(&bytes)?,
            Kind::Progress => {
                if let Some((done, of)) = numbers(&bytes) {
                    (io.progress)(done, of);
                }
            }
            Kind::InputWanted => lend(io.take_input(), socket.try_clone()?),
            Kind::Exit => {
                let exit = bytes.first().copied().and_then(Exit::from_number);
                return exit.context("the running izin sent an unknown exit code");
            }
            Kind::Started => {}
            Kind::Command | Kind::Input | Kind::InputEnd => {
                anyhow::bail!("the running izin sent something it never sends")
            }
        }
        io.out.flush()?;
        next = frame::read(&mut socket).context(CUT)?;
    }
    anyhow::bail!(CUT)
}

fn numbers(bytes: &[u8]) -> Option<(u64, u64)> {
    let (done, of) = bytes.split_first_chunk::<8>()?;
    Some((
        u64::from_be_bytes(*done),
        u64::from_be_bytes(of.try_into().ok()?),
    ))
}

/// Sends standard input along, beside everything else, until it ends or the owner has enough. A
/// broken input is sent as an unfinished one, which the owner does not take for its end.
fn lend(mut input: Box<dyn Read + Send>, mut socket: UnixStream) {
    std::thread::spawn(move || -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let sent = match input.read(&mut chunk) {
                Ok(0) => return frame::write(&mut socket, Kind::InputEnd, &[]),
                Ok(read) => {
                    frame::write(&mut socket, Kind::Input, chunk.get(..read).unwrap_or(&[]))
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
                Err(error) => {
                    socket.shutdown(std::net::Shutdown::Write)?;
                    return Err(error);
                }
            };
            sent?;
        }
    });
}
