//! Everything a machine can be told when something is wrong: one row for each code.
//!
//! `docs/book/errors.md` explains every code. Start at [`TABLE`]; [`answer`](mod@answer) says a
//! problem over HTTP, [`cause`](mod@cause) tells which problem an error of a use case is.

mod answer;
mod cause;

pub(crate) use answer::{Document, Problem, speak};

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// No key came along.
    KeyMissing,
    /// The key does not work.
    KeyUnknown,
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
    /// The policy has no such purpose.
    UnknownPurpose,
    /// Only the person, confirmed, may do it.
    StepUpRequired,
    /// The log has no such entry.
    NoSuchEntry,
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

/// Every kind of problem, in the order of `Code`.
pub const TABLE: [Row; 26] = [
    Row {
        is: Code::KeyMissing,
        code: "key_missing",
        status: 401,
        id: "Kunci API diperlukan",
        en: "An API key is needed",
    },
    Row {
        is: Code::KeyUnknown,
        code: "key_unknown",
        status: 401,
        id: "Kunci API ini tidak berlaku",
        en: "This API key does not work",
    },
    Row {
        is: Code::NotAllowed,
        code: "not_allowed",
        status: 403,
        id: "Kunci ini tidak boleh melakukannya",
        en: "This key may not do that",
    },
    Row {
        is: Code::CrossSite,
        code: "cross_site",
        status: 403,
        id: "Permintaan datang dari situs lain",
        en: "The request came from another site",
    },
    Row {
        is: Code::NotFound,
        code: "not_found",
        status: 404,
        id: "Alamat ini tidak ada",
        en: "There is nothing at this address",
    },
    Row {
        is: Code::MethodNotAllowed,
        code: "method_not_allowed",
        status: 405,
        id: "Metode ini tidak berlaku untuk alamat ini",
        en: "This address does not take this method",
    },
    Row {
        is: Code::BodyTooLarge,
        code: "body_too_large",
        status: 413,
        id: "Isi permintaan terlalu besar",
        en: "The body is too large",
    },
    Row {
        is: Code::BodyUnreadable,
        code: "body_unreadable",
        status: 400,
        id: "Isi permintaan tidak dapat dibaca",
        en: "The body could not be read",
    },
    Row {
        is: Code::WrongContentType,
        code: "wrong_content_type",
        status: 415,
        id: "Jenis isi permintaan ini tidak dibaca di sini",
        en: "This content type is not read here",
    },
    Row {
        is: Code::InvalidJson,
        code: "invalid_json",
        status: 400,
        id: "Isi permintaan bukan JSON",
        en: "The body is not JSON",
    },
    Row {
        is: Code::UnknownField,
        code: "unknown_field",
        status: 422,
        id: "Bidang ini tidak dikenal",
        en: "A field is not known",
    },
    Row {
        is: Code::MissingField,
        code: "missing_field",
        status: 422,
        id: "Ada bidang yang kurang",
        en: "A field is missing",
    },
    Row {
        is: Code::InvalidField,
        code: "invalid_field",
        status: 422,
        id: "Nilai bidang ini tidak dapat dipakai",
        en: "A field has a value that cannot be used",
    },
    Row {
        is: Code::InvalidQuery,
        code: "invalid_query",
        status: 400,
        id: "Parameter alamat tidak dapat dipakai",
        en: "A query parameter cannot be used",
    },
    Row {
        is: Code::BatchTooLong,
        code: "batch_too_long",
        status: 413,
        id: "Terlalu banyak permintaan sekaligus",
        en: "Too many requests at once",
    },
    Row {
        is: Code::InvalidIdempotencyKey,
        code: "invalid_idempotency_key",
        status: 400,
        id: "Idempotency-Key tidak dapat dipakai",
        en: "The idempotency key cannot be used",
    },
    Row {
        is: Code::IdempotencyKeyReused,
        code: "idempotency_key_reused",
        status: 422,
        id: "Idempotency-Key sudah dipakai untuk permintaan lain",
        en: "The idempotency key was used for another request",
    },
    Row {
        is: Code::UnknownSubject,
        code: "unknown_subject",
        status: 404,
        id: "Tidak ada orang yang dikenal dengan pengenal ini",
        en: "Nobody is known by this identifier",
    },
    Row {
        is: Code::SeveralSubjects,
        code: "several_subjects",
        status: 409,
        id: "Pengenal ini milik beberapa orang",
        en: "Several people hold this identifier",
    },
    Row {
        is: Code::UnknownPurpose,
        code: "unknown_purpose",
        status: 422,
        id: "Kebijakan tidak mempunyai tujuan ini",
        en: "The policy has no such purpose",
    },
    Row {
        is: Code::StepUpRequired,
        code: "step_up_required",
        status: 403,
        id: "Hanya orangnya sendiri yang boleh melonggarkannya",
        en: "Only the person may loosen this",
    },
    Row {
        is: Code::NoSuchEntry,
        code: "no_such_entry",
        status: 404,
        id: "Buku besar tidak mempunyai catatan ini",
        en: "The ledger has no such entry",
    },
    Row {
        is: Code::NotReady,
        code: "not_ready",
        status: 503,
        id: "Server belum siap",
        en: "The server is not ready",
    },
    Row {
        is: Code::StoreUnavailable,
        code: "store_unavailable",
        status: 503,
        id: "Penyimpanan tidak dapat dipakai; tidak ada yang dicatat",
        en: "The store cannot be used; nothing was recorded",
    },
    Row {
        is: Code::TimedOut,
        code: "timed_out",
        status: 503,
        id: "Waktu habis",
        en: "It took too long",
    },
    Row {
        is: Code::Internal,
        code: "internal",
        status: 500,
        id: "Ada kesalahan di pihak kami",
        en: "Something went wrong on our side",
    },
];

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
