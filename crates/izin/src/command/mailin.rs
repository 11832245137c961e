//! `izin mailin`: a mail that came in, from the pipe of whatever mail server took it.
//!
//! A mail server gives a mail again when a pipe ends with 75, and writes to its sender when it ends with
//! anything else that is not 0. So this ends with 0 or 75.

use std::io::Read;

use clap::Args;
use izin_app::inbound::mail::{self, RAW_BYTES_MAX, Taken};
use izin_core::Language;
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;

/// Take a mail from standard input: an opt-out, a complaint, one that came back
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin mailin --recipient \"$RECIPIENT\" < mail.eml
  izin mailin < mail.eml

It is for the pipe of a mail server; docs/book/mail.md shows Postfix and OpenSMTPD. It ends with 0 when the mail
was taken, whatever it was, and with 75 when it could not be: then the mail server gives it again.")]
pub(crate) struct MailIn {
    /// The address it came for, as often as there are several; absent: those in its header
    #[arg(long, value_name = "ADDRESS")]
    recipient: Vec<Personal>,
}

/// Takes it.
pub(crate) async fn run(asked: &MailIn, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let mut raw = Vec::new();
    let limit = u64::try_from(RAW_BYTES_MAX)?;
    let mut input = io.take_input();
    input.by_ref().take(limit).read_to_end(&mut raw)?;
    // A mail server takes a pipe that is not read to its end for one that failed.
    std::io::copy(&mut input, &mut std::io::sink())?;
    let recipients: Vec<String> = asked.recipient.iter().map(|own| own.to_string()).collect();
    let taken = mail::take(shop.app, &raw, &recipients).await?;
    if shop.answer.json {
        io.json(&json!({"taken": taken.as_str()}))?;
    } else {
        io.line(sentence(taken, shop.language()))?;
    }
    Ok(Exit::Fine)
}

const fn sentence(taken: Taken, language: Language) -> &'static str {
    match (taken, language) {
        (Taken::OptedOut, Language::Id) => "Penolakan dicatat dan sudah berlaku.",
        (Taken::OptedOut, Language::En) => "An opt-out: recorded, and in effect.",
        (Taken::Complained, Language::Id) => {
            "Keluhan dicatat dan berlaku sebagai penolakan; menunggu ditangani."
        }
        (Taken::Complained, Language::En) => {
            "A complaint: recorded, in effect as a no, and waiting for somebody."
        }
        (Taken::Undeliverable, Language::Id) => {
            "Pesan kembali: alamatnya tidak ada, dan dicatat begitu."
        }
        (Taken::Undeliverable, Language::En) => {
            "A mail that came back: there is no such address, which is recorded."
        }
        (Taken::CameBack, Language::Id) => {
            "Pesan kembali; itu tidak menyatakan apa pun tentang orangnya."
        }
        (Taken::CameBack, Language::En) => {
            "A mail that came back; that says nothing about the person."
        }
        (Taken::Queued, Language::Id) => {
            "Mungkin penolakan: menunggu dibaca seseorang (`izin queue list`)."
        }
        (Taken::Queued, Language::En) => {
            "It may be a no: it waits for somebody to read it (`izin queue list`)."
        }
        (Taken::Nothing, Language::Id) => "Tidak ada yang perlu dicatat.",
        (Taken::Nothing, Language::En) => "Nothing to be recorded.",
    }
}
