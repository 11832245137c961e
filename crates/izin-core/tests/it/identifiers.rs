//! Identifiers (design §3.2), as far as one person's acts tell of them.

use izin_core::relation::DetachCause;
use izin_core::{
    Act, Channel, IdentifierId, IdentifierKind, Reason, Refusal, RefusalKind, Scope, Seq, Standing,
    Usage, decide, strictest,
};
use izin_testkit::world::{NOON, REFUSALS, World};

use super::story::{
    ADDRESS, OTHER_ADDRESS, Yes, allowed, denied, newsletter, opted_out, refused, then,
};

const CAUSES: [DetachCause; 3] = [
    DetachCause::WrongPerson,
    DetachCause::Reverified,
    DetachCause::Split,
];

fn attached(identifier: IdentifierId) -> Act {
    Act::IdentifierAttached {
        identifier,
        kind: IdentifierKind::Email,
    }
}

fn detached(cause: DetachCause) -> Act {
    Act::IdentifierDetached {
        identifier: ADDRESS,
        cause,
    }
}

#[test]
fn wrong_person_or_a_number_re_verified_by_another_ends_old_consents() {
    for cause in CAUSES {
        denied(&then(&newsletter(), [detached(cause)]), Reason::NoConsent);
        let back = then(&newsletter(), [detached(cause), attached(ADDRESS)]);
        denied(&back, Reason::NoConsent);
    }
}

#[test]
fn a_refusal_stays_when_the_identifier_leaves() {
    for cause in CAUSES {
        let world = then(&newsletter(), [opted_out(), detached(cause)]);
        denied(&world, Reason::OptedOutAll);
    }
}

#[test]
fn a_new_identifier_brings_no_consent_along() {
    let mut world = then(&newsletter(), [attached(OTHER_ADDRESS)]);
    world.request.address = Some(OTHER_ADDRESS);
    denied(&world, Reason::NoConsent);
}

#[test]
fn a_refusal_through_one_identifier_is_one_for_all_of_them() {
    let yes = Yes {
        identifier: Some(OTHER_ADDRESS),
        ..Yes::on(Channel::Email)
    };
    let acts = [attached(OTHER_ADDRESS), yes.act(), opted_out()];
    for address in [None, Some(ADDRESS), Some(OTHER_ADDRESS)] {
        let mut world = then(&newsletter(), acts.clone());
        world.request.address = address;
        denied(&world, Reason::OptedOutAll);
    }
}

#[test]
fn an_address_that_nobody_holds_obeys_its_suppressions() {
    let world = newsletter();
    for kind in REFUSALS {
        let refusal = Refusal {
            kind,
            scope: Scope::EVERYTHING,
            seq: Seq(1),
            occurred_at: NOON,
            recorded_at: NOON,
            times: 1,
        };
        let standing = Standing::unknown(vec![refusal]);
        let judged_by = (&world.policy, NOON);
        let decision = decide(&world.request, &standing, Usage::default(), judged_by);
        assert_eq!(decision.reason, refusal.reason(NOON));
        assert!(decision.also.contains(Reason::UnknownSubject));
    }
}

#[test]
fn an_address_that_nobody_holds_gets_no_marketing() {
    let mut world = newsletter();
    world.entries.clear();
    denied(&world, Reason::UnknownSubject);
}

#[test]
fn of_several_holders_the_strictest_decides() {
    let refusing = then(&newsletter(), [opted_out()]).decide();
    let willing = newsletter().decide();
    for order in [[refusing, willing], [willing, refusing]] {
        assert_eq!(strictest(order), Some(refusing));
    }
    assert_eq!(strictest([]), None);
}

#[test]
fn a_refusal_made_while_merged_stays_after_a_split() {
    let other = izin_core::SubjectId::from_bytes([8; 16]);
    let world = then(
        &newsletter(),
        [
            Act::Merged { from: other },
            refused(RefusalKind::OptedOut, Scope::EVERYTHING),
            Act::SplitFrom { from: other },
        ],
    );
    denied(&world, Reason::OptedOutAll);
}

#[test]
fn a_merge_by_itself_permits_nothing_and_takes_nothing() {
    let other = izin_core::SubjectId::from_bytes([8; 16]);
    let merged = |world: &World| then(world, [Act::Merged { from: other }]);
    allowed(&merged(&newsletter()), Reason::Consent);
    denied(
        &merged(&then(&newsletter(), [opted_out()])),
        Reason::OptedOutAll,
    );
}
