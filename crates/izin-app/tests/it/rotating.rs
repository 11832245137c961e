//! Other keys under the addresses change no answer: not while they are brought forward, not when that
//! is broken off anywhere, not after a start.

use std::collections::BTreeSet;

use izin_app::erasure::{self, Asked};
use izin_app::link::Link;
use izin_app::{Who, optout};
use izin_core::{Channel, Decision, Origin, Scope, SubjectId, Verdict};
use izin_store::Store;
use izin_testkit::policy::email;
use izin_testkit::{Dice, Shop, Steps, break_off};

/// Each in two spellings.
const PEOPLE: [[&str; 2]; 5] = [
    ["ani@example.com", "ANI@Example.com"],
    ["budi@example.com", " Budi@example.com "],
    ["citra@example.org", "Citra@EXAMPLE.org"],
    ["dewi@example.net", "dewi@Example.NET"],
    ["eka@example.com", "EKA@example.com"],
];
/// Histories tried, and how long each is.
const SEEDS: u64 = 12;
const HAPPENINGS: usize = 30;

/// A shop, what was refused in it, and links that were sent from it.
struct House {
    shop: Shop,
    dice: Dice,
    refused: BTreeSet<usize>,
    links: Vec<(usize, Link)>,
    seen: BTreeSet<SubjectId>,
}

impl House {
    async fn new(seed: u64) -> Self {
        Self {
            shop: Shop::open().await,
            dice: Dice::new(seed),
            refused: BTreeSet::new(),
            links: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.dice.below(sides as u64)).unwrap()
    }

    async fn happen(&mut self) {
        let who = self.roll(PEOPLE.len());
        let spelling = self.roll(2);
        let address = PEOPLE[who][spelling];
        match self.roll(10) {
            0..=2 => self.shop.consented(&[address]).await,
            3 => self.refuse(who, address).await,
            4 => self.send_link(who, address).await,
            5 => self.press().await,
            6 => self.erase(who, address).await,
            7 => {
                self.shop.save_gate(1);
                self.shop.reopen().await;
            }
            _ => {
                let after = 1 + self.roll(6);
                rotation_broken_off(&self.shop.store, after).await;
            }
        }
    }

    async fn refuse(&mut self, who: usize, address: &str) {
        self.shop.opt_out(address).await;
        self.refused.insert(who);
    }

    /// A message goes out with its link, and lies in a mailbox from here on.
    async fn send_link(&mut self, who: usize, address: &str) {
        let holders = self.shop.gate.holders(&email(address));
        self.seen.extend(&holders);
        for subject in holders {
            let own = self.shop.store.identifiers(subject).await.unwrap();
            self.links.extend(own.iter().map(|own| {
                let link = Link {
                    subject,
                    address: own.suppression,
                    channel: Channel::Email,
                    campaign: 0,
                };
                (who, link)
            }));
        }
    }

    /// Somebody presses a link of whatever age.
    async fn press(&mut self) {
        if self.links.is_empty() {
            return;
        }
        if let Some((who, link)) = self.dice.perhaps(&self.links) {
            let scope = Scope::channel(Channel::Email);
            let pressed = optout::by_link(&self.shop, &link, scope, Origin::OneClick);
            pressed.await.unwrap();
            self.refused.insert(who);
        }
    }

    async fn erase(&mut self, who: usize, address: &str) {
        let asked = Asked {
            who: Who::Identifier(email(address)),
            origin: Origin::Agent,
            detail: None,
        };
        if erasure::erase(&self.shop, asked).await.is_ok() {
            self.refused.insert(who);
        }
    }

    /// What is answered about every spelling and every person seen.
    fn answers(&self) -> Vec<(Decision, usize)> {
        let addresses = PEOPLE.iter().flatten().map(|own| {
            let noes = self.shop.gate.suppressions(&email(own)).len();
            (self.shop.ask(own), noes)
        });
        let marketing = izin_testkit::policy::purpose_id("marketing");
        let request = izin_core::Request::of(marketing, Channel::Email);
        let people = self.seen.iter();
        let people = people.map(|own| (self.shop.decide(&Who::Subject(*own), &request), 0));
        addresses.chain(people).collect()
    }

