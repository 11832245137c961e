//! What commands say to people is in the language asked for; what they say to machines is not.

use crate::shop::{ABOUT, Shop};

/// What a call says, in both languages.
fn both(shop: &Shop, call: &[&str]) -> [String; 2] {
    ["id", "en"].map(|lang| {
        let ran = shop.izin(&[call, &["--lang", lang]].concat());
        format!("{}{}", ran.out, ran.err)
    })
}

#[track_caller]
fn holds([id, en]: [String; 2], words: [&str; 2]) {
    assert!(id.contains(words[0]), "{id}");
    assert!(en.contains(words[1]), "{en}");
    assert!(!id.contains(words[1]) && !en.contains(words[0]), "{id}{en}");
}

#[test]
fn without_a_shop_the_language_of_the_surroundings_counts_and_the_shops_before_it() {
    let nowhere = Shop::empty("speaking-lang");
    let english = Shop::new("speaking-lang-shop");
    let said = |shop: &Shop, set: &[(&str, &str)], call: &[&str]| {
        let mut command = shop.command(call);
        let ran = command.envs(set.iter().copied()).output().unwrap();
        String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap()
    };
    let due = ["law", "due", "opt_out_clock", "--from", "2026-11-20"];
    for (set, indonesian) in [
        (&[][..], false),
        (&[("LANG", "C.UTF-8")], false),
        (&[("LANG", "id_ID.UTF-8")], true),
        (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "id_ID")], true),
        (&[("LANG", "id_ID.UTF-8"), ("LC_MESSAGES", "en_GB")], false),
    ] {
        let told = said(&nowhere, set, &due);
        assert_eq!(told.contains("Paling lambat"), indonesian, "{set:?} {told}");
        let help = said(&nowhere, set, &["log", "--help"]);
        assert_eq!(help.contains("Perintah:"), indonesian, "{set:?} {help}");
        assert!(said(&english, set, &due).contains("By 2026"), "{set:?}");
    }
    let asked = [&due[..], &["--lang", "en"]].concat();
    let told = said(&nowhere, &[("LANG", "id_ID.UTF-8")], &asked);
    assert!(told.contains("By 2026"), "{told}");
}

#[test]
fn an_import_is_told_in_both_languages() {
    let shop = Shop::with_contacts("speaking-import");
    let mixed = "email,colour\nani@example.com,red\nnot an address,blue\n";
    shop.write("mixed.csv", mixed);
    shop.write("clean.csv", "email\nani@example.com\n");
    let import = ["import", "contacts", "mixed.csv", "--dry-run"];
    let said = both(&shop, &import);
    for words in [
        ["baris, ", "rows, "],
        ["persetujuan: ", "consents: "],
        [
            "kolom yang tidak disimpan: colour",
            "columns not kept: colour",
        ],
        [
            "1 baris yang ditolak tidak menyebut",
            "1 of the refused rows name nobody",
        ],
        ["baris yang ditolak ada di ", "refused rows are in "],
        ["tidak ada yang diubah", "nothing was changed"],
    ] {
        holds(said.clone(), words);
    }
    let clean = [
        "import",
        "contacts",
        "clean.csv",
        "--rejects",
        "mixed.rejected.csv",
    ];
    let said = shop
        .izin(&[&clean[..], &["--lang", "id"]].concat())
        .fine()
        .out;
    assert!(said.contains("mixed.rejected.csv dihapus"), "{said}");
}

#[test]
fn a_lists_summary_is_told_in_both_languages_and_to_a_machine_as_ever() {
    let shop = Shop::with_contacts("speaking-gate");
    shop.write("list.csv", "customer\n1\n404\n");
    let call = [&["gate", "--in", "list.csv"], &ABOUT[..]].concat();
    holds(both(&shop, &call), ["2 baris, ", "2 rows, "]);
    let [id, en] = both(&shop, &call);
    assert!(
        id.contains("unknown_subject (") && en.contains("unknown_subject ("),
        "{id}{en}"
    );
    assert_ne!(id.lines().last(), en.lines().last(), "{id}{en}");
    let machine = [&call[..], &["--json", "--lang", "id"]].concat();
    let said = shop.izin(&machine).fine().err;
    let said: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(said["rows"], 2);
}

#[test]
fn keys_campaigns_and_the_log_are_told_in_both_languages() {
    let shop = Shop::with_contacts("speaking-rest");
    let add = |name: &str, lang: &str| {
        let call = ["api-key", "add", name, "--role", "reader", "--lang", lang];
        shop.izin(&call).fine().err
    };
    assert!(add("satu", "id").contains("Simpan sekarang"));
    assert!(add("two", "en").contains("Keep it now"));
    holds(both(&shop, &["api-key", "list"]), ["  sejak ", "  since "]);
    let revoked = shop
        .izin(&["api-key", "revoke", "satu", "--lang", "id"])
        .fine()
        .out;
    assert!(revoked.contains("tidak berlaku lagi"), "{revoked}");
    holds(both(&shop, &["api-key", "list"]), ["dicabut", "revoked"]);
    let export = |folder: &str, lang: &str| {
        shop.izin(&["log", "export", folder, "--lang", lang])
            .fine()
            .out
    };
    assert!(export("catatan", "id").contains("entri ada di"));
    assert!(export("record", "en").contains("entries are in"));
    let verify = ["log", "verify", "record", "--key", "record/izin.vkey"];
    holds(both(&shop, &verify), ["utuh: ", "is whole: "]);
    let words = ["kunci utama dari berkas;", "comes from the file; "];
    holds(both(&shop, &["keys", "status"]), words);
}

#[test]
fn since_when_is_told_on_the_shops_clock_and_to_machines_in_utc() {
    let shop = Shop::with_contacts("speaking-clock");
    shop.izin(&["api-key", "add", "satu", "--role", "reader"])
        .fine();
    shop.izin(&["api-key", "revoke", "satu"]).fine();
    let person = ["hold", "begin", "email:budi@example.com"];
    let begin = [&person[..], &["--as", "Rini", "--note", "12/2026"]].concat();
    shop.izin(&begin).fine();
    for (call, times) in [(["api-key", "list"], 2), (["hold", "list"], 1)] {
        let people = shop.izin(&call).fine().out;
        assert_eq!(people.matches("+07:00").count(), times, "{people}");
        let machines = shop.izin(&[&call[..], &["--json"]].concat()).fine().out;
        assert_eq!(machines.matches("Z\"").count(), times, "{machines}");
    }
}

#[test]
fn what_went_wrong_is_told_in_both_languages_by_a_server_too() {
    let shop = Shop::with_contacts("speaking-errors");
    let call = ["export", "subject", "email:nobody@example.com"];
    let words = ["tidak ada yang dikenal", "nobody is known"];
    holds(both(&shop, &call), words);
    let server = shop.serve();
    holds(both(&shop, &call), words);
    server.stop();
    std::fs::remove_dir_all(shop.path("data-safe")).unwrap();
    let said = both(&shop, &["queue", "list"]);
    let words = [
        "tidak berisi jurnal penolakan",
        "has no journal of refusals",
    ];
    holds(said.clone(), words);
    let shown = said.concat();
    assert!(!shown.contains("\"level\""), "{shown}");
}
