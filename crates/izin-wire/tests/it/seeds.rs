//! Good inputs to be spoiled, and what reads them.

use izin_wire::mail::{bounce, complaint};
use izin_wire::shopify::Privacy;
use izin_wire::sms::{self, Meaning};
use izin_wire::standard_webhook::{self, Message, Secret};
use izin_wire::twilio::{Inbound, Request};
use izin_wire::vonage::{self, Method};
use izin_wire::{form, one_click, shopify, twilio, whatsapp};

/// What one input came to, as far as somebody could gain by it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Gained {
    /// It passes for what a provider signed.
    pub(crate) signed: bool,
    /// It is taken for a keyword that starts again.
    pub(crate) starts: bool,
}

/// A format: good inputs, and its reader.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    pub(crate) seeds: Vec<Vec<u8>>,
    pub(crate) read: fn(&[u8]) -> Gained,
}

const SECRET: &str = "a secret that nobody else has";

const BOUNCE: &str = "From: MAILER-DAEMON@mx.example\r\nTo: bounce@toko.example\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_b\"\r\n\r\n--=_b\r\n\
Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nTidak=20ada.\r\n--=_b\r\n\
Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nOriginal-Recipient: rfc822;siti@example.com\r\n\
Final-Recipient: rfc822; <siti@example.com>\r\nAction: failed\r\nStatus: 5.1.1 (no such user)\r\n\
Diagnostic-Code: smtp; 550 5.1.1 unknown\r\n user\r\n\r\n--=_b\r\nContent-Type: message/rfc822\r\n\r\n\
Message-ID: <1@toko.example>\r\nList-Unsubscribe: <https://izin.toko.example/u/x>\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n\
--i\r\n\r\nhalo\r\n--i--\r\n--=_b--\r\n";

const COMPLAINT: &str = "From: fbl@provider.example\nMIME-Version: 1.0\nContent-Type: multipart/report; \
report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\nSpam.\n--b\nContent-Type: message/feedback-report\n\
Content-Transfer-Encoding: base64\n\nRmVlZGJhY2stVHlwZTogYWJ1c2UKT3JpZ2luYWwtUmNwdC1UbzogPHNpdGlAZXhhbXBsZS5jb20+Cg==\n--b\n\
Content-Type: text/rfc822-headers\n\nCFBL-Feedback-ID: abc\nTo: siti@example.com\n--b--\n";

const FORM: &str = "From=%2B6281200000001&To=%2B6281200000009&Body=BERHENTI&MessageSid=SM1&OptOutType=STOP&ErrorCode=21610";

const VONAGE: &str = "msisdn=6281200000001&text=STOP&messageId=0A1&timestamp=1795262400&sig=16d06829f552b60cdb3e033b7f31d6e5";

const WHATSAPP: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"x","value":
{"user_preferences":[{"wa_id":"62812","category":"marketing_messages","value":"resume","timestamp":1731705721}],
"messages":[{"from":"62812","id":"w","text":{"body":"STOP"}}],
"statuses":[{"id":"m","recipient_id":"62812","errors":[{"code":131050}]}]}}]}]}"#;

const SHOPIFY: &str = r#"{"shop_id":1,"shop_domain":"toko.example","customer":{"id":7,"email":"siti@example.com","phone":null}}"#;

const PRESS: &str = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";

