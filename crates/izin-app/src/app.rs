//! The running application: one store, one gate, one policy, and the ports.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use izin_core::window::Window;
use izin_core::{Channel, Decision, Policy, PurposeId, Request, Seq, SubjectId, Timestamp};
use izin_log::key::KeyError;
use izin_store::vault::{Key, MasterSource};
use izin_store::{Line, Owner, Place, Servers, Store, StoreError};

use crate::audit::{SafeError, Signing};
use crate::clock::Clock;
use crate::deliver::Unsettled;
use crate::deliver::dkim::Signer;
use crate::deliver::smtp::SmtpSettings;
use crate::door::Doorkeeper;
use crate::gate::{Gate, Who};
use crate::inbound::inbox::Inbox;
use crate::link::{Link, LinkKind, Links};
use crate::mailbox::Mailbox;
use crate::others::Others;
use crate::policy::{self, PolicyError};
use crate::provider::{Carriers, Providers};
use crate::publish::{self, InForce};
use crate::restart::{self, Saved};
use crate::{announce, queue};

/// What the operator set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// The folder outside of it that notices when it is lost, full or older than it was: the journal
    /// of refusals and the last signed checkpoint.
    pub safe: PathBuf,
    /// Where the master key comes from.
    pub master: MasterSource,
    /// PostgreSQL servers that keep the data; absent: files in the data directory do.
    pub servers: Option<Servers>,
    /// The policy folder.
    pub policy: PathBuf,
    /// The address under which customers reach us, without a slash at the end.
    pub public_url: String,
    /// The name of the log, as it stands in checkpoints; one that was signed keeps its name.
    pub log_origin: String,
    /// ISO 4217 code of the shop's prices; empty when unknown.
    pub currency: String,
    /// How mail leaves; absent: campaigns cannot be sent by e-mail.
    pub mail: Option<MailSettings>,
    /// Who carries texts.
    pub carriers: Carriers,
    /// Who may post to us.
    pub providers: Providers,
    /// Where mail for Izin arrives; absent: it takes none, and its messages name no such address.
    pub inbox: Option<Inbox>,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The mail server.
    pub smtp: SmtpSettings,
    /// The address messages come from.
    pub from_address: String,
    /// The name messages come from.
    pub from_name: String,
    /// The keys with which the shop signs them.
    pub dkim: Signer,
}

/// What a demo has besides a shop.
pub struct Demo {
    /// The local mailbox that every message goes to.
    pub mailbox: Mailbox,
    /// The source of the template that *Send the next campaign* sends.
    pub template: String,
}

/// The gate was asked as of a moment for which no policy in force speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is before the policy in force took effect ({0}); ask as of then or later")]
pub struct BeforePolicy(pub Timestamp);

/// Why the application could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The name of the log.
    #[error("the log cannot be called `{0}`: {1}")]
    LogName(String, KeyError),
    /// The folder for what must outlive a restore.
    #[error(transparent)]
    Safe(#[from] SafeError),
}

/// Everything a use case needs.
pub struct App {
    /// What the operator set.
    pub settings: Settings,
    /// The store.
    pub store: Store,
    /// The gate over it.
    pub gate: Arc<Gate>,
    pub(crate) saved: Saved,
    in_force: ArcSwap<InForce>,
    /// Time.
    pub clock: Clock,
    /// Knows which API keys work.
    pub door: Doorkeeper,
    /// Links in messages.
    pub links: Links,
    /// Hashes calls that may be repeated: what they hold is not to be guessed from what is kept of them.
    pub repeats: Key,
    pub(crate) signing: Signing,
    pub(crate) others: Arc<Others>,
    /// What a demo has besides; absent in a shop.
    pub demo: Option<Demo>,
    /// Rung when a campaign was queued, so that its hand-over begins at once.
    pub queued: tokio::sync::Notify,
    stopping: AtomicBool,
    pub(crate) unsettled: Unsettled,
    /// What is recommended, trained from what is kept.
    pub shelf: crate::recommend::Shelf,
}

impl App {
    /// Opens the store as a server does when it starts: [`App::open_as_it_stands`], then what the
    /// policy's folder changed is taken up where nobody has to be told of it.
    ///
    /// # Errors
    /// [`StartError`]; [`StoreError::Owned`] when another process owns the directory.
    pub async fn open(
        settings: Settings,
        clock: Clock,
        entropy: izin_store::Entropy,
    ) -> Result<Self, StartError> {
        let declared = policy::read(&settings.policy, clock.now())?;
        let app = Self::open_as_it_stands(settings, clock, entropy).await?;
        publish::take_up(&app, declared).await?;
        Ok(app)
    }

