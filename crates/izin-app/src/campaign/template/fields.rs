//! Checks every name a template uses, in every branch, before it is ever rendered.
//!
//! The language is kept to what can be checked so: values by their full names, positions in
//! `items`, a few filters, `if`, and `for` over the items. Nothing is evaluated here. Start at
//! [`check`].

use super::tags::{Kind, Tag};
use super::{Fault, Problem};

/// The filters a template may use.
pub(super) const FILTERS: [&str; 5] = ["upper", "lower", "capitalize", "trim", "length"];

/// A name, and the fields behind it.
type Root = (&'static str, &'static [&'static str]);

const ROOTS: [Root; 5] = [
    ("language", &[]),
    ("name", &[]),
    ("campaign", &[]),
    ("shop", &["name", "address", "contact"]),
    ("items", &[]),
];
const MAIL_LINKS: Root = ("links", &["opt_out", "preferences", "why", "privacy"]);
/// What a mail's head may show.
const HEAD_ROOTS: &[Root] = &[MAIL_LINKS];
/// The head's own texts, which the HTML and the text part may show.
const BODY_ROOTS: &[Root] = &[MAIL_LINKS, ("subject", &[]), ("preheader", &[])];
/// What an SMS or a WhatsApp message may show: of links, only the short one.
const TEXT_ROOTS: &[Root] = &[("links", &["opt_out"]), ("way_out", &[])];
const ITEM: [&str; 6] = ["title", "description", "price", "image", "url", "because"];
const LOOP: [&str; 5] = ["index", "index0", "first", "last", "length"];
const WORDS_OF_THE_LANGUAGE: [&str; 9] = [
    "and", "or", "not", "in", "if", "else", "true", "false", "none",
];

/// Where a part stands: the head cannot show itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Subjects and preheaders.
    Head,
    /// The HTML and the text.
    Body,
    /// An SMS or a WhatsApp message.
    Text,
}

impl Scope {
    const fn roots(self) -> &'static [Root] {
        match self {
            Self::Head => HEAD_ROOTS,
            Self::Body => BODY_ROOTS,
            Self::Text => TEXT_ROOTS,
        }
    }
}

