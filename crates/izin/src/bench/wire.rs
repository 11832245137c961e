//! What it costs to read what comes in and to sign what goes out, on one core: each reader's rate, and for
//! what is signed the share of a bare signature over the same bytes.

use std::hint::black_box;

use anyhow::Context;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use izin_app::deliver::dkim::{DomainKey, Signer};
use izin_core::Timestamp;
use izin_wire::mail::{bounce, complaint};
use izin_wire::{one_click, sms, whatsapp};

use super::decide::{cpu, middle};
use super::{Better, Figure};

/// Rounds of each, in turn, of which the middle one counts.
const ROUNDS: usize = 5;
/// Readings in a round.
const READINGS: u32 = 20_000;
/// Signatures in a round: an RSA signature takes half a millisecond.
const SIGNATURES: u32 = 400;

const PRESS: &[u8] = b"List-Unsubscribe=One-Click";

const BOUNCE: &str = "From: MAILER-DAEMON@mx.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; \
report-type=delivery-status; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--=_b\r\n\
Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; siti@example.com\r\n\
Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown user\r\n\r\n--=_b\r\nContent-Type: message/rfc822\r\n\r\n";

const COMPLAINT: &str = "From: fbl@provider.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=\"=_b\"\r\n\r\n\
--=_b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: siti@example.com\r\n\r\n--=_b\r\n\
Content-Type: message/rfc822\r\n\r\n";

const TEXTS: [&str; 4] = [
    "STOP",
    "tolong jangan sms saya lagi",
    "Apakah barang ini masih ada? Ukuran berapa saja?",
    "Berhenti dong kak 🙏",
];

const WEBHOOK: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"1"},"contacts":[{"wa_id":"6281200000001"}],"messages":[{"from":"6281200000001","id":"w","timestamp":"1795262400","type":"text","text":{"body":"BERHENTI"}}]},"field":"messages"}]}]}"#;

const SECRET: &str = "a secret of a made-up app";

/// Measures each.
pub(super) fn run() -> anyhow::Result<Vec<Figure>> {
    let mail = mail();
    let bounce = format!("{BOUNCE}{mail}\r\n--=_b--\r\n");
    let complaint = format!("{COMPLAINT}{mail}\r\n--=_b--\r\n");
    let mut texts = TEXTS.iter().cycle();
    let mut figures = vec![
        reading("one-click posts", || one_click::reads(black_box(PRESS)))?,
        reading("bounces of 4 kB", || {
            bounce::read(black_box(bounce.as_bytes())).is_some()
        })?,
        reading("complaints of 4 kB", || {
            complaint::read(black_box(complaint.as_bytes())).is_some()
        })?,
        reading("texts", || {
            texts
                .next()
                .is_some_and(|own| sms::meaning(black_box(own)) != sms::Meaning::OptIn)
        })?,
    ];
    figures.extend(webhook()?);
    figures.extend(dkim(&mail)?);
    Ok(figures)
}

/// A mail of a usual length, as a campaign's.
fn mail() -> String {
    let line = "<p>Halo! Promo minggu ini untuk semua pelanggan, sampai hari Minggu.</p>\r\n";
    format!(
        "Date: Sat, 21 Nov 2026 02:30:00 +0000\r\nFrom: \"Toko Contoh\" <promo@toko.example>\r\nTo: siti@example.com\r\n\
         Subject: Promo\r\nMessage-ID: <1@toko.example>\r\nList-Unsubscribe: <https://izin.toko.example/u/{}>\r\n\
         List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n{}",
        "x".repeat(112),
        line.repeat(48)
    )
}

/// How often something is done in a second of one core.
fn rate(times: u32, mut work: impl FnMut() -> bool) -> anyhow::Result<f64> {
    let started = cpu()?;
    for _ in 0..times {
        anyhow::ensure!(black_box(work()), "what is measured was not understood");
    }
    Ok(f64::from(times) / (cpu()? - started))
}

fn reading(what: &'static str, mut read: impl FnMut() -> bool) -> anyhow::Result<Figure> {
    let rates: anyhow::Result<Vec<f64>> = (0..ROUNDS).map(|_| rate(READINGS, &mut read)).collect();
    Ok(Figure::new(what, middle(rates?), "/s per core").better(Better::Higher))
}

/// A webhook verified and read, beside its bare signature.
fn webhook() -> anyhow::Result<[Figure; 2]> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = hmac::sign(&key, WEBHOOK.as_bytes());
    let digits: String = signature
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let header = format!("sha256={digits}");
    let body = WEBHOOK.as_bytes();
    let (mut whole, mut shares) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let bare = rate(READINGS, || {
            hmac::verify(&key, black_box(body), signature.as_ref()).is_ok()
        })?;
        let both = rate(READINGS, || {
            whatsapp::verify(SECRET, &header, black_box(body))
                && whatsapp::events(black_box(body)).is_ok()
        })?;
        whole.push(both);
        shares.push(both / bare);
    }
    Ok([
        Figure::new("webhooks verified and read", middle(whole), "/s per core")
            .better(Better::Higher),
        Figure::new("webhooks, share of the bare signature", middle(shares), "")
            .better(Better::Higher),
    ])
}

/// A new key, and what signs mail by it.
pub(super) fn signer() -> anyhow::Result<(RsaKeyPair, Signer)> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).context("cannot make a key")?;
    let der: Pkcs8V1Der<'_> = pair.as_der().context("cannot write the key")?;
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let signer = Signer::new(vec![DomainKey::read("toko.example", "s1", &pem)?]);
    Ok((pair, signer))
}

/// A mail signed for a domain, beside a bare RSA signature.
fn dkim(mail: &str) -> anyhow::Result<[Figure; 2]> {
    let (pair, signer) = signer()?;
    let (random, at) = (SystemRandom::new(), Timestamp::from_micros(0));
    let mut signature = vec![0; pair.public_modulus_len()];
    let (mut whole, mut shares) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let bare = rate(SIGNATURES, || {
            pair.sign(&RSA_PKCS1_SHA256, &random, black_box(b"h"), &mut signature)
                .is_ok()
        })?;
        let signed = rate(SIGNATURES, || {
            signer.sign(black_box(mail).as_bytes().to_vec(), at).is_ok()
        })?;
        whole.push(signed);
        shares.push(signed / bare);
    }
    Ok([
        Figure::new("mails signed, RSA-2048", middle(whole), "/s per core").better(Better::Higher),
        Figure::new(
            "mails signed, share of the signing ceiling",
            middle(shares),
            "",
        )
        .better(Better::Higher)
        .must(0.75)
        .bold(0.95),
    ])
}
