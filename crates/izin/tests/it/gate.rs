//! Lists through the gate: every row decided, in order, none passed on undecided.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

use crate::shop::{ABOUT, Shop};

const LIST: &str = "\
name,email
a,budi@example.com
b,sari@example.com
c,tono@example.com
d,nobody@example.com
e,rahasia
f,
g,BUDI@example.com
";
const DECIDED: &str = "\
name,email,decision,reason,level,until
a,budi@example.com,allow,consent,1,
b,sari@example.com,deny,opted_out_purpose,0,
c,tono@example.com,deny,no_consent,1,
d,nobody@example.com,deny,unknown_subject,0,
e,rahasia,deny,bad_identifier,,
f,,deny,bad_identifier,,
g,BUDI@example.com,allow,consent,1,
";

fn gate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["gate"], &ABOUT[..], more].concat()
}

#[test]
fn a_list_that_could_be_read_wrongly_is_refused() {
    let shop = Shop::new("gate-refused");
    for (list, words) in [
        ("", "empty"),
        ("name,mail\n", "`email`, `phone`, `customer` or `id`"),
        ("email,Decision\n", "a column `decision` already"),
        ("email,Email\n", "two columns `email`"),
        (
            "email,name\nbudi@example.com,\"Budi\nsari@example.com,Sari\nx\n",
            "quotation mark on line 2",
        ),
        ("{\"email\":\"a@example.com\",\"level\":3}\n", "line 1"),
        (
            "{\"email\":\"a@example.com\",\"decision\":null}\n",
            "line 1",
        ),
    ] {
        shop.izin_reading(&gate(&[]), list).refused(1, &[words]);
    }
    let open = format!("email\n\"{}", "x\n".repeat(1_000_000));
    shop.write("open.csv", &open);
    shop.izin(&gate(&["--in", "open.csv"]))
        .refused(1, &["quotation mark"]);
    shop.izin(&gate(&["--in", "absent.csv"]))
        .refused(1, &["absent.csv"]);
}

#[test]
fn a_row_that_is_not_as_wide_as_its_header_never_reads_as_allowed() {
    let shop = Shop::with_contacts("gate-width");
    let list = "email,name\nbudi@example.com,a,allow,consent\nbudi@example.com\n";
    let ran = shop.izin_reading(&gate(&[]), list).fine();
    let rows: Vec<_> = ran.out.lines().collect();
    assert_eq!(rows[1], "budi@example.com,a,deny,bad_identifier,,");
    assert_eq!(rows[2], "budi@example.com,,allow,consent,1,");
}

#[test]
fn every_row_comes_back_in_order_with_its_decision_whoever_owns_the_store() {
    let shop = Shop::with_contacts("gate-order");
    let alone = shop.izin_reading(&gate(&[]), LIST).fine();
    assert_eq!(alone.out, DECIDED);
    let server = shop.serve();
    let owned = shop.izin_reading(&gate(&[]), LIST).fine();
    assert_eq!(owned.out, DECIDED);
    assert!(owned.err.contains("7 rows") && owned.err.contains("2 deny bad_identifier"));
    shop.write("list.csv", LIST);
    shop.izin(&gate(&["--in", "list.csv", "--out", "list.csv"]))
        .fine();
    assert_eq!(shop.read("list.csv"), DECIDED);
    drop(server);
}

#[test]
fn only_the_rows_asked_for_are_kept_and_the_rest_is_counted() {
    let shop = Shop::with_contacts("gate-only");
    let ran = shop
        .izin_reading(&gate(&["--only", "allow", "--json"]), LIST)
        .fine();
    let names: Vec<_> = ran.out.lines().map(|line| &line[..1]).collect();
    assert_eq!(names, ["n", "a", "g"]);
    let summary: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(summary["rows"], 7);
    assert_eq!(summary["decisions"]["deny"]["bad_identifier"], 2);
}

#[test]
fn the_address_of_the_channel_counts_before_the_customer_number() {
    let shop = Shop::with_contacts("gate-columns");
    let list = "\u{feff}Customer;Email\r\n1;sari@example.com\r\n1;\r\n\"2\";budi@example.com\r\n";
    let ran = shop.izin_reading(&gate(&[]), list).fine();
    let rows: Vec<_> = ran.out.lines().collect();
    assert_eq!(rows[0], "Customer;Email;decision;reason;level;until");
    assert!(
        rows[1].starts_with("1;sari@example.com;deny;opted_out"),
        "{}",
        rows[1]
    );
    assert!(rows[2].starts_with("1;;allow;"), "{}", rows[2]);
    assert!(
        rows[3].starts_with("2;budi@example.com;allow;"),
        "{}",
        rows[3]
    );
}

