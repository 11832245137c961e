//! A shop on a PostgreSQL server: one line moves it there, several processes are one shop.

use izin_testkit::postgres::{Database, Server, eventually, is_missing};

use crate::shop::{CONTACTS, Shop, no};

/// A database for the data and one for the keys, of one role.
pub(crate) fn databases() -> Database {
    let on = Server::shared().database();
    let name = on.name();
    on.admin(&format!("create database {name}_keys owner {name}"));
    on
}

/// The address without its password, and the password.
pub(crate) fn address(on: &Database) -> (String, String) {
    parts(&on.dsn())
}

/// The same of any address.
pub(crate) fn parts(dsn: &str) -> (String, String) {
    let (_, rest) = dsn.split_once("://").unwrap();
    let (role, rest) = rest.split_once(':').unwrap();
    let (password, rest) = rest.split_once('@').unwrap();
    (format!("postgresql://{role}@{rest}"), password.to_owned())
}

/// Moves a shop that `izin init` made to a server.
pub(crate) fn on_server(shop: &Shop, (address, password): &(String, String)) {
    shop.write("password", password);
    let config = shop.read("izin.toml");
    shop.write(
        "izin.toml",
        &format!("{config}\n[postgresql]\naddress = \"{address}\"\npassword_file = \"password\"\n"),
    );
}

/// A shop that a server keeps, with people who agreed; none where no server is to be had.
pub(crate) fn shop_on_a_server(name: &str) -> Option<(Database, Shop)> {
    if is_missing() {
        return None;
    }
    let on = databases();
    let shop = Shop::new(name);
    on_server(&shop, &address(&on));
    let proven = CONTACTS.replace(",yes,,", ",yes,2026-01-02,signup form");
    shop.write("contacts.csv", &proven);
    shop.izin(&["import", "contacts", "contacts.csv"]).fine();
    Some((on, shop))
}

/// Another process's folder for the same shop: its policy and its master key.
pub(crate) fn beside(shop: &Shop, name: &str) -> Shop {
    let other = Shop::new(name);
    std::fs::create_dir_all(other.path("data/keys")).unwrap();
    for file in ["izin.toml", "password", "data/keys/master.key"] {
        std::fs::copy(shop.path(file), other.path(file)).unwrap();
    }
    other
}

#[test]
fn a_no_said_to_one_process_counts_in_the_other_and_after_both_were_killed() {
    let Some((_on, shop)) = shop_on_a_server("postgresql-two") else {
        return;
    };
    let other = beside(&shop, "postgresql-two-b");
    let (first, second) = (shop.serve(), other.serve());
    for own in [&shop, &other] {
        assert_eq!(own.decision("email:budi@example.com").0, "allow");
    }

    other.izin(&no("customer:1")).fine();
    assert_eq!(other.decision("email:budi@example.com").0, "deny");
    eventually("the other knows", || {
        shop.decision("email:budi@example.com").0 == "deny"
    });
    first.kill();
    second.kill();
    assert_eq!(shop.decision("customer:1").0, "deny");
    let again = other.serve();
    assert_eq!(other.decision("email:budi@example.com").0, "deny");
    assert_eq!(again.stop().0, Some(0));
    assert!(
        !shop.path("data/izin.sqlite").exists() && !shop.path("data/keys/keys.sqlite").exists()
    );
    // The server of the tests does not wait for its disk, and that is all that is wrong.
    let told = shop.izin(&["doctor", "--json"]).json();
    assert_eq!(told["durability"], "unsafe");
    let findings = told["findings"].as_array().unwrap();
    assert!(
        findings.len() == 1 && findings[0]["code"] == "server_unsafe",
        "{told}"
    );
}

