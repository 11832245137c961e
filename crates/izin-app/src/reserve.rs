//! `intent: send`: a decision with room under the caps, held until the message went or did not.
//!
//! The decision is made twice: by the gate, and again inside the store's writing transaction with
//! the sends as they are then of everybody whom the message would reach, so that two senders at
//! once never both take the last place. Where several people have the address, each of them needs
//! room and holds it. What a sender never settles counts as sent after
//! [`izin_store::ROOM_MINUTES`]. Nothing here allows anything: both answers are
//! [`izin_core::decide`]'s. Start at [`send`].

use std::sync::{Arc, Mutex, PoisonError};

use izin_core::decision::Sent;
use izin_core::{
    Decision, IdentifierId, Policy, Reason, Request, Standing, SubjectId, Timestamp, Usage,
    Verdict, decide, strictest,
};
use izin_store::{Addressee, Open, Reach, ReservationId, Settled, StoreError};

use crate::App;
use crate::gate::{Gate, Who};

/// Reservations of one list: as many as a sender settles in a few seconds.
pub const LIST_MAX: u32 = 1_000;

/// What a sender is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The answer.
    pub decision: Decision,
    /// The room that is held, to be confirmed or released; absent unless the answer is yes, and
    /// where nobody is known whose messages could be counted.
    pub reservation: Option<ReservationId>,
}

/// Decides, and holds room for the message where the answer is yes. Asked about a person, it may
/// go to any address of theirs, so that everybody who has one of these needs room.
///
/// # Errors
/// [`StoreError`] when it could not be made durable: then no room is held.
pub async fn send(app: &App, who: &Who, request: &Request) -> Result<Held, StoreError> {
    let judge = Judge::new(app, *request);
    let people = app.gate.people_of(who);
    let asked = app.decide(who, request);
    let (Verdict::Allow, Some(subject)) = (asked.verdict, people.first().copied()) else {
        return Ok(Held {
            decision: asked,
            reservation: None,
        });
    };
    let reach = Reach {
        subject,
        addresses: judge.addresses(who, &people),
    };
    let answer = Arc::new(Mutex::new(asked));
    let (told, who_asked) = (Arc::clone(&answer), who.clone());
    let look = move |reached: &[Addressee]| {
        let own = judge.answer((&who_asked, subject), reached);
        *told.lock().unwrap_or_else(PoisonError::into_inner) = own;
        (own.verdict == Verdict::Allow).then(|| judge.sent())
    };
    let now = app.clock.now();
    let reservation = app.store.reserve(reach, look, now).await?;
    let decision = *answer.lock().unwrap_or_else(PoisonError::into_inner);
    settle_no(app, who, request, (decision, reservation)).await
}

/// A no that was acknowledged while room was being held counts: the room is given back.
async fn settle_no(
    app: &App,
    who: &Who,
    request: &Request,
    (decision, reservation): (Decision, Option<ReservationId>),
) -> Result<Held, StoreError> {
    let Some(id) = reservation else {
        return Ok(Held {
            decision,
            reservation,
        });
    };
    let again = decide_held(app, who, request);
    if again.verdict == Verdict::Allow {
        return Ok(Held {
            decision,
            reservation,
        });
    }
    release(app, id).await?;
    Ok(Held {
        decision: again,
        reservation: None,
    })
}

/// The message was handed over. Said again, it changes nothing.
///
/// # Errors
/// [`StoreError`] when it could not be made durable; the room stays held then.
pub async fn confirm(app: &App, id: ReservationId) -> Result<Settled, StoreError> {
    app.store.confirm(id, app.clock.now()).await
}

/// The message was certainly not handed over. Said again, it changes nothing.
///
/// # Errors
/// As [`confirm`].
pub async fn release(app: &App, id: ReservationId) -> Result<Settled, StoreError> {
    app.store.release(id, app.clock.now()).await
}

/// A part of the reservations that senders have not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRooms {
    /// The first to end first.
    pub rooms: Vec<Open>,
    /// Behind which the next part begins; absent: that was all.
    pub next: Option<ReservationId>,
}

/// Up to `most` reservations that senders have not settled, of those behind `after` where it is
/// named. `None`: nothing was ever held under that name.
///
/// # Errors
/// [`StoreError`].
pub async fn open(
    app: &App,
    after: Option<ReservationId>,
    most: u32,
) -> Result<Option<OpenRooms>, StoreError> {
    let most = most.min(LIST_MAX);
    let page = (after, most.saturating_add(1));
    let found = app.store.open_rooms(page, app.clock.now()).await?;
    Ok(found.map(|mut rooms| {
        let goes_on = rooms.len() > most as usize;
        rooms.truncate(most as usize);
        let last = rooms.last().filter(|_| goes_on);
        OpenRooms {
            next: last.map(|own| own.id),
            rooms,
        }
    }))
}

