//! One row's question: whom it names, and what the gate answers.

use izin_app::{App, Who};
use izin_core::{
    Decision, Identifier, IdentifierKind, Level, Request, SubjectId, Timestamp, Verdict,
};

/// The reason given to a row that names nobody: an address that cannot be one, no address at all,
/// or a row that is not as wide as its header.
const BAD_IDENTIFIER: &str = "bad_identifier";

/// What is appended to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    pub(super) reason: &'static str,
    pub(super) level: Option<Level>,
    pub(super) until: Option<Timestamp>,
}

impl Answer {
    /// The answer to a row that names nobody.
    pub(super) const BAD: Self = Self {
        verdict: Verdict::Deny,
        reason: BAD_IDENTIFIER,
        level: None,
        until: None,
    };
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        Self {
            verdict: decision.verdict,
            reason: decision.reason.code(),
            level: Some(decision.level),
            until: decision.until,
        }
    }
}

/// How a column names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    Email,
    Phone,
    Customer,
    Id,
}

impl Naming {
    /// Every way, with the name of its column.
    pub(super) const ALL: [(Self, &str); 4] = [
        (Self::Email, "email"),
        (Self::Phone, "phone"),
        (Self::Customer, "customer"),
        (Self::Id, "id"),
    ];
}

/// Puts the same question about many people.
pub(super) struct Asker<'a> {
    pub(super) app: &'a App,
    pub(super) request: Request,
}

impl Asker<'_> {
    /// The ways to name a person, the one that counts first: the address a message would go to,
    /// then what names the person for certain.
    pub(super) fn preference(&self) -> [Naming; 4] {
        if IdentifierKind::Phone.reaches(self.request.channel) {
            [Naming::Phone, Naming::Customer, Naming::Id, Naming::Email]
        } else {
            [Naming::Email, Naming::Customer, Naming::Id, Naming::Phone]
        }
    }

    /// Asks about all of these; a row that names nobody is answered as such.
    pub(super) fn ask(&self, named: &[Option<Who>]) -> Vec<Answer> {
        let whom: Vec<_> = named.iter().flatten().collect();
        let decisions = self.app.decide_many(&whom, &self.request);
        let mut answers = decisions.into_iter().map(Answer::from);
        let of = |who: &Option<Who>| who.as_ref().and_then(|_| answers.next());
        named
            .iter()
            .map(of)
            .map(|own| own.unwrap_or(Answer::BAD))
            .collect()
    }

    /// Whom this text names, if anybody; an address is kept in the room of an earlier one, where there is.
    pub(super) fn who(&self, naming: Naming, text: &str, room: Option<String>) -> Option<Who> {
        let identifier = match naming {
            Naming::Email => Identifier::email_in(text, room.unwrap_or_default()),
            Naming::Phone => Identifier::phone(text, self.app.policy().controller.country.as_str()),
            Naming::Customer => Identifier::customer(text),
            Naming::Id => return SubjectId::parse(text.trim()).ok().map(Who::Subject),
        };
        identifier.ok().map(Who::Identifier)
    }
}
