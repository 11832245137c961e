//! A no. It is never turned away for its paperwork.

use izin_core::{Identifier, IdentifierKind, RefusalKind, Scope, Timestamp};
use izin_store::{Command, Refusing, Review, Whom};

use super::{ActError, Ready, Report, one, shortened};
use crate::gate::Who;
use crate::{App, declared, queue};

/// A refusal needs nobody known: an address alone can be refused.
pub(super) fn refuse(
    app: &App,
    report: Report,
    refusal: RefusalKind,
    now: Timestamp,
) -> Result<Ready, ActError> {
    let scope = scope_of(app, &report);
    let whom = match report.who {
        Who::Subject(_) => Whom::Subject(one(app, &report.who)?),
        Who::Identifier(own) => whom(app, own),
    };
    let detail = report.detail.map(shortened);
    let review = review(app, (&whom, refusal), detail.clone(), now);
    let refusing = Refusing {
        whom,
        refusal,
        scope,
        occurred_at: report.occurred_at.map_or(now, |at| at.min(now)),
        origin: report.origin,
        detail,
    };
    Ok(Ready::all(vec![Command::Refuse(refusing)], review))
}

/// Whom a no names. One that names a customer number is about that customer's addresses; of a number
/// nobody has yet, about whoever gets it.
pub(crate) fn whom(app: &App, named: Identifier) -> Whom {
    match app.gate.holders(&named).as_slice() {
        [only] if named.kind() == IdentifierKind::Customer => Whom::Subject(*only),
        _ => Whom::Identifier(named),
    }
}

/// What a no is about, as far as the policy has it. A no to a topic that it does not have is a no to
/// the whole purpose, one to such a purpose a no to everything on its channels: nobody would ever ask
/// by that name.
fn scope_of(app: &App, report: &Report) -> Scope {
    let policy = app.policy();
    let purpose = report.purpose.filter(|own| policy.purpose(own).is_some());
    let has = |topic: &_| declared::has_topic(&policy, *topic, purpose);
    Scope {
        channel: report.channel,
        purpose,
        topic: report
            .topic
            .filter(|own| purpose == report.purpose && has(own)),
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
    };
    match refusal {
        RefusalKind::Presumed => Some(queue::presumed(note, now)),
        RefusalKind::Complained => Some(queue::complaint(note, now)),
        _ if unknown => Some(queue::unresolved(note, now)),
        _ => None,
    }
}
