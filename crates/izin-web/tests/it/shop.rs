//! A made-up shop behind the real doors, and what a test sends to it.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use izin_app::app::Demo;
use izin_app::deliver::dkim::Signer;
use izin_app::deliver::smtp::{HelloName, Security, Server, SmtpSettings, Timeouts};
use izin_app::door::{self, Role};
use izin_app::link::{Link, LinkKind};
use izin_app::mailbox::Mailbox;
use izin_app::provider::{Carriers, Providers};
use izin_app::{App, Clock, MailSettings, Settings};
use izin_core::policy::{Class, DpiaId, Policy, Purpose, Sender, Text};
use izin_core::{Channel, Identifier, Language, Level, Timestamp};
use izin_store::Entropy;
use izin_store::vault::MasterSource;
use izin_testkit::{OnServer, TempDir, policy, policy_folder};
use izin_web::Doors;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::providers::{inbox, providers};

pub(crate) const NOON: &str = "2026-11-21T05:00:00Z";
pub(crate) const BUDI: &str = "budi@example.com";

/// Name, class, channels and titles of every purpose.
type Declared = (&'static str, Class, &'static [Channel], [&'static str; 2]);

const PURPOSES: [Declared; 4] = [
    (
        "marketing",
        Class::Marketing,
        &[Channel::Email, Channel::Whatsapp],
        ["Kabar dan penawaran", "News and offers"],
    ),
    (
        "picks",
        Class::Personalisation,
        &[Channel::Email],
        ["Pilihan untuk Anda", "Picks for you"],
    ),
    (
        "orders",
        Class::Essential,
        &[Channel::Email],
        ["Pesanan Anda", "Your orders"],
    ),
    (
        "counts",
        Class::AggregateStatistics,
        &[Channel::Site],
        ["Statistik toko", "Shop statistics"],
    ),
];

const TEMPLATE: &str = r#"+++
name = "Promo"
[subject]
id = "Promo dari {{ shop.name }}"
en = "News from {{ shop.name }}"
+++
<html><head><title>x</title></head><body><p>Halo</p>
<p><a href="{{ links.opt_out }}">Stop</a> <a href="{{ links.preferences }}">Choose</a> <a href="{{ links.why }}">Why</a></p>
</body></html>
"#;

pub(crate) struct Shop {
    pub(crate) app: Arc<App>,
    pub(crate) doors: Doors,
    pub(crate) sender: String,
    pub(crate) reader: String,
    pub(crate) officer: String,
    pub(crate) dir: TempDir,
    /// Where the data are when a server keeps them.
    pub(crate) server: Option<OnServer>,
    /// Where the demo's mail arrives.
    pub(crate) post: Option<TcpListener>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |own| own.to_str().unwrap())
    }

    /// Status and code of a problem, which is checked to be a whole one.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String) {
        let problem = self.json();
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(problem["title"].as_str().is_some_and(|own| !own.is_empty()));
        (
            self.status.as_u16(),
            problem["code"].as_str().unwrap().to_owned(),
        )
    }
}

/// A request to be sent, without a body yet.
pub(crate) struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

