//! Wrong calls: told in one sentence, with what would be right, and exit code 2.

use crate::shop::{ABOUT, Shop};

#[test]
fn a_call_that_is_not_understood_ends_with_2() {
    let shop = Shop::empty("usage-calls");
    for call in [
        &[][..],
        &["sned"],
        &["decide"],
        &["import", "contacts"],
        &["gate", "--x"],
    ] {
        shop.izin(call).refused(2, &["Usage"]);
    }
}

#[test]
fn an_unknown_word_is_answered_with_the_known_ones() {
    let shop = Shop::empty("usage-words");
    let subject = "email:budi@example.com";
    for (call, known) in [
        (
            &["decide", subject, "--channel", "fax", "--purpose", "a"][..],
            "email, sms, whatsapp",
        ),
        (
            &["decide", subject, "--channel", "email", "--purpose", "A-1"],
            "lower-case letters",
        ),
        (
            &["import", "people", "a.csv"],
            "contacts, purchases, catalog, suppressions",
        ),
        (
            &["api-key", "add", "a", "--role", "boss"],
            "author, approver, sender, reader, dpo",
        ),
        (
            &[
                "gate",
                "--channel",
                "email",
                "--purpose",
                "a",
                "--only",
                "yes",
            ],
            "allow, defer, deny",
        ),
        (&["check", "--lang", "fr"], "id, en"),
    ] {
        shop.izin(call).refused(2, &[known]);
    }
}

#[test]
fn nothing_in_an_argument_reaches_the_terminal_as_a_command() {
    let shop = Shop::empty("usage-terminal");
    let hostile = "a\u{1b}[2J\u{202e}b";
    for call in [
        &[hostile][..],
        &["check", "--lang", hostile],
        &["law", "list", &format!("--{hostile}")],
    ] {
        let ran = shop.izin(call).refused(2, &["izin: "]);
        assert!(!ran.err.contains(['\u{1b}', '\u{202e}']), "{}", ran.err);
    }
}

#[test]
fn a_call_that_is_not_understood_is_answered_without_what_may_be_about_a_person() {
    let shop = Shop::empty("usage-personal");
    let them = "rahasia@example.com";
    let option = format!("--json={them}");
    for (call, place) in [
        (&["decide", "email:a@example.id", them][..], "argument"),
        (&["export", them], "no such command"),
        (&[them], "no such command"),
        (&["import", them, "a.csv"], "<KIND>"),
        (&["log", "prove", them], "[SEQ]"),
        (&["check", "--lang", them], "--lang"),
        (&["check", &option], "--json"),
        (&["check", "--rahasia@example.com"], "argument"),
        (
            &["decide", "a", "--channel", them, "--purpose", "a"],
            "--channel",
        ),
        (
            &["decide", "a", "--channel", "email", "--purpose", them],
            "--purpose",
        ),
        (
            &[
                "decide",
                "a",
                "--channel",
                "email",
                "--purpose",
                "a",
                "--at",
                them,
            ],
            "--at",
        ),
    ] {
        for lang in ["en", "id"] {
            let call = [&["--lang", lang][..], call].concat();
            let ran = shop.izin(&call).refused(2, &["izin: "]);
            assert!(!ran.err.contains("rahasia"), "{}", ran.err);
            assert!(lang == "id" || ran.err.contains(place), "{}", ran.err);
        }
    }
}

#[test]
fn a_file_or_a_name_that_may_be_an_address_in_a_wrong_place_is_not_repeated() {
    let shop = Shop::with_contacts("usage-masked");
    let them = "rahasia@example.com";
    for call in [
        &["law", "show", them][..],
        &["import", "contacts", them],
        &["import", "contacts", "contacts.csv", "--map", them],
        &[
            "gate",
            "--in",
            them,
            "--channel",
            "email",
            "--purpose",
            "marketing",
        ],
        &["check", them],
        &["api-key", "revoke", "0812-0000-0001"],
    ] {
        let ran = shop.izin(call);
        assert!(matches!(ran.code, Some(1 | 2)), "{}", ran.out);
        assert!(ran.err.contains('…'), "{}", ran.err);
        let told = ["rahasia", "0812"].iter().any(|own| ran.err.contains(own));
        assert!(!told, "{}", ran.err);
    }
}

