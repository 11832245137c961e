//! `izin erase`: somebody asked to be forgotten.

use clap::Args;
use izin_app::act;
use izin_app::erasure::{self, Asked, Confirmation, Erased};
use izin_core::{Language, Origin};
use izin_store::{Refused, StoreError, hex};
use serde_json::json;

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;
use crate::personal::Personal;
use crate::subject;

/// Erase a person: everything but what the law makes us keep, for ever
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin erase customer:10042 --agent Sari --note \"asked by letter of 3 May\"
  izin erase customer:10042 --agent Sari --note \"asked by letter of 3 May\" --yes

Without --yes nothing happens: the command says whom it would erase. It cannot be undone. The addresses
stay suppressed, and evidence of consents and requests stays locked away for five years.")]
pub(crate) struct Erase {
    /// email:…, phone:…, customer:… or id:…
    subject: Personal,
    /// Who of the staff took the request; kept sealed
    #[arg(long, value_name = "NAME")]
    agent: Personal,
    /// What was asked, and where the letter is; kept sealed
    #[arg(long, value_name = "TEXT")]
    note: Personal,
    /// Do it
    #[arg(long)]
    yes: bool,
}

/// Erases, or says what it would do.
pub(crate) async fn run(asked: &Erase, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let policy = shop.app.policy();
    let who = subject::parse(&asked.subject, policy.controller.country.as_str())?;
    if !asked.yes {
        return preview(&who, shop, io).await;
    }
    let asked = Asked {
        who,
        origin: Origin::Agent,
        detail: Some(json!({ "agent": &*asked.agent, "note": &*asked.note }).to_string()),
    };
    let erased = erasure::erase(shop.app, asked).await?;
    tell(&erased, shop, io)?;
    // Somebody has to tell the person instead.
    Ok(match erased.confirmation {
        Confirmation::Failed(_) => Exit::Findings,
        Confirmation::Sent | Confirmation::NoWay => Exit::Fine,
    })
}

async fn preview(who: &izin_app::Who, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let subject = act::one(shop.app, who)?;
    let holds = shop.app.store.holds().await?;
    if holds.iter().any(|own| own.subject == subject) {
        return Err(StoreError::from(Refused::OnHold).into());
    }
    let addresses = shop.app.store.identifiers(subject).await?.len();
    let purchases = shop.app.store.purchases(subject).await?.len();
    if shop.answer.json {
        io.json(&json!({
            "erased": false, "subject": subject, "addresses": addresses, "purchases": purchases,
        }))?;
        return Ok(Exit::Fine);
    }
    io.line(match shop.language() {
        Language::Id => format!(
            "akan dihapus: id:{subject}, dengan {addresses} alamat dan nomor, {purchases} baris \
             pembelian. Tidak dapat dibatalkan; ulangi dengan --yes."
        ),
        Language::En => format!(
            "would erase id:{subject}, with {addresses} addresses and numbers and {purchases} lines of \
             purchases. It cannot be undone; say it again with --yes."
        ),
    })?;
    Ok(Exit::Fine)
}

fn tell(erased: &Erased, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let entry = &erased.entry;
    let (seq, addresses) = (entry.seq, erased.addresses);
    if shop.answer.json {
        let confirmation = match &erased.confirmation {
            Confirmation::Sent => "sent",
            Confirmation::NoWay => "no_way",
            Confirmation::Failed(_) => "failed",
        };
        return io.json(&json!({
            "erased": true,
            "seq": seq,
            "subject": entry.subject,
            "entry": entry.record,
            "blinding": hex(&entry.blinding),
            "addresses": addresses,
            "confirmation": confirmation,
        }));
    }
    let language = shop.language();
    let of = entry.subject.map(|own| format!("id:{own}"));
    let of = of.unwrap_or_default();
    io.line(match language {
        Language::Id => format!(
            "{of}: terhapus, tercatat sebagai entri {seq}; {addresses} alamat dan nomor menolak \
             semuanya sejak kini. Yang tinggal: entri di bawah nomor acak, dan bukti yang hanya dibuka \
             berdua, dengan `izin evidence request {of}`"
        ),
        Language::En => format!(
            "{of}: erased, recorded as entry {seq}; {addresses} addresses and numbers refuse everything \
             from now on. What stays: entries under a random number, and evidence that two people open \
             together, with `izin evidence request {of}`"
        ),
    })?;
    io.line(match (&erased.confirmation, language) {
        (Confirmation::Sent, Language::Id) => "surat konfirmasi sudah dikirim".to_owned(),
        (Confirmation::Sent, Language::En) => "the confirmation was sent".to_owned(),
        (Confirmation::NoWay, Language::Id) => {
            "tidak ada surat konfirmasi: tidak ada alamat email, atau server email belum diatur"
                .to_owned()
        }
        (Confirmation::NoWay, Language::En) => {
            "no confirmation: there was no e-mail address, or no mail server is set".to_owned()
        }
        (Confirmation::Failed(why), Language::Id) => {
            format!("surat konfirmasi gagal dikirim dan tidak diulang, beri tahu orangnya dengan cara lain: {why}")
        }
        (Confirmation::Failed(why), Language::En) => {
            format!("the confirmation could not be sent and is not tried again, tell the person another way: {why}")
        }
    })?;
    Ok(())
}
