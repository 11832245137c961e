//! Lines and replies over a stream of bytes, each step within its time and each reply bounded.
//!
//! Knows nothing of mail; `connection.rs` gives the replies their meaning.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::error::Fault;
use super::reply::{Gathering, NotAReply, Reply};

/// The longest line of a reply in bytes: four times RFC 5321 §4.5.3.1.5, for verbose servers.
pub(super) const REPLY_LINE_BYTES_MAX: usize = 2048;
/// The longest reply in bytes, all lines together: an `EHLO` answer has under 1 KiB.
pub(super) const REPLY_BYTES_MAX: usize = 16 * 1024;
/// Bytes asked for in one read: the replies of a pipelined group arrive together.
const READ_BYTES: usize = 4096;

/// A TCP stream, or TLS over one.
pub(super) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for S {}

/// A stream and what was read from it too early.
pub(super) struct Wire {
    stream: Box<dyn ByteStream>,
    unread: Vec<u8>,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn ByteStream>) -> Self {
        Self {
            stream,
            unread: Vec::with_capacity(READ_BYTES),
        }
    }

    /// The bare stream, to lay TLS over; bytes already read in the clear are an injection.
    pub(super) fn into_stream(self) -> Result<Box<dyn ByteStream>, Fault> {
        if self.has_unread() {
            Err(Fault::Unasked)
        } else {
            Ok(self.stream)
        }
    }

    /// Whether the server has said more than was asked.
    pub(super) fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Writes commands and sees them off.
    pub(super) async fn say(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Fault> {
        self.pour(bytes, limit).await?;
        self.flush(limit).await
    }

    /// Gives all bytes to the stream. After an error the last of them cannot have arrived: a TCP
    /// stream took fewer, and a TLS stream still holds part of the last record.
    pub(super) async fn pour(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Fault> {
        within(limit, self.stream.write_all(bytes))
            .await?
            .map_err(Fault::Broken)
    }

    /// Pushes out what TLS may still hold.
    pub(super) async fn flush(&mut self, limit: Duration) -> Result<(), Fault> {
        within(limit, self.stream.flush())
            .await?
            .map_err(Fault::Broken)
    }

    /// Reads one whole reply.
    pub(super) async fn reply(&mut self, limit: Duration) -> Result<Reply, Fault> {
        within(limit, self.gather()).await?
    }

    /// Says goodbye to the stream itself (for TLS: close_notify).
    pub(super) async fn close(&mut self, limit: Duration) -> Result<(), Fault> {
        within(limit, self.stream.shutdown())
            .await?
            .map_err(Fault::Broken)
    }

    async fn gather(&mut self) -> Result<Reply, Fault> {
        let mut gathering = Gathering::default();
        let mut begin = 0;
        loop {
            let end = self.line_end(begin).await?;
            if end > REPLY_BYTES_MAX {
                return Err(Fault::ReplyTooLong);
            }
            let line = self.unread[begin..end].trim_ascii_end();
            begin = end;
            if let Some(reply) = gathering.line(line).map_err(|NotAReply| Fault::NotAReply)? {
                self.unread.drain(..end);
                return Ok(reply);
            }
        }
    }

    /// The position after the line that begins at `begin`, reading on as needed.
    async fn line_end(&mut self, begin: usize) -> Result<usize, Fault> {
        loop {
            let rest = &self.unread[begin..];
            if let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
                return Ok(begin + at + 1);
            }
            if rest.len() > REPLY_LINE_BYTES_MAX {
                return Err(Fault::ReplyTooLong);
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<(), Fault> {
        self.unread.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.unread).await {
            Ok(0) => Err(Fault::Closed),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Fault::Closed),
            Err(error) => Err(Fault::Broken(error)),
        }
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Fault> {
    timeout(limit, work)
        .await
        .map_err(|_| Fault::TimedOut { after: limit })
}
