//! `izin migrate`: a shop from files to a PostgreSQL server, or back.

use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use izin_app::Clock;
use izin_core::Language;
use izin_store::{Entropy, MovedStore, Owner, Place, Way, copy_ahead, move_store};
use serde_json::json;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::io::Io;
use crate::session::nothing_yet;

/// Move a shop from files to PostgreSQL, or back
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin migrate --to postgresql --ahead    # beside the izin that serves
  izin migrate --to postgresql            # once it was stopped: only what has changed since is copied
  izin migrate --to files --json

[postgresql] in izin.toml names the server, either way. Stop every izin of the shop before the move; nobody can
write until it is done. Everything is copied beside its new place, read back and compared, value for value and
root for root; only then it is put in place, and the old place is named `moved`. Broken off at any moment, the
shop is where it was, and the same command goes on. The safe and the master key stay where they are.")]
pub(crate) struct Migrate {
    /// Where to
    #[arg(long, value_enum)]
    to: To,
    /// Copy what there is beside the izin that serves, and put nothing in place
    #[arg(long)]
    ahead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// The server that `[postgresql]` names
    Postgresql,
    /// Files in the data directory
    Files,
}

/// Moves the store.
pub(crate) fn run(asked: &Migrate, cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    let settings = cli.config()?.settings;
    let data = &settings.data;
    if !data.exists() {
        return Err(nothing_yet(data));
    }
    let place = Place {
        dir: data,
        safe: &settings.safe,
        master: &settings.master,
        servers: settings.servers.as_ref(),
    };
    let way = match asked.to {
        To::Postgresql => Way::ToServers,
        To::Files => Way::ToFiles,
    };
    let began = Instant::now();
    let progress = Arc::clone(&io.progress);
    if asked.ahead {
        let rows = copy_ahead(place, way, &*progress)?;
        return tell_ahead((rows, began.elapsed().as_secs_f64()), cli, io);
    }
    let owner = Owner::take(data)?;
    let at = (Clock::System.now(), &*progress as &dyn Fn(u64, u64));
    let moved = move_store(place, (way, owner), &Entropy::System, at)?;
    let seconds = began.elapsed().as_secs_f64();
    if cli.answer.json {
        io.json(&json!({
            "tables": moved.tables,
            "rows_copied": moved.copied,
            "entries": moved.head.size,
            "root": izin_core::hex(&moved.head.root.0),
            "read_only_seconds": seconds,
        }))?;
    } else {
        tell(&moved, (way, seconds), cli.language(), io)?;
    }
    Ok(Exit::Fine)
}

fn tell_ahead((rows, seconds): (u64, f64), cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    if cli.answer.json {
        io.json(&json!({"rows_copied": rows, "seconds": seconds}))?;
        return Ok(Exit::Fine);
    }
    io.line(match cli.language() {
        Language::En => format!(
            "{rows} rows were copied ahead in {seconds:.1} s; nothing was put in place. Stop izin and run the same \
             without --ahead: what has changed since is copied then"
        ),
        Language::Id => format!(
            "{rows} baris disalin lebih dahulu dalam {seconds:.1} detik; toko belum pindah. Hentikan izin dan \
             jalankan perintah yang sama tanpa --ahead: yang berubah sejak itu disalin saat itu juga"
        ),
    })?;
    Ok(Exit::Fine)
}

fn tell(
    moved: &MovedStore,
    (way, seconds): (Way, f64),
    language: Language,
    io: &mut Io,
) -> anyhow::Result<()> {
    let (entries, rows) = (moved.head.size, moved.tables.values().sum::<u64>());
    io.line(match language {
        Language::En => format!(
            "{entries} entries, {rows} rows in all, stand at the new place as they did at the old; nobody could \
             write for {seconds:.1} s"
        ),
        Language::Id => format!(
            "{entries} entri, seluruhnya {rows} baris, di tempat baru sama dengan di tempat lama; selama \
             {seconds:.1} detik tidak ada yang dapat menulis"
        ),
    })?;
    io.line(match (way, language) {
        (Way::ToServers, Language::En) => {
            "Start izin again. `izin.sqlite.moved` and `keys/keys.sqlite.moved` are left in the data directory: \
             delete them once nobody wants to look there; the next erasure deletes them too."
        }
        (Way::ToServers, Language::Id) => {
            "Jalankan izin lagi. `izin.sqlite.moved` dan `keys/keys.sqlite.moved` tertinggal di folder data: hapus \
             bila tidak diperlukan lagi; penghapusan data berikutnya juga menghapusnya."
        }
        (Way::ToFiles, Language::En) => {
            "Take [postgresql] out of izin.toml, then start izin again. The schemas that end in `_moved` stay on \
             the server: drop them, or whoever is erased from now on lives on in them."
        }
        (Way::ToFiles, Language::Id) => {
            "Hapus [postgresql] dari izin.toml, lalu jalankan izin lagi. Skema yang berakhiran `_moved` tertinggal \
             di server: hapus, sebab data orang yang dihapus sesudah ini masih ada di sana."
        }
    })?;
    Ok(())
}
