//! The check from outside: what arrived, what was acknowledged and what the program says of itself must fit.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::sinks::Arrival;

/// From an acknowledgement on nothing more may begin; a thread that had begun may be kept from writing its
/// first byte by the others of this machine, for so long.
pub(super) const KEPT_WAITING: Duration = Duration::from_secs(1);

/// A no that was acknowledged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acknowledged {
    pub(super) channel: &'static str,
    pub(super) person: u64,
    pub(super) at: Instant,
}

/// What the program says of one campaign, when it is over.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) channel: &'static str,
    pub(super) considered: u64,
    pub(super) sent: u64,
    pub(super) in_doubt: u64,
    /// Left out or held back, for whatever reason.
    pub(super) not_sent: u64,
    /// Still to be sent, now or later.
    pub(super) left: u64,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) arrivals: Vec<Arrival>,
    /// What answered somebody who had said no.
    pub(super) answers: Vec<Arrival>,
    pub(super) acknowledged: Vec<Acknowledged>,
    pub(super) told: Vec<Told>,
}

/// Everything that does not fit, in words; empty when all does.
pub(super) fn check(run: &Run) -> Vec<String> {
    let mut found = late(run);
    for own in &run.told {
        found.extend(unaccounted(run, own));
    }
    let mut answered = BTreeSet::new();
    let again = |own: &&Arrival| !answered.insert((own.channel, own.person));
    let again = run.answers.iter().filter(again);
    found.extend(again.map(|own| format!("{}: {} was answered twice", own.channel, own.person)));
    found
}

/// When the first no of each person on each channel was acknowledged.
fn first_noes(run: &Run) -> BTreeMap<(&'static str, u64), Instant> {
    let mut first = BTreeMap::new();
    for own in &run.acknowledged {
        let at = first.entry((own.channel, own.person)).or_insert(own.at);
        *at = (*at).min(own.at);
    }
    first
}

/// How long after the no of its reader each message began that began after it.
pub(super) fn after_a_no(run: &Run) -> Vec<(Duration, &Arrival)> {
    let first = first_noes(run);
    let late = |own: &&Arrival| {
        let said = first.get(&(own.channel, own.person))?;
        own.begun
            .checked_duration_since(*said)
            .filter(|own| !own.is_zero())
    };
    let mut all: Vec<_> = run
        .arrivals
        .iter()
        .filter_map(|own| Some((late(&own)?, own)))
        .collect();
    all.sort_by_key(|(after, _)| std::cmp::Reverse(*after));
    all
}

fn late(run: &Run) -> Vec<String> {
    let late = after_a_no(run).into_iter();
    let late = late.filter(|(after, _)| *after > KEPT_WAITING);
    late.map(|(after, own)| format!("{} to {} {after:?} after a no", own.channel, own.person))
        .collect()
}

/// What is wrong with the numbers of a campaign.
fn unaccounted(run: &Run, told: &Told) -> Vec<String> {
    let channel = told.channel;
    let own = run.arrivals.iter().filter(|own| own.channel == channel);
    let arrived: Vec<u64> = own.map(|own| own.person).collect();
    let people: BTreeSet<u64> = arrived.iter().copied().collect();
    let mut found = Vec::new();
    if people.len() != arrived.len() {
        let twice = arrived.len() - people.len();
        found.push(format!("{channel}: {twice} arrived twice"));
    }
    let all = told.sent + told.in_doubt + told.not_sent + told.left;
    if all != told.considered || told.left > 0 {
        found.push(format!(
            "{channel}: not everybody is accounted for: {told:?}"
        ));
    }
    // What the program says it sent arrived; what arrived besides, it says may have.
    let many = people.len() as u64;
    if many < told.sent || many > told.sent + told.in_doubt {
        found.push(format!("{channel}: {many} arrived: {told:?}"));
    }
    found
}
