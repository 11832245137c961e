//! Everything a machine can be told when something is wrong: one row for each code.
//!
//! `docs/book/errors.md` explains every code. Start at [`TABLE`]; [`answer`](mod@answer) says a
//! problem over HTTP, [`cause`](mod@cause) tells which problem an error of a use case is.

mod answer;
mod cause;
mod table;

pub(crate) use answer::{Document, Problem, speak};
pub use table::TABLE;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// No key came along.
    KeyMissing,
    /// The key does not work.
    KeyUnknown,
    /// Who posts does not show that it is the provider.
    BadSignature,
    /// The key's role may not do it.
    NotAllowed,
    /// A page of another site asked.
    CrossSite,
    /// No such address.
    NotFound,
    /// The address has another method.
    MethodNotAllowed,
    /// The body is too long.
    BodyTooLarge,
    /// The body broke off.
    BodyUnreadable,
    /// The body's type is not read here.
    WrongContentType,
    /// The body is not JSON.
    InvalidJson,
    /// A field has no meaning here.
    UnknownField,
    /// A field is needed.
    MissingField,
    /// A field's value has no meaning here.
    InvalidField,
    /// The query has a wrong part.
    InvalidQuery,
    /// Too many requests in a batch.
    BatchTooLong,
    /// The idempotency key has a wrong form.
    InvalidIdempotencyKey,
    /// The idempotency key belongs to another request.
    IdempotencyKeyReused,
    /// Nobody is known by the identifier.
    UnknownSubject,
    /// Several people hold the identifier.
    SeveralSubjects,
    /// The policy declares no such field.
    UndeclaredField,
    /// It reveals what the person did not explicitly agree to.
    ExplicitConsentNeeded,
    /// It is not offered yet.
    NotOffered,
    /// Who is who cannot be changed so.
    MergeRefused,
    OnHold,
    /// The policy has no such purpose.
    UnknownPurpose,
    /// The purpose has no such topic.
    UnknownTopic,
    /// No policy has such a form, or not for this.
    UnknownForm,
    /// The person is left in peace for a while.
    AskedTooSoon,
    /// Only the person, confirmed, may do it.
    StepUpRequired,
    /// The code does not prove anything.
    NotProved,
    /// Too many codes were sent to an address.
    TooManyCodes,
    /// No room is held under the name.
    UnknownReservation,
    /// The reservation ended the other way.
    SettledOtherwise,
    /// The log has no such entry.
    NoSuchEntry,
    /// The record of a consent lacks something.
    RecordIncomplete,
    /// The shop's settings do not allow for it.
    NotSetUp,
    /// The server cannot answer yet, or no more.
    NotReady,
    /// The store refused; nothing was done.
    StoreUnavailable,
    /// It took too long.
    TimedOut,
    /// A fault of ours.
    Internal,
}

/// One kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub is: Code,
    /// The name that programs compare.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The title in Indonesian.
    pub id: &'static str,
    /// The title in English.
    pub en: &'static str,
}

impl Code {
    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name that programs compare.
    pub(crate) const fn name(self) -> &'static str {
        self.row().code
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const BOOK: &str = include_str!("../../../docs/book/errors.md");

    #[test]
    fn every_code_has_its_row_in_order_and_its_place_in_the_book() {
        for (place, row) in TABLE.iter().enumerate() {
            assert_eq!(row.is as usize, place, "{}", row.code);
            assert!(BOOK.contains(&format!("`{}`", row.code)), "{}", row.code);
            assert!((400..600).contains(&row.status) && !row.id.is_empty() && row.id != row.en);
        }
        assert_eq!(Code::Internal as usize + 1, TABLE.len());
        let distinct: BTreeSet<_> = TABLE.iter().map(|row| row.code).collect();
        assert_eq!(distinct.len(), TABLE.len());
    }
}
