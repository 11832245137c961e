//! When the person may be asked: for a yes after a no, and for more of the dial.

use crate::policy::{Class, Policy, PurposeId};
use crate::{Channel, Standing, Timestamp, law};

/// When the person may next be asked for consent to a purpose on a channel; `None`: now. Somebody
/// who opted out of audiences and behavioural ads is left in peace for as long as the law says
/// (`ccpa/re_ask/sale`).
#[must_use]
pub fn may_ask(
    standing: &Standing,
    (purpose, channel): (PurposeId, Channel),
    now: Timestamp,
) -> Option<Timestamp> {
    let covers = |own: &&crate::Refusal| own.scope.covers(channel, &purpose, None);
    let last = standing
        .refusals
        .iter()
        .filter(covers)
        .map(|own| own.occurred_at)
        .max()?;
    let again = law::asked_again_from(last, now)?;
    (channel.is_sale_or_sharing() && now < again).then_some(again)
}

/// Days between two questions about the dial (design §3.4).
const DIAL_ASKED_DAYS: i64 = 90;
/// Days at the present level before the first question about it.
const DIAL_STOOD_DAYS: i64 = 21;
/// Days without a question after something was too personal.
const TOO_PERSONAL_DAYS: i64 = 180;

/// When somebody known `since` then may next be asked to turn the dial up; `None`: now. They may
/// turn it themselves at any time.
#[must_use]
pub fn may_ask_for_more(
    standing: &Standing,
    since: Timestamp,
    (policy, now): (&Policy, Timestamp),
) -> Option<Timestamp> {
    let personal = |ask: &&crate::standing::Ask| {
        let purpose = policy.purpose(&ask.purpose);
        purpose.is_some_and(|own| own.class == Class::Personalisation)
    };
    let asked = standing.asks.iter().filter(personal).map(|own| own.at);
    let stood = standing.dial.map_or(since, |dial| dial.since);
    let shocked = standing.dial.and_then(|dial| dial.too_personal_at);
    let waits = [
        asked.max().map(|at| at.plus_days(DIAL_ASKED_DAYS)),
        Some(stood.plus_days(DIAL_STOOD_DAYS)),
        shocked.map(|at| at.plus_days(TOO_PERSONAL_DAYS)),
    ];
    waits
        .into_iter()
        .flatten()
        .max()
        .filter(|until| now < *until)
}
