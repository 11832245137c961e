//! Addresses that must not be contacted, whoever holds them now or later.

use izin_core::{Identifier, Origin, RefusalKind, Scope, Timestamp};
use izin_store::StoreError;

use super::{Counts, Intake};
use crate::import::ImportError;
use crate::import::row::suppressions;
use crate::import::table::{Layout, Problem, Row};
use crate::{App, optout};

/// Suppressions entered in one write.
const ROWS_PER_STEP: usize = 500;

type Refused = (Identifier, RefusalKind, Scope, Timestamp);

/// Takes rows of a do-not-contact list.
pub(in crate::import) struct Suppressions {
    now: Timestamp,
    /// One element a row: one refusal for each identifier in it.
    rows: Vec<Vec<Refused>>,
}

impl Suppressions {
    pub(in crate::import) const fn at(now: Timestamp) -> Self {
        Self {
            now,
            rows: Vec::new(),
        }
    }
}

impl Intake for Suppressions {
    const LAYOUT: &'static Layout = &suppressions::LAYOUT;

    fn take(&mut self, app: &App, row: &Row<'_>) -> Result<Result<(), Problem>, ImportError> {
        let home = app.policy().controller.country;
        Ok(
            suppressions::Suppression::read(row, self.now, home.as_str()).map(|read| {
                let scope = read.channel.map_or(Scope::EVERYTHING, Scope::channel);
                let at = read.occurred_at.unwrap_or(self.now);
                let identifiers = [read.email, read.phone].into_iter().flatten();
                let refused = identifiers.map(|own| (own, read.kind, scope, at));
                self.rows.push(refused.collect());
            }),
        )
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= ROWS_PER_STEP
    }

    async fn apply(&mut self, app: &App, dry_run: bool) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        let mut refusals = Vec::new();
        for row in std::mem::take(&mut self.rows) {
            let fresh: Vec<Refused> = row
                .into_iter()
                .filter(|own| !stands(app, own, self.now))
                .collect();
            counts.duplicates += u64::from(fresh.is_empty());
            refusals.extend(fresh);
        }
        if !dry_run && !refusals.is_empty() {
            optout::suppress(app, refusals, Origin::Import).await?;
        }
        Ok(counts)
    }
}

/// Whether the same no stands already. A file says when it was said, or nothing: then any will do.
fn stands(app: &App, (identifier, kind, scope, at): &Refused, now: Timestamp) -> bool {
    let standing = app.gate.suppressions(identifier);
    standing.iter().any(|own| {
        own.kind == *kind && own.scope == *scope && (own.occurred_at >= *at || *at == now)
    })
}
