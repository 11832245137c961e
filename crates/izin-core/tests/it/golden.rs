//! The golden matrix: what may be sent to whom, in lines that a lawyer can read.
//!
//! Each table varies some conditions over every class and leaves the others as in *the usual
//! case*: a known person with an address and a number, who agreed to the purpose on every channel
//! two weeks ago.

use izin_core::act::Evidence;
use izin_core::law::Basis;
use izin_core::policy::Class;
use izin_core::{
    Act, Channel, Entry, IdentifierId, IdentifierKind, Level, Origin, Reason, RefusalKind, Scope,
    Seq, Timestamp, Verdict,
};
use izin_testkit::policy::{purpose_id, topic};
use izin_testkit::world::{CLASSES, NOON, REFUSALS, World};

use super::matrix::{
    ADDRESS, CHANNELS, Matrix, NUMBER, agreed, person, refused, usual, usual_then, world,
};

fn consents(matrix: &mut Matrix) {
    matrix.table("class, channel, consent");
    for class in CLASSES {
        for channel in CHANNELS {
            let yes = |days| agreed("asked", channel, Evidence::Recorded, days);
            let claim = agreed("asked", channel, Evidence::Missing, 14);
            let no = refused(RefusalKind::OptedOut, Scope::channel(channel));
            for (state, acts) in [
                ("none", vec![]),
                ("claimed", vec![claim.clone()]),
                ("given", vec![yes(14)]),
                ("claimed after given", vec![yes(14), claim]),
                ("on its last day", vec![yes(29)]),
                ("expired", vec![yes(30)]),
                ("given after refusal", vec![no, yes(1)]),
            ] {
                let acts = person().into_iter().chain(acts).collect();
                let row = [class.as_str(), channel.as_str(), state];
                matrix.row(&row, &world(class, channel, acts));
            }
        }
    }
}

