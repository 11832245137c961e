//! How a command ends: its exit code, and the one sentence that says what went wrong.

use std::fmt::Write;
use std::io;
use std::process::ExitCode;

/// How a command ended, for the program that started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is in order.
    Fine,
    /// It found problems, or failed.
    Findings,
    /// It was called in a way it does not understand.
    Usage,
}

impl Exit {
    /// The number the operating system is given.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Usage => 2,
        }
    }

    /// The ending behind a number.
    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Fine),
            1 => Some(Self::Findings),
            2 => Some(Self::Usage),
            _ => None,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// A mistake in how the command was called; its text says how to call it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Whoever read our output has enough of it: `izin gate … | head`.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub(crate) struct OutputClosed;

/// The exit code of a failed command.
pub(crate) fn code(error: &anyhow::Error) -> Exit {
    if output_closed(error) {
        Exit::Fine
    } else if error.chain().any(<dyn std::error::Error>::is::<Usage>) {
        Exit::Usage
    } else {
        Exit::Findings
    }
}

/// The error and its causes as one sentence; `None` when there is nobody to read it.
pub(crate) fn sentence(error: &anyhow::Error) -> Option<String> {
    if output_closed(error) {
        return None;
    }
    let mut sentence = String::from("izin: ");
    let mut last = String::new();
    for cause in error.chain() {
        let words = cause.to_string();
        if last.ends_with(&words) {
            continue;
        }
        let colon = if last.is_empty() { "" } else { ": " };
        write!(sentence, "{colon}{words}").ok()?;
        last = words;
    }
    Some(sentence)
}

fn output_closed(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(<dyn std::error::Error>::downcast_ref::<io::Error>)
        .filter_map(io::Error::get_ref)
        .any(<dyn std::error::Error + Send + Sync>::is::<OutputClosed>)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_cause_that_was_said_already_is_not_repeated() {
        let error = anyhow::anyhow!("the disk is full")
            .context("cannot write `a.csv`: the disk is full")
            .context("the gate stopped");
        let said = sentence(&error).unwrap();
        assert_eq!(
            said,
            "izin: the gate stopped: cannot write `a.csv`: the disk is full"
        );
    }

    #[test]
    fn only_our_own_closed_output_is_passed_over_in_silence() {
        let closed = io::Error::new(io::ErrorKind::BrokenPipe, OutputClosed);
        let quiet = Err::<(), _>(closed).context("row 7").unwrap_err();
        assert_eq!((sentence(&quiet), code(&quiet)), (None, Exit::Fine));
        let elsewhere = io::Error::from(io::ErrorKind::BrokenPipe);
        let loud = Err::<(), _>(elsewhere).context("row 7").unwrap_err();
        assert!(sentence(&loud).is_some());
        assert_eq!(code(&loud), Exit::Findings);
    }

    #[test]
    fn wrong_usage_is_seen_through_its_context() {
        let error = Err::<(), _>(Usage("name a file".into())).context("import");
        assert_eq!(code(&error.unwrap_err()), Exit::Usage);
    }
}
