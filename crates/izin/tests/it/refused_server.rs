//! Whatever is wrong with a PostgreSQL server is said with the mend, before anything is half done.

use std::net::IpAddr;

use izin_testkit::postgres::{Cluster, Server, Sync, eventually, is_missing};
use rcgen::{CertificateParams, KeyPair, SanType};

use crate::nodes::get;
use crate::postgresql::{address, databases, on_server, parts};
use crate::shop::{CONTACTS, Ran, Shop, no};

/// A shop that is to be on a server, with a list to import.
fn shop(test: &str, address: &str, password: &str) -> Shop {
    let shop = Shop::new(&format!("server-{test}"));
    on_server(&shop, &(address.to_owned(), password.to_owned()));
    shop.write("contacts.csv", CONTACTS);
    shop
}

fn import(shop: &Shop) -> Ran {
    shop.izin(&["import", "contacts", "contacts.csv"])
}

#[test]
fn an_address_that_leads_nowhere_is_said_with_what_is_wrong_in_it() {
    if is_missing() {
        return;
    }
    let on = databases();
    let (address, password) = address(&on);
    let name = on.name();
    import(&shop("password", &address, "wrong")).refused(1, &["refuses the role", name]);
    let silent = shop("silent", &address, "x");
    silent.write(
        "izin.toml",
        &silent
            .read("izin.toml")
            .replace("\npassword_file", "\n# password_file"),
    );
    import(&silent).refused(1, &["wants a password", "password_file"]);
    let (place, _) = address.rsplit_once('/').unwrap();
    let absent = format!("{place}/absent");
    import(&shop("absent", &absent, &password)).refused(1, &["no database `absent`", "createdb"]);
    let nobody = shop("nobody", "postgresql://izin@127.0.0.1:1/izin", &password);
    import(&nobody).refused(3, &["127.0.0.1:1"]);

    nobody.izin(&no("customer:1")).refused(3, &["127.0.0.1:1"]);
    import(&shop("unreadable", "postgresql://", &password)).refused(1, &["it names no host"]);
    let misnamed = shop("misnamed", &address, &password);
    let settings = format!("{}schema = \"Izin Toko\"\n", misnamed.read("izin.toml"));
    misnamed.write("izin.toml", &settings);
    let line = format!("izin.toml:{}:", settings.lines().count());
    import(&misnamed).refused(1, &[&line, "cannot be the name of a schema"]);
    let unsigned = format!(
        "{}authorities = \"none.pem\"\n",
        settings.replace("Izin Toko", "toko")
    );
    misnamed.write("izin.toml", &unsigned);
    let line = format!("izin.toml:{}:", unsigned.lines().count());
    import(&misnamed).refused(1, &[&line, "none.pem"]);
    let open = address.replace('@', ":secret@");
    let told = import(&shop("open", &open, &password)).refused(1, &["password_file"]);
    assert!(!told.err.contains("secret"), "{}", told.err);
    on.admin(&format!("alter role {name} connection limit 0"));
    import(&shop("full", &address, &password)).refused(3, &["no more connections"]);
}

#[test]
fn a_connection_is_encrypted_where_the_address_says_so_and_only_to_whom_it_names() {
    if is_missing() {
        return;
    }
    let on = databases();
    let (open, password) = address(&on);
    let demanded = format!("{open}?sslmode=verify-full");
    import(&shop("open-tls", &demanded, &password)).refused(1, &["no encryption", "ssl = on"]);
    let mut certificate = CertificateParams::new(Vec::new()).unwrap();
    let here: IpAddr = [127, 0, 0, 1].into();
    certificate.subject_alt_names.push(SanType::IpAddress(here));
    let key = KeyPair::generate().unwrap();
    let certificate = certificate.self_signed(&key).unwrap().pem();
    let server = Server::start_encrypted(&certificate, &key.serialize_pem());
    let on = server.database();
    on.admin(&format!("create database {0}_keys owner {0}", on.name()));
    let (open, password) = address(&on);
    import(&shop("tls-open", &open, &password)).refused(1, &["sslmode=require"]);
    let own = shop("tls", &format!("{open}?sslmode=verify-full"), &password);
    import(&own).refused(1, &["authorities", "certificate"]);
    own.write("authority.pem", &certificate);
    let trusting = format!("{}authorities = \"authority.pem\"\n", own.read("izin.toml"));
    own.write("izin.toml", &trusting);
    import(&own).fine();
    own.write("izin.toml", &trusting.replace("@127.0.0.1", "@localhost"));
    import(&own).refused(1, &["certificate", "as the certificate names it"]);
}

