//! What leaves a shop permits nothing that the shop did not.

use std::fs;

use izin_app::export::all;
use izin_app::import::Kind;
use izin_core::window::{Limit, Window};
use izin_core::{Act, Channel, Decision, Origin, PurposeId, RefusalKind, Request, Scope, Verdict};
use izin_store::{Command, Refusing, Whom};
use izin_testkit::Shop;
use izin_testkit::policy::{purpose_id, topic};

const FREE: &str = "ani@example.com";
const NO_TOPIC: &str = "budi@example.com";
const PAUSED: &str = "citi@example.com";
const CAPPED: &str = "dian@example.com";
const NO_MAIL: &str = "eka@example.com";
const EVERYBODY: [&str; 5] = [FREE, NO_TOPIC, PAUSED, CAPPED, NO_MAIL];

fn no(shop: &Shop, address: &str, scope: Scope) -> Command {
    Command::Refuse(Refusing {
        whom: Whom::Subject(shop.person(address)),
        refusal: RefusalKind::OptedOut,
        scope,
        occurred_at: shop.clock.now(),
        origin: Origin::Page,
        detail: None,
    })
}

fn act(shop: &Shop, address: &str, act: Act) -> Command {
    Command::Act {
        subject: Some(shop.person(address)),
        act,
        detail: None,
    }
}

/// Everybody agreed to marketing by e-mail; then four of them wanted less.
async fn shop() -> Shop {
    let shop = Shop::open().await;
    shop.consented(&EVERYBODY).await;
    let (now, origin) = (shop.clock.now(), Origin::Page);
    let theme = Scope {
        topic: Some(topic("new_arrivals")),
        ..Scope::purpose(purpose_id("marketing"), Channel::Email)
    };
    let pause = Act::Paused {
        channel: None,
        until: now.plus_days(30),
        origin,
    };
    let cap = Act::CapSet {
        channel: Some(Channel::Email),
        limit: Limit::new(1, Window::parse("7d").unwrap()).unwrap(),
        origin,
    };
    let commands = vec![
        no(&shop, NO_TOPIC, theme),
        act(&shop, PAUSED, pause),
        act(&shop, CAPPED, cap),
        no(&shop, NO_MAIL, Scope::channel(Channel::Email)),
    ];
    shop.store.record(commands, now).await.unwrap();
    shop
}

/// What is decided about somebody, for everything the policy declares, and about a topic.
fn decisions(shop: &Shop, address: &str) -> Vec<(PurposeId, Channel, Decision)> {
    let who = izin_app::Who::Subject(shop.person(address));
    let policy = shop.policy();
    let purposes = policy.purposes.iter();
    let matters = purposes.flat_map(|own| own.channels.iter().map(|channel| (own.id, *channel)));
    let mut all: Vec<_> = matters
        .map(|(purpose, channel)| {
            let request = Request::of(purpose, channel);
            (purpose, channel, shop.decide(&who, &request))
        })
        .collect();
    let (purpose, channel) = (purpose_id("marketing"), Channel::Email);
    let theme = Request {
        topic: Some(topic("new_arrivals")),
        ..Request::of(purpose, channel)
    };
    all.push((purpose, channel, shop.decide(&who, &theme)));
    all
}

#[tokio::test]
async fn nobody_who_wanted_less_gets_more_from_a_shop_that_takes_the_files_in() {
    let shop = shop().await;
    let dir = shop.path("left");
    let left = all::everything(&shop, &dir, &|_, _| {}).await.unwrap();
    assert_eq!(left.people, 5);
    let noes = fs::read_to_string(dir.join("suppressions.csv")).unwrap();
    assert!(noes.contains(NO_MAIL), "though orders may go there: {noes}");
    assert!(!noes.contains(FREE) && !noes.contains(NO_TOPIC), "{noes}");
    let other = Shop::open().await;
    for (kind, name) in [
        (Kind::Contacts, "contacts.csv"),
        (Kind::Suppressions, "suppressions.csv"),
    ] {
        let file = fs::read_to_string(dir.join(name)).unwrap();
        assert_eq!(other.import(kind, &file).await.rejected, 0, "{name}");
    }
    other.wait_days(31);
    for address in EVERYBODY {
        for (was, is) in decisions(&shop, address)
            .iter()
            .zip(decisions(&other, address))
        {
            assert!(is.2.verdict >= was.2.verdict, "{address}: {was:?}, {is:?}");
            let essential = was.0 == purpose_id("orders");
            if address == FREE || address == NO_MAIL || essential {
                assert_eq!(is.2.verdict, was.2.verdict, "{address}: {was:?}, {is:?}");
            }
        }
    }
    let may = |shop: &Shop, own| shop.ask(own).verdict == Verdict::Allow;
    for own in [NO_TOPIC, PAUSED, CAPPED, NO_MAIL] {
        assert!(!may(&other, own), "{own}");
    }
    assert!(
        may(&other, FREE) && may(&shop, CAPPED) && may(&shop, NO_TOPIC),
        "controls"
    );
}
