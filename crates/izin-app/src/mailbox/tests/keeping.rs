//! What the box keeps, and how it is read.

use std::ops::ControlFlow;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::super::{KeptMail, MailId, Mailbox, Query};
use super::{Folder, NOON, connect, open, say_all, send, subjects, with_box};

#[tokio::test]
async fn an_acknowledged_message_is_already_there_for_everybody() {
    with_box(|mailbox, address, _| async move {
        let mut smtp = connect(address).await;
        for n in 1..=20 {
            send(
                &mut smtp,
                "ani@example.com",
                b"Subject: Promo\r\n\r\nHalo\r\n",
            )
            .await;
            assert_eq!(mailbox.count().unwrap(), n);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let folder = Folder::new();
    let first = open(&folder.file());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = first.serve(listener, std::future::pending());
    tokio::select! {
        () = served => unreachable!("it serves until shutdown"),
        () = async {
            let mut smtp = connect(address).await;
            send(&mut smtp, "ani@example.com", b"Subject: one\r\n\r\n").await;
        } => {}
    }
    drop(first);
    let second = open(&folder.file());
    assert_eq!(subjects(&second.list(&Query::default()).unwrap()), ["one"]);
}

#[tokio::test]
async fn messages_that_arrive_in_one_heap_are_answered_in_their_order() {
    with_box(|mailbox, address, _| async move {
        let mut said = String::new();
        for n in 0..300 {
            said.push_str("MAIL FROM:<a@b.example>\r\nRCPT TO:<ani@example.com>\r\nDATA\r\n");
            said.push_str(&format!("Subject: {n}\r\n\r\n.\r\n"));
        }
        let codes = say_all(address, said.as_bytes()).await;
        assert_eq!(codes.len(), 1 + 300 * 4);
        assert!(
            codes[1..]
                .chunks(4)
                .all(|four| four == ["250", "250", "354", "250"])
        );
        let mut expected = 300;
        let visit = |mail: KeptMail| {
            expected -= 1;
            assert_eq!(mail.subject, expected.to_string());
            ControlFlow::Continue(())
        };
        mailbox.for_each(None, visit).unwrap();
        assert_eq!(expected, 0);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_sends_byte_by_byte_is_understood() {
    with_box(|mailbox, address, _| async move {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut stream = BufReader::new(stream);
        let said = b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<ani@example.com>\r\nDATA\r\n\
            Subject: slow\r\n\r\n..\r\n.\r\nQUIT\r\n";
        for byte in said {
            stream.write_all(&[*byte]).await.unwrap();
        }
        let mut last = String::new();
        while !last.starts_with("221") {
            last.clear();
            stream.read_line(&mut last).await.unwrap();
        }
        let mails = mailbox.list(&Query::default()).unwrap();
        assert_eq!((mails.len(), mails[0].text.as_deref()), (1, Some(".\r\n")));
    })
    .await;
}

#[tokio::test]
async fn our_own_client_brings_every_byte_across() {
    with_box(|mailbox, address, _| async move {
        let messages: [&[u8]; 4] = [
            b".\r\n..\r\n...a\r\n.\r\n\r\n.b\r\n",
            b"",
            "Judul: kopi ☕\r\n\r\nüñ\r\n".as_bytes(),
            &b"0123456789\r\n".repeat(100_000),
        ];
        let mut smtp = connect(address).await;
        for message in messages {
            send(&mut smtp, "ani@example.com", message).await;
        }
        smtp.quit().await;
        for (id, message) in (1..).map(MailId).zip(messages) {
            assert!(
                mailbox.raw(id).unwrap().as_deref() == Some(message),
                "{id:?}"
            );
        }
        assert_eq!(mailbox.raw(MailId(5)).unwrap(), None);
        assert!(mailbox.get(MailId(5)).unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_campaign_message_is_kept_as_a_customer_would_see_it() {
    with_box(|mailbox, address, _| async move {
        let message = "From: =?utf-8?B?VG9rbyBLw7ZwaQ==?= <toko@shop.example>\r\n\
            To: ani@example.com\r\nSubject: =?utf-8?Q?Kopi_baru_=E2=98=95?=\r\n\
            List-Unsubscribe: <https://shop.example/u/abc>\r\n\
            List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
            --b\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\nHalo Ani =E2=98=95\r\n\
            --b\r\nContent-Type: text/html; charset=utf-8\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nPHA+SGFsbyDimJU8L3A+\r\n--b--\r\n";
        let mut smtp = connect(address).await;
        send(&mut smtp, "ani@example.com", message.as_bytes()).await;
        let mail = mailbox.get(MailId(1)).unwrap().unwrap();
        assert_eq!(mail.recipient, "ani@example.com");
        assert_eq!(mail.subject, "Kopi baru ☕");
        assert_eq!(
            mail.headers[0],
            ("From".into(), "Toko Köpi <toko@shop.example>".into())
        );
        let unsubscribe = (
            "List-Unsubscribe".into(),
            "<https://shop.example/u/abc>".into(),
        );
        assert_eq!(mail.headers[3], unsubscribe);
        assert_eq!(mail.headers.len(), 7);
        assert_eq!(mail.text.as_deref(), Some("Halo Ani ☕"));
        assert_eq!(mail.html.as_deref(), Some("<p>Halo ☕</p>"));
        assert_eq!(mail.received_at, NOON);
        assert!(!format!("{mail:?}").contains("ani"));
    })
    .await;
}

#[tokio::test]
async fn each_recipient_of_a_message_has_it_in_the_box() {
    with_box(|mailbox, address, _| async move {
        let said = b"MAIL FROM:<>\r\nRCPT TO:<Ani@Example.com>\r\nRCPT TO:<budi@example.com>\r\n\
            DATA\r\nSubject: both\r\n\r\n.\r\n";
        say_all(address, said).await;
        let all = mailbox.list(&Query::default()).unwrap();
        let recipients: Vec<_> = all.iter().map(|mail| mail.recipient.as_str()).collect();
        assert_eq!(recipients, ["budi@example.com", "Ani@Example.com"]);
        let recipient = Some("ani@example.com".to_owned());
        let anis = mailbox
            .list(&Query {
                recipient,
                ..Query::default()
            })
            .unwrap();
        assert_eq!(
            anis.iter().map(|mail| mail.id).collect::<Vec<_>>(),
            [MailId(1)]
        );
    })
    .await;
}

#[tokio::test]
async fn lists_are_bounded_and_go_on_in_both_directions() {
    with_box(|mailbox, address, _| async move {
        let mut smtp = connect(address).await;
        for n in 1..=5 {
            let message = format!("Subject: {n}\r\n\r\n");
            let recipient = if n % 2 == 0 {
                "budi@example.com"
            } else {
                "ani@example.com"
            };
            send(&mut smtp, recipient, message.as_bytes()).await;
        }
        let listed = |query: Query| {
            let mails = mailbox.list(&query).unwrap();
            mails.iter().map(|mail| mail.id.0).collect::<Vec<_>>()
        };
        let two = Query {
            limit: 2,
            ..Query::default()
        };
        assert_eq!(listed(two.clone()), [5, 4]);
        assert_eq!(
            listed(Query {
                older_than: Some(MailId(4)),
                ..two.clone()
            }),
            [3, 2]
        );
        assert_eq!(
            listed(Query {
                newer_than: Some(MailId(3)),
                ..Query::default()
            }),
            [5, 4]
        );
        let recipient = Some("ani@example.com".to_owned());
        let older_than = Some(MailId(5));
        assert_eq!(
            listed(Query {
                recipient,
                older_than,
                ..two
            }),
            [3, 1]
        );
        assert!(
            listed(Query {
                limit: 0,
                ..Query::default()
            })
            .is_empty()
        );
    })
    .await;
}

/// The numbers a walk shows until `most` were seen.
fn walk(mailbox: &Mailbox, recipient: Option<&str>, most: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    let visit = |mail: KeptMail| {
        ids.push(mail.id.0);
        if ids.len() < most {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    mailbox.for_each(recipient, visit).unwrap();
    ids
}

#[tokio::test]
async fn a_walk_shows_everything_newest_first_and_may_break_off() {
    with_box(|mailbox, address, _| async move {
        let mut smtp = connect(address).await;
        for n in 0..250 {
            let recipient = if n % 2 == 0 {
                "budi@example.com"
            } else {
                "ani@example.com"
            };
            send(&mut smtp, recipient, b"Subject: x\r\n\r\n").await;
        }
        let walked = |recipient, most| walk(&mailbox, recipient, most);
        assert_eq!(walked(None, 1000), (1..=250).rev().collect::<Vec<_>>());
        assert_eq!(walked(None, 100), (151..=250).rev().collect::<Vec<_>>());
        let anis: Vec<_> = (1..=250).rev().filter(|id| id % 2 == 0).collect();
        assert_eq!(walked(Some("ANI@example.com"), 1000), anis);
    })
    .await;
}

#[tokio::test]
async fn an_emptied_box_is_empty_and_its_numbers_go_on() {
    with_box(|mailbox, address, _| async move {
        let mut smtp = connect(address).await;
        send(&mut smtp, "ani@example.com", b"Subject: one\r\n\r\n").await;
        mailbox.clear().await.unwrap();
        assert_eq!(mailbox.count().unwrap(), 0);
        send(&mut smtp, "ani@example.com", b"Subject: two\r\n\r\n").await;
        assert_eq!(mailbox.list(&Query::default()).unwrap()[0].id, MailId(2));
    })
    .await;
}
