//! The files of the checkout as the checks see them: a path from the root, a size, perhaps text.

use super::Finding;

/// One file that is tracked or would be.
#[derive(Debug)]
pub(crate) struct File {
    /// From the root, with `/` between the parts.
    pub(crate) path: String,
    /// Size on disk in bytes.
    pub(crate) bytes: usize,
    /// The content, unless it is binary.
    pub(crate) text: Option<String>,
}

impl File {
    /// Takes what was read; a zero byte or broken UTF-8 makes it binary.
    pub(crate) fn new(path: impl Into<String>, content: Vec<u8>) -> Self {
        let bytes = content.len();
        let text = String::from_utf8(content)
            .ok()
            .filter(|text| !text.contains('\0'));
        Self {
            path: path.into(),
            bytes,
            text,
        }
    }

    /// The text, empty for a binary file.
    pub(crate) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Whether the name ends in a dot and one of these.
    pub(crate) fn is_any_of(&self, extensions: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, end)| extensions.contains(&end))
    }

    /// Whether somebody else wrote it and we only keep it.
    pub(crate) fn is_vendored(&self) -> bool {
        self.path.split('/').any(|part| part == "vendor")
    }

    /// A finding in this file; lines count from 1.
    pub(crate) fn finding(&self, line: usize, wrong: impl Into<String>, mend: &str) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            wrong: wrong.into(),
            mend: mend.to_owned(),
        }
    }
}

/// All files of the checkout.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

impl Tree {
    /// The file at exactly this path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

#[cfg(test)]
impl Tree {
    /// A made-up checkout.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| File::new(path, text.as_bytes().to_vec());
        Self {
            files: files.iter().map(file).collect(),
        }
    }
}

/// Numbered lines, from 1.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

/// Where `word` stands in `text` as a whole word (letters, digits and `_` make words).
pub(crate) fn find_word(text: &str, word: &str) -> Option<usize> {
    let joins = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bytes_and_broken_utf8_are_binary() {
        assert!(File::new("a", b"x\0y".to_vec()).text.is_none());
        assert!(File::new("a", vec![0xff, 0xfe]).text.is_none());
        assert_eq!(File::new("a", "é".into()).text(), "é");
    }

    #[test]
    fn a_word_inside_another_is_not_found() {
        assert_eq!(find_word("selection, select", "select"), Some(11));
        assert_eq!(find_word("select_all", "select"), None);
    }
}
