//! What a whole campaign costs: a shop's purchases taken in, everybody decided, queued, made and
//! handed to a local mailbox, against the raw speed of that mailbox in the same run.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use izin_app::campaign::{self, NewCampaign};
use izin_app::deliver::dkim::Signer;
use izin_app::deliver::smtp::{
    Envelope, HelloName, Outcome, Security, Server, Smtp, SmtpSettings, Timeouts, Trust,
};
use izin_app::import::{self, Kind, Options};
use izin_app::mailbox::{MailId, Mailbox};
use izin_app::{App, Clock, MailSettings, Settings, deliver, supervisor};
use izin_core::{Channel, Language, PurposeId};
use izin_store::Entropy;
use izin_store::vault::MasterSource;
use tokio::net::TcpListener;

use super::{Better, Figure, wire};
use crate::demo::fill::{self, Source};

/// Connections of the raw sender: as many as the hand-over uses.
const RAW_CONNECTIONS: usize = 4;

/// Runs the bench in `dir`, an empty folder, and answers its figures.
pub(super) async fn run(dir: &Path, source: &Source) -> anyhow::Result<Vec<Figure>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    std::fs::create_dir_all(dir.join("data"))?;
    let mailbox = Mailbox::open(&dir.join("mailbox.sqlite"), || Clock::System.now())?;
    supervisor::start("mailbox", mailbox.serve(listener, std::future::pending()));
    let app = open(dir, address, Signer::default()).await?;

    let mut figures = Vec::new();
    let started = Instant::now();
    fill::fill(&app, source, &|_, _| {}).await?;
    figures.push(seconds("fill", started, None));
    if let Source::Transactions(path) = source {
        figures.push(import_alone(dir, address, path).await?);
    }

    let started = Instant::now();
    let standing = send(&app).await?;
    figures.push(seconds("campaign", started, Some(10.0)));
    let sent = standing.sent as f64;
    let rate = sent / started.elapsed().as_secs_f64();
    figures.push(Figure::new(
        "campaign_considered",
        standing.considered as f64,
        "people",
    ));
    figures.push(Figure::new("campaign_sent", sent, "messages"));
    figures.push(Figure::new("campaign_rate", rate, "messages/s"));

    let raw = raw_rate(&mailbox, address, (standing.sent, None)).await?;
    figures.push(Figure::new("raw_smtp_rate", raw, "messages/s"));
    let share = Figure::new("campaign_share_of_raw", rate / raw, "ratio");
    figures.push(
        share
            .must(0.25)
            .bold(0.5)
            .peer("raw pipelined SMTP to the same mailbox"),
    );
    figures.extend(signed(dir, (&mailbox, address), source).await?);
    Ok(figures)
}

/// The same campaign with each mail signed, beside the raw speed of the same mailbox where each mail costs
/// one bare signature: the mailbox shares the machine, so that nothing could be faster than that.
async fn signed(
    dir: &Path,
    (mailbox, address): (&Mailbox, SocketAddr),
    source: &Source,
) -> anyhow::Result<[Figure; 3]> {
    let own = dir.join("signed");
    std::fs::create_dir_all(own.join("data"))?;
    let (pair, signer) = wire::signer()?;
    let app = open(&own, address, signer).await?;
    fill::fill(&app, source, &|_, _| {}).await?;
    let started = Instant::now();
    let sent = send(&app).await?.sent;
    let rate = sent as f64 / started.elapsed().as_secs_f64();
    let ceiling = raw_rate(mailbox, address, (sent, Some(Arc::new(pair)))).await?;
    let share = Figure::new("campaign_signed_share_of_signing", rate / ceiling, "ratio");
    Ok([
        Figure::new("campaign_signed_rate", rate, "messages/s"),
        Figure::new("raw_signed_smtp_rate", ceiling, "messages/s"),
        share
            .must(0.75)
            .bold(0.95)
            .peer("raw pipelined SMTP to the same mailbox with a bare RSA-2048 signature each"),
    ])
}

/// A shop that sends to an address and signs.
async fn open(dir: &Path, address: SocketAddr, dkim: Signer) -> anyhow::Result<Arc<App>> {
    let settings = settings(dir, address, dkim)?;
    let app = App::open(settings, Clock::System, Entropy::System).await?;
    Ok(Arc::new(app))
}

