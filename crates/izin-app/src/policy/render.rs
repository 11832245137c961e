//! Findings as a person reads them: the lines of the file, what is wrong there, why, and the mend.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use izin_core::{Language, law};

use super::finding::{Finding, Findings, Severity};

/// The most lines of a file shown with one finding.
const LINES_MAX: usize = 4;
/// The longest part of a file shown with one finding, in bytes.
const EXCERPT_BYTES_MAX: usize = 2_000;
/// How wide a report is, in columns: what fits beside a text editor.
const WIDTH: usize = 100;

/// The words that the report itself uses.
struct Words {
    error: &'static str,
    warning: &'static str,
    note: &'static str,
    why: &'static str,
    mend: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::Id => Words {
            error: "galat",
            warning: "peringatan",
            note: "catatan",
            why: "sebab",
            mend: "perbaikan",
        },
        Language::En => Words {
            error: "error",
            warning: "warning",
            note: "note",
            why: "why",
            mend: "mend",
        },
    }
}

/// All findings, one after another.
pub(super) fn all(findings: &Findings, language: Language, coloured: bool) -> String {
    let renderer = if coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(WIDTH);
    let mut reports: Vec<String> = findings
        .iter()
        .map(|finding| one(finding, language, &renderer))
        .collect();
    if findings.left_out() > 0 {
        let more = findings.left_out();
        reports.push(match language {
            Language::Id => format!("… dan {more} temuan lagi"),
            Language::En => format!("… and {more} findings more"),
        });
    }
    reports.join("\n\n")
}

fn one(finding: &Finding, language: Language, renderer: &Renderer) -> String {
    let words = words(language);
    let told = finding.told(language);
    let level = match finding.severity {
        Severity::Error => Level::ERROR.with_name(words.error),
        Severity::Warning => Level::WARNING.with_name(words.warning),
        Severity::Note => Level::NOTE.with_name(words.note),
    };
    let article = if told.article.is_empty() {
        String::new()
    } else {
        format!(" ({})", law::cited(told.article, language))
    };
    let why = Level::NOTE.with_name(words.why);
    let mend = Level::HELP.with_name(words.mend);
    let report = [level
        .primary_title(told.what)
        .id(told.code)
        .element(place(finding))
        .element(why.message(format!("{}{article}", told.why)))
        .element(mend.message(told.mend))];
    renderer.render(&report)
}

/// The lines of the file, or its name alone where it has none.
fn place(finding: &Finding) -> Element<'_> {
    let source = &finding.source;
    if source.text.is_empty() {
        return Origin::path(source.path.as_str()).into();
    }
    let (lines, span) = excerpt(&source.text, &finding.span);
    Snippet::source(lines)
        .path(source.path.as_str())
        .line_start(finding.place().line)
        .annotation(AnnotationKind::Primary.span(span))
        .into()
}

/// The lines that a span begins in, and where it stands in them.
fn excerpt<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, Range<usize>) {
    let before = text.get(..span.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(start..).unwrap_or_default();
    let covered = rest.get(..span.end - start).unwrap_or(rest);
    let ends = rest.match_indices('\n').map(|(at, _)| at);
    let shown = (covered.trim_end().matches('\n').count() + 1).min(LINES_MAX);
    let end = ends
        .chain([rest.len()])
        .nth(shown - 1)
        .unwrap_or(rest.len());
    let end = rest.floor_char_boundary(end.min(span.start - start + EXCERPT_BYTES_MAX));
    let lines = rest.get(..end).unwrap_or(rest);
    let inside = |at: usize| (at - start).min(lines.len());
    (lines, inside(span.start)..inside(span.end))
}
