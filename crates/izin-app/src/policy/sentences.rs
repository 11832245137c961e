//! The words of findings, in both languages: `sentences.toml`, one table for each code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use izin_core::policy::Text;
use serde::Deserialize;

use super::code::Code;
use super::finding::Severity;
use super::found::{Word, both};

/// What is said about a code; `{name}` stands for a word of the finding.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub(super) severity: Severity,
    /// The articles that ask for it; empty where no law does.
    #[serde(default)]
    pub(super) article: String,
    pub(super) what: Text,
    pub(super) why: Text,
    pub(super) mend: Text,
}

/// A test holds that the file is read and has every code.
static SENTENCES: LazyLock<BTreeMap<String, Said>> =
    LazyLock::new(|| toml::from_str(include_str!("sentences.toml")).unwrap_or_default());

/// What is said about a code, with the finding's words in it.
pub(super) fn say(code: Code, words: &[Word<'_>]) -> Said {
    let Some(said) = SENTENCES.get(code.as_str()) else {
        let name = both(code.as_str(), code.as_str());
        return Said {
            severity: Severity::Error,
            article: String::new(),
            what: name.clone(),
            why: name.clone(),
            mend: name,
        };
    };
    Said {
        severity: said.severity,
        article: fill(&said.article, words, |text| &text.en),
        what: filled(&said.what, words),
        why: filled(&said.why, words),
        mend: filled(&said.mend, words),
    }
}

fn filled(text: &Text, words: &[Word<'_>]) -> Text {
    Text {
        id: fill(&text.id, words, |text| &text.id),
        en: fill(&text.en, words, |text| &text.en),
    }
}

/// Puts the words in, once through, so that a word is never taken for a place.
fn fill(sentence: &str, words: &[Word<'_>], of: fn(&Text) -> &String) -> String {
    let mut filled = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let word = words.iter().find(|(own, _)| *own == name);
        filled.push_str(word.map_or(name, |(_, text)| of(text)));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences that are all one word of the finding, which has both languages.
    const PLACES: [&str; 3] = ["{hint}", "{asked}", "{mend}"];

    #[test]
    fn every_code_has_its_words_in_both_languages_and_no_words_are_left_over() {
        let read: BTreeMap<String, Said> = toml::from_str(include_str!("sentences.toml")).unwrap();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for code in &codes {
            assert!(read.contains_key(*code), "no words for {code}");
        }
        for (name, said) in &read {
            assert!(codes.contains(&name.as_str()), "words for no code: {name}");
            for text in [&said.what, &said.why, &said.mend] {
                assert!(!text.id.is_empty() && !text.en.is_empty(), "{name}");
                assert!(!text.en.ends_with('.') && !text.id.ends_with('.'), "{name}");
                assert!(text.id != text.en || PLACES.contains(&&*text.en), "{name}");
            }
        }
    }

    #[test]
    fn a_word_from_a_file_is_never_taken_for_a_place() {
        let words = [("key", both("{hint}", "{hint}")), ("hint", both("a", "b"))];
        assert_eq!(
            fill("`{key}`: {hint}", &words, |own| &own.en),
            "`{hint}`: b"
        );
    }
}
