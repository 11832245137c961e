//! The serialised form of acts. Ledger leaves commit to these bytes: a line that changes makes
//! every proof of such an act fail.

use izin_core::act::Evidence;
use izin_core::{
    Act, Channel, IdentifierId, IdentifierKind, Level, Origin, RefusalKind, Scope, Timestamp,
};
use izin_testkit::policy::{purpose_id, topic};
use izin_testkit::world::{REFUSALS, World};

const AT: Timestamp = Timestamp::from_micros(1_795_240_800_123_456);
const ID: IdentifierId = IdentifierId::from_bytes(*b"0123456789abcdef");

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

/// At least one act of every kind, with and without what may be absent.
fn examples() -> Vec<Act> {
    let whole = Scope {
        channel: Some(Channel::Email),
        purpose: Some(purpose_id("marketing")),
        topic: Some(topic("new_arrivals")),
    };
    let kinds = [
        IdentifierKind::Email,
        IdentifierKind::Phone,
        IdentifierKind::Customer,
    ];
    let attached = kinds.map(|kind| Act::IdentifierAttached {
        identifier: ID,
        kind,
    });
    let refusals = REFUSALS.map(|kind| refused(kind, Scope::EVERYTHING));
    let mut acts: Vec<Act> = attached.into_iter().chain(refusals).collect();
    acts.extend([
        consent(None, Evidence::Recorded, Origin::Page),
        consent(Some("new_arrivals"), Evidence::Missing, Origin::Import),
        refused(RefusalKind::OptedOut, Scope::channel(Channel::Whatsapp)),
        refused(RefusalKind::OptedOut, whole.clone()),
        Act::IdentifierSuppressed {
            suppression: ID,
            refusal: RefusalKind::Complained,
            scope: whole,
            occurred_at: AT,
            origin: Origin::Api,
        },
        Act::DialMoved {
            level: Level::Contextual,
            origin: Origin::Agent,
        },
        Act::DialMoved {
            level: Level::Browsing,
            origin: Origin::Page,
        },
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
    assert_eq!(kinds, (1..=9).collect::<Vec<u8>>());
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
