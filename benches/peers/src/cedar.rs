//! Cedar.

use std::str::FromStr;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use izin_core::{Standing, Timestamp};
use serde_json::{Value as Json, json};

use crate::population::PURPOSES;
use crate::{CONSENT_DAYS, Question};

/// The engine with every question's request and entities made.
pub struct Engine {
    authorizer: Authorizer,
    policies: PolicySet,
    asked: Vec<(Request, Entities)>,
}

impl Engine {
    /// Reads the policy and makes requests and entities.
    pub fn new(
        people: &[Standing],
        questions: &[Question],
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let policies = PolicySet::from_str(include_str!("policy.cedar"))?;
        let ask = |own: &Question| -> anyhow::Result<(Request, Entities)> {
            let name = PURPOSES[own.purpose];
            let channel = own.channel.as_str();
            let context = json!({
                "channel": channel, "matter": format!("{channel}/{name}"),
                "on_channel": format!("{channel}/any"), "for_purpose": format!("any/{name}"),
                "now": now.as_micros() / 1_000_000,
            });
            let uid = |text: &str| EntityUid::from_str(text);
            let request = Request::new(
                uid(&format!("Person::\"{}\"", own.person))?,
                uid("Action::\"contact\"")?,
                uid(&format!("Purpose::\"{name}\""))?,
                Context::from_json_value(context, None)?,
                None,
            )?;
            let entities = json!([person(own.person, &people[own.person]), purpose(name)]);
            Ok((request, Entities::from_json_value(entities, None)?))
        };
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            asked: questions.iter().map(ask).collect::<Result<_, _>>()?,
        })
    }

    /// How many questions it allows.
    pub fn allowed(&mut self) -> anyhow::Result<usize> {
        let answer = |(request, entities): &(Request, Entities)| {
            self.authorizer
                .is_authorized(request, &self.policies, entities)
                .decision()
        };
        Ok(self
            .asked
            .iter()
            .filter(|own| answer(own) == Decision::Allow)
            .count())
    }
}

fn person(number: usize, own: &Standing) -> Json {
    let part = |part: Option<String>| part.unwrap_or_else(|| "any".into());
    let refusals = own.refusals.iter().map(|own| {
        let channel = part(own.scope.channel.map(|own| own.to_string()));
        format!(
            "{channel}/{}",
            part(own.scope.purpose.map(|own| own.to_string()))
        )
    });
    let consents = own
        .consents
        .iter()
        .map(|own| format!("{}/{}", own.channel, own.purpose));
    let last = own
        .consents
        .iter()
        .map(|own| own.occurred_at.as_micros() / 1_000_000)
        .min();
    json!({
        "uid": { "type": "Person", "id": number.to_string() },
        "attrs": {
            "restricted": own.restricted, "refusals": refusals.collect::<Vec<_>>(),
            "consents": consents.collect::<Vec<_>>(),
            "expires": last.unwrap_or(0) + i64::from(CONSENT_DAYS) * 86_400,
        },
        "parents": [],
    })
}

fn purpose(name: &str) -> Json {
    json!({
        "uid": { "type": "Purpose", "id": name },
        "attrs": { "live": ["email", "sms", "push"] },
        "parents": [],
    })
}
