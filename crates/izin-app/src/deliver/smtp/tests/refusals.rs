//! Replies that say no, at every step, pipelined and step by step.

use tokio::io::duplex;

use super::super::{Envelope, Fault, Outcome, SendError, Status, Step, Unsendable};
use super::{
    Clerk, HangsUp, MESSAGE, PIPE_BYTES, PIPELINED, STEPWISE, Says, Turn, WILLING, envelope, open,
    send_to,
};

/// The step, class and code of a refusal.
fn refusal(outcome: Outcome) -> (Step, char, u16) {
    match outcome {
        Outcome::RefusedForNow { step, reply } => (step, '4', reply.code()),
        Outcome::Refused { step, reply } => (step, '5', reply.code()),
        Outcome::Accepted { .. } => panic!("accepted"),
    }
}

/// A clerk that says `no` at `step` and answers what follows as real servers do.
fn unwilling(step: Step, no: Turn) -> Clerk {
    let after = Says("503 5.5.1 bad sequence");
    match step {
        Step::Sender => Clerk {
            mail: no,
            rcpt: after,
            data: after,
            ..WILLING
        },
        Step::Recipient => Clerk {
            rcpt: no,
            data: after,
            ..WILLING
        },
        Step::Data => Clerk {
            data: no,
            ..WILLING
        },
        _ => Clerk { end: no, ..WILLING },
    }
}

const STEPS: [Step; 4] = [Step::Sender, Step::Recipient, Step::Data, Step::FinalReply];

