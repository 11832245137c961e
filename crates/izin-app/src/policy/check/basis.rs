//! The legal basis of each purpose on each channel, under each law that binds the shop.
//!
//! What the law takes is asked of its tables; a basis it does not give is told here, before the
//! gate would refuse every message.

use izin_core::law::{self, Basis, Regime};
use izin_core::policy::{Bases, Purpose};
use izin_core::{Channel, Level, Timestamp};

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, both, word};

pub(super) fn check(draft: &Draft<'_>, now: Timestamp, found: &mut Found) {
    let controllers = draft.controller.values();
    let binding: Vec<Regime> = controllers.flat_map(|own| own.regimes.clone()).collect();
    for purpose in &draft.purposes.list {
        for regime in &binding {
            lawful(purpose, *regime, now, found);
        }
        contextual(purpose, found);
        unused(purpose, &binding, found);
    }
}

fn lawful(purpose: &Declared<'_, Purpose>, regime: Regime, now: Timestamp, found: &mut Found) {
    let Declared { value, node } = purpose;
    let named = [word("purpose", value.id), word("regime", regime)];
    let Some(basis) = value.basis.under(regime) else {
        found.tell(Code::BasisMissing, &node.key("basis"), &named);
        return;
    };
    for (place, channel) in value.channels.iter().enumerate() {
        let at = node.key("channels").item(place);
        let [ref purpose, ref regime_word] = named;
        let channel_word = word("channel", channel);
        let Some(rule) = law::permission(regime, value.class, *channel, now) else {
            found.tell(
                Code::NoLawRow,
                &at,
                &[purpose.clone(), regime_word.clone(), channel_word],
            );
            continue;
        };
        if rule.bases.contains(basis) {
            continue;
        }
        let bases: Vec<String> = rule.bases.iter().map(|own| format!("`{own}`")).collect();
        let words = [
            purpose.clone(),
            regime_word.clone(),
            channel_word,
            word("basis", basis),
            ("bases", both(&bases.join(" atau "), &bases.join(" or "))),
            ("article", both(rule.article, rule.article)),
        ];
        found.tell(Code::BasisNotLawful, &at, &words);
    }
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
        if !matches!(channel, Channel::Site | Channel::Ads) {
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
