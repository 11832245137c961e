//! Whose certificates we believe, and the TLS handshake.
//!
//! The cryptography is always named explicitly, so nothing depends on a process-wide default.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::error::{ConnectError, Fault, Step};
use super::settings::SmtpSettings;
use super::wire::ByteStream;

/// Certificate authorities; made once at start and shared by all connections.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

/// Why a CA file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file cannot be read.
    #[error("cannot read the CA file `{}`", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file holds no certificate we can use.
    #[error("the CA file `{}` holds no usable certificate; it must be PEM, with `-----BEGIN CERTIFICATE-----`", .path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The cryptographic library offers no protocol version in common with the ones asked for.
    #[error("the TLS library cannot be set up")]
    Setup(#[source] rustls::Error),
}

impl Trust {
    /// Trusts the public authorities (Mozilla's list) and those of `extra_ca`, a PEM file.
    ///
    /// # Errors
    /// [`TrustError`] when the file cannot be read or any certificate in it cannot be used.
    pub fn new(extra_ca: Option<&Path>) -> Result<Self, TrustError> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        if let Some(path) = extra_ca {
            add_file(&mut roots, path)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TrustError::Setup)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// How a client sets up TLS that trusts them.
    #[must_use]
    pub fn client(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }

    /// Lays TLS over a stream and checks that the certificate names the host.
    pub(super) async fn wrap(
        &self,
        stream: Box<dyn ByteStream>,
        settings: &SmtpSettings,
    ) -> Result<Box<dyn ByteStream>, ConnectError> {
        let server = || settings.server.clone();
        let name = ServerName::try_from(settings.server.host.clone())
            .map_err(|_| ConnectError::NotAHostName { server: server() })?;
        let after = settings.timeouts.greeting;
        match timeout(
            after,
            TlsConnector::from(self.0.clone()).connect(name, stream),
        )
        .await
        {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(error)) => Err(match certificate_fault(&error) {
                Some(source) => ConnectError::NotTrusted {
                    server: server(),
                    source,
                },
                None => ConnectError::TlsFailed {
                    server: server(),
                    source: error,
                },
            }),
            Err(_) => {
                let fault = Fault::TimedOut { after };
                Err(ConnectError::Dialogue {
                    server: server(),
                    step: Step::StartTls,
                    fault,
                })
            }
        }
    }
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), TrustError> {
    let path = || path.to_owned();
    let pem = std::fs::read(path()).map_err(|source| TrustError::Unreadable {
        path: path(),
        source,
    })?;
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        certificate
            .ok()
            .and_then(|certificate| roots.add(certificate).ok())
            .ok_or_else(|| TrustError::NoCertificate { path: path() })?;
    }
    if roots.len() == before {
        return Err(TrustError::NoCertificate { path: path() });
    }
    Ok(())
}

fn certificate_fault(error: &io::Error) -> Option<rustls::Error> {
    let found = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    matches!(found, rustls::Error::InvalidCertificate(_)).then(|| found.clone())
}
