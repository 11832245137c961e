//! The asker's streams, as a command in the owner's process sees them.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::frame::{self, CHUNK_BYTES, Kind};
use crate::io::{Io, Output};

/// Shortest time between two words about progress: the eye needs no more.
const PROGRESS_PAUSE: Duration = Duration::from_millis(100);

/// The socket as everything writes to it: whole frames, one after the other.
#[derive(Clone)]
pub(super) struct Wire(Arc<Mutex<UnixStream>>);

impl Wire {
    /// Writes to this socket.
    pub(super) fn over(socket: UnixStream) -> Self {
        Self(Arc::new(Mutex::new(socket)))
    }

    /// Sends one frame.
    pub(super) fn send(&self, kind: Kind, bytes: &[u8]) -> io::Result<()> {
        let mut socket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        frame::write(&mut *socket, kind, bytes)
    }

    /// The asker's streams. `gone` is rung when nobody listens to the progress any more.
    pub(super) fn io(&self, socket: UnixStream, gone: Arc<Notify>) -> Io {
        let stream = |kind| {
            let out = Sent(self.clone(), kind);
            Box::new(Output(io::BufWriter::with_capacity(CHUNK_BYTES, out)))
        };
        let wire = self.clone();
        let told = Mutex::new(None::<Instant>);
        Io {
            input: Box::new(Lent {
                socket,
                wire: self.clone(),
                chunk: io::Cursor::default(),
                asked: false,
                ended: false,
            }),
            out: stream(Kind::Out),
            err: Box::new(Sent(self.clone(), Kind::Err)),
            progress: Arc::new(move |done: u64, of: u64| {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                if told.is_some_and(|last| last.elapsed() < PROGRESS_PAUSE) {
                    return;
                }
                *told = Some(Instant::now());
                let numbers = [done.to_be_bytes(), of.to_be_bytes()].concat();
                if wire.send(Kind::Progress, &numbers).is_err() {
                    gone.notify_one();
                }
            }),
        }
    }
}

/// One of the asker's output streams.
struct Sent(Wire, Kind);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
        self.0.send(self.1, chunk)?;
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The asker's standard input, asked for when the command first reads it: an asker in a shell's
/// loop must not swallow what the loop reads.
struct Lent {
    socket: UnixStream,
    wire: Wire,
    chunk: io::Cursor<Vec<u8>>,
    asked: bool,
    ended: bool,
}

impl Read for Lent {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.asked {
            self.wire.send(Kind::InputWanted, &[])?;
            self.asked = true;
        }
        loop {
            let read = self.chunk.read(into)?;
            if read > 0 || self.ended || into.is_empty() {
                return Ok(read);
            }
            match frame::read(&mut self.socket)? {
                Some(frame) if frame.kind == Kind::Input => {
                    self.chunk = io::Cursor::new(frame.bytes);
                }
                Some(frame) if frame.kind == Kind::InputEnd => self.ended = true,
                _ => {
                    return Err(io::Error::new(
                        ErrorKind::UnexpectedEof,
                        "the asker left before its input ended",
                    ));
                }
            }
        }
    }
}
