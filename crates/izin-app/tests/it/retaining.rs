//! What is destroyed on schedule, and what a legal hold keeps.

use std::fs;

use izin_app::import::Kind;
use izin_app::retention::ScheduleError;
use izin_app::{Who, person, retention};
use izin_core::policy::Retention;
use izin_core::{
    Channel, Identifier, Origin, Reason, RefusalKind, Request, Scope, SubjectId, Verdict,
};
use izin_store::{Command, Due, Refusing, Whom};
use izin_testkit::Shop;
use izin_testkit::on_server::is_on_a_server;
use izin_testkit::policy::{email, purpose_id};
use izin_testkit::scan::holding;

use super::erasing::{ANI, PLANTED, erase, shop_of_two};

pub(crate) const BUDI: &str = "budi@example.com";

/// Begins a legal hold.
pub(crate) async fn hold(shop: &Shop, whom: SubjectId) -> u64 {
    let said = ("Rini".to_owned(), "lawsuit".to_owned());
    let held = shop.store.begin_hold(whom, said, shop.clock.now());
    held.await.unwrap()
}

pub(crate) async fn release(shop: &Shop, hold: u64) {
    let by = "Rini".to_owned();
    let ended = shop.store.end_hold(hold, by, shop.clock.now());
    assert!(ended.await.unwrap());
}

#[tokio::test]
async fn evidence_of_the_erased_goes_when_its_time_is_over_unless_a_hold_keeps_it() {
    if is_on_a_server() {
        return;
    }
    let mut shop = shop_of_two().await;
    let ani = shop.person(ANI);
    erase(&shop).await;
    let withheld = |shop: &Shop| {
        let keys = shop.data_folder().join("keys/keys.sqlite");
        let db = rusqlite::Connection::open(keys).unwrap();
        let own = "select count(*) from subject_keys where subject = ?1";
        db.query_row(own, [ani.as_bytes()], |row| row.get::<_, u64>(0))
            .unwrap()
    };
    assert_eq!(withheld(&shop), 1);
    let held = hold(&shop, ani).await;
    shop.wait_days(retention::EVIDENCE_DAYS + 1);
    assert_eq!(retention::run(&shop).await.unwrap().withheld, 0);
    assert_eq!(withheld(&shop), 1, "held");
    release(&shop, held).await;
    assert_eq!(retention::run(&shop).await.unwrap().withheld, 1);
    assert_eq!(withheld(&shop), 0);
    shop.reopen().await;
    assert_eq!(
        shop.ask(ANI).reason,
        Reason::OptedOutAll,
        "the suppression stays"
    );
    let last = shop.store.retention_runs(1).await.unwrap()[0];
    assert_eq!((last.orders, last.withheld), (0, 1));
}

#[tokio::test]
async fn purchases_go_when_the_longest_term_of_any_purpose_that_uses_them_is_over() {
    let shop = shop_of_two().await;
    let days = retention::days(&shop.policy(), Retention::Purchases).unwrap();
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0);
    assert_eq!(shop.store.order_count().await.unwrap(), 2);
    let budi = shop.person(BUDI);
    hold(&shop, budi).await;
    shop.wait_days(i64::from(days));
    assert_eq!(retention::run(&shop).await.unwrap().orders, 1);
    assert_eq!(shop.store.purchases(budi).await.unwrap().len(), 1, "held");
    assert!(
        shop.store
            .purchases(shop.person(ANI))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn orders_that_wait_for_their_keys_after_a_restore_are_not_taken_for_expired_ones() {
    if is_on_a_server() {
        return;
    }
    let mut shop = shop_of_two().await;
    shop.close();
    let keys = rusqlite::Connection::open(shop.data_folder().join("keys/keys.sqlite")).unwrap();
    assert!(keys.execute("delete from subject_keys", []).unwrap() > 0);
    drop(keys);
    shop.reopen().await;
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0);
    assert_eq!(shop.store.order_count().await.unwrap(), 2);
}

#[tokio::test]
async fn a_hold_keeps_what_was_bought_before_a_merge_too() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person(BUDI));
    let (from, into) = (Who::Subject(budi), Who::Subject(ani));
    person::merge(&shop, &from, &into, Origin::Agent)
        .await
        .unwrap();
    let held = hold(&shop, ani).await;
    shop.wait_days(i64::from(
        retention::days(&shop.policy(), Retention::Purchases).unwrap(),
    ));
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0, "held");
    release(&shop, held).await;
    assert_eq!(
        retention::run(&shop).await.unwrap().orders,
        2,
        "the control"
    );
}

/// Two people whose purchases have gone, and whose profiles are due.
async fn inactive() -> Shop {
    let shop = shop_of_two().await;
    let policy = shop.policy();
    let terms = [Retention::Purchases, Retention::Profile].map(|own| retention::days(&policy, own));
    shop.wait_days(i64::from(terms.into_iter().flatten().max().unwrap()) + 1);
    shop
}

