//! The tables of law: complete, dated, and without a hole that nobody meant.

mod dates;

use std::fmt::Write;

use izin_core::law::{self, Basis, BasisSet, Duty, Kind, Regime, RegimeSet, Rule};
use izin_core::policy::Class;
use izin_core::{Channel, Timestamp};

const CLASSES: [Class; 6] = [
    Class::Marketing,
    Class::OptionalService,
    Class::Essential,
    Class::Personalisation,
    Class::AggregateStatistics,
    Class::Measurement,
];

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn today() -> Timestamp {
    at("2026-11-21T09:00:00Z")
}

fn row(id: &str) -> &'static Rule {
    law::rule_by_id(id).unwrap_or_else(|| panic!("no row {id}"))
}

#[test]
fn a_country_without_a_table_has_no_regimes() {
    for code in ["JP", "SG", "BR", "CH", "XX"] {
        assert_eq!(law::regimes_of(code.parse().unwrap(), None), None, "{code}");
    }
}

#[test]
fn a_place_falls_under_its_own_law() {
    let of = |code: &str| law::regimes_of(code.parse().unwrap(), None);
    for (code, regime) in [
        ("ID", Regime::UuPdp),
        ("DE", Regime::Gdpr),
        ("GR", Regime::Gdpr),
        ("NO", Regime::Gdpr),
        ("GB", Regime::UkGdpr),
        ("CA", Regime::Casl),
        ("PR", Regime::UsFederal),
    ] {
        assert_eq!(of(code), Some(RegimeSet::of([regime])), "{code}");
    }
}

#[test]
fn an_unknown_state_is_taken_for_the_strictest() {
    let country = "US".parse().unwrap();
    let of = |region: Option<&str>| {
        let region = region.map(|region| region.parse().unwrap());
        law::regimes_of(country, region).unwrap()
    };
    let both = RegimeSet::of([Regime::Ccpa, Regime::UsFederal]);
    assert_eq!(of(None), both);
    assert_eq!(of(Some("US-CA")), both);
    assert_eq!(
        of(Some("ID-JK")),
        both,
        "a region of elsewhere tells nothing"
    );
    assert_eq!(of(Some("US-NY")), RegimeSet::of([Regime::UsFederal]));
}

#[test]
fn every_row_is_complete() {
    for rule in law::rules() {
        let id = rule.id;
        assert!(id.starts_with(&format!("{}/", rule.regime)), "{id}");
        assert!(!id.contains(['{', ' ']), "{id}");
        assert!(!rule.article.trim().is_empty(), "{id}");
        assert!(
            rule.in_force_to.is_none_or(|end| rule.in_force_from < end),
            "{id}"
        );
        let clock_wanted = rule.kind == Kind::ConsentAge;
        assert!(!clock_wanted || rule.clock.is_some(), "{id}");
        assert_eq!(rule.ages.is_some(), rule.kind == Kind::Age, "{id}");
        assert!(
            rule.ages.is_none_or(|ages| ages.contains(ages.from)),
            "{id}"
        );
        let rights_wanted = rule.kind == Kind::Rights;
        assert!(!rights_wanted || !rule.rights.is_empty(), "{id}");
    }
}

#[test]
fn every_row_is_said_in_indonesian_and_in_english() {
    const ENGLISH: [&str; 8] = ["the", "of", "and", "or", "is", "are", "for", "without"];
    const INDONESIAN: [&str; 8] = [
        "yang", "dan", "atau", "tidak", "untuk", "dengan", "lewat", "boleh",
    ];
    let foreign = |text: &str, words: &[&str]| {
        let text = text.to_lowercase();
        let mut own = text.split(|letter: char| !letter.is_alphanumeric());
        own.any(|word| words.contains(&word))
    };
    for rule in law::rules() {
        for said in [rule.condition, rule.effect] {
            assert_ne!(said.id, said.en, "{}", rule.id);
            assert!(!foreign(said.id, &ENGLISH), "{}: {}", rule.id, said.id);
            assert!(!foreign(said.en, &INDONESIAN), "{}: {}", rule.id, said.en);
            for sentence in [said.id, said.en] {
                assert!(sentence.starts_with(char::is_uppercase), "{sentence}");
                assert!(sentence.ends_with('.'), "{}: {sentence}", rule.id);
            }
        }
        for said in [rule.source, rule.text_version] {
            assert!(!said.id.trim().is_empty() && !said.en.trim().is_empty());
        }
    }
}

#[test]
fn a_permission_is_named_after_what_it_permits() {
    for rule in law::rules() {
        let is_permission = rule.kind == Kind::Permission;
        assert_eq!(is_permission, rule.class.is_some(), "{}", rule.id);
        assert_eq!(is_permission, !rule.bases.is_empty(), "{}", rule.id);
        if let Some(class) = rule.class {
            let channel = rule.channel.map_or("any", Channel::as_str);
            let name = format!("{}/{}/{channel}", rule.regime, class.as_str());
            assert_eq!(rule.id, name);
        }
    }
}

