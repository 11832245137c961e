//! kill -9 under load, again and again.

use std::time::{Duration, Instant};

use izin_testkit::{Dice, TempDir};

use crate::house::{House, rounds, turn};
use crate::load::{Load, denied, entered, lost};

/// Acknowledged opt-outs before a kill, at most.
const ACKNOWLEDGED_MAX: u64 = 60;
/// From the start of a process to its first right answer.
const FIRST_ANSWER_MAX: Duration = Duration::from_secs(2);

#[test]
fn no_acknowledged_opt_out_is_lost_or_doubled_by_kills() {
    let _turn = turn();
    let place = TempDir::new();
    let house = House::new(place.path());
    let (load, dice) = (Load::default(), &mut Dice::new(9));
    let mut server = house.serve();
    for round in 0..rounds(30, 200) {
        let enough = 1 + dice.below(ACKNOWLEDGED_MAX);
        let heard = load.until(server, enough, |server| server.kill());
        let started = Instant::now();
        server = house.serve();
        let last = heard.last().unwrap().person;
        let reason = denied(&mut server.client(), last);
        let waited = started.elapsed();
        assert_eq!(
            reason.as_deref(),
            Some("opted_out_channel"),
            "round {round}"
        );
        assert!(waited <= FIRST_ANSWER_MAX, "round {round}: {waited:?}");
        assert_eq!(
            lost(&house.data, &heard),
            Vec::<u64>::new(),
            "round {round}"
        );
        load.ask_again(&server);
    }
    server.stop();
    let all = load.acknowledged();
    assert_eq!(lost(&house.data, &all), Vec::<u64>::new());
    assert_eq!(entered(&house.data), all.len(), "each once");
    assert_eq!(
        house.findings(),
        Vec::<String>::new(),
        "leaves, root and checkpoints"
    );
    house.verify_log();
}

#[test]
fn the_check_finds_an_acknowledgement_that_nobody_recorded() {
    let _turn = turn();
    let place = TempDir::new();
    let house = House::new(place.path());
    let load = Load::default();
    let heard = load.until(house.serve(), 5, |server| server.kill());
    let mut doctored = heard.clone();
    doctored[0].seq += 1_000;
    doctored[1].blinding = "00".repeat(32);
    let named = [doctored[0].person, doctored[1].person];
    assert_eq!(lost(&house.data, &doctored), named);
    assert_eq!(lost(&house.data, &heard), Vec::<u64>::new());
}
