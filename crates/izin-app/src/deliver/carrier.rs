//! A text handed to its carrier: one HTTP request, and what came of it.
//!
//! As with mail, what certainly did not arrive is kept apart from what may have. It never repeats a
//! request, never follows a redirect, and keeps what a carrier says (which may name a person) out of every
//! error. Start at [`Client::carry`].

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use izin_wire::carrier::{Carrier, Fate, Outgoing, Post};
use tokio::time::timeout;

use super::smtp::Trust;

/// How long a carrier may take to be reached.
const CONNECT: Duration = Duration::from_secs(10);
/// How long it may take to answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Connections to carriers, kept open between texts.
pub struct Client(Pool<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// Why a carrier took no text. It names the carrier, and never a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// No connection; nothing was handed over.
    #[error("{carrier}: cannot be reached at {host}; check the address and this machine's network")]
    Unreachable {
        /// The carrier.
        carrier: &'static str,
        /// Its host.
        host: String,
    },
    /// It takes nothing now.
    #[error(
        "{carrier}: takes no more texts for now (HTTP {status}); the rest is offered again later"
    )]
    NotNow {
        /// The carrier.
        carrier: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// It would refuse every other text too.
    #[error(
        "{carrier}: refuses this account or sender (HTTP {status}), whatever the text; check what [{carrier}] in izin.toml says, the sender's name in the policy and, on WhatsApp, the approved template"
    )]
    SenderRefused {
        /// The carrier.
        carrier: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The text may have arrived.
    #[error(
        "{carrier}: gave no answer that can be understood; a text may have arrived and is not sent again"
    )]
    InDoubt {
        /// The carrier.
        carrier: &'static str,
    },
}

impl Client {
    /// A client that trusts these authorities.
    #[must_use]
    pub fn new(trust: &Trust) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config((*trust.client()).clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        Self(Pool::builder(TokioExecutor::new()).build(https))
    }

    /// Hands a text over, and says what became of it: carried, or refused for a reason of its own.
    ///
    /// # Errors
    /// [`CarrierError`], for what no single text is to blame for, and where it is not known.
    pub async fn carry(
        &self,
        carrier: &Carrier,
        text: &Outgoing<'_>,
    ) -> Result<Fate, CarrierError> {
        let name = carrier.name();
        let in_doubt = CarrierError::InDoubt { carrier: name };
        let Some(request) = request(carrier.post(text)) else {
            return Ok(Fate::Refused);
        };
        let host = request.uri().host().unwrap_or_default().to_owned();
        let asked = async {
            let response = self.0.request(request).await?;
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX);
            // An answer that breaks off is one that is not understood.
            let body = body.collect().await.map(|own| own.to_bytes());
            Ok((status, body.unwrap_or_default()))
        };
        let answered: Result<_, hyper_util::client::legacy::Error> =
            match timeout(CONNECT + ANSWER, asked).await {
                Ok(answered) => answered,
                Err(_) => return Err(in_doubt),
            };
        let (status, body) = match answered {
            Ok(answered) => answered,
            Err(error) if error.is_connect() => {
                return Err(CarrierError::Unreachable {
                    carrier: name,
                    host,
                });
            }
            Err(_) => return Err(in_doubt),
        };
        match carrier.fate(status, &body) {
            Fate::NotNow => Err(CarrierError::NotNow {
                carrier: name,
                status,
            }),
            Fate::SenderRefused => Err(CarrierError::SenderRefused {
                carrier: name,
                status,
            }),
            Fate::Unknown => Err(in_doubt),
            fate => Ok(fate),
        }
    }
}

/// The request of a post; `None` where a value of this text cannot stand in one.
fn request(post: Post) -> Option<Request<Full<Bytes>>> {
    let mut request = Request::builder().method(Method::POST).uri(post.url);
    for (name, value) in post.headers {
        request = request.header(name, value);
    }
    request.body(Full::new(Bytes::from(post.body))).ok()
}
