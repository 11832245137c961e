//! What somebody is told who wrote to us: that the no stands, once; or where help is. Nothing of either
//! promotes anything (47 CFR 64.1200(a)(12)).

use izin_core::{Channel, Identifier, Language};
use izin_store::StoreError;

use crate::App;
use crate::way_out::REPLIES;

/// What a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// The no stands.
    Stopped,
    /// Who we are, and how to stop.
    Help,
}

/// The words, in the language of whoever holds the number, else the shop's.
pub(super) async fn words(
    app: &App,
    reply: Reply,
    (channel, to): (Channel, &Identifier),
) -> Result<String, StoreError> {
    let policy = app.policy();
    let language = match app.gate.holders(to).first() {
        Some(holder) => app.store.profile(*holder).await?.language,
        None => None,
    };
    let language = language.unwrap_or_else(|| policy.language());
    let (shop, contact) = (&policy.controller.name, &policy.controller.contact);
    let [berhenti, stop] = REPLIES;
    let way = match channel {
        Channel::Whatsapp => "WhatsApp",
        _ => "SMS",
    };
    Ok(match (reply, language) {
        (Reply::Stopped, Language::Id) => {
            format!("{shop}: Anda sudah berhenti. Kami tidak akan mengirim {way} promosi lagi.")
        }
        (Reply::Stopped, Language::En) => {
            format!("{shop}: you have opted out. We will send you no more marketing by {way}.")
        }
        (Reply::Help, Language::Id) => {
            format!(
                "{shop}: bantuan di {contact}. Balas {berhenti} untuk berhenti menerima {way} promosi."
            )
        }
        (Reply::Help, Language::En) => {
            format!("{shop}: help at {contact}. Reply {stop} to get no more marketing by {way}.")
        }
    })
}
