//! The golden matrix, second half: what stands in the way for a while, what the company declared,
//! what is in the message, strangers, and levels.

use izin_core::decision::Sent;
use izin_core::law::{Basis, Regime};
use izin_core::policy::{Cap, CapId, Class, CodeSet, Hours, Over};
use izin_core::{Act, Channel, Entry, IdentifierId, Level, Origin, RefusalKind, Scope, Seq};
use izin_testkit::world::declared::{HOURS, hours, limit};
use izin_testkit::world::{NOON, REFUSALS, World};

use super::consents::stale;
use super::matrix::Matrix;
use super::story::{
    ADDRESS, OTHER_ADDRESS, Yes, agreed, assessed_throughout, basis, declaring, dial, opted_out,
    placed, refused, silent, then,
};

const CHANNELS: [Channel; 4] = [Channel::Email, Channel::Sms, Channel::Ads, Channel::Site];

type Change = fn(&mut World);

/// The tables after the first ones.
pub(crate) fn rest(matrix: &mut Matrix) {
    hindrances(matrix);
    declarations(matrix);
    contents(matrix);
    strangers(matrix);
    levels(matrix);
    addresses(matrix);
}

fn paused(world: &mut World, channel: Option<Channel>, days: i64) {
    let pause = Act::Paused {
        channel,
        until: NOON.plus_days(days),
        origin: Origin::Page,
    };
    *world = then(world, [pause]);
}

fn capped(world: &mut World, over: Over) {
    world.policy.caps = vec![Cap {
        id: CapId::parse("weekly").expect("a name"),
        channel: None,
        class: None,
        purpose: None,
        topic: None,
        limit: limit(1, "7d"),
        over,
    }];
    world.sends = vec![Sent {
        at: NOON.plus_days(-2),
        channel: Channel::Email,
        purpose: world.request.purpose,
        topic: None,
    }];
}

fn quiet(world: &mut World) {
    world.policy.hours = vec![Hours {
        channel: world.request.channel,
        allowed: hours(HOURS[2]),
    }];
}

const HINDRANCES: [(&str, Change); 12] = [
    ("paused", |world| paused(world, None, 3)),
    ("paused here", |world| {
        paused(world, Some(world.request.channel), 5);
    }),
    ("paused on the phone", |world| {
        paused(world, Some(Channel::Phone), 5);
    }),
    ("a pause just over", |world| paused(world, None, 0)),
    ("capped", |world| capped(world, Over::Defer)),
    ("capped, dropping", |world| capped(world, Over::Drop)),
    ("at night", quiet),
    ("at night, paused, capped", |world| {
        quiet(world);
        paused(world, None, 3);
        capped(world, Over::Defer);
    }),
    ("at night, refused", |world| {
        quiet(world);
        *world = then(world, [opted_out()]);
    }),
    ("address failed", |world| {
        let failed = Act::Undeliverable {
            identifier: ADDRESS,
            channel: Channel::Email,
        };
        *world = then(world, [failed]);
    }),
    ("restricted", |world| {
        let restricted = Act::Restricted {
            holds: true,
            origin: Origin::Agent,
        };
        *world = then(world, [restricted]);
    }),
    ("erased", |world| *world = then(world, [Act::Erased])),
];

fn hindrances(matrix: &mut Matrix) {
    changed(matrix, "class, what stands in the way", &HINDRANCES);
}

/// A line for each class and change, a column for each channel.
fn changed(matrix: &mut Matrix, title: &str, changes: &[(&str, Change)]) {
    matrix.table(title, &CHANNELS.map(Channel::as_str));
    for class in Class::ALL {
        for (name, change) in changes {
            let worlds = CHANNELS.map(|channel| {
                let mut world = agreed(class, channel);
                change(&mut world);
                world
            });
            matrix.row(&[class.as_str(), name], &worlds);
        }
    }
}

const DECLARATIONS: [(&str, Change); 9] = [
    ("a stale gate", |world| world.request.stale = true),
    ("bound by no law", |world| {
        world.policy.controller.regimes.clear();
    }),
    ("before the law", |world| {
        world.now = NOON.plus_days(-36_500);
        assessed_throughout(world);
    }),
    ("without record of processing", |world| {
        world.policy.purposes[0].ropa = None;
    }),
    ("without assessment", |world| {
        world.policy.purposes[0].dpia = None;
    }),
    ("not on the channel", |world| {
        world.policy.purposes[0].channels.clear();
    }),
    ("no such purpose", |world| {
        world.policy.purposes.remove(0);
    }),
    ("a duty, to the erased", |world| {
        let duty = basis(world.clone(), Basis::LegalObligation);
        *world = then(&duty, [Act::Erased]);
    }),
    ("on consent, in California, after a no", |world| {
        world.policy.controller.regimes = vec![Regime::Ccpa];
        let asking = basis(world.clone(), Basis::Consent);
        let yes = Yes::on(world.request.channel).act();
        *world = then(&asking, [placed("US"), opted_out(), yes]);
    }),
];

