//! `izin demo`: a ready shop in a folder, with a local mailbox, whose first campaign has gone out.
//!
//! Everything in it goes through the product: the same imports, the same gate, the same hand-over
//! over SMTP, here to a mailbox in the same process. Started again, it goes on where it was.

pub(crate) mod fill;
mod folder;
mod shop;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use izin_app::campaign::{self, NewCampaign};
use izin_app::door::{self, Role};
use izin_app::link::{Link, LinkKind};
use izin_app::mailbox::Mailbox;
use izin_app::{App, Clock, Demo as DemoParts, deliver, supervisor};
use izin_core::{Channel, PurposeId};
use izin_store::MessageState;
use tokio::net::TcpListener;

use crate::command::serve;
use crate::exit::Exit;
use crate::io::Io;
use crate::session;
use fill::Source;
use folder::Folder;

/// The mail that the demo sends; also what `izin init` gives a new shop to begin with.
pub(crate) const MAIL: &str = include_str!("../../assets/demo-mail.html");

/// The purpose that the demo's campaigns are for.
const PURPOSE: &str = "marketing";

/// How long the mailbox may still write when the demo stops.
const STOP_WAIT: Duration = Duration::from_secs(5);

const EXAMPLES: &str = "\
Examples:
  izin demo
  izin demo --dir demo2 --port 0 --customers 5000
  izin demo --dir mine --transactions purchases.csv.gz --currency EUR

Its API key stands in DIR/api-key, readable by you alone; a demo that is started again goes on with it.";

/// Make a shop to try everything on, and serve it with a local mailbox
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Demo {
    /// The demo's folder; deleting it removes everything
    #[arg(long, value_name = "DIR", default_value = "izin-demo")]
    pub(crate) dir: PathBuf,
    /// The port of its pages, 0 for any free one [default: that of IZIN_LISTEN, else the one it had,
    /// else 8080]
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Make the shop from a real purchase file (CSV or NDJSON, gzip accepted)
    #[arg(long, value_name = "FILE", conflicts_with = "customers")]
    pub(crate) transactions: Option<PathBuf>,
    /// How many customers a generated shop has
    #[arg(long, value_name = "N", default_value_t = shop::CUSTOMERS_DEFAULT as u64,
          value_parser = clap::value_parser!(u64).range(50..=200_000))]
    pub(crate) customers: u64,
    /// The currency of a real file's prices, as EUR [default: prices without a sign]
    #[arg(long, value_name = "CODE", requires = "transactions")]
    pub(crate) currency: Option<String>,
}

impl Demo {
    fn source(&self) -> anyhow::Result<Source> {
        match &self.transactions {
            Some(file) => {
                std::fs::metadata(file)
                    .with_context(|| format!("cannot read `{}`", file.display()))?;
                Ok(Source::Transactions(file.clone()))
            }
            None => Ok(Source::Generated(usize::try_from(self.customers)?)),
        }
    }
}

/// Makes or continues a demo and serves it until it is stopped.
pub(crate) fn run(demo: &Demo, io: &mut Io) -> anyhow::Result<Exit> {
    let runtime = session::runtime()?;
    let ended = runtime.block_on(make_and_serve(demo, io));
    runtime.shutdown_timeout(STOP_WAIT);
    ended
}

async fn make_and_serve(demo: &Demo, io: &mut Io) -> anyhow::Result<Exit> {
    let source = demo.source()?;
    let folder = Folder::open(demo)?;
    let environment = |name: &str| std::env::var(name).ok();
    let pages = folder.listen(demo.port, &environment).await?;
    let post = TcpListener::bind(("127.0.0.1", 0))
        .await
        .context("no port for the mailbox")?;
    let settings = folder.write(pages.local_addr()?, post.local_addr()?)?;
    let mut app = session::open(settings).await?;
    let mailbox = Mailbox::open(&folder.path("data/mailbox.sqlite"), || Clock::System.now())?;
    supervisor::start("mailbox", mailbox.serve(post, std::future::pending()));
    app.demo = Some(DemoParts {
        mailbox,
        template: MAIL.to_owned(),
    });
    let app = Arc::new(app);
    begin(&app, &source, io).await?;
    let key = api_key(&app, &folder).await?;
    folder.keep_log_key(&app.signer().verifier().to_string())?;
    announce(&app, &folder, &key, io).await?;
    serve::serve(app, pages, serve::Manner::ALONE, |address| {
        io.line(format_args!("ready http://{address}"))?;
        Ok(io.out.flush()?)
    })
    .await?;
    let dir = folder.dir().display();
    io.line(format_args!(
        "stopped; `izin demo --dir {dir}` goes on where it was, deleting `{dir}` removes everything"
    ))?;
    Ok(Exit::Fine)
}

/// The key that an earlier run made, as long as it works; else a new one, kept for the next run.
async fn api_key(app: &App, folder: &Folder) -> anyhow::Result<String> {
    let works = |own: &String| app.door.role(own) == Some(Role::Sender);
    if let Some(kept) = folder.api_key().filter(works) {
        return Ok(kept);
    }
    let key = door::add(app, "demo", Role::Sender).await?;
    folder.keep_api_key(&key)?;
    Ok(key)
}

/// Fills a new shop and sends its first campaign; finishes what an earlier run began.
async fn begin(app: &Arc<App>, source: &Source, io: &mut Io) -> anyhow::Result<()> {
    let told = |done, total| (io.progress)(done, total);
    if app.store.campaigns().await?.is_empty() {
        writeln!(io.err, "making the shop …")?;
        fill::fill(app, source, &told).await?;
        let new = NewCampaign {
            source: MAIL.to_owned(),
            file: "demo-mail.html".to_owned(),
            purpose: PurposeId::parse(PURPOSE)?,
            channel: Channel::Email,
        };
        campaign::begin(app, new).await?;
    }
    for own in app.store.campaigns().await?.into_iter().rev() {
        if own.finished_at.is_none() {
            writeln!(io.err, "sending the campaign …")?;
            deliver::hand_over(app, own.id, &told).await?;
        }
    }
    Ok(())
}

/// What a newcomer needs to go on; `ready` follows when the pages are served.
async fn announce(app: &App, folder: &Folder, key: &str, io: &mut Io) -> anyhow::Result<()> {
    let url = &app.settings.public_url;
    io.line(format_args!("start page   {url}/"))?;
    io.line(format_args!("mailbox      {url}/mailbox"))?;
    if let Some(preferences) = a_customer(app).await? {
        io.line(format_args!("preferences  {preferences}"))?;
    }
    io.line(format_args!("notice       {url}/privacy"))?;
    io.line(format_args!(
        "log key      {}",
        folder.path("log.vkey").display()
    ))?;
    io.line(format_args!("api-key {key}"))?;
    Ok(())
}

/// The preference page of somebody who got the first campaign.
async fn a_customer(app: &App) -> anyhow::Result<Option<String>> {
    let Some(first) = app.store.campaigns().await?.pop() else {
        return Ok(None);
    };
    let sent = app.store.messages(first.id, MessageState::Sent, 1).await?;
    let Some(message) = sent.first() else {
        return Ok(None);
    };
    let identifiers = app.store.identifiers(message.subject).await?;
    let Some(address) = identifiers
        .iter()
        .find(|own| Some(own.id) == message.identifier)
    else {
        return Ok(None);
    };
    let link = Link {
        subject: message.subject,
        address: address.suppression,
        channel: first.channel,
        campaign: first.id,
    };
    Ok(Some(app.url(LinkKind::Preferences, &link)?))
}
