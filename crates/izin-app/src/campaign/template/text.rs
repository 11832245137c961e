//! A merchant's text for SMS and WhatsApp: a head with the campaign's name, then the words in each
//! language after `+++ id` and `+++ en`.
//!
//! WhatsApp delivers only what it has approved: the file then holds the approved words, with our values
//! where they have their blanks, so that what a person reads is known here too. Start at
//! [`TextTemplate::parse`].

use izin_core::{Channel, Language};
use serde::Deserialize;

use super::source::{self, Part};
use super::{
    Fault, ITEMS_MAX, Problem, RenderError, TemplateError, TextContext, add, fields, render_part,
    sample, sandbox, tags,
};

/// Characters of a text: carriers refuse longer ones, and nobody reads them.
pub const TEXT_CHARS_MAX: usize = 1_000;

/// A checked text, ready to be rendered for any number of people.
#[derive(Debug)]
pub struct TextTemplate {
    environment: minijinja::Environment<'static>,
    name: String,
    approved: Option<Approved>,
}

/// What WhatsApp has approved.
#[derive(Debug)]
struct Approved {
    name: String,
    /// How many blanks the text has in each language.
    blanks: Vec<(Language, usize)>,
}

/// What a person receives. `Debug` shows no content: it may name the person.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedText {
    /// The text as it is read.
    pub text: String,
    /// On WhatsApp: the approved name, and what fills its blanks.
    pub approved: Option<(String, Vec<String>)>,
}

impl std::fmt::Debug for RenderedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenderedText").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    whatsapp: Option<String>,
}

impl TextTemplate {
    /// Reads and fully checks a text for a channel: its parts, every name in it, and a trial in both
    /// languages, with and without items and a name. Where answers are not read, people must be able
    /// to refuse by the link.
    ///
    /// # Errors
    /// The first [`Problem`] found, with file and line.
    pub fn parse(
        source: &str,
        file: &str,
        channel: Channel,
        answers_are_read: bool,
    ) -> Result<Self, TemplateError> {
        read(source, channel, answers_are_read).map_err(|(line, problem)| TemplateError {
            file: file.to_owned(),
            line,
            problem,
        })
    }

    /// The campaign's name as people see it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Renders the text for one person.
    ///
    /// # Errors
    /// [`RenderError`]; it never repeats a value.
    pub fn render(&self, context: &TextContext<'_>) -> Result<RenderedText, RenderError> {
        if context.items.len() > ITEMS_MAX {
            return Err(RenderError::TooManyItems(context.items.len()));
        }
        let values = context.values(&self.name);
        let render = |key: &str| render_part(&self.environment, key, values.clone());
        let language = context.language;
        let text = render(language.as_str())?.trim().to_owned();
        if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX {
            return Err(RenderError::TextLength);
        }
        let Some(approved) = &self.approved else {
            return Ok(RenderedText {
                text,
                approved: None,
            });
        };
        let own = approved.blanks.iter().find(|(own, _)| *own == language);
        let blanks = (0..own.map_or(0, |(_, blanks)| *blanks)).map(|at| {
            let blank = render(&blank_key(language, at))?;
            let is_fit = !blank.trim().is_empty() && !blank.chars().any(char::is_control);
            is_fit.then_some(blank).ok_or(RenderError::Blank)
        });
        let blanks = blanks.collect::<Result<_, _>>()?;
        Ok(RenderedText {
            text,
            approved: Some((approved.name.clone(), blanks)),
        })
    }
}

fn read(file: &str, channel: Channel, answers_are_read: bool) -> Result<TextTemplate, Fault> {
    let (head, parts) = source::split_text(file)?;
    let Head { name, whatsapp } = head.read()?;
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err((head.line, Problem::NoName));
    }
    let whatsapp = whatsapp.filter(|_| channel == Channel::Whatsapp);
    let is_name = |own: &String| {
        let belongs = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        !own.is_empty() && own.bytes().all(belongs)
    };
    if channel == Channel::Whatsapp && !whatsapp.as_ref().is_some_and(is_name) {
        return Err((head.line, Problem::NotApproved));
    }
    let mut environment = sandbox()?;
    let mut blanks = Vec::new();
    for (language, part) in Language::ALL.into_iter().zip(parts) {
        if part.text.trim().is_empty() {
            return Err((part.line, Problem::NoWords(language)));
        }
        let tags = tags::scan(part)?;
        fields::check(&tags, fields::Scope::Text)?;
        add(&mut environment, language.as_str(), part)?;
        if whatsapp.is_some() {
            blanks.push((
                language,
                add_blanks(&mut environment, language, &tags, part)?,
            ));
        }
    }
    let template = TextTemplate {
        environment,
        name,
        approved: whatsapp.map(|name| Approved { name, blanks }),
    };
    sample::check_text(&template, &parts, answers_are_read)?;
    Ok(template)
}

/// Each value of a text as a text of its own, in order; how many there are.
fn add_blanks(
    environment: &mut minijinja::Environment<'static>,
    language: Language,
    tags: &[tags::Tag<'_>],
    part: Part<'_>,
) -> Result<usize, Fault> {
    let mut many = 0;
    for tag in tags.iter().filter(|own| own.kind != tags::Kind::Comment) {
        if tag.kind == tags::Kind::Statement {
            return Err((tag.line, Problem::StatementInApproved));
        }
        let own = Part {
            text: &part.text[tag.start..tag.end],
            line: tag.line,
        };
        add(environment, &blank_key(language, many), own)?;
        many += 1;
    }
    Ok(many)
}

fn blank_key(language: Language, at: usize) -> String {
    format!("{}.{at}", language.as_str())
}
