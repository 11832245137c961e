//! A shop, people who opt out at any moment, a mail server with every fault, crashes: all by
//! chance, from a seed that a failure prints.
//!
//! The checker: nobody gets a mail that was handed over after their opt-out was acknowledged,
//! nobody gets a campaign twice, and every person of a campaign stands somewhere.

use std::collections::BTreeMap;

use izin_core::Verdict;
use izin_testkit::{Dice, MailServer, Shop, Turn};

const SEEDS: std::ops::Range<u64> = 0..6;
const PEOPLE: u64 = 40;
const ROUNDS: u64 = 12;
const TURNS: [Turn; 8] = [
    Turn::Accept,
    Turn::Accept,
    Turn::Accept,
    Turn::RefuseForNow,
    Turn::NoSuchAddress,
    Turn::RefuseForGood,
    Turn::DropBeforeDot,
    Turn::DropAfterDot,
];

/// How many mails each person had when they opted out.
type OptedOut = BTreeMap<String, usize>;

fn address(number: u64) -> String {
    format!("p{number}@example.com")
}

async fn round(shop: &mut Shop, server: &MailServer, dice: &mut Dice, opted_out: &mut OptedOut) {
    for _ in 0..dice.below(6) {
        server.plan(&address(dice.below(PEOPLE)), &[dice.pick(&TURNS)]);
    }
    let id = shop.begin().await;
    if dice.once_in(2) {
        shop.queue(id).await;
    }
    for _ in 0..1 + dice.below(4) {
        if dice.once_in(3) {
            let who = address(dice.below(PEOPLE));
            shop.opt_out(&who).await;
            let had = server.mails_to(&who).len();
            opted_out.entry(who).or_insert(had);
        }
        if dice.once_in(4) {
            let most = u32::try_from(dice.below(5)).unwrap();
            shop.take(id, most).await;
            shop.reopen().await;
        }
        // A fault of the server stops a hand-over; the next one goes on.
        drop(shop.hand_over(id).await);
    }
    shop.wait_days(1);
}

#[tokio::test]
async fn whatever_happens_nobody_is_written_to_after_their_no_or_twice() {
    for seed in SEEDS {
        let dice = &mut Dice::new(seed);
        let server = MailServer::start().await;
        let mut shop = Shop::with_mail(&server).await;
        let people: Vec<String> = (0..PEOPLE).map(address).collect();
        shop.consented(&people.iter().map(String::as_str).collect::<Vec<_>>())
            .await;
        let mut opted_out = OptedOut::new();
        for _ in 0..ROUNDS {
            round(&mut shop, &server, dice, &mut opted_out).await;
        }
        check(&shop, &server, &opted_out, seed).await;
    }
}

async fn check(shop: &Shop, server: &MailServer, opted_out: &OptedOut, seed: u64) {
    assert!(
        opted_out.len() > 3,
        "seed {seed}: too few opt-outs to tell anything"
    );
    for (who, had) in opted_out {
        assert_eq!(
            server.mails_to(who).len(),
            *had,
            "seed {seed}: {who} got a mail after the no"
        );
        assert_eq!(shop.ask(who).verdict, Verdict::Deny, "seed {seed}");
    }
    let mut received = BTreeMap::<String, usize>::new();
    for mail in server.mails() {
        *received.entry(mail.header("Message-ID")).or_default() += 1;
    }
    assert!(
        received.values().all(|times| *times == 1),
        "seed {seed}: a mail came twice"
    );
    assert!(
        received.len() > 100,
        "seed {seed}: too few mails to tell anything"
    );
    for campaign in izin_app::campaign::list(shop).await.unwrap() {
        let standing = &campaign;
        let left_out: u64 = standing.denied.values().sum();
        let elsewhere = standing.sent + standing.waiting + standing.refused + standing.in_doubt;
        assert_eq!(
            standing.considered,
            left_out + elsewhere,
            "seed {seed}: {standing:?}"
        );
        assert_eq!(standing.considered, PEOPLE, "seed {seed}: {standing:?}");
    }
}
