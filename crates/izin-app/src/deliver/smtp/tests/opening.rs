//! Faults before the first message.

use std::time::Duration;

use tokio::time::sleep;

use super::super::{ConnectError, Credentials, Fault, Security, Smtp, SmtpSettings, Step};
use super::{Peer, open_against, settings};

async fn failure<F: Future<Output = ()>>(play: impl FnOnce(Peer) -> F) -> ConnectError {
    failure_with(settings(), play).await
}

async fn failure_with<F: Future<Output = ()>>(
    settings: SmtpSettings,
    play: impl FnOnce(Peer) -> F,
) -> ConnectError {
    let error = open_against(settings, play).await.map(drop).unwrap_err();
    assert!(
        error.to_string().starts_with("clerk.example:25: "),
        "{error}"
    );
    error
}

fn with_password(security: Security) -> SmtpSettings {
    let credentials = Credentials::new("toko".to_owned(), "rahasia".to_owned()).unwrap();
    SmtpSettings {
        security,
        credentials: Some(credentials),
        ..settings()
    }
}

/// Greets, answers `EHLO` with `offers`, then gives `replies` one after another and returns what
/// was said to each.
async fn converse(mut peer: Peer, offers: &str, replies: &[&str]) -> Vec<String> {
    peer.says("220 clerk.example").await;
    let mut heard = vec![peer.line().await.unwrap()];
    peer.says(offers).await;
    for reply in replies {
        heard.push(peer.line().await.unwrap());
        peer.says(reply).await;
    }
    heard
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_greets_is_given_up_and_the_hint_names_tls() {
    let begin = tokio::time::Instant::now();
    let error = failure(async |_peer| std::future::pending().await).await;
    assert!(
        matches!(error, ConnectError::NoGreeting { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("`tls`"));
    assert_eq!(begin.elapsed().as_secs(), 300);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drips_past_the_limit_is_given_up_although_it_never_pauses() {
    let error = failure(async |mut peer| {
        peer.writes(b"220 ").await;
        loop {
            peer.writes(b"x").await;
            sleep(Duration::from_secs(1)).await;
        }
    })
    .await;
    assert!(
        matches!(error, ConnectError::NoGreeting { .. }),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_busy_or_unwilling_server_turns_us_away() {
    for (line, shown) in [
        ("421 4.3.2 busy", "421 4.3.2"),
        ("554 no service for ani", "554"),
    ] {
        let error = failure(async |mut peer| peer.says(line).await).await;
        assert!(
            matches!(error, ConnectError::TurnedAway { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains(shown) && !error.to_string().contains("ani"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_a_greeting_is_not_taken_for_one() {
    let mut found = Vec::new();
    for line in ["HTTP/1.1 400 Bad Request", "250 hello", "354 go"] {
        let error = failure(async |mut peer| peer.says(line).await).await;
        let ConnectError::Dialogue {
            step: Step::Greeting,
            fault,
            ..
        } = error
        else {
            panic!("{error:?}")
        };
        found.push(fault.to_string());
    }
    assert_eq!(
        found,
        [
            "the answer is not an SMTP reply",
            "the reply 250 has no meaning here",
            "the reply 354 has no meaning here"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_reply_of_ten_megabytes_is_cut_off_early() {
    let endless_line = failure(async |mut peer| {
        for _ in 0..10 * 1024 {
            peer.writes(&[b'2'; 1024]).await;
        }
    });
    let endless_lines = failure(async |mut peer| {
        loop {
            peer.says("220-one more").await;
        }
    });
    for error in [endless_line.await, endless_lines.await] {
        let too_long = matches!(
            error,
            ConnectError::Dialogue {
                fault: Fault::ReplyTooLong,
                ..
            }
        );
        assert!(too_long, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_up_inside_a_line_is_reported() {
    let (ours, theirs) = tokio::io::duplex(64);
    let mut peer = Peer(tokio::io::BufReader::new(theirs));
    peer.writes(b"220 clerk").await;
    drop(peer);
    let error = super::open(ours).await.map(drop).unwrap_err();
    assert!(
        matches!(
            error,
            ConnectError::Dialogue {
                fault: Fault::Closed,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_hello_name_is_reported() {
    let error = failure(async |peer| {
        converse(peer, "550 no", &["550 5.7.1 still no"]).await;
    })
    .await;
    assert!(
        matches!(error, ConnectError::HelloRefused { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("550 5.7.1"));
}

#[tokio::test(start_paused = true)]
async fn without_an_offer_of_starttls_nothing_goes_on_in_the_clear() {
    for offers in ["250-clerk.example\r\n250 AUTH PLAIN", "500 what"] {
        let error = failure_with(with_password(Security::StartTls), async |peer| {
            converse(peer, offers, &["250 clerk.example"]).await;
        })
        .await;
        assert!(
            matches!(error, ConnectError::TlsNotOffered { .. }),
            "{error:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn words_slipped_in_before_tls_are_not_believed() {
    let settings = SmtpSettings {
        security: Security::StartTls,
        ..settings()
    };
    let error = failure_with(settings, async |peer| {
        let offers = "250-clerk.example\r\n250 STARTTLS";
        converse(peer, offers, &["220 go\r\n250-forged\r\n250 AUTH PLAIN"]).await;
    })
    .await;
    let unasked = matches!(
        error,
        ConnectError::Dialogue {
            fault: Fault::Unasked,
            ..
        }
    );
    assert!(unasked, "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_password_never_crosses_a_network_in_the_clear() {
    let mut said = None;
    let error = failure_with(with_password(Security::None), async |mut peer| {
        peer.says("220 clerk.example").await;
        said = peer.line().await;
    })
    .await;
    assert!(
        matches!(error, ConnectError::PasswordNeedsTls { .. }),
        "{error:?}"
    );
    assert_eq!(said, None);
}

/// Opens towards this machine, where a password may go in the clear.
async fn log_in(offers: &str, replies: &[&str]) -> (Result<Smtp, ConnectError>, Vec<String>) {
    use super::super::open::Reach;
    let (ours, theirs) = tokio::io::duplex(super::PIPE_BYTES);
    let trust = super::Trust::new(None).unwrap();
    let settings = with_password(Security::None);
    let client = Smtp::open(Box::new(ours), Reach::ThisMachine, &settings, &trust);
    let peer = Peer(tokio::io::BufReader::new(theirs));
    tokio::join!(client, converse(peer, offers, replies))
}

#[tokio::test(start_paused = true)]
async fn a_refused_or_unknown_login_is_reported_without_the_password() {
    let (refused, _) = log_in("250-c\r\n250 AUTH PLAIN", &["535 5.7.8 no, toko"]).await;
    let error = refused.map(drop).unwrap_err();
    assert!(
        matches!(error, ConnectError::LoginRefused { .. }),
        "{error:?}"
    );
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("535 5.7.8") && !shown.contains("toko"),
        "{shown}"
    );
    let (unknown, _) = log_in("250-c\r\n250 AUTH CRAM-MD5", &[]).await;
    assert!(matches!(unknown, Err(ConnectError::LoginNotOffered { .. })));
    let (by_question, _) = log_in("250-c\r\n250 AUTH LOGIN", &["334 VXNlcg==", "535 no"]).await;
    assert!(matches!(
        by_question,
        Err(ConnectError::LoginRefused { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn both_logins_send_what_their_documents_say() {
    let (plain, heard) = log_in("250-c\r\n250 AUTH LOGIN PLAIN", &["235 2.7.0 welcome"]).await;
    assert!(plain.is_ok());
    assert_eq!(
        heard,
        ["EHLO shop.example", "AUTH PLAIN AHRva28AcmFoYXNpYQ=="]
    );
    let questions = ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 welcome"];
    let (login, heard) = log_in("250-c\r\n250 AUTH=LOGIN", &questions).await;
    assert!(login.is_ok());
    assert_eq!(heard[1..], ["AUTH LOGIN", "dG9rbw==", "cmFoYXNpYQ=="]);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_ehlo_is_met_with_helo() {
    let mut heard = Vec::new();
    let opened = open_against(settings(), async |peer| {
        heard = converse(peer, "502 5.5.1 what", &["250 clerk.example"]).await;
    })
    .await;
    assert!(opened.is_ok_and(|smtp| smtp.is_usable()));
    assert_eq!(heard, ["EHLO shop.example", "HELO shop.example"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_sends_one_byte_a_second_is_still_understood() {
    let opened = open_against(settings(), async |mut peer| {
        for said in [
            "220 clerk.example\r\n",
            "250-clerk.example\r\n250 PIPELINING\r\n",
        ] {
            for byte in said.bytes() {
                sleep(Duration::from_secs(1)).await;
                peer.writes(&[byte]).await;
            }
            if said.starts_with("220") {
                peer.line().await;
            }
        }
    })
    .await;
    assert!(opened.is_ok_and(|smtp| smtp.offers.pipelining));
}
