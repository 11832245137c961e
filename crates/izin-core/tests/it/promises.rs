//! The promises that stand above all others: an objection is overridden by nothing, and each rule
//! of law decides from its first moment to its last.

use std::collections::BTreeSet;

use izin_core::consent::Giver;
use izin_core::decision::may_ask;
use izin_core::law::{self, Kind, Status};
use izin_core::policy::{Bases, Class, Purpose};
use izin_core::{Act, Channel, Origin, Reason, RefusalKind, Scope, Timestamp, Verdict};
use izin_testkit::policy::purpose_id;
use izin_testkit::world::declared::dpia_id;
use izin_testkit::world::{NOON, World};

use super::story::{
    Yes, agreed, at, declaring, denied, newsletter, opted_out, recorded, refused, said, silent,
    then,
};

const ORIGINS: [Origin; 6] = [
    Origin::OneClick,
    Origin::Page,
    Origin::Api,
    Origin::Import,
    Origin::Agent,
    Origin::Izin,
];

fn objecting() -> World {
    let no = refused(RefusalKind::Objected, Scope::EVERYTHING);
    then(&newsletter(), [no])
}

/// Whether an act is the person's own later proven yes, or the correction of two people.
fn may_lift(act: &Act) -> bool {
    match act {
        Act::Consented { origin, manner, .. } => {
            manner.step_up && manner.by == Giver::Subject && *origin != Origin::Import
        }
        Act::EntryCorrected { .. } => true,
        _ => false,
    }
}

#[test]
fn requirement_2_no_act_of_any_kind_overrides_an_objection() {
    let random = (0..1_500).flat_map(|seed| World::random(seed).entries);
    let of_the_shop_and_reviewers = [
        Act::PolicyPublished {
            version: 9,
            hash: String::new(),
        },
        Act::DpiaApproved {
            dpia: dpia_id("assessed"),
            hash: String::new(),
        },
        Act::PresumptionCleared {
            entry: objecting().standing().seq,
            scope: Scope::EVERYTHING,
        },
    ];
    let acts = random
        .map(|entry| entry.act)
        .chain(of_the_shop_and_reviewers);
    let mut kinds = BTreeSet::new();
    for act in acts {
        kinds.insert(act.kind());
        if !may_lift(&act) {
            let after = then(&objecting(), [act.clone()]).decide();
            assert_eq!(after.verdict, Verdict::Deny, "{act:?}");
            assert!(after.reason <= Reason::Objected, "{act:?}");
        }
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        (1..=26).collect::<Vec<u8>>()
    );
}

#[test]
fn requirement_2_no_origin_and_no_import_overrides_an_objection() {
    for origin in ORIGINS {
        let mut yes = Yes::proven(Channel::Email);
        yes.origin = origin;
        let proven = then(&objecting(), [yes.act()]).decide();
        assert_eq!(proven.verdict == Verdict::Deny, origin == Origin::Import);
        yes.manner.step_up = false;
        denied(&then(&objecting(), [yes.act()]), Reason::Objected);
    }
}

#[test]
fn requirement_2_no_declaration_overrides_an_objection() {
    let changes: [fn(&mut Purpose); 4] = [
        |asked| asked.basis = Bases::Same(law::Basis::LegalObligation),
        |asked| asked.basis = Bases::Same(law::Basis::Contextual),
        |asked| asked.class = Class::OptionalService,
        |asked| asked.class = Class::Measurement,
    ];
    for change in changes {
        denied(&declaring(objecting(), change), Reason::Objected);
    }
}

#[test]
fn the_reason_is_the_first_in_the_order_of_precedence() {
    let mut world = then(&objecting(), [opted_out()]);
    let decision = denied(&world, Reason::OptedOutAll);
    assert!(decision.also.contains(Reason::Objected));
    world.request.stale = true;
    denied(&world, Reason::StaleGate);
}

#[test]
fn a_refusal_is_named_by_how_much_it_covers() {
    let whole = Scope::EVERYTHING;
    let asked = Some(purpose_id("asked"));
    let topic = Some(izin_testkit::policy::topic("x"));
    let channel = Some(Channel::Email);
    for (scope, reason) in [
        (whole, Reason::OptedOutAll),
        (Scope { channel, ..whole }, Reason::OptedOutChannel),
        (
            Scope {
                purpose: asked,
                ..whole
            },
            Reason::OptedOutPurpose,
        ),
        (
            Scope {
                channel,
                purpose: asked,
                topic,
            },
            Reason::OptedOutTopic,
        ),
    ] {
        let mut world = then(&newsletter(), [refused(RefusalKind::OptedOut, scope)]);
        world.request.topic = topic;
        denied(&world, reason);
    }
}

/// A world asked about what a row of law permits, on the first basis that it names.
fn asking_about(row: &law::Rule) -> Option<World> {
    let class = row.class?;
    let own_rows = |channel: &Channel| {
        let mut rows = law::rules().iter();
        rows.any(|own| {
            (own.kind, own.regime, own.class) == (row.kind, row.regime, row.class)
                && own.channel == Some(*channel)
        })
    };
    let mut free = Channel::ALL.into_iter().filter(|own| !own_rows(own));
    let channel = row.channel.or_else(|| free.next())?;
    let basis = row.bases.first()?;
    let mut world = declaring(silent(class, channel), |asked| {
        asked.basis = Bases::Same(basis);
    });
    world.policy.controller.regimes = vec![row.regime];
    Some(world)
}

