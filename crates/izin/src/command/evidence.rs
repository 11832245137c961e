//! `izin evidence`: what is withheld of somebody who was erased, opened by two people.

use clap::Subcommand;
use izin_app::act;
use izin_app::door::Role;
use izin_app::evidence::{self, Shown};
use izin_app::staff::Staff;
use izin_app::visible::visible;
use izin_core::Language;
use serde_json::json;

use crate::command::queue::said;
use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;
use crate::subject;

/// Ask for, and open, the evidence that is locked away of somebody who was erased
#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Ask to see it; somebody else has to open it
    #[command(after_help = "\
Example:
  izin evidence request id:0123456789abcdef0123456789abcdef --as Rini --note \"regulator, case 7\"")]
    Request {
        /// id:… of the person, as the erasure told it
        subject: Personal,
        /// Who asks
        #[arg(long = "as", value_name = "NAME")]
        by: Personal,
        /// Who has to see it, and why; kept sealed
        #[arg(long, value_name = "TEXT")]
        note: Personal,
    },
    /// Show what somebody else asked to see, once
    #[command(after_help = "Example:\n  izin evidence open 7 --as Budi")]
    Open {
        /// The number of the request
        item: u64,
        /// Who opens it: not the one who asked
        #[arg(long = "as", value_name = "NAME")]
        by: Personal,
    },
}

/// Does what was asked about evidence.
pub(crate) async fn run(
    asked: &EvidenceCommand,
    shop: &Shop<'_>,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    match asked {
        EvidenceCommand::Request { subject, by, note } => {
            let home = shop.app.policy().controller.country;
            let who = subject::parse(subject, home.as_str())?;
            let by = Staff::new(by, Role::Dpo, None)?;
            let subject = act::one(shop.app, &who)?;
            let item = evidence::request(shop.app, subject, &by, note).await?;
            if shop.answer.json {
                io.json(&json!({ "item": item }))?;
            } else {
                io.line(match shop.language() {
                    Language::Id => {
                        format!("orang lain membukanya: `izin evidence open {item} --as NAMA`")
                    }
                    Language::En => {
                        format!("somebody else opens it: `izin evidence open {item} --as NAME`")
                    }
                })?;
            }
        }
        EvidenceCommand::Open { item, by } => {
            let by = Staff::new(by, Role::Dpo, None)?;
            let zone = shop.app.policy().controller.zone;
            for Shown {
                seq,
                at,
                act,
                words,
            } in evidence::disclose(shop.app, *item, &by).await?
            {
                if shop.answer.json {
                    let at = at.to_string();
                    io.json(&json!({ "seq": seq, "recorded_at": at, "act": act, "words": words }))?;
                } else {
                    let (day, words) = (zone.show(at), visible(&said(&words)));
                    io.line(format_args!("{seq}  {day}  {act}  {words}"))?;
                }
            }
        }
    }
    Ok(Exit::Fine)
}