/// Every format.
pub(crate) fn formats() -> Vec<Format> {
    let format = |name, seeds: &[&str], read| Format {
        name,
        seeds: seeds.iter().map(|own| own.as_bytes().to_vec()).collect(),
        read,
    };
    vec![
        format("bounce", &[BOUNCE], |bytes| {
            drop(bounce::read(bytes));
            Gained::default()
        }),
        format("complaint", &[COMPLAINT], |bytes| {
            drop(complaint::read(bytes));
            Gained::default()
        }),
        format(
            "one-click",
            &[
                PRESS,
                "List-Unsubscribe=One-Click",
                "a=b&List%2DUnsubscribe=One-Click",
            ],
            |bytes| {
                std::hint::black_box(one_click::reads(bytes));
                Gained::default()
            },
        ),
        format(
            "sms",
            &[
                "STOP",
                "tolong jangan sms saya lagi",
                "Don\u{2019}t text ＳＴＯＰ 🛑 €",
                "stop start unstop mulai",
            ],
            sms_read,
        ),
        format("twilio", &[FORM], twilio_read),
        format("vonage", &[VONAGE], vonage_read),
        format("whatsapp", &[WHATSAPP], whatsapp_read),
        format("shopify", &[SHOPIFY], shopify_read),
        format(
            "standard webhook",
            &[
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,AAAA",
            ],
            webhook_read,
        ),
        format(
            "token",
            &["Bearer eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3OTUyNjI0MDAsInBheWxvYWRfaGFzaCI6IiJ9.AAAA"],
            |bytes| {
                let text = String::from_utf8_lossy(bytes);
                Gained {
                    signed: vonage::verify_token(SECRET, &text, b"{}", Some(1_795_262_400)),
                    starts: false,
                }
            },
        ),
    ]
}

fn sms_read(bytes: &[u8]) -> Gained {
    let text = String::from_utf8_lossy(bytes);
    assert!(sms::length(&text).segments >= 1);
    let holds_a_no = |text: &str| {
        text.to_lowercase().contains("stop") && !text.to_lowercase().contains("unstop")
    };
    Gained {
        signed: false,
        starts: sms::meaning(&text) == Meaning::OptIn && holds_a_no(&text),
    }
}

fn twilio_read(bytes: &[u8]) -> Gained {
    let text = String::from_utf8_lossy(bytes);
    let params: Vec<_> = form::pairs(&text).collect();
    drop(Inbound::read(&params));
    let signature = params
        .first()
        .map(|(_, value)| value.as_str())
        .unwrap_or_default();
    let request = Request {
        url: &text,
        params: &params,
        body: Some(bytes),
        signature,
    };
    Gained {
        signed: twilio::verify(SECRET, request),
        starts: false,
    }
}

fn vonage_read(bytes: &[u8]) -> Gained {
    let text = String::from_utf8_lossy(bytes);
    let params: Vec<_> = form::pairs(&text).collect();
    drop(vonage::Text::of_params(&params));
    drop(vonage::Text::of_message(bytes));
    let methods = ["md5hash", "md5", "sha1", "sha256", "sha512"];
    let signed = methods
        .iter()
        .filter_map(|own| Method::parse(own))
        .any(|own| vonage::verify(SECRET, own, &params));
    Gained {
        signed,
        starts: false,
    }
}

fn whatsapp_read(bytes: &[u8]) -> Gained {
    drop(whatsapp::events(bytes));
    let signature = "sha256=03518f97202ab7c2646a2da187e825c11107ce88f35e55b2cbe55594d75e3d73";
    Gained {
        signed: whatsapp::verify(SECRET, signature, bytes),
        starts: false,
    }
}

fn shopify_read(bytes: &[u8]) -> Gained {
    for topic in Privacy::TOPICS {
        drop(Privacy::read(topic, bytes));
    }
    let signature = "wizXSfOIa+kgm5kID0P0jibJ22iR0Loej+52121Wrj4=";
    Gained {
        signed: shopify::verify(SECRET, signature, bytes),
        starts: false,
    }
}

fn webhook_read(bytes: &[u8]) -> Gained {
    let text = String::from_utf8_lossy(bytes);
    let given = Secret::parse(&text);
    let own = Secret::parse("whsec_b25lIHRoYXQgbm9ib2R5IGVsc2UgaGFz");
    let message = Message {
        id: "msg_1",
        timestamp: "1795262400",
        signature: &text,
        body: bytes,
    };
    let signed = [given, own]
        .into_iter()
        .flatten()
        .any(|own| standard_webhook::verify(&own, message, None).is_ok());
    Gained {
        signed,
        starts: false,
    }
}
