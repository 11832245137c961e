//! A clock that jumps: a no stands whatever the time is said to be, and nothing that was recorded is
//! out of order.

use izin_core::{Act, Origin, Reason, Verdict};
use izin_store::Command;
use izin_testkit::Shop;
use izin_testkit::world::NOON;

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";
const CITRA: &str = "citra@example.com";

const HOUR: i64 = 3_600;
const YEAR: i64 = 365 * 24 * HOUR;

#[tokio::test]
async fn a_no_stands_through_every_jump_of_the_clock_and_a_restart() {
    let mut shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    shop.opt_out(ANI).await;
    for jump in [-HOUR, YEAR, -YEAR, 0] {
        shop.clock.set(NOON.plus_seconds(jump));
        assert_eq!(shop.ask(ANI).reason, Reason::OptedOutChannel, "{jump} s");
        shop.reopen().await;
        assert_eq!(
            shop.ask(ANI).reason,
            Reason::OptedOutChannel,
            "{jump} s, restarted"
        );
    }
}

#[tokio::test]
async fn a_no_said_while_the_clock_is_behind_stands_when_it_is_right_again() {
    let mut shop = Shop::open().await;
    shop.consented(&[BUDI]).await;
    shop.clock.set(NOON.plus_seconds(-HOUR));
    let before = shop.gate.seq();
    shop.opt_out(BUDI).await;
    assert!(
        shop.gate.seq() > before,
        "the ledger counts on, whatever the clock says"
    );
    assert_eq!(shop.ask(BUDI).reason, Reason::OptedOutChannel);
    shop.clock.set(NOON);
    shop.reopen().await;
    assert_eq!(shop.ask(BUDI).reason, Reason::OptedOutChannel);
}

/// The control: what the time decides does change with it, or the jumps above would prove nothing.
#[tokio::test]
async fn a_pause_ends_by_the_clock_as_it_is_set() {
    let shop = Shop::open().await;
    shop.consented(&[CITRA]).await;
    let pause = Act::Paused {
        channel: None,
        until: NOON.plus_seconds(HOUR),
        origin: Origin::Page,
    };
    let command = Command::Act {
        subject: Some(shop.person(CITRA)),
        act: pause,
        detail: None,
    };
    shop.store.record(vec![command], NOON).await.unwrap();
    assert_ne!(shop.ask(CITRA).verdict, Verdict::Allow);
    shop.clock.set(NOON.plus_seconds(2 * HOUR));
    assert_eq!(shop.ask(CITRA).verdict, Verdict::Allow);
    shop.clock.set(NOON);
    assert_ne!(shop.ask(CITRA).verdict, Verdict::Allow);
}
