//! `izin restore`: a backup back into an empty data directory, or only looked at.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use izin_app::Clock;
use izin_core::{Language, Timestamp};
use izin_store::backup::BackupKey;
use izin_store::backup::restore::{PeopleKeys, Restore as PutBack, Verified};
use izin_store::vault::MasterSource;
use izin_store::{Entropy, Owner, place};
use serde_json::json;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::io::Io;

const EXAMPLES: &str = "\
Examples:
  izin restore /backup/shop-monday --verify --key-file /secure/master.key
  izin restore /backup/shop-monday --verify --dry-run

The data directory that izin.toml names must be empty; data/keys may be there, is kept and is what
opens names, addresses and orders. The key file is a copy of master.key, or what the backup was made
with; absent, data/keys/master.key, or IZIN_MASTER_KEY where the environment gives it.

The root of the log is compared with the checkpoint signed in the backup, always. With --verify every
entry is read, its leaf and the root are computed again, and every value is opened.";

/// Put a backup back into an empty data directory, or only verify it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Restore {
    /// The folder that `izin backup` made
    folder: PathBuf,
    /// Read and compute everything again before it is put in place
    #[arg(long)]
    verify: bool,
    /// Only say whether it could be restored
    #[arg(long)]
    dry_run: bool,
    /// The key that it was sealed under
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Verifies the backup and puts it in place.
pub(crate) fn run(asked: &Restore, cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    let settings = cli.config()?.settings;
    if settings.servers.is_some() {
        bail!(
            "the data are on a PostgreSQL server: put both its databases back there, with what backed them up"
        );
    }
    let (data, safe, master) = (settings.data, settings.safe, settings.master);
    let key = sealed_under(asked, (&data, &master))?;
    let now = Clock::System.now();
    let put_back = PutBack {
        folder: &asked.folder,
        data: &data,
        safe: &safe,
        key: &key,
        master: &master,
        whole: asked.verify,
    };
    let progress = &*io.progress;
    let verified = if asked.dry_run {
        // Beside the data, where there is room for them and nobody else looks.
        let mut aside = data.clone().into_os_string();
        aside.push("-dry-run");
        within(Path::new(&aside), |aside| {
            put_back.verify(aside, &Entropy::System, (now, progress))
        })
    } else {
        put_back.refuse_data()?;
        let _owner = Owner::take(&data)?;
        within(&data.join(place::RESTORING), |aside| {
            put_back.put_back(aside, &Entropy::System, (now, progress))
        })
    }?;
    tell(asked, ((&data, &safe), &verified), (cli, now), io)?;
    Ok(Exit::Fine)
}

/// What the backup was sealed under: the file that was named, or else the master key.
fn sealed_under(
    asked: &Restore,
    (data, master): (&Path, &MasterSource),
) -> anyhow::Result<BackupKey> {
    let usual = data.join(place::MASTER);
    let key_file = match (&asked.key_file, master) {
        (Some(file), _) => file,
        (None, MasterSource::Given { key, .. }) => return Ok(BackupKey::of(key)),
        (None, MasterSource::File) => &usual,
    };
    BackupKey::read(key_file).context(
        "name the key that the backup was sealed under with --key-file: a copy of master.key, or \
         the file that `izin backup` was given",
    )
}

/// Works in a new folder and removes it, however that ended.
fn within<R, E>(aside: &Path, work: impl FnOnce(&Path) -> Result<R, E>) -> anyhow::Result<R>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let remove = || match fs::remove_dir_all(aside) {
        Err(why) if why.kind() != ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    };
    let clear = || remove().with_context(|| format!("cannot remove `{}`", aside.display()));
    clear()?;
    let done = work(aside);
    clear()?;
    Ok(done?)
}

/// How long ago a backup was made; a clock that was wrong then makes it none.
fn age_seconds(now: Timestamp, at: Timestamp) -> i64 {
    (now.as_micros().saturating_sub(at.as_micros()) / 1_000_000).max(0)
}

