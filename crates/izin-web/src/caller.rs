//! Machines at the door: the bearer of a key, and what the key allows.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use izin_app::App;
use izin_app::door::Role;

use crate::problem::{Code, Problem};

/// What not every role may do. Decisions and proofs are for every key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// To find people and to see their standing and consents.
    LookUp,
    /// To report acts, events and what a person is like.
    Report,
    /// To hold, use and give back room for messages.
    Send,
    /// To say that two people are one, or two again.
    Merge,
}

/// Whoever came with a working key.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    role: Role,
    /// Tells one key from another, without being one.
    pub(crate) mark: [u8; 32],
}

impl Right {
    const fn belongs_to(self, role: Role) -> bool {
        match self {
            Self::LookUp => matches!(role, Role::Sender | Role::Reader | Role::Dpo),
            Self::Report | Self::Send => role.may_report_acts(),
            Self::Merge => matches!(role, Role::Dpo),
        }
    }
}

impl Caller {
    /// Refuses a caller whose role has no such right.
    pub(crate) fn may(self, right: Right) -> Result<(), Problem> {
        if right.belongs_to(self.role) {
            return Ok(());
        }
        let able = Role::ALL.into_iter().filter(|role| right.belongs_to(*role));
        let able: Vec<_> = able.map(|role| format!("`{}`", role.as_str())).collect();
        let (role, able) = (self.role.as_str(), able.join(" or "));
        let detail = format!("a key of role `{role}` may not do this; use one of role {able}");
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
