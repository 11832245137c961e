//! What a question names has to be declared: the gate would deny an unknown purpose, and pass an
//! unknown topic over as if none had been named.

use izin_core::{Policy, PurposeId, TopicId};

/// A name that the policy in force does not declare. It is not repeated: it may be a slip that
/// holds more than a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undeclared {
    /// No such purpose.
    #[error("the policy has no such purpose; it has {0}")]
    Purpose(String),
    /// No such topic in the purpose.
    #[error("the purpose has no such topic; {}", topics(.0))]
    Topic(String),
}

/// Refuses a purpose that the policy does not declare, and a topic that the purpose does not have.
///
/// # Errors
/// [`Undeclared`] tells the names there are.
pub fn check(
    policy: &Policy,
    purpose: PurposeId,
    topic: Option<TopicId>,
) -> Result<(), Undeclared> {
    if policy.purpose(&purpose).is_none() {
        let own = policy.purposes.iter().map(|own| own.id.to_string());
        return Err(Undeclared::Purpose(own.collect::<Vec<_>>().join(", ")));
    }
    let own = policy.topics.iter().filter(|own| own.purpose == purpose);
    if topic.is_none_or(|topic| own.clone().any(|own| own.id == topic)) {
        return Ok(());
    }
    let own: Vec<_> = own.map(|own| own.id.to_string()).collect();
    Err(Undeclared::Topic(own.join(", ")))
}

fn topics(known: &str) -> String {
    if known.is_empty() {
        "it has none, so leave the topic out".to_owned()
    } else {
        format!("it has {known}")
    }
}

#[cfg(test)]
mod tests {
    use izin_core::policy::{Text, Topic};
    use izin_testkit::policy;

    use super::*;

    #[test]
    fn a_name_that_the_policy_lacks_is_answered_with_those_it_has() {
        let mut policy = policy::policy();
        policy.topics.clear();
        let (marketing, tea) = (
            PurposeId::parse("marketing").unwrap(),
            TopicId::parse("tea").unwrap(),
        );
        let said = |policy: &Policy, purpose, topic| {
            check(policy, purpose, topic).map_err(|why| why.to_string())
        };
        let gifts = said(&policy, PurposeId::parse("gifts").unwrap(), None);
        assert!(gifts.unwrap_err().contains("it has marketing"));
        let none = said(&policy, marketing, Some(tea)).unwrap_err();
        assert!(
            none.ends_with("it has none, so leave the topic out"),
            "{none}"
        );

        let coffee = TopicId::parse("coffee").unwrap();
        let title = Text {
            id: "Kopi".to_owned(),
            en: "Coffee".to_owned(),
        };
        let topic = |purpose| Topic {
            id: coffee,
            purpose,
            title: title.clone(),
        };
        policy
            .topics
            .push(topic(PurposeId::parse("orders").unwrap()));
        assert!(said(&policy, marketing, Some(coffee)).is_err(), "another's");
        policy.topics.push(topic(marketing));
        let tea = said(&policy, marketing, Some(tea)).unwrap_err();
        assert!(tea.ends_with("it has coffee"), "{tea}");
        assert_eq!(said(&policy, marketing, Some(coffee)), Ok(()));
        assert_eq!(said(&policy, marketing, None), Ok(()));
    }
}