#[test]
fn a_master_key_is_replaced_while_one_process_is_alone_and_opens_the_shop_for_whoever_has_it() {
    let Some((_on, shop)) = shop_on_a_server("postgresql-rotate") else {
        return;
    };
    let other = beside(&shop, "postgresql-rotate-b");
    let served = other.serve();
    let rotate = ["keys", "rotate"];
    shop.izin(&rotate)
        .refused(1, &["other processes", "master key"]);
    assert_eq!(other.decision("email:budi@example.com").0, "allow");
    assert_eq!(served.stop().0, Some(0));
    let told = shop.izin(&rotate).fine();
    assert!(told.out.contains("other processes"), "{}", told.out);

    other.izin(&no("customer:1")).refused(1, &["master.key"]);
    let key = "data/keys/master.key";
    std::fs::copy(shop.path(key), other.path(key)).unwrap();
    other.izin(&no("customer:1")).fine();
    assert_eq!(shop.decision("email:budi@example.com").0, "deny");
}

#[test]
fn databases_put_back_from_an_older_dump_have_forgotten_no_refusal_once_the_log_is_forked() {
    let Some((on, shop)) = shop_on_a_server("postgresql-restore") else {
        return;
    };
    shop.izin(&["log", "checkpoint"]).fine();
    let both = [on.name().to_owned(), format!("{}_keys", on.name())];
    let older = both.map(|own| on.dump(&own));
    let asked = ["--agent", "Rina", "--note", "by phone"];
    shop.izin(&[&["optout", "customer:1"], &asked[..]].concat())
        .fine();
    // No mail server is there for the letter; she is erased all the same.
    let erased = shop.izin(&[&["erase", "customer:2", "--yes"], &asked[..]].concat());
    assert!(erased.out.contains("erased"), "{}", erased.err);
    shop.izin(&["log", "checkpoint"]).fine();
    for own in &older {
        on.put_back(own);
    }
    for who in ["email:budi@example.com", "email:tono@example.com"] {
        let held = shop.decision(who);
        assert_eq!(held, ("deny".into(), "stale_gate".into()), "{who}");
    }
    shop.izin(&["log", "fork"]).fine();
    assert_eq!(shop.decision("email:budi@example.com").0, "deny");
    assert_eq!(shop.decision("email:sari@example.com").0, "deny");
    assert_eq!(shop.decision("email:tono@example.com").0, "allow");
    let erased = shop.izin(&["export", "subject", "customer:2"]);
    assert_eq!(erased.code, Some(1), "{}{}", erased.out, erased.err);
}

#[test]
fn a_shop_moves_to_a_server_and_back_by_one_command_and_forgets_no_refusal() {
    if is_missing() {
        return;
    }
    let shop = Shop::with_contacts("postgresql-migrate");
    shop.izin(&no("customer:1")).fine();
    let nowhere = shop.izin(&["migrate", "--to", "postgresql"]);
    nowhere.refused(1, &["[postgresql]", "address"]);
    let (on, busy) = (databases(), shop.serve());
    on_server(&shop, &address(&on));
    let held = shop.izin(&["migrate", "--to", "postgresql"]);
    held.refused(3, &["in use"]);
    assert_eq!(busy.stop().0, Some(0));
    let moved = shop
        .izin(&["migrate", "--to", "postgresql", "--json"])
        .fine()
        .json();
    assert!(moved["entries"].as_u64().unwrap() > 3 && moved["tables"]["identifiers"] == 6);
    assert!(shop.path("data/izin.sqlite.moved").exists());
    assert_eq!(shop.decision("customer:1").0, "deny");
    let again = shop.izin(&["migrate", "--to", "postgresql"]);
    again.refused(1, &["holds a store already"]);
    let back = ["migrate", "--to", "files", "--lang", "id"];
    let told = shop.izin(&back).fine();
    assert!(told.out.contains("Hapus [postgresql]"), "{}", told.out);
    let config = shop.read("izin.toml");
    let (files, _) = config.split_once("\n[postgresql]\naddress").unwrap();
    shop.write("izin.toml", files);
    assert_eq!(shop.decision("customer:1").0, "deny");
    shop.izin(&["doctor"]).fine();
}
