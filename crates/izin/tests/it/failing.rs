//! Failures are told in the asker's language: each kind that a data protection officer may meet.

use crate::shop::{ABOUT, Shop};

/// What a call that fails says in Indonesian.
fn indonesian(shop: &Shop, call: &[&str]) -> String {
    let ran = shop.izin(&[call, &["--lang", "id"]].concat());
    assert_ne!(ran.code, Some(0), "{call:?}");
    format!("{}{}", ran.out, ran.err)
}

/// English words that stand in no Indonesian sentence.
const ENGLISH: [&str; 14] = [
    " the ",
    " is ",
    " not ",
    " has ",
    " and ",
    " cannot ",
    " write ",
    " name ",
    "expected",
    " no ",
    " of ",
    " it ",
    " to ",
    "os error 2): ",
];

#[track_caller]
fn told(shop: &Shop, call: &[&str], words: &str) {
    let said = indonesian(shop, call);
    assert!(said.contains(words), "{call:?}: {said}");
    let plain: String = said.split('`').step_by(2).collect();
    let english = ENGLISH.iter().find(|own| plain.contains(**own));
    assert_eq!(english, None, "{call:?}: {said}");
}

#[test]
fn a_command_that_fails_says_why_in_indonesian() {
    let shop = Shop::with_contacts("failing");
    let decide = ["decide", "customer:1", "--channel", "email", "--purpose"];
    let at = [&decide[..], &["marketing", "--at", "2020-01-01"]].concat();
    for (call, words) in [
        (
            &["init", "policy"][..],
            "tidak kosong; sebutkan folder baru",
        ),
        (&["backup", "policy"], "tidak kosong; sebutkan folder baru"),
        (
            &["log", "export", "policy"],
            "tidak kosong; ekspor ke folder baru",
        ),
        (
            &[&decide[..], &["nope"]].concat(),
            "kebijakan tidak memiliki tujuan itu; yang ada: ",
        ),
        (&at, "waktu itu sebelum kebijakan sekarang mulai berlaku"),
        (
            &["queue", "show", "99"],
            "tidak ada yang menunggu dengan nomor 99",
        ),
        (
            &["hold", "end", "9", "--as", "Sari"],
            "tidak ada penahanan data 9",
        ),
        (&["campaign", "status", "9"], "tidak ada kampanye 9"),
        (
            &["policy", "show", "--version", "9"],
            "tidak ada versi 9 kebijakan",
        ),
        (
            &["policy", "diff", "--from", "9"],
            "tidak ada versi 9 kebijakan",
        ),
        (
            &["api-key", "revoke", "nope"],
            "tidak ada kunci aktif `nope`",
        ),
        (&["law", "show", "nope/nope"], "tidak ada baris `nope/nope`"),
        (
            &["import", "contacts", "nope.csv"],
            "berkas atau folder itu tidak ada",
        ),
        (&["--config", "nope.toml", "doctor"], "konfigurasi `"),
        (&["log", "prove", "99"], "tidak ada entri 99"),
    ] {
        told(&shop, call, words);
    }
}

#[test]
fn a_log_a_receipt_and_a_backup_that_prove_nothing_say_so_in_indonesian() {
    let shop = Shop::with_contacts("failing-proof");
    shop.izin(&["log", "export", "audit"]).fine();
    shop.write("izin.vkey", &shop.izin(&["log", "key"]).fine().out);
    shop.izin(&["backup", "backup"]).fine();
    shop.write("no.key", "00");
    shop.write("other.key", &"0f".repeat(32));
    shop.write("empty.json", "[]");
    let verify = |log| ["log", "verify", log, "--key", "izin.vkey"];
    told(&shop, &verify("nope"), "folder `");
    told(
        &shop,
        &["log", "verify", "audit", "--key", "nope"],
        "bukan kunci seperti yang ditampilkan",
    );
    let receipt = [
        "log",
        "receipt",
        "verify",
        "empty.json",
        "--key",
        "izin.vkey",
    ];
    told(
        &shop,
        &receipt,
        "tanda terima ini tidak membuktikan apa pun",
    );
    let restore = |key| {
        [
            "restore",
            "backup",
            "--verify",
            "--dry-run",
            "--key-file",
            key,
        ]
    };
    told(
        &shop,
        &restore("no.key"),
        "yang diharapkan 64 digit heksadesimal",
    );
    told(&shop, &restore("other.key"), "disegel dengan kunci lain");
    let checkpoint = shop.read("audit/checkpoint");
    shop.write("audit/checkpoint", &checkpoint.replace('\u{2014}', "-"));
    told(&shop, &verify("audit"), "log ini tidak dapat dipercaya");
}

