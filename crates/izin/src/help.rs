//! Help as it is shown: in Indonesian too, and with notes that flow to the asker's width.
//!
//! What a command does stands in `help.toml`, by the words that call it; what options, arguments and
//! choices mean, and the notes below the examples, in `help-notes.toml`, by the English. Start at
//! [`flowing`] and [`in_indonesian`].

use std::collections::BTreeMap;

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use izin_core::Language;

/// What each command does, by the words that call it.
const ABOUT: &str = include_str!("help.toml");
/// What else our help says, by the English.
const NOTES: &str = include_str!("help-notes.toml");

/// What stands in help besides our own texts, longer ones first.
const AROUND: [(&str, &str); 16] = [
    (
        "Print this message or the help of the given subcommand(s)",
        "Tampilkan pesan ini atau bantuan sebuah perintah",
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
    ("[possible values:", "[pilihan:"),
    ("Possible values:", "Pilihan:"),
    ("[default:", "[bawaan:"),
    ("(see more with", "(selengkapnya dengan"),
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

/// The commands with notes whose lines end where the asker's do, not where the source's do.
pub(crate) fn flowing(root: Command) -> Command {
    with_notes(root, &mut flowed)
}

/// The commands in Indonesian, as far as the files tell it.
pub(crate) fn in_indonesian(root: Command) -> Command {
    let about = toml::from_str(ABOUT).unwrap_or_default();
    let notes: BTreeMap<String, String> = toml::from_str(NOTES).unwrap_or_default();
    let name = root.get_name().to_owned();
    let root = told(root, (&name, ""), &about);
    with_notes(root, &mut |own| {
        let flowed = flowed(own);
        notes.get(&flowed).cloned().unwrap_or(flowed)
    })
}

/// A paragraph as one line; a table or an example, which are indented, stays.
fn flowed(paragraph: &str) -> String {
    if paragraph.lines().any(|line| line.starts_with(' ')) {
        return paragraph.to_owned();
    }
    paragraph.lines().collect::<Vec<_>>().join(" ")
}

/// Every command with what its options, arguments and choices mean, and each paragraph of its notes, as
/// `say` says them.
fn with_notes(command: Command, say: &mut dyn FnMut(&str) -> String) -> Command {
    let mut command = command.mut_args(|own| argument(own, say));
    if let Some(notes) = command.get_after_help().map(ToString::to_string) {
        let notes: Vec<String> = notes.split("\n\n").map(&mut *say).collect();
        command = command.after_help(notes.join("\n\n"));
    }
    command.mut_subcommands(|own| with_notes(own, say))
}

fn argument(mut own: Arg, say: &mut dyn FnMut(&str) -> String) -> Arg {
    if let Some(help) = own.get_help().map(ToString::to_string) {
        own = own.help(say(&help));
    }
    if let Some(help) = own.get_long_help().map(ToString::to_string) {
        own = own.long_help(say(&help));
    }
    let mut differs = false;
    let choices: Vec<PossibleValue> = own
        .get_possible_values()
        .into_iter()
        .map(|choice| match choice.get_help().map(ToString::to_string) {
            Some(help) => {
                let said = say(&help);
                differs |= said != help;
                choice.help(said)
            }
            None => choice,
        })
        .collect();
    // Choices that are told otherwise are read as texts: such commands show help and do nothing.
    if differs {
        own.value_parser(choices)
    } else {
        own
    }
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
    use std::collections::BTreeSet;

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
    fn the_commands_are_the_same_in_both_languages() {
        let own = in_indonesian(Cli::command());
        own.clone().debug_assert();
        let words = |of: &Command| words_of(of, "izin", "");
        assert_eq!(words(&own), words(&Cli::command()));
    }

    #[test]
    fn every_option_choice_and_note_is_told_in_indonesian_and_nothing_else_is() {
        let told: BTreeMap<String, String> = toml::from_str(NOTES).unwrap();
        let mut there = BTreeSet::new();
        with_notes(Cli::command(), &mut |own| {
            if !own.starts_with("Example") {
                there.insert(flowed(own));
            }
            own.to_owned()
        });
        let told: BTreeSet<String> = told.into_keys().collect();
        let untold: Vec<&String> = there.difference(&told).collect();
        assert!(untold.is_empty(), "not in help-notes.toml: {untold:#?}");
        let stale: Vec<&String> = told.difference(&there).collect();
        assert!(stale.is_empty(), "nothing says any more: {stale:#?}");
    }

    #[test]
    fn a_note_has_no_line_that_the_source_broke() {
        let mut notes = Vec::new();
        with_notes(flowing(Cli::command()), &mut |own| {
            notes.push(own.to_owned());
            own.to_owned()
        });
        for own in notes {
            let laid_out = own.lines().any(|line| line.starts_with(' '));
            assert!(laid_out || own.lines().count() == 1, "{own}");
        }
    }
}
