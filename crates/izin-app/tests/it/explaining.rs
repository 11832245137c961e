//! The chain of a decision, in both languages, over situations a shop meets.

use std::fmt::Write;

use izin_app::import::Kind;
use izin_app::{Who, explain, reserve};
use izin_core::policy::{Cap, CapId, Over};
use izin_core::window::{Limit, Window};
use izin_core::{Act, Channel, Level, Origin, RefusalKind, Request, Scope, Timestamp};
use izin_store::Command;
use izin_testkit::Shop;
use izin_testkit::policy::{email, purpose_id};

const CONTACTS: &str = "email,customer,country,consent_marketing_email,consent_at,consent_evidence\n\
    consented@example.com,C1,ID,yes,2026-11-01T00:00:00Z,form\n\
    nothing@example.com,C2,,,,\n\
    out@example.com,C3,,yes,2026-11-01T00:00:00Z,form\n\
    shared@example.com,C4,,yes,2026-11-01T00:00:00Z,form\n\
    shared@example.com,C5,,,,\n\
    restricted@example.com,C6,,yes,2026-11-01T00:00:00Z,form\n\
    paused@example.com,C7,,yes,2026-11-01T00:00:00Z,form\n\
    capped@example.com,C8,,yes,2026-11-01T00:00:00Z,form\n\
    dialled@example.com,C9,,yes,2026-11-01T00:00:00Z,form\n\
    abroad@example.com,C10,JP,yes,2026-11-01T00:00:00Z,form\n";

async fn shop() -> Shop {
    let mut shop = Shop::open().await;
    shop.declared.caps = vec![Cap {
        id: CapId::parse("weekly").unwrap(),
        channel: Some(Channel::Email),
        class: None,
        purpose: None,
        topic: None,
        limit: Limit::new(1, Window::parse("7d").unwrap()).unwrap(),
        over: Over::Defer,
    }];
    shop.reopen().await;
    shop.import(Kind::Contacts, CONTACTS).await;
    shop.opt_out("out@example.com").await;
    let list = (
        email("listed@example.com"),
        RefusalKind::LegalSuppression,
        Scope::EVERYTHING,
        shop.clock.now(),
    );
    izin_app::optout::suppress(&shop, vec![list], Origin::Agent)
        .await
        .unwrap();
    let marketing = Request::of(purpose_id("marketing"), Channel::Email);
    let who = Who::Identifier(email("capped@example.com"));
    reserve::send(&shop, &who, &marketing).await.unwrap();
    let until = shop.clock.now().plus_days(3);
    let origin = Origin::Page;
    for (address, act) in [
        (
            "restricted@example.com",
            Act::Restricted {
                holds: true,
                origin,
            },
        ),
        (
            "paused@example.com",
            Act::Paused {
                channel: None,
                until,
                origin,
            },
        ),
        (
            "dialled@example.com",
            Act::DialMoved {
                level: Level::Contextual,
                origin,
                step_up: false,
                too_personal: false,
            },
        ),
    ] {
        let subject = Some(shop.person(address));
        let command = Command::Act {
            subject,
            act,
            detail: None,
        };
        shop.store
            .record(vec![command], shop.clock.now())
            .await
            .unwrap();
    }
    shop
}

async fn told(shop: &Shop, address: &str, purpose: &str, channel: Channel) -> String {
    let request = Request::of(purpose_id(purpose), channel);
    let steps = told_of(shop, address, &request, shop.clock.now()).await;
    format!("## {address} {purpose} {channel}\n{steps}")
}

async fn told_of(shop: &Shop, address: &str, request: &Request, at: Timestamp) -> String {
    let who = Who::Identifier(email(address));
    let decision = shop.gate.ask(&who, request, &shop.policy(), at);
    let steps = explain::chain(shop, &who, request, (&decision, at))
        .await
        .unwrap();
    let mut told = String::new();
    for step in steps {
        let text = &step.text;
        assert!(
            !text.id.contains('@') && !text.en.contains('@'),
            "{}",
            text.en
        );
        writeln!(told, "{}\n    {}", text.id, text.en).unwrap();
    }
    told
}

