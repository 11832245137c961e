//! What staff do: keys, what came by phone or letter, campaigns.

use izin_app::mailbox::Mailbox;
use izin_core::Timestamp;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::shop::{ABOUT, Shop};

#[test]
fn a_key_is_shown_once_and_ends_when_revoked() {
    let shop = Shop::new("staff-keys");
    let made = shop
        .izin(&["api-key", "add", "webshop", "--role", "sender"])
        .fine();
    let key = made.out.trim();
    assert!(
        key.starts_with("izin_") && key.lines().count() == 1,
        "{key}"
    );
    let listed = shop.izin(&["api-key", "list", "--json"]).fine();
    assert!(!listed.out.contains(key));
    let listed = listed.json();
    assert_eq!(
        (&listed["name"], &listed["role"]),
        (&"webshop".into(), &"sender".into())
    );
    assert!(listed["revoked_at"].is_null());
    shop.izin(&["api-key", "revoke", "webshop"]).fine();
    assert!(shop.izin(&["api-key", "list", "--json"]).json()["revoked_at"].is_string());
    shop.izin(&["api-key", "revoke", "webshop"])
        .refused(1, &["no working key"]);
}

#[test]
fn what_came_by_phone_stands_from_the_next_decision_on() {
    let shop = Shop::with_contacts("staff-phone");
    let by = ["--agent", "Sari", "--note", "called the shop"];
    let topic = [&["withdraw", "customer:1"], &by[..]].concat();
    shop.izin(&topic).refused(2, &["--purpose"]);
    let purpose = ["--purpose", "marketing", "--json"];
    let recorded = shop.izin(&[&topic[..], &purpose].concat()).fine().json();
    assert!(recorded["seq"].is_u64() && recorded["blinding"].as_str().unwrap().len() == 64);
    assert_eq!(shop.decision("customer:1").1, "withdrawn");
    for (call, reason) in [("optout", "opted_out_all"), ("complaint", "complained")] {
        let subject = format!("email:{call}@example.com");
        shop.izin(&[&[call, &subject], &by[..]].concat()).fine();
        assert_eq!(
            shop.decision(&subject),
            ("deny".to_owned(), reason.to_owned())
        );
    }
}

#[test]
fn a_no_to_a_topic_that_the_policy_lacks_says_how_wide_it_was_taken() {
    let shop = Shop::with_contacts("staff-topic");
    let about = ["--agent", "Sari", "--note", "letter", "--topic", "diskon"];
    let no = [&["optout", "email:tono@example.com"][..], &about].concat();
    let said = |more: &[&str]| shop.izin(&[&no[..], more].concat()).fine().out;
    let purpose = ["--purpose", "marketing", "--channel", "email"];
    let narrow = said(&[&purpose[..], &["--lang", "en"]].concat());
    assert!(
        narrow.contains("no such topic as `diskon`")
            && narrow.contains("a no to everything for the purpose `marketing` on email"),
        "{narrow}"
    );
    let wide = said(&["--lang", "id"]);
    assert!(
        wide.contains("tidak punya topik `diskon`")
            && wide.contains("semua yang tidak wajib di setiap saluran"),
        "{wide}"
    );
    let told = shop.izin(&[&no[..], &["--json"]].concat()).fine().json();
    assert_eq!(told["unknown_topic"], "diskon");
    let plain = shop.izin(&[&no[..4], &["--note", "letter", "--json"]].concat());
    assert!(plain.fine().json()["unknown_topic"].is_null());
}

#[test]
fn who_took_a_call_is_not_in_the_record_that_may_be_shown() {
    let shop = Shop::with_contacts("staff-sealed");
    let call = [
        "optout",
        "customer:1",
        "--agent",
        "Rahasia",
        "--note",
        "surat",
        "--json",
    ];
    let recorded = shop.izin(&call).fine();
    assert!(!recorded.out.contains("Rahasia") && !recorded.out.contains("surat"));
}

#[test]
fn a_campaign_nobody_takes_stays_queued_and_says_so() {
    let shop = Shop::with_contacts("staff-campaign");
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    drop(silent);
    let send = [
        "campaign",
        "send",
        "--template",
        "promo.html",
        "--purpose",
        "marketing",
    ];
    let mut command = shop.command(&[&send[..], &["--json"]].concat());
    let child = command.env("IZIN_SMTP_PORT", &port).spawn().unwrap();
    let ran = crate::shop::ended(child).refused(3, &["izin: the hand-over stopped", &port]);
    let standing = ran.json();
    assert_eq!(standing["considered"], 3);
    assert_eq!(
        (&standing["queued"], &standing["waiting"]),
        (&1.into(), &1.into())
    );
    assert_eq!(standing["denied"]["no_consent"], 1);
    let stopped = shop
        .izin(&["campaign", "stop", "1", "--json"])
        .fine()
        .json();
    assert_eq!(stopped["state"], "stopped");
    let listed = shop.izin(&["campaign", "list", "--json"]).fine().json();
    assert_eq!(
        listed,
        shop.izin(&["campaign", "status", "--json"]).fine().json()
    );
}

#[test]
fn a_campaign_that_cannot_be_sent_is_refused_before_anybody_is_queued() {
    let shop = Shop::with_contacts("staff-refused");
    shop.write("bad.html", "<p>no head</p>");
    let send = |template, channel| {
        let call = [
            "campaign",
            "send",
            "--template",
            template,
            "--channel",
            channel,
        ];
        shop.izin(&[&call[..], &ABOUT[2..]].concat())
    };
    send("absent.html", "email").refused(1, &["cannot read the template", "absent.html"]);
    send("bad.html", "email").refused(1, &["bad.html:1", "+++"]);
    send("promo.html", "phone").refused(1, &["no live purpose `marketing` on phone"]);
    shop.izin(&["campaign", "status", "9"])
        .refused(1, &["no campaign 9"]);
    assert_eq!(shop.izin(&["campaign", "list"]).fine().out, "");
}

/// A mail server that keeps what it is given, for as long as the runtime lives.
pub(crate) fn mailbox(shop: &Shop) -> (Runtime, Mailbox) {
    let runtime = Runtime::new().unwrap();
    let mailbox = Mailbox::open(&shop.path("mail.sqlite"), Timestamp::default).unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(mailbox.serve(listener, std::future::pending()));
    let config = shop.read("izin.toml");
    shop.write(
        "izin.toml",
        &config.replace("port = 25", &format!("port = {port}")),
    );
    (runtime, mailbox)
}

#[test]
fn a_campaign_reaches_those_who_agreed_with_a_server_and_without() {
    let shop = Shop::with_contacts("staff-sent");
    let (runtime, mailbox) = mailbox(&shop);
    let send = [
        "campaign",
        "send",
        "--template",
        "promo.html",
        "--purpose",
        "marketing",
    ];
    let alone = shop.izin(&[&send[..], &["--json"]].concat()).fine().json();
    assert_eq!(
        (&alone["considered"], &alone["sent"]),
        (&3.into(), &1.into())
    );
    let server = shop.serve();
    let served = shop
        .izin(&[&send[..], &["--wait", "--json"]].concat())
        .fine()
        .json();
    assert_eq!((&served["id"], &served["sent"]), (&2.into(), &1.into()));
    assert_eq!(mailbox.count().unwrap(), 2);
    assert_eq!(server.stop().0, Some(0));
    drop(runtime);
}