#[test]
fn names_that_decisions_gave_before_still_stand() {
    for id in [
        "uu-pdp/marketing/email",
        "uu-pdp/marketing/any",
        "uu-pdp/optional_service/any",
        "uu-pdp/essential/any",
        "uu-pdp/personalisation/any",
        "uu-pdp/aggregate_statistics/any",
        "uu-pdp/measurement/any",
    ] {
        assert_eq!(row(id).in_force_from, at("2022-10-17T00:00:00+07:00"));
    }
    assert_eq!(law::rule_by_id("uu-pdp/marketing"), None);
}

#[test]
fn nobody_who_opted_out_may_be_asked_to_opt_back_in() {
    for regime in Regime::ALL {
        let mut rows = law::in_force(regime, Kind::ReAsk, today());
        let never = |rule: &Rule| rule.duty == Duty::MustNot && rule.clock.is_none();
        assert!(rows.any(never), "{regime}");
    }
}

#[test]
fn what_uses_nothing_of_a_person_needs_no_consent_anywhere() {
    for regime in Regime::ALL {
        for channel in Channel::ALL {
            let rule = law::permission(regime, Class::Marketing, channel, today()).unwrap();
            let is_shown = matches!(channel, Channel::Site | Channel::Ads);
            let contextual = rule.bases.contains(Basis::Contextual);
            assert!(contextual || !is_shown, "{}", rule.id);
            assert!(
                !contextual || is_shown || regime == Regime::Ccpa,
                "{}",
                rule.id
            );
        }
    }
}

#[test]
fn marketing_in_indonesia_rests_on_consent_alone() {
    for channel in Channel::ALL {
        let rule = law::permission(Regime::UuPdp, Class::Marketing, channel, today()).unwrap();
        let person = BasisSet::ALL
            .iter()
            .filter(|basis| *basis != Basis::Contextual);
        let of_the_person = rule.bases.intersection(person.collect());
        assert_eq!(of_the_person, BasisSet::of([Basis::Consent]), "{channel}");
    }
}

#[test]
fn no_two_permissions_hold_for_one_thing_at_once() {
    let rows: Vec<_> = law::rules()
        .iter()
        .filter(|rule| rule.class.is_some())
        .collect();
    for (place, one) in rows.iter().enumerate() {
        for other in &rows[place + 1..] {
            let same =
                (one.regime, one.class, one.channel) == (other.regime, other.class, other.channel);
            let overlap =
                one.applies_at(other.in_force_from) || other.applies_at(one.in_force_from);
            assert!(!(same && overlap), "{} and {}", one.id, other.id);
        }
    }
}

fn slots() -> impl Iterator<Item = (Class, Channel)> {
    CLASSES
        .into_iter()
        .flat_map(|class| Channel::ALL.map(|channel| (class, channel)))
}

/// What each regime permits, and the gaps: a class on a channel for which it gives no basis.
fn table(now: Timestamp) -> String {
    let mut text = format!("law {}, on {now}\n", law::VERSION);
    let mut gaps = Vec::new();
    for regime in Regime::ALL {
        writeln!(text, "\n# {regime}").unwrap();
        for class in CLASSES {
            let mut rows: Vec<(&Rule, Vec<&str>)> = Vec::new();
            for channel in Channel::ALL {
                match law::permission(regime, class, channel, now) {
                    Some(rule) => match rows.iter_mut().find(|(own, _)| *own == rule) {
                        Some((_, channels)) => channels.push(channel.as_str()),
                        None => rows.push((rule, vec![channel.as_str()])),
                    },
                    None => gaps.push(format!("{regime} {} {channel}", class.as_str())),
                }
            }
            for (rule, channels) in rows {
                text.push_str(&line(class, &channels, rule));
            }
        }
    }
    let gaps = if gaps.is_empty() {
        "none".to_owned()
    } else {
        gaps.join("\n")
    };
    write!(text, "\n# gaps\n{gaps}\n").unwrap();
    text
}

fn line(class: Class, channels: &[&str], rule: &Rule) -> String {
    let channels = match channels.len() {
        9 => "every channel".to_owned(),
        _ => channels.join(" "),
    };
    let bases = match rule.bases {
        BasisSet::ALL => "any basis".to_owned(),
        bases => bases
            .iter()
            .map(Basis::as_str)
            .collect::<Vec<_>>()
            .join(" | "),
    };
    let class = class.as_str();
    format!(
        "{class:<20}  {channels}\n    {bases}  ({:?}, {:?}, {})\n",
        rule.strength, rule.verified, rule.id
    )
}

#[test]
fn what_the_law_permits_does_not_change_unseen() {
    insta::assert_snapshot!("law", table(today()));
}
