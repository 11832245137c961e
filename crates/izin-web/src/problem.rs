//! Everything a machine can be told when something is wrong: RFC 9457, one row for each code.
//!
//! A problem never repeats a value that was sent, only the names of fields. The title is in the
//! language the caller asks for. `docs/book/errors.md` explains every code.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use izin_app::act::ActError;
use izin_app::audit::AuditError;
use izin_app::campaign::CampaignError;
use izin_app::mailbox::MailboxError;
use izin_core::Language;
use izin_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reader::Reader;

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

/// Every kind of problem, in the order of [`Code`].
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
        id: "Hanya orangnya sendiri yang boleh menaikkannya",
        en: "Only the person may raise this",
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

/// One problem, to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) detail: Option<String>,
    pub(crate) field: Option<String>,
}

/// A problem document (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// What went wrong, for programs; the book lists every code.
    code: &'static str,
    /// What went wrong, for people, in the language of `Accept-Language`.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The field it is about, as `requests[3].channel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Problem {
    pub(crate) const fn of(code: Code) -> Self {
        Self {
            code,
            detail: None,
            field: None,
        }
    }

    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::of(code)
        }
    }

    pub(crate) fn at(self, field: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }

    fn document(self, language: Language) -> Document {
        let row = self.code.row();
        Document {
            code: row.code,
            title: match language {
                Language::Id => row.id,
                Language::En => row.en,
            },
            status: row.status,
            detail: self.detail,
            field: self.field,
        }
    }
}

impl IntoResponse for Problem {
    /// Status and headers; [`speak`] writes the document in the caller's language.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.row().status);
        let mut response = status
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        if matches!(self.code, Code::KeyMissing | Code::KeyUnknown) {
            let scheme = HeaderValue::from_static("Bearer realm=\"izin\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the document of every problem that comes by, in the language the caller asks for.
pub(crate) async fn speak(reader: Reader, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let document = problem.document(reader.language(None, Language::En));
    let (mut parts, _) = response.into_parts();
    let set = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept-Language"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in set {
        parts.headers.insert(name, HeaderValue::from_static(value));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = serde_json::to_vec(&document).unwrap_or_default();
    Response::from_parts(parts, Body::from(body))
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request was not served");
        Self::new(Code::StoreUnavailable, "try again in a moment")
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let detail = error.to_string();
        match error {
            ActError::UnknownSubject => Self::new(Code::UnknownSubject, detail).at("subject"),
            ActError::SeveralSubjects => Self::new(Code::SeveralSubjects, detail).at("subject"),
            ActError::Missing { field, .. } => Self::new(Code::MissingField, detail).at(field),
            ActError::UnknownPurpose(_) => {
                let detail = "the policy has no such purpose on this channel; see /privacy.json";
                Self::new(Code::UnknownPurpose, detail).at("purpose")
            }
            ActError::InTheFuture => Self::new(Code::InvalidField, detail).at("occurred_at"),
            ActError::DetailTooLong => Self::new(Code::InvalidField, detail).at("detail"),
            ActError::StepUpRequired => Self::new(Code::StepUpRequired, detail).at("level"),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::NoEntry(..) => Self::new(Code::NoSuchEntry, error.to_string()),
            AuditError::Store(error) => error.into(),
            error => internal(&error),
        }
    }
}

impl From<CampaignError> for Problem {
    fn from(error: CampaignError) -> Self {
        match error {
            CampaignError::Store(error) => error.into(),
            error => internal(&error),
        }
    }
}

impl From<MailboxError> for Problem {
    fn from(error: MailboxError) -> Self {
        internal(&error)
    }
}

fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a request was not served");
    Problem::of(Code::Internal)
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
