//! The heart: "certainly not handed over" against "in doubt".
//!
//! The line between the two is the final dot leaving and its whole reply arriving.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream, ReadBuf, duplex};

use super::super::open::Reach;
use super::super::{Fault, Outcome, SendError, Smtp, Step, Trust};
use super::{
    Breaks, Clerk, Found, HangsUp, MESSAGE, PIPE_BYTES, PIPELINED, Peer, STEPWISE, Says, Turn,
    WILLING, Waits, envelope, open, send_to, settings,
};

/// The step of a message certainly not handed over; anything else is a failure.
fn not_handed_over((found, usable): Found) -> Step {
    assert!(!usable, "a broken connection must not be used again");
    match found {
        Err(SendError::NotHandedOver { step, .. }) => step,
        other => panic!("{other:?}"),
    }
}

/// The fault that left a message in doubt; anything else is a failure.
fn in_doubt((found, usable): Found) -> Fault {
    assert!(!usable, "a broken connection must not be used again");
    match found {
        Err(SendError::InDoubt { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

const FAULTS: [Turn; 4] = [HangsUp, Waits, Breaks("25"), Breaks("250-not the end\r\n")];

#[tokio::test(start_paused = true)]
async fn what_breaks_before_the_message_was_written_is_certainly_not_handed_over() {
    for offers in [PIPELINED, STEPWISE] {
        for fault in FAULTS {
            let at = |clerk| async move {
                let (found, seen) = send_to(Clerk { offers, ..clerk }).await;
                assert!(seen.messages.is_empty());
                not_handed_over(found)
            };
            assert_eq!(
                at(Clerk {
                    mail: fault,
                    ..WILLING
                })
                .await,
                Step::Sender
            );
            assert_eq!(
                at(Clerk {
                    rcpt: fault,
                    ..WILLING
                })
                .await,
                Step::Recipient
            );
            assert_eq!(
                at(Clerk {
                    data: fault,
                    ..WILLING
                })
                .await,
                Step::Data
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_breaks_after_the_final_dot_is_in_doubt() {
    for offers in [PIPELINED, STEPWISE] {
        for fault in FAULTS {
            let (found, seen) = send_to(Clerk {
                offers,
                end: fault,
                ..WILLING
            })
            .await;
            assert_eq!(seen.messages.len(), 1, "the server did get it");
            let found = in_doubt(found);
            let silent = matches!(fault, Waits);
            assert_eq!(matches!(found, Fault::TimedOut { .. }), silent, "{found:?}");
            assert_eq!(matches!(found, Fault::Closed), !silent, "{found:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_the_final_dot_that_means_nothing_leaves_it_in_doubt() {
    for odd in ["354 go on", "thank you", "250-one\r\n550 two", "2500 ok"] {
        let (found, _) = send_to(Clerk {
            end: Says(odd),
            ..WILLING
        })
        .await;
        in_doubt(found);
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_answer_to_the_final_dot_leaves_it_in_doubt() {
    let (ours, theirs) = duplex(PIPE_BYTES);
    let server = async {
        let mut peer = invite(theirs).await;
        while peer.line().await.is_some_and(|line| line != ".") {}
        for _ in 0..10 * 1024 {
            peer.writes(&[b'2'; 1024]).await;
        }
    };
    let (found, ()) = tokio::join!(send_once(ours), server);
    assert!(matches!(in_doubt(found), Fault::ReplyTooLong));
}

#[tokio::test(start_paused = true)]
async fn a_certain_answer_is_never_a_doubt() {
    let (accepted, _) = send_to(WILLING).await;
    assert!(
        matches!(accepted, (Ok(Outcome::Accepted { .. }), true)),
        "{accepted:?}"
    );
    let (refused, _) = send_to(Clerk {
        end: Says("554 5.7.1 spam"),
        ..WILLING
    })
    .await;
    assert!(
        matches!(refused, (Ok(Outcome::Refused { .. }), true)),
        "{refused:?}"
    );
}

/// Plays a server up to the invitation to send.
async fn invite(pipe: DuplexStream) -> Peer {
    let mut peer = Peer(BufReader::new(pipe));
    for reply in ["220 c", "250 c", "250 ok", "250 ok", "354 go"] {
        peer.says(reply).await;
        if reply != "354 go" {
            peer.line().await;
        }
    }
    peer
}

async fn send_once(pipe: DuplexStream) -> Found {
    send_long(pipe, MESSAGE).await
}

async fn send_long(
    pipe: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    message: &[u8],
) -> Found {
    let trust = Trust::new(None).unwrap();
    let mut smtp = Smtp::open(Box::new(pipe), Reach::Network, &settings(), &trust)
        .await
        .unwrap();
    let found = smtp.send(&envelope(), message).await;
    (found, smtp.is_usable())
}

/// Longer than the pipe, so that it cannot be written unless the server reads.
fn long_message() -> Vec<u8> {
    b"All the same.\r\n".repeat(2 * PIPE_BYTES / 15)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_up_or_stalls_inside_the_message_did_not_get_it() {
    for stalls in [false, true] {
        let (ours, theirs) = duplex(PIPE_BYTES);
        let message = long_message();
        let server = async {
            let mut peer = invite(theirs).await;
            peer.line().await;
            if stalls {
                std::future::pending::<()>().await;
            }
        };
        let found = tokio::select! {
            found = send_long(ours, &message) => found,
            () = async { server.await; std::future::pending().await } => unreachable!(),
        };
        assert_eq!(not_handed_over(found), Step::Message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_why_it_stopped_listening_is_heard() {
    let (ours, theirs) = duplex(PIPE_BYTES);
    let message = long_message();
    let server = async {
        let mut peer = invite(theirs).await;
        peer.line().await;
        peer.says("552 5.3.4 too big").await;
    };
    let ((found, usable), ()) = tokio::join!(send_long(ours, &message), server);
    let Ok(Outcome::Refused {
        step: Step::Message,
        reply,
    }) = found
    else {
        panic!("{found:?}")
    };
    assert_eq!((reply.code(), usable), (552, false));
}

/// Passes at most `left` more bytes, then breaks; and hides how much of a write was left.
struct Cut {
    pipe: DuplexStream,
    left: usize,
}

impl AsyncRead for Cut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(cx, buf)
    }
}

impl AsyncWrite for Cut {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let fits = bytes.len().min(self.left);
        if fits == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let taken = std::task::ready!(Pin::new(&mut self.pipe).poll_write(cx, &bytes[..fits]))?;
        self.left -= taken;
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}

#[tokio::test(start_paused = true)]
async fn the_doubt_begins_with_the_very_last_byte() {
    let sent = |stepwise: &str| stepwise.len();
    let commands = sent("EHLO shop.example\r\n")
        + sent("MAIL FROM:<toko@shop.example>\r\nRCPT TO:<ani@example.com>\r\nDATA\r\n");
    let whole = commands + MESSAGE.len() + ".\r\n".len();
    for left in commands..=whole {
        let (ours, theirs) = duplex(PIPE_BYTES);
        // The server hears whatever came through and then hangs up without a word.
        let clerk = Clerk {
            end: HangsUp,
            ..WILLING
        };
        let pipe = Cut { pipe: ours, left };
        let (found, seen) = tokio::join!(send_long(pipe, MESSAGE), clerk.serve(theirs));
        assert_eq!(seen.messages.len(), usize::from(left == whole));
        if left == whole {
            in_doubt(found);
        } else {
            assert_eq!(
                not_handed_over(found),
                Step::Message,
                "{left} of {whole} bytes"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_given_before_the_message_is_not_taken_for_its_own() {
    for early in [
        "354 go on\r\n250 2.0.0 queued",
        "354 go on\r\n421 4.3.2 closing",
    ] {
        // Two replies in one turn: the second lies in wait for the final dot.
        let early = Turn::Says(early);
        let (found, _) = send_to(Clerk {
            data: early,
            ..WILLING
        })
        .await;
        assert_eq!(not_handed_over(found), Step::Message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_said_too_much_is_not_used_for_the_next_message() {
    let end = Says("250 2.0.0 queued\r\n250 2.0.0 queued again");
    let ((found, usable), _) = send_to(Clerk { end, ..WILLING }).await;
    assert!(matches!(found, Ok(Outcome::Accepted { .. })));
    assert!(
        !usable,
        "its second reply would be taken for the next message's"
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_died_while_idle_costs_no_doubt() {
    let (ours, theirs) = duplex(PIPE_BYTES);
    let server = async {
        let mut peer = Peer(BufReader::new(theirs));
        peer.says("220 c").await;
        peer.line().await;
        peer.says(PIPELINED).await;
        let _ = peer.0.shutdown().await;
    };
    let (smtp, ()) = tokio::join!(open(ours), server);
    let mut smtp = smtp.unwrap();
    let found = smtp.send(&envelope(), MESSAGE).await;
    assert_eq!(not_handed_over((found, smtp.is_usable())), Step::Sender);
    let again = smtp.send(&envelope(), MESSAGE).await;
    assert_eq!(not_handed_over((again, smtp.is_usable())), Step::Sender);
}

#[tokio::test(start_paused = true)]
async fn a_send_given_up_half_way_leaves_the_connection_unusable() {
    let (ours, theirs) = duplex(PIPE_BYTES);
    let client = async {
        let mut smtp = open(ours).await.unwrap();
        let limit = std::time::Duration::from_secs(1);
        let envelope = envelope();
        let given_up = tokio::time::timeout(limit, smtp.send(&envelope, MESSAGE)).await;
        assert!(given_up.is_err());
        smtp.is_usable()
    };
    let (usable, _) = tokio::join!(
        client,
        Clerk {
            end: Waits,
            ..WILLING
        }
        .serve(theirs)
    );
    assert!(!usable);
}

#[tokio::test(start_paused = true)]
async fn the_two_errors_read_differently_and_name_the_server() {
    let ((before, _), _) = send_to(Clerk {
        data: HangsUp,
        ..WILLING
    })
    .await;
    let ((after, _), _) = send_to(Clerk {
        end: HangsUp,
        ..WILLING
    })
    .await;
    assert_eq!(
        before.unwrap_err().to_string(),
        "clerk.example:25: not handed over: the server closed the connection (DATA)"
    );
    assert_eq!(
        after.unwrap_err().to_string(),
        "clerk.example:25: in doubt, the message may have been handed over: \
         the server closed the connection"
    );
}
