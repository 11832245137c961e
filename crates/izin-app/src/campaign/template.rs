//! A merchant's e-mail: read once, checked before anything is sent, then rendered per person.
//!
//! One file holds a TOML head between `+++` lines (name, subjects, preheaders), the HTML, and,
//! after a line `+++ text`, the plain text. The template language is a small safe part of
//! minijinja: values, `if`, and loops over `items`. A template must never reach a person without
//! its way out, never run a loader, and never name a person in an error. Start at
//! [`Template::parse`]; the checks live beside it: `source` (the file's parts), `tags` (sizes),
//! `fields` (names), `markup` (what mail may not hold), `sample` (a trial run in both languages).

mod context;
mod error;
mod fields;
mod markup;
mod sample;
mod source;
mod tags;
mod text;

use std::io::{self, Write};

use izin_core::Language;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, filters};

pub use context::{MailContext, MailItem, MailLinks, MailShop, TextContext};
pub use error::{Problem, RenderError, TemplateError};
pub use source::TEMPLATE_BYTES_MAX;
use source::{Part, Source};
pub use text::{RenderedText, TEXT_CHARS_MAX, TextTemplate};

/// Items a mail may show, at most; with the fuel it bounds the work of one rendering.
pub const ITEMS_MAX: usize = 24;
/// Bytes of a rendered HTML or text part. The aim is 100 kB, where readers begin to cut mails.
pub const RENDERED_BYTES_MAX: usize = 500_000;
/// Characters of a subject; what is longer is a mistake or a hostile name.
pub const SUBJECT_CHARS_MAX: usize = 255;
/// Instructions one rendering may take; a rich mail of [`ITEMS_MAX`] items takes some thousands.
const FUEL: u64 = 200_000;

const HTML: &str = "html";
const TEXT: &str = "text";
/// The text part of a template that brings none.
const DEFAULT_TEXT: &str = include_str!("template/default_text.txt");

/// A checked template, ready to render for any number of people.
#[derive(Debug)]
pub struct Template {
    environment: Environment<'static>,
    name: String,
}

/// What a person receives. `Debug` shows no content: it may name the person.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject: one line, never empty.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain-text part.
    pub text: String,
}

impl std::fmt::Debug for RenderedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenderedMail").finish_non_exhaustive()
    }
}

impl Template {
    /// Reads and fully checks a template: its parts, every name in every branch, its markup, and
    /// a trial rendering in both languages, with and without items and a name. `file` is only
    /// for the error's text.
    ///
    /// # Errors
    /// The first [`Problem`] found, with file and line.
    pub fn parse(source: &str, file: &str) -> Result<Self, TemplateError> {
        read(source).map_err(|(line, problem)| TemplateError {
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

    /// Renders the mail for one person.
    ///
    /// # Errors
    /// [`RenderError`] when this person's values break a limit (items, size) or make a subject
    /// that is empty, too long or more than one line; it never repeats a value.
    pub fn render(&self, context: &MailContext<'_>) -> Result<RenderedMail, RenderError> {
        if context.items.len() > ITEMS_MAX {
            return Err(RenderError::TooManyItems(context.items.len()));
        }
        let head = context.head_values(&self.name);
        let subject = self.render_part(subject_key(context.language), head.clone())?;
        let subject = one_line(&subject)?;
        let preheader = self.render_part(preheader_key(context.language), head.clone())?;
        let body = context::body_values(head, subject, preheader.trim());
        Ok(RenderedMail {
            subject: subject.to_owned(),
            html: self.render_part(HTML, body.clone())?,
            text: self.render_part(TEXT, body)?,
        })
    }

    fn render_part(&self, key: &str, values: Value) -> Result<String, RenderError> {
        render_part(&self.environment, key, values)
    }
}

fn render_part(
    environment: &Environment<'_>,
    key: &str,
    values: Value,
) -> Result<String, RenderError> {
    let mut output = Bounded(Vec::new());
    environment
        .get_template(key)
        .and_then(|part| part.render_captured_to(values, &mut output))
        .map_err(|error| match error.kind() {
            ErrorKind::WriteFailure => RenderError::TooLarge,
            ErrorKind::OutOfFuel => RenderError::OutOfFuel,
            _ => RenderError::failed(&error),
        })?;
    // Only whole texts are written, so nothing is ever replaced here.
    Ok(String::from_utf8_lossy(&output.0).into_owned())
}

type Fault = (usize, Problem);

fn read(source: &str) -> Result<Template, Fault> {
    let source = Source::split(source)?;
    let mut environment = sandbox()?;
    for language in Language::ALL {
        let subject = source.subject(language);
        fields::check(&tags::scan(subject)?, fields::Scope::Head)?;
        add(&mut environment, subject_key(language), subject)?;
        let preheader = source.preheader(language);
        fields::check(&tags::scan(preheader)?, fields::Scope::Head)?;
        add(&mut environment, preheader_key(language), preheader)?;
    }
    let html_tags = tags::scan(source.html)?;
    fields::check(&html_tags, fields::Scope::Body)?;
    markup::check(source.html, &html_tags)?;
    if source.has_preheader() && !fields::uses(&html_tags, "preheader") {
        return Err((source.html.line, Problem::PreheaderNotShown));
    }
    add(&mut environment, HTML, source.html)?;
    let text = source.text.unwrap_or(Part {
        text: DEFAULT_TEXT,
        line: 1,
    });
    fields::check(&tags::scan(text)?, fields::Scope::Body)?;
    add(&mut environment, TEXT, text)?;
    let template = Template {
        environment,
        name: source.name.clone(),
    };
    sample::check(&template, &source)?;
    Ok(template)
}

/// An engine that knows a few filters and nothing else: no functions, no tests, no loader.
fn sandbox() -> Result<Environment<'static>, Fault> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(false);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.map_err(|error| (1, Problem::syntax(&error)))?);
    environment.set_auto_escape_callback(|key| match key {
        HTML => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    environment.set_formatter(
        |output, state, value| match (state.auto_escape(), value.as_str()) {
            (AutoEscape::Html, Some(text)) => Ok(output.write_str(&markup::escape(text))?),
            _ => minijinja::escape_formatter(output, state, value),
        },
    );
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("length", filters::length);
    Ok(environment)
}

/// Compiles a part behind a comment of as many lines as stand above it in the file, so that the
/// engine's line numbers are the file's.
fn add(environment: &mut Environment<'static>, key: &str, part: Part<'_>) -> Result<(), Fault> {
    let above = "\n".repeat(part.line.saturating_sub(1));
    environment
        .add_template_owned(key.to_owned(), format!("{{#{above}#}}{}", part.text))
        .map_err(|error| (error.line().unwrap_or(part.line), Problem::syntax(&error)))
}

fn one_line(subject: &str) -> Result<&str, RenderError> {
    let subject = subject.trim();
    if subject.is_empty() {
        return Err(RenderError::SubjectEmpty);
    }
    if subject.chars().any(char::is_control) {
        return Err(RenderError::SubjectNotOneLine);
    }
    if subject.chars().count() > SUBJECT_CHARS_MAX {
        return Err(RenderError::SubjectTooLong);
    }
    Ok(subject)
}

fn subject_key(language: Language) -> &'static str {
    match language {
        Language::Id => "subject.id",
        Language::En => "subject.en",
    }
}

fn preheader_key(language: Language) -> &'static str {
    match language {
        Language::Id => "preheader.id",
        Language::En => "preheader.en",
    }
}

/// A writer that refuses to hold more than [`RENDERED_BYTES_MAX`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > RENDERED_BYTES_MAX {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
