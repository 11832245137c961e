//! A policy is published at the command line; a running server takes it up by itself.

use serde_json::Value;

use crate::shop::{ABOUT, Shop};
use crate::staff::mailbox;

fn version(shop: &Shop) -> u64 {
    let call = [&["decide", "customer:1", "--json"], &ABOUT[..]].concat();
    shop.izin(&call).fine().json()["policy"].as_u64().unwrap()
}

fn edit(shop: &Shop, from: &str, to: &str) {
    let purposes = shop.read("policy/purposes.toml");
    assert!(purposes.contains(from), "{from}");
    shop.write("policy/purposes.toml", &purposes.replacen(from, to, 1));
}

fn publish(shop: &Shop, more: &[&str]) -> Value {
    let call = [&["policy", "publish", "--json"], more].concat();
    shop.izin(&call).fine().json()
}

#[test]
fn a_policy_with_errors_is_not_published() {
    let shop = Shop::with_contacts("publish-errors");
    let server = shop.serve();
    let before = version(&shop);
    edit(&shop, "class = \"marketing\"", "class = \"fun\"");
    shop.izin(&["policy", "publish"])
        .refused(1, &["purposes.toml", "fun"]);
    assert_eq!(version(&shop), before);
    drop(server);
}

#[test]
fn an_editorial_change_is_in_force_in_the_running_server_at_once() {
    let shop = Shop::with_contacts("publish-words");
    let server = shop.serve();
    let before = version(&shop);
    edit(&shop, "only if you agree.", "only if you say yes.");
    let planned = publish(&shop, &["--dry-run"]);
    assert_eq!(
        (&planned["kind"], &planned["now"]),
        (&"editorial".into(), &Value::Null)
    );
    assert_eq!(version(&shop), before, "a dry run changes nothing");
    let published = publish(&shop, &[]);
    assert_eq!(published["now"]["state"], "in_force");
    assert_eq!(version(&shop), before + 1);
    assert_eq!(server.stop().0, Some(0));
    assert_eq!(version(&shop), before + 1);
}

#[test]
fn reading_publishes_nothing_and_a_servers_start_takes_words_up() {
    let shop = Shop::with_contacts("publish-reading");
    let before = version(&shop);
    edit(&shop, "only if you agree.", "only if you say yes.");
    let dry = publish(&shop, &["--dry-run"]);
    assert_eq!(dry["changes"].as_array().unwrap().len(), 1);
    for call in [
        &["policy", "diff"][..],
        &["policy", "show"],
        &["queue", "list"],
        &["import", "contacts", "contacts.csv"],
        &["export", "suppressions"],
    ] {
        shop.izin(call).fine();
        assert_eq!(version(&shop), before, "{call:?}");
    }
    shop.serve().kill();
    assert_eq!(version(&shop), before + 1);
}

#[test]
fn in_a_new_shop_reading_publishes_nothing_and_the_first_record_brings_the_first_policy() {
    let shop = Shop::new("publish-first");
    publish(&shop, &["--dry-run"]);
    assert_eq!(version(&shop), 0);
    shop.izin(&["policy", "diff"])
        .refused(1, &["`izin policy publish`"]);
    shop.write("contacts.csv", crate::shop::CONTACTS);
    let import = ["import", "contacts", "contacts.csv"];
    shop.izin(&[&import[..], &["--dry-run"]].concat()).fine();
    assert_eq!(version(&shop), 0);
    shop.izin(&import).fine();
    assert_eq!(version(&shop), 1);
}

#[test]
fn a_fault_in_the_folder_keeps_no_refusal_from_being_recorded() {
    let shop = Shop::with_contacts("publish-fault");
    edit(&shop, "class = \"marketing\"", "class = \"fun\"");
    let said = ["--agent", "Sari", "--note", "by telephone"];
    let refusal = [&["optout", "customer:1"], &ABOUT[..], &said].concat();
    shop.izin(&refusal).fine();
    assert_eq!(shop.decision("customer:1").0, "deny");
}

#[test]
fn what_people_must_be_told_is_in_force_neither_by_a_restart_nor_before_the_mail_went_out() {
    let shop = Shop::with_contacts("publish-telling");
    let before = version(&shop);
    edit(&shop, "retention_days = 730", "retention_days = 900");
    assert_eq!(version(&shop), before, "a start does not publish this");
    let dry = ["policy", "publish", "--dry-run", "--lang", "en"];
    let plain = shop.izin(&dry).fine().out;
    for words in ["1 people must be told", "900", "nothing was changed"] {
        assert!(plain.contains(words), "{plain}");
    }

    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    drop(silent);
    let config = shop.read("izin.toml");
    let nobody = config.replace("port = 25", &format!("port = {port}"));
    shop.write("izin.toml", &nobody);
    shop.izin(&["policy", "publish"])
        .refused(3, &["the version before stays in force", "mail server"]);
    assert_eq!(version(&shop), before);

    shop.write("izin.toml", &config);
    let (runtime, mailbox) = mailbox(&shop);
    let published = publish(&shop, &[]);
    assert_eq!(published["now"]["state"], "in_force");
    assert_eq!(published["audience"]["reached"], 1);
    assert_eq!((version(&shop), mailbox.count().unwrap()), (before + 1, 1));
    drop(runtime);
}
