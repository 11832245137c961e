//! What the box refuses, and what becomes of it when its file fails.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::super::intake::MESSAGE_BYTES_MAX;
use super::super::server::CLIENTS_MAX;
use super::super::{Mailbox, MailboxError, Query};
use super::{
    Folder, NOON, Outcome, SendError, Unsendable, connect, say_all, send, subjects, to, with_box,
};

#[tokio::test]
async fn commands_out_of_order_are_refused_and_nothing_is_kept() {
    with_box(|mailbox, address, _| async move {
        let stories: [(&str, &[&str]); 8] = [
            ("DATA\r\n", &["503"]),
            ("RCPT TO:<ani@example.com>\r\n", &["503"]),
            ("MAIL FROM:<a@b.example>\r\nDATA\r\n", &["250", "503"]),
            (
                "MAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>\r\n",
                &["250", "503"],
            ),
            (
                "MAIL FROM:<a@b.example>\r\nRSET\r\nRCPT TO:<a@b.example>\r\n",
                &["250", "250", "503"],
            ),
            (
                "MAIL FROM:<>\r\nRCPT TO:<>\r\nRCPT TO:ani\r\nMAIL\r\n",
                &["250", "501", "501", "503"],
            ),
            (
                "AUTH PLAIN AA==\r\nSTARTTLS\r\n\r\n\u{1f600}\r\n",
                &["502", "502", "502", "502"],
            ),
            ("NOOP\r\nQUIT\r\nNOOP\r\n", &["250", "221"]),
        ];
        for (said, codes) in stories {
            let expected = [&["220"], codes].concat();
            assert_eq!(
                say_all(address, said.as_bytes()).await,
                expected,
                "{said:?}"
            );
        }
        assert_eq!(say_all(address, b"NOOP \xff\r\n").await, ["220", "500"]);
        assert_eq!(mailbox.count().unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_line_without_end_is_cut_off() {
    with_box(|_, address, _| async move {
        assert_eq!(say_all(address, &[b'N'; 4096]).await, ["220", "500"]);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_before_the_final_dot_leaves_nothing() {
    with_box(|mailbox, address, _| async move {
        let said = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<ani@example.com>\r\nDATA\r\nHalo\r\n.";
        assert_eq!(say_all(address, said).await, ["220", "250", "250", "354"]);
        assert_eq!(mailbox.count().unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_message_too_long_is_refused_at_each_of_three_doors() {
    with_box(|mailbox, address, _| async move {
        let long = b"0123456789\r\n".repeat(MESSAGE_BYTES_MAX / 12 + 1);
        let mut smtp = connect(address).await;
        let found = smtp.send(&to("ani@example.com"), &long).await.unwrap_err();
        let too_long = Unsendable::TooLong {
            bytes: long.len(),
            max: MESSAGE_BYTES_MAX,
        };
        assert!(matches!(found, SendError::Unsendable { why, .. } if why == too_long));
        let announced = b"MAIL FROM:<a@b.example> BODY=8BITMIME SIZE=99999999999999999999\r\n";
        assert_eq!(say_all(address, announced).await, ["220", "552"]);
        let mut unannounced =
            Vec::from(*b"MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n");
        unannounced.extend_from_slice(&long);
        unannounced.extend_from_slice(b".\r\nNOOP\r\n");
        let codes = say_all(address, &unannounced).await;
        assert_eq!(codes, ["220", "250", "250", "354", "552", "250"]);
        assert_eq!(mailbox.count().unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_committed_is_not_acknowledged() {
    with_box(|mailbox, address, file| async move {
        let mut smtp = connect(address).await;
        send(&mut smtp, "ani@example.com", b"Subject: one\r\n\r\n").await;
        let saboteur = rusqlite::Connection::open(&file).unwrap();
        saboteur
            .execute_batch("alter table kept rename to lost")
            .unwrap();
        let found = smtp
            .send(&to("ani@example.com"), b"Subject: two\r\n\r\n")
            .await
            .unwrap();
        assert!(matches!(&found, Outcome::RefusedForNow { reply, .. } if reply.code() == 451));
        assert!(matches!(mailbox.clear().await, Err(MailboxError::Write)));
        saboteur
            .execute_batch("alter table lost rename to kept")
            .unwrap();
        send(&mut smtp, "ani@example.com", b"Subject: three\r\n\r\n").await;
        assert_eq!(
            subjects(&mailbox.list(&Query::default()).unwrap()),
            ["three", "one"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_mailbox_is_named() {
    let folder = Folder::new();
    std::fs::write(
        folder.file(),
        "not a database, and long enough to be read as one",
    )
    .unwrap();
    let error = Mailbox::open(&folder.file(), || NOON).unwrap_err();
    assert!(error.to_string().contains("mailbox.sqlite"), "{error}");
}

#[tokio::test]
async fn one_client_too_many_waits_until_another_leaves() {
    with_box(|_, address, _| async move {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS_MAX {
            clients.push(connect(address).await);
        }
        let mut waiting = TcpStream::connect(address).await.unwrap();
        send(
            &mut clients[0],
            "ani@example.com",
            b"Subject: a\r\n\r\nb\r\n",
        )
        .await;
        let early = waiting.try_read(&mut [0; 1]).map_err(|error| error.kind());
        assert_eq!(early, Err(std::io::ErrorKind::WouldBlock));
        clients.swap_remove(0).quit().await;
        let mut greeting = [0; 4];
        waiting.read_exact(&mut greeting).await.unwrap();
        assert_eq!(&greeting, b"220 ");
    })
    .await;
}