#[test]
fn a_call_that_is_not_understood_is_answered_in_the_language_asked_for() {
    let shop = Shop::empty("usage-language");
    for (call, words) in [
        (
            &["campaign", "sned"][..],
            &[
                "perintah itu tidak ada",
                "`send`?",
                "Cara pakai: izin campaign",
            ][..],
        ),
        (
            &["erase", "a", "--yess"],
            &["opsi `--yess` tidak ada", "`--yes`?"],
        ),
        (
            &["decide", "a"],
            &[
                "belum disebut",
                "--channel <CHANNEL>",
                "Cara pakai: izin decide",
            ],
        ),
        (&["check", "--json", "--json"], &["lebih dari sekali"]),
        (
            &["gate", "--channel"],
            &["nilai --channel <CHANNEL> belum disebut"],
        ),
        (
            &["import", "people", "a"],
            &["pilihannya: contacts, purchases"],
        ),
        (&["law", "due", "2"], &["pilihannya: `permission`"]),
        (&["log", "prove", "satu"], &["bilangan bulat"]),
        (
            &["log", "prove", "1", "--since", "a"],
            &["tidak dapat disebut bersama"],
        ),
    ] {
        let ran = shop.izin(&[call, &["--lang", "id"]].concat());
        ran.refused(2, words);
    }
    let help = shop
        .izin(&["campaign", "send", "--help", "--lang=id"])
        .fine()
        .out;
    for heading in ["Cara pakai:", "Opsi:", "Contoh:"] {
        assert!(help.contains(heading), "{help}");
    }
    assert!(help.starts_with("Antrekan pesan"), "{help}");
    assert!(
        !help.contains("Options:") && !help.contains("Usage:"),
        "{help}"
    );
}

#[test]
fn a_purpose_the_policy_does_not_have_is_answered_with_those_it_has() {
    let shop = Shop::new("usage-purpose");
    let known = "marketing, orders, notices, reviews, personalisation";
    let about = ["--channel", "email", "--purpose", "fun"];
    for call in [
        &["decide", "email:budi@example.com"][..],
        &["gate"],
        &[
            "optout",
            "email:budi@example.com",
            "--agent",
            "Sari",
            "--note",
            "a",
        ],
        &["campaign", "send", "--template", "promo.html"],
    ] {
        shop.izin(&[call, &about].concat())
            .refused(2, &["--purpose: the policy has no such purpose", known]);
    }
}

#[test]
fn a_decision_as_of_a_time_before_the_policy_is_refused_and_one_ahead_is_answered() {
    let shop = Shop::with_contacts("usage-at");
    let asked = |at| shop.izin(&[&["decide", "customer:1", "--at", at], &ABOUT[..]].concat());
    asked("2020-01-01").refused(2, &["--at", "before the policy in force took effect (20"]);
    asked("soon").refused(2, &["2026-11-21"]);
    assert!(asked("2199-01-01").fine().out.contains(": "));
}

#[test]
fn a_subject_that_names_nobody_is_refused_without_being_repeated() {
    let shop = Shop::new("usage-subject");
    for (subject, words) in [
        ("rahasia", "customer:"),
        ("fax:rahasia", "customer:"),
        ("email:rahasia", "one @"),
        ("phone:rahasia", "+62"),
        ("id:rahasia", "32 hexadecimal digits"),
    ] {
        let ran = shop.izin(&[&["decide", subject], &ABOUT[..]].concat());
        assert!(!ran.err.contains("rahasia"), "{}", ran.err);
        ran.refused(2, &[words]);
    }
}

#[test]
fn help_is_on_stdout_with_an_example() {
    let shop = Shop::empty("usage-help");
    for call in [
        &["--help"][..],
        &["gate", "--help"],
        &["log", "verify", "--help"],
    ] {
        assert!(shop.izin(call).fine().out.contains("Example"));
    }
    assert!(shop.izin(&["--version"]).fine().out.starts_with("izin "));
}

#[test]
fn refused_rows_are_never_written_over_the_file_they_come_from() {
    let shop = Shop::new("usage-rejects");
    let file = "email,consent_marketing_email\nani@example.com,no\nnot an address,no\n";
    shop.write("list.csv", file);
    let call = ["import", "contacts", "list.csv", "--rejects", "./list.csv"];
    shop.izin(&call).refused(1, &["list.csv", "--rejects"]);
    assert_eq!(shop.read("list.csv"), file);
}
