//! What came of a list, in numbers.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use izin_core::Verdict;
use serde_json::json;

use super::asker::Answer;

/// Rows by decision and reason, and since when.
pub(super) struct Tally {
    rows: u64,
    counts: BTreeMap<(Verdict, &'static str), u64>,
    begun: Instant,
}

impl Tally {
    /// Begins to count.
    pub(super) fn begin() -> Self {
        Self {
            rows: 0,
            counts: BTreeMap::new(),
            begun: Instant::now(),
        }
    }

    /// Counts one row; how many it is now.
    pub(super) fn count(&mut self, answer: &Answer) -> u64 {
        *self
            .counts
            .entry((answer.verdict, answer.reason))
            .or_default() += 1;
        self.rows += 1;
        self.rows
    }

    /// Says it: sentences, or one JSON document.
    pub(super) fn tell(&self, json: bool, err: &mut dyn Write) -> anyhow::Result<()> {
        let seconds = self.begun.elapsed().as_secs_f64();
        let per_second = (self.rows as f64 / seconds.max(1e-6)).round();
        if json {
            let mut decisions = BTreeMap::<_, BTreeMap<_, _>>::new();
            for ((verdict, reason), count) in &self.counts {
                decisions
                    .entry(verdict.as_str())
                    .or_default()
                    .insert(reason, count);
            }
            let said = json!({
                "rows": self.rows,
                "decisions": decisions,
                "seconds": seconds,
                "rows_per_second": per_second,
            });
            writeln!(err, "{said}")?;
            return Ok(());
        }
        writeln!(err, "{} rows, {per_second} rows/s", self.rows)?;
        for ((verdict, reason), count) in &self.counts {
            writeln!(err, "  {count} {} {reason}", verdict.as_str())?;
        }
        Ok(())
    }
}
