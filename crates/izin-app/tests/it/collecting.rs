//! What happens on the shop's pages is kept as permission says: no message, so what only puts a
//! message off does not speak against it.

use izin_app::act::{self, Kind as Act, Report};
use izin_app::event::{self, Dropped, Event, Item, Kind, Outcome};
use izin_app::import::Kind as File;
use izin_app::{Who, reserve};
use izin_core::policy::{Cap, CapId, Class, Field, Over, Purpose, Retention};
use izin_core::window::{Limit, Window};
use izin_core::{Channel, Level, Money, Origin, Reason, RefusalKind, Request, Verdict};
use izin_testkit::policy::{bind_to_canada, email, field, purpose_id};
use izin_testkit::{MailServer, Shop};

const ANI: &str = "ani@example.com";

fn browsing() -> Field {
    field("browsing", "pd:BrowsingBehaviour", Retention::Browsing)
}

/// A shop that counts browsing.
async fn counting(change: impl FnOnce(&mut Shop)) -> Shop {
    let mut shop = Shop::open().await;
    let field = browsing();
    let statistics = |own: &&mut Purpose| own.class == Class::AggregateStatistics;
    let counted = shop.declared.purposes.iter_mut().find(statistics);
    counted.unwrap().fields.push(field.id);
    shop.declared.fields.push(field);
    change(&mut shop);
    shop.reopen().await;
    shop.consented(&[ANI]).await;
    shop
}

fn happened(shop: &Shop, kind: Kind, order: &str) -> Event {
    let item = Item {
        product: "Z1".to_owned(),
        quantity: 1,
        unit_price: Money::parse("1000").unwrap(),
    };
    Event {
        kind,
        who: Some(Who::Identifier(email(ANI))),
        at: shop.clock.now(),
        order: order.to_owned(),
        items: vec![item],
        gpc: false,
    }
}

async fn take(shop: &Shop, event: Event) -> Outcome {
    let taken = event::take(shop, vec![event], None, |_| String::new());
    taken.await.unwrap()[0]
}

async fn view(shop: &Shop) -> Outcome {
    take(shop, happened(shop, Kind::ProductViewed, "")).await
}

/// One message in a week, whatever it is; more are dropped.
fn one_a_week() -> Cap {
    Cap {
        id: CapId::parse("weekly").unwrap(),
        channel: None,
        class: None,
        purpose: None,
        topic: None,
        limit: Limit::new(1, Window::parse("7d").unwrap()).unwrap(),
        over: Over::Drop,
    }
}

#[tokio::test]
async fn who_had_their_message_of_the_week_is_counted_still() {
    let shop = counting(|shop| shop.declared.caps.push(one_a_week())).await;
    let who = Who::Identifier(email(ANI));
    let marketing = Request::of(purpose_id("marketing"), Channel::Email);
    let held = reserve::send(&shop, &who, &marketing).await.unwrap();
    assert_eq!(held.decision.verdict, Verdict::Allow);
    let asked = shop.ask_about(ANI, "statistics", Channel::Site);
    let (verdict, reason) = (asked.verdict, asked.reason);
    assert_eq!((verdict, reason), (Verdict::Deny, Reason::Capped));
    assert_eq!(view(&shop).await, Outcome::Counted);
}

#[tokio::test]
async fn who_objects_is_not_counted() {
    let shop = counting(|_| {}).await;
    assert_eq!(view(&shop).await, Outcome::Counted);
    let objection = Report {
        who: Who::Identifier(email(ANI)),
        kind: Act::No(RefusalKind::Objected),
        channel: None,
        purpose: Some(purpose_id("statistics")),
        topic: None,
        occurred_at: None,
        detail: None,
        origin: Origin::Api,
    };
    let objected = act::report(&shop, objection, None, |_| String::new());
    objected.await.unwrap();
    let denied = Outcome::Dropped(Dropped::Denied(Reason::Objected));
    assert_eq!(view(&shop).await, denied);
}

#[tokio::test]
async fn an_order_that_comes_by_the_api_is_a_sign_of_the_person_as_one_from_a_file_is() {
    let server = MailServer::start().await;
    let mut shop = Shop::with_mail(&server).await;
    let contact = "customer,email,level,consent_marketing_email,consent_personalisation_email,\
                   consent_evidence\nC9,ani@example.com,2,yes,yes,form\n";
    shop.import(File::Contacts, contact).await;
    shop.raise_dial(ANI, Level::Purchases).await;
    shop.wait_days(181);
    assert_eq!(shop.ask(ANI).level, Level::Trends);
    let order = happened(&shop, Kind::OrderCompleted, "O1");
    assert_eq!(take(&shop, order).await, Outcome::Kept);
    assert_eq!(shop.ask(ANI).level, Level::Purchases);
    shop.reopen().await;
    assert_eq!(shop.ask(ANI).level, Level::Purchases);
}

#[tokio::test]
async fn requirement_27_a_purchase_by_the_api_is_on_record_where_canadian_law_binds_the_shop() {
    for (casl, kept) in [(false, 0), (true, 1)] {
        let mut shop = Shop::open().await;
        if casl {
            bind_to_canada(&mut shop.declared);
            shop.reopen().await;
        }
        shop.consented(&[ANI]).await;
        let order = happened(&shop, Kind::OrderCompleted, "O1");
        for _ in 0..2 {
            assert_eq!(take(&shop, order.clone()).await, Outcome::Kept);
        }
        let history = shop.store.history(shop.person(ANI)).await.unwrap();
        let dealings = history
            .iter()
            .filter(|own| matches!(own.act, izin_core::Act::RelationRecorded { .. }));
        assert_eq!(dealings.count(), kept);
    }
}
