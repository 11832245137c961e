//! A real mail server for tests, started by them: Postfix, with everything of its own in a folder. It keeps
//! mail for some people, gives mail for another domain to a command, and lets nothing leave this machine.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::postgres::eventually;

/// The domain whose mail it keeps.
pub const DOMAIN: &str = "pelanggan.example";
/// The domain whose mail it gives to a command.
pub const PIPED: &str = "in.toko.example";
/// Whom the command runs as, and who keeps the mail: nobody.
pub const NOBODY: u32 = 65_534;

const PROGRAM: &str = "/usr/sbin/postfix";

/// What each of its programs is; none is shut into a folder of its own, and none sends mail away.
const PROGRAMS: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// A running server; it ends when it is dropped.
pub struct Postfix {
    dir: PathBuf,
    address: SocketAddr,
}

/// Whether the program is missing or may not be started, said on standard error: the test is skipped then.
///
/// # Panics
/// When it is missing though `IZIN_REQUIRE` names `postfix`.
#[must_use]
pub fn is_missing() -> bool {
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if is_root && Path::new(PROGRAM).exists() {
        return false;
    }
    let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|own| own == "postfix");
    assert!(!is_required, "Postfix is required, and root to start it");
    let told = writeln!(
        std::io::stderr(),
        "skipped: no Postfix that this test may start"
    );
    told.expect("standard error");
    true
}

impl Postfix {
    /// Starts one in an empty folder. It keeps mail for `people` of [`DOMAIN`], bounces it for all others
    /// there, and gives mail for [`PIPED`] to `command`, in which `${recipient}` is whom it came for.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(dir: &Path, people: &[&str], command: &str) -> Self {
        for folder in ["etc", "queue", "data", "mail"] {
            fs::create_dir_all(dir.join(folder)).expect("a folder of the mail server");
        }
        chown(dir.join("mail"), Some(NOBODY), Some(NOBODY)).expect("the folder for mail");
        let owner = Command::new("chown")
            .arg("postfix")
            .arg(dir.join("data"))
            .status();
        assert!(
            owner.is_ok_and(|own| own.success()),
            "the mail server's own folder"
        );
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = free.local_addr().expect("the port");
        drop(free);
        let write = |name: &str, text: String| {
            fs::write(dir.join("etc").join(name), text).expect("a setting of the mail server");
        };
        write("main.cf", settings(dir));
        write(
            "master.cf",
            format!(
                "{address} inet n - n - - smtpd\n{PROGRAMS}\
                 izin unix - n n - - pipe flags=q user=nobody argv={command}\n"
            ),
        );
        let boxes = people.iter().map(|own| format!("{own}@{DOMAIN} {own}/\n"));
        write("mailboxes", boxes.collect());
        write("transport", format!("{PIPED} izin:\n"));
        let own = Self {
            dir: dir.to_owned(),
            address,
        };
        own.postfix(&["start"]);
        eventually("the mail server answers", || {
            TcpStream::connect(address).is_ok()
        });
        own
    }

    /// Where it takes mail.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The mail that somebody has.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn mails(&self, person: &str) -> Vec<String> {
        let Ok(folder) = fs::read_dir(self.dir.join("mail").join(person).join("new")) else {
            return Vec::new();
        };
        let read = |own: std::io::Result<fs::DirEntry>| {
            fs::read_to_string(own.expect("a mail").path()).expect("a mail in ASCII")
        };
        folder.map(read).collect()
    }

    /// What it wrote about its work.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    /// Tries what it could not deliver again.
    ///
    /// # Panics
    /// When it does not listen.
    pub fn try_again(&self) {
        self.postfix(&["flush"]);
    }

    fn postfix(&self, words: &[&str]) {
        let mut command = Command::new(PROGRAM);
        command.arg("-c").arg(self.dir.join("etc")).args(words);
        let ended = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(
            ended.is_ok_and(|own| own.success()),
            "postfix {words:?}: {}",
            self.log()
        );
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let mut stop = Command::new(PROGRAM);
        stop.arg("-c").arg(self.dir.join("etc")).arg("stop");
        // The test has its result; a server that does not stop is seen by whoever looks at processes.
        drop(stop.stdout(Stdio::null()).stderr(Stdio::null()).status());
    }
}

fn settings(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        "compatibility_level = 3.6\n\
         queue_directory = {dir}/queue\n\
         data_directory = {dir}/data\n\
         mail_owner = postfix\n\
         setgid_group = postdrop\n\
         maillog_file = {dir}/log\n\
         maillog_file_prefixes = {dir}\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         mynetworks = 127.0.0.0/8\n\
         myhostname = mx.{DOMAIN}\n\
         mydestination =\n\
         local_recipient_maps =\n\
         alias_maps =\n\
         alias_database =\n\
         virtual_mailbox_domains = {DOMAIN}\n\
         virtual_mailbox_base = {dir}/mail\n\
         virtual_mailbox_maps = texthash:{dir}/etc/mailboxes\n\
         virtual_uid_maps = static:{NOBODY}\n\
         virtual_gid_maps = static:{NOBODY}\n\
         smtpd_reject_unlisted_recipient = no\n\
         smtpd_recipient_restrictions = permit_mynetworks, reject\n\
         relay_domains = {PIPED}\n\
         transport_maps = texthash:{dir}/etc/transport\n\
         default_transport = error:nothing leaves this machine\n\
         izin_destination_recipient_limit = 1\n"
    )
}