#[tokio::test]
async fn every_decision_is_explained_by_what_is_true_of_it() {
    let shop = shop().await;
    let mut all = String::new();
    for (address, purpose, channel) in [
        ("consented@example.com", "marketing", Channel::Email),
        ("consented@example.com", "orders", Channel::Email),
        ("consented@example.com", "marketing", Channel::Sms),
        ("consented@example.com", "unheard_of", Channel::Email),
        ("nothing@example.com", "marketing", Channel::Email),
        ("out@example.com", "marketing", Channel::Email),
        ("out@example.com", "orders", Channel::Email),
        ("shared@example.com", "marketing", Channel::Email),
        ("restricted@example.com", "marketing", Channel::Email),
        ("paused@example.com", "marketing", Channel::Email),
        ("capped@example.com", "marketing", Channel::Email),
        ("dialled@example.com", "marketing", Channel::Email),
        ("abroad@example.com", "marketing", Channel::Email),
        ("listed@example.com", "marketing", Channel::Email),
        ("listed@example.com", "orders", Channel::Email),
        ("nobody@example.com", "marketing", Channel::Email),
    ] {
        all.push_str(&told(&shop, address, purpose, channel).await);
    }
    insta::with_settings!({prepend_module_to_snapshot => false}, {
    insta::assert_snapshot!(all);
    });
}

/// By e-mail, marketing.
fn newsletter() -> Request {
    Request::of(purpose_id("marketing"), Channel::Email)
}

#[tokio::test]
async fn what_is_asked_about_another_day_is_explained_as_of_that_day() {
    let shop = shop().await;
    let guessed = (
        email("consented@example.com"),
        RefusalKind::Presumed,
        Scope::channel(Channel::Email),
        shop.clock.now(),
    );
    izin_app::optout::suppress(&shop, vec![guessed], Origin::Agent)
        .await
        .unwrap();
    let today = shop.clock.now();
    for (days, may_be_cleared) in [(0, true), (29, true), (31, false)] {
        let at = today.plus_days(days);
        let told = told_of(&shop, "consented@example.com", &newsletter(), at).await;
        assert!(told.contains("It stands;"), "{told}");
        let says_so = told.contains("a reviewer may still clear it");
        assert_eq!(says_so, may_be_cleared, "after {days} days: {told}");
    }
    for (days, used) in [(0, 1), (8, 0)] {
        let at = today.plus_days(days);
        let told = told_of(&shop, "capped@example.com", &newsletter(), at).await;
        let said = format!("Messages in 7 days: {used} of at most 1.");
        assert!(told.contains(&said), "after {days} days: {told}");
    }
}

#[tokio::test]
async fn a_purpose_that_may_not_use_the_channel_is_no_refusal_of_the_persons() {
    let shop = shop().await;
    let request = Request::of(purpose_id("marketing"), Channel::Push);
    let told = told_of(&shop, "consented@example.com", &request, shop.clock.now()).await;
    let level = "Level of personalisation 0, limited by the purpose, which may not use this";
    assert!(told.contains(level), "{told}");
}

#[tokio::test]
async fn an_order_mail_is_not_counted_towards_the_persons_own_limit() {
    let shop = shop().await;
    let limit = Limit::new(2, Window::parse("1d").unwrap()).unwrap();
    let act = Act::CapSet {
        channel: Some(Channel::Email),
        limit,
        origin: Origin::Page,
    };
    let command = Command::Act {
        subject: Some(shop.person("consented@example.com")),
        act,
        detail: None,
    };
    let now = shop.clock.now();
    shop.store.record(vec![command], now).await.unwrap();
    let who = Who::Identifier(email("consented@example.com"));
    let orders = Request::of(purpose_id("orders"), Channel::Email);
    for request in [newsletter(), orders, orders] {
        let held = reserve::send(&shop, &who, &request).await.unwrap();
        assert!(held.reservation.is_some(), "{request:?}");
    }
    let told = told_of(&shop, "consented@example.com", &newsletter(), now).await;
    let own = "The person's own limit. Messages in 1 day: 1 of at most 2.";
    assert!(told.contains(own), "{told}");
}

#[tokio::test]
async fn a_refusal_is_said_to_stand_exactly_when_it_does() {
    let shop = shop().await;
    let out = told(&shop, "out@example.com", "marketing", Channel::Email).await;
    assert!(out.contains("It stands;"), "{out}");
    let order = told(&shop, "out@example.com", "orders", Channel::Email).await;
    assert!(
        !order.contains("It stands;") && order.contains("Allowed."),
        "{order}"
    );
    let other = told(&shop, "consented@example.com", "marketing", Channel::Email).await;
    assert!(!other.contains("opt-out on"), "{other}");
}