pub(crate) fn ask(method: &str, path: &str) -> Ask {
    Ask {
        method: method.parse().unwrap(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

impl Ask {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.with("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(crate) fn form(self, body: &str) -> Self {
        self.body("application/x-www-form-urlencoded", body)
    }

    pub(crate) fn body(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut own = self.with("content-type", kind);
        own.body = body.into();
        own
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A shop whose policy is changed before it is published.
    pub(crate) async fn with(change: impl FnOnce(&mut Policy)) -> Self {
        Self::opened((false, providers(), Carriers::default()), change).await
    }

    /// A shop that these providers may post to.
    pub(crate) async fn with_providers(providers: Providers) -> Self {
        Self::opened((false, providers, Carriers::default()), |_| {}).await
    }

    /// A shop whose texts these carry.
    pub(crate) async fn with_carriers(carriers: Carriers) -> Self {
        Self::opened((false, providers(), carriers), |_| {}).await
    }

    /// A shop that sends each person one message in a week.
    pub(crate) async fn capped() -> Self {
        Self::with(|policy: &mut Policy| {
            let cap = json!({"id": "weekly", "limit": {"at_most": 1, "within": "7d"}});
            policy.caps.push(serde_json::from_value(cap).unwrap());
        })
        .await
    }

    /// A shop that is a demo: mail goes to its own mailbox.
    pub(crate) async fn demo() -> Self {
        Self::opened((true, providers(), Carriers::default()), |_| {}).await
    }

    async fn opened(
        (demo, providers, carriers): (bool, Providers, Carriers),
        change: impl FnOnce(&mut Policy),
    ) -> Self {
        let dir = TempDir::new();
        let server = OnServer::wanted();
        let mut declared = declared();
        change(&mut declared);
        policy_folder::write(&declared, &dir.path().join("policy"));
        let post = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let settings = Settings {
            data: dir.path().join("data"),
            safe: dir.path().join("safe"),
            master: MasterSource::File,
            servers: server.as_ref().map(OnServer::servers),
            policy: dir.path().join("policy"),
            public_url: "https://izin.toko.example".to_owned(),
            log_origin: "izin.toko.example/log".to_owned(),
            currency: "IDR".to_owned(),
            carriers,
            providers,
            inbox: (!demo).then(inbox),
            mail: demo.then(|| mail_settings(&post)),
        };
        let clock = Clock::fixed(Timestamp::parse(NOON).unwrap());
        let mut app = App::open(settings, clock, Entropy::seeded(1))
            .await
            .unwrap();
        if demo {
            let box_file = dir.path().join("mailbox.sqlite");
            let mailbox = Mailbox::open(&box_file, || Timestamp::parse(NOON).unwrap()).unwrap();
            let template = TEMPLATE.to_owned();
            app.demo = Some(Demo { mailbox, template });
        }
        let app = Arc::new(app);
        Self {
            doors: Doors::of(Arc::clone(&app)),
            sender: door::add(&app, "shop", Role::Sender).await.unwrap(),
            reader: door::add(&app, "eyes", Role::Reader).await.unwrap(),
            officer: door::add(&app, "officer", Role::Dpo).await.unwrap(),
            post: demo.then_some(post),
            app,
            server,
            dir,
        }
    }

    pub(crate) async fn send(&self, ask: Ask) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(ask.body)).unwrap();
        let Ok(response) = self.doors.answer(request).await;
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(ask("GET", path)).await
    }

    pub(crate) async fn act(&self, act: &Value) -> Answer {
        self.send(ask("POST", "/v1/acts").key(&self.sender).json(act))
            .await
    }

    /// Posts JSON with a key.
    pub(crate) async fn post(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.send(ask("POST", path).key(key).json(body)).await
    }

    /// The decision about an address, marketing by e-mail.
    pub(crate) async fn decide(&self, email: &str) -> Value {
        let body = question(email);
        let ask = ask("POST", "/v1/decisions").key(&self.reader).json(&body);
        self.send(ask).await.json()
    }

    /// Somebody who agreed to marketing by e-mail, and the link in a message to them.
    pub(crate) async fn customer(&self, email: &str) -> Link {
        let consent = json!({
            "subject": {"email": email}, "act": "consent", "channel": "email",
            "purpose": "marketing", "source": "checkout", "detail": "yes to news",
            "notice": 1, "language": "en"
        });
        let answer = self.act(&consent).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["lacking"], Value::Null, "{}", answer.text());
        let identifier = Identifier::email(email).unwrap();
        Link {
            subject: self.app.gate.holders(&identifier)[0],
            address: self.app.store.hasher().suppression(&identifier),
            channel: Channel::Email,
            campaign: 0,
        }
    }

    pub(crate) fn path(&self, kind: LinkKind, link: &Link) -> String {
        format!(
            "{}{}",
            kind.path(),
            self.app.links.seal(kind, link).unwrap()
        )
    }

    /// How many entries the ledger has.
    pub(crate) async fn entries(&self) -> u64 {
        self.app.store.head().await.unwrap().size
    }

    /// Takes the ledger's table away, as a broken disk would.
    pub(crate) fn break_store(&self) {
        self.take_away(&["entries"]);
    }

    /// A file in the safe of the shop.
    pub(crate) fn in_safe(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("safe").join(name)
    }

    /// Takes tables away under the running shop.
    pub(crate) fn take_away(&self, tables: &[&str]) {
        for table in tables {
            let rename = format!("alter table {table} rename to {table}_gone");
            if let Some(server) = &self.server {
                server.sql(&rename);
                continue;
            }
            let file = self.dir.path().join("data/izin.sqlite");
            let db = rusqlite::Connection::open(file).unwrap();
            db.execute_batch(&rename).unwrap();
        }
    }
}

pub(crate) fn question(email: &str) -> Value {
    json!({"subject": {"email": email}, "channel": "email", "purpose": "marketing"})
}

fn mail_settings(post: &TcpListener) -> MailSettings {
    let address = post.local_addr().unwrap();
    MailSettings {
        smtp: SmtpSettings {
            server: Server {
                host: address.ip().to_string(),
                port: address.port(),
            },
            security: Security::None,
            credentials: None,
            hello: HelloName::parse("toko.example").unwrap(),
            timeouts: Timeouts::default(),
        },
        from_address: "promo@toko.example".to_owned(),
        from_name: "Toko Melati".to_owned(),
        dkim: Signer::default(),
    }
}

/// The policy of the made-up shop.
fn declared() -> Policy {
    let purpose = |(id, class, channels, [title_id, title_en]): Declared| {
        let title = Text {
            id: title_id.to_owned(),
            en: title_en.to_owned(),
        };
        Purpose {
            title: title.clone(),
            explanation: title,
            highest_level: Level::Purchases,
            dpia: Some(DpiaId::parse("profiling").unwrap()),
            retention_days: 730,
            ..policy::purpose(id, class, channels)
        }
    };
    let mut controller = policy::controller();
    controller.languages = vec![Language::Id, Language::En];
    let mut senders = policy::policy().senders;
    senders.extend(senders.first().cloned().map(|own| Sender {
        channel: Channel::Whatsapp,
        ..own
    }));
    Policy {
        controller,
        senders,
        purposes: PURPOSES.map(purpose).to_vec(),
        topics: Vec::new(),
        ..policy::policy()
    }
}
