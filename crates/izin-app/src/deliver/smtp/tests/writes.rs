//! What a message costs and how it arrives.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

use super::super::open::Reach;
use super::super::{Outcome, Smtp, Trust};
use super::{Clerk, MESSAGE, PIPE_BYTES, PIPELINED, STEPWISE, Seen, WILLING, envelope, settings};

/// Keeps what every single write carried.
struct Counted {
    pipe: DuplexStream,
    writes: Arc<Mutex<Vec<String>>>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = std::task::ready!(Pin::new(&mut self.pipe).poll_write(cx, bytes))?;
        let text = String::from_utf8_lossy(&bytes[..taken]).into_owned();
        self.writes.lock().unwrap().push(text);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}

/// Sends the messages on one connection; gives the outcomes, the writes and what arrived.
async fn send_all(offers: &'static str, messages: &[&[u8]]) -> (Vec<Outcome>, Vec<String>, Seen) {
    let (pipe, theirs) = duplex(PIPE_BYTES);
    let writes = Arc::new(Mutex::new(Vec::new()));
    let ours = Counted {
        pipe,
        writes: Arc::clone(&writes),
    };
    let client = async {
        let trust = Trust::new(None).unwrap();
        let opened = Smtp::open(Box::new(ours), Reach::Network, &settings(), &trust).await;
        let mut smtp = opened.unwrap();
        writes.lock().unwrap().clear();
        let mut outcomes = Vec::new();
        for message in messages {
            outcomes.push(smtp.send(&envelope(), message).await.unwrap());
        }
        let written = std::mem::take(&mut *writes.lock().unwrap());
        smtp.quit().await;
        (outcomes, written)
    };
    let ((outcomes, written), seen) =
        tokio::join!(client, Clerk { offers, ..WILLING }.serve(theirs));
    (outcomes, written, seen)
}

#[tokio::test(start_paused = true)]
async fn a_pipelined_message_costs_exactly_two_writes() {
    let (_, writes, _) = send_all(PIPELINED, &[MESSAGE; 3]).await;
    let commands = "MAIL FROM:<toko@shop.example>\r\nRCPT TO:<ani@example.com>\r\nDATA\r\n";
    let message = "Subject: Promo\r\n\r\nHalo.\r\n.\r\n";
    assert_eq!(writes, [commands, message].repeat(3));
}

#[tokio::test(start_paused = true)]
async fn step_by_step_every_command_waits_for_its_answer() {
    let (_, writes, _) = send_all(STEPWISE, &[MESSAGE; 2]).await;
    assert_eq!(writes.len(), 8);
}

#[tokio::test(start_paused = true)]
async fn pipelined_and_step_by_step_bring_the_same() {
    let messages: [&[u8]; 4] = [
        MESSAGE,
        b".\r\n..\r\n.a\r\n\r\n.",
        b"",
        "Judul: ümlaut\r\n".as_bytes(),
    ];
    let (pipelined, _, seen_pipelined) = send_all(PIPELINED, &messages).await;
    let (stepwise, _, seen_stepwise) = send_all(STEPWISE, &messages).await;
    assert_eq!(pipelined, stepwise);
    assert_eq!(seen_pipelined, seen_stepwise);
    assert_eq!(seen_pipelined.messages.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_large_message_arrives_whole_after_a_small_one() {
    let line = b"0123456789.0123456789\r\n";
    let large = line.repeat(3 * 1024 * 1024 / line.len());
    let (outcomes, _, seen) = send_all(PIPELINED, &[MESSAGE, &large, MESSAGE]).await;
    assert!(
        outcomes
            .iter()
            .all(|it| matches!(it, Outcome::Accepted { .. }))
    );
    let arrived = seen.messages[1].strip_suffix(".\r\n").unwrap();
    assert!(arrived.as_bytes() == large.as_slice());
    assert_eq!(seen.messages[0], seen.messages[2]);
}
