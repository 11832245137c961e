//! `izin api-key`: credentials of machines, shown once.

use clap::Subcommand;
use izin_app::door::{self, Role};
use izin_core::Language;
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;

/// Make, list and revoke the keys that machines come in with
#[derive(Debug, Subcommand)]
pub(crate) enum ApiKey {
    /// Make a key; it is shown once and kept as a hash
    #[command(after_help = "Example:\n  izin api-key add webshop --role sender")]
    Add {
        /// What to call it
        name: String,
        /// What its holder may do: author, approver, sender, reader or dpo
        #[arg(long)]
        role: Role,
    },
    /// Show every key's name, role and times, but never the key
    #[command(after_help = "Example:\n  izin api-key list --json")]
    List,
    /// End every key of that name at once
    #[command(after_help = "Example:\n  izin api-key revoke webshop")]
    Revoke {
        /// The name it was made under
        name: String,
    },
}

/// Does what was asked about keys.
pub(crate) async fn run(asked: &ApiKey, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        ApiKey::Add { name, role } => add(name, *role, shop, io).await,
        ApiKey::List => list(shop, io).await,
        ApiKey::Revoke { name } => revoke(name, shop, io).await,
    }
}

async fn add(name: &str, role: Role, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let key = door::add(shop.app, name, role).await?;
    if shop.answer.json {
        io.json(&json!({ "name": name, "role": role.as_str(), "key": key }))?;
    } else {
        io.line(key)?;
        let keep = match shop.language() {
            Language::Id => "Simpan sekarang: kunci ini tidak ditampilkan lagi.",
            Language::En => "Keep it now: it is not shown again.",
        };
        writeln!(io.err, "{keep}")?;
    }
    Ok(Exit::Fine)
}

async fn list(shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let zone = shop.app.policy().controller.zone;
    for key in door::list(shop.app).await? {
        if shop.answer.json {
            io.json(&json!({
                "name": key.name,
                "role": key.role,
                "created_at": key.created_at.to_string(),
                "revoked_at": key.revoked_at.map(|at| at.to_string()),
            }))?;
        } else {
            let (from, ended) = match shop.language() {
                Language::Id => ("sejak", "dicabut"),
                Language::En => ("since", "revoked"),
            };
            let until = key
                .revoked_at
                .map(|at| format!("  {ended} {}", zone.show(at)));
            let until = until.unwrap_or_default();
            let (name, role, since) = (key.name, key.role, zone.show(key.created_at));
            io.line(format_args!("{name}  {role}  {from} {since}{until}"))?;
        }
    }
    Ok(Exit::Fine)
}

async fn revoke(name: &str, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let revoked = door::revoke(shop.app, name).await?;
    if shop.answer.json {
        io.json(&json!({ "name": name, "revoked": revoked }))?;
    }
    anyhow::ensure!(
        revoked > 0,
        "there is no working key `{name}`; `izin api-key list` shows them"
    );
    if !shop.answer.json {
        io.line(match shop.language() {
            Language::Id => format!("`{name}` tidak berlaku lagi"),
            Language::En => format!("`{name}` works no longer"),
        })?;
    }
    Ok(Exit::Fine)
}
