//! `izin backup`: a sealed copy of everything, made while the server goes on.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use izin_app::backup::{self, Asked};
use izin_core::Language;
use izin_store::vault::MasterSource;
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;

const EXAMPLES: &str = "\
Examples:
  izin backup /backup/shop-monday
  izin backup /backup/shop-monday --key-file /secure/backup.key
  izin backup /backup/shop-today --with-keys

It is sealed under the master key (data/keys/master.key, or IZIN_MASTER_KEY), or under a key file of 64
hexadecimal digits (openssl rand -hex 32 makes one). Keep a copy of that key where the backup is not:
nobody opens the backup without it, and a master key from the environment is not in the backup. The backup holds the ledger, every refusal, consent and sealed value, and the store's own keys.

The keys of people come with --with-keys only, in FOLDER/keys/people.sqlite.sealed. Without them a
restored shop decides as before, and names, addresses and orders stay closed unless data/keys is still
there. With them everything opens, also what belongs to people erased since: delete that one file
after a few days, and make it anew each day. docs/book/operate.md says how the two go together.";

/// Write a sealed backup into a new folder, while the server goes on
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Backup {
    /// The folder; new or empty
    folder: PathBuf,
    /// Seal under the key in this file, and not under the master key
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Also the keys of people: for a few days at most
    #[arg(long)]
    with_keys: bool,
}

/// Makes it and says what it needs to be of use.
pub(crate) async fn run(asked: &Backup, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let folder = shop.path(&asked.folder);
    let key_file = asked.key_file.as_ref().map(|file| shop.path(file));
    let progress = Arc::clone(&io.progress);
    let made = backup::back_up(
        shop.app,
        Asked {
            folder: folder.clone(),
            key_file: key_file.clone(),
            with_people: asked.with_keys,
            told: Box::new(move |done, of| progress(done, of)),
        },
    )
    .await?;
    let given = matches!(shop.app.settings.master, MasterSource::Given { .. });
    let sealed_under = key_file.unwrap_or_else(|| match given {
        true => "IZIN_MASTER_KEY".into(),
        false => shop.app.store.master_key_file(),
    });
    if shop.answer.json {
        io.json(&json!({
            "folder": folder,
            "entries": made.entries,
            "made_at": made.made_at.to_string(),
            "key_file": sealed_under,
            "people_keys": made.people_keys,
        }))?;
        return Ok(Exit::Fine);
    }
    let (entries, folder, key) = (made.entries, folder.display(), sealed_under.display());
    let keys = if made.people_keys {
        "people.sqlite.sealed"
    } else {
        ""
    };
    io.line(match (shop.language(), made.people_keys) {
        (Language::En, false) => format!(
            "{entries} entries are in {folder}.\n\
             It opens with {key}: keep a copy of that key elsewhere.\n\
             The keys of people are not in it; --with-keys takes them along."
        ),
        (Language::En, true) => format!(
            "{entries} entries are in {folder}, with the keys of people.\n\
             It opens with {key}: keep a copy of that key elsewhere.\n\
             Delete {folder}/keys/{keys} within days: who is erased from now on lives on in it."
        ),
        (Language::Id, false) => format!(
            "{entries} entri ada di {folder}.\n\
             Cadangan dibuka dengan {key}: simpan salinan kunci itu di tempat lain.\n\
             Kunci data orang tidak ada di dalamnya; --with-keys menyertakannya."
        ),
        (Language::Id, true) => format!(
            "{entries} entri ada di {folder}, berikut kunci data orang.\n\
             Cadangan dibuka dengan {key}: simpan salinan kunci itu di tempat lain.\n\
             Hapus {folder}/keys/{keys} dalam beberapa hari: data orang yang dihapus sejak \
             sekarang masih terbuka dengannya."
        ),
    })?;
    Ok(Exit::Fine)
}
