//! Fields as mail programs write them: `Name: value`, folded over lines, in blocks that an empty line
//! parts.

/// Fields of a block that are read; more than any real report has.
const FIELDS_MAX: usize = 256;
/// Blocks of a report that are read: one a recipient.
const BLOCKS_MAX: usize = 1_024;

/// The fields of one block, in order. Without `Debug`: they name people.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the first block of a text: a message's header.
    #[must_use]
    pub fn of_header(text: &[u8]) -> Self {
        let (header, _) = text.split_at(body_start(text));
        blocks(header).next().unwrap_or_default()
    }

    /// Fields that were read elsewhere.
    #[must_use]
    pub const fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The values of a field, in any letter case of its name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self
            .0
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str())
    }

    /// The first value of a field.
    #[must_use]
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }
}

/// Where the body begins: behind the first empty line that something stands before.
pub(super) fn body_start(raw: &[u8]) -> usize {
    let (mut place, mut is_header) = (0_usize, false);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        place = place.saturating_add(line.len());
        let is_empty = line.trim_ascii().is_empty();
        if is_empty && is_header {
            break;
        }
        is_header |= !is_empty;
    }
    place.min(raw.len())
}

/// The blocks of a text that hold fields.
pub(super) fn blocks(text: &[u8]) -> impl Iterator<Item = Fields> {
    let text = String::from_utf8_lossy(text);
    let mut blocks = Vec::new();
    let mut block = Fields::default();
    for line in text.lines() {
        if !line.trim().is_empty() {
            add(&mut block, line);
        } else if !block.0.is_empty() {
            blocks.push(std::mem::take(&mut block));
        }
        if blocks.len() == BLOCKS_MAX {
            return blocks.into_iter();
        }
    }
    if !block.0.is_empty() {
        blocks.push(block);
    }
    blocks.into_iter()
}

/// Adds a line to a block: a field, or more of the one before.
fn add(block: &mut Fields, line: &str) {
    let folded = line.starts_with([' ', '\t']);
    if folded && let Some((_, value)) = block.0.last_mut() {
        value.push(' ');
        value.push_str(line.trim());
        return;
    }
    let field = line
        .split_once(':')
        .filter(|(name, _)| !name.trim().contains(' '));
    if let Some((name, value)) = field.filter(|_| block.0.len() < FIELDS_MAX) {
        block
            .0
            .push((name.trim().to_owned(), value.trim().to_owned()));
    }
}

/// The addresses in a list of them, as in `To`.
pub fn addresses(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').filter_map(address)
}

/// The address in a value such as `rfc822; <siti@example.com> (Siti)`; `None` where none is.
#[must_use]
pub fn address(value: &str) -> Option<&str> {
    let typed = value.split_once(';');
    let bare = match typed {
        Some((kind, rest)) if kind.trim().eq_ignore_ascii_case("rfc822") => rest,
        Some((kind, _)) if kind.contains('@') => kind,
        Some(_) => return None,
        None => value,
    };
    let inside = bare
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    let own = inside.map_or(bare, |(own, _)| own).trim();
    let own = own
        .split_whitespace()
        .next()?
        .trim_matches(['"', '\'', ',']);
    let (local, domain) = own.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_address_gives_none() {
        for value in [
            "",
            "rfc822;",
            "rfc822; nobody",
            "x400; /S=a@b/",
            "<>",
            "@",
            "a@",
            "@b",
            "rfc822; <> a@b",
        ] {
            assert_eq!(address(value), None, "{value}");
        }
    }

    #[test]
    fn an_address_is_found_however_it_is_wrapped() {
        for value in [
            "a@b.example",
            "rfc822;a@b.example",
            "RFC822 ; <a@b.example>",
            "rfc822; \"A\" <a@b.example> (x)",
            "<a@b.example>",
            "a@b.example (Siti)",
            "a@b.example; x",
        ] {
            assert_eq!(address(value), Some("a@b.example"), "{value}");
        }
    }

    #[test]
    fn fields_are_unfolded_and_blocks_parted() {
        let text = b"no field\r\nA: 1\r\n 2\r\n\r\n\r\nb :x\n: y\nSentence one: no\n\t z\n\n\n";
        let found: Vec<_> = blocks(text).map(|own| own.0).collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            found,
            [
                vec![pair("A", "1 2")],
                vec![pair("b", "x"), pair("", "y z")]
            ]
        );
        let many = "A: 1\n".repeat(FIELDS_MAX * 2) + &"\nA: 1\n".repeat(BLOCKS_MAX * 2);
        assert_eq!(blocks(many.as_bytes()).count(), BLOCKS_MAX);
        assert_eq!(
            Fields::of_header(many.as_bytes()).all("a").count(),
            FIELDS_MAX
        );
    }
}
