//! Room under the caps: never taken twice, whoever asks, whatever breaks.

use izin_app::reserve::{self, Held};
use izin_app::{Who, deliver};
use izin_core::policy::{Cap, CapId, Over};
use izin_core::window::{Limit, Window};
use izin_core::{Channel, Identifier, Reason, Request, Verdict};
use izin_store::{CampaignState, Settled};
use izin_testkit::policy::{email, purpose_id};
use izin_testkit::shop::TEMPLATE;
use izin_testkit::{MailServer, Shop, Turn};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

fn cap(at_most: u16, over: Over) -> Cap {
    Cap {
        id: CapId::parse("weekly").unwrap(),
        channel: Some(Channel::Email),
        class: None,
        purpose: None,
        topic: None,
        limit: Limit::new(at_most, Window::parse("7d").unwrap()).unwrap(),
        over,
    }
}

/// A shop whose customers get so many messages a week.
async fn capped(server: &MailServer, at_most: u16, over: Over) -> Shop {
    let mut shop = Shop::with_mail(server).await;
    shop.declared.caps = vec![cap(at_most, over)];
    shop.reopen().await;
    shop.consented(&[ANI, BUDI]).await;
    shop
}

fn marketing() -> Request {
    Request::of(purpose_id("marketing"), Channel::Email)
}

async fn reserve(shop: &Shop, address: &str) -> Held {
    let who = Who::Identifier(email(address));
    reserve::send(shop, &who, &marketing()).await.unwrap()
}

#[tokio::test]
async fn of_many_who_ask_at_once_only_as_many_get_room_as_there_is() {
    let server = MailServer::start().await;
    let shop = capped(&server, 2, Over::Defer).await;
    let who = Who::Identifier(email(ANI));
    let (own, request) = (Who::Subject(shop.person(ANI)), marketing());
    let held = tokio::join!(
        reserve::send(&shop, &who, &request),
        reserve::send(&shop, &own, &request),
        reserve::send(&shop, &who, &request),
        reserve::send(&shop, &own, &request),
        reserve::send(&shop, &who, &request),
    );
    let held = [held.0, held.1, held.2, held.3, held.4].map(Result::unwrap);
    let got = held.iter().filter(|own| own.reservation.is_some()).count();
    assert_eq!(got, 2);
    for own in held {
        let allowed = own.decision.verdict == Verdict::Allow;
        assert_eq!(own.reservation.is_some(), allowed, "{:?}", own.decision);
        assert!(allowed || own.decision.reason == Reason::Capped);
    }
    assert!(reserve(&shop, BUDI).await.reservation.is_some());
}

#[tokio::test]
async fn room_survives_a_crash_until_it_is_settled_and_settling_twice_changes_nothing() {
    let server = MailServer::start().await;
    let mut shop = capped(&server, 1, Over::Defer).await;
    let room = reserve(&shop, ANI).await.reservation.unwrap();
    shop.reopen().await;
    assert_eq!(reserve(&shop, ANI).await.decision.reason, Reason::Capped);

    assert_eq!(reserve::release(&shop, room).await.unwrap(), Settled::Done);
    assert_eq!(
        reserve::release(&shop, room).await.unwrap(),
        Settled::Already
    );
    assert_eq!(
        reserve::confirm(&shop, room).await.unwrap(),
        Settled::Otherwise
    );
    let again = reserve(&shop, ANI).await.reservation.unwrap();
    assert_eq!(reserve::confirm(&shop, again).await.unwrap(), Settled::Done);
    assert_eq!(
        reserve::confirm(&shop, again).await.unwrap(),
        Settled::Already
    );
    shop.reopen().await;
    shop.wait_days(6);
    assert_eq!(reserve(&shop, ANI).await.decision.reason, Reason::Capped);
    shop.wait_days(2);
    assert!(reserve(&shop, ANI).await.reservation.is_some());
}

#[tokio::test]
async fn what_became_of_room_after_a_snapshot_counts() {
    let server = MailServer::start().await;
    let mut shop = capped(&server, 1, Over::Defer).await;
    let ani = reserve(&shop, ANI).await.reservation.unwrap();
    let budi = reserve(&shop, BUDI).await.reservation.unwrap();
    assert_eq!(reserve::confirm(&shop, budi).await.unwrap(), Settled::Done);
    shop.save_gate(1);
    assert_eq!(reserve::release(&shop, ani).await.unwrap(), Settled::Done);
    shop.reopen().await;
    assert_eq!(shop.saved(), shop.gate.seq(), "started from the snapshot");
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "released");
    assert_eq!(shop.ask(BUDI).reason, Reason::Capped, "sent");
    assert!(reserve(&shop, ANI).await.reservation.is_some());
    shop.reopen().await;
    assert_eq!(shop.saved(), shop.gate.seq());
    assert_eq!(shop.ask(ANI).reason, Reason::Capped, "held since");
}

