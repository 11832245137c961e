//! The dialogue with one client: ESMTP with PIPELINING, 8BITMIME, SMTPUTF8 and SIZE.
//!
//! Everything that has arrived is worked through before anything is answered, and all answers go
//! out in one write; a message's answer waits for its commit.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::intake::{Intake, MESSAGE_BYTES_MAX, Progress};
use super::keeper::{Done, Letter, Task};

/// The longest command line in bytes: RFC 5321 §4.5.3.1.4 with room for extension parameters.
const LINE_BYTES_MAX: usize = 2048;
/// Recipients of one message (RFC 5321 §4.5.3.1.8 asks for a hundred).
const RECIPIENTS_MAX: usize = 100;
/// Bytes asked for in one read; also bounds the commands and letters worked through, and so the
/// answers held back, before the client hears of any.
const READ_BYTES: usize = 16 * 1024;
/// A silent client is sent away, so that it does not hold a place (RFC 5321 §4.5.3.2.7).
const SILENCE: Duration = Duration::from_secs(300);

/// An answer in its turn.
enum Answer {
    Says(&'static str),
    Offers,
    /// 250 as soon as the letter is committed.
    Kept(oneshot::Receiver<Done>),
}

/// What the client has announced so far.
#[derive(Default)]
struct Transaction {
    begun: bool,
    recipients: Vec<String>,
}

pub(super) struct Session<S> {
    stream: S,
    keeper: mpsc::Sender<Task>,
    input: Vec<u8>,
    answers: Vec<Answer>,
    transaction: Transaction,
    intake: Option<Intake>,
    over: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) fn new(stream: S, keeper: mpsc::Sender<Task>) -> Self {
        Self {
            stream,
            keeper,
            input: Vec::with_capacity(READ_BYTES),
            answers: Vec::new(),
            transaction: Transaction::default(),
            intake: None,
            over: false,
        }
    }

    /// Talks until the client leaves, falls silent or is lost.
    pub(super) async fn run(mut self) {
        // A lost client needs no answer; what it was told is kept stays kept.
        let _ = self.talk().await;
    }

    async fn talk(&mut self) -> io::Result<()> {
        self.answers.push(Answer::Says(
            "220 mailbox.invalid ESMTP rehearsal, nothing is delivered",
        ));
        while !self.over {
            self.answer().await?;
            if !self.read_more().await? {
                return Ok(());
            }
            self.work_through().await;
        }
        self.answer().await
    }

    /// Reads what is there; false when the client has gone.
    async fn read_more(&mut self) -> io::Result<bool> {
        self.input.reserve(READ_BYTES);
        match timeout(SILENCE, self.stream.read_buf(&mut self.input)).await {
            Ok(length) => Ok(length? > 0),
            Err(_) => {
                self.leave("421 4.4.2 silent for too long");
                Ok(true)
            }
        }
    }

    /// Works through all whole commands and messages that have arrived.
    async fn work_through(&mut self) {
        let input = std::mem::take(&mut self.input);
        let mut rest = input.as_slice();
        while !self.over && !rest.is_empty() {
            let taken = match self.intake.take() {
                Some(intake) => self.receive(intake, rest).await,
                None => self.take_command(rest),
            };
            if taken == 0 {
                break;
            }
            rest = &rest[taken..];
        }
        let left = rest.len();
        self.input = input;
        self.input.drain(..self.input.len() - left);
    }

    async fn receive(&mut self, mut intake: Intake, input: &[u8]) -> usize {
        let (taken, progress) = intake.take(input);
        match progress {
            Progress::More => self.intake = Some(intake),
            Progress::Whole => {
                let recipients = std::mem::take(&mut self.transaction).recipients;
                let answer = match intake.into_message() {
                    Some(raw) => self.hand_to_keeper(recipients, raw).await,
                    None => Answer::Says(TOO_LONG),
                };
                self.answers.push(answer);
            }
        }
        taken
    }

    async fn hand_to_keeper(&mut self, recipients: Vec<String>, raw: Vec<u8>) -> Answer {
        let (done, kept) = oneshot::channel();
        match self
            .keeper
            .send(Task::Keep(Letter {
                recipients,
                raw,
                done,
            }))
            .await
        {
            Ok(()) => Answer::Kept(kept),
            Err(_) => Answer::Says(NOT_KEPT),
        }
    }

