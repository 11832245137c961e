//! The policy that `izin init` writes.

use std::fs;
use std::path::{Path, PathBuf};

use izin_app::policy::check;
use izin_core::receipt::{DataTerm, PurposeTerm};
use izin_core::{Channel, Language, Policy};

use super::{now, places};

/// The folder of one language; `izin.toml` beside the policy is none of it.
fn folder(locale: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../izin/assets/init")).join(locale)
}

fn policy(locale: &str) -> Policy {
    let dir = izin_testkit::TempDir::new();
    for entry in fs::read_dir(folder(locale)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if name != "izin.toml" {
            fs::copy(&path, dir.path().join(name)).unwrap();
        }
    }
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        11,
        "every file of a policy"
    );
    let checked = check(dir.path(), now());
    // Whose approval it is, nobody but the shop can say.
    assert_eq!(places(&checked), ["dpia.toml:9:12 dpia_sample"], "{locale}");
    assert!(!checked.findings.block(), "{locale}");
    checked.policy.unwrap()
}

#[test]
fn a_new_policy_is_in_order_in_both_languages_and_declares_the_same() {
    let (mut id, en) = (policy("id"), policy("en"));
    assert_eq!((id.language(), en.language()), (Language::Id, Language::En));
    id.controller.languages.reverse();
    assert_eq!(id, en, "apart from the language that comes first");
    let names: Vec<_> = en.purposes.iter().map(|own| own.id.to_string()).collect();
    for name in ["marketing", "orders", "personalisation", "statistics"] {
        assert!(names.iter().any(|own| own == name), "{name} in {names:?}");
    }
    assert!(en.purposes[0].channels.contains(&Channel::Email));
}

#[test]
fn a_record_can_hold_every_term_of_a_new_policy() {
    for locale in ["id", "en"] {
        let own = policy(locale);
        for purpose in &own.purposes {
            let term = PurposeTerm::parse(&purpose.dpv);
            assert!(term.is_ok(), "{locale} {}: {term:?}", purpose.id);
        }
        for field in &own.fields {
            let term = DataTerm::parse(&field.category);
            assert!(term.is_ok(), "{locale} {}: {term:?}", field.id);
        }
    }
}

#[test]
fn a_new_policy_is_explained_in_its_own_language() {
    for file in fs::read_dir(folder("id")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap();
        let comments = |path: &Path| -> Vec<String> {
            let text = fs::read_to_string(path).unwrap();
            let lines = text.lines().filter(|line| line.starts_with("# "));
            lines.map(str::to_owned).collect()
        };
        let (id, en) = (comments(&path), comments(&folder("en").join(name)));
        assert!(!id.is_empty() && !en.is_empty(), "{name:?}");
        assert_ne!(id, en, "{name:?}");
    }
}
