//! Promises of the message files and of the choice of language.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::page::samples::{Words, every_page};

/// The messages of a file with the variables each uses.
fn messages(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut messages: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut current = "";
    for line in source(language)
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        if let Some((key, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            assert!(
                messages.insert(key, BTreeSet::new()).is_none(),
                "{language}: `{key}` twice"
            );
            current = key;
        }
        for variable in line.split('$').skip(1) {
            let end = variable.find(|c: char| !(c.is_alphanumeric() || c == '-'));
            let name = &variable[..end.unwrap_or(variable.len())];
            messages.get_mut(current).unwrap().insert(name);
        }
    }
    messages
}

/// The text of every file with one of `endings` at or below `path` of this crate.
fn texts_below(path: &str, endings: &[&str]) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut all = String::new();
    let mut left = vec![path];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if endings
            .iter()
            .any(|end| path.extension().is_some_and(|found| found == *end))
        {
            all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    all
}

fn uses_in(text: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut uses = Vec::new();
    for part in text.split(".get(\"").skip(1) {
        uses.push((part.split('"').next().unwrap().to_owned(), BTreeSet::new()));
    }
    for part in text.split(".say(\"").skip(1) {
        let mut given = BTreeSet::new();
        let end = part.find("}}").or(part.find(';')).unwrap_or(part.len());
        for variable in part[..end].split(".with(\"").skip(1) {
            given.insert(variable.split('"').next().unwrap().to_owned());
        }
        uses.push((part.split('"').next().unwrap().to_owned(), given));
    }
    uses
}

#[test]
fn a_malformed_switch_or_header_falls_to_the_next_choice() {
    for query in ["", "fr", "../../etc", "<script>", "\u{0}"] {
        assert_eq!(
            choose_language(Some(query), None, None, Language::Id),
            Language::Id,
            "{query}"
        );
        assert_eq!(
            choose_language(Some(query), Some(Language::En), Some("id"), Language::Id),
            Language::En,
            "{query}"
        );
    }
    for header in [
        "",
        ",,,",
        "fr-FR, de;q=0.9",
        "en;q=high",
        "en;q=-1",
        "en;q=NaN",
        "en;q=2",
        ";q=1",
    ] {
        assert_eq!(
            choose_language(None, None, Some(header), Language::Id),
            Language::Id,
            "{header}"
        );
    }
}

#[test]
fn a_language_of_weight_zero_is_refused() {
    assert_eq!(
        choose_language(None, None, Some("en;q=0"), Language::Id),
        Language::Id
    );
    assert_eq!(
        choose_language(None, None, Some("en;q=0, id;q=0.1"), Language::En),
        Language::Id
    );
}

#[test]
fn ranges_beyond_the_limit_are_not_read() {
    let header = "fr,".repeat(LANGUAGE_RANGES_MAX) + "en";
    assert_eq!(
        choose_language(None, None, Some(&header), Language::Id),
        Language::Id
    );
}

#[test]
fn the_switch_wins_over_the_stored_language_and_that_over_the_browser() {
    let (id, en) = (Language::Id, Language::En);
    assert_eq!(choose_language(Some("en"), Some(id), Some("id"), id), en);
    assert_eq!(choose_language(None, Some(id), Some("en"), en), id);
    assert_eq!(choose_language(None, None, Some("en-GB"), id), en);
    assert_eq!(choose_language(None, None, None, en), en);
}

#[test]
fn the_heaviest_range_wins_and_the_first_of_equals() {
    let chosen = |header| choose_language(None, None, Some(header), Language::Id);
    assert_eq!(chosen("id;q=0.3, en-US;q=0.9, fr"), Language::En);
    assert_eq!(chosen("en;q=0.299, id;q=0.3"), Language::Id);
    assert_eq!(chosen("en, id"), Language::En);
    assert_eq!(chosen("fr, *;q=0.5, en;q=0.4"), Language::Id);
}

#[test]
fn both_files_are_read_whole() {
    for language in Language::ALL {
        let read = FluentResource::try_new(source(language).to_owned());
        assert!(
            read.is_ok(),
            "{language}: {:?}",
            read.err().map(|(_, errors)| errors)
        );
    }
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    let (id, en) = (messages(Language::Id), messages(Language::En));
    assert!(id.len() > 100, "only {} messages were found", id.len());
    for (key, variables) in &id {
        assert_eq!(Some(variables), en.get(key), "`{key}`");
    }
    let untranslated: Vec<_> = en.keys().filter(|key| !id.contains_key(*key)).collect();
    assert!(untranslated.is_empty(), "only in English: {untranslated:?}");
}

