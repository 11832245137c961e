//! One mail as bytes, ready to be signed and handed over.
//!
//! Builds the message of RFC 5322 with text and HTML, and the headers every marketing mail owes
//! its reader (RFC 2369, 2919, 8058). It must never let a value become a header of its own, and
//! never send, sign or read a clock. Start at [`build`].

use std::time::{Duration, UNIX_EPOCH};

use izin_core::Timestamp;
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use crate::campaign::template::RenderedMail;
use crate::way_out::list_unsubscribe;

/// Bytes of one header value: RFC 5322 §2.1.1 allows 998 in a line, the field's name included.
const VALUE_BYTES_MAX: usize = 950;
/// Quoted-printable never writes `=_` (RFC 2045 §6.7), so no content can end a part.
const BOUNDARY: &str = "=_izin_part";
/// The last second of the year 9999, after which a date has no four-digit year.
const DATE_SECONDS_MAX: u64 = 253_402_300_799;

/// A mail and where it goes. Without `Debug`: it names a person.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The sender's name; may be empty.
    pub from_name: &'a str,
    /// The sender's address.
    pub from_address: &'a str,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<&'a str>,
    /// The person's name; may be empty.
    pub to_name: &'a str,
    /// The person's address.
    pub to_address: &'a str,
    /// What they read.
    pub mail: &'a RenderedMail,
    /// The address that opts this person out by one POST (RFC 8058): https, or http on loopback.
    pub one_click_url: &'a str,
    /// Where the person may write to opt out (RFC 2369).
    pub mailbox: Option<&'a str>,
    /// What mailbox providers count complaints by; says nothing about the person.
    pub feedback_id: &'a str,
    /// Where complaints go, and the name of this mail in them (RFC 9477).
    pub complaints: Option<(&'a str, &'a str)>,
    /// What the mail belongs to (RFC 2919).
    pub list: List<'a>,
    /// `local@domain`, without angle brackets; never used twice.
    pub message_id: &'a str,
    /// The moment the mail was made.
    pub date: Timestamp,
}

/// A mailing list's identity (RFC 2919): stable over every mail of its kind.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// What people read; may be empty.
    pub phrase: &'a str,
    /// `name.domain`, such as `promo.toko.example`.
    pub id: &'a str,
}

/// A value of a mail's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The sender's name.
    FromName,
    /// The sender's address.
    FromAddress,
    /// Where answers go.
    ReplyTo,
    /// The person's name.
    ToName,
    /// The person's address.
    ToAddress,
    /// The subject.
    Subject,
    /// The one-click address.
    OneClickUrl,
    /// An address or name for answers: opt-outs, complaints.
    Answers,
    /// The list's phrase.
    ListPhrase,
    /// The list's id.
    ListId,
    /// The message's id.
    MessageId,
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::FromName => "sender's name",
            Self::FromAddress => "sender's address",
            Self::ReplyTo => "reply address",
            Self::ToName => "recipient's name",
            Self::ToAddress => "recipient's address",
            Self::Subject => "subject",
            Self::OneClickUrl => "one-click address",
            Self::Answers => "address or name for answers",
            Self::ListPhrase => "list's phrase",
            Self::ListId => "list's id",
            Self::MessageId => "message id",
        })
    }
}

/// Why no message was built. Never repeats the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A line break, NUL or another control character: a header could be smuggled in.
    #[error("the {0} holds a line break or another control character")]
    ControlCharacter(Field),
    /// `=?`, the mark of encoded words (RFC 2047): readers would show something else.
    #[error("the {0} holds `=?`, which mail readers take for encoded text")]
    EncodedWord(Field),
    /// Longer than a header line may be.
    #[error("the {0} is longer than {VALUE_BYTES_MAX} bytes")]
    TooLong(Field),
    /// Not an e-mail address in ASCII.
    #[error("the {0} is not an e-mail address in ASCII")]
    NotAnAddress(Field),
    /// Not what RFC 8058 §3.1 asks for.
    #[error("the one-click address is not an https address (http on loopback only)")]
    NotHttps,
    /// Not of the form its header needs.
    #[error("the {0} is not of the form letters, digits, `-`, `_` and dots, with its domain")]
    NotAnId(Field),
    /// Before 1970 or after 9999.
    #[error("the date is outside the years 1970 to 9999")]
    Date,
    /// The mail builder refused for a reason not foreseen above.
    #[error("the message could not be put together")]
    Build,
}

