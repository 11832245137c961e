//! What a person sees of HTML or plain text: tags, comments, styles and scripts go, alternative
//! texts stay.
//!
//! Every byte is passed once. A tag, comment, style or script that never ends makes everything
//! after it plain text, which may show too much but hides nothing.

use std::ops::Range;

use super::entity;
use super::word::{Mark, Text, Writer};

/// Elements after which words stand apart, as blocks do.
const BLOCKS: [&str; 46] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
];

/// Elements within a line. With [`BLOCKS`] they tell HTML from plain text.
const INLINE: [&str; 31] = [
    "a", "abbr", "area", "b", "base", "bdi", "bdo", "big", "br", "code", "em", "font", "i", "img",
    "input", "label", "link", "mark", "meta", "s", "script", "small", "span", "strike", "strong",
    "style", "sub", "sup", "u", "wbr", "del",
];

/// Elements whose content is not text.
const SILENT: [&str; 2] = ["script", "style"];

/// Inline elements that begin and end words: images, links, line breaks.
const SPACED: [&str; 6] = ["a", "area", "br", "img", "input", "label"];

/// Attributes that are shown or read aloud.
const SHOWN: [&str; 4] = ["alt", "aria-label", "title", "value"];

/// The longest name of an element that is looked at, in bytes.
const NAME_BYTES_MAX: usize = 16;

/// What can be seen of `content`.
pub(super) fn read(content: &str) -> Text {
    let mut reader = Reader {
        content,
        at: 0,
        is_markup: is_markup(content),
        lines: 0,
        out: Writer::default(),
    };
    while reader.step().is_some() {}
    reader.out.finish()
}

/// HTML holds at least one element we know, or a comment.
fn is_markup(content: &str) -> bool {
    let knows = |after: &str| {
        let inner = after.strip_prefix('/').unwrap_or(after);
        let (name, rest) = element(inner);
        let ends = rest.starts_with(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace());
        let is_known = BLOCKS.contains(&name.as_str()) || INLINE.contains(&name.as_str());
        after.starts_with("!--") || (ends && is_known)
    };
    content.split('<').skip(1).any(knows)
}

/// The name at the start of `text`, small, and the rest.
fn element(text: &str) -> (String, &str) {
    let len = text
        .bytes()
        .take(NAME_BYTES_MAX)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'))
        .count();
    let (name, rest) = text.split_at_checked(len).unwrap_or(("", text));
    (name.to_ascii_lowercase(), rest)
}