    fn assert_refused(&self, when: &str) {
        for who in &self.refused {
            for spelling in PEOPLE[*who] {
                let answer = self.shop.ask(spelling);
                assert_ne!(answer.verdict, Verdict::Allow, "{spelling} {when}");
                let noes = self.shop.gate.suppressions(&email(spelling));
                assert!(!noes.is_empty(), "{spelling} {when}");
            }
        }
    }
}

/// Begins new address keys, or goes on with them, and breaks that off after so many steps; says whether
/// there were as many.
async fn rotation_broken_off(store: &Store, after: usize) -> bool {
    let steps = Steps::default();
    let rotation = store.rotate_addresses(|_, _| steps.done());
    break_off(rotation, (&steps, after)).await.is_none()
}

#[tokio::test]
async fn whatever_was_refused_before_is_refused_after_by_every_spelling_link_and_id() {
    let (mut broken_off, mut refused) = (0, 0);
    for seed in 0..SEEDS {
        let mut house = House::new(seed).await;
        for number in 0..HAPPENINGS {
            house.happen().await;
            let when = format!("seed {seed}, happening {number}");
            house.assert_refused(&when);
        }
        // A rotation begun and broken off at every step answers as before it, and so does a start.
        let before = house.answers();
        for after in 1.. {
            let more = rotation_broken_off(&house.shop.store, after).await;
            assert_eq!(house.answers(), before, "seed {seed}, step {after}");
            if !more {
                break;
            }
            broken_off += 1;
        }
        house.shop.reopen().await;
        assert_eq!(house.answers(), before, "seed {seed}, after a start");
        house.shop.save_gate(1);
        house.shop.reopen().await;
        assert!(house.shop.saved().is_some() || house.shop.gate.seq().is_none());
        assert_eq!(house.answers(), before, "seed {seed}, from a snapshot");
        refused += house.refused.len();
    }
    assert!(broken_off > 20 && refused > 10, "{broken_off} {refused}");
}

#[tokio::test]
async fn a_snapshot_from_before_or_from_amid_a_rotation_is_left_aside() {
    let mut shop = Shop::open().await;
    shop.consented(&["ani@example.com", "budi@example.com"])
        .await;
    shop.opt_out("ani@example.com").await;
    shop.save_gate(1);
    assert!(rotation_broken_off(&shop.store, 1).await);
    let before = shop.saved();
    shop.consented(&["citra@example.org"]).await;
    shop.save_gate(1);
    assert_eq!(shop.saved(), before, "amid");
    shop.reopen().await;
    assert_eq!(shop.saved(), None, "from before");
    assert_ne!(shop.ask("Ani@example.com").verdict, Verdict::Allow);
    assert_eq!(shop.ask("budi@example.com").verdict, Verdict::Allow);
}

#[tokio::test]
async fn people_who_share_an_address_share_its_strictest_answer_all_along() {
    let shop = Shop::open().await;
    let file = "customer,email,consent_marketing_email,consent_at,consent_evidence\n\
        CUST-1,ani@example.com,yes,2026-01-02,web form\n\
        CUST-2,ani@example.com,,,\n";
    shop.import(izin_app::import::Kind::Contacts, file).await;
    let holders = shop.gate.holders(&email("ani@example.com"));
    assert_eq!(holders.len(), 2);
    let marketing = izin_testkit::policy::purpose_id("marketing");
    let request = izin_core::Request::of(marketing, Channel::Email);
    let answers = || -> Vec<Decision> {
        let each = holders.iter().map(|own| Who::Subject(*own));
        each.map(|who| shop.decide(&who, &request)).collect()
    };
    let before = (answers(), shop.ask("ani@example.com"));
    assert_ne!(before.1.verdict, Verdict::Allow, "one of them never agreed");
    for after in 1.. {
        let more = rotation_broken_off(&shop.store, after).await;
        assert_eq!((answers(), shop.ask("ani@example.com")), before);
        assert_eq!(shop.gate.holders(&email("ANI@example.com")), holders);
        if !more {
            break;
        }
    }
}
