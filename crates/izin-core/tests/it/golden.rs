//! The golden matrix: what may be sent to whom, in lines that a lawyer can read.
//!
//! Each table varies some conditions and leaves the others as in *the usual case*: a known person
//! with an address and a number, who agreed two weeks ago, in the afternoon, the dial not moved.
//! `consent 1` is allowed at level 1; `!no_consent` is denied, `+2` with two more reasons;
//! `~paused 72h` is put off for three days.

use izin_core::act::Evidence;
use izin_core::consent::{Giver, Mark};
use izin_core::law::{Basis, Regime};
use izin_core::policy::Class;
use izin_core::policy::Topic;
use izin_core::relation::{Relation, SoftOptIn};
use izin_core::{Act, Channel, Level, Origin, Reason, Scope, Signal, Verdict};
use izin_testkit::policy::{purpose_id, topic, words};
use izin_testkit::world::declared::{defective, diligent, form_id};
use izin_testkit::world::{NOON, REFUSALS, World};

use super::golden_rest::rest;
use super::matrix::Matrix;
use super::story::{
    ADDRESS, NUMBER, Yes, agreed, assessed_throughout, basis, declaring, dial, minor, opted_out,
    recorded, refused, seen, silent, then, under,
};

/// Where a person lives whom a regime protects.
const COUNTRIES: [(Regime, &str); 6] = [
    (Regime::UuPdp, "ID"),
    (Regime::Gdpr, "DE"),
    (Regime::UkGdpr, "GB"),
    (Regime::Ccpa, "US"),
    (Regime::UsFederal, "US"),
    (Regime::Casl, "CA"),
];
/// States of a consent, in the order of the columns.
const STATES: [&str; 9] = [
    "none", "claimed", "asked", "given", "renewed", "expired", "void", "refused", "lifted",
];

fn marked(mark: Mark, channel: Channel) -> Act {
    Act::ConsentMarked {
        purpose: purpose_id("asked"),
        channel,
        topic: None,
        identifier: None,
        mark,
        origin: Origin::Page,
    }
}

/// A world in each state of its consent.
fn in_states(silent: &World) -> Vec<World> {
    let channel = silent.request.channel;
    let yes = || Yes::on(channel).act();
    let claim = Yes {
        evidence: Evidence::Missing,
        ..Yes::on(channel)
    };
    let mut on_a_form = Yes::on(channel);
    on_a_form.manner.form = Some((form_id("checkout"), 1));
    let mut void = then(silent, [on_a_form.act()]);
    void.policy.forms = vec![defective(1)];
    let given = then(silent, [yes()]);
    let proven = Yes::proven(channel).act();
    vec![
        silent.clone(),
        then(silent, [claim.act()]),
        then(silent, [marked(Mark::Requested, channel)]),
        given.clone(),
        then(&given, [yes()]),
        declaring(given.clone(), |asked| asked.consent_days = Some(14)),
        void,
        then(&given, [opted_out()]),
        then(&given, [opted_out(), proven.clone(), proven]),
    ]
}

fn customer(world: &World) -> World {
    let facts = SoftOptIn {
        obtained_in_sale: true,
        own_similar_goods: true,
        refusal_offered_at_collection: true,
        refusal_offered_in_each_message: true,
    };
    let mut acts: Vec<Act> = [ADDRESS, NUMBER]
        .map(|identifier| Act::SoftOptInRecorded {
            identifier,
            facts,
            occurred_at: NOON.plus_days(-20),
            origin: Origin::Api,
        })
        .to_vec();
    acts.push(Act::RelationRecorded {
        relation: Relation::Purchase,
        occurred_at: NOON.plus_days(-20),
    });
    then(world, acts)
}

/// Class × channel × regime × state of consent, on the usual basis of the class.
fn consents(matrix: &mut Matrix) {
    matrix.table("regime, class, channel, on the usual basis", &STATES);
    for (regime, country) in COUNTRIES {
        for class in Class::ALL {
            for channel in Channel::ALL {
                let world = under(silent(class, channel), &[regime], country);
                let case = [regime.as_str(), class.as_str(), channel.as_str()];
                matrix.row(&case, &in_states(&world));
            }
        }
    }
}

/// The same for a customer, on what each law lets marketing rest on without asking.
fn customers(matrix: &mut Matrix) {
    matrix.table(
        "regime, channel; marketing to a customer, on the basis of a diligent shop",
        &STATES,
    );
    for (regime, country) in COUNTRIES {
        for channel in Channel::ALL {
            let world = declaring(silent(Class::Marketing, channel), |asked| {
                asked.basis = diligent();
            });
            let world = customer(&under(world, &[regime], country));
            let case = [regime.as_str(), channel.as_str()];
            matrix.row(&case, &in_states(&world));
        }
    }
}

