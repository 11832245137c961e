//! What can be wrong with a template, said with the place and the mend.
//!
//! Messages show names and words of the template, never a value of a person. Start at
//! [`TemplateError`].

use izin_core::Language;

use super::{ITEMS_MAX, RENDERED_BYTES_MAX, SUBJECT_CHARS_MAX, TEXT_CHARS_MAX, source, tags};

/// A template that may not be used: where, what is wrong, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct TemplateError {
    /// The file's name as the caller gave it.
    pub file: String,
    /// The line in the file, from 1.
    pub line: usize,
    /// What is wrong, with its mend.
    pub problem: Problem,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file is larger than a template may be.
    #[error("the template has {0} bytes, more than {max}; shorten it", max = source::TEMPLATE_BYTES_MAX)]
    TooLarge(usize),
    /// The file does not begin with a head.
    #[error("the head is missing; begin with a line `+++`, then name and subjects, then `+++`")]
    NoHead,
    /// The head is not the TOML it should be.
    #[error("the head cannot be read: {0}")]
    Head(String),
    /// The campaign has no name.
    #[error("the name is empty; write the campaign's name as people should see it")]
    NoName,
    /// There is no HTML after the head.
    #[error("the HTML is missing; write it after the head")]
    NoHtml,
    /// A `+++` line that starts no known part.
    #[error("`{0}` starts no part; after the HTML only `+++ text` may come, once")]
    UnknownPart(String),
    /// A text without its two languages.
    #[error(
        "a text is a head, then a line `+++ id` and the words in Indonesian, then a line `+++ en` and the words in English"
    )]
    NotTwoLanguages,
    /// A text that says nothing in a language.
    #[error("the words after `+++ {}` are missing; write them there", .0.as_str())]
    NoWords(Language),
    /// A WhatsApp message that the platform has not approved.
    #[error(
        "WhatsApp delivers approved templates; write `whatsapp = \"its_name_there\"` into the head, in small letters, digits and `_`"
    )]
    NotApproved,
    /// What could change the words of an approved text.
    #[error(
        "an approved text holds values only, `{{{{ … }}}}`; its other words stay as WhatsApp approved them"
    )]
    StatementInApproved,
    /// A text by which nobody can refuse.
    #[error(
        "for a text in {when}: nobody can refuse by it; add `{{{{ way_out }}}}`, or the link alone, `{{{{ links.opt_out }}}}`"
    )]
    NoWayOut {
        /// In which trial it was missing.
        when: String,
    },
    /// A tag without an end within its limit.
    #[error("this tag does not end within {max} bytes; close it with `{close}` or shorten it",
        max = tags::TAG_BYTES_MAX)]
    TagTooLong {
        /// What closes it.
        close: &'static str,
    },
    /// A brace inside a tag.
    #[error(
        "a tag may not hold a brace; close it with `{close}`, with values, filters and comparisons inside"
    )]
    BraceInTag {
        /// What closes it.
        close: &'static str,
    },
    /// A multiplication, which could fill the memory with one text.
    #[error("`*` is not available; hand in the value as it should be shown")]
    Multiplication,
    /// A statement other than `if` and `for`.
    #[error("`{0}` is not available; statements are if, elif, else, endif, for, endfor")]
    UnknownStatement(String),
    /// A loop over something else than the items.
    #[error("a loop goes over the items; write `for item in items` or `for item in items[:4]`")]
    Loop,
    /// Too many `elif`.
    #[error("more than {max} `elif`; use fewer", max = tags::ELIFS_MAX)]
    TooManyElifs,
    /// Brackets around something else than positions.
    #[error("brackets hold positions only, as in `items[0]` or `items[:4]`")]
    Brackets,
    /// A name nothing stands behind.
    #[error("`{name}` is not a field; write {known}")]
    UnknownField {
        /// The name as written.
        name: String,
        /// What to write: the names that exist at this place.
        known: String,
    },
    /// A filter that is not available.
    #[error("`{0}` is not a filter; filters are {known}", known = super::fields::FILTERS.join(", "))]
    UnknownFilter(String),
    /// The template language's own complaint.
    #[error("the template cannot be read here: {0}")]
    Syntax(String),
    /// A value in an attribute without quotes.
    #[error("an attribute's value needs quotes; write `=\"{{{{ … }}}}\"`")]
    Unquoted,
    /// Markup that mail may not hold.
    #[error("{what} is not allowed in mail; {mend}")]
    Markup {
        /// What was found.
        what: &'static str,
        /// What to do instead.
        mend: &'static str,
    },
    /// The preheader is written and never shown.
    #[error("the preheader is not shown; add `{{{{ preheader }}}}` at the start of the body")]
    PreheaderNotShown,
    /// A part without a link it must have.
    #[error("for a mail in {when}: the {part} has no {link}; add {mend}")]
    NoLink {
        /// `HTML` or `text`.
        part: &'static str,
        /// Which link.
        link: &'static str,
        /// In which trial it was missing.
        when: String,
        /// What to add.
        mend: String,
    },
    /// The trial rendering failed.
    #[error("for a mail in {when}: {error}")]
    Trial {
        /// What failed.
        error: RenderError,
        /// In which trial.
        when: String,
    },
}

impl Problem {
    pub(super) fn syntax(error: &minijinja::Error) -> Self {
        Self::Syntax(error.detail().unwrap_or("unknown reason").to_owned())
    }
}

/// Why a mail could not be rendered for one person. Never holds a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// More items than a mail may show.
    #[error("{0} items, more than {ITEMS_MAX}; hand in fewer")]
    TooManyItems(usize),
    /// A part is larger than [`RENDERED_BYTES_MAX`].
    #[error("a part is larger than {RENDERED_BYTES_MAX} bytes; shorten the template or its items")]
    TooLarge,
    /// The template works longer than one mail may.
    #[error("the template takes too many steps; nest fewer loops")]
    OutOfFuel,
    /// The subject is empty.
    #[error("the subject is empty; write words that do not depend on the name")]
    SubjectEmpty,
    /// The subject has a line break or another control character.
    #[error("the subject is not one line; remove line breaks and tabs")]
    SubjectNotOneLine,
    /// The subject is longer than [`SUBJECT_CHARS_MAX`].
    #[error("the subject is longer than {SUBJECT_CHARS_MAX} characters; shorten it")]
    SubjectTooLong,
    /// The text is empty or too long.
    #[error("the text is empty or longer than {max} characters; write some, or fewer", max = TEXT_CHARS_MAX)]
    TextLength,
    /// What fills a blank of an approved text is empty or not one line.
    #[error(
        "a value in an approved text is empty or not one line; choose one that always says something"
    )]
    Blank,
    /// The template did something impossible with a value, such as adding a text to a number.
    #[error("{kind} in line {line}; mend the expression there")]
    Failed {
        /// The engine's word for it.
        kind: String,
        /// The line in the template's file.
        line: usize,
    },
}

impl RenderError {
    /// The line at fault, where it has one.
    pub(super) const fn line(&self) -> Option<usize> {
        match self {
            Self::Failed { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// Keeps kind and line only: an engine's detail could repeat a value.
    pub(super) fn failed(error: &minijinja::Error) -> Self {
        Self::Failed {
            kind: error.kind().to_string(),
            line: error.line().unwrap_or(1),
        }
    }
}
