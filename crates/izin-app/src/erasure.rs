//! Promise 7: who asks to be forgotten is. What the law makes us keep is named in the answer.
//!
//! The store erases ([`izin_store::Store::erase`]); here is what surrounds it: the confirmation is
//! written before the address is gone and handed over last, then dies with its letter; what was made
//! from the person's data, the gate's snapshot and the trained model, is made anew. Start at
//! [`erase`].

use izin_core::{Identifier, IdentifierKind, Language, Origin, SubjectId};
use izin_store::{Cause, Erasing, Recorded, StoreError};

use crate::App;
use crate::act::{self, ActError};
use crate::deliver::letter::{self, Letter, LetterError, Words};
use crate::gate::Who;
use crate::retention;

/// Who asks, and why.
#[derive(Clone)]
pub struct Asked {
    /// Whom it is about.
    pub who: Who,
    /// Where the request came in.
    pub origin: Origin,
    /// Who took it and what was said; withheld with the evidence.
    pub detail: Option<String>,
}

/// What became of the person's confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The mail server took it.
    Sent,
    /// The person had no e-mail address, or no mail server is set.
    NoWay,
    /// It was tried, once.
    Failed(String),
}

/// What an erasure came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The entry that says so.
    pub entry: Recorded,
    /// Addresses and numbers that are suppressed from here on.
    pub addresses: usize,
    /// What became of the confirmation.
    pub confirmation: Confirmation,
}

/// Erases a person; it cannot be undone. When it returns nothing of them can be read or matched by any
/// usual path but what stays by law. Keys and traces on the disk that could not be destroyed at once are
/// told in the log, and destroyed within a day or at the next start.
///
/// # Errors
/// [`ActError::UnknownSubject`], [`ActError::SeveralSubjects`]; [`ActError::Store`] with
/// [`izin_store::Refused::OnHold`] while a legal hold stands, or when it could not be entered.
pub async fn erase(app: &App, asked: Asked) -> Result<Erased, ActError> {
    let subject = act::one(app, &asked.who)?;
    let letter = confirmation(app, subject).await?;
    let now = app.clock.now();
    let erasing = Erasing {
        cause: Cause::Asked,
        origin: asked.origin,
        detail: asked.detail,
        withheld_until: now.plus_days(retention::EVIDENCE_DAYS),
    };
    let erased = app.store.erase(subject, erasing, now).await?;
    finish(app).await;
    let confirmation = match letter {
        None => Confirmation::NoWay,
        Some(letter) => match letter.hand_over().await {
            Ok(()) => Confirmation::Sent,
            Err(why) => Confirmation::Failed(why.to_string()),
        },
    };
    Ok(Erased {
        entry: erased.entry,
        addresses: erased.addresses,
        confirmation,
    })
}

/// Destroys keys and traces. The person is erased already, durably: what fails here is made up for, and
/// keeps neither the answer nor the letter.
async fn finish(app: &App) {
    app.forget_snapshot();
    if let Err(error) = app.store.finish_erasures().await {
        tracing::error!(%error, "an erasure is not finished; it is tried again within a day, and at the next start");
    }
    if let Err(error) = app.shelf.restock(&app.store).await {
        tracing::error!(%error, "the categories of products could not be read again");
    }
}

/// The letter that tells the person, while there is an address to write it to.
async fn confirmation(app: &App, subject: SubjectId) -> Result<Option<Letter>, StoreError> {
    let known = app.store.identifiers(subject).await?;
    let mail = |own: &Identifier| own.kind() == IdentifierKind::Email;
    let Some(to) = known.into_iter().map(|own| own.value).find(mail) else {
        return Ok(None);
    };
    let language = app.store.profile(subject).await?.language;
    let language = language.unwrap_or_else(|| app.policy().language());
    match letter::write(app, &to, &words(app, language)) {
        Ok(letter) => Ok(Some(letter)),
        Err(LetterError::Store(why)) => Err(why),
        Err(LetterError::NoMailServer | LetterError::Unmakeable) => Ok(None),
    }
}

fn words(app: &App, language: Language) -> Words {
    let shop = &app.policy().controller.name;
    let years = retention::EVIDENCE_DAYS / 365;
    match language {
        Language::Id => Words {
            subject: format!("Data Anda di {shop} sudah dihapus"),
            text: format!(
                "Data pribadi Anda di {shop} sudah dihapus seperti yang diminta: nama, alamat, \
                 nomor, dan riwayat pembelian Anda.\n\nYang tersisa: catatan tentang apa yang Anda \
                 setujui, tolak, dan minta, serta tentang pesan yang dikirim kepada Anda dan kapan, di \
                 bawah nomor acak yang tidak menyebut siapa Anda; sidik angka dari alamat Anda, agar \
                 Anda tidak dihubungi lagi; dan bukti persetujuan serta permintaan Anda, terkunci paling \
                 lama {years} tahun karena diwajibkan hukum. Ini surat terakhir tentang data itu; alamat \
                 ini tidak disimpan setelah surat terkirim.\n\n{shop}\n"
            ),
        },
        Language::En => Words {
            subject: format!("Your data at {shop} are erased"),
            text: format!(
                "Your personal data at {shop} are erased as was asked: your name, addresses, \
                 numbers and purchases.\n\nWhat stays: the record of what you agreed to, refused and \
                 asked for, and of which messages were sent to you and when, under a random number that \
                 does not say who you are; a fingerprint of your addresses, so that nobody writes to you \
                 again; and the evidence of what you agreed to and asked for, locked away for {years} \
                 years at most because the law asks for it. This is the last letter about them; this \
                 address is not kept once it is sent.\n\n{shop}\n"
            ),
        },
    }
}
