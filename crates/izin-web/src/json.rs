//! JSON that machines send: read strictly, and refused by place and name, never by value.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::problem::{Code, Problem};

/// The longest body a machine may send, in bytes: a batch of 10,000 requests of 400 bytes, or one of
/// 262,144 ids.
pub(crate) const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Room for an answer, in bytes: one decision with everything that explains it fits.
const ANSWER_BYTES: usize = 1024;
/// A name longer than this is not repeated to the caller, in bytes; ours are shorter.
const NAME_BYTES_MAX: usize = 40;

/// The body of a request that says it is JSON.
pub(crate) struct JsonBody(pub(crate) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, body).await
    }
}

impl JsonBody {
    /// Reads a body that comes with these headers.
    pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        if !is(headers, "application/json") {
            let detail = "send `Content-Type: application/json`";
            return Err(Problem::new(Code::WrongContentType, detail));
        }
        bytes(body).await.map(Self)
    }
}

/// Whether a body says it is of this type.
pub(crate) fn is(headers: &HeaderMap, wanted: &str) -> bool {
    let named = headers.get(header::CONTENT_TYPE);
    let named = named.and_then(|own| own.to_str().ok()).unwrap_or_default();
    let named = named.split(';').next().unwrap_or_default();
    named.trim().eq_ignore_ascii_case(wanted)
}

/// The whole body, up to the longest there may be.
pub(crate) async fn bytes(body: Body) -> Result<Vec<u8>, Problem> {
    let whole = bytes_up_to(body, BODY_BYTES_MAX + 1).await?;
    if whole.len() > BODY_BYTES_MAX {
        return Err(Problem::of(Code::BodyTooLarge));
    }
    Ok(whole)
}

/// The beginning of a body; nothing behind it is read.
pub(crate) async fn bytes_up_to(mut body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    let long = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut read = Vec::with_capacity(long.min(most));
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Problem::of(Code::BodyUnreadable))?;
        let part = frame.into_data().unwrap_or_default();
        let room = most - read.len();
        read.extend_from_slice(part.get(..room).unwrap_or(&part));
        if read.len() == most {
            break;
        }
    }
    Ok(read)
}

/// A value on its way out.
pub(crate) fn answer(value: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(ANSWER_BYTES);
    if serde_json::to_writer(&mut body, value).is_err() {
        return Problem::of(Code::Internal).into_response();
    }
    written(body)
}

/// JSON that is written already, on its way out.
pub(crate) fn written(json: impl Into<Body>) -> Response {
    let mut response = Response::new(json.into());
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Reads a value from a whole body. Only one that cannot be read is read again to tell where: to
/// follow the place in every body would cost as much as reading it.
pub(crate) fn parse<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Problem> {
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    let is_json = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let told = |path: &str, error: &serde_json::Error| match fault(path, error) {
        // Serde takes a list where a word should stand for a fault of form.
        own if is_json && own.code == Code::InvalidJson => {
            Problem::new(Code::InvalidField, "it has another form").at(joined(path, None))
        }
        own => own,
    };
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| told(&place(error.path()), error.inner()))?;
    json.end().map_err(|error| told("", &error))?;
    Ok(value)
}

/// Reads a value from where JSON comes from.
pub(crate) fn read<'de, T, D>(json: D) -> Result<T, Problem>
where
    T: Deserialize<'de>,
    D: Deserializer<'de, Error = serde_json::Error>,
{
    serde_path_to_error::deserialize(json)
        .map_err(|error| fault(&place(error.path()), error.inner()))
}

/// A path as `requests[3].channel`; it ends before a name that nobody here would give.
fn place(path: &Path) -> String {
    let mut place = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => place += &format!("[{index}]"),
            Segment::Map { key } if !is_name(&key.as_str()) => break,
            Segment::Map { key } if place.is_empty() => place += key,
            Segment::Map { key } => place += &format!(".{key}"),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    place
}

