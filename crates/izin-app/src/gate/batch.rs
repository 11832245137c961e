//! Many answers at once. People are taken shard by shard, under one short lock each, and in
//! rounds: first every slot of a round is read, then every row, then each is decided. The reads of
//! one round do not wait for each other, so the processor has many of them under way.

use std::borrow::Borrow;

use super::holders::{self, Held};
use super::people::{Owner, SHARDS, Shard, home_of};
use super::person::Person;
use super::question::{Question, with_person};
use super::row::{self, flag};
use super::{Who, read};
use izin_core::{Decision, IdentifierId, SubjectId};

/// How many are sorted into shards at once: enough for whole rounds, few enough to stay near.
const BATCH_MAX: usize = 2_048;
/// How many are looked for together, under one lock.
const ROUND_MAX: usize = 64;
/// Bytes of a line of memory; a row takes one to three.
const LINE_BYTES: usize = 64;

/// Whom a batch asks about: a place in the answers, and what finds them in their shard.
#[derive(Clone, Copy)]
struct Asked<K> {
    at: usize,
    shard: usize,
    key: K,
}

/// Answers on their way: until one is found, the one about somebody of whom nothing is known.
struct Answers<'a> {
    found: &'a mut [Decision],
    /// Those that no row decides alone.
    left: Vec<usize>,
}

/// Answers about everybody asked about, in order.
pub(super) fn answers<W: Borrow<Who>>(
    question: &Question<'_>,
    whom: &[W],
    out: &mut Vec<Decision>,
) {
    let nobody = question.nobody_known();
    for batch in whom.chunks(BATCH_MAX) {
        let from = out.len();
        out.resize(from + batch.len(), nobody);
        let mut answers = Answers {
            found: &mut out[from..],
            left: Vec::new(),
        };
        let each = || batch.iter().map(W::borrow).enumerate();
        by_shard(&subjects(each()), |shard, asked| {
            let shard = question.gate.people.shard(shard);
            for round in asked.chunks(ROUND_MAX) {
                of_subjects(question, &read(shard), round, &mut answers);
            }
        });
        by_shard(&owners(question, each(), &mut answers), |shard, asked| {
            let shard = question.gate.people.shard(shard);
            for round in asked.chunks(ROUND_MAX) {
                of_owners(question, &read(shard), round, &mut answers);
            }
        });
        for at in answers.left {
            answers.found[at] = question.ask(batch[at].borrow());
        }
    }
}

/// The people among those asked about.
fn subjects<'a>(each: impl Iterator<Item = (usize, &'a Who)>) -> Vec<Asked<(SubjectId, u32)>> {
    let subject = |(at, who): (usize, &Who)| match who {
        Who::Subject(subject) => {
            let (shard, check) = home_of(*subject);
            let key = (*subject, check);
            Some(Asked { at, shard, key })
        }
        Who::Identifier(_) => None,
    };
    each.filter_map(subject).collect()
}

fn of_subjects(
    question: &Question<'_>,
    shard: &Shard,
    round: &[Asked<(SubjectId, u32)>],
    answers: &mut Answers<'_>,
) {
    let slots = round.iter().map(|asked| shard.touch(asked.key.1));
    std::hint::black_box(slots.fold(0, u64::wrapping_add));
    let mut rows = [&[][..]; ROUND_MAX];
    for (row, asked) in rows.iter_mut().zip(round) {
        *row = shard.likely(asked.key.1).unwrap_or_default();
    }
    std::hint::black_box(rows.iter().copied().fold(0, near));
    with_person(|person| {
        for (asked, likely) in round.iter().zip(rows) {
            let (subject, check) = asked.key;
            let row = if likely.starts_with(subject.as_bytes()) {
                Some(likely)
            } else {
                shard.find(subject, check)
            };
            match row.filter(|row| row::flags_of(row) & (flag::MERGED | flag::SHARES) == 0) {
                Some(row) => {
                    row::unpack_for(row, &question.weights, person);
                    answers.found[asked.at] = question.of(person);
                }
                None => answers.left.push(asked.at),
            }
        }
    });
}

