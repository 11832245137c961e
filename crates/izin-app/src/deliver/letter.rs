//! One essential letter, outside every campaign: plain text, with nothing to promote and nothing
//! to opt out of. It owns all it needs, so that it can be handed over after the person was answered.

use std::time::{Duration, UNIX_EPOCH};

use izin_core::Identifier;
use izin_store::{StoreError, hex};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};

use super::DeliverError;
use super::smtp::{Envelope, Outcome, Smtp, Trust};
use crate::App;
use crate::app::MailSettings;

/// What a letter says.
pub struct Words {
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// A letter that is ready. Without `Debug`: it names a person and holds a secret.
pub struct Letter {
    mail: MailSettings,
    envelope: Envelope,
    bytes: Vec<u8>,
}

/// Why no letter was written. Never repeats a value.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// Nothing is set up to send.
    #[error("no mail server is set; set one under [smtp] in izin.toml")]
    NoMailServer,
    /// A value cannot stand in a mail.
    #[error("the letter could not be put together")]
    Unmakeable,
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Writes a letter to an e-mail address.
///
/// # Errors
/// [`LetterError`].
pub fn write(app: &App, to: &Identifier, words: &Words) -> Result<Letter, LetterError> {
    let mail = app.settings.mail.clone();
    let mail = mail.ok_or(LetterError::NoMailServer)?;
    let to = to.reveal("the address a letter is handed over to");
    let envelope = Envelope::new(&mail.from_address, to).map_err(|_| LetterError::Unmakeable)?;
    let domain = mail.from_address.rsplit_once('@');
    let domain = domain.map_or("", |(_, domain)| domain);
    let id = hex(&app
        .store
        .entropy()
        .bytes::<16>()
        .map_err(StoreError::from)?);
    let bytes = build(app, &mail, (to, words), &format!("<{id}@{domain}>"));
    let bytes = bytes.ok_or(LetterError::Unmakeable)?;
    let signed = mail.dkim.sign(bytes, app.clock.now());
    Ok(Letter {
        bytes: signed.map_err(|_| LetterError::Unmakeable)?,
        mail,
        envelope,
    })
}

fn build(app: &App, mail: &MailSettings, (to, words): (&str, &Words), id: &str) -> Option<Vec<u8>> {
    let line = |text: &str| !text.chars().any(char::is_control);
    if !line(&words.subject) || !line(&mail.from_name) {
        return None;
    }
    let from = Mailbox::new(
        Some(mail.from_name.clone()),
        mail.from_address.parse().ok()?,
    );
    let micros = u64::try_from(app.clock.now().as_micros()).ok()?;
    // Holiday answers are not sent to generated mail (RFC 3834 §2).
    let generated = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to.parse().ok()?))
        .subject(words.subject.as_str())
        .date(UNIX_EPOCH + Duration::from_micros(micros))
        .message_id(Some(id.to_owned()))
        .raw_header(HeaderValue::new(generated, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(words.text.clone())
        .ok()?;
    Some(message.formatted())
}

impl Letter {
    /// Hands it over, once; what the server does not take is not tried again.
    ///
    /// # Errors
    /// [`DeliverError`].
    pub async fn hand_over(self) -> Result<(), DeliverError> {
        let trust = Trust::new(None)?;
        let mut smtp = Smtp::connect(&self.mail.smtp, &trust).await?;
        let outcome = smtp.send(&self.envelope, &self.bytes).await;
        if smtp.is_usable() {
            smtp.quit().await;
        }
        match outcome? {
            Outcome::Accepted { .. } => Ok(()),
            Outcome::Refused { step, reply } | Outcome::RefusedForNow { step, reply } => {
                Err(DeliverError::SenderRefused {
                    server: self.mail.smtp.server,
                    step,
                    status: reply.status(),
                })
            }
        }
    }
}
