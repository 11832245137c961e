//! `izin config`: what a configuration looks like.

use clap::Subcommand;

use super::init::default_config;
use crate::cli::Cli;
use crate::exit::Exit;
use crate::io::Io;

/// Show what a configuration looks like
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the commented izin.toml that `izin init` writes
    #[command(after_help = "Example:\n  izin config print-default --lang en > izin.toml")]
    PrintDefault,
}

/// Prints it.
pub(crate) fn run(asked: &ConfigCommand, cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        ConfigCommand::PrintDefault => {
            let text = default_config(cli.language());
            io.out.write_all(text.as_bytes())?;
        }
    }
    Ok(Exit::Fine)
}
