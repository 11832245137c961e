//! `izin keys`: the master key that wraps every other, and another in its place.

use std::sync::Arc;

use clap::Subcommand;
use izin_core::Language;
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;

/// See the keys, or put another master key in place of the present one
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show where the master key comes from, how many keys it wraps, and whether a rotation is under way
    #[command(after_help = "Example:\n  izin keys status")]
    Status,
    /// Wrap every key again under a new master key, while everything goes on
    #[command(after_help = "\
Examples:
  izin keys rotate
  IZIN_MASTER_KEY=… IZIN_MASTER_KEY_BEFORE=… izin keys rotate

Broken off, it is gone on with by the same command. A key file is made by itself, and the one before
stays beside it as master.key.before-1: backups sealed under it need it. Where the environment gives the
key, set IZIN_MASTER_KEY to the new one and IZIN_MASTER_KEY_BEFORE to the present one first.")]
    Rotate,
}

/// Does what was asked about keys.
pub(crate) async fn run(asked: &KeysCommand, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        KeysCommand::Status => status(shop, io).await?,
        KeysCommand::Rotate => rotate(shop, io).await?,
    }
    Ok(Exit::Fine)
}

async fn status(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let status = shop.app.store.keys_status().await?;
    let (source, people, keys) = (
        shop.app.settings.master.as_str(),
        status.people,
        status.keys,
    );
    if shop.answer.json {
        return io.json(&json!({
            "source": source, "people": people, "keys": keys, "rotating": status.rotating,
        }));
    }
    io.line(match shop.language() {
        Language::Id => {
            format!("kunci utama dari {source}; membungkus {keys} kunci, {people} orang")
        }
        Language::En => {
            format!(
                "the master key comes from the {source}; it wraps {keys} keys, of {people} people"
            )
        }
    })?;
    if status.rotating {
        io.line(match shop.language() {
            Language::Id => "penggantian belum selesai: `izin keys rotate` melanjutkannya",
            Language::En => {
                "a rotation was begun and is not done: `izin keys rotate` goes on with it"
            }
        })?;
    }
    Ok(())
}

async fn rotate(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let rotating = shop.app.store.keys_status().await?.rotating;
    let given = shop.app.settings.master.as_str() == "environment";
    anyhow::ensure!(
        !given || rotating,
        "the environment gives one master key: set IZIN_MASTER_KEY to the new one and \
         IZIN_MASTER_KEY_BEFORE to the present one, and rotate then"
    );
    let progress = Arc::clone(&io.progress);
    let wrapped = shop
        .app
        .store
        .rotate_master(|done, all| progress(done, all));
    let wrapped = wrapped.await?;
    if shop.answer.json {
        return io.json(&json!({ "wrapped": wrapped }));
    }
    io.line(match (shop.language(), given) {
        (Language::Id, false) => format!(
            "{wrapped} kunci dibungkus ulang; master.key.before-N dibutuhkan cadangan lama: simpan di \
             tempat cadangan itu, lalu hapus dari sini"
        ),
        (Language::En, false) => format!(
            "{wrapped} keys were wrapped again; older backups need master.key.before-1: keep it where \
             they are kept, and delete it here"
        ),
        (Language::Id, true) => {
            format!("{wrapped} kunci dibungkus ulang; IZIN_MASTER_KEY_BEFORE tidak diperlukan lagi")
        }
        (Language::En, true) => {
            format!("{wrapped} keys were wrapped again; IZIN_MASTER_KEY_BEFORE is needed no more")
        }
    })?;
    Ok(())
}
