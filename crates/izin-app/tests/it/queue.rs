//! What waits for a person: it takes effect before anybody looks, and is settled once.

use izin_app::act::{Kind, Report};
use izin_app::door::Role;
use izin_app::import::Kind as File;
use izin_app::queue::{self, QueueError, Settling, Stands};
use izin_app::staff::Staff;
use izin_core::policy::{Category, CodeSet};
use izin_core::{Reason, RefusalKind, Verdict};
use izin_store::{Listed, QueueKind};
use izin_testkit::Shop;
use izin_testkit::world::NOON;

use crate::lifting::{ANI, by_api, report, shop, who};

fn rudi() -> Staff {
    Staff::new("Rudi", Role::Sender, None).unwrap()
}

async fn may_be_a_no(shop: &Shop) -> u64 {
    let guess = by_api(Kind::No(RefusalKind::Presumed));
    report(shop, guess).await.unwrap().queued.expect("an item")
}

#[tokio::test]
async fn what_may_be_a_no_denies_at_once_and_is_an_opt_out_that_nobody_clears_after_thirty_days() {
    let (shop, _server) = shop().await;
    let item = may_be_a_no(&shop).await;
    assert_eq!(shop.ask(ANI).reason, Reason::RefusalPresumed);
    shop.wait_days(30);
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
    let listed = queue::list(&shop, Listed::Open).await.unwrap();
    assert!(
        matches!(listed[0].stands, Stands::BecameOptOut(_)),
        "{listed:?}"
    );
    let late = queue::settle(&shop, item, Settling::Clear, (&rudi(), "a joke")).await;
    assert!(matches!(late, Err(QueueError::TooLate(_))), "{late:?}");
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
}

#[tokio::test]
async fn the_person_of_an_opt_out_is_found_before_the_law_wants_it_stopped() {
    let (shop, _server) = shop().await;
    let no = Report {
        who: who("tidak-dikenal@example.com"),
        ..by_api(Kind::No(RefusalKind::OptedOut))
    };
    let item = report(&shop, no).await.unwrap().queued.expect("an item");
    let item = queue::show(&shop, item).await.unwrap().item.what;
    assert_eq!(item.kind, QueueKind::UnresolvedOptOut);
    let row = izin_core::law::rule_by_id("uu-pdp/opt_out_clock/withdraw").unwrap();
    let term = row.clock.unwrap().term;
    assert_eq!(term.to_string(), "72 hours");
    assert_eq!(item.due_at, term.due(row.regime, NOON).unwrap());
}

#[tokio::test]
async fn a_guess_is_cleared_with_a_reason_once_and_says_by_whom() {
    let (mut shop, _server) = shop().await;
    let item = may_be_a_no(&shop).await;
    let silent = queue::settle(&shop, item, Settling::Clear, (&rudi(), "  ")).await;
    assert!(matches!(silent, Err(QueueError::NoReason)), "{silent:?}");
    let wrong = queue::settle(&shop, item, Settling::Close, (&rudi(), "done")).await;
    assert!(matches!(wrong, Err(QueueError::DoesNotFit)), "{wrong:?}");
    assert_eq!(shop.ask(ANI).reason, Reason::RefusalPresumed);
    queue::settle(
        &shop,
        item,
        Settling::Clear,
        (&rudi(), "they asked about a size"),
    )
    .await
    .unwrap();
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    let again = queue::settle(&shop, item, Settling::Uphold, (&rudi(), "a no after all")).await;
    let again = again.unwrap_err().to_string();
    assert!(
        again.contains("Rudi settled this") && again.contains("cleared"),
        "{again}"
    );
    shop.reopen().await;
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "after a restart");
}

#[tokio::test]
async fn a_guess_upheld_is_an_opt_out() {
    let (shop, _server) = shop().await;
    let item = may_be_a_no(&shop).await;
    queue::settle(&shop, item, Settling::Uphold, (&rudi(), "they meant it"))
        .await
        .unwrap();
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
}

#[tokio::test]
async fn an_opt_out_of_nobody_known_stops_the_address_and_waits_for_its_person() {
    let (shop, _server) = shop().await;
    let mut no = by_api(Kind::No(RefusalKind::OptedOut));
    no.who = crate::lifting::who("old@example.com");
    let item = report(&shop, no).await.unwrap().queued.expect("an item");
    assert_eq!(shop.ask("old@example.com").verdict, Verdict::Deny);
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    let ani = Settling::Person(shop.person(ANI));
    queue::settle(&shop, item, ani, (&rudi(), "their old address"))
        .await
        .unwrap();
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
}

#[tokio::test]
async fn complaints_wait_and_what_is_known_does_not() {
    let (shop, _server) = shop().await;
    let plain = report(&shop, by_api(Kind::No(RefusalKind::OptedOut)))
        .await
        .unwrap();
    assert_eq!(plain.queued, None);
    report(&shop, by_api(Kind::No(RefusalKind::Complained)))
        .await
        .unwrap();
    let counts = queue::counts(&shop).await.unwrap();
    assert_eq!(counts.len(), 1, "{counts:?}");
    assert_eq!((counts[0].kind, counts[0].open), (QueueKind::Complaint, 1));
}

#[tokio::test]
async fn goods_that_nobody_classified_wait_once_for_a_category_and_the_answer_is_a_line_of_policy()
{
    let mut shop = Shop::open().await;
    let catalogue = "product_id,title,category,price\nP1,Test kit,Kesehatan > Tes,1000\n\
                     P2,Other kit,Kesehatan > Tes,1000\nP3,Cup,Dapur,1000\nP4,Bag,,1000\n";
    shop.import(File::Catalog, catalogue).await;
    let listed = async |shop: &Shop| queue::list(shop, Listed::Open).await.unwrap();
    assert_eq!(listed(&shop).await, [], "nobody has begun to classify");
    shop.declared.categories = vec![Category {
        path: "Dapur".to_owned(),
        codes: CodeSet::EMPTY,
    }];
    shop.reopen().await;
    shop.import(File::Catalog, catalogue).await;
    let waiting = listed(&shop).await;
    let [item] = waiting.as_slice() else {
        panic!("{waiting:?}");
    };
    let what = &item.item.what;
    let (kind, key) = (what.kind, what.key.as_deref());
    assert_eq!(
        (kind, key),
        (QueueKind::AmbiguousGoods, Some("Kesehatan > Tes"))
    );
    let health = ["S1".parse().unwrap()].into_iter().collect();
    let goods = Settling::Goods(health);
    let done = queue::settle(&shop, item.item.id, goods, (&rudi(), "tests")).await;
    let lines = done.unwrap().policy_lines.unwrap();
    assert_eq!(
        lines,
        "[[category]]\npath = \"Kesehatan > Tes\"\ncodes = [\"S1\"]\n"
    );
    shop.reopen().await;
    assert_eq!(listed(&shop).await, [], "it is settled once");
}

#[tokio::test]
async fn claims_without_evidence_are_counted_and_permit_nothing() {
    let shop = Shop::open().await;
    assert_eq!(queue::quarantined(&shop), 0);
    let file = "email,consent_marketing_email\nani@example.com,yes\n";
    shop.import(File::Contacts, file).await;
    assert_eq!(queue::quarantined(&shop), 1);
    assert_eq!(shop.ask(ANI).verdict, Verdict::Deny);
}
