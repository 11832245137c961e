//! `init`, `check`, `config`: a shop's folder, and mistakes in it told with their place.

use std::fs;

use crate::shop::{ABOUT, Shop};

#[test]
fn a_missing_configuration_is_told_with_the_ways_to_get_one() {
    let shop = Shop::empty("settings-missing");
    let decide = [&["decide", "id:0"], &ABOUT[..]].concat();
    for call in [&["serve"][..], &["check"], &decide] {
        shop.izin(call)
            .refused(1, &["izin.toml", "izin init", "--config"]);
    }
}

#[test]
fn a_mistake_in_the_configuration_is_told_with_its_line() {
    let shop = Shop::new("settings-mistake");
    let good = shop.read("izin.toml");
    let line = |word: &str| {
        let at = good
            .lines()
            .position(|line| line.starts_with(word))
            .unwrap();
        format!("line {}", at + 1)
    };
    let unknown = good.replace("currency =", "curency =");
    shop.write("izin.toml", &unknown);
    shop.izin(&["check"])
        .refused(1, &["`curency`", &line("currency"), "`currency`"]);
    let open = good.replace("http://127.0.0.1:8080", "http://shop.example");
    shop.write("izin.toml", &open);
    shop.izin(&["serve"])
        .refused(1, &[&line("public_url"), "need https"]);
    let finding = shop.izin(&["check", "--json"]).json();
    assert_eq!(finding["ok"], false);
    assert!(finding["finding"].as_str().unwrap().contains("need https"));
}

#[test]
fn a_mistake_in_the_policy_is_told_with_its_file_and_the_known_words() {
    let shop = Shop::new("settings-policy");
    let good = shop.read("policy/purposes.toml");
    for (right, wrong, words) in [
        (
            "highest_level = 2",
            "highest_level = 7",
            "levels are 0, 1, 2, 3",
        ),
        ("channels = [\"email\"]", "channels = [\"fax\"]", "`email`"),
        ("class = \"marketing\"", "class = \"spam\"", "`marketing`"),
        (
            "basis = \"consent\"",
            "basis = \"contract\"",
            "asks for consent",
        ),
    ] {
        shop.write("policy/purposes.toml", &good.replacen(right, wrong, 1));
        shop.izin(&["check"]).refused(1, &["purposes.toml", words]);
    }
}

#[test]
fn a_data_directory_that_cannot_be_made_is_told_by_name() {
    let shop = Shop::new("settings-data");
    shop.write("taken", "a file");
    let mut command = shop.command(&[&["decide", "id:0"], &ABOUT[..]].concat());
    let child = command.env("IZIN_DATA", "taken/data").spawn().unwrap();
    crate::shop::ended(child).refused(1, &["cannot", "taken/data"]);
}

#[test]
fn init_never_writes_into_a_folder_that_holds_something() {
    let shop = Shop::empty("settings-full");
    shop.write("notes.txt", "mine");
    shop.izin(&["init", "."]).refused(1, &["not empty"]);
    assert_eq!(fs::read_dir(&shop.dir).unwrap().count(), 1);
}

#[test]
fn a_new_folder_is_in_order_in_either_language_and_answers() {
    let shop = Shop::empty("settings-new");
    for locale in ["id", "en"] {
        let said = shop.izin(&["init", locale, "--locale", locale]).fine().out;
        assert!(said.contains("izin check"), "{said}");
        let found = shop.izin(&["check", locale, "--json"]).fine().json();
        assert_eq!(found["purposes"][0], "marketing");
        let config = format!("{locale}/izin.toml");
        let asked = [
            "decide",
            "email:budi@example.com",
            "--json",
            "--config",
            &config,
        ];
        let decision = shop.izin(&[&asked, &ABOUT[..]].concat()).fine().json();
        assert_eq!(decision["decision"], "deny");
        assert_eq!(decision["reason"], "unknown_subject");
        let default = shop
            .izin(&["config", "print-default", "--lang", locale])
            .fine();
        assert_eq!(default.out, shop.read(&config));
    }
}

#[test]
fn a_decision_is_explained_in_the_language_asked_for() {
    let shop = Shop::with_contacts("settings-explain");
    let asked = [&["decide", "customer:2", "--explain"], &ABOUT[..]].concat();
    let said = shop
        .izin(&[&asked[..], &["--lang", "en"]].concat())
        .fine()
        .out;
    assert!(said.starts_with("deny: The customer "), "{said}");
    assert!(said.contains("uu-pdp"), "{said}");
    let said = shop
        .izin(&[&asked[..], &["--lang", "id"]].concat())
        .fine()
        .out;
    assert!(said.starts_with("deny: Pelanggan "), "{said}");
}
