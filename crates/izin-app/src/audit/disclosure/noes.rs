//! What forbade a message: by the acts that were in the log before the message was committed to.

use izin_core::policy::{Class, Purpose};
use izin_core::{Act, Entry, RefusalKind, Scope, Seq, Standing, Timestamp};

use super::handed::Shown;

/// A message on its way when a no was recorded may still go, in seconds; later, none may.
const ON_ITS_WAY_SECONDS: i64 = 2;

/// Something by which nothing, or not this, may be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Refused(RefusalKind, Scope),
    Erased,
    Restricted,
}

/// A no, and the entry that says so.
pub(super) struct No {
    what: What,
    pub(super) seq: Seq,
}

/// What kind of message it was.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    class: Class,
    /// Whether it rested on a duty of the shop: then it goes to whoever was erased, too.
    duty: bool,
}

impl Kind {
    /// The kind by a policy; what is not declared is judged as marketing.
    pub(super) fn of(purpose: Option<&Purpose>) -> Self {
        Self {
            class: purpose.map_or(Class::Marketing, |own| own.class),
            duty: purpose.is_some_and(Purpose::rests_on_duty),
        }
    }

    fn is_stopped_by(self, what: What) -> bool {
        match what {
            What::Refused(RefusalKind::LegalSuppression, _) => true,
            What::Refused(..) => self.class != Class::Essential,
            What::Erased | What::Restricted => !self.duty,
        }
    }
}

/// The no that forbade a message at a moment, if one did: it stood before the message was on its way,
/// and still when it went. An entry behind the message's batch counts for nothing, whatever its time.
pub(super) fn forbidden(
    acts: &[Entry],
    shown: &Shown,
    (moment, kind): (Timestamp, Kind),
) -> Option<No> {
    let on_its_way = moment.plus_seconds(-ON_ITS_WAY_SECONDS);
    let decided = shown.message.decided;
    let before_it = acts.iter().filter(|own| own.seq < shown.batch);
    let known = |own: &&Entry| {
        own.recorded_at < on_its_way || decided.is_some_and(|decided| own.seq <= decided)
    };
    let by_then = |own: &&Entry| known(own) || own.recorded_at <= moment;
    let before = noes(before_it.clone().filter(known), shown, kind);
    let then = noes(before_it.filter(by_then), shown, kind);
    let stands = |own: &No| then.iter().any(|still| still.what == own.what);
    before.into_iter().find(stands)
}

/// The noes that stop a message, as some acts make them.
fn noes<'a>(acts: impl Iterator<Item = &'a Entry>, shown: &Shown, kind: Kind) -> Vec<No> {
    let mut standing = Standing::default();
    let mut restricted = None;
    for entry in acts {
        if matches!(entry.act, Act::Restricted { holds: true, .. }) {
            restricted = Some(entry.seq);
        }
        standing.apply(entry);
    }
    let message = &shown.message;
    let refused = standing.noes(message.channel, &message.purpose, message.topic.as_ref());
    let refused = refused.map(|own| No {
        what: What::Refused(own.kind, own.scope),
        seq: own.seq,
    });
    let erased = standing.erased.then_some(No {
        what: What::Erased,
        seq: standing.seq,
    });
    let restricted = restricted.filter(|_| standing.restricted).map(|seq| No {
        what: What::Restricted,
        seq,
    });
    let all = refused.chain(erased).chain(restricted);
    all.filter(|own| kind.is_stopped_by(own.what)).collect()
}