#[test]
fn a_list_a_campaign_and_a_file_that_cannot_be_used_are_told_in_indonesian() {
    let shop = Shop::with_contacts("failing-files");
    shop.write("nobody.csv", "colour\nred\n");
    shop.write("empty.csv", "");
    shop.write(
        "bad.csv",
        "customer,email,consent_marketing_email\n1,a,ya\n2,ani@example.com,mungkin\n",
    );
    let gate = |file| [&["gate", "--in", file], &ABOUT[..]].concat();
    told(&shop, &gate("nobody.csv"), "tidak menyebut kolom `email`");
    told(&shop, &gate("empty.csv"), "daftarnya kosong");
    told(
        &shop,
        &["import", "contacts", "empty.csv"],
        "berkasnya kosong",
    );
    let said = indonesian(&shop, &["import", "contacts", "bad.csv"]);
    assert!(
        said.contains("baris 2: kolom `email` berbentuk `a`; yang diharapkan alamat email"),
        "{said}"
    );
    let rejects = shop.read("bad.rejected.csv");
    assert!(
        rejects.contains("yang diharapkan ya, yes, true, 1 atau tidak"),
        "{rejects}"
    );
    assert!(!rejects.contains("expected"), "{rejects}");
    let campaign = [
        "campaign",
        "send",
        "--template",
        "promo.html",
        "--purpose",
        "marketing",
    ];
    told(&shop, &campaign, "tidak ada yang mendengarkan di port itu");
}

#[test]
fn faults_of_the_configuration_are_told_in_indonesian_with_their_harmless_values() {
    let shop = Shop::new("failing-check");
    shop.write(
        "izin.toml",
        "listen = \"xyz\"\nlistne = \"budi@example.com\"\n",
    );
    let said = indonesian(&shop, &["check"]);
    for words in [
        "`xyz` bukan alamat untuk mendengarkan",
        "listen = \"xyz\"",
        "perbaikan: tulis alamat IP dan port",
        "bidang `listne` tidak dikenal",
        "listne = *",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains("budi"), "{said}");
    let said = indonesian(&shop, &["queue", "list"]);
    assert!(said.contains("konfigurasi ini punya galat"), "{said}");
    assert!(
        said.contains("`xyz` bukan alamat untuk mendengarkan"),
        "{said}"
    );
    assert!(!said.contains("is no address"), "{said}");
}

#[test]
fn the_locale_chooses_the_language_where_neither_the_asker_nor_a_shop_does() {
    let shop = Shop::empty("failing-locale");
    let said = |variables: &[(&str, &str)], call: &[&str]| {
        let mut command = shop.command(call);
        let child = command.envs(variables.iter().copied()).spawn().unwrap();
        let ran = crate::shop::ended(child);
        format!("{}{}", ran.out, ran.err)
    };
    let indonesian = [("LANG", "id_ID.UTF-8")];
    assert!(said(&indonesian, &["--help"]).contains("Cara pakai"));
    assert!(said(&indonesian, &["doctor"]).contains("tidak dapat dibaca"));
    assert!(said(&indonesian, &["law", "show", "nope"]).contains("tidak ada baris"));
    assert!(said(&indonesian, &["--help", "--lang", "en"]).contains("Usage:"));
    let stronger = [("LANG", "id_ID.UTF-8"), ("LC_ALL", "en_GB.UTF-8")];
    assert!(said(&stronger, &["doctor"]).contains("cannot read"));
    assert!(said(&[], &["doctor"]).contains("cannot read"));
}
