//! A mail server played by hand, with every fault one can have.
//!
//! It speaks over a pipe in memory, so the paused clock passes timeouts without waiting.

mod doubt;
mod opening;
mod refusals;
mod tls;
mod writes;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};

use super::open::Reach;
use super::{
    ConnectError, Envelope, HelloName, Outcome, Security, SendError, Server, Smtp, SmtpSettings,
    Timeouts, Trust,
};

/// Bytes the pipe holds, like a socket's buffer.
const PIPE_BYTES: usize = 64 * 1024;
pub(super) const MESSAGE: &[u8] = b"Subject: Promo\r\n\r\nHalo.\r\n";

/// What the played server does when its turn comes.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    /// Says a reply, line end added.
    Says(&'static str),
    /// Says something without line end, then hangs up.
    Breaks(&'static str),
    /// Says nothing and keeps the line open.
    Waits,
    /// Hangs up.
    HangsUp,
}
pub(super) use Turn::{Breaks, HangsUp, Says, Waits};

/// A server that answers each command in one fixed way.
#[derive(Clone, Copy)]
pub(super) struct Clerk {
    pub(super) offers: &'static str,
    pub(super) mail: Turn,
    pub(super) rcpt: Turn,
    pub(super) data: Turn,
    pub(super) end: Turn,
}

pub(super) const PIPELINED: &str = "250-clerk.example\r\n250-PIPELINING\r\n250 8BITMIME";
pub(super) const STEPWISE: &str = "250-clerk.example\r\n250 8BITMIME";
/// Takes everything.
pub(super) const WILLING: Clerk = Clerk {
    offers: PIPELINED,
    mail: Says("250 2.1.0 ok"),
    rcpt: Says("250 2.1.5 ok"),
    data: Says("354 go on"),
    end: Says("250 2.0.0 queued as 1"),
};

/// What the clerk saw.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Verbs in order, each final dot as `.`.
    pub(super) verbs: Vec<String>,
    /// Messages as they crossed the wire, final dot included.
    pub(super) messages: Vec<String>,
}

impl Clerk {
    /// Serves one connection until the client leaves or a turn ends it.
    pub(super) async fn serve(self, pipe: DuplexStream) -> Seen {
        let mut peer = Peer(BufReader::new(pipe));
        let mut seen = Seen::default();
        peer.says("220 clerk.example").await;
        while let Some(line) = peer.line().await {
            let verb = line
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned();
            let turn = match verb.as_str() {
                "EHLO" => Says(self.offers),
                "MAIL" => self.mail,
                "RCPT" => self.rcpt,
                "DATA" => self.data,
                "RSET" => Says("250 2.0.0 reset"),
                "QUIT" => Says("221 2.0.0 bye"),
                _ => Says("500 5.5.1 what"),
            };
            let invited = verb == "DATA" && matches!(turn, Says(text) if text.starts_with("354"));
            seen.verbs.push(verb);
            if !peer.takes(turn).await {
                return seen;
            }
            if invited {
                let Some(message) = peer.message().await else {
                    return seen;
                };
                seen.messages.push(message);
                seen.verbs.push(".".to_owned());
                if !peer.takes(self.end).await {
                    return seen;
                }
            }
        }
        seen
    }
}

/// The server's end of the pipe.
pub(super) struct Peer(pub(super) BufReader<DuplexStream>);

impl Peer {
    pub(super) async fn says(&mut self, reply: &str) {
        self.writes(format!("{reply}\r\n").as_bytes()).await;
    }

    /// The client may be gone already; that is part of many of these stories.
    pub(super) async fn writes(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes).await;
    }

    /// The next line without its end; none once the client has gone.
    pub(super) async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.0.read_line(&mut line).await.ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    }

    async fn message(&mut self) -> Option<String> {
        let mut message = Vec::new();
        loop {
            let begin = message.len();
            if self.0.read_until(b'\n', &mut message).await.ok()? == 0 {
                return None;
            }
            if &message[begin..] == b".\r\n" {
                return String::from_utf8(message).ok();
            }
        }
    }

    /// Acts one turn; false when the connection is over.
    async fn takes(&mut self, turn: Turn) -> bool {
        match turn {
            Says(reply) => self.says(reply).await,
            Breaks(half) => self.writes(half.as_bytes()).await,
            Waits => while self.line().await.is_some() {},
            HangsUp => {}
        }
        matches!(turn, Says(_))
    }
}

pub(super) fn settings() -> SmtpSettings {
    SmtpSettings {
        server: Server {
            host: "clerk.example".to_owned(),
            port: 25,
        },
        security: Security::None,
        credentials: None,
        hello: HelloName::parse("shop.example").unwrap(),
        timeouts: Timeouts::default(),
    }
}

pub(super) fn envelope() -> Envelope {
    Envelope::new("toko@shop.example", "ani@example.com").unwrap()
}

pub(super) async fn open(pipe: DuplexStream) -> Result<Smtp, ConnectError> {
    let trust = Trust::new(None).unwrap();
    Smtp::open(Box::new(pipe), Reach::Network, &settings(), &trust).await
}

/// What the client found out about one message, and whether its connection lives on.
pub(super) type Found = (Result<Outcome, SendError>, bool);

/// Sends [`MESSAGE`] to a clerk and leaves.
pub(super) async fn send_to(clerk: Clerk) -> (Found, Seen) {
    let (ours, theirs) = duplex(PIPE_BYTES);
    let client = async {
        let mut smtp = open(ours).await.unwrap();
        let result = smtp.send(&envelope(), MESSAGE).await;
        let usable = smtp.is_usable();
        smtp.quit().await;
        (result, usable)
    };
    tokio::join!(client, clerk.serve(theirs))
}

/// Opens a connection to a server played by `play`, which keeps the pipe as long as it likes.
pub(super) async fn open_against<F: Future<Output = ()>>(
    settings: SmtpSettings,
    play: impl FnOnce(Peer) -> F,
) -> Result<Smtp, ConnectError> {
    let (ours, theirs) = duplex(PIPE_BYTES);
    let trust = Trust::new(None).unwrap();
    let client = Smtp::open(Box::new(ours), Reach::Network, &settings, &trust);
    tokio::select! {
        biased;
        opened = client => opened,
        () = async { play(Peer(BufReader::new(theirs))).await; std::future::pending().await } => {
            unreachable!("the client always comes to an end")
        }
    }
}
