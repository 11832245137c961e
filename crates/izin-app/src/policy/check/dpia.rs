//! Impact assessments: there where they are needed, whole, in date, and seen by several people.

use izin_core::Timestamp;
use izin_core::policy::Dpia;

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::super::tree::Node;
use super::{plain_line, unique};

pub(super) fn check(draft: &Draft<'_>, now: Timestamp, found: &mut Found) {
    unique(&draft.dpias, "id", found);
    for purpose in &draft.purposes.list {
        let mut channels = purpose.value.channels.iter();
        let needed = channels.any(|own| purpose.value.needs_assessment(*own));
        if needed && purpose.value.dpia.is_none() {
            let words = [word("purpose", purpose.value.id)];
            found.tell(Code::DpiaNeeded, &purpose.node, &words);
        }
    }
    for dpia in &draft.dpias.list {
        parts(dpia, found);
        people(dpia, found);
        let is_used = draft
            .purposes
            .values()
            .any(|own| own.dpia == Some(dpia.value.id));
        if is_used {
            dates(dpia, now, found);
        }
    }
}

fn parts(Declared { value, node }: &Declared<'_, Dpia>, found: &mut Found) {
    for (key, text) in [
        ("description", &value.description),
        ("necessity", &value.necessity),
        ("risks", &value.risks),
        ("measures", &value.measures),
        ("advice", &value.advice),
    ] {
        for (language, text) in [("id", &text.id), ("en", &text.en)] {
            if text.trim().is_empty() {
                let words = [
                    word("dpia", value.id),
                    word("key", format!("{key}.{language}")),
                ];
                found.tell(Code::DpiaPartEmpty, &node.key(key).key(language), &words);
            }
        }
    }
}

fn people(Declared { value, node }: &Declared<'_, Dpia>, found: &mut Found) {
    for (key, name) in [
        ("author", &value.author),
        ("approver", &value.approver),
        ("advised_by", &value.advised_by),
    ] {
        plain_line(node, key, name, found);
    }
    sample(value, node, found);
    let words = [word("dpia", value.id)];
    if value.is_self_approved() {
        found.tell(Code::DpiaOwnApproval, &node.key("approver"), &words);
    }
    if value.is_self_advised() {
        found.tell(Code::DpiaOwnAdvice, &node.key("advised_by"), &words);
    }
}

/// The people whom the policy of `izin init` makes up.
const MADE_UP: [&str; 3] = ["Direktur Contoh", "Petugas Contoh", "Pemasar Contoh"];

/// An assessment that nobody of the shop has approved yet: told once, at the approver's name first.
fn sample(value: &Dpia, node: &Node<'_>, found: &mut Found) {
    let people = [
        ("approver", &value.approver),
        ("advised_by", &value.advised_by),
        ("author", &value.author),
    ];
    let mut people = people.into_iter();
    if let Some((key, name)) = people.find(|(_, name)| is_made_up(name)) {
        let words = [word("dpia", value.id), word("name", name)];
        found.tell(Code::DpiaSample, &node.key(key), &words);
    }
}

fn is_made_up(name: &str) -> bool {
    MADE_UP
        .iter()
        .any(|own| own.eq_ignore_ascii_case(name.trim()))
}

fn dates(Declared { value, node }: &Declared<'_, Dpia>, now: Timestamp, found: &mut Found) {
    let words = [word("dpia", value.id)];
    if value.approved > now {
        found.tell(Code::DpiaNotYet, &node.key("approved"), &words);
    }
    if value.expires <= now {
        found.tell(Code::DpiaExpired, &node.key("expires"), &words);
    }
}
