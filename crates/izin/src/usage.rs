//! A call that is not understood, in words: where it went wrong and how it is mended, in the asker's
//! language.
//!
//! A mistyped call has its arguments in wrong places, and any of them may be an address, a number or a
//! name. So no value is ever repeated: its place is named. Start at [`sentence`].

use std::error::Error as _;
use std::num::ParseIntError;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use izin_core::Language;
use izin_core::time::TimestampError;

use crate::help;

/// Values shorter than this stand by chance in any text.
const TELLING_BYTES_MIN: usize = 3;

/// The mistake, its mend and how the command is called; whoever shows it puts `izin: ` before it.
pub(crate) fn sentence(error: &clap::Error, language: Language) -> String {
    let call = Call { error, language };
    let mut said = call.mistake();
    if let Some(meant) = call.meant() {
        said.push_str(&match language {
            Language::Id => format!("; maksud Anda `{meant}`?"),
            Language::En => format!("; did you mean `{meant}`?"),
        });
    }
    if let Some(usage) = call.told(ContextKind::Usage) {
        said = format!("{said}\n\n{}", help::shown(usage.trim_end(), language));
    }
    let more = match language {
        Language::Id => "Selengkapnya: tambahkan --help.",
        Language::En => "For more, add --help.",
    };
    format!("{said}\n\n{more}\n")
}

/// One call that is not understood.
struct Call<'a> {
    error: &'a clap::Error,
    language: Language,
}

impl Call<'_> {
    fn mistake(&self) -> String {
        let place = self.place();
        let id = self.language == Language::Id;
        match self.error.kind() {
            ErrorKind::InvalidSubcommand if id => "perintah itu tidak ada".into(),
            ErrorKind::InvalidSubcommand => "there is no such command".into(),
            ErrorKind::UnknownArgument => self.unknown(),
            ErrorKind::MissingRequiredArgument if id => format!("ini belum disebut: {place}"),
            ErrorKind::MissingRequiredArgument => format!("this is missing: {place}"),
            ErrorKind::ArgumentConflict => self.conflict(&place),
            ErrorKind::InvalidValue if self.is_valueless() && id => {
                format!("nilai {place} belum disebut{}", self.choices())
            }
            ErrorKind::InvalidValue if self.is_valueless() => {
                format!("{place} needs a value{}", self.choices())
            }
            ErrorKind::InvalidValue | ErrorKind::ValueValidation if id => {
                format!("nilai {place} tidak dipahami{}", self.why())
            }
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
                format!("the value of {place} is not understood{}", self.why())
            }
            ErrorKind::TooManyValues if id => format!("{place} tidak memakai nilai sebanyak itu"),
            ErrorKind::TooManyValues => format!("{place} takes no such value"),
            ErrorKind::InvalidUtf8 if id => "sebuah argumen bukan teks UTF-8".into(),
            ErrorKind::InvalidUtf8 => "an argument is not text in UTF-8".into(),
            _ if id => format!("panggilan ini tidak dipahami {place}")
                .trim_end()
                .into(),
            _ => format!("this call is not understood {place}")
                .trim_end()
                .into(),
        }
    }

    /// An option that is none, or a word too many; the word is not repeated.
    fn unknown(&self) -> String {
        let typed = self.told(ContextKind::InvalidArg).unwrap_or_default();
        match (is_option(&typed), self.language) {
            (true, Language::Id) => format!("opsi `{typed}` tidak ada di sini"),
            (true, Language::En) => format!("there is no option `{typed}` here"),
            (false, Language::Id) => {
                "ada satu argumen yang tidak pada tempatnya (tidak diulang di sini, \
                karena mungkin menyangkut seseorang); lihat cara pakai di bawah"
                    .into()
            }
            (false, Language::En) => {
                "an argument stands where none belongs (it is not repeated here, \
                since it may be about a person); see the usage below"
                    .into()
            }
        }
    }

    fn conflict(&self, place: &str) -> String {
        let other = self.told(ContextKind::PriorArg).unwrap_or_default();
        match (other == place || other.is_empty(), self.language) {
            (true, Language::Id) => format!("{place} disebut lebih dari sekali"),
            (true, Language::En) => format!("{place} is given more than once"),
            (false, Language::Id) => format!("{place} dan {other} tidak dapat disebut bersama"),
            (false, Language::En) => format!("{place} and {other} cannot be given together"),
        }
    }

    fn is_valueless(&self) -> bool {
        self.told(ContextKind::InvalidValue)
            .is_none_or(|own| own.is_empty())
    }

    /// What may stand there, where only certain words may.
    fn choices(&self) -> String {
        let known = self.told(ContextKind::ValidValue).unwrap_or_default();
        self.known(&known)
    }

    fn known(&self, words: &str) -> String {
        match self.language {
            _ if words.is_empty() => String::new(),
            Language::Id => format!("; pilihannya: {words}"),
            Language::En => format!("; known are {words}"),
        }
    }

    /// Why a value is none, without the value.
    fn why(&self) -> String {
        let Some(cause) = self.error.source() else {
            return self.choices();
        };
        let value = self.told(ContextKind::InvalidValue).unwrap_or_default();
        if cause.is::<ParseIntError>() {
            return match self.language {
                Language::Id => "; tulis bilangan bulat".into(),
                Language::En => "; write a whole number".into(),
            };
        }
        if self.language == Language::Id && cause.is::<TimestampError>() {
            return "; tulis 2026-11-21T09:30:00+07:00, 2026-11-21T02:30:00Z, atau tanggal 2026-11-21"
                .into();
        }
        let Some(cause) = without(&cause.to_string(), &value) else {
            return String::new();
        };
        let words = cause.split_once("expected one of ");
        let words = words.or_else(|| cause.split_once("s are "));
        let words = words.map(|(_, words)| words.to_owned());
        match (words, self.language) {
            (Some(words), Language::Id) => self.known(&words),
            _ => format!(": {cause}"),
        }
    }

    /// What was probably meant: a word of ours.
    fn meant(&self) -> Option<String> {
        [
            ContextKind::SuggestedSubcommand,
            ContextKind::SuggestedArg,
            ContextKind::SuggestedValue,
        ]
        .into_iter()
        .find_map(|kind| self.told(kind))
    }

    /// The arguments that it is about, as the usage writes them.
    fn place(&self) -> String {
        self.told(ContextKind::InvalidArg).unwrap_or_default()
    }

    fn told(&self, kind: ContextKind) -> Option<String> {
        match self.error.get(kind)? {
            ContextValue::None => None,
            own => Some(own.to_string()),
        }
    }
}