#[test]
fn requirement_14_each_permission_decides_from_its_first_moment_to_just_before_its_end() {
    let mut tried = 0;
    let rows = law::rules().iter();
    let rows = rows.filter(|own| own.kind == Kind::Permission && own.status == Status::InForce);
    for row in rows {
        let Some(mut world) = asking_about(row) else {
            continue;
        };
        let mut lacks = |moment: Timestamp| {
            world.now = moment;
            let decision = world.decide();
            decision.reason == Reason::NoBasis || decision.also.contains(Reason::NoBasis)
        };
        let before = Timestamp::from_micros(row.in_force_from.as_micros() - 1);
        let general = |own: &&law::Rule| {
            (own.kind, own.regime, own.class) == (row.kind, row.regime, row.class)
                && own.channel.is_none()
                && own.applies_at(before)
        };
        // Where a channel's own row is younger, the row for all channels decided before.
        let decided = law::rules().iter().any(|own| general(&own));
        assert!(lacks(before) != decided, "{}", row.id);
        assert!(!lacks(row.in_force_from), "{}", row.id);
        if let Some(end) = row.in_force_to {
            assert!(lacks(end), "{}", row.id);
        }
        tried += 1;
    }
    assert!(tried > 50, "only {tried} rows were tried");
}

#[test]
fn requirement_28_after_an_opt_out_of_sharing_nobody_is_asked_again_for_a_year() {
    let asked = (purpose_id("asked"), Channel::Social);
    let world = agreed(Class::Marketing, Channel::Social);
    assert_eq!(may_ask(&world.standing(), asked, NOON), None);
    let no = said(RefusalKind::OptedOut, Scope::EVERYTHING, 0);
    let standing = recorded(&world, 0, no).standing();
    // Twelve months in California, where it was the evening of the 20th; there is no day 366.
    let again = at("2027-11-21T00:00:00-08:00");
    for days in [0, 180, 364, 365] {
        let until = may_ask(&standing, asked, NOON.plus_days(days));
        assert_eq!(until, Some(again), "{days}");
    }
    assert!(may_ask(&standing, asked, again.plus_seconds(-1)).is_some());
    assert_eq!(may_ask(&standing, asked, again), None);
    let ads = (asked.0, Channel::Ads);
    assert_eq!(may_ask(&standing, ads, NOON), Some(again));
    let mail = (asked.0, Channel::Email);
    assert_eq!(may_ask(&standing, mail, NOON), None);
}

#[test]
fn a_year_with_a_leap_day_is_a_year_and_before_the_row_was_law_there_was_no_term() {
    let again = |no, now| law::asked_again_from(at(no), at(now));
    assert_eq!(
        again("2027-03-01T12:00:00-08:00", "2027-03-02"),
        Some(at("2028-03-02T00:00:00-08:00"))
    );
    assert_eq!(
        again("2028-02-29T12:00:00-08:00", "2028-03-02"),
        Some(at("2029-03-01T00:00:00-08:00"))
    );
    assert_eq!(again("2020-02-01", "2020-02-02"), None);
    let endless = law::asked_again_from(Timestamp::MAX, NOON);
    assert_eq!(endless, Some(Timestamp::MAX));
}

#[test]
fn a_purpose_without_a_basis_under_one_of_the_laws_is_denied_under_all() {
    let regimes = [law::Regime::UuPdp, law::Regime::Gdpr];
    let mut world = newsletter();
    world.policy.controller.regimes = regimes.to_vec();
    let claimed = |own: &[law::Regime]| {
        let each = own.iter().map(|own| (*own, law::Basis::Consent));
        Bases::Each(each.collect())
    };
    let both = declaring(world.clone(), |asked| asked.basis = claimed(&regimes));
    assert_eq!(both.decide().verdict, Verdict::Allow);
    let one = declaring(world, |asked| asked.basis = claimed(&regimes[..1]));
    denied(&one, Reason::NoBasis);
}

#[test]
fn a_person_in_a_country_without_a_table_has_the_laws_of_the_shops_home_with_opt_in() {
    let mut world = silent(Class::Marketing, Channel::Email);
    world.policy.controller.country = "US".parse().unwrap();
    world = super::story::basis(world, law::Basis::NoticeOptOut);
    let american = super::story::under(world.clone(), &[law::Regime::UsFederal], "US");
    assert_eq!(american.decide().reason, Reason::NoticeOptOut);
    let abroad = super::story::under(world, &[law::Regime::UsFederal], "JP");
    let decision = denied(&abroad, Reason::NoConsent);
    assert!(decision.regimes.contains(law::Regime::UsFederal));
}

#[test]
fn where_a_request_places_the_person_elsewhere_both_laws_protect() {
    let mut world = newsletter();
    world.policy.controller.regimes = vec![law::Regime::UuPdp, law::Regime::Gdpr];
    world = then(&world, [super::story::placed("ID")]);
    assert_eq!(world.decide().regimes.len(), 1);
    world.request.place = Some(izin_core::relation::Place {
        country: "DE".parse().unwrap(),
        region: None,
        zone: None,
        source: izin_core::relation::PlaceSource::Phone,
    });
    assert_eq!(world.decide().regimes.len(), 2);
}
