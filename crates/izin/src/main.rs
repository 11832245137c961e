//! The one binary: reads what it was asked, finds who can do it, says how it ended.
//!
//! A command about a store goes through [`session`], which does it here or sends it to the process
//! that owns the store; both run [`execute::execute`]. Start at [`cli::Command`].

mod bench;
mod cli;
mod command;
mod config;
mod demo;
mod execute;
mod exit;
mod help;
mod indonesian;
mod io;
mod language;
mod logging;
mod moment;
mod owner;
mod personal;
mod session;
mod subject;
mod usage;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::error::ErrorKind;

use cli::{Cli, Command, ShopCommand};
use exit::Exit;
use io::Io;

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os(), io::is_coloured()) {
        Ok(cli) => cli,
        Err(other) => return told(&other),
    };
    let mut io = Io::process();
    let ended = run(&cli, &mut io).and_then(|exit| {
        io.out.flush()?;
        Ok(exit)
    });
    drop(io);
    match ended {
        Ok(exit) => cli.ended(exit).into(),
        Err(error) => {
            if let Some(sentence) = exit::sentence(&error, cli.language()) {
                eprintln!("{sentence}");
            }
            cli.ended(exit::code(&error)).into()
        }
    }
}

/// Help with its headings, and a call that is not understood, in the asker's language.
fn told(other: &clap::Error) -> ExitCode {
    let called: Vec<OsString> = std::env::args_os().collect();
    let language = cli::language_of(&called);
    match (other.use_stderr(), other.kind()) {
        (false, _) => {
            let shown = other.render();
            let shown = if io::is_coloured() {
                shown.ansi().to_string()
            } else {
                shown.to_string()
            };
            print_all(&help::shown(&shown, language))
        }
        (true, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand) => {
            eprint!("{}", help::shown(&other.render().to_string(), language));
            Exit::Usage.into()
        }
        (true, _) => {
            eprint!("izin: {}", exit::shown(&usage::sentence(other, language)));
            let is_a_pipe = called.iter().any(|own| own == "mailin");
            let exit = if is_a_pipe {
                Exit::GiveAgain
            } else {
                Exit::Usage
            };
            exit.into()
        }
    }
}

/// Writes to the output; a reader who has enough of it is no failure.
fn print_all(text: &str) -> ExitCode {
    match Io::process().out.write_all(text.as_bytes()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => Exit::Findings.into(),
        _ => Exit::Fine.into(),
    }
}

fn run(cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        anyhow::bail!("the TLS library was set up twice");
    }
    logging::start(matches!(cli.command, Command::Serve(_)))?;
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    match &cli.command {
        Command::Demo(asked) => demo::run(asked, io),
        Command::Bench(asked) => bench::run(asked, cli.answer.json, io),
        Command::Init(init) => command::init::run(init, &cli.answer, io),
        Command::Check(check) => command::check::run(check, cli, io),
        Command::Config(config) => command::config::run(config, cli, io),
        Command::Law(law) => command::law::run(law, cli, io),
        Command::Doctor(_) => command::doctor::run(cli, io),
        Command::Inspect(asked) => command::inspect::run(asked, io),
        Command::Restore(asked) => command::restore::run(asked, cli, io),
        Command::Migrate(asked) => command::migrate::run(asked, cli, io),
        Command::Serve(asked) => command::serve::run(asked, cli.config()?, io),
        Command::Shop(asked) => {
            let alone = match asked {
                ShopCommand::Log(log) => command::log::without_store(log, cli, &here, io),
                _ => None,
            };
            alone.unwrap_or_else(|| session::run(asked, cli, &here, io))
        }
    }
}
