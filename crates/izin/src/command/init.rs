//! `izin init`: a new shop's folder, complete and commented, ready for `izin check`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
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

/// The files of a new shop, by their paths in the folder.
const fn files(locale: Language) -> [(&'static str, &'static str); 4] {
    let [config, controller, purposes] = match locale {
        Language::Id => [
            include_str!("../../assets/init/id/izin.toml"),
            include_str!("../../assets/init/id/controller.toml"),
            include_str!("../../assets/init/id/purposes.toml"),
        ],
        Language::En => [
            include_str!("../../assets/init/en/izin.toml"),
            include_str!("../../assets/init/en/controller.toml"),
            include_str!("../../assets/init/en/purposes.toml"),
        ],
    };
    [
        ("izin.toml", config),
        ("policy/controller.toml", controller),
        ("policy/purposes.toml", purposes),
        ("promo.html", crate::demo::MAIL),
    ]
}

/// The commented configuration that a new shop begins with.
pub(crate) const fn default_config(locale: Language) -> &'static str {
    let [(_, config), ..] = files(locale);
    config
}

/// Writes the files and says what comes next.
pub(crate) fn run(init: &Init, answer: &Answer, io: &mut Io) -> anyhow::Result<Exit> {
    write(&init.folder, init.locale)?;
    let names = files(init.locale).map(|(name, _)| name);
    if answer.json {
        io.json(&json!({ "folder": init.folder, "files": names }))?;
        return Ok(Exit::Fine);
    }
    let folder = init.folder.display();
    io.line(match answer.lang.unwrap_or(init.locale) {
        Language::Id => format!(
            "Folder {folder} siap. Berikutnya:\n\
             \x20 1. Isi {folder}/policy/controller.toml dengan data toko Anda.\n\
             \x20 2. Baca {folder}/policy/purposes.toml dan {folder}/izin.toml; semuanya dijelaskan di sana.\n\
             \x20 3. cd {folder} && izin check && izin serve\n\
             \x20 4. izin import contacts kontak.csv, lalu kirim templat promo.html dengan izin campaign send."
        ),
        Language::En => format!(
            "The folder {folder} is ready. Next:\n\
             \x20 1. Fill in {folder}/policy/controller.toml with your shop.\n\
             \x20 2. Read {folder}/policy/purposes.toml and {folder}/izin.toml; everything is explained there.\n\
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
    for (name, text) in files(locale) {
        if let Some(name) = name.strip_prefix("policy/") {
            let path = folder.join(name);
            std::fs::write(&path, text)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
        }
    }
    Ok(())
}

fn write(folder: &Path, locale: Language) -> anyhow::Result<()> {
    match std::fs::read_dir(folder).map(|mut inside| inside.next()) {
        Ok(None) => {}
        Ok(Some(_)) => anyhow::bail!("`{}` is not empty; name a new folder", folder.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| format!("cannot use `{}`", folder.display()));
        }
    }
    for (name, text) in files(locale) {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
