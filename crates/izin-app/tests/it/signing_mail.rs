//! Mail that other programs believe: signed so that dkimpy, which shares no code with us, verifies it, and
//! that it verifies nothing once a byte that counts is changed.

use std::io::Write;
use std::process::{Command, Stdio};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use izin_app::deliver::dkim::{DomainKey, Signer};
use izin_testkit::{MailServer, Shop};

const ANI: &str = "ani@example.com";

/// Reads records and a mail; says for each signature whether it holds.
const VERIFIER: &str = "
import sys, dkim
lines = sys.stdin.buffer.read()
head, mail = lines.split(b'\\0', 1)
records = dict(line.split(b' ', 1) for line in head.splitlines())
dns = lambda name, timeout=5: records.get(name.rstrip(b'.'))
check = dkim.DKIM(mail)
count = mail.count(b'DKIM-Signature:')
said = []
for at in range(count):
    try:
        said.append('yes' if check.verify(idx=at, dnsfunc=dns) else 'no')
    except dkim.DKIMException as why:
        said.append('no')
print(' '.join(said))
";

/// The interpreter that Debian's own packages are for.
const PYTHON: &str = "/usr/bin/python3";

fn dkimpy_is_here() -> bool {
    let tried = Command::new(PYTHON)
        .args(["-c", "import dkim, nacl"])
        .stderr(Stdio::null())
        .status();
    let is_here = tried.is_ok_and(|own| own.success());
    let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
    assert!(
        is_here || !required.contains("dkimpy"),
        "python3-dkim and python3-nacl are missing"
    );
    if !is_here {
        println!("skipped: dkimpy is not here");
    }
    is_here
}

fn verified(records: &str, mail: &[u8]) -> String {
    let mut python = Command::new(PYTHON)
        .args(["-c", VERIFIER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = [records.as_bytes(), b"\0", mail].concat();
    python.stdin.take().unwrap().write_all(&input).unwrap();
    let out = python.wait_with_output().unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

fn pem(der: &[u8]) -> String {
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    )
}

/// A key of each kind, and the records under which the world finds their other halves.
fn keys() -> (Signer, String) {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let edwards = Ed25519KeyPair::generate().unwrap();
    let keys = [
        DomainKey::read("toko.example", "rsa1", &pem(rsa.as_der().unwrap().as_ref())).unwrap(),
        DomainKey::read(
            "toko.example",
            "ed1",
            &pem(edwards.to_pkcs8().unwrap().as_ref()),
        )
        .unwrap(),
    ];
    let records = keys.iter().map(|own| own.record());
    let records = records
        .map(|(place, said)| format!("{place} {said}\n"))
        .collect();
    (Signer::new(keys.into()), records)
}

/// A mail with a part of it changed, which must stand in it.
fn changed(mail: &str, from: &str, to: &str) -> Vec<u8> {
    assert!(mail.contains(from), "{from}");
    mail.replacen(from, to, 1).into_bytes()
}

#[tokio::test]
async fn a_campaigns_mail_verifies_as_sent_and_not_after_one_byte_changes() {
    if !dkimpy_is_here() {
        return;
    }
    let (signer, records) = keys();
    let server = MailServer::start().await;
    let mut shop = Shop::with_mail(&server).await;
    shop.signer = signer;
    shop.reopen().await;
    shop.consented(&[ANI]).await;
    let id = shop.begin().await;
    shop.queue(id).await;
    shop.hand_over(id).await.unwrap();
    let mail = String::from_utf8(server.mails_to(ANI).remove(0).raw).unwrap();

    let stop = "\r\nList-Unsubscribe: <https://";
    for spoiled in [
        changed(&mail, stop, "\r\nList-Unsubscribe: <http://"),
        changed(
            &mail,
            "List-Unsubscribe=One-Click",
            "List-Unsubscribe=One-Clicks",
        ),
        changed(
            &mail,
            stop,
            &format!("\r\nList-Unsubscribe: <https://evil.example/>{stop}"),
        ),
        changed(&mail, "\r\nFrom: ", "\r\nFrom: evil@example.org\r\nFrom: "),
        changed(
            &mail,
            "\r\nDate: ",
            "\r\nReply-To: evil@example.org\r\nDate: ",
        ),
        changed(&mail, "\r\nSubject: ", "\r\nSubject: R"),
        changed(&mail, "\r\nCFBL-Feedback-ID: c", "\r\nCFBL-Feedback-ID: d"),
        changed(&mail, "promo@toko.example", "promo@tokq.example"),
        changed(&mail, "</ul>", "</ul >"),
    ] {
        let said = verified(&records, &spoiled);
        assert!(
            !said.contains("yes"),
            "{said}: {}",
            String::from_utf8_lossy(&spoiled)
        );
    }
    assert_eq!(verified(&records, mail.as_bytes()), "yes yes");
    let blanks = changed(&mail, "\r\nSubject: ", "\r\nsubject:   ");
    assert_eq!(
        verified(&records, &blanks),
        "yes yes",
        "servers may change blanks"
    );
    let moved = [
        b"Received: from mx.example\r\n",
        mail.as_bytes(),
        b"\r\n\r\n",
    ]
    .concat();
    assert_eq!(verified(&records, &moved), "yes yes");
}
