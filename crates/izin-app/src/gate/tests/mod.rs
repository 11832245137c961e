//! The gate against a plain map of standings, over random histories.

mod acts;
mod oracle;
mod world;

use izin_core::act::Evidence;
use izin_core::decision::Matter;
use izin_core::relation::DetachCause;
use izin_core::{Act, Entry, IdentifierId, IdentifierKind, Seq, SubjectId, Timestamp};
use izin_store::vault::{Key, Sealer};
use izin_store::{Committed, Entropy, IndexKey, SendChange};
use proptest::prelude::*;

use super::person::Person;
use super::row::{pack, unpack, unpack_for};
use super::snapshot::{load, save};
use super::weights::Weights;
use super::words::Words;
use super::{Gate, SnapshotError, Who};
use oracle::Oracle;
use world::{Step, World, hasher, policy};

/// Folds a history into the gate and into the oracle.
fn told(world: &[Step]) -> (Gate, Oracle) {
    let (gate, mut oracle) = (Gate::new(hasher()), Oracle::default());
    for step in world {
        tell(&gate, step);
        oracle.tell(step);
    }
    (gate, oracle)
}

/// Everything both answer is the same.
fn agree(gate: &Gate, oracle: &Oracle, world: &mut World) {
    let policy = policy();
    for subject in world.subjects() {
        assert_eq!(gate.standing(subject).as_ref(), oracle.people.get(&subject));
        assert_eq!(gate.sends(subject), oracle.sends(subject));
    }
    assert_eq!(gate.everybody(), oracle.everybody());
    assert_eq!(gate.count(), oracle.people.len());
    for address in world.addresses() {
        let mut holders = gate.holders(&address);
        holders.sort_unstable();
        holders.dedup();
        assert_eq!(holders, oracle.holders(&address));
        assert_eq!(gate.suppressions(&address), oracle.suppressions(&address));
        for id in world.ids() {
            let held = oracle.is_held_as(&address, id);
            assert_eq!(gate.is_held_as(&address, id), held);
        }
    }
    for _ in 0..6 {
        let request = world.request();
        let now = world.moment();
        let asked = (&policy, now);
        let subjects = world.subjects().into_iter().map(Who::Subject);
        let addresses = world.addresses().into_iter().map(Who::Identifier);
        // Both kinds by turns, as a list may have them.
        let whom: Vec<_> = subjects.zip(addresses).flat_map(<[_; 2]>::from).collect();
        let mut many = Vec::new();
        gate.ask_many(&whom, &request, asked, &mut many);
        assert_eq!(many.len(), whom.len());
        for (who, answer) in whom.iter().zip(&many) {
            let expected = oracle.ask(who, &request, asked);
            let alone = gate.ask(who, &request, &policy, now);
            assert_eq!(alone, expected, "{request:?}");
            assert_eq!(*answer, expected, "in a batch: {request:?}");
        }
    }
}

fn sealer() -> Sealer {
    Sealer::new(Key::from_bytes([7; 32]), Entropy::seeded(1))
}

fn saved(gate: &Gate) -> Vec<u8> {
    let mut bytes = Vec::new();
    save(gate, gate.seq(), (&mut bytes, &sealer())).unwrap();
    bytes
}

fn loaded(bytes: &[u8]) -> Result<Gate, SnapshotError> {
    load((&mut { bytes }, &sealer()), hasher())
}

