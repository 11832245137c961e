//! How a person is named on the command line: `email:…`, `phone:…`, `customer:…` or `id:…`.
//!
//! An error never repeats the text: it may be personal.

use izin_app::Who;
use izin_core::identifier::IdentifierError;
use izin_core::{Identifier, SubjectId, id::IdError};

use crate::exit::Usage;

/// Why a text names nobody.
#[derive(Debug, thiserror::Error)]
enum SubjectError {
    #[error("the subject is not understood; write `email:…`, `phone:…`, `customer:…` or `id:…`")]
    Form,
    #[error("the subject is {0}")]
    Identifier(#[from] IdentifierError),
    #[error("the subject is not an id; {0}")]
    Id(#[from] IdError),
}

/// Reads a subject; `home` supplies a telephone number's missing country code.
///
/// # Errors
/// [`Usage`] says how a subject is written.
pub(crate) fn parse(text: &str, home: &str) -> Result<Who, Usage> {
    read(text, home).map_err(|why| Usage(why.to_string()))
}

fn read(text: &str, home: &str) -> Result<Who, SubjectError> {
    let (kind, value) = text.split_once(':').ok_or(SubjectError::Form)?;
    Ok(match kind {
        "email" => Who::Identifier(Identifier::email(value)?),
        "phone" => Who::Identifier(Identifier::phone(value, home)?),
        "customer" => Who::Identifier(Identifier::customer(value)?),
        "id" => Who::Subject(SubjectId::parse(value.trim())?),
        _ => return Err(SubjectError::Form),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_names_nobody_is_refused_without_being_repeated() {
        for text in [
            "rahasia",
            "fax:rahasia",
            "email:rahasia",
            "phone:rahasia",
            "id:rahasia",
        ] {
            let said = parse(text, "ID").unwrap_err().to_string();
            assert!(!said.contains("rahasia"), "{said}");
        }
    }

    #[test]
    fn each_way_to_name_somebody_is_read() {
        let id = "30313233343536373839616263646566";
        assert_eq!(
            parse(&format!("id:{id}"), "ID").unwrap(),
            Who::Subject(SubjectId::parse(id).unwrap())
        );
        let phone = Identifier::phone("+62 812 0000 0001", "ID").unwrap();
        assert_eq!(
            parse("phone:0812 0000 0001", "ID").unwrap(),
            Who::Identifier(phone)
        );
        let customer = Identifier::customer("a:b").unwrap();
        assert_eq!(
            parse("customer:a:b", "ID").unwrap(),
            Who::Identifier(customer)
        );
    }
}
