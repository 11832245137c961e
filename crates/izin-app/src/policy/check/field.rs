//! The data dictionary, who else receives data, and the topics.

use izin_core::Channel;
use izin_core::policy::{Field, FieldId, Purpose, Text};
use izin_core::receipt::DataTerm;

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, both, word};
use super::{Known, controller, line, plain_line, term, text, unique};

/// Any address or number of a person.
const CONTACT: &str = "pd:Contact";

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    unique(&draft.fields, "id", found);
    unique(&draft.recipients, "id", found);
    unique(&draft.topics, "id", found);
    fields(draft, found);
    recipients(draft, found);
    addresses(draft, found);
    let purposes = Known::of(&draft.purposes);
    for topic in &draft.topics.list {
        purposes.resolve(&topic.node.key("purpose"), "purpose", found);
        line(&topic.node, "title", &topic.value.title, found);
    }
}

fn fields(draft: &Draft<'_>, found: &mut Found) {
    let used = used(draft, "fields");
    for Declared { value, node } in &draft.fields.list {
        line(node, "title", &value.title, found);
        text(node, "why", &value.why, found);
        let known = DataTerm::all().map(DataTerm::as_str).collect();
        let terms = (known, "pd:EmailAddress");
        term(&node.key("category"), &value.category, terms, found);
        super::once(node, "sensitive", found);
        if used
            .as_ref()
            .is_some_and(|used| !used.contains(&value.id.as_str()))
        {
            found.tell(
                Code::FieldUnused,
                &node.key("id"),
                &[word("field", value.id)],
            );
        }
    }
}

fn recipients(draft: &Draft<'_>, found: &mut Found) {
    let used = used(draft, "recipients");
    let home = draft.controller.values().next().map(|own| own.country);
    for Declared { value, node } in &draft.recipients.list {
        line(node, "name", &value.name, found);
        controller::country(node, value.country.as_str(), found);
        let is_abroad = home.is_some_and(|home| home != value.country);
        let safeguard = value.safeguard.as_deref();
        if is_abroad && safeguard.is_none_or(|own| own.trim().is_empty()) {
            let words = [word("recipient", value.id), word("country", value.country)];
            let key = safeguard.map_or("country", |_| "safeguard");
            found.tell(Code::NoSafeguard, &node.key(key), &words);
        } else if let Some(safeguard) = safeguard {
            plain_line(node, "safeguard", safeguard, found);
        }
        if used
            .as_ref()
            .is_some_and(|used| !used.contains(&value.id.as_str()))
        {
            found.tell(
                Code::RecipientUnused,
                &node.key("id"),
                &[word("recipient", value.id)],
            );
        }
    }
}

/// A purpose that sends to an address or number uses that datum; told once the whole dictionary
/// could be read.
fn addresses(draft: &Draft<'_>, found: &mut Found) {
    let fields = &draft.fields;
    if !fields.whole || fields.list.len() < fields.nodes.len() {
        return;
    }
    let sends = |own: &Purpose| own.is_marketing() || own.class.is_service();
    let declares = |id: &FieldId| fields.values().any(|own| own.id == *id);
    for Declared { value, node } in &draft.purposes.list {
        // A name that nothing declares may be the misspelt one of the address; it is told itself.
        if !sends(value) || !value.fields.iter().all(declares) {
            continue;
        }
        for (place, channel) in value.channels.iter().enumerate() {
            let Some(category) = address_category(*channel) else {
                continue;
            };
            let is_address = |own: &&Field| [category, CONTACT].contains(&own.category.as_str());
            let known = || fields.values().filter(is_address);
            if known().any(|own| value.fields.contains(&own.id)) {
                continue;
            }
            let words = [
                word("purpose", value.id),
                word("channel", channel),
                word("category", category),
                ("hint", declare(known().next(), category)),
            ];
            let at = node.key("channels").item(place);
            found.tell(Code::AddressUndeclared, &at, &words);
        }
    }
}

/// What the person's address on a channel is, as a term of DPV's `pd` extension.
const fn address_category(channel: Channel) -> Option<&'static str> {
    match channel {
        Channel::Email => Some("pd:EmailAddress"),
        Channel::Sms | Channel::Whatsapp | Channel::Phone => Some("pd:TelephoneNumber"),
        _ => None,
    }
}

fn declare(known: Option<&Field>, category: &str) -> Text {
    match known.map(|own| own.id) {
        Some(id) => both(
            &format!("tambahkan `{id}` ke `fields` tujuan itu, atau keluarkan salurannya"),
            &format!("add `{id}` to `fields` of the purpose, or take the channel out"),
        ),
        None => both(
            &format!(
                "tetapkan data dengan `category = \"{category}\"` di fields.toml dan sebut di \
                 `fields`, atau keluarkan salurannya"
            ),
            &format!(
                "declare a field with `category = \"{category}\"` in fields.toml and name it in \
                 `fields`, or take the channel out"
            ),
        ),
    }
}

/// What the purposes name under a key; `None` when they could not all be read.
fn used<'a>(draft: &Draft<'a>, key: &str) -> Option<Vec<&'a str>> {
    let purposes = &draft.purposes;
    let named = purposes.nodes.iter().flat_map(|node| node.key(key).items());
    let named = named.filter_map(|node| node.text()).collect();
    purposes.whole.then_some(named)
}
