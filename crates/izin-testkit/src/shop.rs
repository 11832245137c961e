//! A whole shop in a folder of its own: open it, import into it, send from it, restart it.

mod sending;

use std::io::Cursor;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use izin_app::deliver::dkim::Signer;
use izin_app::deliver::smtp::{HelloName, Security, Server, SmtpSettings, Timeouts};
use izin_app::import::{self, ImportError, Kind, Options, Report};
use izin_app::inbound::inbox::Inbox;
use izin_app::link::{Link, LinkKind};
use izin_app::provider::Carriers;
use izin_app::{App, Clock, MailSettings, Settings, StartError, Who, optout};
use izin_core::{
    Act, Channel, Decision, Language, Level, Origin, Policy, RefusalKind, Request, Scope, SubjectId,
};
use izin_store::vault::MasterSource;
use izin_store::{Command, Entropy};

use crate::on_server::OnServer;
use crate::policy::{email, policy, purpose_id};
use crate::world::NOON;
use crate::{MailServer, TempDir, policy_folder};

/// A mail in both languages that shows its items, each with its reason.
pub const TEMPLATE: &str = r#"+++
name = "Promo"
[subject]
id = "Promo dari {{ shop.name }}"
en = "News from {{ shop.name }}"
+++
<ul>{% for item in items %}<li>{{ item.title }}: {{ item.because }}</li>{% endfor %}</ul>
<p><a href="{{ links.opt_out }}">Stop</a> <a href="{{ links.why }}">Why</a></p>
"#;

/// A text in both languages by which one can refuse.
pub const TEXT: &str = r#"+++
name = "Promo"
+++ id
{{ shop.name }}: ada yang baru, {{ name }}. {{ way_out }}
+++ en
{{ shop.name }}: something new, {{ name }}. {{ way_out }}
"#;

/// How long a mail server that does not answer is waited for: shorter than any test's patience.
const FINAL_REPLY: Duration = Duration::from_millis(300);

/// Seeds of another process lie that far from those of the first.
const FAR: u64 = 1_000;

/// One shop. It answers to everything an [`App`] answers to.
pub struct Shop {
    /// The open application; absent only while the shop restarts.
    app: Option<Arc<App>>,
    /// The policy that the next opening reads.
    pub declared: Policy,
    /// The keys with which the next opening signs mail.
    pub signer: Signer,
    /// Who carries texts for the next opening.
    pub carriers: Carriers,
    clock: Clock,
    mail: Option<SocketAddr>,
    opened: u64,
    /// Where the data are when a server keeps them.
    server: Option<OnServer>,
    dir: TempDir,
}

impl Deref for Shop {
    type Target = Arc<App>;

    fn deref(&self) -> &Arc<App> {
        self.app.as_ref().expect("the shop is open")
    }
}

impl Shop {
    /// Opens a new shop that cannot send.
    pub async fn open() -> Self {
        Self::opened(None).await
    }

    /// Opens a new shop that sends through this server.
    pub async fn with_mail(server: &MailServer) -> Self {
        Self::opened(Some(server.address())).await
    }

    async fn opened(mail: Option<SocketAddr>) -> Self {
        let mut shop = Self {
            app: None,
            declared: policy(),
            signer: Signer::default(),
            carriers: Carriers::default(),
            clock: Clock::fixed(NOON),
            mail,
            opened: 0,
            server: OnServer::wanted(),
            dir: TempDir::new(),
        };
        shop.reopen().await;
        shop
    }

    /// Another process of the same shop on its server, whose clock is so many seconds ahead: with a folder and a safe
    /// of its own, and the same master key.
    ///
    /// # Panics
    /// When it does not open, or the shop is in files.
    pub async fn beside(&self, ahead: i64) -> Self {
        const MASTER: &str = "keys/master.key";
        let dir = TempDir::new();
        let keys = dir.path().join("data/keys");
        std::fs::create_dir_all(keys).expect("a folder for the keys");
        let copy = dir.path().join("data").join(MASTER);
        std::fs::copy(self.data_folder().join(MASTER), copy).expect("a copy of the master key");
        let mut beside = Self {
            app: None,
            signer: self.signer.clone(),
            carriers: self.carriers.clone(),
            declared: self.declared.clone(),
            clock: Clock::fixed(self.clock.now().plus_seconds(ahead)),
            mail: self.mail,
            opened: self.opened + FAR + ahead.unsigned_abs() * 2 + u64::from(ahead < 0),
            server: Some(self.server.clone().expect("a shop on a server")),
            dir,
        };
        beside.reopen().await;
        beside
    }

