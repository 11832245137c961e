//! A log at an address: its files one after the other, over one connection.
//!
//! It never follows a redirect and reads no further than a file may be long; what comes is checked as
//! a folder's files are, and trusted as little. Start at [`Site::read`].

use std::time::Duration;

use anyhow::Context;
use axum::body::{Body, to_bytes};
use axum::http::uri::Scheme;
use axum::http::{Request, StatusCode, Uri, header};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use izin_app::deliver::smtp::Trust;
use izin_app::supervisor;
use izin_log::ExportFile;
use izin_log::verify::{FILE_BYTES_MAX, ReadError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::exit::{Unreachable, Usage};
use crate::session;

/// How long one file may take.
const FILE_TIME_MAX: Duration = Duration::from_secs(30);
/// What the key is called where a server gives the log; an export calls it as [`ExportFile::Key`].
const KEY: &str = "key";

/// A log behind an address such as `https://izin.toko.example/log`.
pub(super) struct Site {
    host: String,
    port: u16,
    /// How the server is known; absent without TLS.
    trust: Option<Trust>,
    folder: String,
    runtime: Runtime,
    line: Option<SendRequest<Body>>,
}

/// Whether a text is an address and no folder.
pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

impl Site {
    /// Reaches the server of an address; asks nothing yet.
    pub(super) fn reach(address: &str) -> anyhow::Result<Self> {
        let usage = || Usage(format!("`{address}` is not the address of a log"));
        let uri: Uri = address.parse().map_err(|_| usage())?;
        let host = uri.host().ok_or_else(usage)?.to_owned();
        let secured = uri.scheme() == Some(&Scheme::HTTPS);
        let usual = if secured { 443 } else { 80 };
        let folder = uri.path().trim_end_matches('/').to_owned();
        let mut site = Self {
            host,
            port: uri.port_u16().unwrap_or(usual),
            trust: secured.then(|| Trust::new(None)).transpose()?,
            folder,
            runtime: session::runtime()?,
            line: None,
        };
        let connected = async { timeout(FILE_TIME_MAX, site.connect()).await };
        let connected = site.runtime.block_on(connected);
        site.line = Some(connected.context("the server takes too long")??);
        Ok(site)
    }

    /// The file at a path inside the log; `None` when there is none.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let found = self.get(name)?;
        if found.is_none() && name == ExportFile::Key.to_string() {
            return Ok(self.get(KEY)?);
        }
        Ok(found)
    }

    /// Asks once more when the server has closed the line behind the last answer.
    fn get(&mut self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let line = self.line.take();
        let kept = line.is_some();
        match self.once(line, name) {
            Err(_) if kept => self.once(None, name),
            answered => answered,
        }
    }

    fn once(
        &mut self,
        line: Option<SendRequest<Body>>,
        name: &str,
    ) -> anyhow::Result<Option<Vec<u8>>> {
        let asked = async {
            let mut line = match line {
                Some(line) => line,
                None => self.connect().await?,
            };
            let request = Request::get(format!("{}/{name}", self.folder))
                .header(header::HOST, format!("{}:{}", self.host, self.port))
                .body(Body::empty())?;
            line.ready().await?;
            let response = line.send_request(request).await?;
            let status = response.status();
            let body = to_bytes(Body::new(response.into_body()), FILE_BYTES_MAX).await?;
            anyhow::Ok((line, status, body))
        };
        let answered = self
            .runtime
            .block_on(async { timeout(FILE_TIME_MAX, asked).await });
        let (line, status, body) = answered.context("the server takes too long")??;
        self.line = Some(line);
        match status {
            StatusCode::OK => Ok(Some(body.into())),
            StatusCode::NOT_FOUND => Ok(None),
            other => anyhow::bail!("the server answers {other}"),
        }
    }

    async fn connect(&self) -> anyhow::Result<SendRequest<Body>> {
        let place = (self.host.trim_matches(['[', ']']), self.port);
        let connected = TcpStream::connect(place).await;
        let stream = connected.map_err(|why| {
            Unreachable(format!("cannot reach {}:{}: {why}", self.host, self.port))
        })?;
        let Some(trust) = &self.trust else {
            return talk(stream).await;
        };
        let name = ServerName::try_from(place.0.to_owned())?;
        let connector = TlsConnector::from(trust.client());
        talk(connector.connect(name, stream).await?).await
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> anyhow::Result<SendRequest<Body>> {
    let (line, talking) = handshake(TokioIo::new(stream)).await?;
    supervisor::start("files of a log", async {
        if let Err(error) = talking.await {
            tracing::debug!(%error, "the server of a log ended the line");
        }
    });
    Ok(line)
}
