//! The golden matrix as text: tables of short lines, each a case and its outcomes.

use std::fmt::Write;

use izin_core::{Decision, Reason, Verdict};
use izin_testkit::world::{NOON, World};

/// The tables as they are written, and every reason in them.
#[derive(Default)]
pub(crate) struct Matrix {
    pub(crate) text: String,
    pub(crate) met: Vec<Reason>,
    pub(crate) answers: usize,
}

impl Matrix {
    /// Begins a table: what its lines vary, and what its columns vary.
    pub(crate) fn table(&mut self, lines: &str, columns: &[&str]) {
        writeln!(self.text, "\n# {lines}").unwrap();
        if !columns.is_empty() {
            writeln!(self.text, "# columns: {}", columns.join(" | ")).unwrap();
        }
    }

    /// One line: a case and its outcome in each column.
    pub(crate) fn row(&mut self, case: &[&str], worlds: &[World]) {
        let outcomes: Vec<String> = worlds
            .iter()
            .map(|world| self.outcome(&world.decide()))
            .collect();
        let case = case.join(" ");
        writeln!(self.text, "{case:<46} {}", outcomes.join(" | ")).unwrap();
    }

    /// `consent 1`: allowed, at level 1. `no_consent`: denied. `~paused 3d`: for three days.
    fn outcome(&mut self, decision: &Decision) -> String {
        self.met.push(decision.reason);
        self.met.extend(decision.also.iter());
        self.answers += 1;
        let code = decision.reason.code();
        match (decision.verdict, decision.until) {
            (Verdict::Allow, _) => format!("{code} {}", decision.level),
            (Verdict::Defer, Some(until)) => {
                let hours = until.as_micros().saturating_sub(NOON.as_micros());
                format!("~{code} {}h", hours.div_euclid(3_600_000_000))
            }
            _ if decision.also.is_empty() => format!("!{code}"),
            _ => format!("!{code} +{}", decision.also.iter().count()),
        }
    }
}