fn of_owners(
    question: &Question<'_>,
    shard: &Shard,
    round: &[Asked<(Owner, u8)>],
    answers: &mut Answers<'_>,
) {
    let mut places = [None; ROUND_MAX];
    for (place, asked) in places.iter_mut().zip(round) {
        *place = shard.place(asked.key.0.number());
    }
    let mut rows = [&[][..]; ROUND_MAX];
    for (row, place) in rows.iter_mut().zip(places) {
        *row = place.map_or(&[][..], |place| shard.at(place));
    }
    std::hint::black_box(rows.iter().copied().fold(0, near));
    with_person(|person| {
        for (asked, row) in round.iter().zip(rows) {
            let (_, label) = asked.key;
            let row = Some(row).filter(|row| !row.is_empty());
            match row.and_then(|row| labelled(question, (row, label), person)) {
                Some(id) => answers.found[asked.at] = question.to(person, id),
                None => answers.left.push(asked.at),
            }
        }
    });
}

/// The addresses among those asked about that one person holds and that the request may go to, with
/// that person.
fn owners<'a>(
    question: &Question<'_>,
    each: impl Iterator<Item = (usize, &'a Who)>,
    answers: &mut Answers<'_>,
) -> Vec<Asked<(Owner, u8)>> {
    let mut addresses = Vec::new();
    for (at, who) in each {
        match who {
            Who::Identifier(own) if own.kind().reaches(question.channel()) => {
                let hash = question.gate.hasher.lookup(own);
                let (shard, check) = holders::home_of(hash);
                let key = (hash, check);
                addresses.push(Asked { at, shard, key });
            }
            Who::Identifier(_) => answers.left.push(at),
            Who::Subject(_) => {}
        }
    }
    let mut owners = Vec::with_capacity(addresses.len());
    by_shard(&addresses, |shard, asked| {
        for round in asked.chunks(ROUND_MAX) {
            let shard = read(question.gate.holders.shard(shard));
            let near = round.iter().map(|asked| shard.touch(asked.key.1));
            std::hint::black_box(near.fold(0, u8::wrapping_add));
            for asked in round {
                match shard.find(asked.key.0, asked.key.1) {
                    Held::By(owner, label) => {
                        let (at, shard, key) = (asked.at, owner.shard(), (owner, label));
                        owners.push(Asked { at, shard, key });
                    }
                    Held::Not | Held::ByAll(_) => answers.left.push(asked.at),
                }
            }
        }
    });
    owners
}

/// Calls `job` with what belongs to each shard. Counted, then laid out: sorting would cost more
/// than finding.
fn by_shard<K: Copy>(asked: &[Asked<K>], mut job: impl FnMut(usize, &[Asked<K>])) {
    let Some(first) = asked.first() else {
        return;
    };
    let mut ends = [0_usize; SHARDS];
    for own in asked {
        ends[own.shard] += 1;
    }
    let mut before = 0;
    for end in &mut ends {
        before += *end;
        *end = before;
    }
    let mut sorted = vec![*first; asked.len()];
    for own in asked.iter().rev() {
        ends[own.shard] -= 1;
        sorted[ends[own.shard]] = *own;
    }
    for run in sorted.chunk_by(|a, b| a.shard == b.shard) {
        if let Some(first) = run.first() {
            job(first.shard, run);
        }
    }
}

/// Reads a byte of each line of a row.
fn near(sum: u8, row: &[u8]) -> u8 {
    let byte = |line: usize| row.get(line * LINE_BYTES).copied().unwrap_or_default();
    (sum ^ byte(0)) ^ (byte(1) ^ byte(2))
}

/// Unpacks a person who decides about one of their addresses; answers which.
fn labelled(
    question: &Question<'_>,
    (row, label): (&[u8], u8),
    person: &mut Person,
) -> Option<IdentifierId> {
    if row::flags_of(row) & flag::MERGED != 0 {
        return None;
    }
    row::unpack_for(row, &question.weights, person);
    person.labelled(label)
}
