//! The parts of a template file: head, HTML, text, each with the line it starts on.
//!
//! Only splits and reads the head; it judges no tag and no markup. Start at [`Source::split`].

use std::ops::Range;

use izin_core::Language;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::{Fault, Problem};

/// Bytes of a template file; a hundred times a hand-written mail, small enough to check at once.
pub const TEMPLATE_BYTES_MAX: usize = 128 * 1024;
const FENCE: &str = "+++";
const TEXT_FENCE: &str = "+++ text";
/// What begins the words of a text in each language, in the order of [`Language::ALL`].
const WORDS_FENCES: [&str; 2] = ["+++ id", "+++ en"];

/// One piece of template language and the line of the file it starts on.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

impl Part<'_> {
    /// The file's line of a byte of this part.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.line + line_breaks(self.text, offset)
    }

    /// Reads the TOML of a head.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        toml::from_str(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            (
                self.line_at(offset),
                Problem::Head(error.message().to_owned()),
            )
        })
    }
}

/// A template file, taken apart.
pub(super) struct Source<'a> {
    pub(super) name: String,
    pub(super) html: Part<'a>,
    pub(super) text: Option<Part<'a>>,
    subject: Texts,
    preheader: Option<Texts>,
    head: Part<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: Spanned<String>,
    subject: Texts,
    preheader: Option<Texts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    id: Spanned<String>,
    en: Spanned<String>,
}

impl Texts {
    fn get(&self, language: Language) -> &Spanned<String> {
        match language {
            Language::Id => &self.id,
            Language::En => &self.en,
        }
    }
}

impl<'a> Source<'a> {
    /// Takes a file apart and reads its head.
    pub(super) fn split(file: &'a str) -> Result<Self, Fault> {
        let fences = fences(file)?;
        let [opening, closing, after @ ..] = fences.as_slice() else {
            return Err((1, Problem::NoHead));
        };
        if closing.word != FENCE {
            return Err((1, Problem::NoHead));
        }
        let mut after = after.iter().peekable();
        let text = after.next_if(|fence| fence.word == TEXT_FENCE);
        if let Some(stray) = after.next() {
            let line = 1 + line_breaks(file, stray.start);
            return Err((line, Problem::UnknownPart(stray.word.to_owned())));
        }
        let html_end = text.map_or(file.len(), |fence| fence.start);
        Self::read(
            part(file, opening.end..closing.start),
            part(file, closing.end..html_end),
            text.map(|fence| part(file, fence.end..file.len())),
        )
    }

    fn read(head: Part<'a>, html: Part<'a>, text: Option<Part<'a>>) -> Result<Self, Fault> {
        let Head {
            name,
            subject,
            preheader,
        } = head.read()?;
        if name.get_ref().trim().is_empty() {
            return Err((head.line_at(name.span().start), Problem::NoName));
        }
        if html.text.trim().is_empty() {
            return Err((html.line, Problem::NoHtml));
        }
        let name = name.into_inner().trim().to_owned();
        Ok(Self {
            name,
            html,
            text,
            subject,
            preheader,
            head,
        })
    }

    /// The subject in a language.
    pub(super) fn subject(&self, language: Language) -> Part<'_> {
        self.head_part(self.subject.get(language))
    }

    /// The preheader in a language; empty when the template has none.
    pub(super) fn preheader(&self, language: Language) -> Part<'_> {
        match &self.preheader {
            Some(texts) => self.head_part(texts.get(language)),
            None => Part {
                text: "",
                line: self.head.line,
            },
        }
    }

    /// Whether the head has a preheader.
    pub(super) fn has_preheader(&self) -> bool {
        self.preheader.is_some()
    }

    fn head_part<'s>(&self, text: &'s Spanned<String>) -> Part<'s> {
        Part {
            text: text.get_ref(),
            line: self.head.line_at(text.span().start),
        }
    }
}

/// Takes a text's file apart: its head, and its words in each language.
pub(super) fn split_text(file: &str) -> Result<(Part<'_>, [Part<'_>; 2]), Fault> {
    let fences = fences(file)?;
    match fences.as_slice() {
        [head, id, en] if [id.word, en.word] == WORDS_FENCES => {
            let words = [part(file, id.end..en.start), part(file, en.end..file.len())];
            Ok((part(file, head.end..id.start), words))
        }
        [_, other, ..] => Err((1 + line_breaks(file, other.start), Problem::NotTwoLanguages)),
        _ => Err((1, Problem::NotTwoLanguages)),
    }
}

/// A line that begins with `+++`.
struct Fence<'a> {
    word: &'a str,
    start: usize,
    end: usize,
}

/// The fences of a file, which begins with one.
fn fences(file: &str) -> Result<Vec<Fence<'_>>, Fault> {
    if file.len() > TEMPLATE_BYTES_MAX {
        return Err((1, Problem::TooLarge(file.len())));
    }
    let mut end = 0;
    let found: Vec<_> = file
        .split_inclusive('\n')
        .map(|line| {
            let start = end;
            end += line.len();
            Fence {
                word: line.trim_end(),
                start,
                end,
            }
        })
        .filter(|fence| fence.word.starts_with(FENCE))
        .collect();
    match found.first() {
        Some(first) if first.start == 0 && first.word == FENCE => Ok(found),
        _ => Err((1, Problem::NoHead)),
    }
}

fn part(file: &str, range: Range<usize>) -> Part<'_> {
    Part {
        line: 1 + line_breaks(file, range.start),
        text: &file[range],
    }
}

fn line_breaks(text: &str, end: usize) -> usize {
    text.bytes().take(end).filter(|byte| *byte == b'\n').count()
}
