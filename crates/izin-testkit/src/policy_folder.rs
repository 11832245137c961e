//! A policy written as the folder that a shop reads it from.

use std::fs;
use std::path::Path;

use izin_core::Policy;
use serde::Serialize;
use toml::{Table, Value};

/// Writes a policy as the folder that `izin_app::policy::read` reads; files that an earlier
/// policy left there and this one does not need are emptied.
///
/// # Panics
/// When it cannot be written.
pub fn write(policy: &Policy, dir: &Path) {
    fs::create_dir_all(dir).expect("a policy folder");
    for (name, parts) in [
        (
            "controller.toml",
            vec![("controller", value(&policy.controller))],
        ),
        ("purposes.toml", vec![("purpose", value(&policy.purposes))]),
        ("fields.toml", vec![("field", value(&policy.fields))]),
        (
            "recipients.toml",
            vec![("recipient", value(&policy.recipients))],
        ),
        ("notice.toml", vec![("notice", value(&policy.notice))]),
        ("forms.toml", vec![("form", value(&policy.forms))]),
        ("topics.toml", vec![("topic", value(&policy.topics))]),
        (
            "frequency.toml",
            vec![
                ("cap", value(&policy.caps)),
                ("hours", value(&policy.hours)),
            ],
        ),
        ("senders.toml", vec![("sender", value(&policy.senders))]),
        (
            "sensitive.toml",
            vec![("category", value(&policy.categories))],
        ),
        ("dpia.toml", vec![("dpia", value(&policy.dpias))]),
    ] {
        let file: Table = parts
            .into_iter()
            .map(|(part, value)| (part.to_owned(), value))
            .collect();
        let text = toml::to_string(&file).expect("a policy that can be written as TOML");
        fs::write(dir.join(name), text).expect("a policy file");
    }
}

fn value(part: &impl Serialize) -> Value {
    Value::try_from(part).expect("a part of a policy that can be written as TOML")
}
