//! What a built message promises its reader and the shop.

use mail_parser::{Address as Addresses, HeaderValue as Parsed, MessageParser};

use super::*;

fn mail() -> RenderedMail {
    RenderedMail {
        subject: "Pilihan untuk Sari: cangkir & lilin ☕".to_owned(),
        html: format!(
            "<p>Halo — Rp 125.000</p>\n<p>{}</p>\n.\n",
            "kata ".repeat(500)
        ),
        text: "Halo, ini isi surat.\n\n--=_izin_part--\n.\nDari toko\n".to_owned(),
    }
}

fn outgoing(mail: &RenderedMail) -> Outgoing<'_> {
    Outgoing {
        from_name: "Toko Angin",
        from_address: "halo@toko.example",
        reply_to: Some("bantuan@toko.example"),
        to_name: "Sari",
        to_address: "sari@example.org",
        mail,
        one_click_url: "https://izin.toko.example/u/abc",
        mailbox: Some("izin+sabc@in.toko.example"),
        feedback_id: "7:marketing:izin:tokoexample",
        complaints: Some(("izin@in.toko.example", "cabc")),
        list: List {
            phrase: "Promo Toko Angin",
            id: "promo.toko.example",
        },
        message_id: "m1.42@izin.toko.example",
        date: Timestamp::from_micros(1_795_228_200_000_000),
    }
}

const SMUGGLED: [&str; 5] = [
    "a\r\nBcc: korban@example.net",
    "a\nb",
    "a\rb",
    "a\0b",
    "a\u{85}b",
];

#[test]
fn a_line_break_or_nul_in_any_header_value_is_refused_by_name() {
    let mail = mail();
    type Spoil = for<'a> fn(&mut Outgoing<'a>, &'a str);
    let cases: [(Field, Spoil); 9] = [
        (Field::FromName, |mail, bad| mail.from_name = bad),
        (Field::FromAddress, |mail, bad| mail.from_address = bad),
        (Field::ReplyTo, |mail, bad| mail.reply_to = Some(bad)),
        (Field::ToName, |mail, bad| mail.to_name = bad),
        (Field::ToAddress, |mail, bad| mail.to_address = bad),
        (Field::OneClickUrl, |mail, bad| mail.one_click_url = bad),
        (Field::ListPhrase, |mail, bad| mail.list.phrase = bad),
        (Field::ListId, |mail, bad| mail.list.id = bad),
        (Field::MessageId, |mail, bad| mail.message_id = bad),
    ];
    for bad in SMUGGLED {
        for (field, spoil) in cases {
            let mut spoilt = outgoing(&mail);
            spoil(&mut spoilt, bad);
            let refused = Err(MessageError::ControlCharacter(field));
            assert_eq!(build(&spoilt), refused, "{bad:?}");
        }
    }
}

#[test]
fn a_line_break_or_nul_in_a_subject_is_refused() {
    for bad in SMUGGLED {
        let subject = bad.to_owned();
        let spoilt = RenderedMail { subject, ..mail() };
        let refused = Err(MessageError::ControlCharacter(Field::Subject));
        assert_eq!(build(&outgoing(&spoilt)), refused, "{bad:?}");
    }
}

#[test]
fn a_name_that_readers_would_decode_is_refused() {
    let mail = mail();
    let case = Outgoing {
        to_name: "=?utf-8?b?QkNDOg==?=",
        ..outgoing(&mail)
    };
    assert_eq!(build(&case), Err(MessageError::EncodedWord(Field::ToName)));
}

#[test]
fn a_name_of_ten_thousand_bytes_is_refused() {
    let mail = mail();
    let name = "a".repeat(10_000);
    let case = Outgoing {
        to_name: &name,
        ..outgoing(&mail)
    };
    assert_eq!(build(&case), Err(MessageError::TooLong(Field::ToName)));
}

#[test]
fn what_is_no_address_is_refused() {
    let mail = mail();
    for bad in [
        "",
        "sari",
        "sari@",
        "a@b, c@d",
        "a b@example.org",
        "é@example.org",
        "<a@b.c>",
    ] {
        let case = Outgoing {
            to_address: bad,
            ..outgoing(&mail)
        };
        assert_eq!(
            build(&case),
            Err(MessageError::NotAnAddress(Field::ToAddress)),
            "{bad}"
        );
    }
}

#[test]
fn a_one_click_address_is_https_or_on_this_machine() {
    let mail = mail();
    let with = |url| {
        build(&Outgoing {
            one_click_url: url,
            ..outgoing(&mail)
        })
    };
    for bad in [
        "",
        "https://",
        "http://izin.example/u",
        "http://localhost.example/u",
        "http://127.0.0.1@izin.example/u",
        "mailto:a@toko.example",
        "https://a.example/u>, <mailto:b@example.net",
        "https://a.example/u v",
        "https://a.example/é",
    ] {
        assert_eq!(with(bad), Err(MessageError::NotHttps), "{bad}");
    }
    for good in [
        "http://localhost:8080/u",
        "http://127.0.0.1:1/u",
        "http://[::1]:1/u",
    ] {
        assert!(with(good).is_ok(), "{good}");
    }
}

