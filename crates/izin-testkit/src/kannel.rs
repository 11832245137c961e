//! A real gateway for text messages, started by tests: Kannel, with its made-up network. What a telephone
//! sends goes through it to a shop, and what the shop answers goes back through it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use crate::postgres::eventually;

/// Its programs: the network's side, the shop's side, a telephone.
const PROGRAMS: [&str; 3] = [
    "/usr/sbin/bearerbox",
    "/usr/sbin/smsbox",
    "/usr/lib/kannel/test/fakesmsc",
];
/// The number that telephones write to, and texts come from.
pub const SHOP: &str = "12345";
/// Whose texts the gateway takes.
pub const NAME: &str = "izin";
/// Their password.
pub const PASSWORD: &str = "made-up";

/// A running gateway; it ends when it is dropped.
pub struct Kannel {
    network: u16,
    send: u16,
    _boxes: [Program; 2],
}

/// A program that is killed when it is dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Whether the programs are missing, said on standard error: the test is skipped then.
///
/// # Panics
/// When they are missing though `IZIN_REQUIRE` names `kannel`.
#[must_use]
pub fn is_missing() -> bool {
    if PROGRAMS.iter().all(|own| Path::new(own).exists()) {
        return false;
    }
    let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|own| own == "kannel");
    assert!(
        !is_required,
        "Kannel is required, with its made-up network (kannel-extras)"
    );
    let told = writeln!(std::io::stderr(), "skipped: no Kannel on this machine");
    told.expect("standard error");
    true
}

impl Kannel {
    /// Starts one in a folder, which passes every text on to `url`, with its name and password in it.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(dir: &Path, url: &str) -> Self {
        let ports = [(); 4].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a free port"));
        let ports = ports.map(|own| own.local_addr().expect("the port").port());
        let [admin, shop, network, send] = ports;
        let settings = dir.join("kannel.conf");
        fs::write(&settings, text(ports, url)).expect("the settings of the gateway");
        let start = |program: &str| {
            let mut command = Command::new(program);
            command.arg("-v").arg("4").arg(&settings);
            let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            Program(child.expect("a program of the gateway"))
        };
        let answers = |port: u16| move || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let [network_box, shop_box, _] = PROGRAMS;
        let network_box = start(network_box);
        eventually("the gateway answers", || {
            answers(admin)() && answers(shop)()
        });
        let shop_box = start(shop_box);
        eventually("the gateway's other half answers", answers(send));
        Self {
            network,
            send,
            _boxes: [network_box, shop_box],
        }
    }

    /// Where a shop posts its texts, with [`NAME`] and [`PASSWORD`].
    #[must_use]
    pub fn send_url(&self) -> String {
        format!("http://127.0.0.1:{}/cgi-bin/sendsms", self.send)
    }

    /// A telephone that sends one text, and stays there for whatever is sent to anybody: the made-up network
    /// knows one at a time, so the one before must be gone.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn sends(&self, from: &str, text: &str) -> Phone {
        let [.., telephone] = PROGRAMS;
        let mut command = Command::new(telephone);
        command.args([
            "-H",
            "127.0.0.1",
            "-r",
            &self.network.to_string(),
            "-m",
            "1",
        ]);
        command.arg(format!("{from} {SHOP} text {text}"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("a telephone");
        let lines = BufReader::new(child.stderr.take().expect("what it says")).lines();
        let (told, heard) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if told.send(line).is_err() {
                    break;
                }
            }
        });
        Phone {
            heard,
            _program: Program(child),
        }
    }
}

/// A telephone of the made-up network.
pub struct Phone {
    heard: Receiver<String>,
    _program: Program,
}

impl Phone {
    /// Waits for a text: to whom, and what it says.
    ///
    /// # Panics
    /// When none comes within a minute.
    #[must_use]
    pub fn gets(&self) -> (String, String) {
        let mut found = None;
        eventually("a text arrives", || {
            // Only the next one: what came with it is for the next look.
            found = self.heard.try_iter().find_map(inside);
            found.is_some()
        });
        found.expect("a text")
    }

    /// Waits for what the text it sent is to do.
    ///
    /// # Panics
    /// When it does not within a minute.
    #[must_use]
    pub fn stays_until(self, is_so: impl FnMut() -> bool) -> Self {
        eventually("a text does what it is to do", is_so);
        self
    }

    /// The texts that arrived since the last look.
    #[must_use]
    pub fn texts(&self) -> Vec<(String, String)> {
        self.heard.try_iter().filter_map(inside).collect()
    }
}

/// The text in a line of a telephone: to whom, and what it says.
fn inside(line: String) -> Option<(String, String)> {
    let (_, text) = line.split_once("Got message ")?;
    let (numbers, text) = text.split_once(" text ")?;
    let (_, to) = numbers.rsplit_once(' ')?;
    let text = text.strip_suffix('>').unwrap_or(text);
    Some((to.to_owned(), text.to_owned()))
}

fn text([admin, shop, network, send]: [u16; 4], url: &str) -> String {
    format!(
        "group = core\n\
         admin-port = {admin}\n\
         admin-password = made-up\n\
         smsbox-port = {shop}\n\
         box-allow-ip = \"127.0.0.1\"\n\
         box-deny-ip = \"*.*.*.*\"\n\n\
         group = smsc\n\
         smsc = fake\n\
         smsc-id = fake\n\
         port = {network}\n\
         connect-allow-ip = 127.0.0.1\n\n\
         group = smsbox\n\
         bearerbox-host = 127.0.0.1\n\
         sendsms-port = {send}\n\
         http-request-retry = 100\n\
         http-queue-delay = 1\n\
         reply-couldnotfetch = \"\"\n\
         reply-couldnotrepresent = \"\"\n\
         reply-requestfailed = \"\"\n\
         reply-emptymessage = \"\"\n\n\
         group = sendsms-user\n\
         username = {NAME}\n\
         password = {PASSWORD}\n\
         max-messages = 3\n\
         concatenation = true\n\n\
         group = sms-service\n\
         keyword = default\n\
         catch-all = true\n\
         post-url = \"{url}\"\n\
         send-sender = true\n\
         omit-empty = true\n\
         max-messages = 1\n"
    )
}
