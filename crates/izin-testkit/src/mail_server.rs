//! A mail server with every fault one can have, on a port of this machine.
//!
//! Each recipient has a list of turns; when it is used up, mails are accepted. What arrived up to
//! its final dot is kept, whether or not the sender heard so.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use izin_app::supervisor;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::Mail;

/// What the server does with one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Takes it.
    Accept,
    /// Refuses the recipient for now: 450 4.2.1.
    RefuseForNow,
    /// Does not know the recipient: 550 5.1.1.
    NoSuchAddress,
    /// Refuses the mail for another reason: 550 5.7.1.
    RefuseForGood,
    /// Hangs up before the mail was written.
    DropBeforeDot,
    /// Takes the mail and hangs up without a word.
    DropAfterDot,
    /// Takes the mail and never answers.
    Hang,
    /// Takes the mail, says so and closes the connection, as one that was idle.
    AcceptThenClose,
}

/// A running server; its port is its own.
#[derive(Debug, Clone)]
pub struct MailServer {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    refused: HashMap<&'static str, &'static str>,
    turns: HashMap<String, VecDeque<Turn>>,
    mails: Vec<Mail>,
}

impl MailServer {
    /// Starts one that accepts everything.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("the port's address"),
            kept: Arc::default(),
        };
        let own = server.clone();
        drop(supervisor::start("test mail server", async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Replies go out one by one; waiting to join them costs 40 ms a mail.
                stream.set_nodelay(true).expect("a socket");
                let own = own.clone();
                drop(supervisor::start("test mail connection", own.serve(stream)));
            }
        }));
        server
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to do with the next mails to a recipient, in order.
    pub fn plan(&self, recipient: &str, turns: &[Turn]) {
        self.kept(|kept| {
            let planned = kept.turns.entry(recipient.to_owned()).or_default();
            planned.extend(turns);
        });
    }

    /// Answers a command, as `MAIL`, with this refusal from now on, whoever is written to.
    pub fn refuse(&self, verb: &'static str, reply: &'static str) {
        self.kept(|kept| kept.refused.insert(verb, reply));
    }

    /// Takes every refusal of a command back.
    pub fn relent(&self) {
        self.kept(|kept| kept.refused.clear());
    }

    /// Every mail that arrived whole, in order.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.kept(|kept| kept.mails.clone())
    }

    /// The mails to one recipient, in order.
    #[must_use]
    pub fn mails_to(&self, recipient: &str) -> Vec<Mail> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to == recipient);
        mails
    }

    fn kept<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn next_turn(&self, recipient: &str) -> Turn {
        self.kept(|kept| {
            let planned = kept.turns.get_mut(recipient);
            planned
                .and_then(VecDeque::pop_front)
                .unwrap_or(Turn::Accept)
        })
    }

    /// Serves one connection until the client leaves or a turn ends it.
    async fn serve(self, stream: TcpStream) {
        let mut peer = Peer(BufReader::new(stream));
        let mut sender: Option<String> = None;
        let mut recipient: Option<(String, Turn)> = None;
        peer.says("220 mail.example").await;
        while let Some(line) = peer.line().await {
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let refused = self.kept(|kept| kept.refused.get(verb.as_str()).copied());
            if let Some(refused) = refused {
                peer.says(refused).await;
                continue;
            }
            match verb.as_str() {
                "MAIL" => {
                    sender = Some(between_brackets(&line));
                    peer.says("250 2.1.0 ok").await;
                }
                "RSET" => {
                    (sender, recipient) = (None, None);
                    peer.says("250 2.0.0 ok").await;
                }
                "RCPT" if sender.is_none() => peer.says("503 5.5.1 no sender").await,
                "EHLO" => peer.says("250-mail.example\r\n250 PIPELINING").await,
                "RCPT" => {
                    let to = between_brackets(&line);
                    let turn = self.next_turn(&to);
                    peer.says(reply_to_recipient(turn)).await;
                    let refused = reply_to_recipient(turn).starts_with(['4', '5']);
                    recipient = (!refused).then_some((to, turn));
                }
                "DATA" => match recipient.take() {
                    None => peer.says("503 5.5.1 no recipient").await,
                    Some((_, Turn::DropBeforeDot)) => return,
                    Some((to, turn)) => {
                        let from = sender.take().unwrap_or_default();
                        if !self.takes(&mut peer, (from, to), turn).await {
                            return;
                        }
                    }
                },
                "QUIT" => {
                    peer.says("221 2.0.0 bye").await;
                    return;
                }
                _ => peer.says("250 2.0.0 ok").await,
            }
        }
    }

    /// Takes one mail; false when the connection is over.
    async fn takes(&self, peer: &mut Peer, (from, to): (String, String), turn: Turn) -> bool {
        peer.says("354 go on").await;
        let Some(raw) = peer.message().await else {
            return false;
        };
        self.kept(|kept| kept.mails.push(Mail { from, to, raw }));
        match turn {
            Turn::DropAfterDot => return false,
            Turn::Hang => while peer.line().await.is_some() {},
            _ => peer.says("250 2.0.0 taken").await,
        }
        turn != Turn::AcceptThenClose
    }
}

const fn reply_to_recipient(turn: Turn) -> &'static str {
    match turn {
        Turn::RefuseForNow => "450 4.2.1 later",
        Turn::NoSuchAddress => "550 5.1.1 unknown",
        Turn::RefuseForGood => "550 5.7.1 not wanted",
        _ => "250 2.1.5 ok",
    }
}

fn between_brackets(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap_or_default();
    let (address, _) = rest.split_once('>').unwrap_or_default();
    address.to_owned()
}

/// The other end of a connection.
struct Peer(BufReader<TcpStream>);

impl Peer {
    /// The client may be gone already; that is part of many stories.
    async fn says(&mut self, reply: &str) {
        drop(self.0.write_all(format!("{reply}\r\n").as_bytes()).await);
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.0.read_line(&mut line).await.ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// The message up to its final dot, which is not part of it; doubled dots made single.
    async fn message(&mut self) -> Option<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.0.read_until(b'\n', &mut line).await.ok()? == 0 {
                return None;
            }
            if line == b".\r\n" {
                return Some(message);
            }
            message.extend(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}