/// Builds the message: CRLF line ends, every line within 998 bytes, ASCII only.
///
/// # Errors
/// [`MessageError`] names the field at fault; nothing is cut or cleaned silently.
pub fn build(outgoing: &Outgoing<'_>) -> Result<Vec<u8>, MessageError> {
    let from = mailbox(
        (Field::FromName, outgoing.from_name),
        (Field::FromAddress, outgoing.from_address),
    )?;
    let to = mailbox(
        (Field::ToName, outgoing.to_name),
        (Field::ToAddress, outgoing.to_address),
    )?;
    let subject = plain(Field::Subject, &outgoing.mail.subject)?;
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])
        .map_err(|_| MessageError::Build)?;
    let mut message = Message::builder()
        .envelope(envelope)
        .date(UNIX_EPOCH + since_epoch(outgoing.date)?)
        .from(from)
        .to(to)
        .subject(subject)
        .message_id(Some(format!("<{}>", message_id(outgoing.message_id)?)));
    if let Some(reply_to) = outgoing.reply_to {
        message = message.reply_to(Mailbox::new(None, address(Field::ReplyTo, reply_to)?));
    }
    for header in list_headers(outgoing)? {
        message = message.raw_header(header);
    }
    let message = message
        .multipart(parts(outgoing.mail))
        .map_err(|_| MessageError::Build)?;
    Ok(message.formatted())
}

/// The headers that let a reader's mailbox stop these mails and know them as bulk.
fn list_headers(outgoing: &Outgoing<'_>) -> Result<Vec<HeaderValue>, MessageError> {
    let one_click = one_click_url(outgoing.one_click_url)?;
    let mailbox = outgoing.mailbox.map(answers).transpose()?;
    let stop = list_unsubscribe(one_click, mailbox);
    if stop.iter().any(|(_, value)| value.len() > VALUE_BYTES_MAX) {
        return Err(MessageError::TooLong(Field::OneClickUrl));
    }
    let mut headers: Vec<_> = stop.map(|(name, value)| header(name, value)).into();
    headers.extend([
        header("List-Id", list_id(outgoing.list)?),
        header(
            "Feedback-ID",
            plain(Field::Answers, outgoing.feedback_id)?.to_owned(),
        ),
        header("Precedence", "bulk".to_owned()),
        // Holiday answers are not sent to generated mail (RFC 3834 §2).
        header("Auto-Submitted", "auto-generated".to_owned()),
    ]);
    if let Some((to, id)) = outgoing.complaints {
        headers.push(header(
            "CFBL-Address",
            format!("{}; report=arf", answers(to)?),
        ));
        headers.push(header(
            "CFBL-Feedback-ID",
            plain(Field::Answers, id)?.to_owned(),
        ));
    }
    Ok(headers)
}

/// An address that mail programs and providers answer to.
fn answers(text: &str) -> Result<&str, MessageError> {
    address(Field::Answers, text).map(|_| text)
}

/// A header exactly as given, on one line: folding would break a long address for some readers.
fn header(name: &'static str, value: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

fn parts(mail: &RenderedMail) -> MultiPart {
    MultiPart::alternative()
        .boundary(BOUNDARY)
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html))
}

