//! The legal basis of each purpose on each channel, under each law that binds the shop.
//!
//! What the law takes is asked of its tables; a basis it does not give is told here, before the
//! gate would refuse every message.

use izin_core::law::{self, Basis, BasisSet, Regime, Rule};
use izin_core::policy::{Bases, Purpose, Text};
use izin_core::{Channel, Level, Timestamp};

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, both, word};
use super::super::tree::Node;

pub(super) fn check(draft: &Draft<'_>, now: Timestamp, found: &mut Found) {
    let controllers = draft.controller.values();
    let binding: Vec<Regime> = controllers.flat_map(|own| own.regimes.clone()).collect();
    for purpose in &draft.purposes.list {
        for claim in claims(purpose, &binding, found) {
            lawful(purpose, &claim, now, found);
        }
        contextual(purpose, found);
        unused(purpose, &binding, found);
    }
}

/// A basis where it is written, and the laws that it answers to.
struct Claim<'a> {
    at: Node<'a>,
    basis: Basis,
    regimes: Vec<Regime>,
}

/// What a purpose claims; a law that binds the shop and is given no basis is told.
fn claims<'a>(
    Declared { value, node }: &Declared<'a, Purpose>,
    binding: &[Regime],
    found: &mut Found,
) -> Vec<Claim<'a>> {
    let at = node.key("basis");
    let each = match &value.basis {
        Bases::Same(basis) => {
            let (basis, regimes) = (*basis, binding.to_vec());
            return vec![Claim { at, basis, regimes }];
        }
        Bases::Each(each) => each,
    };
    let mut claims = Vec::new();
    for regime in binding {
        if let Some(basis) = each.get(regime) {
            claims.push(Claim {
                at: at.key(regime.as_str()),
                basis: *basis,
                regimes: vec![*regime],
            });
        } else {
            let words = [word("purpose", value.id), word("regime", regime)];
            found.tell(Code::BasisMissing, &at, &words);
        }
    }
    claims
}

/// Tells once, where the basis is written, which laws want another and on which channels.
fn lawful(
    Declared { value, node }: &Declared<'_, Purpose>,
    claim: &Claim<'_>,
    now: Timestamp,
    found: &mut Found,
) {
    let mut rows: Vec<(&Rule, Channel)> = Vec::new();
    for (place, channel) in value.channels.iter().enumerate() {
        for regime in &claim.regimes {
            let rule = law::permission(*regime, value.class, *channel, now);
            rows.extend(rule.map(|own| (own, *channel)));
            if rule.is_none() {
                let (regime, channel) = (word("regime", regime), word("channel", channel));
                let words = [word("purpose", value.id), regime, channel];
                found.tell(Code::NoLawRow, &node.key("channels").item(place), &words);
            }
        }
    }
    let wrong = |(rule, _): &&(&Rule, Channel)| !rule.bases.contains(claim.basis);
    let against: Vec<_> = rows.iter().filter(wrong).copied().collect();
    if against.is_empty() {
        return;
    }
    let channels = names(against.iter().map(|(_, channel)| channel), ", ");
    let articles: Vec<&str> = distinct(against.iter().map(|(rule, _)| rule.article));
    let articles = articles.join("; ");
    let words = [
        word("purpose", value.id),
        word("basis", claim.basis),
        ("channels", both(&channels, &channels)),
        ("asked", asked(&against)),
        ("article", both(&articles, &articles)),
        ("mend", mend(&rows, claim.regimes.len())),
    ];
    found.tell(Code::BasisNotLawful, &claim.at, &words);
}

/// Which law wants what, each with its channels.
fn asked(against: &[(&Rule, Channel)]) -> Text {
    let wants = |rule: &Rule| (rule.regime, rule.bases);
    let sentences = distinct(against.iter().map(|(rule, _)| wants(rule)));
    let told = |asks: &str, or: &str, on: &str| {
        let one = |(regime, bases): &(Regime, BasisSet)| {
            let same = against
                .iter()
                .filter(|(rule, _)| wants(rule) == (*regime, *bases));
            let channels = names(same.map(|(_, channel)| channel), ", ");
            format!(
                "`{regime}` {asks} {} {on} {channels}",
                names(bases.iter(), or)
            )
        };
        sentences.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    both(
        &told("meminta", " atau ", "di"),
        &told("asks for", " or ", "on"),
    )
}

/// The basis that every law takes on every channel; without one, how to part them.
fn mend(rows: &[(&Rule, Channel)], regimes: usize) -> Text {
    let taken = |basis: &&Basis| rows.iter().all(|(rule, _)| rule.bases.contains(**basis));
    let good: Vec<Basis> = Basis::ALL.iter().filter(taken).copied().collect();
    if !good.is_empty() {
        let (id, en) = (names(good.iter(), " atau "), names(good.iter(), " or "));
        both(
            &format!("tulis {id} di sini, atau keluarkan saluran itu"),
            &format!("write {en} here, or take these channels out"),
        )
    } else if regimes > 1 {
        both(
            "tulis dasar untuk setiap hukum, seperti `basis = { uu-pdp = \"…\", gdpr = \"…\" }`, atau keluarkan saluran itu",
            "write a basis for each law, as `basis = { uu-pdp = \"…\", gdpr = \"…\" }`, or take these channels out",
        )
    } else {
        both(
            "tidak ada dasar yang berlaku di semua salurannya; buat satu tujuan untuk setiap saluran, atau keluarkan saluran itu",
            "no basis holds on all its channels; write a purpose for each channel, or take these channels out",
        )
    }
}

/// Names in backticks, each once.
fn names(all: impl Iterator<Item = impl std::fmt::Display>, between: &str) -> String {
    distinct(all.map(|own| format!("`{own}`"))).join(between)
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for own in all {
        if !once.contains(&own) {
            once.push(own);
        }
    }
    once
}

/// Without consent, what goes by the page alone goes by nothing else.
fn contextual(Declared { value, node }: &Declared<'_, Purpose>, found: &mut Found) {
    if !value.basis.claims(Basis::Contextual) {
        return;
    }
    let purpose = [word("purpose", value.id)];
    if value.highest_level > Level::Contextual {
        found.tell(
            Code::ContextualNotAlone,
            &node.key("highest_level"),
            &purpose,
        );
    }
    for (place, channel) in value.channels.iter().enumerate() {
        if !channel.may_be_contextual() {
            found.tell(
                Code::ContextualNotAlone,
                &node.key("channels").item(place),
                &purpose,
            );
        }
    }
}

fn unused(Declared { value, node }: &Declared<'_, Purpose>, binding: &[Regime], found: &mut Found) {
    let Bases::Each(each) = &value.basis else {
        return;
    };
    for regime in each
        .keys()
        .filter(|own| !binding.contains(own) && !binding.is_empty())
    {
        let at = node.key("basis").key(regime.as_str());
        found.tell(Code::BasisUnused, &at, &[word("regime", regime)]);
    }
}
