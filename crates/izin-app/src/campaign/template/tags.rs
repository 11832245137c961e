//! Finds the `{{ … }}` and `{% … %}` tags of a part and holds them to their limits.
//!
//! The engine's fuel does not bound its compiler, so every single tag is kept small here, before
//! the engine sees it. It does not read what a tag says; that is `fields`. Start at [`scan`].

use super::source::Part;
use super::{Fault, Problem};

/// Bytes of one tag; larger ones could overflow the engine's stack or take seconds to compile.
pub(super) const TAG_BYTES_MAX: usize = 1024;
/// `elif` in one part; the engine's reader goes one level deeper with each.
pub(super) const ELIFS_MAX: usize = 32;

/// What a tag is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{ … }}`
    Output,
    /// `{% … %}`
    Statement,
    /// `{# … #}`
    Comment,
}

impl Kind {
    fn opened_by(byte: u8) -> Option<Self> {
        match byte {
            b'{' => Some(Self::Output),
            b'%' => Some(Self::Statement),
            b'#' => Some(Self::Comment),
            _ => None,
        }
    }

    fn close(self) -> &'static str {
        match self {
            Self::Output => "}}",
            Self::Statement => "%}",
            Self::Comment => "#}",
        }
    }
}

/// One tag of a part.
pub(super) struct Tag<'a> {
    pub(super) kind: Kind,
    /// What stands between the braces, without the marks that trim white space.
    pub(super) code: &'a str,
    pub(super) line: usize,
    /// The tag's bytes in its part.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Lists the tags of a part in order.
pub(super) fn scan(part: Part<'_>) -> Result<Vec<Tag<'_>>, Fault> {
    let mut tags = Vec::new();
    let mut elifs = 0;
    let mut from = 0;
    let mut line = part.line;
    while let Some((start, kind)) = next_opening(part.text, from) {
        line += part.text[from..start].matches('\n').count();
        let end = end_of(&part.text[start..], kind).map_err(|problem| (line, problem))? + start;
        let code = part.text[start + 2..end - 2]
            .trim_matches(['-', '+'])
            .trim();
        elifs += usize::from(code.starts_with("elif"));
        if elifs > ELIFS_MAX {
            return Err((line, Problem::TooManyElifs));
        }
        tags.push(Tag {
            kind,
            code,
            line,
            start,
            end,
        });
        line += part.text[start..end].matches('\n').count();
        from = end;
    }
    Ok(tags)
}

fn next_opening(text: &str, from: usize) -> Option<(usize, Kind)> {
    let pairs = text.as_bytes().get(from..)?.windows(2).enumerate();
    pairs
        .filter(|(_, pair)| pair[0] == b'{')
        .find_map(|(offset, pair)| Some((from + offset, Kind::opened_by(pair[1])?)))
}

/// The length of the tag that `text` begins with.
fn end_of(text: &str, kind: Kind) -> Result<usize, Problem> {
    let close = kind.close();
    let too_long = Problem::TagTooLong { close };
    if kind == Kind::Comment {
        return text.find(close).map(|place| place + 2).ok_or(too_long);
    }
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut place = 2;
    while place < bytes.len().min(TAG_BYTES_MAX) {
        match (quote, bytes[place]) {
            (Some(_), b'\\') => place += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, _) if bytes[place..].starts_with(close.as_bytes()) => return Ok(place + 2),
            (None, b'{' | b'}') => return Err(Problem::BraceInTag { close }),
            (None, _) => {}
        }
        place += 1;
    }
    Err(too_long)
}
