//! A shop on a PostgreSQL server: one line moves it there, several processes are one shop, and whatever is wrong
//! with the server is said with the mend, before anything is half done.

use izin_testkit::postgres::{Database, Server, eventually, is_missing};

use crate::shop::Shop;

/// A database for the data and one for the keys, of one role.
pub(crate) fn databases() -> Database {
    let on = Server::shared().database();
    let name = on.name();
    on.admin(&format!("create database {name}_keys owner {name}"));
    on
}

/// The address without its password, and the password.
pub(crate) fn address(on: &Database) -> (String, String) {
    let dsn = on.dsn();
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
    if is_missing() {
        return;
    }
    let on = databases();
    let shop = Shop::new("postgresql-two");
    on_server(&shop, &address(&on));
    shop.write("contacts.csv", crate::shop::CONTACTS);
    shop.izin(&["import", "contacts", "contacts.csv"]).fine();
    let other = beside(&shop, "postgresql-two-b");
    let (first, second) = (shop.serve(), other.serve());
    for own in [&shop, &other] {
        assert_eq!(own.decision("email:budi@example.com").0, "allow");
    }
    let no = [
        "optout",
        "customer:1",
        "--agent",
        "Rina",
        "--note",
        "by phone",
    ];
    other.izin(&no).fine();
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
fn whatever_is_wrong_with_a_server_is_said_with_the_mend_and_nothing_is_half_done() {
    if is_missing() {
        return;
    }
    let on = databases();
    let (address, password) = address(&on);
    let name = on.name();
    let import = |shop: &Shop| shop.izin(&["import", "contacts", "contacts.csv"]);
    let shop = |test: &str, address: &str, password: &str| {
        let shop = Shop::new(&format!("postgresql-{test}"));
        on_server(&shop, &(address.to_owned(), password.to_owned()));
        shop.write("contacts.csv", crate::shop::CONTACTS);
        shop
    };
    import(&shop("password", &address, "wrong")).refused(3, &["refuses the role", name]);
    let (place, _) = address.rsplit_once('/').unwrap();
    let absent = format!("{place}/absent");
    import(&shop("absent", &absent, &password)).refused(3, &["no database `absent`", "createdb"]);
    let nobody = "postgresql://izin@127.0.0.1:1/izin";
    import(&shop("nobody", nobody, &password)).refused(3, &["127.0.0.1:1"]);
    import(&shop("unreadable", "postgresql://", &password)).refused(1, &["it names no host"]);
    let open = address.replace('@', ":secret@");
    let told = import(&shop("open", &open, &password)).refused(1, &["password_file"]);
    assert!(!told.err.contains("secret"), "{}", told.err);
    // The keys are looked for where the data are: nothing was made there yet.
    on.admin(&format!("drop database {name}_keys"));
    let own = shop("keys", &address, &password);
    import(&own).refused(3, &[&format!("no database `{name}_keys`")]);
    on.admin(&format!(
        "create database {name}_keys owner {name} encoding SQL_ASCII template template0 locale 'C'"
    ));
    import(&own).refused(3, &["SQL_ASCII", "UTF8"]);
    on.admin(&format!("drop database {name}_keys"));
    on.admin(&format!("create database {name}_keys owner {name}"));
    on.admin(&format!("revoke all on database {name} from {name}; alter database {name} owner to postgres; grant connect on database {name} to {name}"));
    import(&own).refused(
        3,
        &[
            "may not create a schema",
            "create schema izin authorization",
        ],
    );
    on.admin(&format!(
        "alter database {name} owner to {name}; grant all on database {name} to {name}"
    ));
    import(&own).fine();
    on.admin("update izin.schema_version set version = 99");
    import(&own).refused(1, &["schema 99"]);
    on.admin("update izin.schema_version set version = 13");
    assert_eq!(own.decision("email:budi@example.com").0, "allow");
}

#[test]
fn a_shop_moves_to_a_server_and_back_by_one_command_and_forgets_no_refusal() {
    if is_missing() {
        return;
    }
    let shop = Shop::with_contacts("postgresql-migrate");
    shop.izin(&[
        "optout",
        "customer:1",
        "--agent",
        "Rina",
        "--note",
        "by phone",
    ])
    .fine();
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
