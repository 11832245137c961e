//! What a command reads and writes: the terminal's streams, or a socket's other end.
//!
//! A command never touches stdin, stdout or stderr itself, so that the owner of a store can run it
//! for somebody else ([`crate::owner`]). Start at [`Io`].

use std::io::{self, IsTerminal, Read, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use crate::exit::OutputClosed;

/// Told how far a command is: done, of how many (0: not known).
pub(crate) type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// The streams of one command.
pub(crate) struct Io {
    /// Its standard input.
    pub(crate) input: Box<dyn Read + Send>,
    /// What it answers.
    pub(crate) out: Box<dyn Write + Send>,
    /// What it says besides.
    pub(crate) err: Box<dyn Write + Send>,
    /// Where it tells how far it is.
    pub(crate) progress: Progress,
}

impl Io {
    /// The streams of this process.
    pub(crate) fn process() -> Self {
        Self {
            input: Box::new(io::stdin()),
            out: Box::new(Output(io::stdout())),
            err: Box::new(io::stderr()),
            progress: progress_bar(),
        }
    }

    /// Takes the input away, for a reader that keeps it.
    pub(crate) fn take_input(&mut self) -> Box<dyn Read + Send> {
        std::mem::replace(&mut self.input, Box::new(io::empty()))
    }

    /// Writes one line of the answer.
    pub(crate) fn line(&mut self, line: impl std::fmt::Display) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// Writes the answer, or a part of it, as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        Ok(writeln!(self.out, "{}", serde_json::to_string(value)?)?)
    }
}

/// Whether whoever runs this process sees colours: at a terminal, and not asked for none
/// (no-color.org). Asked by the process that was called, never by the one that does its command.
pub(crate) fn is_coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && io::stdout().is_terminal()
}

/// An output whose reader may leave before the end.
pub(crate) struct Output<W>(pub(crate) W);

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(closed)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(closed)
    }
}

fn closed(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        io::Error::new(io::ErrorKind::BrokenPipe, OutputClosed)
    } else {
        error
    }
}

/// A bar on stderr when a person watches, otherwise nothing. It appears with the first news and
/// leaves no trace.
pub(crate) fn progress_bar() -> Progress {
    if !io::stderr().is_terminal() {
        return Arc::new(|_, _| {});
    }
    let bar = OnceLock::new();
    Arc::new(move |done, of| {
        let bar = bar.get_or_init(|| new_bar(of));
        if of > 0 {
            bar.set_length(of);
        }
        bar.set_position(done);
    })
}

fn new_bar(of: u64) -> ProgressBar {
    /// Often enough for the eye.
    const TICK: Duration = Duration::from_millis(200);
    let known = "{bar:30} {human_pos}/{human_len} ({eta})";
    let form = if of > 0 {
        known
    } else {
        "{spinner} {human_pos}"
    };
    let bar = ProgressBar::no_length().with_finish(ProgressFinish::AndClear);
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}
