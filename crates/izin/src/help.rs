//! Help in Indonesian: what each command does, and what stands around it. What single options mean, and
//! the notes below the examples, are in English only.

use std::collections::BTreeMap;

use clap::Command;
use izin_core::Language;

/// What each command does, by the words that call it.
const ABOUT: &str = include_str!("help.toml");

/// What stands in help besides our own texts, longer ones first.
const AROUND: [(&str, &str); 15] = [
    (
        "Print this message or the help of the given subcommand(s)",
        "Tampilkan pesan ini atau bantuan sebuah perintah",
    ),
    (
        "Answer in JSON, for machines",
        "Jawab dalam JSON, untuk program",
    ),
    (
        "The language of sentences for people: id or en; absent: the shop's, else that of LANG",
        "Bahasa kalimat untuk orang: id atau en; bila tidak ada: bahasa toko, lalu bahasa LANG",
    ),
    ("Print version", "Tampilkan versi"),
    ("Print help", "Tampilkan bantuan"),
    ("Arguments:", "Argumen:"),
    ("Commands:", "Perintah:"),
    ("Examples:", "Contoh:"),
    ("Example:", "Contoh:"),
    ("Options:", "Opsi:"),
    ("Usage:", "Cara pakai:"),
    ("[OPTIONS]", "[OPSI]"),
    ("<COMMAND>", "<PERINTAH>"),
    ("[default:", "[bawaan:"),
    ("[env:", "[lingkungan:"),
];

/// Help or a usage as it is shown in a language.
pub(crate) fn shown(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Id => AROUND
            .iter()
            .fold(text.to_owned(), |text, (en, id)| text.replace(en, id)),
    }
}

/// The commands with the paragraphs behind their help in one line each: they are broken where the
/// terminal ends, not where the source does.
pub(crate) fn flowing(command: Command) -> Command {
    let behind = command.get_after_help().map(ToString::to_string);
    let command = match behind {
        Some(own) => command.after_help(unbroken(&own)),
        None => command,
    };
    command.mut_subcommands(flowing)
}

/// A text with its paragraphs in one line each; lines that begin with a blank stay by themselves.
fn unbroken(text: &str) -> String {
    let mut whole = String::new();
    let mut goes_on = false;
    for line in text.lines() {
        let is_word = !line.is_empty() && !line.starts_with(' ');
        if goes_on && is_word {
            whole.push(' ');
        } else if !whole.is_empty() {
            whole.push('\n');
        }
        whole.push_str(line);
        goes_on = is_word && !line.ends_with(':');
    }
    whole
}

/// The commands with what they do in Indonesian, as far as the file tells it.
pub(crate) fn in_indonesian(root: Command) -> Command {
    let about = toml::from_str(ABOUT).unwrap_or_default();
    let name = root.get_name().to_owned();
    told(root, (&name, ""), &about)
}

fn told(
    command: Command,
    (words, before): (&str, &str),
    about: &BTreeMap<String, String>,
) -> Command {
    let command = match about.get(words) {
        Some(own) => command.about(own).long_about(None),
        None => command,
    };
    let below: Vec<String> = command
        .get_subcommands()
        .map(|own| own.get_name().to_owned())
        .collect();
    below.into_iter().fold(command, |command, name| {
        let words = format!("{before}{name}");
        let next = format!("{words} ");
        command.mut_subcommand(name, |own| told(own, (&words, &next), about))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn words_of(command: &Command, words: &str, before: &str) -> Vec<String> {
        let below = command.get_subcommands();
        let below = below.flat_map(|own| {
            let words = format!("{before}{}", own.get_name());
            let next = format!("{words} ");
            words_of(own, &words, &next)
        });
        [vec![words.to_owned()], below.collect()].concat()
    }

    #[test]
    fn every_command_is_told_in_indonesian_and_no_other() {
        let about: BTreeMap<String, String> = toml::from_str(ABOUT).unwrap();
        let mut there = words_of(&Cli::command(), "izin", "");
        there.sort_unstable();
        let told: Vec<&str> = about.keys().map(String::as_str).collect();
        assert_eq!(told, there);
    }

    #[test]
    fn a_paragraph_is_broken_by_the_terminal_alone() {
        let text = "Examples:\n  izin a\n  izin b\n\nOne\ntwo.\n\nThree\n";
        let flows = "Examples:\n  izin a\n  izin b\n\nOne two.\n\nThree";
        assert_eq!(unbroken(text), flows);
    }

    #[test]
    fn the_commands_are_the_same_in_both_languages() {
        let own = in_indonesian(Cli::command());
        own.clone().debug_assert();
        let words = |of: &Command| words_of(of, "izin", "");
        assert_eq!(words(&own), words(&Cli::command()));
    }
}
