//! A no. It is never turned away for its paperwork.

use izin_core::{IdentifierKind, PurposeId, RefusalKind, Scope, Timestamp, TopicId};
use izin_store::{Command, Refusing, Whom};

use super::{ActError, Ready, Report, one, shortened};
use crate::App;
use crate::gate::Who;
use crate::queue::Waiting;

/// A refusal needs nobody known: an address alone can be refused. One that names a customer
/// number is about that customer's addresses; of a number nobody has yet, about whoever gets it.
pub(super) fn refuse(
    app: &App,
    report: Report,
    refusal: RefusalKind,
    now: Timestamp,
) -> Result<Ready, ActError> {
    let whom = match report.who {
        Who::Subject(_) => Whom::Subject(one(app, &report.who)?),
        Who::Identifier(own) => match app.gate.holders(&own).as_slice() {
            [only] if own.kind() == IdentifierKind::Customer => Whom::Subject(*only),
            _ => Whom::Identifier(own),
        },
    };
    let detail = report.detail.map(shortened);
    Ok(Ready {
        waits: waiting(app, &whom, refusal, detail.clone()),
        ..Ready::of(Command::Refuse(Refusing {
            whom,
            refusal,
            scope: Scope {
                channel: report.channel,
                purpose: report.purpose,
                topic: report
                    .topic
                    .filter(|own| is_declared(app, *own, report.purpose)),
            },
            occurred_at: report.occurred_at.map_or(now, |at| at.min(now)),
            origin: report.origin,
            detail,
        }))
    })
}

/// Whether the policy has a topic in the purpose. A no to one it does not have is a no to the whole
/// purpose: nobody would ever ask by that name.
fn is_declared(app: &App, topic: TopicId, purpose: Option<PurposeId>) -> bool {
    let policy = app.policy();
    let mut topics = policy.topics.iter();
    topics.any(|own| own.id == topic && purpose.is_none_or(|purpose| own.purpose == purpose))
}

/// Whether somebody has to look at a no: one that was only guessed, one that complains, one that
/// came in whole and whose person is not known (design §3.6).
pub(crate) fn waiting(
    app: &App,
    whom: &Whom,
    refusal: RefusalKind,
    note: Option<String>,
) -> Option<Waiting> {
    let unknown = match whom {
        Whom::Subject(_) => false,
        Whom::Identifier(own) => app.gate.holders(own).is_empty(),
        Whom::Link(subject, _) => app.gate.standing(*subject).is_none(),
    };
    match refusal {
        RefusalKind::Presumed => Some(Waiting::presumed(note)),
        RefusalKind::Complained => Some(Waiting::complaint(note)),
        _ if unknown => Some(Waiting::unresolved(note)),
        _ => None,
    }
}
