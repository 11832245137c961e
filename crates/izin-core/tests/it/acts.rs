//! The serialised form of acts. Ledger leaves commit to these bytes: a line that changes makes
//! every proof of such an act fail.

use izin_core::act::{Corrected, Evidence};
use izin_core::consent::{Giver, Manner, Mark};
use izin_core::relation::{DetachCause, PlaceSource, Relation, SoftOptIn};
use izin_core::{
    Act, Channel, IdentifierId, IdentifierKind, Language, Level, Origin, RefusalKind, Scope, Seq,
    Signal, SubjectId, Timestamp, Zone,
};
use izin_testkit::policy::{purpose_id, topic};
use izin_testkit::world::declared::{dpia_id, form_id, limit};
use izin_testkit::world::{REFUSALS, World};

const AT: Timestamp = Timestamp::from_micros(1_795_240_800_123_456);
const ID: IdentifierId = IdentifierId::from_bytes(*b"0123456789abcdef");
const OTHER: SubjectId = SubjectId::from_bytes(*b"fedcba9876543210");
/// Kinds of act there are.
const KINDS: u8 = 28;

fn consent(topic_name: Option<&str>, evidence: Evidence, origin: Origin) -> Act {
    Act::Consented {
        purpose: purpose_id("marketing"),
        channel: Channel::SocialDm,
        topic: topic_name.map(topic),
        identifier: topic_name.map(|_| ID),
        occurred_at: AT,
        evidence,
        policy: 3,
        origin,
        manner: Manner::default(),
    }
}

fn refused(refusal: RefusalKind, scope: Scope) -> Act {
    Act::Refused {
        refusal,
        scope,
        occurred_at: AT,
        origin: Origin::OneClick,
    }
}

const fn dial(level: Level, origin: Origin) -> Act {
    Act::DialMoved {
        level,
        origin,
        step_up: false,
        too_personal: false,
    }
}

const fn whole() -> Scope {
    Scope::channel(Channel::Email)
}

fn topical() -> Scope {
    Scope {
        purpose: Some(purpose_id("marketing")),
        topic: Some(topic("new_arrivals")),
        ..whole()
    }
}

/// At least one act of every kind of the first release, with and without what may be absent.
fn first_release() -> Vec<Act> {
    let kinds = [
        IdentifierKind::Email,
        IdentifierKind::Phone,
        IdentifierKind::Customer,
    ];
    let attached = kinds.map(|kind| Act::IdentifierAttached {
        identifier: ID,
        kind,
    });
    let said = REFUSALS.into_iter();
    let said = said.filter(|kind| *kind != RefusalKind::Presumed);
    let refusals = said.map(|kind| refused(kind, Scope::EVERYTHING));
    let mut acts: Vec<Act> = attached.into_iter().chain(refusals).collect();
    acts.extend([
        consent(None, Evidence::Recorded, Origin::Page),
        consent(Some("new_arrivals"), Evidence::Missing, Origin::Import),
        refused(RefusalKind::OptedOut, Scope::channel(Channel::Whatsapp)),
        refused(RefusalKind::OptedOut, topical()),
        Act::IdentifierSuppressed {
            suppression: ID,
            refusal: RefusalKind::Complained,
            scope: topical(),
            occurred_at: AT,
            origin: Origin::Api,
        },
        dial(Level::Contextual, Origin::Agent),
        dial(Level::Browsing, Origin::Page),
        Act::Paused {
            channel: None,
            until: AT,
            origin: Origin::Page,
        },
        Act::Paused {
            channel: Some(Channel::Push),
            until: AT,
            origin: Origin::Izin,
        },
        Act::Restricted {
            holds: true,
            origin: Origin::Agent,
        },
        Act::Restricted {
            holds: false,
            origin: Origin::Agent,
        },
        Act::Undeliverable {
            identifier: ID,
            channel: Channel::Email,
        },
        Act::PolicyPublished {
            version: 1,
            hash: "00ff".repeat(16),
        },
    ]);
    acts
}

/// The same for the kinds and parts that came later.
fn second_release() -> Vec<Act> {
    let origin = Origin::Page;
    let mut acts = vec![
        refused(RefusalKind::Presumed, whole()),
        Act::Consented {
            purpose: purpose_id("marketing"),
            channel: Channel::Email,
            topic: None,
            identifier: Some(ID),
            occurred_at: AT,
            evidence: Evidence::Recorded,
            policy: 3,
            origin,
            manner: Manner {
                form: Some((form_id("checkout"), 2)),
                language: Some(Language::Id),
                explicit: true,
                by: Giver::Guardian,
                step_up: true,
            },
        },
        Act::DialMoved {
            level: Level::Purchases,
            origin,
            step_up: true,
            too_personal: true,
        },
        Act::PolicyTookEffect { version: 2 },
        Act::DpiaApproved {
            dpia: dpia_id("personalisation_2026"),
            hash: "00ff".repeat(16),
        },
        Act::MinorKnown {
            adult_from: AT,
            origin,
        },
        Act::SignalOverruled {
            signal: Signal::Gpc,
            origin,
        },
        Act::SoftOptInRecorded {
            identifier: ID,
            facts: SoftOptIn {
                obtained_in_sale: true,
                ..SoftOptIn::default()
            },
            occurred_at: AT,
            origin,
        },
        Act::PresumptionCleared {
            entry: Seq(9),
            scope: whole(),
        },
        Act::Merged { from: OTHER },
        Act::MergedInto { into: OTHER },
        Act::SplitFrom { from: OTHER },
        Act::Erased,
        Act::LogForked {
            from: "toko.example".to_owned(),
            size: 9,
            root: "AAAA".to_owned(),
        },
        Act::HandOversBatched {
            count: 256,
            root: "AAAA".to_owned(),
        },
    ];
    acts.extend(variants());
    acts
}