#[test]
fn every_text_a_page_names_exists_and_gets_exactly_its_variables() {
    let messages = messages(Language::Id);
    let pages = texts_below("templates", &["html"]) + &texts_below("src/page", &["rs"]);
    let uses = uses_in(&pages);
    assert!(uses.len() > 50, "found only {} uses of texts", uses.len());
    for (key, given) in uses {
        let Some(wanted) = messages.get(key.as_str()) else {
            panic!("`{key}` is named by a page and is not in the message files");
        };
        let wanted: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(wanted, given, "variables of `{key}`");
    }
}

#[test]
fn every_channel_level_and_month_has_a_name() {
    for texts in Texts::all() {
        let mut names: Vec<_> = Channel::ALL.map(|channel| texts.channel(channel)).into();
        names.extend(Level::ALL.map(|level| texts.level(level)));
        names.extend(Level::ALL.map(|level| texts.level_explained(level)));
        names.extend((1..=12).map(|month| texts.get(month_key(month))));
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{}", texts.language());
        for name in names {
            assert!(
                !messages(Language::En).contains_key(&*name),
                "`{name}` is a key"
            );
        }
    }
}

#[test]
fn no_page_shows_a_key_or_an_unfilled_variable() {
    let keys = messages(Language::Id);
    for language in Language::ALL {
        for (name, html) in every_page(&Words::of(language)) {
            let html = html.replace(crate::page::STYLE, "");
            for key in keys.keys().filter(|key| key.contains('-')) {
                assert!(!html.contains(key), "{name}.{language}: `{key}`");
            }
            assert!(
                !html.contains("{$") && !html.contains("{ $"),
                "{name}.{language}"
            );
        }
    }
}

#[test]
fn no_text_is_kept_that_nothing_names() {
    let all = texts_below("templates", &["html"]) + &texts_below("src", &["rs"]);
    for key in messages(Language::Id).keys() {
        assert!(all.contains(&format!("\"{key}\"")), "`{key}` is not used");
    }
}

#[test]
fn a_key_missing_in_one_language_shows_the_other_and_a_key_missing_in_both_itself() {
    let mut half = Texts::read(Language::Id);
    half.bundle = FluentBundle::new_concurrent(vec![]);
    assert_eq!(
        half.get("channel-site"),
        Texts::of(Language::En).get("channel-site")
    );
    assert_eq!(half.get("no-such-text"), "no-such-text");
}

#[test]
fn no_text_shames_frightens_or_hurries_the_reader() {
    let unfair = [
        "miss out",
        "are you sure",
        "sorry to see",
        "sad",
        "don't want to",
        "last chance",
        "hurry",
        "limited",
        "only today",
        "lose your",
        "do not stop",
        "sayang sekali",
        "yakin",
        "sedih",
        "kesempatan terakhir",
        "buruan",
        "segera habis",
        "terbatas",
        "hanya hari ini",
        "kehilangan",
        "rugi",
        "jangan tidak",
        "tidak ingin berhenti",
        "ketinggalan",
    ];
    for language in Language::ALL {
        let text = source(language).to_lowercase();
        for phrase in unfair {
            let found = text.match_indices(phrase).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = text[at + phrase.len()..].chars().next();
                !before.is_some_and(char::is_alphabetic) && !after.is_some_and(char::is_alphabetic)
            });
            assert!(!found, "{language}: `{phrase}`");
        }
    }
}

#[test]
fn numbers_and_dates_are_written_as_the_language_writes_them() {
    let (id, en) = (Texts::of(Language::Id), Texts::of(Language::En));
    assert_eq!(
        [id.number(7), id.number(1234), id.number(1_234_567)],
        ["7", "1.234", "1.234.567"]
    );
    assert_eq!([en.number(999), en.number(100_000)], ["999", "100,000"]);
    let moment = Timestamp::parse("2026-08-31T20:05:00Z").unwrap();
    let jakarta = Offset::constant(7);
    assert_eq!(id.date(moment, jakarta), "1 September 2026");
    assert_eq!(en.date(moment, Offset::UTC), "31 August 2026");
    assert_eq!(id.date_time(moment, jakarta), "1 September 2026, 03.05");
    assert_eq!(en.date_time(moment, jakarta), "1 September 2026, 03:05");
}
