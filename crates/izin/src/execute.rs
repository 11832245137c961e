//! Doing what was asked about a store, wherever the asker sits: in this process, or at the other
//! end of the owner's socket.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use izin_app::App;
use izin_app::declared::{self, Undeclared};
use izin_core::{Language, PurposeId, TopicId};

use crate::cli::{Answer, ShopCommand};
use crate::command::{
    api_key, backup, campaign, decide, erase, evidence, export, gate, hold, import, keys, log,
    mailin, policy, queue, report, retention,
};
use crate::exit::{Exit, Usage};
use crate::io::Io;

/// Who runs a command, which decides who hands over what it queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// The server that owns the store; it delivers by itself.
    Server,
    /// The command's own process, alone with the store.
    Alone,
}

/// The shop that a command works on, and how it is to answer.
pub(crate) struct Shop<'a> {
    /// The application over its store.
    pub(crate) app: &'a Arc<App>,
    /// Who runs the command.
    pub(crate) runner: Runner,
    /// JSON or sentences, and in which language.
    pub(crate) answer: Answer,
    /// The asker's folder, which file names are relative to.
    pub(crate) here: &'a Path,
}

impl Shop<'_> {
    /// A file as the asker means it.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.here.join(path)
    }

    /// The language of sentences: the one asked for, else the policy's.
    pub(crate) fn language(&self) -> Language {
        self.answer
            .lang
            .unwrap_or_else(|| self.app.policy().language())
    }

    /// Refuses a purpose that the policy does not declare, and a topic that the purpose does not
    /// have.
    pub(crate) fn known(&self, purpose: PurposeId, topic: Option<TopicId>) -> Result<(), Usage> {
        let known = declared::check(&self.app.policy(), purpose, topic);
        known.map_err(|why| match why {
            Undeclared::Purpose(_) => Usage(format!("--purpose: {why}")),
            Undeclared::Topic(_) => Usage(format!("--topic: {why}")),
        })
    }
}

/// Does what was asked.
pub(crate) async fn execute(
    command: &ShopCommand,
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    if let Some(lost) = shop.app.lost() {
        writeln!(io.err, "izin: {}", lost.sentence(shop.language()))?;
    }
    match command {
        ShopCommand::ApiKey(asked) => api_key::run(asked, shop, io).await,
        ShopCommand::Import(asked) => import::run(asked, shop, io).await,
        ShopCommand::Decide(asked) => decide::run(asked, shop, io).await,
        ShopCommand::Gate(asked) => gate::run(asked, shop, io),
        ShopCommand::Optout(asked) => report::opt_out(asked, shop, io).await,
        ShopCommand::Complaint(asked) => report::complaint(asked, shop, io).await,
        ShopCommand::Withdraw(asked) => report::withdraw(asked, shop, io).await,
        ShopCommand::MailIn(asked) => mailin::run(asked, shop, io).await,
        ShopCommand::Erase(asked) => erase::run(asked, shop, io).await,
        ShopCommand::Hold(asked) => hold::run(asked, shop, io).await,
        ShopCommand::Evidence(asked) => evidence::run(asked, shop, io).await,
        ShopCommand::Keys(asked) => keys::run(asked, shop, io).await,
        ShopCommand::Retention(asked) => retention::run(asked, shop, io).await,
        ShopCommand::Queue(asked) => queue::run(asked, shop, io).await,
        ShopCommand::Policy(asked) => policy::run(asked, shop, io).await,
        ShopCommand::Export(asked) => export::run(asked, shop, io).await,
        ShopCommand::Campaign(asked) => campaign::run(asked, shop, io).await,
        ShopCommand::Log(asked) => log::run(asked, shop, io).await,
        ShopCommand::Backup(asked) => backup::run(asked, shop, io).await,
    }
}
