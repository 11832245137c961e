//! The box with our own client and with ruder ones.

mod faults;
mod keeping;

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use izin_core::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::super::deliver::smtp::{
    Envelope, HelloName, Security, Server, Smtp, SmtpSettings, Timeouts, Trust,
};
pub(super) use super::super::deliver::smtp::{Outcome, SendError, Unsendable};
use super::{KeptMail, Mailbox};

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("izin-mailbox-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("mailbox.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const NOON: Timestamp = Timestamp::from_micros(1_795_219_200_000_000);

fn open(path: &Path) -> Mailbox {
    Mailbox::open(path, || NOON).unwrap()
}

/// Runs `story` against a served box in a folder of its own.
async fn with_box<F: Future<Output = ()>>(story: impl FnOnce(Mailbox, SocketAddr, PathBuf) -> F) {
    let folder = Folder::new();
    let mailbox = open(&folder.file());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = mailbox.serve(listener, async { drop(stopped.await) });
    let story = async {
        story(mailbox, address, folder.file()).await;
        drop(stop);
    };
    tokio::join!(served, story);
}

async fn connect(address: SocketAddr) -> Smtp {
    let settings = SmtpSettings {
        server: Server {
            host: address.ip().to_string(),
            port: address.port(),
        },
        security: Security::None,
        credentials: None,
        hello: HelloName::parse("shop.example").unwrap(),
        timeouts: Timeouts::default(),
    };
    Smtp::connect(&settings, &Trust::new(None).unwrap())
        .await
        .unwrap()
}

fn to(recipient: &str) -> Envelope {
    Envelope::new("toko@shop.example", recipient).unwrap()
}

async fn send(smtp: &mut Smtp, recipient: &str, message: &[u8]) {
    let found = smtp.send(&to(recipient), message).await;
    assert!(matches!(found, Ok(Outcome::Accepted { .. })), "{found:?}");
}

fn subjects(mails: &[KeptMail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}

/// Says everything at once, closes its side and gives the codes of all answers.
async fn say_all(address: SocketAddr, said: &[u8]) -> Vec<String> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(said).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let last_lines = answers
        .lines()
        .filter(|line| line.as_bytes().get(3) == Some(&b' '));
    last_lines.map(|line| line[..3].to_owned()).collect()
}
