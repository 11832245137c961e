//! A policy folder: every fault is named at its place, and a sound one says all the law asks for.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use izin_app::policy::{Checked, Finding, check, read};
use izin_core::{Language, Timestamp};
use izin_testkit::TempDir;

mod compared;
mod hostile;
mod lawful;
mod usual;

/// When the tests look.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-11-21").unwrap()
}

fn folder(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broken")).join(name)
}

/// A policy in order, with some of its files replaced.
pub(crate) fn policy_with(files: &Path) -> TempDir {
    let dir = TempDir::new();
    for from in [folder("base"), files.to_owned()] {
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    dir
}

fn looked_at(name: &str) -> Checked {
    check(policy_with(&folder(name)).path(), now())
}

/// Each finding in one line, as `file:line:column code`.
pub(crate) fn places(checked: &Checked) -> Vec<String> {
    let line = |own: &Finding| {
        let at = own.place();
        format!("{}:{}:{} {}", own.file(), at.line, at.column, own.code)
    };
    checked.findings.iter().map(line).collect()
}

/// Both languages as a person reads them, and the answer for machines, of a folder called `policy`.
fn golden(name: &str) -> String {
    let dir = policy_with(&folder(name));
    let checked = check(dir.path(), now());
    assert!(checked.policy.is_none(), "{name} passes");
    let mut text = String::new();
    for language in [Language::En, Language::Id] {
        writeln!(text, "{}\n", checked.findings.render(language, false)).unwrap();
    }
    for finding in checked.findings.iter() {
        let told = serde_json::to_string(&finding.told(Language::En)).unwrap();
        writeln!(text, "{told}").unwrap();
    }
    text.replace(&*dir.path().to_string_lossy(), "policy")
}

macro_rules! golden {
    ($($test:ident $folder:literal)*) => { $(
        #[test]
        fn $test() {
            insta::assert_snapshot!(golden($folder));
        }
    )* };
}

golden! {
    a_misspelt_word_is_named_at_its_place_with_the_word_that_was_meant "01-misspelt"
    a_file_that_is_no_toml_hides_nothing_in_the_others "02-no-toml"
    a_basis_that_the_law_does_not_give_is_named_with_the_article "03-unlawful-basis"
    a_pre_ticked_box_is_named_at_its_place "04-forms"
    an_assessment_that_is_missing_expired_or_self_approved_is_named "05-assessments"
    sensitive_data_without_its_own_consent_is_named "06-sensitive"
    a_name_that_nothing_declares_is_named_with_the_nearest "07-unknown-names"
    a_cap_or_hours_that_make_no_sense_are_named "08-frequency"
    a_purpose_without_record_data_or_retention_is_named "09-no-record"
    a_controller_that_nobody_can_reach_is_named "10-controller"
}

#[test]
fn requirement_16_pre_ticked_bundled_or_conditional_forms_cannot_be_published() {
    let found = places(&looked_at("04-forms"));
    for code in ["control_pre_ticked", "control_bundled", "control_condition"] {
        let named: Vec<_> = found.iter().filter(|line| line.ends_with(code)).collect();
        assert_eq!(named.len(), 1, "{code} in {found:?}");
        assert!(named[0].starts_with("forms.toml:"));
    }
    assert!(read(policy_with(&folder("04-forms")).path(), now()).is_err());
}

#[test]
fn requirement_35_a_purpose_that_profiles_needs_an_approved_unexpired_assessment() {
    let found = places(&looked_at("05-assessments"));
    for code in [
        "dpia_needed",
        "dpia_expired",
        "dpia_part_empty",
        "dpia_own_approval",
        "dpia_own_advice",
    ] {
        assert!(
            found.iter().any(|line| line.ends_with(code)),
            "{code} in {found:?}"
        );
    }
}

#[test]
fn the_policy_that_the_broken_ones_differ_from_is_in_order() {
    let checked = looked_at("base");
    assert_eq!(places(&checked), [""; 0]);
    assert!(checked.policy.is_some());
}
