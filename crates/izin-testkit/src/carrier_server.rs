//! A carrier of texts with every fault one can have, on a port of this machine.
//!
//! Each number has a list of turns; when it is used up, texts are carried. What came in is kept, whether or
//! not the sender heard so.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use izin_app::supervisor;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a carrier that takes a text answers, whichever it is made up to be.
const CARRIED: &str =
    r#"{"sid":"SM1","error_code":null,"messages":[{"status":"0","id":"wamid.1"}]}"#;

/// What the carrier does with one text.
#[derive(Debug, Clone, Copy)]
pub enum CarrierTurn {
    /// Answers with this HTTP status and these words.
    Answer(u16, &'static str),
    /// Takes it and hangs up without a word.
    Drop,
}

/// A text that came in.
#[derive(Debug, Clone)]
pub struct TextSent {
    /// The path it was posted to.
    pub path: String,
    /// Header lines, names in small letters.
    pub headers: Vec<String>,
    /// The body, as it came.
    pub body: String,
}

/// A running carrier; its port is its own.
#[derive(Debug, Clone)]
pub struct CarrierServer {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    turns: HashMap<String, VecDeque<CarrierTurn>>,
    texts: Vec<TextSent>,
}

impl CarrierServer {
    /// Starts one that carries everything.
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
        drop(supervisor::start("test carrier", async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                let serve = async move {
                    // Whoever hangs up has nothing more to say.
                    drop(own.serve(stream).await);
                };
                drop(supervisor::start("test carrier's connection", serve));
            }
        }));
        server
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What to do with the next texts to a number, written in digits, in order.
    pub fn plan(&self, digits: &str, turns: &[CarrierTurn]) {
        self.kept(|kept| {
            let planned = kept.turns.entry(digits.to_owned()).or_default();
            planned.extend(turns);
        });
    }

    /// Every text that came in, in order.
    #[must_use]
    pub fn texts(&self) -> Vec<TextSent> {
        self.kept(|kept| kept.texts.clone())
    }

    /// The texts to a number, written in digits.
    #[must_use]
    pub fn texts_to(&self, digits: &str) -> Vec<TextSent> {
        let mut texts = self.texts();
        texts.retain(|own| own.body.contains(digits));
        texts
    }

    fn kept<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn next_turn(&self, body: &str) -> CarrierTurn {
        self.kept(|kept| {
            let mut planned = kept.turns.iter_mut();
            let planned = planned.find(|(digits, _)| body.contains(digits.as_str()));
            planned
                .and_then(|(_, turns)| turns.pop_front())
                .unwrap_or(CarrierTurn::Answer(200, CARRIED))
        })
    }

    async fn serve(self, stream: TcpStream) -> std::io::Result<()> {
        let mut peer = BufReader::new(stream);
        while let Some(text) = read(&mut peer).await? {
            let turn = self.next_turn(&text.body);
            self.kept(|kept| kept.texts.push(text));
            let CarrierTurn::Answer(status, words) = turn else {
                return Ok(());
            };
            let length = words.len();
            let answer = format!("HTTP/1.1 {status} so\r\nContent-Length: {length}\r\n\r\n{words}");
            peer.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }
}

/// One request; `None` at the end of a connection.
async fn read(peer: &mut BufReader<TcpStream>) -> std::io::Result<Option<TextSent>> {
    let mut first = String::new();
    if peer.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        peer.read_line(&mut line).await?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        headers.push(format!("{}:{value}", name.to_ascii_lowercase()));
    }
    let length = headers
        .iter()
        .find_map(|own| own.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    peer.read_exact(&mut body).await?;
    Ok(Some(TextSent {
        path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }))
}