#[test]
fn databases_that_cannot_keep_a_shop_are_refused_before_anything_is_half_done() {
    if is_missing() {
        return;
    }
    let on = databases();
    let (address, password) = address(&on);
    let name = on.name();
    // The keys are looked for where the data are: nothing was made there yet.
    on.admin(&format!("drop database {name}_keys"));
    let own = shop("keys", &address, &password);
    import(&own).refused(1, &[&format!("no database `{name}_keys`")]);
    on.admin(&format!(
        "create database {name}_keys owner {name} encoding SQL_ASCII template template0 locale 'C'"
    ));
    import(&own).refused(1, &["SQL_ASCII", "UTF8"]);
    on.admin(&format!("drop database {name}_keys"));
    on.admin(&format!("create database {name}_keys owner {name}"));
    on.admin(&format!(
        "revoke all on database {name} from {name}; alter database {name} owner to postgres"
    ));
    let connect = format!("grant connect on database {name} to {name}");
    import(&own).refused(1, &["may not connect", &connect]);
    on.admin(&connect);
    let create = "create schema izin authorization";
    import(&own).refused(1, &["may not create a schema", create]);
    on.admin(&format!(
        "alter database {name} owner to {name}; grant all on database {name} to {name}"
    ));
    import(&own).fine();
    on.admin("update izin.schema_version set version = 99");
    import(&own).refused(1, &["schema 99"]);
    on.admin("update izin.schema_version set version = 13");
    assert_eq!(own.decision("email:budi@example.com").0, "allow");
    // An old copy of the data put back, and none of the keys.
    on.admin(&format!("drop database {name}_keys"));
    on.admin(&format!("create database {name}_keys owner {name}"));
    let keys = format!("{name}_keys");
    own.izin(&[
        "decide",
        "customer:1",
        "--channel",
        "email",
        "--purpose",
        "marketing",
    ])
    .refused(1, &[&keys, "bring them back"]);
    let found = found(&own);
    assert!(
        found.contains("file_missing") && found.contains(&keys),
        "{found}"
    );
}

/// The findings of doctor.
fn found(shop: &Shop) -> String {
    shop.izin(&["doctor", "--json"]).json()["findings"].to_string()
}

#[test]
fn a_standby_that_commits_wait_for_in_vain_is_named_and_nothing_is_called_done() {
    if is_missing() {
        return;
    }
    let cluster = Cluster::start(Sync::Standby);
    let (place, password) = parts(&cluster.dsn_at(cluster.primary_port()));
    let (_, name) = place.rsplit_once('/').unwrap();
    cluster.admin(&format!("create database {name}_keys owner {name}"));
    let own = shop("standby", &place, &password);
    import(&own).fine();
    let (standby, _) = parts(&cluster.dsn_at(cluster.standby_port()));
    import(&shop("read-only", &standby, &password)).refused(3, &["takes no writes", "primary"]);
    let served = own.serve();
    cluster.kill_standby();
    eventually("it says whom the server waits for", || {
        get(&served.url, "/readyz")
            .1
            .contains("waits for a standby")
    });
    eventually("nothing is allowed that may have been refused", || {
        own.decision("email:budi@example.com").0 == "deny"
    });
    cluster.start_standby();
    eventually("it goes on by itself", || {
        own.decision("email:budi@example.com").0 == "allow"
    });
    assert_eq!(served.stop().0, Some(0));
    // It is there, under a name that nobody waits for: who may not read names learns that by waiting.
    cluster.admin("alter system set synchronous_standby_names = 'another'");
    cluster.admin("select pg_reload_conf()");

    own.izin(&no("customer:1"))
        .refused(3, &["synchronous_standby_names"]);
    assert!(found(&own).contains("standby_missing"), "{}", found(&own));
    cluster.admin("alter system set synchronous_standby_names = 'sb'");
    cluster.admin("select pg_reload_conf()");
    eventually("it is recorded", || {
        own.izin(&no("customer:1")).code == Some(0)
    });
    assert!(!found(&own).contains("standby_missing"), "{}", found(&own));
}