#[tokio::test]
async fn room_that_its_sender_forgets_is_listed_and_then_counts_as_sent() {
    let server = MailServer::start().await;
    let mut shop = capped(&server, 1, Over::Defer).await;
    let room = reserve(&shop, ANI).await.reservation.unwrap();
    shop.reopen().await;
    let open = reserve::open(&shop, None, 2).await.unwrap().unwrap();
    assert_eq!(open.next, None);
    let listed: Vec<_> = open.rooms.iter().map(|own| (own.id, own.subject)).collect();
    assert_eq!(listed, [(room, shop.person(ANI))]);

    shop.wait_days(1);
    let open = reserve::open(&shop, None, 2).await.unwrap().unwrap();
    assert_eq!(open.rooms, []);
    assert_eq!(reserve(&shop, ANI).await.decision.reason, Reason::Capped);
    assert_eq!(
        reserve::release(&shop, room).await.unwrap(),
        Settled::Otherwise
    );
    shop.reopen().await;
    shop.wait_days(6);
    assert_eq!(reserve(&shop, ANI).await.decision.reason, Reason::Capped);
    shop.wait_days(1);
    assert!(reserve(&shop, ANI).await.reservation.is_some());
}

#[tokio::test]
async fn a_no_holds_no_room() {
    let server = MailServer::start().await;
    let shop = capped(&server, 1, Over::Defer).await;
    shop.opt_out(ANI).await;
    let held = reserve(&shop, ANI).await;
    assert_eq!(
        (held.decision.reason, held.reservation),
        (Reason::OptedOutChannel, None)
    );
    assert_eq!(shop.gate.sends(shop.person(ANI)), []);
}

#[tokio::test]
async fn an_opt_out_at_the_same_moment_either_comes_after_the_answer_or_decides_it() {
    let server = MailServer::start().await;
    for _ in 0..20 {
        let shop = capped(&server, 1, Over::Defer).await;
        let (held, ()) = tokio::join!(reserve(&shop, ANI), shop.opt_out(ANI));
        let person = shop.person(ANI);
        if held.reservation.is_none() {
            assert_eq!(held.decision.reason, Reason::OptedOutChannel);
        }
        assert_eq!(
            shop.gate.sends(person).len(),
            usize::from(held.reservation.is_some())
        );
        assert_eq!(
            reserve(&shop, ANI).await.decision.reason,
            Reason::OptedOutChannel
        );
    }
}

#[tokio::test]
async fn two_campaigns_and_other_senders_at_once_never_exceed_a_cap() {
    let server = MailServer::start().await;
    let shop = capped(&server, 1, Over::Defer).await;
    let first = shop.begin().await;
    let other = TEMPLATE.replace("\"Promo\"", "\"Lagi\"");
    let second = shop.try_begin(&other, purpose_id("marketing"), Channel::Email);
    let second = second.await.unwrap();
    shop.queue(first).await;
    shop.queue(second).await;
    let who = Who::Identifier(email(ANI));
    let request = marketing();
    let (a, b, held) = tokio::join!(
        shop.hand_over(first),
        shop.hand_over(second),
        reserve::send(&shop, &who, &request),
    );
    a.and(b).unwrap();
    let elsewhere = usize::from(held.unwrap().reservation.is_some());
    assert_eq!(server.mails_to(ANI).len() + elsewhere, 1);
    assert_eq!(server.mails_to(BUDI).len(), 1);
    let standing = [shop.standing(first).await, shop.standing(second).await];
    let deferred: u64 = standing.iter().map(|own| own.deferred).sum();
    assert_eq!(deferred, 2 + elsewhere as u64);
}

#[tokio::test]
async fn what_was_capped_is_sent_by_the_same_campaign_when_there_is_room() {
    let server = MailServer::start().await;
    let shop = capped(&server, 1, Over::Defer).await;
    assert_eq!(shop.send().await.sent, 2);
    let second = shop.send().await;
    assert_eq!((second.sent, second.deferred), (0, 2));
    assert_eq!(second.state, CampaignState::Waiting);
    shop.wait_days(6);
    shop.hand_over(second.id).await.unwrap();
    assert_eq!(server.mails().len(), 2);
    shop.wait_days(1);
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(server.mails().len(), 4);
    assert_eq!(shop.standing(second.id).await.state, CampaignState::Done);
}

#[tokio::test]
async fn a_cap_that_drops_leaves_nothing_to_be_sent_later() {
    let server = MailServer::start().await;
    let shop = capped(&server, 1, Over::Drop).await;
    shop.send().await;
    let second = shop.send().await;
    assert_eq!((second.sent, second.denied[&Reason::Capped]), (0, 2));
    assert_eq!(second.state, CampaignState::Done);
}