#[test]
fn ids_are_plain_and_carry_their_domain() {
    let mail = mail();
    let base = outgoing(&mail);
    for id in [
        "",
        "promo",
        "promo..example",
        "promo <x>.example",
        "promo@toko.example",
    ] {
        let case = Outgoing {
            list: List { id, ..base.list },
            ..base
        };
        assert_eq!(
            build(&case),
            Err(MessageError::NotAnId(Field::ListId)),
            "{id}"
        );
    }
    for message_id in ["", "m1", "<m1@a.example>", "m1@a@b", "m1@"] {
        let case = Outgoing { message_id, ..base };
        assert_eq!(
            build(&case),
            Err(MessageError::NotAnId(Field::MessageId)),
            "{message_id}"
        );
    }
}

#[test]
fn a_date_outside_four_digit_years_is_refused() {
    let mail = mail();
    for micros in [-1, i64::MIN, i64::MAX] {
        let case = Outgoing {
            date: Timestamp::from_micros(micros),
            ..outgoing(&mail)
        };
        assert_eq!(build(&case), Err(MessageError::Date), "{micros}");
    }
}

#[test]
fn the_message_reads_as_written() {
    let mail = mail();
    let bytes = build(&outgoing(&mail)).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let headers = text.split("\r\n\r\n").next().unwrap().replace('\r', "");
    insta::assert_snapshot!(headers, @r#"
    Date: Sat, 21 Nov 2026 02:30:00 +0000
    From: "Toko Angin" <halo@toko.example>
    To: Sari <sari@example.org>
    Subject: Pilihan untuk Sari: cangkir & lilin =?utf-8?b?4piV?=
    Message-ID: <m1.42@izin.toko.example>
    Reply-To: bantuan@toko.example
    List-Unsubscribe: <https://izin.toko.example/u/abc>, <mailto:izin+sabc@in.toko.example?subject=unsubscribe>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    List-Id: Promo Toko Angin <promo.toko.example>
    Feedback-ID: 7:marketing:izin:tokoexample
    Precedence: bulk
    Auto-Submitted: auto-generated
    CFBL-Address: izin@in.toko.example; report=arf
    CFBL-Feedback-ID: cabc
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary="=_izin_part"
    "#);
}

#[test]
fn everything_reads_back_exactly() {
    let mail = mail();
    let url = format!("https://izin.toko.example/u/{}", "Zm9v-_".repeat(140));
    let outgoing = Outgoing {
        one_click_url: &url,
        ..outgoing(&mail)
    };
    let bytes = build(&outgoing).unwrap();
    assert!(bytes.is_ascii());
    let longest = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::len)
        .max()
        .unwrap();
    assert!(longest < 998, "{longest}");
    let line = format!("\r\nList-Unsubscribe: <{url}>, <mailto:");
    assert!(
        String::from_utf8_lossy(&bytes).contains(&line),
        "one unbroken line"
    );

    let read = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(read.subject(), Some(mail.subject.as_str()));
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), mail.text);
    assert_eq!(read.body_html(0).unwrap().replace("\r\n", "\n"), mail.html);
    assert_eq!(read.message_id(), Some(outgoing.message_id));
    assert_eq!(
        read.date().unwrap().to_timestamp() * 1_000_000,
        outgoing.date.as_micros()
    );
    assert_eq!(
        one(read.from()),
        ("Toko Angin".into(), "halo@toko.example".into())
    );
    assert_eq!(one(read.to()), ("Sari".into(), "sari@example.org".into()));
    assert_eq!(one(read.reply_to()).1, "bantuan@toko.example");
    let raw = |name: &str| read.header_raw(name).unwrap().trim().to_owned();
    assert_eq!(raw("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(raw("Precedence"), "bulk");
    assert_eq!(raw("Auto-Submitted"), "auto-generated");
    assert_eq!(raw("MIME-Version"), "1.0");
}

#[test]
fn names_and_subjects_of_every_kind_read_back_exactly() {
    let names = [
        "Sari",
        "Sari \"Ibu\" O'Neil",
        "<b>Sari</b>",
        "Sari, Toko; <sari@example.net>",
        "back\\slash",
        "Śrī 🌿 名前",
        "é",
        "a=b?c",
        "(komentar) Sari.",
        "kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata akhir",
        "ñandú ñandú ñandú ñandú ñandú ñandú ñandú ñandú ñandú ñandú ñandú ñandú ñandú akhir",
    ];
    for name in names {
        let mail = RenderedMail {
            subject: name.to_owned(),
            ..mail()
        };
        let list = List {
            phrase: name,
            id: "promo.toko.example",
        };
        let base = outgoing(&mail);
        let bytes = build(&Outgoing {
            to_name: name,
            from_name: name,
            list,
            ..base
        })
        .unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(one(read.to()), (name.to_owned(), "sari@example.org".into()));
        assert_eq!(
            one(read.from()),
            (name.to_owned(), "halo@toko.example".into())
        );
        assert_eq!(read.subject(), Some(name));
        let Parsed::Address(list) = read.list_id() else {
            panic!("no list id for {name}")
        };
        assert_eq!(
            one(Some(list)),
            (name.to_owned(), "promo.toko.example".into())
        );
        assert!(read.bcc().is_none() && read.cc().is_none());
    }
}

#[test]
fn the_same_mail_gives_the_same_bytes() {
    let mail = mail();
    assert_eq!(build(&outgoing(&mail)), build(&outgoing(&mail)));
}

fn one(addresses: Option<&Addresses<'_>>) -> (String, String) {
    let addresses = addresses.unwrap();
    assert_eq!(addresses.iter().count(), 1);
    let address = addresses.first().unwrap();
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    (text(address.name()), text(address.address()))
}