fn declarations(matrix: &mut Matrix) {
    changed(matrix, "class, what the company declared", &DECLARATIONS);
    matrix.table("a consent to less than is done now", &[]);
    matrix.row(&["marketing on email"], &[stale()]);
}

fn codes(names: &[&str]) -> CodeSet {
    let code = |name: &&str| name.parse::<izin_core::policy::SensitiveCode>();
    names.iter().filter_map(|name| code(name).ok()).collect()
}

const CONTENTS: [(&str, Change); 5] = [
    ("sensitive goods", |world| {
        world.request.content.codes = codes(&["S1"]);
    }),
    ("sensitive goods, explicit", |world| {
        world.request.content.codes = codes(&["S1"]);
        world.policy.purposes[0].sensitive = codes(&["S1"]);
        let mut yes = Yes::on(world.request.channel);
        yes.manner.explicit = true;
        *world = then(&declaring(world.clone(), |_| {}), [yes.act()]);
    }),
    ("goods nobody classified", |world| {
        world.request.content.unclassified = true;
    }),
    ("promoting", |world| world.request.content.promotes = true),
    ("no way to refuse", |world| {
        world.request.content.no_way_to_refuse = true;
    }),
];

fn contents(matrix: &mut Matrix) {
    changed(matrix, "class, what is in it", &CONTENTS);
}

fn strangers(matrix: &mut Matrix) {
    let columns = CHANNELS.map(Channel::as_str);
    matrix.table(
        "class, what stands for an address that nobody holds",
        &columns,
    );
    for class in Class::ALL {
        let nobody = |channel| {
            let mut world = silent(class, channel);
            world.entries.clear();
            world
        };
        matrix.row(&[class.as_str(), "nothing"], &CHANNELS.map(nobody));
        for kind in REFUSALS {
            let worlds = CHANNELS.map(|channel| {
                let mut world = nobody(channel);
                world.entries = vec![suppressed(kind)];
                world
            });
            let kind = serde_json::to_value(kind).expect("a name");
            let kind = kind.as_str().unwrap_or_default().to_owned();
            matrix.row(&[class.as_str(), &kind], &worlds);
        }
    }
}

const fn suppressed(refusal: RefusalKind) -> Entry {
    Entry {
        seq: Seq(1),
        subject: None,
        recorded_at: NOON,
        act: Act::IdentifierSuppressed {
            suppression: IdentifierId::from_bytes([9; 16]),
            refusal,
            scope: Scope::EVERYTHING,
            occurred_at: NOON,
            origin: Origin::Import,
        },
    }
}

fn levels(matrix: &mut Matrix) {
    let columns = ["up to 0", "up to 1", "up to 2", "up to 3"];
    matrix.table("channel, dial, personalisation; the purpose", &columns);
    for channel in CHANNELS {
        for moved in Level::ALL.map(Some).into_iter().chain([None]) {
            for agreed_to in [false, true] {
                let worlds = Level::ALL.map(|ceiling| {
                    let mut world = agreed(Class::Marketing, channel);
                    world.policy.purposes[0].highest_level = ceiling;
                    let personal = Yes {
                        purpose: "personal",
                        ..Yes::on(channel)
                    };
                    let yes = agreed_to.then(|| personal.act());
                    then(&world, yes.into_iter().chain(moved.map(dial)))
                });
                let dial = moved.map_or("not moved".to_owned(), |level| format!("dial {level}"));
                let yes = if agreed_to { "agreed" } else { "not agreed" };
                matrix.row(&[channel.as_str(), &dial, yes], &worlds);
            }
        }
    }
}

fn addresses(matrix: &mut Matrix) {
    let named = [
        ("any", None),
        ("this", Some(ADDRESS)),
        ("another", Some(OTHER_ADDRESS)),
    ];
    matrix.table(
        "asked about, agreed for; marketing on email",
        &["no refusal", "refused"],
    );
    for (asked, address) in named {
        for (given, identifier) in named {
            let yes = Yes {
                identifier,
                ..Yes::on(Channel::Email)
            };
            let mut world = then(&silent(Class::Marketing, Channel::Email), [yes.act()]);
            world.request.address = address;
            let no = refused(RefusalKind::OptedOut, Scope::channel(Channel::Email));
            let worlds = [world.clone(), then(&world, [no])];
            matrix.row(&[asked, given], &worlds);
        }
    }
}
