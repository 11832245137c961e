//! Where messages go: a mail server and a carrier of texts, which note when each one began to arrive.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// A message that arrived whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrival {
    /// `email`, `sms` or `whatsapp`.
    pub(super) channel: &'static str,
    /// The number in the address or the telephone number of whoever it is for.
    pub(super) person: u64,
    /// When its first byte came.
    pub(super) begun: Instant,
    /// Whether it bears a way out; what answers somebody, that their no stands or that they are erased,
    /// bears none.
    pub(super) is_campaign: bool,
}

/// Both sinks, and what arrived at them.
#[derive(Clone)]
pub(super) struct Sinks {
    pub(super) mail: SocketAddr,
    pub(super) texts: SocketAddr,
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept {
    is_away: AtomicBool,
    many: AtomicU64,
    arrivals: Mutex<Vec<Arrival>>,
}

impl Sinks {
    pub(super) fn start() -> Self {
        let [mail, texts] = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
        let sinks = Self {
            mail: mail.local_addr().unwrap(),
            texts: texts.local_addr().unwrap(),
            kept: Arc::default(),
        };
        sinks.serve(mail, Self::mail);
        sinks.serve(texts, Self::texts);
        sinks
    }

    fn serve(&self, listener: TcpListener, talk: fn(&Self, TcpStream) -> std::io::Result<()>) {
        let own = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let own = own.clone();
                // A connection ends when its process is killed: that is what this is about.
                thread::spawn(move || drop(talk(&own, stream)));
            }
        });
    }

    /// How many arrived so far.
    pub(super) fn many(&self) -> u64 {
        self.kept.many.load(Ordering::SeqCst)
    }

    pub(super) fn arrivals(&self) -> Vec<Arrival> {
        self.kept.arrivals.lock().unwrap().clone()
    }

    /// The mail server goes away, in the middle of whatever it was told, or comes back.
    pub(super) fn away(&self, is_away: bool) {
        self.kept.is_away.store(is_away, Ordering::SeqCst);
    }

    fn arrived(&self, arrival: Arrival) {
        self.kept.arrivals.lock().unwrap().push(arrival);
        self.kept.many.fetch_add(1, Ordering::SeqCst);
    }

    fn is_away(&self) -> bool {
        self.kept.is_away.load(Ordering::SeqCst)
    }

    /// One connection of SMTP, with pipelining.
    fn mail(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut peer = BufReader::new(stream);
        peer.get_mut().write_all(b"220 mail.example\r\n")?;
        let (mut begun, mut person) = (Instant::now(), 0);
        let mut line = String::new();
        while peer.read_line(&mut line)? > 0 && !self.is_away() {
            let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                "EHLO" => b"250-mail.example\r\n250 PIPELINING\r\n",
                "MAIL" => {
                    begun = Instant::now();
                    b"250 2.1.0 ok\r\n"
                }
                "RCPT" => {
                    person = number(&line);
                    b"250 2.1.5 ok\r\n"
                }
                "DATA" => {
                    peer.get_mut().write_all(b"354 go on\r\n")?;
                    let Some(is_campaign) = message(&mut peer)? else {
                        return Ok(());
                    };
                    self.arrived(Arrival {
                        channel: "email",
                        person,
                        begun,
                        is_campaign,
                    });
                    b"250 2.0.0 taken\r\n"
                }
                "QUIT" => return peer.get_mut().write_all(b"221 2.0.0 bye\r\n"),
                _ => b"250 2.0.0 ok\r\n",
            };
            peer.get_mut().write_all(answer)?;
            line.clear();
        }
        Ok(())
    }

    /// One connection of a carrier: Twilio's form, or WhatsApp's JSON.
    fn texts(&self, stream: TcpStream) -> std::io::Result<()> {
        const CARRIED: &str = r#"{"sid":"SM1","messages":[{"id":"w"}]}"#;
        stream.set_nodelay(true)?;
        let mut peer = BufReader::new(stream);
        let mut first = String::new();
        while peer.read_line(&mut first)? > 0 {
            let begun = Instant::now();
            let channel = match first.contains("Messages.json") {
                true => "sms",
                false => "whatsapp",
            };
            let (mut line, mut length) = (String::new(), 0);
            while peer.read_line(&mut line)? > 2 {
                let header = line.to_ascii_lowercase();
                if let Some(own) = header.strip_prefix("content-length:") {
                    length = own.trim().parse().map_err(std::io::Error::other)?;
                }
                line.clear();
            }
            let mut body = vec![0; length];
            peer.read_exact(&mut body)?;
            let body = String::from_utf8_lossy(&body);
            self.arrived(Arrival {
                channel,
                person: telephone(&body),
                begun,
                is_campaign: body.contains("%2Fu%2F") || body.contains("/u/"),
            });
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{CARRIED}",
                CARRIED.len()
            );
            peer.get_mut().write_all(answer.as_bytes())?;
            first.clear();
        }
        Ok(())
    }
}

/// A mail up to its dot, and whether it bears a way out; `None` where it broke off.
fn message(peer: &mut BufReader<TcpStream>) -> std::io::Result<Option<bool>> {
    let (mut line, mut bears_a_way_out) = (String::new(), false);
    while peer.read_line(&mut line)? > 0 {
        if line.trim_end() == "." {
            return Ok(Some(bears_a_way_out));
        }
        bears_a_way_out |= line.starts_with("List-Unsubscribe:");
        line.clear();
    }
    Ok(None)
}

/// The number of `orang17@example.com`.
fn number(line: &str) -> u64 {
    let (_, rest) = line.split_once("orang").unwrap();
    let (number, _) = rest.split_once('@').unwrap();
    number.parse().unwrap()
}

/// The number in the telephone number that a text goes to.
fn telephone(body: &str) -> u64 {
    let (_, rest) = body
        .split_once("\"to\":\"628")
        .or_else(|| body.split_once("To=%2B628"))
        .unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u64>().unwrap() - super::FIRST_NUMBER
}
