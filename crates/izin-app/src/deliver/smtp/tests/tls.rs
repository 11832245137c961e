//! TLS against a private authority made for each test.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio_rustls::TlsAcceptor;

use super::super::open::Reach;
use super::super::trust::TrustError;
use super::super::{
    ConnectError, Credentials, Outcome, Security, SendError, Smtp, SmtpSettings, Trust,
};
use super::{MESSAGE, PIPE_BYTES, envelope, settings};

/// A file in the system's folder for temporary files, removed at the end.
struct TempFile(PathBuf);

impl TempFile {
    fn with(content: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("izin-smtp-{}-{number}.pem", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A server's TLS and the PEM of the authority that signed its certificate.
fn private_authority(host: &str) -> (TlsAcceptor, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), authority.pem())
}

/// Serves `STARTTLS` (or TLS at once), a login and one message; `drop_at_dot`: hangs up instead
/// of answering the final dot. Returns the lines heard inside TLS, none if TLS did not come about.
async fn serve(
    pipe: DuplexStream,
    acceptor: TlsAcceptor,
    security: Security,
    drop_at_dot: bool,
) -> Vec<String> {
    let mut pipe = pipe;
    if security == Security::StartTls {
        pipe.write_all(b"220 c\r\n").await.unwrap();
        pipe.read_exact(&mut [0; "EHLO shop.example\r\n".len()])
            .await
            .unwrap();
        // What is offered in the clear must be forgotten: no AUTH and no PIPELINING inside.
        pipe.write_all(b"250-c\r\n250-PIPELINING\r\n250-AUTH LOGIN\r\n250 STARTTLS\r\n")
            .await
            .unwrap();
        pipe.read_exact(&mut [0; "STARTTLS\r\n".len()])
            .await
            .unwrap();
        pipe.write_all(b"220 go\r\n").await.unwrap();
    }
    let Ok(stream) = acceptor.accept(pipe).await else {
        return Vec::new();
    };
    let mut stream = BufReader::new(stream);
    if security == Security::Tls {
        stream.write_all(b"220 c\r\n").await.unwrap();
    }
    let mut heard = Vec::new();
    let mut in_message = false;
    loop {
        let mut line = String::new();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return heard;
        }
        let verb = line
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        heard.push(line.trim_end().to_owned());
        let reply: &[u8] = match verb.as_str() {
            "." if drop_at_dot => return heard,
            "." => b"250 2.0.0 queued\r\n",
            _ if in_message => b"",
            "EHLO" => b"250-c\r\n250 AUTH PLAIN\r\n",
            "AUTH" => b"235 2.7.0 welcome\r\n",
            "DATA" => b"354 go\r\n",
            _ => b"250 ok\r\n",
        };
        in_message = verb == "DATA" || (in_message && verb != ".");
        stream.write_all(reply).await.unwrap();
        stream.flush().await.unwrap();
    }
}

fn secured(security: Security) -> SmtpSettings {
    let credentials = Credentials::new("toko".to_owned(), "rahasia".to_owned()).unwrap();
    SmtpSettings {
        security,
        credentials: Some(credentials),
        ..settings()
    }
}

/// Opens over TLS and sends one message.
async fn send_over(
    security: Security,
    host: &str,
    trusted: bool,
    drop_at_dot: bool,
) -> (
    Result<Result<Outcome, SendError>, ConnectError>,
    Vec<String>,
) {
    let (acceptor, pem) = private_authority(host);
    let file = TempFile::with(&pem);
    let trust = Trust::new(trusted.then_some(file.0.as_path())).unwrap();
    let (ours, theirs) = duplex(PIPE_BYTES);
    let client = async {
        let settings = secured(security);
        let mut smtp = Smtp::open(Box::new(ours), Reach::Network, &settings, &trust).await?;
        let found = smtp.send(&envelope(), MESSAGE).await;
        smtp.quit().await;
        Ok(found)
    };
    tokio::join!(client, serve(theirs, acceptor, security, drop_at_dot))
}

#[tokio::test]
async fn an_unknown_authority_is_refused_before_the_password_is_said() {
    for security in [Security::StartTls, Security::Tls] {
        let (found, heard) = send_over(security, "clerk.example", false, false).await;
        assert!(
            matches!(found, Err(ConnectError::NotTrusted { .. })),
            "{found:?}"
        );
        assert!(heard.is_empty(), "{heard:?}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    for security in [Security::StartTls, Security::Tls] {
        let (found, heard) = send_over(security, "other.example", true, false).await;
        assert!(
            matches!(found, Err(ConnectError::NotTrusted { .. })),
            "{found:?}"
        );
        assert!(heard.is_empty(), "{heard:?}");
    }
}

#[tokio::test]
async fn with_its_authority_named_a_private_relay_is_trusted_and_gets_login_and_message() {
    for security in [Security::StartTls, Security::Tls] {
        let (found, heard) = send_over(security, "clerk.example", true, false).await;
        assert!(
            matches!(found, Ok(Ok(Outcome::Accepted { .. }))),
            "{found:?}"
        );
        assert_eq!(
            heard[..2],
            ["EHLO shop.example", "AUTH PLAIN AHRva28AcmFoYXNpYQ=="]
        );
        assert_eq!(heard[5..], ["Subject: Promo", "", "Halo.", ".", "QUIT"]);
    }
}

#[tokio::test]
async fn a_hang_up_after_the_dot_inside_tls_is_in_doubt() {
    let (found, heard) = send_over(Security::StartTls, "clerk.example", true, true).await;
    assert!(
        matches!(found, Ok(Err(SendError::InDoubt { .. }))),
        "{found:?}"
    );
    assert_eq!(heard.last().map(String::as_str), Some("."));
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_reported_as_such() {
    let (ours, mut theirs) = duplex(PIPE_BYTES);
    theirs
        .write_all(b"220 clerk.example ESMTP\r\n")
        .await
        .unwrap();
    let trust = Trust::new(None).unwrap();
    let opened = Smtp::open(
        Box::new(ours),
        Reach::Network,
        &secured(Security::Tls),
        &trust,
    )
    .await;
    let error = opened.map(drop).unwrap_err();
    assert!(matches!(error, ConnectError::TlsFailed { .. }), "{error:?}");
}

#[test]
fn a_ca_file_that_is_missing_or_holds_no_certificate_is_named() {
    let missing = Trust::new(Some("no-such-folder/ca.pem".as_ref()))
        .map(drop)
        .unwrap_err();
    assert!(matches!(missing, TrustError::Unreadable { .. }));
    assert!(missing.to_string().contains("no-such-folder"));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for content in ["", "not a certificate", broken] {
        let file = TempFile::with(content);
        let error = Trust::new(Some(&file.0)).map(drop).unwrap_err();
        assert!(
            matches!(error, TrustError::NoCertificate { .. }),
            "{content:?}"
        );
    }
}