#[tokio::test]
async fn a_message_in_doubt_counts_and_one_that_was_refused_does_not() {
    for (turn, again) in [
        (Turn::DropAfterDot, Reason::Capped),
        (Turn::RefuseForGood, Reason::Consent),
    ] {
        let server = MailServer::start().await;
        let mut shop = capped(&server, 1, Over::Defer).await;
        server.plan(ANI, &[turn]);
        let id = shop.begin().await;
        shop.queue(id).await;
        drop(shop.hand_over(id).await);
        shop.reopen().await;
        assert_eq!(shop.ask(ANI).reason, again, "{turn:?}");
    }
}

#[tokio::test]
async fn what_was_being_handed_over_in_a_crash_counts_as_sent() {
    let server = MailServer::start().await;
    let mut shop = capped(&server, 1, Over::Defer).await;
    let id = shop.begin().await;
    shop.queue(id).await;
    assert_eq!(shop.take(id, 2).await, 2);
    shop.reopen().await;
    assert_eq!(shop.ask(ANI).reason, Reason::Capped);
    shop.hand_over(id).await.unwrap();
    assert_eq!(shop.standing(id).await.in_doubt, 2);
    let next = shop.send().await;
    assert_eq!((next.sent, next.deferred), (0, 2));
    assert_eq!(server.mails().len(), 0);
}

const SHARED: &str = "kami@example.com";

/// A shop that sends one message a week, and two customers with the same address.
async fn sharing(server: &MailServer) -> (Shop, [Who; 2]) {
    let mut shop = Shop::with_mail(server).await;
    shop.declared.caps = vec![cap(1, Over::Defer)];
    shop.reopen().await;
    let file = "customer,email,consent_marketing_email,consent_evidence\n\
                C1,kami@example.com,yes,form\nC2,kami@example.com,yes,form\n";
    shop.import(izin_app::import::Kind::Contacts, file).await;
    let people = shop.gate.everybody();
    let people = [people[0], people[1]].map(Who::Subject);
    (shop, people)
}

#[tokio::test]
async fn of_messages_at_once_to_two_who_share_an_address_one_has_room() {
    let server = MailServer::start().await;
    for _ in 0..20 {
        let (shop, [one, two]) = sharing(&server).await;
        let request = marketing();
        let (a, b) = tokio::join!(
            reserve::send(&shop, &one, &request),
            reserve::send(&shop, &two, &request)
        );
        let held = [a, b].map(|own| own.unwrap().reservation);
        assert_eq!(held.iter().flatten().count(), 1, "{held:?}");
        for who in [one, two, Who::Identifier(email(SHARED))] {
            assert_eq!(shop.decide(&who, &request).reason, Reason::Capped);
            let held = reserve::send(&shop, &who, &request).await.unwrap();
            assert_eq!(held.decision.reason, Reason::Capped);
        }
    }
}

#[tokio::test]
async fn room_is_held_for_all_who_share_the_address_however_the_person_was_asked_about() {
    let server = MailServer::start().await;
    let number = Who::Identifier(Identifier::customer("C1").unwrap());
    let address = Who::Identifier(email(SHARED));
    for asked in [None, Some(number), Some(address)] {
        let (shop, [one, two]) = sharing(&server).await;
        let who = asked.as_ref().unwrap_or(&one);
        let held = reserve::send(&shop, who, &marketing()).await.unwrap();
        assert!(held.reservation.is_some(), "{asked:?}");
        for person in [&one, &two] {
            let Who::Subject(person) = person else {
                panic!("{person:?}");
            };
            assert_eq!(shop.gate.sends(*person).len(), 1, "{asked:?}");
        }
    }
}

#[tokio::test]
async fn a_campaign_and_another_sender_at_once_do_not_both_reach_a_shared_address() {
    let server = MailServer::start().await;
    for turn in 0..10 {
        let (shop, [_, two]) = sharing(&server).await;
        let id = shop.begin().await;
        shop.queue(id).await;
        let before = server.mails_to(SHARED).len();
        let request = marketing();
        let (handed, held) =
            tokio::join!(shop.hand_over(id), reserve::send(&shop, &two, &request),);
        handed.unwrap();
        let elsewhere = usize::from(held.unwrap().reservation.is_some());
        assert_eq!(
            server.mails_to(SHARED).len() - before + elsewhere,
            1,
            "{turn}"
        );
    }
}

#[tokio::test]
async fn room_that_is_given_back_is_free_for_all_who_share_the_address() {
    let server = MailServer::start().await;
    let (mut shop, [one, two]) = sharing(&server).await;
    let request = marketing();
    let held = reserve::send(&shop, &one, &request).await.unwrap();
    let room = held.reservation.unwrap();
    shop.reopen().await;
    assert_eq!(shop.decide(&two, &request).reason, Reason::Capped);
    assert_eq!(reserve::release(&shop, room).await.unwrap(), Settled::Done);
    assert_eq!(shop.decide(&two, &request).verdict, Verdict::Allow);
    let held = reserve::send(&shop, &two, &request).await.unwrap();
    assert!(held.reservation.is_some());
}
