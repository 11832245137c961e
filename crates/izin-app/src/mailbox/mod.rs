//! A mail server that keeps everything and delivers nothing: the rehearsal box of `izin demo`.
//!
//! A campaign sent here can be read like a customer would read it. A message is answered with 250
//! only once it is committed to the box's own file. It must never relay, never answer a sender
//! and never listen beyond what its caller bound. Start at [`Mailbox::open`] and
//! [`Mailbox::serve`]; `session.rs` is the dialogue with one client, `keeper.rs` the one thread
//! that writes.

mod intake;
mod keeper;
mod mail;
mod read;
mod server;
mod session;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use izin_core::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use keeper::Task;
pub use mail::KeptMail;
pub use read::{LIST_MAX, Query};

/// A kept message's number: rising in the order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailId(pub i64);

/// Why the box could not do something.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The file cannot be opened or is not a mailbox.
    #[error("cannot open the mailbox `{}`", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The thread that writes cannot be started.
    #[error("cannot start the mailbox's writer")]
    Thread(#[source] std::io::Error),
    /// The file cannot be read.
    #[error("cannot read the mailbox")]
    Read(#[from] rusqlite::Error),
    /// The file cannot be written, or its writer has ended.
    #[error("cannot write to the mailbox; is its disk full?")]
    Write,
}

/// An open box. Clones share it; the file is closed when the last clone and server are gone.
#[derive(Debug, Clone)]
pub struct Mailbox {
    path: PathBuf,
    keeper: mpsc::Sender<Task>,
}

impl Mailbox {
    /// Opens or makes the box's file; `clock` gives each message its time of arrival.
    ///
    /// # Errors
    /// [`MailboxError`] when the file cannot be opened or the writer cannot be started.
    pub fn open(path: &Path, clock: fn() -> Timestamp) -> Result<Self, MailboxError> {
        let keeper = keeper::start(path, clock)?;
        Ok(Self {
            path: path.to_owned(),
            keeper,
        })
    }

    /// Takes mail on `listener` until `shutdown`; what was answered with 250 by then is kept.
    pub fn serve<S>(
        &self,
        listener: TcpListener,
        shutdown: S,
    ) -> impl Future<Output = ()> + Send + use<S>
    where
        S: Future<Output = ()> + Send,
    {
        server::serve(listener, self.keeper.clone(), shutdown)
    }

    /// The newest messages first, at most [`LIST_MAX`]. Blocks on the disk.
    ///
    /// # Errors
    /// [`MailboxError`] when the file cannot be read.
    pub fn list(&self, query: &Query) -> Result<Vec<KeptMail>, MailboxError> {
        let mut found = Vec::new();
        read::page(&read::connect(&self.path)?, query, |mail| {
            found.push(mail);
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Shows every message to `visit`, newest first, until it breaks off. Holds one message at a
    /// time, and never keeps the writer waiting. Blocks on the disk.
    ///
    /// # Errors
    /// [`MailboxError`] when the file cannot be read.
    pub fn for_each(
        &self,
        recipient: Option<&str>,
        visit: impl FnMut(KeptMail) -> ControlFlow<()>,
    ) -> Result<(), MailboxError> {
        read::walk(&read::connect(&self.path)?, recipient, visit)
    }

    /// One message. Blocks on the disk.
    ///
    /// # Errors
    /// [`MailboxError`] when the file cannot be read.
    pub fn get(&self, id: MailId) -> Result<Option<KeptMail>, MailboxError> {
        read::one(&read::connect(&self.path)?, id)
    }

    /// One message's bytes exactly as they were sent, for checking its DKIM signature. Blocks on
    /// the disk.
    ///
    /// # Errors
    /// [`MailboxError`] when the file cannot be read.
    pub fn raw(&self, id: MailId) -> Result<Option<Vec<u8>>, MailboxError> {
        read::raw(&read::connect(&self.path)?, id)
    }

    /// How many messages are kept. Blocks on the disk.
    ///
    /// # Errors
    /// [`MailboxError`] when the file cannot be read.
    pub fn count(&self) -> Result<u64, MailboxError> {
        read::count(&read::connect(&self.path)?)
    }

    /// Empties the box; later messages go on with higher numbers.
    ///
    /// # Errors
    /// [`MailboxError::Write`] when the file cannot be written.
    pub async fn clear(&self) -> Result<(), MailboxError> {
        keeper::clear(&self.keeper).await
    }
}
