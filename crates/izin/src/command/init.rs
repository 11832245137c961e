//! `izin init`: a new shop's folder, complete and commented, ready for `izin check`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use izin_app::Clock;
use izin_core::Language;
use serde_json::json;

use crate::cli::Answer;
use crate::exit::Exit;
use crate::io::Io;

/// Write a new configuration, a policy and a mail template into an empty folder
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  izin init shop --locale en && cd shop && izin check")]
pub(crate) struct Init {
    /// The folder; it is made when absent
    folder: PathBuf,
    /// The language of the comments: id or en
    #[arg(long, value_name = "LANGUAGE", default_value = "id")]
    locale: Language,
}

macro_rules! policy_files {
    ($locale:literal) => {
        [
            policy_file!($locale, "controller.toml"),
            policy_file!($locale, "purposes.toml"),
            policy_file!($locale, "fields.toml"),
            policy_file!($locale, "recipients.toml"),
            policy_file!($locale, "notice.toml"),
            policy_file!($locale, "forms.toml"),
            policy_file!($locale, "topics.toml"),
            policy_file!($locale, "frequency.toml"),
            policy_file!($locale, "senders.toml"),
            policy_file!($locale, "sensitive.toml"),
            policy_file!($locale, "dpia.toml"),
        ]
    };
}

macro_rules! policy_file {
    ($locale:literal, $name:literal) => {
        (
            $name,
            include_str!(concat!("../../assets/init/", $locale, "/", $name)),
        )
    };
}

/// The days on which the example assessments are approved and end; a new shop's are approved on
/// the day it is made and hold for a year.
const EXAMPLE_DAYS: [(&str, i64); 2] = [("2026-11-02", 0), ("2027-11-02", 365)];

/// The files of a new policy, by their names in its folder.
const fn policy_files(locale: Language) -> [(&'static str, &'static str); 11] {
    match locale {
        Language::Id => policy_files!("id"),
        Language::En => policy_files!("en"),
    }
}

/// The commented configuration that a new shop begins with.
pub(crate) const fn default_config(locale: Language) -> &'static str {
    match locale {
        Language::Id => include_str!("../../assets/init/id/izin.toml"),
        Language::En => include_str!("../../assets/init/en/izin.toml"),
    }
}

/// Writes the files and says what comes next.
pub(crate) fn run(init: &Init, answer: &Answer, io: &mut Io) -> anyhow::Result<Exit> {
    empty(&init.folder)?;
    let policy = init.folder.join("policy");
    write_policy(&policy, init.locale)?;
    let others = [
        ("izin.toml", default_config(init.locale)),
        ("promo.html", crate::demo::MAIL),
    ];
    for (name, text) in others {
        write(&init.folder.join(name), text)?;
    }
    if answer.json {
        let mut names = others.map(|(name, _)| name.to_owned()).to_vec();
        names.extend(policy_files(init.locale).map(|(name, _)| format!("policy/{name}")));
        io.json(&json!({ "folder": init.folder, "files": names }))?;
        return Ok(Exit::Fine);
    }
    let folder = init.folder.display();
    io.line(match answer.lang.unwrap_or(init.locale) {
        Language::Id => format!(
            "Folder {folder} siap. Berikutnya:\n\
             \x20 1. Isi {folder}/policy/controller.toml dengan data toko Anda.\n\
             \x20 2. Baca berkas lain di {folder}/policy dan {folder}/izin.toml; semuanya dijelaskan di sana.\n\
             \x20 3. cd {folder} && izin check && izin serve\n\
             \x20 4. izin import contacts kontak.csv, lalu kirim templat promo.html dengan izin campaign send."
        ),
        Language::En => format!(
            "The folder {folder} is ready. Next:\n\
             \x20 1. Fill in {folder}/policy/controller.toml with your shop.\n\
             \x20 2. Read the other files of {folder}/policy and {folder}/izin.toml; everything is explained there.\n\
             \x20 3. cd {folder} && izin check && izin serve\n\
             \x20 4. izin import contacts contacts.csv, then send the template promo.html with izin campaign send."
        ),
    })?;
    Ok(Exit::Fine)
}

/// Writes the policy that a new shop begins with into a folder of its own.
pub(crate) fn write_policy(folder: &Path, locale: Language) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    let today = Clock::System.now();
    for (name, text) in policy_files(locale) {
        let mut text = text.to_owned();
        if name == "dpia.toml" {
            for (example, later) in EXAMPLE_DAYS {
                let day = today.plus_days(later).to_string();
                let day = day.split_once('T').map_or(&*day, |(day, _)| day);
                text = text.replace(example, day);
            }
        }
        write(&folder.join(name), &text)?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Refuses a folder that holds something.
fn empty(folder: &Path) -> anyhow::Result<()> {
    match std::fs::read_dir(folder).map(|mut inside| inside.next()) {
        Ok(Some(_)) => anyhow::bail!("`{}` is not empty; name a new folder", folder.display()),
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot use `{}`", folder.display()))
        }
        _ => Ok(()),
    }
}
