//! `/v1/subjects`: who somebody is. Declared fields are kept, a person is found, and two people
//! who turned out to be one are merged.
//!
//! Identifiers come in bodies and leave masked; an address never stands in a URL.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use izin_app::gate::Who;
use izin_app::subject::{self as known, Found};
use izin_app::{App, person};
use izin_core::{Identifier, IdentifierKind, Origin, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::ActAnswer;
use super::subject::{Subject, invalid};
use crate::caller::{Caller, Right};
use crate::json::{self, JsonBody};
use crate::once::Once;
use crate::problem::{Code, Document, Problem};

/// Fields in one request, at most; a data dictionary is shorter.
const FIELDS_MAX: usize = 100;

/// Somebody who was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct Somebody {
    /// Our id.
    id: String,
    /// The shop's own number for the person.
    customer: Option<String>,
    identifiers: Vec<Masked>,
}

/// An address or number, as much of it as a person needs to recognise it.
#[derive(Serialize, ToSchema)]
#[schema(as = MaskedIdentifier)]
struct Masked {
    /// `email` or `phone`.
    kind: &'static str,
    /// As `b•••@example.com`.
    masked: String,
}

/// Whom the person in the path turned out to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeRequest {
    into: Subject,
}

impl From<Found> for Somebody {
    fn from(found: Found) -> Self {
        let kind = |own: &Identifier| match own.kind() {
            IdentifierKind::Email => "email",
            IdentifierKind::Phone => "phone",
            IdentifierKind::Customer => "customer",
        };
        let masked = |own: &Identifier| Masked {
            kind: kind(own),
            masked: own.masked(),
        };
        let number = found.customer.as_ref();
        Self {
            id: found.subject.to_string(),
            customer: number.map(|own| own.reveal("the shop's own number").to_owned()),
            identifiers: found.identifiers.iter().map(masked).collect(),
        }
    }
}

/// Keeps declared fields of a person over what was kept before; a customer number that nobody has
/// makes a person. What the policy does not declare is refused, and so is what reveals more than
/// the person explicitly agreed to. Role `sender` or `dpo`.
#[utoipa::path(
    put, path = "/v1/subjects/{customer}", tag = "subjects",
    params(
        ("customer" = String, Path,
            description = "The shop's customer number; no e-mail address, no telephone number with \
                           its `+`"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters; a repetition gets the first answer"),
    ),
    request_body(content = BTreeMap<String, String>,
        description = "Values by the names of declared fields, as `email`, `name`, `birth_date`"),
    responses(
        (status = 200, description = "Everything is kept", body = Somebody),
        (status = "4XX", description = "What is wrong; nothing was kept",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(customer): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::Report)?;
    let path = format!("/v1/subjects/{customer}");
    let customer = Identifier::new_customer(&customer);
    let customer = customer.map_err(|why| invalid("customer", why.to_string()))?;
    let once = Once::read(&app, &headers, &caller, (&path, &body)).await?;
    if let Some(before) = once.before(&app).await? {
        return Ok(before);
    }
    let fields: BTreeMap<String, String> = json::parse(&body)?;
    if fields.len() > FIELDS_MAX {
        return Err(invalid(
            "(body)",
            format!("at most {FIELDS_MAX} fields at once"),
        ));
    }
    let fields = fields.iter().map(|(name, value)| (&**name, &**value));
    let found = known::put(&app, customer, fields).await?;
    once.keep(&app, &Somebody::from(found)).await
}

/// Finds the person behind an identifier. Role `sender`, `reader` or `dpo`.
#[utoipa::path(
    post, path = "/v1/subjects/find", tag = "subjects", request_body = Subject,
    responses(
        (status = 200, description = "The person", body = Somebody),
        (status = "4XX", description = "Nobody is known by it, or several people hold it",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::LookUp)?;
    let subject: Subject = json::parse(&body)?;
    let who = subject.who(app.policy().controller.country.as_str())?;
    Ok(json::answer(&Somebody::from(
        known::find(&app, &who).await?,
    )))
}

/// Says that the person in the path is the same as another: refusals of both hold for both, consents
/// stay with their addresses. Role `dpo`.
#[utoipa::path(
    post, path = "/v1/subjects/{id}/merge", tag = "subjects", request_body = MergeRequest,
    params(
        ("id" = String, Path, description = "Our id of the one who turned out to be another"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters; a repetition gets the first answer"),
    ),
    responses(
        (status = 200, description = "They are one", body = ActAnswer),
        (status = "4XX", description = "What is wrong; nothing changed",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn merge(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::Merge)?;
    let path = format!("/v1/subjects/{id}/merge");
    let once = Once::read(&app, &headers, &caller, (&path, &body)).await?;
    if let Some(before) = once.before(&app).await? {
        return Ok(before);
    }
    let from = Who::Subject(by_id(&id)?);
    let MergeRequest { into } = json::parse(&body)?;
    let into = into.who(app.policy().controller.country.as_str())?;
    let recorded = person::merge(&app, &from, &into, Origin::Api).await?;
    let answer = ActAnswer::of(&app.settings.public_url, &recorded);
    once.keep(&app, &answer).await
}

/// Undoes a merge: the person in the path stands alone again, with every refusal made meanwhile.
/// Role `dpo`.
#[utoipa::path(
    post, path = "/v1/subjects/{id}/split", tag = "subjects",
    params(
        ("id" = String, Path, description = "Our id of the one who had been merged into another"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters; a repetition gets the first answer"),
    ),
    responses(
        (status = 200, description = "They are two", body = ActAnswer),
        (status = "4XX", description = "What is wrong; nothing changed",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn split(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::Merge)?;
    let path = format!("/v1/subjects/{id}/split");
    let once = Once::read(&app, &headers, &caller, (&path, &[])).await?;
    if let Some(before) = once.before(&app).await? {
        return Ok(before);
    }
    let recorded = person::split(&app, by_id(&id)?).await?;
    let answer = ActAnswer::of(&app.settings.public_url, &recorded);
    once.keep(&app, &answer).await
}

/// Reads the id in a path.
pub(super) fn by_id(text: &str) -> Result<SubjectId, Problem> {
    let detail = "name a person by our id of 32 hexadecimal digits; /v1/subjects/find tells it";
    SubjectId::parse(text).map_err(|_| Problem::new(Code::UnknownSubject, detail).at("id"))
}
