//! Whether other programs believe the signatures is tried in `tests/it/signing_mail.rs`.

use super::*;

/// Made for these tests; no domain has it.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
MC4CAQAwBQYDK2VwBCIEIJogn7coyNvxHY6aoDkzpPnHwF1JRy5Fw96eubpNUl6e\n\
-----END PRIVATE KEY-----\n\
";
/// The same, and too short.
const RSA_1024: &str = "-----BEGIN PRIVATE KEY-----\n\
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALqeraLqSJiUb+Ei\n\
Yjp7fCtvtx+4yGl+uOU5q2y9cmj8WgsK5uS86gwND/48mGZyXvunryxC6dRVgc9r\n\
z0ww5rD8p0DCr8lTJ2f1WF1o7Lhq8frSwuTFKn7vw2H/YGbZV8viaDq8ydtQmMU0\n\
MtEPylOiZPjnnS1KcDdPl3wi41ffAgMBAAECgYAk0xLoRtq0YPYCsso3SA6kc5Lr\n\
C4dgacUKVmrhNjDRTppl+2y8ThrQ7fLt8/8OmBruBZSnYzzIzWakC14IZs3eYGCo\n\
3giEehpg8xwCvIewXRssn2aZT+fgetNkFGRorxdtGRwvRC5eLm7YtzCoUhWiTdVr\n\
hMQoX2vL82lLeNsX4QJBAOU+JS3BZ0cO88H1Zjfr8K/pSp9x4VQBp8ULcpoAzs67\n\
ZkoMcCAClaMdjMWK1rgKTURmmH/mjzOjZS6iBFHXBq0CQQDQZvH1CE4zE5Azw3Qh\n\
1LyMzMqYxA2HJiQAHtDqJ4LAQWlOYDfg2AMl0d0sMbADsqKbSX6waP7HxYxiQrGo\n\
N8Y7AkEAyJks53EJ8sA+xUb7/4tSvlwilIuOZXhdWqu9yM1UKssJo1pm81vPnUDK\n\
YkIvyjQZkPVGFQWn4cPlUn0r0oGasQJAXzW48t5Rg6o7Zjq0csRTQ+xH3tUq7QSy\n\
y89IWMGmTZlUt/bjcHifr4aaihdFN9tDyLgiBgxh4fjRsw6PRa/9gwJBAJDgTIQa\n\
GHdPgFCSN2hjV9wmVi8qRazBBU3JvxbT2/DYevNDSgh3xVaL/u1nL4L04JAeHDGK\n\
BT8dFCa5iWgXPbU=\n\
-----END PRIVATE KEY-----\n\
";

const MAIL: &str = "From: a@toko.example\r\nSubject: x\r\n y\r\nX-Other: z\r\n\r\nhalo  \r\n\r\n";

fn at() -> Timestamp {
    Timestamp::parse("2026-11-21T05:00:00Z").unwrap()
}

fn signed(mail: &str) -> String {
    let key = DomainKey::read("Toko.example", "s1", ED25519).unwrap();
    let signed = Signer::new(vec![key])
        .sign(mail.as_bytes().to_vec(), at())
        .unwrap();
    String::from_utf8(signed).unwrap()
}

#[test]
fn a_key_that_nobody_would_believe_is_refused() {
    let read = |pem: &str| DomainKey::read("toko.example", "s1", pem).err();
    assert_eq!(read(RSA_1024), Some(KeyError::Unusable));
    assert_eq!(read(""), Some(KeyError::NotPem));
    assert_eq!(
        read(&ED25519.replace("PRIVATE", "PUBLIC")),
        Some(KeyError::NotPem)
    );
    assert_eq!(
        read(&ED25519.replace("MC4", "MD4")),
        Some(KeyError::Unusable)
    );
    for name in ["", "a..b", "a b", "a;d=b.example", ".a"] {
        assert_eq!(
            DomainKey::read(name, "s1", ED25519).err(),
            Some(KeyError::Name),
            "{name}"
        );
        assert_eq!(
            DomainKey::read("toko.example", name, ED25519).err(),
            Some(KeyError::Name),
            "{name}"
        );
    }
}

#[test]
fn without_a_key_a_mail_goes_as_it_is() {
    let same = Signer::default()
        .sign(MAIL.as_bytes().to_vec(), at())
        .unwrap();
    assert_eq!(same, MAIL.as_bytes());
}

#[test]
fn a_signature_stands_before_the_mail_and_changes_nothing_in_it() {
    let signed = signed(MAIL);
    let (signature, rest) = signed.split_at(signed.len() - MAIL.len());
    assert_eq!(rest, MAIL);
    insta::assert_snapshot!(signature.replace('\r', ""));
    assert!(signature.lines().all(|line| line.len() <= 998));
}

#[test]
fn what_counts_for_a_signature_is_what_a_reader_sees() {
    let of = |mail: &str| signed(mail).split("From: ").next().unwrap().to_owned();
    let base = of(MAIL);
    for same in ["halo \r\n", "halo\t\r\n\r\n\r\n"] {
        assert_eq!(of(&MAIL.replace("halo  \r\n\r\n", same)), base, "{same:?}");
    }
    assert_eq!(of(&MAIL.replace("x\r\n y", "x   y")), base);
    assert_eq!(
        of(&MAIL.replace("X-Other: z", "X-Other: q")),
        base,
        "not signed"
    );
    for other in [
        MAIL.replace("halo", "hal0"),
        MAIL.replace("x\r\n y", "xy"),
        MAIL.replace("a@", "b@"),
        MAIL.replace("X-Other: z", "Reply-To: z"),
    ] {
        assert_ne!(of(&other), base, "{other:?}");
    }
}

#[test]
fn the_record_says_what_the_world_needs() {
    let key = DomainKey::read("Toko.example", "s1", ED25519).unwrap();
    let (place, said) = key.record();
    assert_eq!(place, "s1._domainkey.toko.example");
    assert!(
        said.starts_with("v=DKIM1; k=ed25519; p=") && said.len() == 22 + 44,
        "{said}"
    );
    assert_eq!(format!("{:?}", Signer::new(vec![key])), "Signer(1 keys)");
}
