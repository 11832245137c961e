//! What an error says, in Indonesian.
//!
//! Errors speak English, each with one sentence that may have holes. The sentences stand beside their
//! Indonesian in message files, by the English; what fills a hole is told in Indonesian where it is a
//! sentence of ours too. `cargo xtask tidy` wants every sentence of every error in such a file. A text
//! that is none of them is told as it is: better another language than silence. Start at
//! [`Sentences::of`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The sentences of the crates behind the command line.
const OWN: &str = include_str!("indonesian.toml");
/// What passed-on texts are made of: the operating system's words, and those of the readers of files.
const PASSED_ON: &str = include_str!("indonesian-passed-on.toml");

/// Sentences in both languages.
#[derive(Debug, Default)]
pub struct Sentences {
    /// The most telling first: the one that fixes the most of a text is the one it was made by.
    all: Vec<(Form, Form)>,
}

/// The sentences of the crates behind the command line.
pub static OF_LIBRARIES: LazyLock<Sentences> = LazyLock::new(|| Sentences::read(&[]));

impl Sentences {
    /// The libraries' sentences and those of further message files. A file that cannot be read has none;
    /// the tests see to it that all can.
    #[must_use]
    pub fn read(further: &[&str]) -> Self {
        let files = [OWN, PASSED_ON].into_iter().chain(further.iter().copied());
        let read = files
            .flat_map(|file| toml::from_str::<BTreeMap<String, String>>(file).unwrap_or_default());
        let mut all: Vec<_> = read
            .map(|(en, id)| (Form::read(&en), Form::read(&id)))
            .collect();
        all.sort_by_key(|(en, _)| std::cmp::Reverse(en.fixed_bytes()));
        Self { all }
    }

    /// A text in Indonesian; `None` where nothing of it is one of ours.
    #[must_use]
    pub fn of(&self, text: &str) -> Option<String> {
        self.whole(text).or_else(|| self.joined(text))
    }

    /// A text in Indonesian, or as it is.
    #[must_use]
    pub fn told(&self, text: &str) -> String {
        self.of(text).unwrap_or_else(|| text.to_owned())
    }

    fn whole(&self, text: &str) -> Option<String> {
        self.all.iter().find_map(|(en, id)| {
            let fillings = en.fillings(text)?;
            Some(id.filled(|hole| {
                let (_, filling) = fillings.iter().find(|(own, _)| own == hole)?;
                Some(self.told(filling))
            }))
        })
    }

    /// A sentence and its cause, or its place and a sentence.
    fn joined(&self, text: &str) -> Option<String> {
        text.match_indices(": ").find_map(|(at, colon)| {
            let (before, after) = (&text[..at], &text[at + colon.len()..]);
            match (self.whole(before), self.of(after)) {
                (None, None) => None,
                (before_id, after_id) => Some(format!(
                    "{}: {}",
                    before_id.as_deref().unwrap_or(before),
                    after_id.as_deref().unwrap_or(after)
                )),
            }
        })
    }
}

/// A sentence with holes: what stands before each hole, the hole, and what stands behind the last.
#[derive(Debug)]
struct Form {
    before: Vec<(String, Hole)>,
    end: String,
}

/// A hole by its name; those without one by their place among such.
type Hole = String;