/// Checks every tag of a part.
pub(super) fn check(tags: &[Tag<'_>], scope: Scope) -> Result<(), Fault> {
    let mut names = Names {
        scope,
        loops: Vec::new(),
    };
    tags.iter()
        .filter(|tag| tag.kind != Kind::Comment)
        .try_for_each(|tag| names.tag(tag).map_err(|problem| (tag.line, problem)))
}

/// Whether any tag uses a root name.
pub(super) fn uses(tags: &[Tag<'_>], root: &str) -> bool {
    tags.iter()
        .filter(|tag| tag.kind != Kind::Comment)
        .any(|tag| tokens(tag.code).contains(&Token::Word(root)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Number,
    Text,
    Mark(char),
}

/// The names that exist at one place of a part.
struct Names<'a> {
    scope: Scope,
    /// The loop variables, outermost first.
    loops: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn tag(&mut self, tag: &Tag<'a>) -> Result<(), Problem> {
        let tokens = tokens(tag.code);
        match (tag.kind, tokens.as_slice()) {
            (Kind::Statement, [Token::Word("for"), rest @ ..]) => self.open_loop(rest),
            (Kind::Statement, [Token::Word("endfor")]) => {
                self.loops.pop();
                Ok(())
            }
            (Kind::Statement, [Token::Word("if" | "elif" | "else" | "endif"), rest @ ..]) => {
                self.expression(rest)
            }
            (Kind::Statement, _) => {
                let word = tag.code.split_whitespace().next().unwrap_or_default();
                Err(Problem::UnknownStatement(word.to_owned()))
            }
            _ => self.expression(&tokens),
        }
    }

    /// `item in items`, perhaps with a slice: anything freer could grow without bound.
    fn open_loop(&mut self, tokens: &[Token<'a>]) -> Result<(), Problem> {
        let [
            Token::Word(item),
            Token::Word("in"),
            Token::Word("items"),
            slice @ ..,
        ] = tokens
        else {
            return Err(Problem::Loop);
        };
        match slice {
            [] => {}
            [Token::Mark('['), inside @ .., Token::Mark(']')] if positions(inside) => {}
            _ => return Err(Problem::Loop),
        }
        self.loops.push(item);
        Ok(())
    }

    fn expression(&self, mut tokens: &[Token<'a>]) -> Result<(), Problem> {
        loop {
            tokens = match tokens {
                [] => return Ok(()),
                [Token::Mark('|'), Token::Word(filter), rest @ ..] => {
                    known_filter(filter)?;
                    rest
                }
                // What has a field and is no name is an item at a position: `items[0].title`.
                [Token::Mark('.'), Token::Word(field), rest @ ..] => {
                    one_of(field, &ITEM, "items[0].")?;
                    rest
                }
                [Token::Mark('['), rest @ ..] => after_positions(rest)?,
                [Token::Word(word), rest @ ..] if WORDS_OF_THE_LANGUAGE.contains(word) => rest,
                [
                    Token::Word(root),
                    Token::Mark('.'),
                    Token::Word(field),
                    rest @ ..,
                ] => {
                    self.field(root, field)?;
                    rest
                }
                [Token::Word(root), rest @ ..] => {
                    self.fields_of(root)?;
                    rest
                }
                [Token::Mark('*'), ..] => return Err(Problem::Multiplication),
                [_, rest @ ..] => rest,
            };
        }
    }

    fn field(&self, root: &str, field: &str) -> Result<(), Problem> {
        one_of(field, self.fields_of(root)?, &format!("{root}."))
    }

    fn fields_of(&self, root: &str) -> Result<&'static [&'static str], Problem> {
        if self.loops.contains(&root) {
            return Ok(&ITEM);
        }
        if root == "loop" && !self.loops.is_empty() {
            return Ok(&LOOP);
        }
        self.roots()
            .find_map(|(name, fields)| (name == root).then_some(fields))
            .ok_or_else(|| Problem::UnknownField {
                name: root.to_owned(),
                known: self.known(),
            })
    }

    fn roots(&self) -> impl Iterator<Item = Root> {
        ROOTS.iter().chain(self.scope.roots()).copied()
    }

    fn known(&self) -> String {
        let roots = self.roots().map(|(name, _)| name);
        any_of(roots.chain(self.loops.iter().copied()).map(str::to_owned))
    }
}

fn known_filter(filter: &str) -> Result<(), Problem> {
    if FILTERS.contains(&filter) {
        return Ok(());
    }
    Err(Problem::UnknownFilter(filter.to_owned()))
}

fn one_of(field: &str, fields: &[&str], prefix: &str) -> Result<(), Problem> {
    if fields.contains(&field) {
        return Ok(());
    }
    let known = match fields {
        [] => format!("`{}` alone", prefix.trim_end_matches('.')),
        _ => any_of(fields.iter().map(|known| format!("{prefix}{known}"))),
    };
    Err(Problem::UnknownField {
        name: format!("{prefix}{field}"),
        known,
    })
}

fn any_of(names: impl Iterator<Item = String>) -> String {
    format!("one of {}", names.collect::<Vec<_>>().join(", "))
}

fn after_positions<'t, 'a>(tokens: &'t [Token<'a>]) -> Result<&'t [Token<'a>], Problem> {
    let end = tokens.iter().position(|token| *token == Token::Mark(']'));
    match end.map(|end| tokens.split_at(end)) {
        Some((inside, [_, rest @ ..])) if positions(inside) => Ok(rest),
        _ => Err(Problem::Brackets),
    }
}

fn positions(tokens: &[Token<'_>]) -> bool {
    tokens
        .iter()
        .all(|token| matches!(token, Token::Number | Token::Mark(':' | '-')))
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' | '\'' => (Token::Text, quoted(rest, first)),
            '0'..='9' => (Token::Number, run(rest, |c| c.is_ascii_digit())),
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (Token::Word(&rest[..length]), length)
            }
            mark => (Token::Mark(mark), mark.len_utf8()),
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    tokens
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The length of the quoted text that `text` begins with.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return place + 1,
            _ => {}
        }
    }
    text.len()
}
