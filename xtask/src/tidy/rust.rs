//! Just enough of Rust's grammar to tell code from comments and string literals.
//!
//! It never parses further: checks that need types belong to clippy.

/// One stretch of source; its bytes, quotes and comment marks included.
struct Piece<'a> {
    kind: Kind,
    source: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    /// How many bytes open it (`"`, `r#"`) and how many close it.
    Literal {
        opening: usize,
        closing: usize,
    },
}

/// The source with comments and string literals blanked, so that each line keeps its number.
pub(crate) fn code_only(text: &str) -> String {
    let blank = |source: &str| -> String {
        source
            .chars()
            .map(|character| if character == '\n' { '\n' } else { ' ' })
            .collect()
    };
    let keep = |piece: Piece<'_>| match piece.kind {
        Kind::Code => piece.source.to_owned(),
        Kind::Comment | Kind::Literal { .. } => blank(piece.source),
    };
    pieces(text).map(keep).collect()
}

/// The source before its closing `#[cfg(test)] mod tests`.
pub(crate) fn without_tests(text: &str) -> &str {
    let end = text
        .match_indices("#[cfg(test)]")
        .map(|(at, _)| at)
        .find(|&at| {
            let after = text[at..].lines().nth(1).unwrap_or_default();
            after.starts_with("mod ")
        });
    end.map_or(text, |end| &text[..end])
}

/// The string literals, without quotes, escapes as written, each with the line it opens on.
pub(crate) fn string_literals(text: &str) -> Vec<(usize, &str)> {
    let mut line = 1;
    let mut found = Vec::new();
    for piece in pieces(text) {
        if let Kind::Literal { opening, closing } = piece.kind {
            found.push((line, &piece.source[opening..piece.source.len() - closing]));
        }
        line += piece.source.matches('\n').count();
    }
    found
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (kind, length) = next_piece(rest)?;
        let (source, after) = rest.split_at(length);
        rest = after;
        Some(Piece { kind, source })
    })
}

fn next_piece(rest: &str) -> Option<(Kind, usize)> {
    let first = rest.chars().next()?;
    let until = |end: &str| rest[2..].find(end).map_or(rest.len(), |at| at + 2);
    if rest.starts_with("//") {
        return Some((Kind::Comment, until("\n")));
    }
    if rest.starts_with("/*") {
        return Some((Kind::Comment, rest.len().min(until("*/") + 2)));
    }
    Some(match first {
        '"' => quoted(rest),
        '\'' => (Kind::Code, character_or_lifetime(rest)),
        _ if first.is_alphabetic() || first == '_' => word_or_raw_string(rest),
        _ => (Kind::Code, first.len_utf8()),
    })
}

fn quoted(rest: &str) -> (Kind, usize) {
    match closing_quote(rest, '"') {
        Some(end) => (
            Kind::Literal {
                opening: 1,
                closing: 1,
            },
            end,
        ),
        None => (
            Kind::Literal {
                opening: 1,
                closing: 0,
            },
            rest.len(),
        ),
    }
}

/// The length up to and with the `quote` that closes the one `rest` begins with.
fn closing_quote(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// `'a'` and `'\''` whole; of a lifetime only the mark, since its name is a word.
fn character_or_lifetime(rest: &str) -> usize {
    let mut after = rest.chars().skip(1);
    match (after.next(), after.next()) {
        (Some('\\'), _) => closing_quote(rest, '\'').unwrap_or(1),
        (Some(character), Some('\'')) => character.len_utf8() + 2,
        _ => 1,
    }
}

fn word_or_raw_string(rest: &str) -> (Kind, usize) {
    let joins = |character: char| character.is_alphanumeric() || character == '_';
    let length = rest
        .find(|character| !joins(character))
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(length);
    let hashes = after.len() - after.trim_start_matches('#').len();
    let is_raw = ["r", "br", "cr"].contains(&word) && after[hashes..].starts_with('"');
    if !is_raw {
        return (Kind::Code, length);
    }
    let opening = length + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    match rest[opening..].find(&end) {
        Some(at) => (
            Kind::Literal {
                opening,
                closing: end.len(),
            },
            opening + at + end.len(),
        ),
        None => (
            Kind::Literal {
                opening,
                closing: 0,
            },
            rest.len(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_comments_characters_and_lifetimes_open_nothing() {
        let source =
            "// it's \"not\"\nfn f<'a>(x: &'a str) { g('\"', '\\'', b'x', \"yes\") } /* \" */";
        assert_eq!(string_literals(source), [(2, "yes")]);
    }

    #[test]
    fn raw_and_escaped_strings_end_where_rust_ends_them() {
        let source = r###"a("x\"y"); b(r#"say "hi""#); c(br"\"); d("z")"###;
        let found: Vec<&str> = string_literals(source)
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        assert_eq!(found, [r#"x\"y"#, r#"say "hi""#, r"\", "z"]);
    }

    #[test]
    fn a_raw_identifier_is_code() {
        assert_eq!(code_only("r#type = \"x\";"), "r#type =    ;");
    }

    #[test]
    fn blanking_keeps_every_line_where_it_was() {
        let source = "a /* 1\n2 */ b\n\"c\nd\" e // f\ng";
        assert_eq!(code_only(source).lines().count(), source.lines().count());
        assert_eq!(
            code_only(source).split_whitespace().collect::<String>(),
            "abeg"
        );
    }

    #[test]
    fn an_unclosed_string_ends_with_the_file() {
        assert_eq!(string_literals("x \"abc"), [(1, "abc")]);
    }

    #[test]
    fn only_a_test_module_ends_the_product() {
        let source = "#[cfg(test)]\nimpl A {}\nfn f() {}\n#[cfg(test)]\nmod tests {}\n";
        assert_eq!(
            without_tests(source),
            "#[cfg(test)]\nimpl A {}\nfn f() {}\n"
        );
    }
}