#[tokio::test(start_paused = true)]
async fn a_refusal_at_any_step_is_told_with_its_step_and_leaves_the_connection_good() {
    for offers in [PIPELINED, STEPWISE] {
        for step in STEPS {
            for (no, class, code) in [("451 4.2.1 later", '4', 451), ("550 5.1.1 no", '5', 550)] {
                let clerk = Clerk {
                    offers,
                    ..unwilling(step, Says(no))
                };
                let ((found, usable), seen) = send_to(clerk).await;
                assert_eq!(refusal(found.unwrap()), (step, class, code));
                assert!(usable, "{step}");
                assert_eq!(
                    seen.messages.len(),
                    usize::from(step == Step::FinalReply),
                    "{step}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_closing_server_refuses_for_now_and_the_connection_is_over() {
    for offers in [PIPELINED, STEPWISE] {
        for step in STEPS {
            let clerk = Clerk {
                offers,
                ..unwilling(step, Says("421 4.3.2 shutting down"))
            };
            let ((found, usable), _) = send_to(clerk).await;
            assert_eq!(refusal(found.unwrap()), (step, '4', 421));
            assert!(!usable, "{step}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_invitation_after_a_refusal_is_answered_with_the_final_dot_alone() {
    let by_sender = Clerk {
        mail: Says("550 5.7.1 no"),
        ..WILLING
    };
    let by_recipient = Clerk {
        rcpt: Says("550 5.1.1 no"),
        ..WILLING
    };
    for (clerk, step) in [(by_sender, Step::Sender), (by_recipient, Step::Recipient)] {
        // Even a 250 to the dot is about nothing: the message was not delivered.
        let ((found, usable), seen) = send_to(clerk).await;
        assert_eq!(refusal(found.unwrap()), (step, '5', 550));
        assert_eq!(seen.messages, [".\r\n"]);
        assert_eq!(seen.verbs, ["EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"]);
        assert!(usable);
    }
}

#[tokio::test(start_paused = true)]
async fn a_known_refusal_stands_although_the_connection_is_lost_after_it() {
    for later in [HangsUp, Says("421 bye"), Says("what?"), Says("250 odd")] {
        let clerk = Clerk {
            rcpt: Says("550 5.1.1 no"),
            data: later,
            ..WILLING
        };
        let ((found, usable), seen) = send_to(clerk).await;
        assert_eq!(refusal(found.unwrap()), (Step::Recipient, '5', 550));
        assert!(!usable && seen.messages.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_refusal_the_next_message_goes_through_on_the_same_connection() {
    for offers in [PIPELINED, STEPWISE] {
        let (ours, theirs) = duplex(PIPE_BYTES);
        let clerk = Clerk {
            offers,
            data: Says("451 4.3.1 full"),
            ..WILLING
        };
        let client = async {
            let mut smtp = open(ours).await.unwrap();
            let first = smtp.send(&envelope(), MESSAGE).await.unwrap();
            let second = smtp.send(&envelope(), MESSAGE).await.unwrap();
            smtp.quit().await;
            [first, second].map(refusal)
        };
        let (refusals, seen) = tokio::join!(client, clerk.serve(theirs));
        assert_eq!(refusals, [(Step::Data, '4', 451); 2]);
        let round = ["MAIL", "RCPT", "DATA", "RSET"];
        let expected = [&["EHLO"], &round[..], &round[..], &["QUIT"]].concat();
        assert_eq!(seen.verbs, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_shown_in_a_log_names_nobody() {
    let clerk = Clerk {
        rcpt: Says("550 5.1.1 <ani@example.com> unknown"),
        ..WILLING
    };
    let ((found, _), _) = send_to(clerk).await;
    let outcome = found.unwrap();
    assert!(!format!("{outcome:?}").contains("ani"));
    let Outcome::Refused { reply, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(reply.to_string(), "550 5.1.1");
    assert!(reply.reveal("test").contains("ani@example.com"));
}

#[tokio::test(start_paused = true)]
async fn a_reply_without_meaning_ends_the_dialogue_before_the_message() {
    for (step, odd) in [
        (Step::Sender, 354),
        (Step::Recipient, 354),
        (Step::Data, 250),
    ] {
        let odd_reply = if odd == 354 {
            Says("354 go")
        } else {
            Says("250 ok")
        };
        let ((found, usable), seen) = send_to(unwilling(step, odd_reply)).await;
        let error = found.unwrap_err();
        let expected = Status {
            code: odd,
            enhanced: None,
        };
        let SendError::NotHandedOver {
            step: at,
            fault: Fault::Unexpected(status),
            ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!((at, status), (step, expected));
        assert!(!usable && seen.messages.is_empty());
    }
}

/// What the client says of a message that the server's offers do not allow.
async fn unsendable(offers: &'static str, to: &str, message: &[u8]) -> Option<Unsendable> {
    let (ours, theirs) = duplex(PIPE_BYTES);
    let client = async {
        let mut smtp = open(ours).await.unwrap();
        let envelope = Envelope::new("toko@shop.example", to).unwrap();
        let found = match smtp.send(&envelope, message).await {
            Err(SendError::Unsendable { why, .. }) => Some(why),
            Ok(Outcome::Accepted { .. }) => None,
            other => panic!("{other:?}"),
        };
        assert!(smtp.is_usable());
        smtp.quit().await;
        found
    };
    let (found, seen) = tokio::join!(client, Clerk { offers, ..WILLING }.serve(theirs));
    assert_eq!(seen.messages.is_empty(), found.is_some());
    found
}

#[tokio::test(start_paused = true)]
async fn what_the_server_cannot_carry_is_said_before_a_word_of_it_is_sent() {
    const ANI: &str = "ani@example.com";
    let long = unsendable("250-c\r\n250 SIZE 10", ANI, MESSAGE).await;
    assert_eq!(
        long,
        Some(Unsendable::TooLong {
            bytes: MESSAGE.len(),
            max: 10
        })
    );
    let letters = "Subject: x\r\n\r\nfaktör\r\n".as_bytes();
    assert_eq!(
        unsendable("250 c", ANI, letters).await,
        Some(Unsendable::EightBit)
    );
    assert_eq!(
        unsendable("250 c", "anï@example.com", MESSAGE).await,
        Some(Unsendable::Address)
    );
    assert_eq!(unsendable("250-c\r\n250 SIZE", ANI, MESSAGE).await, None);
    assert_eq!(
        unsendable("250-c\r\n250 8BITMIME", ANI, letters).await,
        None
    );
    assert_eq!(
        unsendable("250-c\r\n250 SMTPUTF8", "anï@example.com", MESSAGE).await,
        None
    );
}
