//! Noes to purposes and topics that a policy does not declare, because it dropped or renamed them.
//!
//! None is lost: the gate takes each for a no to all that its name may have stood for
//! ([`Policy::widened`]). So a name that goes silences more people than it did; whoever publishes the
//! policy is told how many.

use std::collections::{BTreeMap, BTreeSet};

use izin_core::policy::Text;
use izin_core::{Policy, PurposeId, Scope, TopicId};
use serde::Serialize;

use crate::App;

/// Noes to one name that a policy does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stranded {
    /// The purpose they are to; none: to the topic in any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeId>,
    /// The topic they are to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// Whose they are, of those who are known.
    pub people: u64,
    /// The addresses for which they stand: those people's, and those that nobody is known by.
    pub addresses: u64,
}

/// The noes on record that are to names which a policy does not declare.
#[must_use]
pub fn noes(app: &App, policy: &Policy) -> Vec<Stranded> {
    let is_stranded = |scope: &Scope| policy.widened(*scope) != *scope;
    let mut found: BTreeMap<_, Stranded> = BTreeMap::new();
    let mut count = |scopes: BTreeSet<_>, add: fn(&mut Stranded)| {
        for (purpose, topic) in scopes {
            let none = Stranded {
                purpose,
                topic,
                people: 0,
                addresses: 0,
            };
            add(found.entry((purpose, topic)).or_insert(none));
        }
    };
    let named = |scope: Scope| (scope.purpose, scope.topic);
    for subject in app.gate.everybody() {
        let standing = app.gate.standing(subject).unwrap_or_default();
        let scopes = standing.refusals.iter().map(|own| own.scope);
        count(scopes.filter(is_stranded).map(named).collect(), |own| {
            own.people += 1;
        });
    }
    let mut addresses: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (hash, refusal) in app.gate.every_suppression() {
        if is_stranded(&refusal.scope) {
            let scopes = addresses.entry(hash).or_default();
            scopes.insert(named(refusal.scope));
        }
    }
    for scopes in addresses.into_values() {
        count(scopes, |own| own.addresses += 1);
    }
    found.into_values().collect()
}

impl Stranded {
    /// What that comes to, for whoever publishes the policy.
    #[must_use]
    pub fn sentence(&self) -> Text {
        let Self {
            people, addresses, ..
        } = self;
        let (what, wide) = match (self.purpose, self.topic) {
            (Some(purpose), Some(topic)) => (
                [
                    format!("topik `{topic}` dari tujuan `{purpose}`"),
                    format!("the topic `{topic}` of the purpose `{purpose}`"),
                ],
                ["seluruh tujuan itu", "that whole purpose"],
            ),
            (None, Some(topic)) => (
                [format!("topik `{topic}`"), format!("the topic `{topic}`")],
                EVERYTHING,
            ),
            (purpose, None) => {
                let name = purpose.map(|own| own.to_string()).unwrap_or_default();
                let what = [format!("tujuan `{name}`"), format!("the purpose `{name}`")];
                (what, EVERYTHING)
            }
        };
        let [id, en] = what;
        Text {
            id: format!(
                "{people} orang ({addresses} alamat) menolak {id}, yang tidak ada dalam kebijakan ini: \
                 penolakan itu berlaku untuk {}",
                wide[0]
            ),
            en: format!(
                "{people} people ({addresses} addresses) refused {en}, which this policy does not have: \
                 those refusals count for {}",
                wide[1]
            ),
        }
    }
}

/// What a no comes to whose purpose is gone, on the channels that it is about.
const EVERYTHING: [&str; 2] = ["segala hal di salurannya", "everything on their channels"];