/// Whether a word is written as options are: then it holds neither an address nor a number.
fn is_option(word: &str) -> bool {
    let name = word.strip_prefix('-').unwrap_or_default();
    !name.is_empty()
        && name
            .bytes()
            .all(|own| own == b'-' || own.is_ascii_lowercase())
}

/// A cause that may quote the value; `None` when it cannot be told without.
fn without(cause: &str, value: &str) -> Option<String> {
    let told = cause.replace(&format!("`{value}`"), "`…`");
    let (text, value) = (told.to_lowercase(), value.to_lowercase());
    let in_a_word = |own: char| own.is_alphanumeric() || own == '_';
    let stands_alone = |at: usize| {
        let (before, rest) = text.split_at(at);
        let after = rest.get(value.len()..).unwrap_or_default();
        !before.ends_with(in_a_word) && !after.starts_with(in_a_word)
    };
    let mut found = text.match_indices(&value);
    let repeats = value.len() >= TELLING_BYTES_MIN && found.any(|(at, _)| stands_alone(at));
    (!repeats).then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_repeats_the_value_in_any_form_is_left_out() {
        let quoted = "unknown channel `rina@example.com`; channels are email, sms";
        assert_eq!(
            without(quoted, "rina@example.com").unwrap(),
            "unknown channel `…`; channels are email, sms"
        );
        assert_eq!(without("no Rina here", "rina"), None);
        let meant = "did you mean `breach_clock`?";
        assert_eq!(without(meant, "breach").unwrap(), meant);
        assert_eq!(
            without("lower-case letters", "A-1").unwrap(),
            "lower-case letters"
        );
    }

    #[test]
    fn only_what_is_written_as_an_option_is_repeated() {
        for (word, is) in [
            ("--yess", true),
            ("-x", true),
            ("--628120000001", false),
            ("--rina@example.com", false),
            ("rina", false),
            ("-", false),
            ("", false),
        ] {
            assert_eq!(is_option(word), is, "{word}");
        }
    }
}