    /// Opens the store as its owner, folds the ledger into the gate and goes by the policy in
    /// force. Publishes nothing: the folder is read only where no policy is in force yet, and counts
    /// as version 0 then.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_as_it_stands(
        settings: Settings,
        clock: Clock,
        entropy: izin_store::Entropy,
    ) -> Result<Self, StartError> {
        let now = clock.now();
        let owner = Owner::take(&settings.data)?;
        let place = Place {
            dir: &settings.data,
            safe: &settings.safe,
            master: &settings.master,
            servers: settings.servers.as_ref(),
        };
        let mut store = Store::open(place, owner, entropy.clone())?;
        let heard_before = store.heard()?;
        let (gate, saved) = restart::gate(&store)?;
        let gate = Arc::new(gate);
        let told = Arc::clone(&gate);
        let others = Arc::new(Others::default());
        let heard = Arc::clone(&others);
        store.subscribe(move |committed| {
            told.apply(committed);
            heard.look_at(committed);
        });
        let heard = Arc::clone(&others);
        store.subscribe_doors(move || heard.doors.notify_one());
        let told = Arc::clone(&gate);
        store.subscribe_moved(move |moved| told.follow(moved));
        let told = Arc::clone(&gate);
        store.subscribe_owed(move |owed| told.owe(owed));
        listen_to_sends(&store, &gate, now)?;
        let next = gate.seq().map_or(Seq(0), |last| Seq(last.0 + 1));
        store.follow(next, heard_before)?;
        if let Some(confirms) = store.confirmation() {
            let heard = Arc::clone(&others);
            gate.believe_while(move || confirms() && heard.is_adopted());
        }
        note_purchases(&store, &gate).await?;
        let in_force = match publish::in_force(&store).await? {
            Some(in_force) => in_force,
            None => InForce::unpublished(policy::read(&settings.policy, now)?),
        };
        announce::withdraw_older(&store, now).await?;
        store.doubt_unsettled(now).await?;
        let links = Links::new(store.service_key("links")?, entropy);
        let repeats = store.service_key("repeats")?;
        let signing = Signing::open(&store, &settings).await?;
        gate.hold_back(signing.lost().is_some());
        let door = Doorkeeper::of(&store).await?;
        let shelf = crate::recommend::Shelf::default();
        shelf.restock(&store).await?;
        let app = Self {
            settings,
            store,
            gate,
            saved,
            in_force: ArcSwap::from_pointee(in_force),
            clock,
            door,
            links,
            repeats,
            signing,
            others,
            demo: None,
            queued: tokio::sync::Notify::new(),
            stopping: AtomicBool::new(false),
            unsettled: Unsettled::default(),
            shelf,
        };
        queue::unclassified_goods(&app).await?;
        Ok(app)
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.in_force.load().policy)
    }

    /// A moment as of which the gate may be asked. It answers by the policy in force, which says
    /// nothing about the time before it.
    ///
    /// # Errors
    /// [`BeforePolicy`].
    pub fn as_of(&self, at: Timestamp) -> Result<Timestamp, BeforePolicy> {
        let since = self.in_force.load().since();
        if at < since {
            return Err(BeforePolicy(since));
        }
        Ok(at)
    }

    /// Goes by the version that the store has in force from here on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn adopt(&self) -> Result<(), StoreError> {
        let heard = self.others.heard();
        if let Some(in_force) = publish::in_force(&self.store).await? {
            self.in_force.store(Arc::new(in_force));
        }
        self.others.adopted(heard);
        Ok(())
    }

    /// Whether a purpose is live on a channel now.
    #[must_use]
    pub fn is_live(&self, purpose: PurposeId, channel: Channel) -> bool {
        let now = self.clock.now();
        self.in_force
            .load()
            .policy
            .live(&purpose, channel, now)
            .is_some()
    }

    /// May this be done, now? Reads nothing from the store.
    #[must_use]
    pub fn decide(&self, who: &Who, request: &Request) -> Decision {
        self.gate
            .ask(who, request, &self.in_force.load().policy, self.clock.now())
    }

    /// The same question about many.
    #[must_use]
    pub fn decide_many<W: Borrow<Who>>(&self, whom: &[W], request: &Request) -> Vec<Decision> {
        let (policy, now) = (&self.in_force.load().policy, self.clock.now());
        let mut decisions = Vec::with_capacity(whom.len());
        self.gate
            .ask_many(whom, request, (policy, now), &mut decisions);
        decisions
    }

    /// The address of a page behind a sealed link.
    ///
    /// # Errors
    /// [`StoreError::Entropy`].
    pub fn url(&self, kind: LinkKind, link: &Link) -> Result<String, StoreError> {
        let token = self.links.seal(kind, link)?;
        Ok(format!(
            "{}{}{token}",
            self.settings.public_url,
            kind.path()
        ))
    }

    /// The address of a page behind a short link, for texts.
    #[must_use]
    pub fn short_url(&self, kind: LinkKind, link: &Link) -> String {
        let (url, path) = (&self.settings.public_url, kind.path());
        format!("{url}{path}{}", self.links.short(kind, link))
    }

    /// Asks long work to end at the next place where nothing is half done.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.queued.notify_one();
    }

    /// Whether long work is to end.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// The policy version whose notice was in force at a moment; before the first, the first.
    #[must_use]
    pub fn notice_at(&self, moment: Timestamp) -> u32 {
        self.in_force.load().version_at(moment)
    }

    /// The data directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.settings.data
    }
}

/// The gate learns what was sent and for what room is held, now and from here on.
fn listen_to_sends(store: &Store, gate: &Arc<Gate>, now: Timestamp) -> Result<(), StoreError> {
    let longest = i64::from(Window::MAX.seconds());
    store.replay_sends(now.plus_seconds(-longest), |change| {
        gate.apply_sends(&[change]);
    })?;
    let told = Arc::clone(gate);
    store.subscribe_sends(move |changes| told.apply_sends(changes));
    Ok(())
}

/// The gate learns when everybody last bought something. Orders are sealed, so each is opened once
/// at the start; what comes later is told when it is imported.
async fn note_purchases(store: &Store, gate: &Gate) -> Result<(), StoreError> {
    let mut newest: HashMap<SubjectId, Timestamp> = HashMap::new();
    let note = |buyer: Option<SubjectId>, lines: Vec<Line>| {
        let last = lines.iter().map(|line| line.at).max();
        if let Some((buyer, last)) = buyer.zip(last) {
            let known = newest.entry(buyer).or_insert(last);
            *known = last.max(*known);
        }
    };
    store.each_order(note).await?;
    for (buyer, last) in newest {
        gate.saw(buyer, last);
    }
    Ok(())
}
