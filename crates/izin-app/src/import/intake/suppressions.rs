//! Addresses that must not be contacted, whoever holds them now or later.

use izin_core::{Origin, Scope, Timestamp, refusal};
use izin_store::StoreError;

use super::{Counts, Intake, Named, Refused, stands};
use crate::import::row::noes::Noes;
use crate::import::row::suppressions;
use crate::import::table::{Layout, Problem, Row};
use crate::{App, optout};

/// Suppressions entered in one write.
const ROWS_PER_STEP: usize = 500;

/// Takes rows of a do-not-contact list.
pub(in crate::import) struct Suppressions {
    now: Timestamp,
    /// One element a row: one refusal for each identifier in it.
    rows: Vec<Vec<Refused>>,
    /// What was read of refused rows.
    noes: Vec<Refused>,
}

impl Suppressions {
    pub(in crate::import) const fn at(now: Timestamp) -> Self {
        Self {
            now,
            rows: Vec::new(),
            noes: Vec::new(),
        }
    }
}

impl Intake for Suppressions {
    const LAYOUT: &'static Layout = &suppressions::LAYOUT;

    fn take(&mut self, app: &App, row: &Row<'_>) -> Result<(), Problem> {
        let home = app.policy().controller.country;
        let read = suppressions::Suppression::read(row, self.now, home.as_str())?;
        let scope = read.channel.map_or(Scope::EVERYTHING, Scope::channel);
        let at = refusal::said_at(read.occurred_at, self.now);
        let identifiers = [read.email, read.phone].into_iter().flatten();
        let refused = identifiers.map(|own| (own, read.kind, scope, at));
        self.rows.push(refused.collect());
        Ok(())
    }

    fn take_noes(&mut self, app: &App, row: &Row<'_>) -> Named {
        let home = app.policy().controller.country;
        let noes = Noes::of_suppression(row, self.now, home.as_str());
        self.noes.extend(noes.each());
        Named::in_row(&noes)
    }

    fn is_full(&self) -> bool {
        self.rows.len() + self.noes.len() >= ROWS_PER_STEP
    }

    async fn apply(&mut self, app: &App, dry_run: bool) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        let is_fresh = |own: &Refused| !stands(app, own);
        let mut refusals = std::mem::take(&mut self.noes);
        refusals.retain(is_fresh);
        for mut row in std::mem::take(&mut self.rows) {
            row.retain(is_fresh);
            counts.duplicates += u64::from(row.is_empty());
            refusals.extend(row);
        }
        if !dry_run && !refusals.is_empty() {
            optout::suppress(app, refusals, Origin::Import).await?;
        }
        Ok(counts)
    }
}
