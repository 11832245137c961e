//! Wrong and hostile files: a located, kind message for each, and never the end of the program.

use std::fs;
use std::path::Path;

use izin_app::policy::check;
use izin_core::Language;
use izin_testkit::TempDir;

use super::{folder, now, places, policy_with};

/// What is said about a policy with one file replaced by these bytes.
fn said_about(name: &str, bytes: &[u8]) -> Vec<String> {
    let dir = policy_with(&folder("base"));
    fs::write(dir.path().join(name), bytes).unwrap();
    said(dir.path())
}

fn said(dir: &Path) -> Vec<String> {
    let checked = check(dir, now());
    for language in [Language::Id, Language::En] {
        for coloured in [false, true] {
            assert_eq!(
                checked.findings.render(language, coloured).is_empty(),
                checked.findings.is_empty()
            );
        }
    }
    places(&checked)
}

#[test]
fn a_megabyte_is_not_read() {
    let long = "# kosong\n".repeat(120_000);
    assert_eq!(
        said_about("fields.toml", long.as_bytes())[..1],
        ["fields.toml:1:1 file_too_long"]
    );
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_place() {
    let found = said_about("senders.toml", b"# ok\n[[sender]]\nname = \"\xff\xfe\"\n");
    assert_eq!(found, ["senders.toml:3:9 not_text"]);
    let junk: Vec<u8> = (0..20_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    assert!(said_about("purposes.toml", &junk)[0].ends_with("not_text"));
}

#[test]
fn deep_nesting_is_told_and_ends_nothing() {
    let deep = format!("x = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    let found = said_about("topics.toml", deep.as_bytes());
    assert!(found[0].starts_with("topics.toml:1:"), "{found:?}");
    assert!(found[0].ends_with(" syntax"), "{found:?}");
    let keys = format!("{}x = 1", "a.".repeat(50_000));
    let found = said_about("topics.toml", keys.as_bytes());
    assert!(found[0].starts_with("topics.toml:1:"), "{found:?}");
}

#[test]
fn a_hundred_thousand_purposes_are_too_many() {
    let short = "[[purpose]]\n".repeat(20_000);
    let found = said_about("purposes.toml", short.as_bytes());
    assert!(
        found.contains(&"purposes.toml:1001:1 too_many_items".to_owned()),
        "{:?}",
        &found[..3]
    );
    let long = "[[purpose]]\n".repeat(100_000);
    assert_eq!(
        said_about("purposes.toml", long.as_bytes())[0],
        "purposes.toml:1:1 file_too_long"
    );
}

#[test]
fn a_key_written_twice_is_told_at_the_second() {
    let found = said_about(
        "notice.toml",
        b"[notice]\n[notice.opening]\nid = \"a\"\nid = \"b\"\nen = \"c\"\n",
    );
    assert_eq!(found, ["notice.toml:4:1 syntax"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let dir = policy_with(&folder("base"));
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
        fs::write(&path, format!("\u{feff}{text}")).unwrap();
    }
    assert_eq!(said(dir.path()), [""; 0]);
    let found = said_about(
        "notice.toml",
        "\u{feff}[notice]\r\n\r\nopning = 1\r\n".as_bytes(),
    );
    assert_eq!(found, ["notice.toml:3:1 unknown_key"]);
}

#[test]
fn a_folder_where_a_file_should_be_is_told() {
    let dir = policy_with(&folder("base"));
    fs::remove_file(dir.path().join("purposes.toml")).unwrap();
    fs::create_dir(dir.path().join("purposes.toml")).unwrap();
    assert_eq!(said(dir.path()), ["purposes.toml:1:1 file_unreadable"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_itself_and_a_device_are_told() {
    let dir = policy_with(&folder("base"));
    let link = dir.path().join("forms.toml");
    std::os::unix::fs::symlink(&link, &link).unwrap();
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("topics.toml")).unwrap();
    let found = said(dir.path());
    assert_eq!(
        found,
        [
            "forms.toml:1:1 file_unreadable",
            "topics.toml:1:1 file_unreadable"
        ]
    );
}

#[test]
fn a_folder_that_is_not_there_or_lacks_files_is_told() {
    let dir = TempDir::new();
    assert_eq!(
        said(dir.path()),
        [
            "controller.toml:1:1 file_missing",
            "purposes.toml:1:1 file_missing"
        ]
    );
    let found = said(&dir.path().join("nowhere"));
    assert!(
        found[0].ends_with("nowhere:1:1 folder_unreadable"),
        "{found:?}"
    );
}

#[test]
fn more_findings_than_anybody_reads_are_counted() {
    let topics = "[[topic]]\nx = 1\n".repeat(900);
    let dir = policy_with(&folder("base"));
    fs::write(dir.path().join("topics.toml"), topics).unwrap();
    let findings = check(dir.path(), now()).findings;
    assert_eq!(
        (findings.iter().count(), findings.left_out()),
        (200, 900 * 4 - 200)
    );
    assert!(
        findings
            .render(Language::En, false)
            .ends_with("and 3400 findings more")
    );
}

#[test]
fn thousands_of_unknown_names_beside_thousands_of_known_ones_are_counted() {
    let dir = policy_with(&folder("base"));
    let path = dir.path().join("purposes.toml");
    let names: Vec<String> = (0..20_000).map(|n| format!("\"f{n}\"")).collect();
    let purposes = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        purposes.replacen("\"email_address\"", &names.join(","), 1),
    )
    .unwrap();
    let fields: String = (0..1_000)
        .map(|n| format!("[[field]]\nid = \"field_{n}\"\n"))
        .collect();
    fs::write(dir.path().join("fields.toml"), fields).unwrap();
    let findings = check(dir.path(), now()).findings;
    assert!(findings.left_out() > 20_000, "{}", findings.left_out());
}

#[test]
fn nothing_in_a_file_reaches_the_terminal_as_a_command() {
    let found = policy_with(&folder("10-controller"));
    let dir = found.path();
    fs::write(
        dir.join("topics.toml"),
        "[[topic]]\n\"\\u001b[2J\" = 1\n\"a\x1b[2J\" = 2\n",
    )
    .unwrap();
    fs::write(dir.join("a\x1b[2J.toml"), "").unwrap();
    let text = check(dir, now()).findings.render(Language::En, false);
    assert!(!text.contains('\x1b'), "{text}");
}

#[test]
fn what_a_mend_repeats_of_a_file_is_shown_with_its_hidden_marks() {
    let dir = policy_with(&folder("base"));
    let field = "[[field]]\nid = \"email_adress\u{202e}\\u001b[2J\"\n";
    fs::write(dir.path().join("fields.toml"), field).unwrap();
    let findings = check(dir.path(), now()).findings;
    let named = findings.iter().find(|own| own.code == "unknown_name");
    let mend = &named.expect("the field that purposes name is gone").mend.en;
    assert!(mend.contains(r"`email_adress\u{202e}\u{1b}[2J`"), "{mend}");
    for language in [Language::Id, Language::En] {
        let text = findings.render(language, false);
        assert!(!text.contains(['\x1b', '\u{202e}']), "{text}");
        for finding in findings.iter() {
            let told = serde_json::to_string(&finding.told(language)).unwrap();
            assert!(!told.contains('\u{202e}'), "{told}");
        }
    }
}
