//! Rego, through the regorus crate.

use izin_core::{Standing, Timestamp};
use regorus::Value;
use serde_json::{Value as Json, json};

use crate::population::{CHANNELS, PURPOSES};
use crate::{CONSENT_DAYS, Question};

/// The engine with every question's input made.
pub struct Engine {
    engine: regorus::Engine,
    inputs: Vec<Value>,
}

impl Engine {
    /// Reads the policy and makes the inputs.
    pub fn new(
        people: &[Standing],
        questions: &[Question],
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let mut engine = regorus::Engine::new();
        engine.add_policy("izin.rego".into(), include_str!("policy.rego").into())?;
        let lasts = i64::from(CONSENT_DAYS) * 86_400;
        let purpose = json!({ "channels": CHANNELS, "lasts": lasts });
        let purposes: serde_json::Map<String, Json> = PURPOSES
            .map(|name| (name.to_owned(), purpose.clone()))
            .into_iter()
            .collect();
        engine.add_data(Value::from(json!({ "purposes": purposes })))?;
        let people: Vec<Json> = people.iter().map(person).collect();
        let input = |own: &Question| {
            Value::from(json!({
                "channel": own.channel, "purpose": PURPOSES[own.purpose],
                "now": now.as_micros() / 1_000_000, "person": people[own.person],
            }))
        };
        let inputs = questions.iter().map(input).collect();
        Ok(Self { engine, inputs })
    }

    /// How many questions it allows.
    pub fn allowed(&mut self) -> anyhow::Result<usize> {
        let mut allowed = 0;
        for input in &self.inputs {
            self.engine.set_input(input.clone());
            let answer = self.engine.eval_rule("data.izin.allow".into())?;
            allowed += usize::from(answer == Value::from(true));
        }
        Ok(allowed)
    }
}

fn person(own: &Standing) -> Json {
    let part = |part: Option<String>| part.unwrap_or_else(|| "any".into());
    let refusals: Vec<Json> = own
        .refusals
        .iter()
        .map(|own| {
            json!({ "channel": part(own.scope.channel.map(|own| own.to_string())),
                    "purpose": part(own.scope.purpose.map(|own| own.to_string())) })
        })
        .collect();
    let consents: Vec<Json> = own
        .consents
        .iter()
        .map(|own| {
            json!({ "purpose": own.purpose, "channel": own.channel, "proven": true,
                    "at": own.occurred_at.as_micros() / 1_000_000 })
        })
        .collect();
    json!({ "restricted": own.restricted, "refusals": refusals, "consents": consents })
}
