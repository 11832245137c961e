//! Chores of the workspace, run as `cargo xtask CHORE`.
//!
//! A chore reads the checkout and reports; it never changes a file and never needs the product.
//! Start reading at [`tidy`].

mod tidy;

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::tidy::Finding;

const USAGE: &str = "usage: cargo xtask tidy    check what the compiler and clippy do not";
const EXIT_FOUND: u8 = 1;
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    let chores: Vec<String> = env::args().skip(1).collect();
    if chores != ["tidy"] {
        eprintln!("{USAGE}");
        return ExitCode::from(EXIT_USAGE);
    }
    match root()
        .and_then(|root| tidy::findings(&root))
        .and_then(|found| report(&found))
    {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tidy could not run: {error:#}");
            ExitCode::from(EXIT_FOUND)
        }
    }
}

/// The checkout: the folder above this package, as cargo names it when it runs us.
fn root() -> anyhow::Result<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").context("start it as `cargo xtask tidy`")?;
    let mut root = PathBuf::from(package);
    root.pop();
    Ok(root)
}

fn report(findings: &[Finding]) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    if findings.is_empty() {
        writeln!(out, "tidy: nothing to mend")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "tidy: {} to mend", findings.len())?;
    Ok(ExitCode::from(EXIT_FOUND))
}
