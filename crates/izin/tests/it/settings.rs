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
fn a_configuration_that_is_no_file_or_far_too_long_is_not_read() {
    let shop = Shop::new("settings-no-file");
    shop.write("izin.toml", &"#\n".repeat(40_000));
    shop.izin(&["check"]).refused(1, &["izin.toml", "64 KiB"]);
    fs::remove_file(shop.path("izin.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", shop.path("izin.toml")).unwrap();
    shop.izin(&["check"])
        .refused(1, &["izin.toml", "not a file"]);
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
        format!("izin.toml:{}:", at + 1)
    };
    let unknown = good.replace("currency =", "curency =");
    shop.write("izin.toml", &unknown);
    let told = shop.izin(&["check"]);
    assert_eq!(told.code, Some(1));
    for words in [
        "`curency`",
        &line("currency"),
        "`currency`",
        "why: ",
        "mend: ",
    ] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    let open = good.replace("http://127.0.0.1:8080", "http://shop.example");
    shop.write("izin.toml", &open);
    shop.izin(&["serve"])
        .refused(1, &[&line("public_url"), "need https"]);
    let finding = shop.izin(&["check", "--json"]).json();
    assert_eq!(finding["ok"], false);
    let finding = &finding["findings"][0];
    assert!(finding["what"].as_str().unwrap().contains("need https"));
    assert_eq!(
        format!("izin.toml:{}:", finding["line"]),
        line("public_url")
    );
    let both = unknown.replace("http://127.0.0.1:8080", "http://shop.example");
    shop.write("izin.toml", &both);
    let purposes = shop.read("policy/purposes.toml");
    let wrong = purposes.replacen("class = \"marketing\"", "class = \"spam\"", 1);
    shop.write("policy/purposes.toml", &wrong);
    let all = shop.izin(&["check", "--json"]).json();
    let files: Vec<_> = all["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| &own["file"])
        .collect();
    assert!(
        files.len() > 2 && files[..2].iter().all(|own| **own == "izin.toml"),
        "{files:?}"
    );
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
        (
            "channels = [\"email\", \"sms\", \"whatsapp\"]",
            "channels = [\"fax\"]",
            "`email`",
        ),
        ("class = \"marketing\"", "class = \"spam\"", "`marketing`"),
        (
            "basis = \"consent\"",
            "basis = \"contract\"",
            "asks for `consent`",
        ),
    ] {
        let bad = good.replacen(right, wrong, 1);
        assert_ne!(bad, good, "{right}");
        shop.write("policy/purposes.toml", &bad);
        let told = shop.izin(&["check"]);
        assert_eq!(told.code, Some(1), "{}{}", told.out, told.err);
        for word in ["--> policy/purposes.toml:", words] {
            assert!(told.out.contains(word), "no `{word}` in {}", told.out);
        }
        assert!(
            !told.out.contains('\x1b'),
            "colours in a pipe: {}",
            told.out
        );
        shop.izin(&["serve"]).refused(1, &["purposes.toml", words]);
        let told = shop.izin(&["check", "--json"]);
        assert_eq!((told.code, &told.json()["ok"]), (Some(1), &false.into()));
        let findings = told.json()["findings"].as_array().unwrap().clone();
        let mut errors = findings.iter().filter(|own| own["severity"] == "error");
        assert!(
            errors
                .all(|own| own["file"] == "policy/purposes.toml" && own["line"].as_u64() > Some(1)),
            "{findings:?}"
        );
    }
}

#[test]
fn every_finding_of_configuration_and_policy_is_told_in_one_run_in_either_language() {
    let shop = Shop::new("settings-all");
    let config = shop.read("izin.toml");
    shop.write(
        "izin.toml",
        &config.replace("http://127.0.0.1:8080", "http://shop.example"),
    );
    let topics = shop.read("policy/topics.toml");
    shop.write(
        "policy/topics.toml",
        &topics.replace("\"marketing\"", "\"marketin\""),
    );
    shop.write("policy/form.toml", "");
    let told = shop.izin(&["check", "--lang", "id"]);
    assert_eq!(told.code, Some(1));
    for words in ["mungkin maksudnya `marketing`?", "`forms.toml`"] {
        assert!(told.out.contains(words), "{}", told.out);
    }
    assert!(told.out.contains("memerlukan https"), "{}", told.out);
    let told = shop.izin(&["check", "--json"]).json();
    let codes: Vec<_> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| &own["code"])
        .collect();
    assert_eq!(
        codes,
        [
            "configuration",
            "dpia_sample",
            "unknown_file",
            "unknown_name",
            "unknown_name",
            "unknown_name"
        ]
    );
}

#[test]
fn a_finding_names_its_file_as_it_is_opened_from_where_one_is() {
    let shop = Shop::empty("settings-paths");
    shop.izin(&["init", "shop", "--locale", "en"]).fine();
    shop.write("shop/policy/form.toml", "");
    let told = shop.izin(&["check", "shop"]);
    assert!(
        told.out.contains("--> shop/policy/form.toml"),
        "{}",
        told.out
    );
    let told = shop.izin(&["check", "shop", "--json"]).json();
    let files = told["findings"].as_array().unwrap().iter();
    let mut files = files.map(|own| own["file"].as_str().unwrap());
    assert!(files.any(|own| own == "shop/policy/form.toml"), "{told}");
    shop.write("shop/izin.toml", "colour = 1");
    let told = shop.izin(&["check", "shop", "--json"]).json();
    assert_eq!(told["findings"][0]["file"], "shop/izin.toml");
}

