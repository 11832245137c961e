//! Machines at the door: the bearer of a key, and what the key allows.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use izin_app::App;
use izin_app::door::Role;

use crate::problem::{Code, Problem};

/// Whoever came with a working key.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    role: Role,
    /// Tells one key from another, without being one.
    pub(crate) mark: [u8; 32],
}

impl Caller {
    /// Refuses a caller whose role reports no acts.
    pub(crate) fn may_report_acts(self) -> Result<(), Problem> {
        if self.role.may_report_acts() {
            return Ok(());
        }
        let role = self.role.as_str();
        let detail = format!("a key of role `{role}` reports no acts; use one of role `sender`");
        Err(Problem::new(Code::NotAllowed, detail))
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION);
        let key = header.and_then(|own| bearer(own.to_str().ok()?));
        let missing = "send the header `Authorization: Bearer KEY`";
        let key = key.ok_or_else(|| Problem::new(Code::KeyMissing, missing))?;
        let unknown = "it was mistyped or revoked; `izin api-key add` makes a new one";
        let role = app.door.role(key);
        let role = role.ok_or_else(|| Problem::new(Code::KeyUnknown, unknown))?;
        let mark = *blake3::hash(key.as_bytes()).as_bytes();
        Ok(Self { role, mark })
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, key) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