/// The answer about a message for which room is held: its own room speaks no more against it,
/// everything else does.
#[must_use]
pub(crate) fn decide_held(app: &App, who: &Who, request: &Request) -> Decision {
    let asked = app.decide(who, request);
    if asked.reason != Reason::Capped {
        return asked;
    }
    let context = (&*app.policy(), app.clock.now());
    let people = app.gate.people_of(who).into_iter();
    let answers = people.map(|subject| {
        let standing = app.gate.standing(subject).unwrap_or_default();
        let sends = without_own_room(app.gate.sends(subject), request);
        decide_with(&app.gate, (who, &standing), (request, &sends), context)
    });
    let own = strictest(answers).unwrap_or(asked);
    Decision {
        level: asked.level,
        ..own
    }
}

/// What counts against a message besides the room held for it: the newest of its own kind.
fn without_own_room(mut sends: Vec<Sent>, request: &Request) -> Vec<Sent> {
    let own = |sent: &Sent| {
        (sent.channel, sent.purpose, sent.topic)
            == (request.channel, request.purpose, request.topic)
    };
    let newest = (0..sends.len())
        .filter(|at| own(&sends[*at]))
        .max_by_key(|at| sends[*at].at);
    if let Some(at) = newest {
        sends.remove(at);
    }
    sends
}

/// Asked inside the writing transaction.
pub(crate) struct Judge {
    gate: Arc<Gate>,
    policy: Arc<Policy>,
    request: Request,
    now: Timestamp,
}

impl Judge {
    /// Over the gate and the policy of this moment.
    pub(crate) fn new(app: &App, request: Request) -> Self {
        Self {
            gate: Arc::clone(&app.gate),
            policy: app.policy(),
            request,
            now: app.clock.now(),
        }
    }

    /// The same question about one address.
    pub(crate) fn at(&self, address: Option<IdentifierId>) -> Self {
        Self {
            gate: Arc::clone(&self.gate),
            policy: Arc::clone(&self.policy),
            request: Request {
                address,
                ..self.request
            },
            now: self.now,
        }
    }

    /// The addresses that the message may go to, and the identifier that was asked about: whoever
    /// has one of them is reached.
    fn addresses(&self, who: &Who, people: &[SubjectId]) -> Vec<IdentifierId> {
        let mut addresses = Vec::new();
        for subject in people {
            let standing = self.gate.standing(*subject).unwrap_or_default();
            addresses.extend(reached(&self.gate, (who, &standing), &self.request));
            if let Who::Identifier(asked) = who {
                let own = standing.identifiers.iter().map(|(id, _)| *id);
                addresses.extend(own.filter(|id| self.gate.is_held_as(asked, *id)));
            }
        }
        addresses
    }

    /// The gate's answer about a person, unless the sends of somebody who would be reached, as the
    /// store has them, or that one's own limit say otherwise.
    pub(crate) fn answer(
        &self,
        (who, subject): (&Who, SubjectId),
        reached: &[Addressee],
    ) -> Decision {
        let context = (&*self.policy, self.now);
        let asked = self.gate.ask(who, &self.request, context.0, context.1);
        if asked.verdict != Verdict::Allow {
            return asked;
        }
        let mut standing = self.gate.standing(subject).unwrap_or_default();
        let answers = reached.iter().map(|own| {
            let theirs = self.gate.standing(own.subject).unwrap_or_default();
            standing.caps = theirs.caps;
            let request = (&self.request, own.sends.as_slice());
            decide_with(&self.gate, (who, &standing), request, context)
        });
        let own = strictest(answers).unwrap_or(asked);
        if own.verdict == Verdict::Allow {
            return asked;
        }
        Decision {
            level: asked.level,
            ..own
        }
    }

    /// What room is held for.
    pub(crate) const fn sent(&self) -> Sent {
        Sent {
            at: self.now,
            channel: self.request.channel,
            purpose: self.request.purpose,
            topic: self.request.topic,
        }
    }
}

/// The core's answer about one person with these sends, at the address that may be used.
fn decide_with(
    gate: &Gate,
    (who, standing): (&Who, &Standing),
    (request, sends): (&Request, &[Sent]),
    context: (&Policy, Timestamp),
) -> Decision {
    let usage = Usage {
        sends,
        last_active: None,
    };
    let answers = reached(gate, (who, standing), request).map(|id| {
        let request = Request {
            address: Some(id),
            ..*request
        };
        decide(&request, standing, usage, context)
    });
    answers
        .min_by_key(|decision| decision.verdict)
        .unwrap_or_else(|| decide(request, standing, usage, context))
}

/// The addresses of a person that a question is about; asked by what is no address of the channel,
/// such as a customer number, all of them.
fn reached(
    gate: &Gate,
    (who, standing): (&Who, &Standing),
    request: &Request,
) -> impl Iterator<Item = IdentifierId> {
    let asked = |id: IdentifierId| match who {
        Who::Identifier(own) if own.kind().reaches(request.channel) => gate.is_held_as(own, id),
        Who::Identifier(_) | Who::Subject(_) => request.address.is_none_or(|asked| asked == id),
    };
    let own = standing.identifiers.iter();
    own.filter(move |(id, kind)| kind.reaches(request.channel) && asked(*id))
        .map(|(id, _)| *id)
}