struct Reader<'a> {
    content: &'a str,
    /// How far it was read, in bytes.
    at: usize,
    is_markup: bool,
    /// Line ends since the last letter; two of them end a paragraph of plain text.
    lines: usize,
    out: Writer,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.content.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Reads one tag or one character; `None` at the end.
    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let c = rest.chars().next()?;
        match c {
            '<' if self.is_markup => {
                let before = self.at;
                if self.tag().is_none() {
                    self.at = before;
                    self.is_markup = false;
                    self.out.end_sentence();
                }
            }
            'h' | 'H' if is_address(rest) => self.address(),
            '\n' if !self.is_markup => self.line(),
            _ => self.character(),
        }
        Some(())
    }

    fn line(&mut self) {
        self.skip(1);
        self.lines = self.lines.saturating_add(1);
        self.out.space();
        if self.lines == 2 {
            self.out.end_sentence();
        }
    }

    fn character(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        let (c, len) = entity::decode(rest).unwrap_or((first, first.len_utf8()));
        let start = self.at;
        self.skip(len);
        self.out.push(c, &(start..self.at));
        if !c.is_whitespace() {
            self.lines = 0;
        }
    }

    /// A web address: a link without words, whatever its path spells.
    fn address(&mut self) {
        self.lines = 0;
        let rest = self.rest();
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')');
        self.skip(rest.find(ends).unwrap_or(rest.len()));
        self.out.mark(Mark::Link);
    }

    /// Reads what begins with `<`; `None` when it never ends.
    fn tag(&mut self) -> Option<()> {
        let rest = self.rest();
        let after = rest.get(1..)?;
        if let Some(comment) = after.strip_prefix("!--") {
            self.skip(comment_bytes(comment)?.saturating_add("<!--".len()));
        } else if after.starts_with(['!', '?']) {
            self.skip(rest.find('>')?.saturating_add(1));
        } else if let Some(closed) = after.strip_prefix('/') {
            let (name, _) = element(closed);
            self.skip("</".len());
            self.attributes(&name, false)?;
            self.boundary(&name, false);
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (name, _) = element(after);
            self.skip(1);
            self.boundary(&name, true);
            self.attributes(&name, true)?;
            if SILENT.contains(&name.as_str()) {
                self.skip(silent_bytes(self.rest(), &name)?);
            }
        } else {
            self.character();
        }
        Some(())
    }

    /// What an element does to the words around it.
    fn boundary(&mut self, name: &str, opens: bool) {
        if BLOCKS.contains(&name) {
            self.out.end_sentence();
        } else if SPACED.contains(&name) {
            self.out.space();
        }
        match (name, opens) {
            ("table", true) => self.out.mark(Mark::TableOpen),
            ("table", false) => self.out.mark(Mark::TableClose),
            _ => {}
        }
    }

    /// Reads the name and attributes of a tag up to its end; `None` when it has none.
    fn attributes(&mut self, element: &str, opens: bool) -> Option<()> {
        let rest = self.rest();
        self.skip(rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')?);
        loop {
            let rest = self.rest();
            self.skip(rest.find(|c: char| !c.is_ascii_whitespace() && c != '/')?);
            if self.rest().starts_with('>') {
                self.skip(1);
                return Some(());
            }
            let (name, value) = self.attribute()?;
            let name = name.to_ascii_lowercase();
            if opens && name == "href" && matches!(element, "a" | "area") {
                self.out.mark(Mark::Link);
            }
            if opens && SHOWN.contains(&name.as_str()) {
                self.shown(value);
            }
        }
    }

    /// One attribute: its name and the place of its value.
    fn attribute(&mut self) -> Option<(&'a str, Range<usize>)> {
        let rest = self.rest();
        let first = rest.chars().next()?.len_utf8();
        let tail = rest.get(first..)?;
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
        let len = tail.find(ends)?.saturating_add(first);
        let name = rest.get(..len)?;
        self.skip(len);
        let rest = self.rest();
        let gap = rest.find(|c: char| !c.is_ascii_whitespace())?;
        if !rest.get(gap..)?.starts_with('=') {
            return Some((name, self.at..self.at));
        }
        self.skip(gap.saturating_add(1));
        let rest = self.rest();
        self.skip(rest.find(|c: char| !c.is_ascii_whitespace())?);
        Some((name, self.value()?))
    }

    fn value(&mut self) -> Option<Range<usize>> {
        let rest = self.rest();
        if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
            self.skip(1);
            let start = self.at;
            let len = self.rest().find(quote)?;
            self.skip(len.saturating_add(1));
            return Some(start..start.saturating_add(len));
        }
        let start = self.at;
        self.skip(rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?);
        Some(start..self.at)
    }

    /// Reads the value of an attribute as words of its own.
    fn shown(&mut self, value: Range<usize>) {
        let whole = (self.content, self.at);
        self.content = self.content.get(..value.end).unwrap_or_default();
        self.at = value.start;
        self.out.space();
        while self.at < value.end {
            self.character();
        }
        self.out.space();
        (self.content, self.at) = whole;
    }
}

fn is_address(text: &str) -> bool {
    let begins = |scheme: &str| {
        let start = text.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins("https://") || begins("http://")
}

/// How long a comment is after its `<!--`. Only the head of a conditional one is skipped, for
/// Outlook shows what stands in it.
fn comment_bytes(text: &str) -> Option<usize> {
    if text.starts_with("[if") {
        let head = text.find('>')?;
        if text.get(..head)?.ends_with(']') {
            return Some(head.saturating_add(1));
        }
    }
    for short in [">", "->"] {
        if text.starts_with(short) {
            return Some(short.len());
        }
    }
    Some(text.find("-->")?.saturating_add("-->".len()))
}

/// How many bytes of a script or style stand before its closing tag.
fn silent_bytes(text: &str, name: &str) -> Option<usize> {
    text.match_indices("</").find_map(|(at, _)| {
        let start = at.saturating_add("</".len());
        let found = text.get(start..start.saturating_add(name.len()))?;
        found.eq_ignore_ascii_case(name).then_some(at)
    })
}
