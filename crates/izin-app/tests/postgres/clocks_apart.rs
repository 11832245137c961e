//! Processes of one shop whose clocks differ: what one was told counts in all, and none takes another for gone or
//! signs in its place.

use izin_app::audit;
use izin_core::{Reason, Verdict};
use izin_testkit::Shop;
use izin_testkit::postgres::{eventually, is_missing};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";
const CITRA: &str = "citra@example.com";

const HOUR: i64 = 3_600;

/// The first with the right time, one an hour behind, one an hour ahead.
async fn three() -> [Shop; 3] {
    let shop = Shop::open().await;
    let [behind, ahead] = [shop.beside(-HOUR).await, shop.beside(HOUR).await];
    [shop, behind, ahead]
}

/// Waits until all decide in one way.
fn all_say(shops: &[Shop; 3], address: &str, reason: Reason) {
    eventually("all know", || {
        shops.iter().all(|shop| shop.ask(address).reason == reason)
    });
}

#[tokio::test]
async fn a_no_counts_everywhere_whichever_clock_it_was_said_by() {
    if is_missing() {
        return;
    }
    let shops = three().await;
    let [right, behind, ahead] = &shops;
    // The yes is an hour younger than the no that follows it.
    ahead.consented(&[ANI, BUDI, CITRA]).await;
    for address in [ANI, BUDI, CITRA] {
        let known = || {
            shops
                .iter()
                .all(|own| own.ask(address).verdict == Verdict::Allow)
        };
        eventually("all know of the yes", known);
    }
    for (own, address) in [(behind, ANI), (ahead, BUDI), (right, CITRA)] {
        own.opt_out(address).await;
        assert_eq!(own.ask(address).reason, Reason::OptedOutChannel);
        all_say(&shops, address, Reason::OptedOutChannel);
    }
}

#[tokio::test]
async fn nobody_is_taken_for_gone_or_signs_for_another_because_of_a_clock() {
    if is_missing() {
        return;
    }
    let shops = three().await;
    let [right, behind, ahead] = &shops;
    right.consented(&[ANI]).await;
    let signed = audit::checkpoint(right).await.unwrap();
    for other in [behind, ahead] {
        other.opt_out(ANI).await;
        let taken_over = audit::checkpoint(other).await.unwrap();
        assert_eq!(taken_over, signed, "it signs nothing itself");
    }
    assert_ne!(audit::checkpoint(right).await.unwrap(), signed);
    assert!(shops.iter().all(|own| own.lost().is_none()));
}
