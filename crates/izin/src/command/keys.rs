//! `izin keys`: the master key that wraps every other and the keys that addresses are hashed under, and
//! others in their place.

use std::sync::Arc;

use clap::{Args, Subcommand};
use izin_core::Language;
use izin_store::KeyVersionUse;
use izin_store::vault::{MasterRotated, MasterSource};
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;

/// See the keys, or put others in place of the present ones
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show the master key's source, what it wraps, what stands under which address keys, and what is unfinished
    #[command(after_help = "Example:\n  izin keys status")]
    Status,
    /// Put a new master key in place of the present one, or new keys of addresses, while everything goes on
    #[command(after_help = "\
Examples:
  izin keys rotate
  IZIN_MASTER_KEY=… IZIN_MASTER_KEY_BEFORE=… izin keys rotate
  izin keys rotate --addresses --dry-run

Broken off, it is gone on with by the same command. A key file is made by itself, and the one before
stays beside it as master.key.before-1 (or -2, and so on): backups sealed under it need it. Where the
environment gives the key, set IZIN_MASTER_KEY to the new one and IZIN_MASTER_KEY_BEFORE to the present
one first.

--addresses replaces the keys that addresses are hashed under, also for those that nobody is known by
any more: who has the old keys alone then finds nothing. Every refusal stands, and links in messages sent
before still work. Broken off, it is gone on with by the same command, or at the next start.")]
    Rotate(Rotate),
}

/// Which keys.
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// The keys that addresses are hashed under, and not the master key
    #[arg(long)]
    addresses: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Does what was asked about keys.
pub(crate) async fn run(asked: &KeysCommand, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        KeysCommand::Status => status(shop, io).await?,
        KeysCommand::Rotate(asked) if asked.dry_run => preview(asked, shop, io).await?,
        KeysCommand::Rotate(asked) if asked.addresses => rotate_addresses(shop, io).await?,
        KeysCommand::Rotate(_) => rotate(shop, io).await?,
    }
    Ok(Exit::Fine)
}

async fn status(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let status = shop.app.store.keys_status().await?;
    let (people, erased, keys) = (status.people, status.erased, status.keys);
    let source = shop.app.settings.master.as_str();
    let addresses = shop.app.store.address_versions().await?;
    if shop.answer.json {
        let each = addresses.iter().map(|own| {
            json!({
                "version": own.version.number(),
                "addresses": own.addresses,
                "suppressions": own.suppressions,
            })
        });
        return io.json(&json!({
            "source": source, "people": people, "erased": erased, "keys": keys, "rotating": status.rotating,
            "address_keys": each.collect::<Vec<_>>(),
        }));
    }
    io.line(match shop.language() {
        Language::Id => {
            let source = match shop.app.settings.master {
                MasterSource::File => "berkas",
                MasterSource::Given { .. } => "lingkungan",
            };
            format!(
                "kunci utama dari {source}; membungkus {keys} kunci: milik {people} orang, milik Izin \
                 sendiri, dan bukti tertahan dari {erased} orang yang sudah dihapus"
            )
        }
        Language::En => {
            format!(
                "the master key comes from the {source}; it wraps {keys} keys: of {people} people, of izin \
                 itself, and of what is withheld of {erased} who were erased"
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
    for own in &addresses {
        io.line(under(own, shop.language()))?;
    }
    if addresses.len() > 1 {
        io.line(match shop.language() {
            Language::Id => {
                "penggantian kunci alamat belum selesai: `izin keys rotate --addresses` melanjutkannya"
            }
            Language::En => {
                "new address keys were begun and do not hash everything yet: \
                 `izin keys rotate --addresses` goes on with it"
            }
        })?;
    }
    Ok(())
}

fn under(own: &KeyVersionUse, language: Language) -> String {
    let (version, rows, noes) = (own.version.number(), own.addresses, own.suppressions);
    match language {
        Language::Id => {
            format!("kunci alamat versi {version}: {rows} alamat dan {noes} penolakan alamat")
        }
        Language::En => {
            format!("address keys version {version}: {rows} addresses and {noes} suppressions")
        }
    }
}

async fn preview(asked: &Rotate, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let (what, count) = if asked.addresses {
        let standing = shop.app.store.address_versions().await?;
        shop.app.store.hasher().refuse_rotation()?;
        // Where one was broken off, only what is not under the newest yet.
        let left = standing.iter().skip(usize::from(standing.len() > 1));
        let count = left.map(|own| own.addresses + own.suppressions).sum();
        ("addresses", count)
    } else {
        ("keys", shop.app.store.keys_status().await?.keys)
    };
    if shop.answer.json {
        return io.json(&json!({ "would_rotate": what, "rows": count }));
    }
    Ok(io.line(match (shop.language(), asked.addresses) {
        (Language::Id, true) => format!("{count} baris akan di-hash ulang; tidak ada yang diubah"),
        (Language::En, true) => format!("{count} rows would be hashed again; nothing was changed"),
        (Language::Id, false) => {
            format!("{count} kunci akan dibungkus ulang; tidak ada yang diubah")
        }
        (Language::En, false) => {
            format!("{count} keys would be wrapped again; nothing was changed")
        }
    })?)
}

async fn rotate_addresses(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let progress = Arc::clone(&io.progress);
    let told = move |done, all| progress(done, all);
    let version = shop.app.store.rotate_addresses(told).await?.number();
    if shop.answer.json {
        return io.json(&json!({ "address_keys": version }));
    }
    Ok(io.line(match shop.language() {
        Language::Id => format!("setiap alamat kini di-hash dengan kunci alamat versi {version}"),
        Language::En => {
            format!("every address is hashed under version {version} of the address keys")
        }
    })?)
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
    let rotated = shop
        .app
        .store
        .rotate_master(|done, all| progress(done, all));
    let MasterRotated { wrapped, replaced } = rotated.await?;
    if shop.answer.json {
        return io.json(&json!({ "wrapped": wrapped, "replaced": replaced }));
    }
    let replaced = replaced.as_ref().map(|own| own.display());
    io.line(match (shop.language(), replaced) {
        (Language::Id, Some(file)) => format!(
            "{wrapped} kunci dibungkus ulang; {file} dibutuhkan cadangan lama: simpan di tempat \
             cadangan itu, lalu hapus dari sini"
        ),
        (Language::En, Some(file)) => format!(
            "{wrapped} keys were wrapped again; older backups need {file}: keep it where they are \
             kept, and delete it here"
        ),
        (Language::Id, None) => {
            format!("{wrapped} kunci dibungkus ulang; IZIN_MASTER_KEY_BEFORE tidak diperlukan lagi")
        }
        (Language::En, None) => {
            format!("{wrapped} keys were wrapped again; IZIN_MASTER_KEY_BEFORE is needed no more")
        }
    })?;
    if shop.app.settings.servers.is_none() {
        return Ok(());
    }
    Ok(io.line(match shop.language() {
        Language::Id => "proses lain dari toko ini memerlukan kunci utama baru sebelum dijalankan",
        Language::En => "other processes of this shop need the new master key before they start",
    })?)
}
