//! Forms: what a consent was asked with. A bundled, pre-ticked or forced control is no question.

use izin_core::law::Basis;
use izin_core::policy::{Control, Form, Purpose};

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::super::tree::Node;
use super::{Known, line, text, unique};

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    unique(&draft.forms, "id", found);
    let purposes = Known::of(&draft.purposes);
    for form in &draft.forms.list {
        whole(form, found);
        for (place, control) in form.value.controls.iter().enumerate() {
            let at = form.node.key("control").item(place);
            purposes.resolve_each(&at, "purposes", found);
            free(control, &at, found);
            for id in &control.purposes {
                if let Some(purpose) = draft.purposes.values().find(|own| own.id == *id) {
                    fits(control, purpose, &at, found);
                }
            }
        }
        asked_once(form, found);
    }
}

fn whole(Declared { value, node }: &Declared<'_, Form>, found: &mut Found) {
    let form = [word("form", value.id)];
    line(node, "place", &value.place, found);
    if value.controls.is_empty() {
        found.tell(Code::FormWithoutControls, node, &form);
    }
    if value.version == 0 {
        found.tell(Code::VersionZero, &node.key("version"), &form);
    }
    if let Some(why) = &value.defective {
        text(node, "defective", why, found);
        found.tell(Code::FormDefective, &node.key("defective"), &form);
    }
}

/// A yes must be one person's own act about one thing.
fn free(control: &Control, at: &Node<'_>, found: &mut Found) {
    line(at, "label", &control.label, found);
    match control.purposes.len() {
        0 => found.tell(Code::ControlWithoutPurpose, &at.key("purposes"), &[]),
        1 => {}
        count => found.tell(
            Code::ControlBundled,
            &at.key("purposes"),
            &[word("count", count)],
        ),
    }
    if control.default_on {
        found.tell(Code::ControlPreTicked, &at.key("default_on"), &[]);
    }
    if control.condition_of_service {
        found.tell(Code::ControlCondition, &at.key("condition_of_service"), &[]);
    }
}

fn fits(control: &Control, purpose: &Purpose, at: &Node<'_>, found: &mut Found) {
    let named = word("purpose", purpose.id);
    if !purpose.channels.contains(&control.channel) {
        let channels: Vec<&str> = purpose.channels.iter().map(|own| own.as_str()).collect();
        let words = [
            named.clone(),
            word("channel", control.channel),
            word("channels", channels.join(", ")),
        ];
        found.tell(Code::ControlOffChannel, &at.key("channel"), &words);
    }
    if !purpose.sensitive.is_empty() && !control.explicit {
        found.tell(Code::ControlNotExplicit, at, std::slice::from_ref(&named));
    }
    if !purpose.basis.claims(Basis::Consent) {
        found.tell(Code::ControlWithoutConsent, &at.key("purposes"), &[named]);
    }
}

fn asked_once(Declared { value, node }: &Declared<'_, Form>, found: &mut Found) {
    let mut seen = Vec::new();
    for (place, control) in value.controls.iter().enumerate() {
        let asked = (&control.purposes, control.channel);
        if seen.contains(&asked) {
            let name = control
                .purposes
                .iter()
                .map(|own| own.as_str())
                .collect::<Vec<_>>();
            let words = [word("name", name.join(", ")), word("key", "control")];
            found.tell(Code::SaidTwice, &node.key("control").item(place), &words);
        }
        seen.push(asked);
    }
}
