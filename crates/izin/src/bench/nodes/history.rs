//! Whether what several processes answered can be so: once a no counts, nobody says yes.
//!
//! Everything that was asked is looked at afterwards, by the clock of this process alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A no may be unknown to others for so long after it was acknowledged, whatever happens.
const KNOWN_WITHIN: Duration = Duration::from_secs(1);

/// A no.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// To which process.
    pub(super) node: usize,
    /// When that had acknowledged it.
    pub(super) at: Instant,
    /// Its place in the ledger.
    pub(super) seq: u64,
}

/// An answer about somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) person: u64,
    pub(super) node: usize,
    pub(super) begun: Instant,
    pub(super) ended: Instant,
    /// Whether they may be written to.
    pub(super) allowed: bool,
    /// How far the process knew the ledger.
    pub(super) seq: u64,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// How long after each acknowledgement each other process said no, in order.
    pub(super) known_after: Vec<Duration>,
    /// How often a process was not heard saying no.
    pub(super) never_known: usize,
    /// Answers that cannot be so.
    pub(super) wrong: usize,
}

/// Looks at what was said to and asked of so many processes.
pub(super) fn check(said: &BTreeMap<u64, Said>, asked: &[Asked], nodes: usize) -> Found {
    let mut found = Found::default();
    let mut of_person: BTreeMap<u64, Vec<&Asked>> = BTreeMap::new();
    for own in asked {
        of_person.entry(own.person).or_default().push(own);
    }
    for (person, no) in said {
        let answers = of_person.get(person).map_or(&[][..], Vec::as_slice);
        for node in 0..nodes {
            let here = answers.iter().filter(|own| own.node == node);
            let denied = here.clone().filter(|own| !own.allowed);
            let first = denied.map(|own| own.ended).min();
            found.wrong += here.filter(|own| is_wrong(own, no, first)).count();
            match first {
                None => found.never_known += 1,
                Some(_) if node == no.node => {}
                Some(at) => found.known_after.push(at.saturating_duration_since(no.at)),
            }
        }
    }
    found.known_after.sort_unstable();
    found
}

/// Whether a yes cannot be so: after the no counted where it was said, after it had been known there, by a
/// process that says it knows the ledger as far as the no, or long after.
fn is_wrong(own: &Asked, no: &Said, denied: Option<Instant>) -> bool {
    let counted = own.node == no.node && own.begun > no.at;
    let was_known = denied.is_some_and(|at| own.begun > at);
    let is_late = own.begun > no.at + KNOWN_WITHIN;
    own.allowed && (counted || was_known || is_late || own.seq >= no.seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One no, said to the first of two processes as the hundredth entry.
    fn found(answers: &[(usize, u64, bool, u64)]) -> Found {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let no = Said {
            node: 0,
            at: at(1_000),
            seq: 100,
        };
        let asked = answers.iter().map(|(node, begun, allowed, seq)| Asked {
            person: 7,
            node: *node,
            begun: at(*begun),
            ended: at(begun + 1),
            allowed: *allowed,
            seq: *seq,
        });
        check(&BTreeMap::from([(7, no)]), &asked.collect::<Vec<_>>(), 2)
    }

    #[test]
    fn a_yes_before_the_no_was_known_is_right_and_the_time_is_told() {
        let found = found(&[
            (0, 999, true, 99),
            (1, 1_003, true, 99),
            (0, 1_001, false, 100),
            (1, 1_007, false, 100),
        ]);
        assert_eq!((found.wrong, found.never_known), (0, 0));
        assert_eq!(found.known_after, [Duration::from_millis(8)]);
    }

    #[test]
    fn a_yes_is_wrong_where_the_no_counted() {
        let here = found(&[(0, 1_001, true, 99)]);
        let again = found(&[(1, 1_001, false, 100), (1, 1_003, true, 99)]);
        let knowing = found(&[(1, 1_001, true, 100)]);
        let late = found(&[(1, 2_001, true, 99)]);
        assert_eq!([here, again, knowing, late].map(|own| own.wrong), [1; 4]);
    }

    #[test]
    fn a_process_that_never_said_no_is_counted() {
        assert_eq!(found(&[(0, 1_001, false, 100)]).never_known, 1);
    }
}