/// Acts of which one example does not show every part.
fn variants() -> Vec<Act> {
    let origin = Origin::Api;
    let mut acts = Vec::new();
    for (topic, identifier, mark) in [
        (None, None, Mark::Requested),
        (Some(topic("x")), None, Mark::RequestDeferred),
        (None, Some(ID), Mark::Refused),
        (None, None, Mark::Revoked),
        (None, None, Mark::Invalidated),
    ] {
        acts.push(Act::ConsentMarked {
            purpose: purpose_id("marketing"),
            channel: Channel::Email,
            topic,
            identifier,
            mark,
            origin,
        });
    }
    for (region, zone, source) in [
        (None, None, PlaceSource::Phone),
        (None, None, PlaceSource::Shop),
        (Some("US-CA"), None, PlaceSource::Delivery),
        (None, Some("WIB"), PlaceSource::Declared),
    ] {
        acts.push(Act::Placed {
            country: if region.is_some() { "US" } else { "ID" }.parse().unwrap(),
            region: region.map(|region| region.parse().unwrap()),
            zone: zone.map(|zone| Zone::parse(zone).unwrap()),
            source,
        });
    }
    acts.extend(more_variants(origin));
    acts
}

fn more_variants(origin: Origin) -> Vec<Act> {
    let mut acts = Vec::new();
    for (signal, channel) in Signal::ALL
        .into_iter()
        .zip([Some(Channel::Sms), None, None, None])
    {
        acts.push(Act::SignalSeen {
            signal,
            channel,
            origin,
        });
    }
    for relation in [Relation::Purchase, Relation::Inquiry] {
        acts.push(Act::RelationRecorded {
            relation,
            occurred_at: AT,
        });
    }
    for channel in [None, Some(Channel::Email)] {
        acts.push(Act::CapSet {
            channel,
            limit: limit(3, "7d"),
            origin,
        });
    }
    let mistaken = Corrected::Refusal {
        refusal: RefusalKind::OptedOut,
        scope: whole(),
    };
    for what in [mistaken, Corrected::Consent, Corrected::Minor] {
        acts.push(Act::EntryCorrected {
            entry: Seq(9),
            what,
        });
    }
    for cause in [
        DetachCause::WrongPerson,
        DetachCause::Reverified,
        DetachCause::Split,
        DetachCause::Erased,
    ] {
        acts.push(Act::IdentifierDetached {
            identifier: ID,
            cause,
        });
    }
    acts
}

fn examples() -> Vec<Act> {
    [first_release(), second_release()].concat()
}

#[test]
fn the_bytes_of_an_act_never_change() {
    let lines: Vec<String> = examples()
        .iter()
        .map(|act| format!("{} {}", act.kind(), serde_json::to_string(act).unwrap()))
        .collect();
    insta::assert_snapshot!("acts", lines.join("\n"));
}

#[test]
fn every_kind_of_act_has_its_golden_line() {
    let mut kinds: Vec<u8> = examples().iter().map(Act::kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, (1..=KINDS).collect::<Vec<u8>>());
}

#[test]
fn an_act_reads_back_to_the_same_act_and_the_same_bytes() {
    let random = (0..2_000)
        .flat_map(|seed| World::random(seed).entries)
        .map(|entry| entry.act);
    for act in examples().into_iter().chain(random) {
        let text = serde_json::to_string(&act).unwrap();
        let read: Act = serde_json::from_str(&text).unwrap();
        assert_eq!(read, act);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}

#[test]
fn an_act_that_is_not_known_is_not_read_as_another() {
    for text in [
        r#"{"act":"forgotten"}"#,
        r#"{"act":"dial_moved","level":4,"origin":"page"}"#,
        r#"{"act":"dial_moved","level":1,"origin":"guess"}"#,
        r#"{"act":"refused","refusal":"perhaps","occurred_at":0,"origin":"page"}"#,
        r#"{"act":"refused","refusal":"opted_out","channel":"fax","occurred_at":0,"origin":"page"}"#,
        r#"{"act":"restricted","origin":"page"}"#,
    ] {
        assert!(serde_json::from_str::<Act>(text).is_err(), "{text}");
    }
}
