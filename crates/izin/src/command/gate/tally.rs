//! What came of a list, in numbers.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use izin_core::{Language, Reason, Verdict};
use serde_json::json;

use super::asker::Answer;

/// Rows by decision and reason, and since when.
pub(super) struct Tally {
    rows: u64,
    /// A text of a reason that stands at two places may be here twice.
    counts: Vec<((Verdict, &'static str), u64)>,
    begun: Instant,
}

impl Tally {
    /// Begins to count.
    pub(super) fn begin() -> Self {
        Self {
            rows: 0,
            counts: Vec::new(),
            begun: Instant::now(),
        }
    }

    /// Counts one row; how many it is now.
    pub(super) fn count(&mut self, answer: &Answer) -> u64 {
        let key = (answer.verdict, answer.reason);
        let is = |own: &(Verdict, &str)| own.0 == key.0 && std::ptr::eq(own.1, key.1);
        match self.counts.iter_mut().find(|(own, _)| is(own)) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((key, 1)),
        }
        self.rows += 1;
        self.rows
    }

    fn counts(&self) -> BTreeMap<(Verdict, &'static str), u64> {
        let mut counts = BTreeMap::new();
        for (key, count) in &self.counts {
            *counts.entry(*key).or_default() += count;
        }
        counts
    }

    /// Says it: sentences in a language, or one JSON document where none is given.
    pub(super) fn tell(
        &self,
        language: Option<Language>,
        err: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let seconds = self.begun.elapsed().as_secs_f64();
        let per_second = (self.rows as f64 / seconds.max(1e-6)).round();
        let Some(language) = language else {
            let mut decisions = BTreeMap::<_, BTreeMap<_, _>>::new();
            for ((verdict, reason), count) in self.counts() {
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
        };
        let rows = match language {
            Language::Id => "baris",
            Language::En => "rows",
        };
        writeln!(err, "{} {rows}, {per_second} {rows}/s", self.rows)?;
        for ((verdict, reason), count) in self.counts() {
            let known = Reason::all().find(|own| own.code() == reason);
            let sentence = known.map(|own| own.sentence(language));
            let sentence = sentence.map_or_else(String::new, |own| format!(" ({own})"));
            writeln!(err, "  {count} {} {reason}{sentence}", verdict.as_str())?;
        }
        Ok(())
    }
}
