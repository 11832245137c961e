//! What a stranger can conclude about a log that was forked, and what an auditor's files must look like.

use std::fs;

use crate::log::put_back;
use crate::shop::{Ran, Shop};

fn no(shop: &Shop, address: &str) {
    let call = ["optout", address, "--agent", "Sari", "--note", "letter"];
    shop.izin(&call).fine();
}

fn keep_checkpoint(shop: &Shop, name: &str) {
    let note = shop.izin(&["log", "checkpoint"]).fine().out;
    shop.write(name, &note);
}

/// A shop whose log lost two signed entries and was forked: `early` was signed before the loss, `middle`
/// and `late` signed what is lost, `growth` proves that the one grew into the other.
fn forked(name: &str) -> (Shop, String) {
    let shop = Shop::with_contacts(name);
    keep_checkpoint(&shop, "early");
    let backup = fs::read(shop.path("data/izin.sqlite")).unwrap();
    no(&shop, "email:budi@example.com");
    keep_checkpoint(&shop, "middle");
    no(&shop, "email:tono@example.com");
    keep_checkpoint(&shop, "late");
    let growth = shop.izin(&["log", "prove", "--since", "middle"]).fine().out;
    shop.write("growth", &growth);
    put_back(&shop, &backup);
    let forked = shop.izin(&["log", "fork", "--json"]).fine().json();
    shop.izin(&["log", "export", "shown", "--disclose"]).fine();
    shop.izin(&["log", "export", "out"]).fine();
    (shop, forked["key"].as_str().unwrap().to_owned())
}

fn since(shop: &Shop, key: &str, rest: &[&str]) -> Ran {
    shop.izin(&[&["log", "verify", "--key", key, "--since"], rest].concat())
}

#[test]
fn what_a_checkpoint_from_before_a_fork_signed_is_not_passed_over() {
    let (shop, key) = forked("fork-unshown");
    for (call, words) in [
        (
            &["late", "out"][..],
            "ask for `izin log export FOLDER --disclose`",
        ),
        (
            &["middle", "shown"],
            "cannot be concluded. What shows it: --growth",
        ),
    ] {
        let ran = since(&shop, &key, call);
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
        assert!(ran.out.contains(words), "{}", ran.out);
    }
    since(&shop, &key, &["early", "shown", "--growth", "late"]).fine();
    since(&shop, &key, &["middle", "shown", "--growth", "late"])
        .refused(1, &["--growth proves nothing"]);
    shop.write("forged", &shop.read("late").replace("\n\n", "0\n\n"));
    since(&shop, &key, &["forged", "shown"]).refused(1, &["holds no checkpoint"]);
}

#[test]
fn a_checkpoint_from_before_a_fork_is_accepted_where_its_loss_is_admitted_or_nothing_of_it_lost() {
    let (shop, key) = forked("fork-shown");
    for (call, words) in [
        (&["early", "out"][..], "still begins with all"),
        (&["early", "shown"], "still begins with all"),
        (&["late", "shown"], "commits to exactly it"),
        (
            &["middle", "shown", "--growth", "growth"],
            "is proved to have begun with",
        ),
        (&["late", "shown", "--lang", "id"], "terikat tepat padanya"),
    ] {
        let said = since(&shop, &key, call).fine().out;
        assert!(said.contains(words), "{said}");
    }
    let told = since(&shop, &key, &["late", "shown", "--json"])
        .fine()
        .json();
    assert_eq!(
        (&told["ok"], &told["since"]["finding"]),
        (&true.into(), &"named".into())
    );
    shop.izin(&["log", "prove", "--since", "early"]).fine();
    shop.izin(&["log", "prove", "--since", "late"])
        .refused(1, &[]);
}

#[test]
fn a_fork_tells_what_is_lost_and_does_not_sound_whole_when_as_many_are_here() {
    let shop = Shop::with_contacts("fork-told");
    let backup = fs::read(shop.path("data/izin.sqlite")).unwrap();
    no(&shop, "email:budi@example.com");
    put_back(&shop, &backup);
    no(&shop, "email:tono@example.com");
    let said = shop.izin(&["log", "fork"]).fine().out;
    assert!(said.contains("are not those"), "{said}");

    let backup = fs::read(shop.path("data/izin.sqlite")).unwrap();
    no(&shop, "email:sari@example.com");
    put_back(&shop, &backup);
    let said = shop.izin(&["log", "fork", "--lang", "id"]).fine().out;
    assert!(said.contains(" hilang"), "{said}");
}

#[test]
fn an_auditor_who_is_shown_nothing_is_told_so_and_not_that_the_log_is_false() {
    let (shop, key) = forked("fork-nothing");
    let ran = shop.izin(&["log", "verify", "out", "--key", &key, "--disclosed"]);
    assert!(
        ran.out.contains("is whole") && !ran.err.contains("trusted"),
        "{}",
        ran.err
    );
    ran.refused(
        1,
        &["nothing is disclosed", "izin log export FOLDER --disclose"],
    );
}

#[test]
fn what_is_disclosed_is_read_in_the_one_form_an_export_writes() {
    let (shop, key) = forked("fork-form");
    let file = "shown/disclosed/acts.ndjson";
    let good = shop.read(file);
    let (first, rest) = good.split_once('\n').unwrap();
    let own: serde_json::Value = serde_json::from_str(first).unwrap();
    let list = format!("[{},{},{}]", own["seq"], own["record"], own["blinding"]);
    let twice = first.replacen('{', "{\"seq\":0,", 1);
    for bad in [
        good.replace('\n', "\r\n"),
        format!("{good}\n"),
        format!("\n{good}"),
        format!("{list}\n{rest}"),
        format!("{twice}\n{rest}"),
        format!(" {good}"),
    ] {
        shop.write(file, &bad);
        shop.izin(&["log", "verify", "shown", "--key", &key])
            .refused(1, &["disclosed/acts.ndjson", "line "]);
    }
    shop.write(file, &good);
    shop.izin(&["log", "verify", "shown", "--key", &key]).fine();
}
