//! What HTML mail may not hold, and how values are escaped into it.
//!
//! Looks at the template's own markup, with its tags taken out, so that no branch is missed.
//! It does not clean anything: what is not allowed is refused. Start at [`check`].

use super::source::Part;
use super::tags::{Kind, Tag};
use super::{Fault, Problem};

/// What is refused wherever it stands: the lower-case text, its name, and the mend.
const FORBIDDEN: [(&str, &str, &str); 11] = [
    ("<script", "a script", SCRIPT_MEND),
    ("javascript:", "a script", SCRIPT_MEND),
    ("<form", "a form", FORM_MEND),
    ("<input", "a form", FORM_MEND),
    ("<link", "an external stylesheet", STYLE_MEND),
    ("@import", "an external stylesheet", STYLE_MEND),
    ("<iframe", "embedded content", EMBED_MEND),
    ("<object", "embedded content", EMBED_MEND),
    ("<embed", "embedded content", EMBED_MEND),
    (
        "<base",
        "a base address",
        "write whole addresses in the links",
    ),
    ("http-equiv=\"refresh", "a redirect", "delete it"),
];
const SCRIPT_MEND: &str = "delete it, mail readers remove it anyway";
const FORM_MEND: &str = "link to a page of the shop instead";
const STYLE_MEND: &str = "put the styles in a <style> element";
const EMBED_MEND: &str = "link to it instead";
const HANDLER: Problem = Problem::Markup {
    what: "an event handler",
    mend: SCRIPT_MEND,
};

/// Checks the HTML part.
pub(super) fn check(html: Part<'_>, tags: &[Tag<'_>]) -> Result<(), Fault> {
    if let Some(tag) = tags.iter().find(|tag| is_unquoted(html.text, tag)) {
        return Err((tag.line, Problem::Unquoted));
    }
    let plain = without_tags(html.text, tags).to_ascii_lowercase();
    let plain = Part {
        text: &plain,
        line: html.line,
    };
    for (text, what, mend) in FORBIDDEN {
        if let Some(offset) = plain.text.find(text) {
            return Err((plain.line_at(offset), Problem::Markup { what, mend }));
        }
    }
    match handler(plain.text) {
        Some(offset) => Err((plain.line_at(offset), HANDLER)),
        None => Ok(()),
    }
}

/// `<a href={{ item.url }}>`: escaping protects a value only inside quotes.
fn is_unquoted(html: &str, tag: &Tag<'_>) -> bool {
    let mut before = html[..tag.start].chars().rev();
    tag.kind == Kind::Output
        && before.next() == Some('=')
        && before.next().is_some_and(|c| c.is_ascii_alphabetic())
}

/// The part without its template tags; their line breaks stay, so lines keep their numbers.
fn without_tags(html: &str, tags: &[Tag<'_>]) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut from = 0;
    for tag in tags {
        plain.push_str(&html[from..tag.start]);
        plain.extend(html[tag.start..tag.end].matches('\n'));
        from = tag.end;
    }
    plain.push_str(&html[from..]);
    plain
}

/// Where an attribute like `onclick=` stands inside an element.
fn handler(html: &str) -> Option<usize> {
    html.match_indices('<').find_map(|(start, _)| {
        let element = &html[start..];
        let element = &element[..element.find('>').unwrap_or(element.len())];
        let mut names = element.match_indices("on");
        names
            .find(|(place, _)| is_attribute(element, *place))
            .map(|(place, _)| start + place)
    })
}

fn is_attribute(element: &str, place: usize) -> bool {
    let starts = element[..place].ends_with(|c: char| c.is_whitespace() || "\"'/".contains(c));
    let rest = element[place..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
    starts && rest.trim_start().starts_with('=')
}

/// A value as HTML shows it, safe in text and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
