//! What may be asked on the command line. Each command's own arguments stand beside what it does,
//! in [`crate::command`].

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use izin_app::{Clock, policy};
use izin_core::Language;

use crate::command::policy::PolicyCommand;
use crate::command::{
    api_key, backup, campaign, check, config, decide, doctor, erase, evidence, export, gate, hold,
    import, init, inspect, keys, law, log, mailin, migrate, queue, report, restore, retention,
    serve,
};
use crate::config::{Config, ConfigError};
use crate::exit::Exit;
use crate::{help, language};

const EXAMPLES: &str = "\
Examples:
  izin demo
  izin init shop && cd shop && izin check
  izin serve
  izin import contacts contacts.csv
  izin decide email:budi@example.com --channel email --purpose marketing --explain
  izin gate --channel email --purpose marketing --in list.csv --out may-send.csv --only allow

Exit codes: 0 in order, 1 found problems or failed, 2 wrong usage, 3 cannot be reached now.";

/// Permission for every message: who may be contacted, for what, how personally.
#[derive(Debug, Parser)]
#[command(name = "izin", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    /// The configuration; it names the data directory
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "IZIN_CONFIG",
        default_value = "izin.toml",
        hide_env_values = true
    )]
    pub(crate) config: PathBuf,
    #[command(flatten)]
    pub(crate) answer: Answer,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How a command answers.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Answer {
    /// Answer in JSON, for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language of sentences for people: id or en; absent: the shop's, else that of LANG
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Language>,
    /// Whether the asker sees colours
    #[arg(skip)]
    pub(crate) coloured: bool,
}

/// What may be asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(crate::demo::Demo),
    Init(init::Init),
    Check(check::Check),
    #[command(subcommand)]
    Config(config::ConfigCommand),
    #[command(subcommand)]
    Law(law::LawCommand),
    Serve(serve::Serve),
    Doctor(doctor::Doctor),
    Inspect(inspect::Inspect),
    Restore(restore::Restore),
    Migrate(migrate::Migrate),
    Bench(crate::bench::Bench),
    #[command(flatten)]
    Shop(ShopCommand),
}

/// What may be asked about a shop's store, by whoever owns it.
#[derive(Debug, Subcommand)]
pub(crate) enum ShopCommand {
    #[command(subcommand)]
    ApiKey(api_key::ApiKey),
    Import(import::Import),
    Decide(decide::Decide),
    Gate(gate::Gate),
    Optout(report::OptOut),
    Complaint(report::Complaint),
    Withdraw(report::Withdraw),
    #[command(name = "mailin")]
    MailIn(mailin::MailIn),
    Erase(erase::Erase),
    #[command(subcommand)]
    Hold(hold::HoldCommand),
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    #[command(subcommand)]
    Retention(retention::RetentionCommand),
    #[command(subcommand)]
    Queue(queue::Queue),
    #[command(subcommand)]
    Policy(crate::command::policy::PolicyCommand),
    #[command(subcommand)]
    Export(export::Export),
    #[command(subcommand)]
    Campaign(campaign::Campaign),
    #[command(subcommand)]
    Log(log::Log),
    Backup(backup::Backup),
}

impl ShopCommand {
    /// Whether it may record what a person or a file said, or send: then a policy is in force.
    pub(crate) const fn records(&self) -> bool {
        match self {
            Self::Import(own) => !own.dry_run,
            Self::Campaign(own) => matches!(own, campaign::Campaign::Send(_)),
            Self::Optout(_)
            | Self::Complaint(_)
            | Self::Withdraw(_)
            | Self::MailIn(_)
            | Self::Erase(_) => true,
            Self::ApiKey(_)
            | Self::Decide(_)
            | Self::Gate(_)
            | Self::Hold(_)
            | Self::Keys(_)
            | Self::Evidence(_)
            | Self::Retention(_)
            | Self::Queue(_)
            | Self::Policy(_)
            | Self::Export(_)
            | Self::Log(_)
            | Self::Backup(_) => false,
        }
    }
}

/// What a command does where nothing was ever kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewShop {
    /// It makes the data: it has something to keep.
    Makes,
    /// It looks, and leaves nothing behind.
    Looks,
    /// What it is about is made with the data, and is not there yet: keys, the log.
    HasNone,
}

impl ShopCommand {
    /// What it does in a new shop.
    pub(crate) const fn in_a_new_shop(&self) -> NewShop {
        let only_looks = match self {
            Self::Keys(_)
            | Self::Log(_)
            | Self::Evidence(_)
            | Self::Backup(_)
            | Self::Export(export::Export::All { .. }) => return NewShop::HasNone,
            Self::ApiKey(own) => !matches!(own, api_key::ApiKey::Add { .. }),
            Self::Campaign(own) => !matches!(own, campaign::Campaign::Send(_)),
            Self::Policy(PolicyCommand::Publish(own)) => own.dry_run,
            Self::Import(own) => own.dry_run,
            // Of nobody there is nothing to change either.
            Self::Decide(_)
            | Self::Gate(_)
            | Self::Export(_)
            | Self::Policy(_)
            | Self::Queue(_)
            | Self::Hold(_)
            | Self::Retention(_)
            | Self::Erase(_) => true,
            Self::Optout(_) | Self::Complaint(_) | Self::Withdraw(_) | Self::MailIn(_) => false,
        };
        if only_looks {
            NewShop::Looks
        } else {
            NewShop::Makes
        }
    }

    /// Refuses, before anything is made for it, what cannot be done.
    pub(crate) fn refuse_early(&self, here: &Path) -> anyhow::Result<()> {
        match self {
            Self::Import(own) => own.refuse_unreadable(here),
            _ => Ok(()),
        }
    }
}