#[test]
fn a_list_goes_where_it_was_sent_and_nobody_else_may_read_it() {
    let shop = Shop::with_contacts("gate-output");
    shop.write("list.csv", LIST);
    let rights = |name: &str| {
        let there = fs::symlink_metadata(shop.path(name)).unwrap();
        (there.is_file(), there.permissions().mode() & 0o777)
    };
    let decide = |out: &str| {
        shop.izin(&gate(&["--in", "list.csv", "--out", out])).fine();
    };
    decide("new.csv");
    assert_eq!(rights("new.csv"), (true, 0o600));
    fs::set_permissions(shop.path("new.csv"), Permissions::from_mode(0o640)).unwrap();
    decide("new.csv");
    assert_eq!(rights("new.csv"), (true, 0o640), "as it was given");
    shop.write("aside.csv", "");
    symlink(shop.path("aside.csv"), shop.path("link.csv")).unwrap();
    decide("link.csv");
    assert!(!rights("link.csv").0, "it still leads there");
    for name in ["new.csv", "aside.csv"] {
        assert_eq!(shop.read(name), DECIDED);
    }
    decide("/dev/null");
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    shop.write("mine.csv.part", "mine");
    decide("mine.csv");
    assert_eq!(shop.read("mine.csv.part"), "mine");
}

#[test]
fn lines_of_json_keep_what_they_held() {
    let shop = Shop::with_contacts("gate-json");
    let list = "{\"customer\": 1, \"vip\": {\"since\": 1.50}}\n\nnonsense\n{}\n{\"customer\":[1]}\n[\"budi@example.com\",null]\n";
    let ran = shop.izin_reading(&gate(&[]), list).fine();
    let bad = "\"decision\":\"deny\",\"reason\":\"bad_identifier\",\"level\":null,\"until\":null}";
    let rows: Vec<_> = ran.out.lines().collect();
    let allowed = "\"decision\":\"allow\",\"reason\":\"consent\",\"level\":1,\"until\":null}";
    assert_eq!(
        rows[0],
        format!("{{\"customer\": 1, \"vip\": {{\"since\": 1.50}},{allowed}")
    );
    assert_eq!(rows[1], format!("{{\"unreadable\":\"nonsense\",{bad}"));
    assert_eq!(rows[2], format!("{{{bad}"));
    assert_eq!(rows[3], format!("{{\"customer\":[1],{bad}"));
    assert_eq!(
        rows[4],
        format!("{{\"unreadable\":\"[\\\"budi@example.com\\\",null]\",{bad}")
    );
}

#[test]
fn a_reader_that_has_enough_ends_the_command_in_silence() {
    let shop = Shop::new("gate-head");
    shop.write(
        "list.csv",
        &format!("email\n{}", "a@example.com\n".repeat(200_000)),
    );
    let mut command = shop.command(&gate(&["--in", "list.csv"]));
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    drop(out);
    let ran = crate::shop::ended(child).fine();
    assert_eq!(ran.err, "");
}

#[test]
fn a_name_that_the_policy_does_not_declare_is_refused_with_those_it_does() {
    let shop = Shop::with_contacts("gate-undeclared");
    let decide = ["decide", "customer:1", "--channel", "email", "--purpose"];
    shop.izin(&[&decide[..], &["gifts"]].concat()).refused(
        2,
        &["--purpose: the policy has no", "it has marketing, orders"],
    );
    let about = ["--channel", "email", "--purpose", "marketing", "--topic"];
    for command in [&["decide", "customer:1"][..], &["gate"]] {
        shop.izin(&[command, &about, &["coffee"]].concat()).refused(
            2,
            &[
                "--topic: the purpose has no such topic",
                "new_arrivals, discounts",
            ],
        );
    }
    shop.izin(&[&decide[..], &["marketing", "--topic", "discounts"]].concat())
        .fine();
    shop.izin(&[&decide[..], &["orders", "--topic", "discounts"]].concat())
        .refused(2, &["it has none"]);
}
