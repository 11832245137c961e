//! A disk that is full, and one that takes nothing more: an opt-out is told to come back, never that
//! it stands; what is known goes on to be denied.

use izin_testkit::Volume;

use crate::house::{House, Server, turn};
use crate::load::{Acknowledged, denied, doubled, entered, heard, lost, opt_out};

/// Size of the file system, in MiB.
const VOLUME_MEBIBYTES: u64 = 24;
/// Opt-outs before the fault.
const BEFORE: u64 = 40;
/// Opt-outs tried while the fault lasts; those that still fit into files that are there may stand.
const DURING: u64 = 400;
/// Times that somebody comes back once the fault is over.
const AGAIN: u64 = 50;

/// Opts people out; who heard that it stands, and whether anybody was told to come back.
fn try_all(server: &Server, people: std::ops::Range<u64>) -> (Vec<Acknowledged>, u64) {
    let (mut stands, mut refused) = (Vec::new(), 0);
    let mut client = server.client();
    for person in people {
        match opt_out(&mut client, person).unwrap() {
            (200, body) => stands.push(heard(person, &body)),
            (503, _) => refused += 1,
            (status, body) => panic!("{status}: {body}"),
        }
    }
    (stands, refused)
}

fn known_are_denied(server: &Server, known: &[Acknowledged]) {
    let mut client = server.client();
    for own in known {
        let reason = denied(&mut client, own.person);
        assert_eq!(
            reason.as_deref(),
            Some("opted_out_channel"),
            "{}",
            own.person
        );
    }
}

#[test]
fn a_full_disk_answers_503_denies_what_is_known_and_recovers() {
    let _turn = turn();
    let Some(volume) = Volume::or_skip(VOLUME_MEBIBYTES) else {
        return;
    };
    let house = House::new(&volume.path());
    let server = house.serve();
    let (mut stands, refused) = try_all(&server, 0..BEFORE);
    assert_eq!(refused, 0);
    volume.fill();
    let (during, refused) = try_all(&server, BEFORE..BEFORE + DURING);
    assert!(refused > 0, "the disk is full, and {} stand", during.len());
    stands.extend(during);
    known_are_denied(&server, &stands);
    volume.make_room();
    let came_back = (0..AGAIN).find_map(|_| {
        let (own, _) = try_all(&server, 10_000..10_001);
        own.into_iter().next()
    });
    stands.push(came_back.expect("it stands once there is room again"));
    known_are_denied(&server, &stands);
    server.kill();
    volume.power_on();
    assert_eq!(lost(&house.data, &stands), Vec::<u64>::new());
    house.serve().stop();
    // What was answered with 503 may have come into the ledger from the journal since: once.
    assert!(entered(&house.data) >= stands.len());
    assert_eq!(doubled(&house.data), 0);
    assert_eq!(house.findings(), Vec::<String>::new());
}

#[test]
fn a_disk_that_turns_read_only_answers_503_and_denies_what_is_known() {
    let _turn = turn();
    let Some(volume) = Volume::or_skip(VOLUME_MEBIBYTES) else {
        return;
    };
    let house = House::new(&volume.path());
    let server = house.serve();
    let (stands, refused) = try_all(&server, 0..BEFORE);
    assert_eq!(refused, 0);
    volume.become_read_only();
    let (during, refused) = try_all(&server, BEFORE..BEFORE + AGAIN);
    assert_eq!(
        (during.len() as u64, refused),
        (0, AGAIN),
        "nothing can stand"
    );
    known_are_denied(&server, &stands);
    server.kill();
    volume.power_on();
    let server = house.serve();
    known_are_denied(&server, &stands);
    let (again, refused) = try_all(&server, BEFORE..BEFORE + AGAIN);
    assert_eq!((again.len() as u64, refused), (AGAIN, 0));
    server.stop();
    assert_eq!(lost(&house.data, &stands), Vec::<u64>::new());
    assert_eq!(house.findings(), Vec::<String>::new());
}
