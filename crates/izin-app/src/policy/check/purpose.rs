//! Each purpose by itself: its texts, data, channels, dates and record of processing.

use izin_core::Timestamp;
use izin_core::policy::{Class, Purpose};
use izin_core::receipt::PurposeTerm;

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::{Known, line, once, plain_line, term, text, unique};

pub(super) fn check(draft: &Draft<'_>, now: Timestamp, found: &mut Found) {
    unique(&draft.purposes, "id", found);
    let fields = Known::of(&draft.fields);
    let recipients = Known::of(&draft.recipients);
    let dpias = Known::of(&draft.dpias);
    for purpose in &draft.purposes.list {
        let node = &purpose.node;
        words(purpose, found);
        numbers(purpose, found);
        life(purpose, now, found);
        for key in ["channels", "fields", "recipients", "sensitive"] {
            once(node, key, found);
        }
        fields.resolve_each(node, "fields", found);
        recipients.resolve_each(node, "recipients", found);
        dpias.resolve(&node.key("dpia"), "dpia", found);
    }
    together(draft, found);
}

fn words(Declared { value, node }: &Declared<'_, Purpose>, found: &mut Found) {
    line(node, "title", &value.title, found);
    text(node, "explanation", &value.explanation, found);
    let known = PurposeTerm::all().map(PurposeTerm::as_str).collect();
    let terms = (known, "dpv:DirectMarketing");
    term(&node.key("dpv"), &value.dpv, terms, found);
    let Some(ropa) = &value.ropa else {
        found.tell(Code::NoRopa, node, &[word("purpose", value.id)]);
        return;
    };
    let at = node.key("ropa");
    text(&at, "subjects", &ropa.subjects, found);
    text(&at, "transfers", &ropa.transfers, found);
    text(&at, "measures", &ropa.measures, found);
    plain_line(&at, "system", &ropa.system, found);
}

fn numbers(Declared { value, node }: &Declared<'_, Purpose>, found: &mut Found) {
    let purpose = word("purpose", value.id);
    for (wrong, code, key) in [
        (value.channels.is_empty(), Code::NoChannels, "channels"),
        (value.fields.is_empty(), Code::NoFields, "fields"),
        (
            value.retention_days == 0,
            Code::NoRetention,
            "retention_days",
        ),
        (
            value.consent_days == Some(0),
            Code::ConsentDaysZero,
            "consent_days",
        ),
    ] {
        if wrong {
            found.tell(code, &node.key(key), std::slice::from_ref(&purpose));
        }
    }
}

fn life(Declared { value, node }: &Declared<'_, Purpose>, now: Timestamp, found: &mut Found) {
    let Some(until) = value.live.and_then(|life| life.until) else {
        return;
    };
    let from = value.live.and_then(|life| life.from);
    let at = node.key("live").key("until");
    if from.is_some_and(|from| from >= until) {
        found.tell(Code::LifeEmpty, &at, &[word("purpose", value.id)]);
    } else if until <= now {
        found.tell(Code::LifeOver, &at, &[word("purpose", value.id)]);
    }
}

/// What a shop needs of its purposes together; told only when every purpose could be read.
fn together(draft: &Draft<'_>, found: &mut Found) {
    let purposes = &draft.purposes;
    let Some(first) = purposes.nodes.first() else {
        return;
    };
    if !purposes.whole || purposes.list.len() < purposes.nodes.len() {
        return;
    }
    if !purposes.values().any(|own| own.class == Class::Marketing) {
        found.tell(Code::NoMarketing, first, &[]);
    }
    if !purposes.values().any(Purpose::rests_on_duty) {
        found.tell(Code::NoLegalObligation, first, &[]);
    }
}