#[test]
fn a_check_speaks_the_shops_language_throughout_unless_another_is_asked_for() {
    let shop = Shop::empty("settings-language");
    shop.izin(&["init", "toko"]).fine();
    let head = |more: &[&str]| {
        let out = shop.izin(&[&["check", "toko"], more].concat()).out;
        let is_head =
            |line: &&str| line.starts_with("toko/izin.toml ") || line.starts_with("galat[");
        out.lines().find(is_head).unwrap().to_owned()
    };
    assert_eq!(head(&[]), "toko/izin.toml dan kebijakannya beres:");
    let english = head(&["--lang", "en"]);
    assert_eq!(english, "toko/izin.toml and its policy are in order:");
    let told = |lang| shop.izin(&["check", "toko", "--lang", lang]).fine().out;
    assert!(told("id").contains("`izin policy diff` membandingkannya dengan kebijakan"));
    assert!(told("en").contains("`izin policy diff` compares them with the policy"));
    let purposes = shop.read("toko/policy/purposes.toml");
    let wrong = purposes.replacen("class = \"marketing\"", "class = \"spam\"", 1);
    shop.write("toko/policy/purposes.toml", &wrong);
    assert_eq!(
        head(&[]),
        "galat[wrong_value]: nilai `class` tidak dimengerti"
    );
    let law = [
        "law",
        "show",
        "uu-pdp/marketing/email",
        "--config",
        "toko/izin.toml",
    ];
    let row = shop.izin(&law).fine().out;
    assert!(
        row.contains("\n  pasal ") && !row.contains("in force\n"),
        "{row}"
    );
}

#[test]
fn a_secret_in_the_public_address_is_not_repeated() {
    let shop = Shop::new("settings-secret");
    let config = shop.read("izin.toml");
    let own = "https://sari:rahasia@shop.example/";
    shop.write("izin.toml", &config.replace("http://127.0.0.1:8080", own));
    let told = shop.izin(&["check", "--json"]);
    let what = told.json()["findings"][0]["what"].to_string();
    assert!(what.contains("https://…@shop.example/"), "{what}");
    assert!(
        !told.out.contains("rahasia") && !told.out.contains("sari"),
        "{}",
        told.out
    );
    let told = shop.izin(&["check"]);
    assert!(told.out.contains("…@shop.example"), "{}", told.out);
    assert!(
        !told.out.contains("rahasia") && !told.out.contains("sari"),
        "{}",
        told.out
    );
    let told = shop.izin(&["serve"]).refused(1, &["…@shop.example"]);
    assert!(!told.err.contains("rahasia"), "{}", told.err);
}

#[test]
fn a_policy_is_shown_compared_and_exported_as_a_record_of_processing() {
    let shop = Shop::new("settings-shown");
    shop.izin(&["policy", "show", "--version", "9"])
        .refused(1, &["no published version 9"]);
    shop.izin(&["policy", "publish"]).fine();
    let record = shop
        .izin(&["policy", "show", "--ropa", "--lang", "en"])
        .fine()
        .out;
    let head = record.lines().next().unwrap();
    for column in [
        "controller",
        "dpo",
        "categories",
        "recipients",
        "safeguards",
        "retention_days",
    ] {
        assert!(
            head.split(',').any(|own| own == column),
            "{column} in {head}"
        );
    }
    let purposes = shop.read("policy/purposes.toml");
    let longer = purposes.replacen("retention_days = 730", "retention_days = 800", 1);
    shop.write("policy/purposes.toml", &longer);
    let diff = ["policy", "diff", "--from", "1", "--lang", "en"];
    let told = shop.izin(&diff).fine().out;
    assert!(
        told.contains(
            "(marketing): data for “Promotions and offers” is kept for 800 days, before 730"
        ),
        "{told}"
    );
    assert!(
        told.contains("marketing / email: tell them before"),
        "{told}"
    );
    let told = shop.izin(&[&diff[..], &["--json"]].concat()).fine().json();
    assert_eq!(told["changes"][0]["kind"], "notify_before");
    let first = shop
        .izin(&["policy", "show", "--version", "1", "--json"])
        .fine()
        .json();
    assert_eq!(first["purpose"][0]["retention_days"], 730);
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
    assert!(said.contains("\n  reason   "), "{said}");
    let said = shop
        .izin(&[&asked[..], &["--lang", "id"]].concat())
        .fine()
        .out;
    assert!(said.starts_with("deny: Pelanggan "), "{said}");
    for (word, english) in [
        ("alasan", "reason"),
        ("entri", "entry"),
        ("versi", "version"),
    ] {
        assert!(
            said.contains(word) && !said.contains(&format!(" {english} ")),
            "{said}"
        );
    }
}