    /// Takes one command line; 0 when it is not whole yet.
    fn take_command(&mut self, input: &[u8]) -> usize {
        let end = input
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(input.len(), |at| at + 1);
        let line = &input[..end];
        if line.len() > LINE_BYTES_MAX {
            self.leave("500 5.5.2 line too long");
            return end;
        }
        if !line.ends_with(b"\n") {
            return 0;
        }
        match std::str::from_utf8(line) {
            Ok(line) => self.obey(line.trim_end()),
            Err(_) => self.say("500 5.5.2 not UTF-8"),
        }
        end
    }

    fn obey(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.transaction = Transaction::default();
                self.answers.push(Answer::Offers);
            }
            "HELO" => self.start_afresh("250 mailbox.invalid"),
            "MAIL" => self.begin(rest),
            "RCPT" => self.add_recipient(rest),
            "DATA" => self.invite(),
            "RSET" => self.start_afresh("250 2.0.0 forgotten"),
            "NOOP" => self.say("250 2.0.0 ok"),
            "VRFY" => self.say("252 2.1.5 everyone is kept here"),
            "QUIT" => self.leave("221 2.0.0 bye"),
            _ => self.say("502 5.5.1 not known here"),
        }
    }

    fn begin(&mut self, rest: &str) {
        match path(rest, "FROM:") {
            _ if self.transaction.begun => self.say("503 5.5.1 a message is already begun"),
            None => self.say("501 5.1.7 write MAIL FROM:<name@host.example>"),
            Some((_, parameters)) if announced_size(parameters) > MESSAGE_BYTES_MAX => {
                self.say(TOO_LONG);
            }
            Some(_) => {
                self.transaction.begun = true;
                self.say("250 2.1.0 ok");
            }
        }
    }

    fn add_recipient(&mut self, rest: &str) {
        match path(rest, "TO:") {
            _ if !self.transaction.begun => self.say("503 5.5.1 first MAIL"),
            None | Some(("", _)) => self.say("501 5.1.3 write RCPT TO:<name@host.example>"),
            Some(_) if self.transaction.recipients.len() >= RECIPIENTS_MAX => {
                self.say("452 4.5.3 too many recipients");
            }
            Some((address, _)) => {
                self.transaction.recipients.push(address.to_owned());
                self.say("250 2.1.5 ok");
            }
        }
    }

    fn invite(&mut self) {
        if self.transaction.recipients.is_empty() {
            return self.say("503 5.5.1 first MAIL and RCPT");
        }
        self.intake = Some(Intake::new());
        self.say("354 end with a dot alone on its line");
    }

    fn start_afresh(&mut self, answer: &'static str) {
        self.transaction = Transaction::default();
        self.say(answer);
    }

    fn leave(&mut self, answer: &'static str) {
        self.say(answer);
        self.over = true;
    }

    fn say(&mut self, answer: &'static str) {
        self.answers.push(Answer::Says(answer));
    }

    /// Gives all answers in their order, in one write.
    async fn answer(&mut self) -> io::Result<()> {
        let mut out = String::new();
        for answer in self.answers.drain(..) {
            match answer {
                Answer::Says(text) => out.push_str(text),
                Answer::Offers => out.push_str(&offers()),
                Answer::Kept(done) => out.push_str(match done.await {
                    Ok(Done) => "250 2.0.0 kept",
                    Err(_) => NOT_KEPT,
                }),
            }
            out.push_str("\r\n");
        }
        self.stream.write_all(out.as_bytes()).await
    }
}

const TOO_LONG: &str = "552 5.3.4 message too long";
const NOT_KEPT: &str = "451 4.3.0 the message could not be kept";

fn offers() -> String {
    format!(
        "250-mailbox.invalid\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
         250-ENHANCEDSTATUSCODES\r\n250 SIZE {MESSAGE_BYTES_MAX}"
    )
}

/// The address between the angle brackets after `keyword`, and the parameters after them.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (found, rest) = rest.split_at_checked(keyword.len())?;
    let (address, parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    let fits = found.eq_ignore_ascii_case(keyword) && !address.contains(char::is_control);
    fits.then_some((address, parameters))
}

/// The `SIZE` a client announces (RFC 1870); 0 where it does not.
fn announced_size(parameters: &str) -> usize {
    parameters
        .split(' ')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("SIZE"))
        .map_or(0, |(_, size)| size.parse().unwrap_or(usize::MAX))
}
