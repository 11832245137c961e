//! Evidence of the erased: two people together see it, nobody alone.

use izin_app::door::Role;
use izin_app::evidence::{self, EvidenceError, Shown};
use izin_app::staff::{Alone, Staff};

use izin_core::Timestamp;

use super::erasing::{ANI, erase, merged, shop_of_two};

fn staff() -> [Staff; 2] {
    ["Rini", "Sari"].map(|name| Staff::new(name, Role::Dpo, None).unwrap())
}

#[tokio::test]
async fn evidence_of_the_erased_is_shown_to_two_people_together_and_to_nobody_alone() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person("budi@example.com"));
    erase(&shop).await;
    let [rini, sari] = staff();
    let known = evidence::request(&shop, budi, &rini, "curious").await;
    assert!(matches!(known, Err(EvidenceError::NothingWithheld)));
    let asked = evidence::request(&shop, ani, &rini, "regulator, case 7");
    let item = asked.await.unwrap();
    let alone = evidence::disclose(&shop, item, &rini).await;
    assert!(matches!(
        alone,
        Err(EvidenceError::Alone(Alone::SamePerson))
    ));
    let shown = evidence::disclose(&shop, item, &sari).await.unwrap();
    assert_eq!(said(&shown, ["kiosk of 14 May", "letter of 3 May"]), [1, 1]);
    let told = shown
        .iter()
        .all(|own| !own.act.is_empty() && own.at > Timestamp::from_micros(0));
    assert!(told, "each with its kind and its day");
    let again = evidence::disclose(&shop, item, &sari).await;
    assert!(again.is_err(), "once");
}

#[tokio::test]
async fn evidence_of_whoever_was_erased_with_the_person_is_shown_with_theirs() {
    let shop = shop_of_two().await;
    let guest = merged(&shop).await;
    let ani = erase(&shop).await.entry.subject.unwrap();
    assert_ne!(guest, ani, "the erasure tells one id");
    let [rini, sari] = staff();
    let asked = evidence::request(&shop, ani, &rini, "regulator, case 7");
    let item = asked.await.unwrap();
    let shown = evidence::disclose(&shop, item, &sari).await.unwrap();
    assert_eq!(said(&shown, ["kiosk of 14 May", "stand at a fair"]), [1, 1]);
    assert!(shown.is_sorted_by_key(|own| own.seq));
}

/// How many of the entries shown have these words.
fn said(shown: &[Shown], words: [&str; 2]) -> [usize; 2] {
    let holds = |own: &str| {
        shown
            .iter()
            .filter(|shown| shown.words.contains(own))
            .count()
    };
    words.map(holds)
}