/// What is wrong with JSON, in words that hold no value of it: serde's own words name what was
/// found before `, expected` and what should stand there after it.
fn fault(path: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    if error.classify() != Category::Data {
        return Problem::new(Code::InvalidJson, text);
    }
    let text = text.rsplit_once(" at line ").map_or(&*text, |(own, _)| own);
    let (found, expected) = text
        .rsplit_once(", expected ")
        .map_or((text, None), |(found, expected)| (found, Some(expected)));
    let wanted = expected.map(|own| format!("expected {own}"));
    let name = found.split('`').nth(1).filter(is_name);
    let problem = |code: Code, without: &str| {
        Problem::new(code, wanted.clone().unwrap_or_else(|| without.to_owned()))
    };
    if found.starts_with("unknown field ") {
        problem(Code::UnknownField, "it has no meaning here").at(joined(path, name))
    } else if found.starts_with("missing field ") {
        problem(Code::MissingField, "it is needed").at(joined(path, name))
    } else if found.starts_with("duplicate field ") {
        problem(Code::InvalidField, "it is given twice").at(joined(path, name))
    } else {
        problem(Code::InvalidField, "it has another form").at(joined(path, None))
    }
}

/// Whether a name may be repeated to the caller: it has the form of one of ours.
pub(crate) fn is_name(text: &&str) -> bool {
    text.len() <= NAME_BYTES_MAX
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The full name of a field; the path may end with it already.
fn joined(path: &str, name: Option<&str>) -> String {
    match name {
        None if path.is_empty() => "(body)".to_owned(),
        None => path.to_owned(),
        Some(name) if path.is_empty() || path == name => name.to_owned(),
        Some(name) if path.ends_with(&format!(".{name}")) => path.to_owned(),
        Some(name) => format!("{path}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        inner: Vec<Inner>,
        #[serde(default)]
        channel: Option<izin_core::Channel>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        number: u8,
    }

    fn problem(json: &str) -> (&'static str, String, String) {
        let problem = parse::<Outer>(json.as_bytes()).unwrap_err();
        (
            problem.code.name(),
            problem.field.unwrap_or_default(),
            problem.detail.unwrap_or_default(),
        )
    }

    #[test]
    fn what_is_wrong_is_named_by_field_and_never_by_value() {
        let cases = [
            (
                r#"{"inner": [{"number": 1, "nmber": 2}]}"#,
                "unknown_field",
                "inner[0].nmber",
            ),
            (
                r#"{"inner": [], "budi@example.com": 2}"#,
                "unknown_field",
                "(body)",
            ),
            (
                r#"{"inner": [{"number": 1}, {}]}"#,
                "missing_field",
                "inner[1].number",
            ),
            (
                r#"{"inner": [{"number": "budi@example.com"}]}"#,
                "invalid_field",
                "inner[0].number",
            ),
            (
                r#"{"inner": [{"number": "x, expected budi"}]}"#,
                "invalid_field",
                "inner[0].number",
            ),
            (
                r#"{"inner": [{"number": 1, "number": 1}]}"#,
                "invalid_field",
                "inner[0].number",
            ),
            (
                r#"{"inner": [], "channel": "budi"}"#,
                "invalid_field",
                "channel",
            ),
            (
                r#"{"inner": [], "channel": ["email"]}"#,
                "invalid_field",
                "channel",
            ),
            (r#"{"inner": [], "channel": 1}"#, "invalid_field", "channel"),
            (r#""budi@example.com""#, "invalid_field", "(body)"),
            (r#"{"inner": [] "budi": 1}"#, "invalid_json", ""),
            (r#"{"inner": []} budi"#, "invalid_json", ""),
            ("", "invalid_json", ""),
        ];
        for (json, code, field) in cases {
            let found = problem(json);
            assert_eq!((found.0, &*found.1), (code, field), "{json}");
            assert!(
                !found.2.contains("budi") && !found.2.is_empty(),
                "{json}: {found:?}"
            );
        }
    }

    #[test]
    fn a_wrong_word_is_answered_with_the_words_there_are() {
        let (_, _, detail) = problem(r#"{"inner": [], "channel": "fax"}"#);
        assert!(
            detail.contains("`email`") && detail.contains("`site`"),
            "{detail}"
        );
        assert!(!detail.contains("fax"), "{detail}");
    }

    #[test]
    fn a_fault_of_form_is_named_by_line_and_column() {
        let (_, _, detail) = problem("{\n  \"inner\": [}");
        assert!(detail.contains("line 2 column 13"), "{detail}");
    }
}
