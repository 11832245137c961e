//! The data dictionary, who else receives data, and the topics.

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::{Known, controller, line, plain_line, term, text, unique};

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    unique(&draft.fields, "id", found);
    unique(&draft.recipients, "id", found);
    unique(&draft.topics, "id", found);
    fields(draft, found);
    recipients(draft, found);
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
        term(
            &node.key("category"),
            ("pd", "pd:EmailAddress"),
            &value.category,
            found,
        );
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
        if home.is_some_and(|home| home != value.country) && value.safeguard.is_none() {
            let words = [word("recipient", value.id), word("country", value.country)];
            found.tell(Code::NoSafeguard, &node.key("country"), &words);
        }
        if let Some(safeguard) = &value.safeguard {
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

/// What the purposes name under a key; `None` when they could not all be read.
fn used<'a>(draft: &Draft<'a>, key: &str) -> Option<Vec<&'a str>> {
    let purposes = &draft.purposes;
    let named = purposes.nodes.iter().flat_map(|node| node.key(key).items());
    let named = named.filter_map(|node| node.text()).collect();
    purposes.whole.then_some(named)
}
