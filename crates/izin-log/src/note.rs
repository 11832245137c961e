//! Signed notes (C2SP signed-note): a text, a blank line, signature lines.
//!
//! Reading is strict, so that a note has one spelling. The text is only handed out by a
//! successful [`Note::verify`].

use crate::key::{KeyId, SignerKey, VerifierKey, is_name};
use crate::text;

/// Length of the longest note: room for the 16 signatures, some post-quantum, that C2SP asks for.
const NOTE_BYTES_MAX: usize = 128 * 1024;

/// The em dash before every signature.
const MARK: &str = "\u{2014} ";

/// A well-formed note whose text is not yet to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    text: &'a str,
    signatures: Vec<SignatureLine<'a>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SignatureLine<'a> {
    name: &'a str,
    id: KeyId,
    signature: Vec<u8>,
}

/// Why a note is not believed, or not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than any note need be.
    #[error("a note is at most {NOTE_BYTES_MAX} bytes long")]
    TooLong,
    /// A control character other than the line's end.
    #[error("a note has no control characters")]
    Control,
    /// No text, blank line and signatures, or the last line does not end.
    #[error("a note is lines of text, a blank line and signature lines")]
    Form,
    /// A line that is not a signature, counted from 1 among the signature lines.
    #[error("signature line {0} is not of the form `\u{2014} name base64`")]
    Line(usize),
    /// The key did not sign.
    #[error("it is not signed by the key given")]
    Unsigned,
    /// A line bears the key's name and id, but its signature is not one of this text.
    #[error("the signature is not one of this text by the key given")]
    Forged,
    /// There are lines that the key alone cannot check.
    #[error("it has signature lines besides that of the key given")]
    Others,
}

impl<'a> Note<'a> {
    /// Takes a note apart; believes nothing yet.
    ///
    /// # Errors
    /// [`NoteError`] for anything but a canonical signed note.
    pub fn parse(note: &'a str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        if has_control(note) {
            return Err(NoteError::Control);
        }
        let (text, lines) = split_text(note).ok_or(NoteError::Form)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        let signatures = (1..)
            .zip(lines.split('\n'))
            .map(|(number, line)| SignatureLine::parse(line).ok_or(NoteError::Line(number)))
            .collect::<Result<_, _>>()?;
        Ok(Self { text, signatures })
    }

    /// The text, if the key signed it. Lines of other keys are passed over.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] or [`NoteError::Forged`].
    pub fn verify(&self, key: &VerifierKey) -> Result<&'a str, NoteError> {
        let mut own = self
            .signatures
            .iter()
            .filter(|line| line.is_by(key))
            .peekable();
        own.peek().ok_or(NoteError::Unsigned)?;
        if own.all(|line| key.has_signed(self.text, &line.signature)) {
            Ok(self.text)
        } else {
            Err(NoteError::Forged)
        }
    }

    /// As [`Note::verify`], but refuses a note with any line that the key cannot check.
    ///
    /// # Errors
    /// [`NoteError::Others`] besides.
    pub fn verify_alone(&self, key: &VerifierKey) -> Result<&'a str, NoteError> {
        let text = self.verify(key)?;
        if self.signatures.len() == 1 {
            Ok(text)
        } else {
            Err(NoteError::Others)
        }
    }
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(MARK)?.split_once(' ')?;
        let bytes = text::from_base64(encoded)?;
        let (id, signature) = bytes.split_first_chunk()?;
        let whole = is_name(name) && !signature.is_empty();
        whole.then(|| Self {
            name,
            id: KeyId(*id),
            signature: signature.to_vec(),
        })
    }

    fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }
}

/// Signs a text of whole lines.
///
/// # Errors
/// [`NoteError`] when the text cannot be that of a note.
pub fn sign(text: &str, key: &SignerKey) -> Result<String, NoteError> {
    if has_control(text) {
        return Err(NoteError::Control);
    }
    if !text.ends_with('\n') {
        return Err(NoteError::Form);
    }
    let note = seal(text, key);
    if note.len() > NOTE_BYTES_MAX {
        Err(NoteError::TooLong)
    } else {
        Ok(note)
    }
}

/// Signs a text that is known to be fit for a note.
pub(crate) fn seal(text: &str, key: &SignerKey) -> String {
    let verifier = key.verifier();
    let bytes = [verifier.id().0.as_slice(), key.sign(text).as_slice()].concat();
    let (name, signature) = (verifier.name(), text::to_base64(&bytes));
    format!("{text}\n{MARK}{name} {signature}\n")
}

/// Cuts at the last blank line; the text keeps its last line's end.
fn split_text(note: &str) -> Option<(&str, &str)> {
    let (text, lines) = note.rsplit_once("\n\n")?;
    let (text, _) = note.split_at_checked(text.len().checked_add(1)?)?;
    Some((text, lines))
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}