/// The purchase file into a store of its own, by itself.
async fn import_alone(dir: &Path, smtp: SocketAddr, file: &Path) -> anyhow::Result<Figure> {
    let own = dir.join("import");
    std::fs::create_dir_all(&own)?;
    let app = open(&own, smtp, Signer::default()).await?;
    let options = Options {
        map: Vec::new(),
        leave_out: Vec::new(),
        dry_run: false,
        rejects: own.join("rejects.csv"),
        language: Language::En,
    };
    let started = Instant::now();
    let source = Box::new(std::fs::File::open(file)?);
    let report = import::run(&app, Kind::Purchases, source, options, &|_, _| {}).await?;
    anyhow::ensure!(
        report.rejected == 0,
        "{} rows were rejected",
        report.rejected
    );
    Ok(seconds("import_purchases", started, Some(10.0)))
}

async fn send(app: &Arc<App>) -> anyhow::Result<campaign::Standing> {
    let new = NewCampaign {
        source: crate::demo::MAIL.to_owned(),
        file: "demo-mail.html".to_owned(),
        purpose: PurposeId::parse("marketing")?,
        channel: Channel::Email,
    };
    let id = campaign::begin(app, new).await?;
    deliver::hand_over(app, id, &|_, _| {}).await?;
    Ok(campaign::standing(app, id).await?)
}

/// Messages a second when ready-made mails of the same size go to the same mailbox; where there is a key,
/// each after a signature that nobody uses.
async fn raw_rate(
    mailbox: &Mailbox,
    address: SocketAddr,
    (count, key): (u64, Option<Arc<RsaKeyPair>>),
) -> anyhow::Result<f64> {
    let first = mailbox
        .raw(MailId(1))?
        .context("the campaign sent nothing")?;
    let message: Arc<[u8]> = first.into();
    let each = usize::try_from(count)? / RAW_CONNECTIONS + 1;
    let senders = (0..RAW_CONNECTIONS).map(|_| {
        let (message, key) = (Arc::clone(&message), key.clone());
        async move { raw_send(address, &message, (each, key.as_deref())).await }
    });
    let started = Instant::now();
    let sent = supervisor::side_by_side(senders).await;
    let took = started.elapsed().as_secs_f64();
    sent.into_iter().collect::<anyhow::Result<()>>()?;
    Ok((each * RAW_CONNECTIONS) as f64 / took)
}

async fn raw_send(
    address: SocketAddr,
    message: &[u8],
    (count, key): (usize, Option<&RsaKeyPair>),
) -> anyhow::Result<()> {
    let mut smtp = Smtp::connect(&smtp(address)?, &Trust::new(None)?).await?;
    let envelope = Envelope::new("bench@toko.example", "bench@pelanggan.example")?;
    let (random, mut signature) = (SystemRandom::new(), Vec::new());
    for _ in 0..count {
        if let Some(key) = key {
            signature.resize(key.public_modulus_len(), 0);
            key.sign(&RSA_PKCS1_SHA256, &random, b"a header", &mut signature)
                .context("a signature could not be made")?;
        }
        let outcome = smtp.send(&envelope, message).await?;
        anyhow::ensure!(
            matches!(outcome, Outcome::Accepted { .. }),
            "the mailbox refused"
        );
    }
    smtp.quit().await;
    Ok(())
}

fn settings(dir: &Path, address: SocketAddr, dkim: Signer) -> anyhow::Result<Settings> {
    let policy = dir.join("policy");
    crate::command::init::write_policy(&policy, Language::En)?;
    Ok(Settings {
        data: dir.join("data"),
        safe: dir.join("safe"),
        master: MasterSource::File,
        servers: None,
        policy,
        public_url: "http://127.0.0.1:1".into(),
        log_origin: "bench.example".into(),
        currency: "IDR".into(),
        carriers: Default::default(),
        providers: Default::default(),
        inbox: None,
        mail: Some(MailSettings {
            smtp: smtp(address)?,
            from_address: "promo@toko.example".into(),
            from_name: "Toko Contoh".into(),
            dkim,
        }),
    })
}

fn smtp(address: SocketAddr) -> anyhow::Result<SmtpSettings> {
    Ok(SmtpSettings {
        server: Server {
            host: address.ip().to_string(),
            port: address.port(),
        },
        security: Security::None,
        credentials: None,
        hello: HelloName::parse("localhost")?,
        timeouts: Timeouts::default(),
    })
}

fn seconds(name: &'static str, started: Instant, must: Option<f64>) -> Figure {
    let figure = Figure::new(name, started.elapsed().as_secs_f64(), "s").better(Better::Lower);
    match must {
        Some(must) => figure.must(must),
        None => figure,
    }
}
