//! One connection to a server, and what came back.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// A server that says nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A connection that is kept.
pub(crate) struct Client {
    key: String,
    socket: BufReader<TcpStream>,
}

impl Client {
    pub(crate) fn connect(address: &str, key: &str) -> io::Result<Self> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            key: key.to_owned(),
            socket: BufReader::new(socket),
        })
    }

    /// The key it shows.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Posts a document under an idempotency key.
    pub(crate) fn post(&mut self, path: &str, once: &str, body: &Value) -> io::Result<Answer> {
        let key = format!("Bearer {}", self.key);
        let headers = [
            ("authorization", key.as_str()),
            ("idempotency-key", once),
            ("content-type", "application/json"),
        ];
        self.send(path, &headers, &body.to_string())
    }

    /// Posts a body with its headers.
    pub(crate) fn send(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Answer> {
        let length = body.len();
        let mut request = format!("POST {path} HTTP/1.1\r\nhost: izin\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {length}\r\n\r\n{body}"));
        self.socket.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|own| own.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut length = 0;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(own) = line.strip_prefix("content-length: ") {
                length = own.parse().map_err(io::Error::other)?;
            }
        }
        let mut text = vec![0; length];
        self.socket.read_exact(&mut text)?;
        let body = serde_json::from_slice(&text).unwrap_or_default();
        Ok(Answer { status, body })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.socket.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}
