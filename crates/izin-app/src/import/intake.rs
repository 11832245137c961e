//! What the rows of each kind of file become.
//!
//! An intake gathers typed rows and applies them in steps, so that memory stays bounded however
//! long the file is.

mod catalogue;
mod contacts;
mod purchases;
mod suppressions;

pub(super) use catalogue::Catalogue;
pub(super) use contacts::Contacts;
pub(super) use purchases::Purchases;
pub(super) use suppressions::Suppressions;

use izin_core::consent::OwnWord;
use izin_core::{Identifier, IdentifierKind, Refusal, RefusalKind, Scope, Standing, Timestamp};
use izin_store::StoreError;

use super::row::noes::Noes;
use super::table::{Layout, Problem, Row};
use super::{Consents, ImportError};
use crate::App;

/// A no to be entered: whose, of what kind, what it covers, when it was said.
type Refused = (Identifier, RefusalKind, Scope, Timestamp);

/// Whether anybody can be read in a row that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Nobody: a no in it, if there is one, is nobody's.
    Nobody,
    /// An address, a telephone or a customer number at least.
    Somebody,
}

impl Named {
    const fn in_row(noes: &Noes) -> Self {
        if noes.identifiers.is_empty() {
            Self::Nobody
        } else {
            Self::Somebody
        }
    }
}

/// What applying rows came to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Rows that said what was known already.
    pub(super) duplicates: u64,
    /// Rows that bring somebody new by an address that refuses everything.
    pub(super) barred: u64,
    /// What contacts said.
    pub(super) consents: Option<Consents>,
}

impl Counts {
    pub(super) fn add(&mut self, more: Self) {
        self.duplicates += more.duplicates;
        self.barred += more.barred;
        let Some(own) = more.consents else { return };
        let sum = self.consents.get_or_insert_default();
        sum.reachable += own.reachable;
        sum.quarantined += own.quarantined;
        sum.refused += own.refused;
    }
}

/// Takes rows of one kind of file and applies them.
pub(super) trait Intake {
    /// The columns it reads.
    const LAYOUT: &'static Layout;

    /// Whether the whole file has to be refused for this row; asked of every row before one is
    /// taken.
    fn check(_app: &App, _row: &Row<'_>) -> Result<(), ImportError> {
        Ok(())
    }

    /// Takes one row, or says why it is refused.
    fn take(&mut self, app: &App, row: &Row<'_>) -> Result<(), Problem>;

    /// Takes the noes of a row that is refused: they count all the same.
    fn take_noes(&mut self, _app: &App, _row: &Row<'_>) -> Named {
        Named::Nobody
    }

    /// Whether enough was taken to be applied.
    fn is_full(&self) -> bool;

    /// Applies what was taken, or only counts it.
    async fn apply(&mut self, app: &App, dry_run: bool) -> Result<Counts, StoreError>;
}

/// Whether the same no is known already: said as late, or standing still.
fn stands(app: &App, (named, kind, scope, at): &Refused) -> bool {
    let holders = app.gate.holders(named);
    let known: Vec<_> = holders
        .iter()
        .filter_map(|own| app.gate.standing(*own))
        .collect();
    let same = |own: &Refusal| {
        let lifted = || known.iter().any(|standing| is_lifted(own, standing));
        own.kind == *kind && own.scope == *scope && (own.occurred_at >= *at || !lifted())
    };
    match (named.kind(), known.as_slice()) {
        (IdentifierKind::Customer, [only]) => only.refusals.iter().any(same),
        _ => app.gate.suppressions(named).iter().any(same),
    }
}

/// Whether the person has taken a no back, at least in part: then the same no, said once more, is
/// another.
fn is_lifted(refusal: &Refusal, standing: &Standing) -> bool {
    let after = |own: &OwnWord| own.seq > refusal.seq;
    standing.consents.iter().any(|own| {
        let topic = own.topic.as_ref();
        refusal.scope.covers(own.channel, &own.purpose, topic)
            && own.own_words.iter().flatten().any(after)
    })
}