fn scopes() -> [(&'static str, Scope); 6] {
    let asked = || Some(purpose_id("asked"));
    let topic = |name| Scope {
        channel: None,
        purpose: asked(),
        topic: Some(topic(name)),
    };
    [
        ("everything", Scope::EVERYTHING),
        ("this channel", Scope::channel(Channel::Email)),
        ("another channel", Scope::channel(Channel::Sms)),
        (
            "this purpose",
            Scope {
                purpose: asked(),
                ..Scope::EVERYTHING
            },
        ),
        ("this topic", topic("new_arrivals")),
        ("another topic", topic("price_drops")),
    ]
}

fn refusals(matrix: &mut Matrix) {
    matrix.table("class, refusal, scope; asked about a topic on email");
    for class in CLASSES {
        for kind in REFUSALS {
            for (name, scope) in scopes() {
                let acts = usual_then([refused(kind, scope)]);
                let kind = serde_json::to_value(kind).unwrap();
                let row = [class.as_str(), kind.as_str().unwrap(), name];
                matrix.row(&row, &world(class, Channel::Email, acts));
            }
        }
    }
}

fn paused(channel: Option<Channel>, days: i64) -> Act {
    Act::Paused {
        channel,
        until: NOON.plus_days(days),
        origin: Origin::Page,
    }
}

fn hindrances(matrix: &mut Matrix) {
    matrix.table("class, what stands in the way; on email");
    let restricted = |holds| Act::Restricted {
        holds,
        origin: Origin::Agent,
    };
    let failed = |identifier, channel| Act::Undeliverable {
        identifier,
        channel,
    };
    let no = refused(RefusalKind::OptedOut, Scope::EVERYTHING);
    for class in CLASSES {
        for (name, acts) in [
            ("paused", vec![paused(None, 3)]),
            ("paused here", vec![paused(Some(Channel::Email), 5)]),
            ("paused elsewhere", vec![paused(Some(Channel::Sms), 5)]),
            (
                "paused twice",
                vec![paused(None, 3), paused(Some(Channel::Email), 5)],
            ),
            ("a pause just ended", vec![paused(None, 0)]),
            (
                "a pause taken back",
                vec![paused(None, 3), paused(None, -1)],
            ),
            ("restricted", vec![restricted(true)]),
            (
                "no more restricted",
                vec![restricted(true), restricted(false)],
            ),
            (
                "restricted, refused",
                vec![restricted(true), no.clone(), paused(None, 3)],
            ),
            ("paused, refused", vec![paused(None, 3), no.clone()]),
            ("address failed", vec![failed(ADDRESS, Channel::Email)]),
            ("number failed", vec![failed(NUMBER, Channel::Sms)]),
            (
                "failed and paused",
                vec![failed(ADDRESS, Channel::Email), paused(None, 3)],
            ),
        ] {
            matrix.row(
                &[class.as_str(), name],
                &world(class, Channel::Email, usual_then(acts)),
            );
        }
    }
}

fn levels(matrix: &mut Matrix) {
    matrix.table("dial, personalisation, purpose up to; marketing on email");
    let yes = |days| agreed("personal", Channel::Email, Evidence::Recorded, days);
    let claim = agreed("personal", Channel::Email, Evidence::Missing, 1);
    let elsewhere = agreed("personal", Channel::Sms, Evidence::Recorded, 1);
    let no = refused(
        RefusalKind::Withdrawn,
        Scope::purpose(purpose_id("personal"), Channel::Email),
    );
    let dials = [
        None,
        Some(Level::Contextual),
        Some(Level::Trends),
        Some(Level::Purchases),
        Some(Level::Browsing),
    ];
    for dial in dials {
        let moved = dial.map(|level| Act::DialMoved {
            level,
            origin: Origin::Page,
        });
        let name = dial.map_or("not moved".to_owned(), |level| format!("dial at {level}"));
        for (personalisation, acts) in [
            ("not agreed", vec![]),
            ("claimed", vec![claim.clone()]),
            ("agreed", vec![yes(14)]),
            ("agreed on sms", vec![elsewhere.clone()]),
            ("expired", vec![yes(30)]),
            ("withdrawn", vec![yes(14), no.clone()]),
        ] {
            for ceiling in [Level::Contextual, Level::Trends, Level::Browsing] {
                let acts = usual_then(moved.clone().into_iter().chain(acts.clone()));
                let mut world = world(Class::Marketing, Channel::Email, acts);
                world.policy.purposes[0].highest_level = ceiling;
                matrix.row(
                    &[&name, personalisation, &format!("up to {ceiling}")],
                    &world,
                );
            }
        }
    }
}

fn addresses(matrix: &mut Matrix) {
    matrix.table("asked about, agreed for, failed; marketing on email");
    let other = IdentifierId::from_bytes([9; 16]);
    let named = [
        ("any", None),
        ("this address", Some(ADDRESS)),
        ("another address", Some(other)),
    ];
    let works = [
        ("none", None),
        ("this failed", Some(ADDRESS)),
        ("another failed", Some(other)),
    ];
    for (asked, address) in named {
        for (agreed_for, identifier) in named {
            for (failed, dead) in works {
                let mut world = world(Class::Marketing, Channel::Email, two_addresses(other));
                let mut happens = |act| world = world.then(act);
                happens(agreed_to_mail(identifier));
                if let Some(identifier) = dead {
                    let channel = Channel::Email;
                    happens(Act::Undeliverable {
                        identifier,
                        channel,
                    });
                }
                world.request.address = address;
                matrix.row(&[asked, agreed_for, failed], &world);
            }
        }
    }
}

fn two_addresses(other: IdentifierId) -> Vec<Act> {
    [ADDRESS, other]
        .map(|identifier| Act::IdentifierAttached {
            identifier,
            kind: IdentifierKind::Email,
        })
        .to_vec()
}

fn agreed_to_mail(address: Option<IdentifierId>) -> Act {
    let mut yes = agreed("asked", Channel::Email, Evidence::Recorded, 14);
    if let Act::Consented { identifier, .. } = &mut yes {
        *identifier = address;
    }
    yes
}

fn strangers(matrix: &mut Matrix) {
    matrix.table("class, what stands for an address that nobody is known by; on email");
    for class in CLASSES {
        matrix.row(
            &[class.as_str(), "nothing"],
            &world(class, Channel::Email, vec![]),
        );
        for kind in REFUSALS {
            let mut world = world(class, Channel::Email, vec![]);
            world.entries = vec![Entry {
                seq: Seq(0),
                subject: None,
                recorded_at: NOON,
                act: Act::IdentifierSuppressed {
                    suppression: ADDRESS,
                    refusal: kind,
                    scope: Scope::EVERYTHING,
                    occurred_at: NOON,
                    origin: Origin::Import,
                },
            }];
            let kind = serde_json::to_value(kind).unwrap();
            matrix.row(&[class.as_str(), kind.as_str().unwrap()], &world);
        }
    }
}

fn declarations(matrix: &mut Matrix) {
    matrix.table("class, what the company declared; on email");
    let before_the_law = Timestamp::from_micros(0);
    for class in CLASSES {
        for basis in [Basis::Consent, Basis::Contract, Basis::LegitimateInterest] {
            let mut world = world(class, Channel::Email, usual());
            world.policy.purposes[0].basis = basis;
            let basis = serde_json::to_value(basis).unwrap();
            matrix.row(&[class.as_str(), basis.as_str().unwrap()], &world);
        }
        let usual = world(class, Channel::Email, usual());
        let mut other = usual.clone();
        other.policy.controller.regimes.clear();
        matrix.row(&[class.as_str(), "bound by no law"], &other);
        let other = World {
            now: before_the_law,
            ..usual.clone()
        };
        matrix.row(&[class.as_str(), "before the law"], &other);
        let mut other = usual.clone();
        other.policy.purposes[0].channels = vec![Channel::Sms];
        matrix.row(&[class.as_str(), "not on this channel"], &other);
        let mut other = usual;
        other.policy.purposes.remove(0);
        matrix.row(&[class.as_str(), "no such purpose"], &other);
    }
}

fn matrix() -> Matrix {
    let mut matrix = Matrix::default();
    for table in [
        consents,
        refusals,
        hindrances,
        levels,
        addresses,
        strangers,
        declarations,
    ] {
        table(&mut matrix);
    }
    matrix
}

#[test]
fn what_may_be_sent_to_whom_does_not_change_unseen() {
    insta::assert_snapshot!("matrix", matrix().text);
}

/// This list may only be empty.
#[test]
fn every_reason_has_its_golden_row() {
    let met = matrix().met;
    let without: Vec<_> = Reason::all()
        .filter(|reason| !met.contains(reason))
        .collect();
    assert_eq!(without, []);
}

#[test]
fn the_usual_case_is_allowed_for_every_class() {
    for class in CLASSES {
        for channel in CHANNELS {
            let decision = world(class, channel, usual()).decide();
            assert_eq!(decision.verdict, Verdict::Allow, "{class:?} {channel}");
        }
    }
}