fn part(content_type: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(content_type)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

fn mailbox(name: (Field, &str), email: (Field, &str)) -> Result<Mailbox, MessageError> {
    let name = plain(name.0, name.1)?.trim();
    let name = (!name.is_empty()).then(|| name.to_owned());
    Ok(Mailbox::new(name, address(email.0, email.1)?))
}

fn address(field: Field, text: &str) -> Result<Address, MessageError> {
    let text = plain(field, text)?;
    let address: Address = text
        .parse()
        .map_err(|_| MessageError::NotAnAddress(field))?;
    if text.is_ascii() {
        Ok(address)
    } else {
        Err(MessageError::NotAnAddress(field))
    }
}

/// A text that stays inside its own header.
fn plain(field: Field, text: &str) -> Result<&str, MessageError> {
    if text.chars().any(char::is_control) {
        return Err(MessageError::ControlCharacter(field));
    }
    if text.contains("=?") {
        return Err(MessageError::EncodedWord(field));
    }
    if text.len() > VALUE_BYTES_MAX {
        return Err(MessageError::TooLong(field));
    }
    Ok(text)
}

fn one_click_url(url: &str) -> Result<&str, MessageError> {
    let url = plain(Field::OneClickUrl, url)?;
    let written = url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"<>,\"".contains(&byte));
    if written && (host_after("https://", url).is_some() || is_loopback(url)) {
        return Ok(url);
    }
    Err(MessageError::NotHttps)
}

fn is_loopback(url: &str) -> bool {
    let loopback = ["localhost", "127.0.0.1", "[::1]"];
    host_after("http://", url).is_some_and(|host| {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        loopback.contains(&name)
    })
}

fn host_after<'a>(scheme: &str, url: &'a str) -> Option<&'a str> {
    let host = url.strip_prefix(scheme)?.split(['/', '?', '#']).next()?;
    (!host.is_empty() && !host.contains('@')).then_some(host)
}

fn message_id(id: &str) -> Result<&str, MessageError> {
    let id = plain(Field::MessageId, id)?;
    match id.split_once('@') {
        Some((local, domain)) if is_dotted(local) && is_dotted(domain) => Ok(id),
        _ => Err(MessageError::NotAnId(Field::MessageId)),
    }
}

fn list_id(list: List<'_>) -> Result<String, MessageError> {
    let id = plain(Field::ListId, list.id)?;
    if !is_dotted(id) || !id.contains('.') {
        return Err(MessageError::NotAnId(Field::ListId));
    }
    let phrase = phrase(plain(Field::ListPhrase, list.phrase)?.trim());
    Ok(format!("{phrase}<{id}>"))
}

/// Words of letters, digits, `-` and `_` with single dots between them.
fn is_dotted(text: &str) -> bool {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    text.split('.')
        .all(|word| !word.is_empty() && word.bytes().all(belongs))
}

/// A phrase before an angle bracket: as it is when it is plain words, else in encoded words
/// (RFC 2047 §5), each within its 75 characters.
fn phrase(text: &str) -> String {
    /// What 75 characters leave beside `=?utf-8?q?` and `?=`.
    const ENCODED_MAX: usize = 63;
    if text.is_empty() {
        return String::new();
    }
    if text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
    {
        return format!("{text} ");
    }
    let mut words = vec![String::new()];
    for c in text.chars() {
        let encoded = q_encoded(c);
        match words.last_mut() {
            Some(word) if word.len() + encoded.len() <= ENCODED_MAX => word.push_str(&encoded),
            _ => words.push(encoded),
        }
    }
    words
        .iter()
        .map(|word| format!("=?utf-8?q?{word}?=\r\n "))
        .collect()
}

fn q_encoded(c: char) -> String {
    if c.is_ascii_alphanumeric() {
        return c.to_string();
    }
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes)
        .bytes()
        .map(|byte| format!("={byte:02X}"))
        .collect()
}

fn since_epoch(date: Timestamp) -> Result<Duration, MessageError> {
    let micros = u64::try_from(date.as_micros()).map_err(|_| MessageError::Date)?;
    let since = Duration::from_micros(micros);
    if since.as_secs() > DATE_SECONDS_MAX {
        Err(MessageError::Date)
    } else {
        Ok(since)
    }
}

#[cfg(test)]
mod tests;
