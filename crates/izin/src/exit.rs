//! How a command ends: its exit code, and the one sentence that says what went wrong.

use std::fmt::Write;
use std::io;
use std::process::ExitCode;

use izin_app::deliver::DeliverError;
use izin_app::visible::visible;
use izin_core::Language;
use izin_store::StoreError;

use crate::indonesian;
use crate::personal::masked;

/// How a command ended, for the program that started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is in order.
    Fine,
    /// It found problems, or failed.
    Findings,
    /// It was called in a way it does not understand.
    Usage,
    /// What it needs cannot be reached now; the same call may do later.
    Unreachable,
    /// A mail could not be taken; the mail server gives it again (`EX_TEMPFAIL`).
    GiveAgain,
}

impl Exit {
    /// The number the operating system is given.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::GiveAgain => 75,
        }
    }

    /// The ending behind a number.
    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Fine),
            1 => Some(Self::Findings),
            2 => Some(Self::Usage),
            3 => Some(Self::Unreachable),
            75 => Some(Self::GiveAgain),
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

/// A store, an address or a server that somebody else holds or that does not answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unreachable(pub(crate) String);

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
    } else if error.chain().any(is_unreachable) {
        Exit::Unreachable
    } else {
        Exit::Findings
    }
}

/// Whether somebody else is to blame, and only for now: another process that has the store, a mail
/// server that does not answer.
fn is_unreachable(cause: &(dyn std::error::Error + 'static)) -> bool {
    let store = cause.downcast_ref::<StoreError>();
    let mail = cause.downcast_ref::<DeliverError>();
    cause.is::<Unreachable>()
        || match store {
            Some(StoreError::Server(why)) => why.passes(),
            own => matches!(own, Some(StoreError::Owned { .. })),
        }
        || matches!(mail, Some(DeliverError::Connect(_)))
}

/// The error and its causes as one sentence, in the asker's language as far as we have it, without what
/// may be an address or a number in it; `None` when there is nobody to read it.
pub(crate) fn sentence(error: &anyhow::Error, language: Language) -> Option<String> {
    if output_closed(error) {
        return None;
    }
    let mut sentence = String::from("izin: ");
    let mut last = String::new();
    for cause in error.chain() {
        let own = match language {
            Language::Id => indonesian::sentence(cause),
            Language::En => None,
        };
        let words = own.unwrap_or_else(|| cause.to_string());
        if last.ends_with(&words) {
            continue;
        }
        let colon = if last.is_empty() { "" } else { ": " };
        write!(sentence, "{colon}{words}").ok()?;
        last = words;
    }
    Some(shown(&masked(&sentence)))
}

/// An error that may repeat what stands in a file or an argument, as it is shown; its own lines stay.
pub(crate) fn shown(error: &str) -> String {
    let lines: Vec<String> = error.split('\n').map(visible).collect();
    lines.join("\n")
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
        let said = sentence(&error, Language::En).unwrap();
        assert_eq!(
            said,
            "izin: the gate stopped: cannot write `a.csv`: the disk is full"
        );
    }

    #[test]
    fn what_an_error_repeats_of_a_file_commands_no_terminal() {
        let error = anyhow::anyhow!("`a\u{1b}[2J\u{202e}b` is no address\nwrite one");
        let said = sentence(&error, Language::En).unwrap();
        assert_eq!(
            said,
            "izin: `a\\u{1b}[2J\\u{202e}b` is no address\nwrite one"
        );
    }

    #[test]
    fn only_our_own_closed_output_is_passed_over_in_silence() {
        let closed = io::Error::new(io::ErrorKind::BrokenPipe, OutputClosed);
        let quiet = Err::<(), _>(closed).context("row 7").unwrap_err();
        assert_eq!(
            (sentence(&quiet, Language::En), code(&quiet)),
            (None, Exit::Fine)
        );
        let elsewhere = io::Error::from(io::ErrorKind::BrokenPipe);
        let loud = Err::<(), _>(elsewhere).context("row 7").unwrap_err();
        assert!(sentence(&loud, Language::En).is_some());
        assert_eq!(code(&loud), Exit::Findings);
    }

    #[test]
    fn what_cannot_be_reached_now_is_told_apart_from_what_failed() {
        let busy = Err::<(), _>(Unreachable("in use".into())).context("serve");
        assert_eq!(code(&busy.unwrap_err()), Exit::Unreachable);
        assert_eq!(code(&anyhow::anyhow!("in use")), Exit::Findings);
        for exit in [Exit::Fine, Exit::Findings, Exit::Usage, Exit::Unreachable] {
            assert_eq!(Exit::from_number(exit.number()), Some(exit));
        }
        assert_eq!(Exit::from_number(4), None);
    }

    #[test]
    fn wrong_usage_is_seen_through_its_context() {
        let error = Err::<(), _>(Usage("name a file".into())).context("import");
        assert_eq!(code(&error.unwrap_err()), Exit::Usage);
    }
}
