//! Where the checks put what they find.

use std::ops::Range;
use std::sync::Arc;

use izin_core::policy::Text;

use super::code::Code;
use super::file::Source;
use super::finding::{Finding, Findings};
use super::sentences;
use super::tree::Node;
use crate::visible::visible;

/// The most findings kept of one look: more than anybody mends in one go.
pub(super) const FINDINGS_MAX: usize = 200;
/// The longest text of a file that a sentence repeats, in characters.
const QUOTED_CHARS_MAX: usize = 160;

/// A word for a sentence, the same or different in both languages.
pub(super) type Word<'a> = (&'a str, Text);

/// A word that is the same in both languages; control characters are shown, not sent.
pub(super) fn word<'a>(name: &'a str, text: impl std::fmt::Display) -> Word<'a> {
    let text = text.to_string();
    let mut shown: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    let shown = visible(&shown);
    (name, both(&shown, &shown))
}

/// A text in both languages.
pub(super) fn both(id: &str, en: &str) -> Text {
    Text {
        id: id.to_owned(),
        en: en.to_owned(),
    }
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Found {
    findings: Findings,
}

impl Found {
    /// Takes note of a finding about a value of a file.
    pub(super) fn tell(&mut self, code: Code, at: &Node<'_>, words: &[Word<'_>]) {
        self.tell_at(code, (at.source(), at.span()), words);
    }

    /// Takes note of a finding at a place.
    pub(super) fn tell_at(
        &mut self,
        code: Code,
        (source, span): (&Arc<Source>, Range<usize>),
        words: &[Word<'_>],
    ) {
        if self.is_full() {
            self.findings.left_out += 1;
            return;
        }
        let said = sentences::say(code, words);
        self.findings.list.push(Finding {
            code: code.as_str(),
            severity: said.severity,
            what: said.what,
            why: said.why,
            article: said.article,
            mend: said.mend,
            source: Arc::clone(source),
            span,
        });
    }

    /// Whether further findings are only counted, so that their words need not be sought.
    pub(super) fn is_full(&self) -> bool {
        self.findings.list.len() >= FINDINGS_MAX
    }

    /// Whether anything was found about a file.
    pub(super) fn has_file(&self, name: &str) -> bool {
        self.findings.iter().any(|own| own.file() == name)
    }

    /// Everything found, by file and place.
    pub(super) fn into_findings(self) -> Findings {
        let mut findings = self.findings;
        findings
            .list
            .sort_by(|a, b| (a.file(), a.span.start).cmp(&(b.file(), b.span.start)));
        findings
    }
}
