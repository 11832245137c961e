//! A problem on its way out: a document of RFC 9457.
//!
//! It never repeats a value that was sent, only the names of fields. Its title is in the language
//! the caller asks for.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use izin_core::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::Code;
use crate::reader::Reader;

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

/// Writes the document of a problem, if the answer is one, in the language the caller asks for.
pub(crate) fn speak(reader: &Reader, mut response: Response) -> Response {
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