/// Every basis under every regime: which the law knows.
fn bases(matrix: &mut Matrix) {
    let names = Regime::ALL.map(Regime::as_str);
    matrix.table(
        "class, channel, basis; with a consent and a purchase",
        &names,
    );
    for class in Class::ALL {
        for channel in [Channel::Email, Channel::Sms, Channel::Ads, Channel::Site] {
            for claimed in Basis::ALL {
                let worlds = COUNTRIES.map(|(regime, country)| {
                    let world = basis(agreed(class, channel), claimed);
                    customer(&under(world, &[regime], country))
                });
                let case = [class.as_str(), channel.as_str(), claimed.as_str()];
                matrix.row(&case, &worlds);
            }
        }
    }
}

/// Channel × signal × state of consent × dial, for marketing.
fn signals(matrix: &mut Matrix) {
    let dials = ["dial 0", "dial 1", "dial 2", "dial 3"];
    matrix.table(
        "channel, signal, consent; marketing, with personalisation",
        &dials,
    );
    for channel in Channel::ALL {
        let signals = Signal::ALL.map(Some).into_iter().chain([None]);
        for signal in signals {
            let states = in_states(&silent(Class::Marketing, channel));
            for (state, world) in STATES.into_iter().zip(states) {
                let personal = Yes {
                    purpose: "personal",
                    ..Yes::on(channel)
                };
                let seen = signal
                    .map(|signal| seen(signal, (channel == Channel::Email).then_some(channel)));
                let world = then(&world, std::iter::once(personal.act()).chain(seen));
                let worlds = Level::ALL.map(|level| then(&world, [dial(level)]));
                let name = signal.map_or("none", |own| own.reason().code());
                matrix.row(&[channel.as_str(), name, state], &worlds);
            }
        }
    }
}

fn scopes() -> [(&'static str, Scope); 6] {
    let asked = || Some(purpose_id("asked"));
    let about = |name| Scope {
        channel: None,
        purpose: asked(),
        topic: Some(topic(name)),
    };
    let this_purpose = Scope {
        purpose: asked(),
        ..Scope::EVERYTHING
    };
    [
        ("everything", Scope::EVERYTHING),
        ("channel", Scope::channel(Channel::Email)),
        ("another channel", Scope::channel(Channel::Sms)),
        ("purpose", this_purpose),
        ("topic", about("x")),
        ("another topic", about("y")),
    ]
}

/// A topic of the purpose asked about.
fn of_asked(name: &str) -> Topic {
    Topic {
        id: topic(name),
        purpose: purpose_id("asked"),
        title: words(name),
    }
}

/// Kinds of refusal × class × scope.
fn refusals(matrix: &mut Matrix) {
    let names = scopes().map(|(name, _)| name);
    matrix.table("class, refusal; asked about a topic on email", &names);
    for class in Class::ALL {
        for kind in REFUSALS {
            let worlds = scopes().map(|(_, scope)| {
                let mut world = then(&agreed(class, Channel::Email), [refused(kind, scope)]);
                world.request.topic = Some(topic("x"));
                world.policy.topics = ["x", "y"].map(of_asked).to_vec();
                world
            });
            let kind = serde_json::to_value(kind).unwrap();
            matrix.row(&[class.as_str(), kind.as_str().unwrap()], &worlds);
        }
    }
}

/// A minor's and a guardian's consents.
fn minors(matrix: &mut Matrix) {
    let columns = ["nobody agreed", "the minor", "a guardian", "of age"];
    matrix.table("class, channel; a minor", &columns);
    for class in Class::ALL {
        for channel in Channel::ALL {
            let mut guardian = Yes::on(channel);
            guardian.manner.by = Giver::Guardian;
            let child = recorded(&silent(class, channel), -30, minor(400));
            let yes = Yes::on(channel).act();
            let mut grown = then(&child, [yes.clone()]);
            grown.now = NOON.plus_days(401);
            assessed_throughout(&mut grown);
            let worlds = [
                child.clone(),
                then(&child, [yes]),
                then(&child, [guardian.act()]),
                grown,
            ];
            matrix.row(&[class.as_str(), channel.as_str()], &worlds);
        }
    }
}

fn matrix() -> Matrix {
    let mut matrix = Matrix::default();
    for table in [consents, customers, bases, signals, refusals, minors, rest] {
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
    let Matrix { met, answers, text } = matrix();
    let without: Vec<_> = Reason::all()
        .filter(|reason| !met.contains(reason))
        .collect();
    assert_eq!(without, []);
    assert!(answers > 3_000, "only {answers} answers");
    assert!(text.len() < 400_000, "{} bytes are not read", text.len());
}

#[test]
fn the_usual_case_is_allowed_for_every_class() {
    for class in Class::ALL {
        for channel in Channel::ALL {
            let world = agreed(class, channel);
            assert_eq!(
                world.decide().verdict,
                Verdict::Allow,
                "{class:?} {channel}"
            );
        }
    }
}