#[tokio::test]
async fn nobody_goes_whose_purchases_are_kept_who_is_on_hold_or_was_heard_of_since() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person(BUDI));
    shop.wait_days(i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap()) + 1);
    let due = |orders_before| Due {
        orders_before,
        ..retention::due(&shop, shop.clock.now())
    };
    let run = async |orders_before| {
        let done = shop
            .store
            .run_retention(due(orders_before), shop.clock.now());
        done.await.unwrap().people
    };
    assert_eq!(run(None).await, 0, "their purchases are kept");
    let held = hold(&shop, ani).await;
    shop.opt_out(BUDI).await;
    let orders = Some(shop.clock.now());
    assert_eq!(run(orders).await, 0, "one is on hold, one said something");
    release(&shop, held).await;
    assert_eq!(run(orders).await, 1, "the control");
    let identifiers = async |own| shop.store.identifiers(own).await.unwrap().len();
    assert_eq!((identifiers(ani).await, identifiers(budi).await), (0, 2));
}

#[tokio::test]
async fn who_was_inactive_for_too_long_is_erased_and_may_begin_anew_but_a_no_stays() {
    let mut shop = inactive().await;
    let done = retention::run(&shop).await.unwrap();
    assert_eq!((done.orders, done.people), (2, 2));
    assert_eq!(shop.ask(BUDI).reason, Reason::UnknownSubject);
    shop.consented(&[BUDI]).await;
    assert_eq!(shop.ask(BUDI).verdict, Verdict::Allow, "he may come back");
    shop.opt_out(BUDI).await;
    shop.wait_days(i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap()) + 1);
    assert_eq!(retention::run(&shop).await.unwrap().people, 1);
    shop.consented(&[BUDI]).await;
    assert_eq!(shop.ask(BUDI).reason, Reason::OptedOutChannel);
    shop.reopen().await;
    assert_eq!(shop.ask(BUDI).reason, Reason::OptedOutChannel);
    assert_eq!(retention::run(&shop).await.unwrap().people, 0);
    let last = shop.store.retention_runs(1).await.unwrap()[0];
    assert_eq!(last.people, 1);
}

const SARI: &str = "sari@example.com";

/// Somebody comes back under the identifiers of before, with a yes to everything that can be asked.
async fn comes_back(shop: &Shop, row: &str) {
    let head = "customer,email,phone,consent_marketing_email,consent_marketing_sms,consent_at,\
                consent_evidence";
    let file = format!("{head}\n{row},yes,yes,,counter\n");
    assert_eq!(shop.import(Kind::Contacts, &file).await.rejected, 0);
}

/// May marketing go to this telephone number?
fn by_sms(shop: &Shop, number: &str) -> Reason {
    let request = Request::of(purpose_id("marketing"), Channel::Sms);
    let who = Who::Identifier(Identifier::phone(number, "ID").unwrap());
    shop.decide(&who, &request).reason
}

#[tokio::test]
async fn a_no_stays_with_every_identifier_of_who_is_erased_on_schedule() {
    let mut shop = Shop::open().await;
    let file = "customer,email,phone\n\
                C-1,sari@example.com,+6281100000001\n\
                C-2,tono@example.com,\n\
                C-3,umar@example.com,+6281100000003\n\
                ,tono@example.com,+6281100000004\n";
    assert_eq!(shop.import(Kind::Contacts, file).await.rejected, 0);
    let no = |whom, scope| {
        let command = Command::Refuse(Refusing {
            whom,
            refusal: RefusalKind::OptedOut,
            scope,
            occurred_at: shop.clock.now(),
            origin: Origin::Agent,
            detail: None,
        });
        shop.store.record(vec![command], shop.clock.now())
    };
    // By one address, for everything; and for a channel on which the person has no address.
    no(Whom::Identifier(email(SARI)), Scope::EVERYTHING)
        .await
        .unwrap();
    let tono = shop.gate.holders(&Identifier::customer("C-2").unwrap())[0];
    no(Whom::Subject(tono), Scope::channel(Channel::Sms))
        .await
        .unwrap();
    shop.wait_days(i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap()) + 1);
    let other = shop.person("umar@example.com");
    assert!(retention::run(&shop).await.unwrap().people >= 3);
    assert!(shop.gate.standing(other).unwrap().erased);
    for row in [
        "C-1,,+6281100000001",
        "C-2,,+6281100000002",
        "C-3,,+6281100000003",
    ] {
        comes_back(&shop, row).await;
    }
    for _ in 0..2 {
        assert_eq!(by_sms(&shop, "+6281100000001"), Reason::OptedOutAll);
        assert_eq!(by_sms(&shop, "+6281100000002"), Reason::OptedOutChannel);
        assert_ne!(by_sms(&shop, "+6281100000003"), Reason::OptedOutChannel);
        assert_ne!(by_sms(&shop, "+6281100000003"), Reason::OptedOutAll);
        shop.reopen().await;
    }
}

