//! How a machine names a person, a purpose or a topic.

use izin_app::gate::Who;
use izin_core::identifier::IdentifierError;
use izin_core::policy::NameError;
use izin_core::{Identifier, PurposeId, SubjectId, Timestamp, TopicId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

/// Whom a request is about: exactly one of these.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1)]
pub(crate) struct Subject {
    /// An e-mail address.
    #[schema(example = "budi@example.com")]
    email: Option<String>,
    /// A telephone number, in international form or in the shop's home country's.
    phone: Option<String>,
    /// The shop's customer number.
    customer: Option<String>,
    /// Our id: 32 hexadecimal digits.
    id: Option<String>,
    /// Not known yet; refused.
    push: Option<String>,
    /// Not known yet; refused.
    device: Option<String>,
}

impl Subject {
    /// The person meant; `home` supplies a missing country code.
    pub(crate) fn who(&self, home: &str) -> Result<Who, Problem> {
        let Self {
            email,
            phone,
            customer,
            id,
            push,
            device,
        } = self;
        for (field, given) in [("subject.push", push), ("subject.device", device)] {
            if given.is_some() {
                return Err(not_offered(
                    field,
                    "nobody is known by identifiers of this kind yet",
                ));
            }
        }
        let identifier = |field, read: Result<Identifier, IdentifierError>| {
            let wrong = |why: IdentifierError| invalid(field, why.to_string());
            read.map(Who::Identifier).map_err(wrong)
        };
        match (email, phone, customer, id) {
            (Some(text), None, None, None) => identifier("subject.email", Identifier::email(text)),
            (None, Some(text), None, None) => {
                identifier("subject.phone", Identifier::phone(text, home))
            }
            (None, None, Some(text), None) => {
                identifier("subject.customer", Identifier::customer(text))
            }
            (None, None, None, Some(text)) => SubjectId::parse(text)
                .map(Who::Subject)
                .map_err(|why| invalid("subject.id", why.to_string())),
            _ => {
                let detail = "name exactly one of `email`, `phone`, `customer`, `id`";
                Err(invalid("subject", detail))
            }
        }
    }
}

/// Reads the name of a purpose.
pub(crate) fn purpose(text: &str) -> Result<PurposeId, Problem> {
    PurposeId::parse(text).map_err(|why| name("purpose", &why))
}

/// Reads the name of a topic.
pub(crate) fn topic(text: &str) -> Result<TopicId, Problem> {
    TopicId::parse(text).map_err(|why| name("topic", &why))
}

/// What a name looks like, without the text that was none.
fn name(field: &str, _: &NameError) -> Problem {
    let detail = "a name has 1 to 40 lower-case letters, digits or _, and begins with a letter";
    invalid(field, detail)
}

/// Reads a time. One without an offset is another moment in each zone, so it is refused.
pub(crate) fn moment(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let detail = "write a time with its offset, as 2026-11-21T09:30:00+07:00 or \
                  2026-11-21T02:30:00Z, no later than 9999-12-30";
    Timestamp::parse_rfc3339(text).map_err(|_| invalid(field, detail))
}

/// Reads a day, which needs no offset.
pub(crate) fn day(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let detail = "write a date as 2030-05-17, no later than 9999-12-30";
    let is_date = text.trim().len() == DATE_CHARS;
    let date = Timestamp::parse(text).ok().filter(|_| is_date);
    date.map_or_else(|| moment(field, text), Ok)
        .map_err(|_| invalid(field, detail))
}

/// A date and nothing after it, as 2030-05-17.
const DATE_CHARS: usize = 10;

pub(crate) fn not_offered(field: &str, detail: &str) -> Problem {
    Problem::new(Code::NotOffered, detail).at(field)
}

pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    Problem::new(Code::InvalidField, detail).at(field)
}