fn tell(
    asked: &Restore,
    ((data, safe), verified): ((&Path, &Path), &Verified),
    (cli, now): (&Cli, Timestamp),
    io: &mut Io,
) -> anyhow::Result<()> {
    let made = &verified.made;
    let (entries, at) = (made.entries, made.made_at);
    let people_keys = match verified.people_keys {
        PeopleKeys::Kept => "kept",
        PeopleKeys::Restored => "restored",
        PeopleKeys::Absent => "absent",
    };
    let journal = safe.join(place::JOURNAL).exists();
    if cli.answer.json {
        return io.json(&json!({
            "restored": !asked.dry_run,
            "journal": journal,
            "data": data,
            "entries": entries,
            "made_at": at.to_string(),
            "age_seconds": age_seconds(now, at),
            "checkpoint": verified.checkpoint,
            "people_keys": people_keys,
        }));
    }
    let hours = age_seconds(now, at) / 3_600;
    let language = cli.language();
    io.line(match language {
        Language::En => format!(
            "The backup of {at} ({hours} hours old) is whole: {entries} entries, and their root is \
             the one that was signed."
        ),
        Language::Id => format!(
            "Cadangan {at} (umur {hours} jam) utuh: {entries} entri, dan akarnya sama dengan yang \
             ditandatangani."
        ),
    })?;
    if verified.people_keys == PeopleKeys::Absent {
        io.line(match language {
            Language::En => {
                "It is without the keys of people: decisions are right, and names, addresses and \
                 orders stay closed. Put data/keys from your key backup there first to open them."
            }
            Language::Id => {
                "Kunci data orang tidak ada: keputusan tetap benar, tetapi nama, alamat, dan pesanan \
                 tetap tertutup. Taruh dulu data/keys dari cadangan kunci untuk membukanya."
            }
        })?;
    }
    if !journal {
        let safe = safe.display();
        io.line(match language {
            Language::En => format!(
                "There is no journal of refusals in {safe}: bring that folder along, or what was refused after \
                 the backup is lost."
            ),
            Language::Id => format!(
                "Tidak ada jurnal penolakan di {safe}: bawa serta folder itu, atau penolakan sesudah cadangan \
                 ini hilang."
            ),
        })?;
    }
    Ok(next(asked, data, language, io)?)
}

/// What is to be done now.
fn next(asked: &Restore, data: &Path, language: Language, io: &mut Io) -> std::io::Result<()> {
    let there = data.join(place::DATA).exists();
    let data = data.display();
    match (asked.dry_run, language) {
        (true, Language::En) if there => io.line(format_args!(
            "Nothing was written, and {data} holds data, which a restore never writes over: to go back to this \
             backup, stop the server, move {data} aside, and leave out --dry-run then."
        )),
        (true, Language::Id) if there => io.line(format_args!(
            "Tidak ada yang ditulis, dan {data} berisi data, yang tidak pernah ditimpa pemulihan: untuk \
             kembali ke cadangan ini, hentikan server, pindahkan {data}, lalu hilangkan --dry-run."
        )),
        (true, Language::En) => io.line("Nothing was written; leave out --dry-run to restore it."),
        (true, Language::Id) => {
            io.line("Tidak ada yang ditulis; hilangkan --dry-run untuk memulihkan.")
        }
        (false, Language::En) => io.line(format_args!(
            "It is in {data}. Next: `izin serve`. Refusals and whatever else was taken away after the backup, \
             and legal holds, come out of the journal in the safe folder before anything is decided; nothing \
             starts without it: bring that folder along first. What was given since is not in it: consents, \
             dials that were turned up, restrictions that were lifted. If more was signed than is here, \
             nothing is signed until `izin log fork` begins a new log that names the old one."
        )),
        (false, Language::Id) => io.line(format_args!(
            "Data ada di {data}. Berikutnya: `izin serve`. Penolakan dan semua pembatasan lain sesudah \
             cadangan ini, juga penahanan data, diambil dari jurnal di folder aman sebelum ada keputusan; \
             tanpa jurnal itu tidak ada yang berjalan: bawa serta folder itu lebih dulu. Yang diberikan \
             sesudahnya tidak ada di sana: persetujuan, tingkat personalisasi yang dinaikkan, pembatasan \
             yang dicabut. Jika yang ditandatangani lebih banyak, tidak ada yang ditandatangani sampai \
             `izin log fork` memulai log baru yang menyebut log lama."
        )),
    }
}
