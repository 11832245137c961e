//! Who the company is and which laws bind it.

use izin_core::law;
use izin_core::policy::Controller;
use izin_core::zone::zones_of;

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::super::tree::Node;
use super::{once, plain_line, text};

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    for controller in &draft.controller.list {
        words(controller, found);
        regimes(controller, found);
        country(&controller.node, controller.value.country.as_str(), found);
        once(&controller.node, "languages", found);
        if controller.value.languages.is_empty() {
            found.tell(Code::NoLanguages, &controller.node.key("languages"), &[]);
        }
        if !(1..=2).contains(&controller.value.approvals) {
            found.tell(Code::Approvals, &controller.node.key("approvals"), &[]);
        }
    }
    for notice in &draft.notice.list {
        for (key, said) in [
            ("opening", &notice.value.opening),
            ("closing", &notice.value.closing),
        ] {
            if let Some(said) = said {
                text(&notice.node, key, said, found);
            }
        }
    }
}

/// A country that the program knows; also used for recipients.
pub(super) fn country(item: &Node<'_>, country: &str, found: &mut Found) {
    if zones_of(country).is_empty() {
        found.tell(
            Code::UnknownCountry,
            &item.key("country"),
            &[word("name", country)],
        );
    }
}

fn words(Declared { value, node }: &Declared<'_, Controller>, found: &mut Found) {
    for (key, text) in [
        ("name", &value.name),
        ("address", &value.address),
        ("contact", &value.contact),
        ("dpo", &value.dpo),
    ] {
        plain_line(node, key, text, found);
    }
}

fn regimes(Declared { value, node }: &Declared<'_, Controller>, found: &mut Found) {
    let at = node.key("regimes");
    once(node, "regimes", found);
    if value.signed_by.trim().is_empty() {
        found.tell(Code::UnsignedRegimes, &node.key("signed_by"), &[]);
    }
    if value.regimes.is_empty() {
        found.tell(Code::NoRegimes, &at, &[]);
        return;
    }
    let home = law::regimes_of(value.country, None);
    let bound = home.is_none_or(|home| value.regimes.iter().any(|own| home.contains(*own)));
    if !bound {
        found.tell(
            Code::HomeLawNotBinding,
            &at,
            &[word("country", value.country)],
        );
    }
}
