//! The client of the benches over HTTP: as little work as can be, on connections that stay open.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::Context;

/// Bytes read at once; an answer that is longer says so.
const READ_BYTES: usize = 64 << 10;

/// A request on its way, and who is asked.
pub(super) struct Call {
    pub(super) server: SocketAddr,
    pub(super) request: Vec<u8>,
}

/// A whole request that posts a body of that kind, with an API key where one is needed.
pub(super) fn post(path: &str, (key, kind): (Option<&str>, &str), body: &[u8]) -> Vec<u8> {
    let key = key.map(|own| format!("Authorization: Bearer {own}\r\n"));
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: bench.example\r\n{}\
         Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        key.unwrap_or_default(),
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A connection that stays open.
pub(super) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Opens one.
    pub(super) fn to(server: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        let read = vec![0; READ_BYTES];
        Ok(Self { stream, read })
    }

    /// Sends a request and reads the body of its answer.
    pub(super) fn ask(&mut self, request: &[u8]) -> anyhow::Result<Vec<u8>> {
        self.send(request)?;
        self.read_answer()
    }

    /// Sends a request, whose answer is read later.
    pub(super) fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        Ok(self.stream.write_all(request)?)
    }

    /// The body of an answer, which says how long it is.
    pub(super) fn read_answer(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut got = 0;
        let (body, end) = loop {
            got = self.read_on(got)?;
            let read = self.read.get(..got).unwrap_or_default();
            if let Some(head) = read.windows(4).position(|own| own == b"\r\n\r\n") {
                let length = length(read.get(..head).unwrap_or_default())?;
                break (head + 4, head + 4 + length);
            }
        };
        self.read.resize(self.read.len().max(end), 0);
        while got < end {
            got = self.read_on(got)?;
        }
        Ok(self.read.get(body..end).unwrap_or_default().to_vec())
    }

    /// Reads more behind what was got.
    fn read_on(&mut self, got: usize) -> anyhow::Result<usize> {
        let room = self.read.get_mut(got..).unwrap_or_default();
        let more = self.stream.read(room)?;
        anyhow::ensure!(more > 0, "the server hung up");
        Ok(got + more)
    }
}

/// Sends a request on each connection, and the next as soon as its answer is read, until all are answered.
pub(super) fn ask_all(mut open: Vec<Connection>, requests: &[Vec<u8>]) -> anyhow::Result<()> {
    let mut left = requests.iter();
    let mut under_way = VecDeque::new();
    for (own, request) in open.iter_mut().zip(left.by_ref()) {
        own.send(request)?;
        under_way.push_back(own);
    }
    while let Some(own) = under_way.pop_front() {
        own.read_answer()?;
        if let Some(request) = left.next() {
            own.send(request)?;
            under_way.push_back(own);
        }
    }
    Ok(())
}

/// The length that a head of an answer tells.
fn length(head: &[u8]) -> anyhow::Result<usize> {
    let head = std::str::from_utf8(head)?;
    anyhow::ensure!(
        head.starts_with("HTTP/1.1 200"),
        "the server refuses: {}",
        head.lines().next().unwrap_or_default()
    );
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.context("the answer does not say how long it is")?;
    Ok(length.trim().parse()?)
}