    /// Closes the shop as a crash would, without a goodbye, and opens it again.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn reopen(&mut self) {
        self.try_reopen().await.expect("the shop opens");
    }

    /// As [`Shop::reopen`], for shops that may not open.
    ///
    /// # Errors
    /// Why it did not open.
    pub async fn try_reopen(&mut self) -> Result<(), StartError> {
        self.app = None;
        policy_folder::write(&self.declared, &self.policy_folder());
        self.opened += 1;
        // Another seed each time: a seeded stream begins anew and would give the same ids twice.
        let entropy = Entropy::seeded(self.opened);
        let opened = App::open(self.settings(), self.clock.clone(), entropy).await?;
        self.app = Some(Arc::new(opened));
        Ok(())
    }

    /// Closes it, so that its files can be looked at.
    pub fn close(&mut self) {
        self.app = None;
    }

    /// Where the data are when a server keeps them.
    #[must_use]
    pub const fn server(&self) -> Option<&OnServer> {
        self.server.as_ref()
    }

    /// The data folder.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A path beside the data folder, for what a test writes.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn policy_folder(&self) -> PathBuf {
        self.path("policy")
    }

    fn settings(&self) -> Settings {
        Settings {
            data: self.data_folder(),
            safe: self.path("safe"),
            master: MasterSource::File,
            servers: self.server.as_ref().map(OnServer::servers),
            policy: self.policy_folder(),
            public_url: "https://izin.toko.example".to_owned(),
            log_origin: "izin.toko.example/log".to_owned(),
            currency: "IDR".to_owned(),
            carriers: self.carriers.clone(),
            providers: Default::default(),
            inbox: Inbox::new("izin@in.toko.example", None).ok(),
            mail: self.mail.map(|own| MailSettings {
                dkim: self.signer.clone(),
                ..mail_settings(own)
            }),
        }
    }

    /// Lets days pass.
    pub fn wait_days(&self, days: i64) {
        self.clock.set(self.clock.now().plus_days(days));
    }

    /// Imports a file and expects it to be taken.
    ///
    /// # Panics
    /// When the file is refused.
    pub async fn import(&self, kind: Kind, file: &str) -> Report {
        let report = self.try_import(kind, file.as_bytes(), false).await;
        report.expect("the file is imported")
    }

    /// Imports a file, or says what an import would do.
    ///
    /// # Errors
    /// Why the file was refused.
    pub async fn try_import(
        &self,
        kind: Kind,
        file: &[u8],
        dry_run: bool,
    ) -> Result<Report, ImportError> {
        let options = Options {
            map: Vec::new(),
            leave_out: Vec::new(),
            dry_run,
            rejects: self.path("rejects.csv"),
            language: Language::En,
        };
        let source = Box::new(Cursor::new(file.to_vec()));
        import::run(self, kind, source, options, &|_, _| {}).await
    }

    /// Makes people who agreed to marketing by e-mail, with evidence.
    pub async fn consented(&self, addresses: &[&str]) {
        let mut file = "email,consent_marketing_email,consent_evidence\n".to_owned();
        for address in addresses {
            file.push_str(&format!("{address},yes,sign-up form\n"));
        }
        self.import(Kind::Contacts, &file).await;
    }

    /// May marketing go to this address by e-mail?
    #[must_use]
    pub fn ask(&self, address: &str) -> Decision {
        self.ask_about(address, "marketing", Channel::Email)
    }

    /// May this purpose reach whoever holds this address?
    #[must_use]
    pub fn ask_about(&self, address: &str, purpose: &str, channel: Channel) -> Decision {
        let request = Request::of(purpose_id(purpose), channel);
        self.decide(&Who::Identifier(email(address)), &request)
    }

    /// Enters that the person with this address turned the dial up, proved by a code.
    ///
    /// # Panics
    /// When it could not be entered.
    pub async fn raise_dial(&self, address: &str, level: Level) {
        let act = Act::DialMoved {
            level,
            origin: Origin::Page,
            step_up: true,
            too_personal: false,
        };
        let command = Command::Act {
            subject: Some(self.person(address)),
            act,
            detail: None,
        };
        let now = self.clock.now();
        self.store
            .record(vec![command], now)
            .await
            .expect("it is durable");
    }

    /// Enters that whoever holds this address wants no more e-mail.
    ///
    /// # Panics
    /// When it could not be entered.
    pub async fn opt_out(&self, address: &str) {
        let refusal = (
            email(address),
            RefusalKind::OptedOut,
            Scope::channel(Channel::Email),
            self.clock.now(),
        );
        let entered = optout::suppress(self, vec![refusal], Origin::Agent);
        entered.await.expect("the opt-out is entered");
    }

    /// The one person who holds an address.
    ///
    /// # Panics
    /// When it is not exactly one.
    #[must_use]
    pub fn person(&self, address: &str) -> SubjectId {
        let holders = self.gate.holders(&email(address));
        assert_eq!(holders.len(), 1, "people who hold the address");
        *holders.first().expect("somebody")
    }

    /// What a link's address stands for.
    ///
    /// # Panics
    /// When it is not a link of this kind and shop.
    #[must_use]
    pub fn link(&self, kind: LinkKind, url: &str) -> Link {
        let start = format!("https://izin.toko.example{}", kind.path());
        let token = url.strip_prefix(&start).expect("an address of this shop");
        self.links.open(kind, token).expect("a link of this shop")
    }

    /// Presses the one-click address of a mail.
    ///
    /// # Panics
    /// When it could not be entered.
    pub async fn press(&self, url: &str) -> optout::OptedOut {
        let link = self.link(LinkKind::OptOut, url);
        let scope = Scope::channel(link.channel);
        let opted_out = optout::by_link(self, &link, scope, Origin::OneClick);
        opted_out.await.expect("the opt-out is entered")
    }
}

fn mail_settings(server: SocketAddr) -> MailSettings {
    MailSettings {
        smtp: SmtpSettings {
            server: Server {
                host: server.ip().to_string(),
                port: server.port(),
            },
            security: Security::None,
            credentials: None,
            hello: HelloName::parse("toko.example").expect("a host name"),
            timeouts: Timeouts {
                final_reply: FINAL_REPLY,
                ..Timeouts::default()
            },
        },
        from_address: "promo@toko.example".to_owned(),
        from_name: "Toko Melati".to_owned(),
        dkim: Signer::default(),
    }
}
