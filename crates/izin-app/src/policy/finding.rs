//! What was found in a policy folder: where, what, why it matters and how to mend it.
//!
//! A finding owns all it says, so that it outlives the files. Start at [`Finding`].

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use izin_core::Language;
use izin_core::policy::Text;
use serde::Serialize;

use super::file::Source;
use super::render;
use super::tree::inside;

/// How much a finding weighs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The policy cannot be used.
    Error,
    /// It can, and somebody should look at it.
    Warning,
    /// Good to know.
    Note,
}

/// Where a finding stands in its file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// First line.
    pub line: usize,
    /// First character.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// The character after the last.
    pub end_column: usize,
}

/// One thing that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What sort of finding it is, as `basis_not_lawful`; it never changes its meaning.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub what: Text,
    /// Why that matters.
    pub why: Text,
    /// The articles that ask for it; empty where no law does.
    pub article: String,
    /// What to do.
    pub mend: Text,
    pub(super) source: Arc<Source>,
    pub(super) span: Range<usize>,
}

/// A finding told in one language, as `--json` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told<'a> {
    /// What sort of finding it is.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The file, in the folder as it was named.
    pub file: &'a str,
    /// Where in it.
    #[serde(flatten)]
    pub place: Place,
    /// What is wrong.
    pub what: &'a str,
    /// Why that matters.
    pub why: &'a str,
    /// The articles that ask for it; empty where no law does.
    pub article: &'a str,
    /// What to do.
    pub mend: &'a str,
}

impl Finding {
    /// The file's name, or the folder's where a file is missing.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        let (line, column) = self.source.line_and_column(self.span.start);
        let (end_line, end_column) = self.source.line_and_column(self.span.end);
        Place {
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// The finding in one language.
    #[must_use]
    pub fn told(&self, language: Language) -> Told<'_> {
        Told {
            code: self.code,
            severity: self.severity,
            file: &self.source.path,
            place: self.place(),
            what: self.what.get(language),
            why: self.why.get(language),
            article: &self.article,
            mend: self.mend.get(language),
        }
    }
}

/// Everything that was found in one look, by file and place.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    pub(super) list: Vec<Finding>,
    /// How many more there were than a person would read.
    pub(super) left_out: usize,
}

/// A fault in a file that is not the policy's, to be told as its findings are.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What sort of fault it is.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub what: Text,
    /// Why that matters.
    pub why: Text,
    /// What to do.
    pub mend: Text,
}

impl Findings {
    /// Nothing found.
    pub const NONE: Self = Self {
        list: Vec::new(),
        left_out: 0,
    };

    /// The faults of one file with this text, as it may be shown.
    #[must_use]
    pub fn of_file(path: &Path, text: &str, faults: Vec<Fault>) -> Self {
        let source = Source::shown(path, text);
        let mut list: Vec<Finding> = faults
            .into_iter()
            .map(|own| Finding {
                code: own.code,
                severity: own.severity,
                what: own.what,
                why: own.why,
                article: String::new(),
                mend: own.mend,
                span: inside(own.span, &source),
                source: Arc::clone(&source),
            })
            .collect();
        list.sort_by_key(|own| own.span.start);
        Self { list, left_out: 0 }
    }

    /// These findings, and others behind them.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.list.extend(others.list);
        self.left_out += others.left_out;
        self
    }

    /// The findings.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }

    /// How many more there were than are kept.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them keeps the policy from being used.
    #[must_use]
    pub fn block(&self) -> bool {
        self.list.iter().any(|own| own.severity == Severity::Error)
    }

    /// The findings as a person reads them, each with its lines of the file.
    #[must_use]
    pub fn render(&self, language: Language, coloured: bool) -> String {
        render::all(self, language, coloured)
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Language::En, false))
    }
}

impl std::error::Error for Findings {}