#[tokio::test]
async fn an_order_that_does_not_open_stays_and_keeps_nothing_else_from_going() {
    if is_on_a_server() {
        return;
    }
    let shop = shop_of_two().await;
    let db = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    let damage = "update orders set sealed = zeroblob(60) where subject = ?1";
    let budi = shop.person(BUDI);
    assert_eq!(db.execute(damage, [budi.as_bytes()]).unwrap(), 1);
    erase(&shop).await;
    shop.import(Kind::Contacts, "email\nciti@example.com\n")
        .await;
    shop.wait_days(retention::EVIDENCE_DAYS + 1);
    let done = retention::run(&shop).await.unwrap();
    assert_eq!((done.orders, done.passed_over), (0, 1));
    assert_eq!((done.withheld, done.people), (1, 1), "the other parts");
    let again = retention::run(&shop).await.unwrap();
    assert_eq!(again.passed_over, 1, "it is told each time");
}

#[tokio::test]
async fn somebody_who_cannot_be_erased_keeps_nobody_behind_them() {
    if is_on_a_server() {
        return;
    }
    let shop = inactive().await;
    let db = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    let whose = [ANI, BUDI].map(|own| shop.person(own)).into_iter();
    let first = whose.min().unwrap();
    let damage = "update entries set act = '{}' where subject = ?1";
    assert!(db.execute(damage, [first.as_bytes()]).unwrap() > 0);
    let done = retention::run(&shop).await.unwrap();
    assert_eq!((done.people, done.passed_over), (1, 1));
    let erased = [ANI, BUDI].map(|own| shop.gate.holders(&email(own)).is_empty());
    assert_eq!(erased.into_iter().filter(|own| *own).count(), 1);
}

#[tokio::test]
async fn a_server_destroys_nothing_by_itself_while_its_clock_is_in_doubt() {
    let shop = shop_of_two().await;
    let term = i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap());
    shop.wait_days(term + 1);
    // What the wrong clock dates itself does not speak for it.
    shop.consented(&["citi@example.com"]).await;
    let refused = retention::run_scheduled(&shop).await;
    assert!(matches!(refused, Err(ScheduleError::ClockInDoubt(_))));
    assert_eq!(shop.store.order_count().await.unwrap(), 2);
    assert_eq!(shop.person(ANI), shop.gate.holders(&email(ANI))[0]);
    assert_eq!(retention::run(&shop).await.unwrap().people, 2, "by hand");
}

#[tokio::test]
async fn a_server_whose_ledger_went_on_destroys_what_is_due_by_itself() {
    let shop = shop_of_two().await;
    let term = i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap());
    for day in (0..=term).step_by(60) {
        shop.consented(&[&format!("p{day}@example.com")]).await;
        shop.wait_days(60);
    }
    let done = retention::run_scheduled(&shop).await.unwrap();
    assert!(done.orders == 2 && done.people >= 2, "{done:?}");
}

/// Lines of the journal that name people, addresses, or both.
pub(crate) fn journalled(shop: &Shop) -> [usize; 3] {
    let journal = fs::read_to_string(shop.path("safe").join("refusals.journal")).unwrap();
    let noted = journal.lines().filter_map(|line| line.split_once(" {"));
    let noted = noted.map(|(_, json)| serde_json::from_str(&format!("{{{json}")).unwrap());
    let names = |own: &serde_json::Value, what: &str| !own[what].as_array().unwrap().is_empty();
    let mut found = [0; 3];
    for own in noted.collect::<Vec<serde_json::Value>>() {
        match (names(&own, "subjects"), names(&own, "addresses")) {
            (true, false) => found[0] += 1,
            (false, _) => found[1] += 1,
            (true, true) => found[2] += 1,
        }
    }
    found
}

#[tokio::test]
async fn nobody_who_was_inactive_is_found_by_address_in_any_file_after_the_run() {
    if is_on_a_server() {
        return;
    }
    let shop = shop_of_two().await;
    for address in [ANI, BUDI] {
        shop.opt_out(address).await;
    }
    let term = i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap());
    shop.wait_days(term + 1);
    let hashes = [ANI, BUDI].map(|own| *shop.store.hasher().lookup(&email(own)).as_bytes());
    let everywhere = |own: &[u8]| {
        let places = [shop.data_folder(), shop.path("safe")];
        places.map(|place| holding(&place, own)).concat()
    };
    for hash in hashes {
        assert_ne!(everywhere(&hash), [""; 0], "the control");
    }
    assert_eq!(retention::run(&shop).await.unwrap().people, 2);
    for hash in hashes {
        assert_eq!(everywhere(&hash), [""; 0]);
        assert_eq!(everywhere(izin_store::hex(&hash).as_bytes()), [""; 0]);
    }
    for value in [ANI, BUDI].into_iter().chain(PLANTED) {
        assert_eq!(everywhere(value.as_bytes()), [""; 0], "{value}");
    }
    let [people, addresses, both] = journalled(&shop);
    assert!(people >= 4 && addresses >= 4, "{people}, {addresses}");
    assert_eq!(both, 0, "no line says whose an address was");
}