impl Form {
    /// Reads a sentence as errors write it: `{name}`, `{0}`, `{}`, and `{{` for a brace.
    fn read(text: &str) -> Self {
        let (mut before, mut fixed, mut unnamed) = (Vec::new(), String::new(), 0_usize);
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            fixed.push_str(&rest[..at]);
            let mark = &rest[at..];
            if mark.starts_with("{{") || mark.starts_with("}}") {
                fixed.push_str(&mark[..1]);
                rest = &mark[2..];
                continue;
            }
            let (name, after) = mark[1..].split_once('}').unwrap_or((&mark[1..], ""));
            let name = name.split(':').next().unwrap_or_default();
            let hole = if name.is_empty() {
                unnamed += 1;
                format!("#{unnamed}")
            } else {
                name.to_owned()
            };
            before.push((std::mem::take(&mut fixed), hole));
            rest = after;
        }
        fixed.push_str(rest);
        Self { before, end: fixed }
    }

    fn fixed_bytes(&self) -> usize {
        let before = self.before.iter().map(|(fixed, _)| fixed.len());
        before.sum::<usize>() + self.end.len()
    }

    /// What fills the holes of a text that this sentence made; `None`: it did not.
    fn fillings<'a>(&self, text: &'a str) -> Option<Vec<(Hole, &'a str)>> {
        let Some(((first, _), _)) = self.before.split_first() else {
            return (text == self.end).then(Vec::new);
        };
        let mut rest = text
            .strip_prefix(first.as_str())?
            .strip_suffix(self.end.as_str())?;
        let mut fillings = Vec::new();
        for (at, (_, hole)) in self.before.iter().enumerate() {
            let (filling, after) = match self.before.get(at + 1) {
                Some((fixed, _)) => rest.split_once(fixed.as_str())?,
                None => (rest, ""),
            };
            fillings.push((hole.clone(), filling));
            rest = after;
        }
        Some(fillings)
    }

    fn filled(&self, filling: impl Fn(&str) -> Option<String>) -> String {
        let mut text = String::new();
        for (fixed, hole) in &self.before {
            text.push_str(fixed);
            text.push_str(&filling(hole).unwrap_or_default());
        }
        text.push_str(&self.end);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::EvidenceError;
    use izin_store::StoreError;

    fn of(text: &str) -> String {
        OF_LIBRARIES.told(text)
    }

    #[test]
    fn every_sentence_has_an_indonesian_one_with_the_same_holes() {
        for file in [OWN, PASSED_ON] {
            let all: BTreeMap<String, String> = toml::from_str(file).unwrap();
            assert!(!all.is_empty());
            for (en, id) in all {
                let holes = |text: &str| {
                    let mut all: Vec<Hole> = Form::read(text)
                        .before
                        .into_iter()
                        .map(|own| own.1)
                        .collect();
                    all.sort_unstable();
                    all
                };
                assert_eq!(holes(&en), holes(&id), "{en}");
                assert!(!id.trim().is_empty(), "{en}");
            }
        }
    }

    #[test]
    fn a_refusal_that_waits_is_told_in_indonesian() {
        let said = of(&StoreError::Owed.to_string());
        assert!(said.contains("kirim lagi sampai terkonfirmasi"), "{said}");
        let said = of(&EvidenceError::NothingWithheld.to_string());
        assert!(said.starts_with("tidak ada bukti yang ditahan"), "{said}");
    }

    #[test]
    fn what_fills_a_hole_is_told_too_where_it_is_a_sentence_of_ours() {
        let en = "`log/00`: the file cannot be read: Permission denied (os error 13)";
        let id = "`log/00`: berkas tidak dapat dibaca: izin akses ditolak (os error 13)";
        assert_eq!(of(en), id);
    }

    #[test]
    fn a_place_before_a_sentence_stays_and_a_foreign_cause_too() {
        assert_eq!(
            of("a.csv: the file is missing"),
            "a.csv: berkasnya tidak ada"
        );
        assert_eq!(of("the file is missing: gone"), "berkasnya tidak ada: gone");
        assert_eq!(of("a foreign text: and more"), "a foreign text: and more");
        assert_eq!(OF_LIBRARIES.of("a foreign text"), None);
    }

    #[test]
    fn a_hole_may_be_moved_and_a_brace_is_no_hole() {
        let form = Form::read("{a} before {b}, `{{{{`");
        let found = form.fillings("1 before 2, `{{`").unwrap();
        assert_eq!(found, [("a".to_owned(), "1"), ("b".to_owned(), "2")]);
        let moved = Form::read("{b} setelah {a}").filled(|hole| Some(format!("<{hole}>")));
        assert_eq!(moved, "<b> setelah <a>");
        assert!(form.fillings("1 before 2").is_none());
    }
}