impl Cli {
    /// Reads a command line; `coloured` says whether the asker sees colours.
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = OsString>,
        coloured: bool,
    ) -> Result<Self, clap::Error> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let root = help::flowing(Self::command());
        let read = Self::read_by(root.clone(), &arguments);
        let mut cli = read.or_else(|why| match language_of(&arguments) {
            Language::Id => Self::read_by(help::in_indonesian(root), &arguments),
            Language::En => Err(why),
        })?;
        cli.answer.coloured = coloured;
        Ok(cli)
    }

    fn read_by(mut command: clap::Command, arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut found = command.try_get_matches_from_mut(arguments)?;
        let read = Self::from_arg_matches_mut(&mut found);
        read.map_err(|own| own.format(&mut command))
    }

    /// How a command ends that ended like this: a mail server reads more into some numbers.
    pub(crate) const fn ended(&self, exit: Exit) -> Exit {
        match (&self.command, exit) {
            (_, Exit::Fine) | (Command::Shop(ShopCommand::MailIn(_)), Exit::GiveAgain) => exit,
            (Command::Shop(ShopCommand::MailIn(_)), _) => Exit::GiveAgain,
            _ => exit,
        }
    }

    /// The language of sentences that no store is needed for.
    pub(crate) fn language(&self) -> Language {
        language::chosen(self.answer.lang, || shops_language(&self.config), &variable)
    }

    /// The same, where the shop's language is known already.
    pub(crate) fn language_in(&self, shops: Option<Language>) -> Language {
        language::chosen(self.answer.lang, || shops, &variable)
    }

    /// How to answer where no store is there to say the language.
    pub(crate) fn answer_without_store(&self) -> Answer {
        Answer {
            lang: Some(self.language()),
            ..self.answer
        }
    }

    /// Reads the configuration, with what the environment overrides.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        self.config_at(&self.config)
    }

    /// Reads a configuration at another place.
    pub(crate) fn config_at(&self, path: &Path) -> Result<Config, ConfigError> {
        read_config(path)
    }
}

fn read_config(path: &Path) -> Result<Config, ConfigError> {
    Config::read(path, &variable)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The language that a shop's policy puts first.
fn shops_language(config: &Path) -> Option<Language> {
    let folder = read_config(config).ok()?.settings.policy;
    policy::check(&folder, Clock::System.now()).language
}

/// The language in which a call is answered that was not understood, by what stands behind its options.
pub(crate) fn language_of(arguments: &[OsString]) -> Language {
    let asked = behind(arguments, "--lang").and_then(|own| own.parse().ok());
    let shops = || {
        let config = behind(arguments, "--config").map(PathBuf::from);
        let config = config.or_else(|| std::env::var_os("IZIN_CONFIG").map(PathBuf::from));
        shops_language(&config.unwrap_or_else(|| PathBuf::from("izin.toml")))
    };
    language::chosen(asked, shops, &variable)
}

/// What stands behind an option, as `--lang id` or `--lang=id`.
fn behind(arguments: &[OsString], option: &str) -> Option<String> {
    let mut words = arguments.iter().filter_map(|own| own.to_str());
    let is_there = |own: &&str| own.is_empty() || own.starts_with('=');
    let found = words.find_map(|own| own.strip_prefix(option).filter(is_there))?;
    match found.strip_prefix('=') {
        Some(own) => Some(own.to_owned()),
        None => words.next().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_in_debug_show_neither_the_person_nor_what_was_said() {
        let person = ["email:rahasia@example.com", "--channel", "email"];
        let words = [
            "--purpose",
            "marketing",
            "--agent",
            "rahasia",
            "--note",
            "rahasia",
        ];
        for (command, words) in [
            ("decide", &words[..2]),
            ("optout", &words[..]),
            ("complaint", &words[..]),
            ("withdraw", &words[..]),
        ] {
            let line = [&["izin", command][..], &person, words].concat();
            let shown = format!("{:?}", Cli::try_parse_from(line).unwrap());
            assert!(shown.contains("marketing"), "{shown}");
            assert!(!shown.contains("rahasia"), "{shown}");
        }
    }

    #[test]
    fn a_command_is_coloured_for_its_asker_wherever_it_is_done() {
        for coloured in [true, false] {
            let line = ["izin", "queue", "list"].map(OsString::from);
            let cli = Cli::read(line, coloured).unwrap();
            assert_eq!(cli.answer.coloured, coloured);
        }
    }

    /// The commands that do something, with the words before them.
    fn leaves(command: &clap::Command, words: &str) -> Vec<String> {
        let below = command.get_subcommands();
        let each = below.flat_map(|own| leaves(own, &format!("{words} {}", own.get_name())));
        let each: Vec<String> = each.collect();
        if each.is_empty() {
            vec![words.to_owned()]
        } else {
            each
        }
    }

    #[test]
    fn the_book_tells_the_exit_codes_of_every_command_and_of_no_other() {
        let book = include_str!("../../../docs/book/exit-codes.md");
        let told: Vec<&str> = book
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .map(|(command, _)| command)
            .collect();
        let mut there = leaves(&Cli::command(), "izin");
        let mut sorted = told.clone();
        there.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(sorted, there);
    }

    #[test]
    fn every_command_is_put_together_without_contradiction_and_shows_an_example() {
        let mut all = vec![Cli::command()];
        all.iter().for_each(|root| root.clone().debug_assert());
        while let Some(command) = all.pop() {
            let below: Vec<_> = command.get_subcommands().cloned().collect();
            let shown = command.get_after_help().map(ToString::to_string);
            assert!(
                !below.is_empty() || shown.is_some_and(|help| help.contains("izin ")),
                "{} has no example",
                command.get_name()
            );
            all.extend(below);
        }
    }
}
