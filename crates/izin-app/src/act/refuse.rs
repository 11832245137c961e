//! A no. It is never turned away for its paperwork.

use izin_core::consent::EARLIEST;
use izin_core::refusal::said_at;
use izin_core::{Identifier, IdentifierKind, RefusalKind, Scope, Timestamp};
use izin_store::{Command, Refusing, Review, Whom};

use super::{ActError, Ready, Report, one, shortened};
use crate::gate::Who;
use crate::{App, queue};

/// How much is kept of what was given as a date and counts as none, in characters: a long date twice.
const SAID_CHARS_MAX: usize = 80;

/// A refusal needs nobody known: an address alone can be refused.
pub(super) fn refuse(
    app: &App,
    report: Report,
    refusal: RefusalKind,
    now: Timestamp,
) -> Result<Ready, ActError> {
    let scope = app.policy().widened(Scope {
        channel: report.channel,
        purpose: report.purpose,
        topic: report.topic,
    });
    let whom = match report.who {
        Who::Subject(_) => Whom::Subject(one(app, &report.who)?),
        Who::Identifier(own) => whom(app, own),
    };
    let absurd = |at: &Timestamp| app.clock.is_ahead(*at) || *at < EARLIEST;
    let detail = match report.occurred_at.filter(absurd) {
        Some(at) => Some(dated(&at.to_string(), report.detail)),
        None => report.detail,
    };
    let detail = detail.map(shortened);
    let review = review(app, (&whom, refusal), detail.clone(), now);
    let refusing = Refusing {
        whom,
        refusal,
        scope,
        occurred_at: said_at(report.occurred_at, now),
        origin: report.origin,
        detail,
    };
    Ok(Ready::all(vec![Command::Refuse(refusing)], review))
}

/// The detail of an act that counts from another moment than was said: the words said stay with it.
#[must_use]
pub fn dated(said: &str, detail: Option<String>) -> String {
    let said: String = said.chars().take(SAID_CHARS_MAX).collect();
    let detail = detail.unwrap_or_default();
    format!("occurred_at: {said}\n{detail}")
        .trim_end()
        .to_owned()
}

/// Whom a no names. One that names a customer number is about that customer's addresses; of a number
/// nobody has yet, about whoever gets it.
pub(crate) fn whom(app: &App, named: Identifier) -> Whom {
    match app.gate.holders(&named).as_slice() {
        [only] if named.kind() == IdentifierKind::Customer => Whom::Subject(*only),
        _ => Whom::Identifier(named),
    }
}

/// What somebody has to look at because of a no: one that was only guessed, one that complains, one
/// that came in whole and whose person is not known (design §3.6).
pub(crate) fn review(
    app: &App,
    (whom, refusal): (&Whom, RefusalKind),
    note: Option<String>,
    now: Timestamp,
) -> Option<Review> {
    let unknown = match whom {
        Whom::Subject(_) => false,
        Whom::Identifier(own) => app.gate.holders(own).is_empty(),
        Whom::Link(subject, _) => app.gate.standing(*subject).is_none(),
        // Named so where nobody holds it.
        Whom::Address(_) => true,
    };
    match refusal {
        RefusalKind::Presumed => Some(queue::presumed(note, now)),
        RefusalKind::Complained => Some(queue::complaint(note, now)),
        _ if unknown => Some(queue::unresolved(note, now)),
        _ => None,
    }
}
