//! Whose certificates are believed of a server, and what an address says about encryption.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::ServerError;

/// How `psql` says it in an address.
const OPTION: &str = "sslmode";

/// Reads an address, and decides whether its connections are encrypted: to another machine they are, and the
/// certificate is checked, unless the address itself says `sslmode=disable`; on this machine where it says so.
pub(super) fn read(address: &str) -> Result<Config, ServerError> {
    let said = said(address).unwrap_or_default();
    // A weaker word than ours is not heard, and a stronger one is what we do anyhow.
    let known = match said {
        "verify-full" | "verify-ca" => address.replacen(said, "require", 1),
        "allow" => address.replacen(said, "prefer", 1),
        _ => address.to_owned(),
    };
    let config: Result<Config, _> = known.parse();
    let mut config = config.map_err(|why| {
        // The words name a key at most, never a value.
        let source = std::error::Error::source(&why);
        let why = source.map_or_else(|| why.to_string(), ToString::to_string);
        let certificates = why.contains("`sslrootcert`");
        ServerError::Address(match certificates {
            true => "the file with the authorities is named by `authorities`, not by `sslrootcert`"
                .into(),
            false => why,
        })
    })?;
    let near = config.get_hosts().iter().all(is_here);
    config.ssl_mode(match said {
        "require" | "verify-ca" | "verify-full" => SslMode::Require,
        "disable" => SslMode::Disable,
        _ if near => SslMode::Disable,
        _ => SslMode::Require,
    });
    Ok(config)
}

/// The word that an address has for it.
fn said(address: &str) -> Option<&str> {
    let options = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('?')?.1,
        None => address,
    };
    let (_, value) = options.split_once(OPTION)?;
    let value = value.trim_start_matches([' ', '=', '\'']);
    let end = value.find(|own: char| !own.is_ascii_lowercase() && own != '-');
    Some(&value[..end.unwrap_or(value.len())])
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse().map(|own: std::net::IpAddr| own.is_loopback());
            name == "localhost" || address.unwrap_or(false)
        }
        Host::Unix(_) => true,
    }
}

/// What a certificate is checked against: what a file names, or the authorities of the Mozilla list.
pub(super) fn client(authorities: Option<&Path>) -> Result<ClientConfig, ServerError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => fill(&mut roots, path)?,
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|why| ServerError::Address(why.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn fill(roots: &mut RootCertStore, path: &Path) -> Result<(), ServerError> {
    let failed = |why: String| ServerError::Certificates {
        path: path.display().to_string(),
        why,
    };
    let found = CertificateDer::pem_file_iter(path);
    let found = found.and_then(Iterator::collect::<Result<Vec<_>, _>>);
    for own in found.map_err(|why| failed(why.to_string()))? {
        roots.add(own).map_err(|why| failed(why.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(failed("it holds no certificate".into())),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(address: &str) -> SslMode {
        read(address).unwrap().get_ssl_mode()
    }

    #[test]
    fn beyond_this_machine_only_disable_leaves_a_connection_open_to_others() {
        let far = "postgresql://izin@db.example.com/izin";
        for word in ["", "?sslmode=prefer", "?sslmode=allow", "?sslmode=require"] {
            assert_eq!(mode(&format!("{far}{word}")), SslMode::Require, "{word}");
        }
        for word in ["verify-full", "verify-ca"] {
            assert_eq!(
                mode(&format!("{far}?sslmode={word}&connect_timeout=3")),
                SslMode::Require
            );
            let pairs = format!("host=db.example.com user=izin dbname=izin sslmode = '{word}'");
            assert_eq!(mode(&pairs), SslMode::Require);
        }
        assert_eq!(mode(&format!("{far}?sslmode=disable")), SslMode::Disable);
        assert_eq!(
            mode("postgresql://izin:sslmode=disable@db.example.com/izin"),
            SslMode::Require
        );
        let mixed = "postgresql://izin@127.0.0.1,db.example.com/izin";
        assert_eq!(
            mode(mixed),
            SslMode::Require,
            "one of them is another machine"
        );
    }

    #[test]
    fn on_this_machine_it_is_encrypted_where_the_address_says_so() {
        for near in ["127.0.0.1", "localhost", "[::1]", "%2Frun%2Fpostgresql"] {
            let near = format!("postgresql://izin@{near}/izin");
            assert_eq!(mode(&near), SslMode::Disable, "{near}");
            assert_eq!(
                mode(&format!("{near}?sslmode=verify-full")),
                SslMode::Require
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let far = "postgresql://izin@db.example.com/izin";
        for (option, said) in [
            ("sslrootcert=/ca.pem", "authorities"),
            ("sslmode=full", "sslmode"),
        ] {
            let why = read(&format!("{far}?{option}")).unwrap_err().to_string();
            assert!(why.contains(said), "{why}");
        }
    }
}