fn tell(gate: &Gate, step: &Step) {
    match step {
        Step::Entry(committed) => gate.apply(std::slice::from_ref(committed)),
        Step::Send(change) => gate.apply_sends(std::slice::from_ref(change)),
        Step::Saw(subject, at) => gate.saw(*subject, *at),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_gate_answers_as_a_plain_map_of_standings_does(seed: u64, steps in 1_usize..160) {
        let mut world = World::new(seed);
        let history = world.history(steps);
        let (gate, oracle) = told(&history);
        agree(&gate, &oracle, &mut world);
    }

    #[test]
    fn entries_that_come_together_are_folded_as_those_that_come_alone(seed: u64) {
        let mut world = World::new(seed);
        let history = world.history(120);
        let (_, oracle) = told(&history);
        let gate = Gate::new(hasher());
        let entry = |step: &Step| match step {
            Step::Entry(committed) => Some(committed.clone()),
            _ => None,
        };
        let entries: Vec<Committed> = history.iter().filter_map(entry).collect();
        gate.apply(&entries);
        for subject in world.subjects() {
            prop_assert_eq!(gate.standing(subject), oracle.people.get(&subject).cloned());
        }
    }

    #[test]
    fn a_row_gives_back_every_field_and_for_a_channel_all_that_decides(seed: u64) {
        let mut world = World::new(seed);
        let history = world.history(150);
        let (_, oracle) = told(&history);
        let words = Words::default();
        let (mut row, mut again) = (Vec::new(), Person::default());
        for (subject, standing) in &oracle.people {
            let mut person = Person {
                standing: standing.clone(),
                sends: oracle.sends(*subject),
                last_active: oracle.last_active.get(subject).copied(),
                ..Person::default()
            };
            person.relabel();
            pack(&person, (*subject, 9), &words, &mut row);
            unpack(&row, &words, &mut again);
            prop_assert_eq!(&again.standing, &person.standing);
            prop_assert_eq!(&again.sends, &person.sends);
            prop_assert_eq!(again.last_active, person.last_active);
            prop_assert_eq!(&again.labels, &person.labels);
            let (policy, request) = (policy(), world.request());
            let now = world.moment();
            let matter = Matter::new(&request, &policy, now);
            let usage = person.usage();
            let whole = matter.decide(None, &person.standing, usage);
            unpack_for(&row, &Weights::once(&words, matter), &mut again);
            let matter = Matter::new(&request, &policy, now);
            let weighed = matter.decide_by(None, (&again.standing, &again.said), again.usage());
            prop_assert_eq!(weighed, whole);
            let mut rest = person.standing.clone();
            rest.consents.clear();
            rest.refusals.clear();
            rest.identifiers.retain(|(_, kind)| kind.reaches(request.channel));
            prop_assert_eq!(&again.standing, &rest);
            let dates = person.standing.consents.iter().filter(|own| own.evidence == Evidence::Recorded);
            prop_assert_eq!(again.heard, dates.map(|own| own.occurred_at).max());
        }
    }

    #[test]
    fn a_snapshot_and_the_entries_after_it_are_the_whole_history(seed: u64, at in 0_usize..120) {
        let mut world = World::new(seed);
        let history = world.history(120);
        let (first, rest) = history.split_at(at);
        let (gate, mut oracle) = told(first);
        let again = loaded(&saved(&gate)).unwrap();
        prop_assert_eq!(again.seq(), gate.seq());
        for subject in world.subjects() {
            prop_assert_eq!(again.sends(subject), []);
        }
        let sent = |step: &&Step| matches!(step, Step::Send(_));
        first.iter().filter(sent).for_each(|step| tell(&again, step));
        agree(&again, &oracle, &mut world);
        for step in rest {
            tell(&again, step);
            oracle.tell(step);
        }
        agree(&again, &oracle, &mut world);
    }

    #[test]
    fn a_snapshot_that_knows_more_than_it_says_is_the_whole_history_too(
        seed: u64, at in 0_usize..120, ahead in 0_usize..40
    ) {
        let mut world = World::new(seed);
        let history = world.history(120);
        let seq = told(&history[..at]).0.seq();
        let (gate, _) = told(&history[..at + ahead.min(120 - at)]);
        let mut bytes = Vec::new();
        save(&gate, seq, (&mut bytes, &sealer())).unwrap();
        let again = loaded(&bytes).unwrap();
        prop_assert_eq!(again.seq(), seq);
        for step in &history {
            match step {
                Step::Entry(own) if Some(own.entry.seq) <= seq => {}
                step => tell(&again, step),
            }
        }
        let (_, oracle) = told(&history);
        agree(&again, &oracle, &mut world);
    }
}

#[test]
fn a_snapshot_under_the_key_of_before_an_erasure_is_refused_and_names_no_hash() {
    let mut world = World::new(5);
    let (gate, _) = told(&world.history(60));
    let whole = saved(&gate);
    let newer = Sealer::new(Key::from_bytes([8; 32]), Entropy::seeded(1));
    assert!(load((&mut whole.as_slice(), &newer), hasher()).is_err());
    for address in world.addresses() {
        let hash = *hasher().lookup(&address).as_bytes();
        assert!(!whole.windows(hash.len()).any(|own| own == hash));
    }
}

#[test]
fn a_snapshot_with_any_byte_changed_or_cut_off_is_refused() {
    let mut world = World::new(5);
    let (gate, _) = told(&world.history(60));
    let whole = saved(&gate);
    assert!(loaded(&whole).is_ok());
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        assert!(loaded(&damaged).is_err(), "byte {at}");
    }
    for length in 0..whole.len() {
        assert!(loaded(&whole[..length]).is_err(), "{length} bytes");
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert!(matches!(loaded(&longer), Err(SnapshotError::Damaged)));
}

#[test]
fn a_snapshot_of_another_fold_is_refused() {
    let mut bytes = saved(&Gate::new(hasher()));
    bytes[8] += 1;
    assert!(matches!(loaded(&bytes), Err(SnapshotError::Version)));
}

/// Somebody attaches or loses an address.
fn address(world: &World, (seq, id, attach): (u64, u8, bool)) -> Committed {
    let identifier = IdentifierId::from_bytes([id; 16]);
    let kind = IdentifierKind::Email;
    let hash = hasher().lookup(&world.addresses()[usize::from(id % 2)]);
    let (act, key) = if attach {
        let act = Act::IdentifierAttached { identifier, kind };
        (act, IndexKey::Attached(hash))
    } else {
        let cause = DetachCause::WrongPerson;
        let act = Act::IdentifierDetached { identifier, cause };
        (act, IndexKey::Detached(hash))
    };
    let entry = Entry {
        seq: Seq(seq),
        subject: Some(world.subjects()[0]),
        recorded_at: Timestamp::default(),
        act,
    };
    Committed { entry, key }
}

#[test]
fn an_address_lost_in_the_moment_another_comes_is_held_by_nobody() {
    // Both would have the same label.
    let (old, new) = (0, 63);
    let world = World::new(3);
    let gate = Gate::new(hasher());
    gate.apply(&[address(&world, (0, old, true))]);
    gate.apply(&[
        address(&world, (1, old, false)),
        address(&world, (2, new, true)),
    ]);
    let addresses = world.addresses();
    assert_eq!(gate.holders(&addresses[0]), []);
    assert_eq!(gate.holders(&addresses[1]), [world.subjects()[0]]);
}

#[test]
fn a_snapshot_whose_addresses_are_older_than_its_rows_is_given_up() {
    /// Tells the gate of an entry at the first frame, behind magic word and version.
    struct Meanwhile<'a>(&'a Gate, Committed, usize);
    impl std::io::Write for Meanwhile<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.2 += 1;
            if self.2 == 3 {
                self.0.apply(std::slice::from_ref(&self.1));
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let world = World::new(3);
    let gate = Gate::new(hasher());
    gate.apply(&[address(&world, (0, 0, true))]);
    let seq = gate.seq();
    let comes = address(&world, (1, 65, true));
    assert!(save(&gate, seq, (&mut Meanwhile(&gate, comes, 0), &sealer())).is_ok());
    let goes = address(&world, (2, 0, false));
    let saved = save(&gate, seq, (&mut Meanwhile(&gate, goes, 0), &sealer()));
    assert!(matches!(saved, Err(SnapshotError::Unsteady)));
}

#[test]
fn a_send_told_again_counts_once_and_a_released_one_not_at_all() {
    let mut world = World::new(1);
    let gate = Gate::new(hasher());
    let subject = world.subjects()[0];
    let sent = world.sent();
    let id = izin_store::ReservationId::from_bytes([1; 16]);
    let held = SendChange::Held { id, subject, sent };
    let accepted = SendChange::Accepted { id, subject, sent };
    gate.apply_sends(&[held, held]);
    assert_eq!(gate.sends(subject), [sent]);
    gate.apply_sends(&[accepted, accepted]);
    assert_eq!(gate.sends(subject), [sent]);
    gate.apply_sends(&[held, SendChange::Released { id, subject, sent }]);
    assert_eq!(gate.sends(subject), [sent]);
    assert_eq!((gate.count(), gate.standing(subject)), (0, None));
}

#[test]
fn people_that_were_merged_in_a_ring_are_nobody() {
    let gate = Gate::new(hasher());
    let mut world = World::new(2);
    let (a, b) = (world.subjects()[0], world.subjects()[1]);
    for (seq, (from, into)) in [(a, b), (b, a)].into_iter().enumerate() {
        let entry = Entry {
            seq: Seq(seq as u64),
            subject: Some(from),
            recorded_at: Timestamp::default(),
            act: Act::MergedInto { into },
        };
        let key = IndexKey::None;
        gate.apply(&[Committed { entry, key }]);
    }
    let request = world.request();
    let decision = gate.ask(&Who::Subject(a), &request, &policy(), world.moment());
    let stranger = Who::Subject(SubjectId::from_bytes([9; 16]));
    let nobody = gate.ask(&stranger, &request, &policy(), world.moment());
    assert_eq!(decision.reason, nobody.reason);
    assert_eq!(gate.people_of(&Who::Subject(a)), []);
}
