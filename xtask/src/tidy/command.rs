//! The test command: continuous integration runs the one the README gives to people.

use super::file::lines;
use super::{Finding, Tree};

const README: &str = "README.md";
const CI: &str = ".ci/run";
/// Stands above the fenced block that holds the command alone.
const MARK: &str = "<!-- test-command -->";
/// How `.ci/run` names a step before its command.
const STEP: &str = "step tests ";

/// Compares the two; without a README there is nothing to compare.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(readme) = tree.file(README) else {
        return Vec::new();
    };
    let Some((line, command)) = marked_command(readme.text()) else {
        let wrong = format!("no single command in a fenced block below `{MARK}`");
        return vec![readme.finding(1, wrong, "give the test command there")];
    };
    let Some(ci) = tree.file(CI) else {
        let mend = "write .ci/run, which runs it";
        return vec![readme.finding(line, "nothing runs this command", mend)];
    };
    let runs = |source: &str| source.strip_prefix(STEP) == Some(command);
    if lines(ci.text()).any(|(_, source)| runs(source)) {
        return Vec::new();
    }
    let wrong = format!("it does not run `{command}`, which {README}:{line} gives as the test");
    vec![ci.finding(
        1,
        wrong,
        &format!("write the line `{STEP}{command}`, or mend the README"),
    )]
}

/// The one line inside the fence below the mark, with its number.
fn marked_command(readme: &str) -> Option<(usize, &str)> {
    let mut below = lines(readme)
        .skip_while(|(_, source)| source.trim() != MARK)
        .skip(1)
        .skip_while(|(_, source)| source.trim().is_empty());
    below
        .next()
        .filter(|(_, source)| source.starts_with("```"))?;
    let inside: Vec<_> = below
        .take_while(|(_, source)| !source.starts_with("```"))
        .collect();
    match inside.as_slice() {
        [(line, command)] if !command.trim().is_empty() => Some((*line, *command)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Izin\n\n<!-- test-command -->\n```sh\ncargo test --workspace\n```\n";

    #[test]
    fn a_script_that_runs_another_command_is_named() {
        for other in ["step tests cargo test\n", "# cargo test --workspace\n", ""] {
            assert_eq!(
                check(&Tree::of(&[(README, TEXT), (CI, other)])).len(),
                1,
                "{other}"
            );
        }
        assert_eq!(check(&Tree::of(&[(README, TEXT)])).len(), 1);
    }

    #[test]
    fn a_readme_without_one_marked_command_is_named() {
        let two = TEXT.replace("workspace\n", "workspace\ncargo test\n");
        for readme in ["# Izin\n", "<!-- test-command -->\ncargo test\n", &two] {
            assert_eq!(
                check(&Tree::of(&[(README, readme), (CI, "")])).len(),
                1,
                "{readme}"
            );
        }
    }

    #[test]
    fn the_same_command_in_both_passes() {
        let ci = "#!/usr/bin/env bash\nstep tests cargo test --workspace\n";
        assert_eq!(check(&Tree::of(&[(README, TEXT), (CI, ci)])), []);
        assert_eq!(check(&Tree::of(&[(CI, ci)])), []);
    }
}
