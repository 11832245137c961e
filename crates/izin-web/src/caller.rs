//! Machines at the door: the bearer of a key, and what the key allows.
//!
//! Every call that needs a key takes a [`Caller`], so it is here that the call's query is looked at.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use izin_app::App;
use izin_app::door::Role;

use crate::problem::{Code, Problem};
use crate::query;

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
    /// To erase people.
    Erase,
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
            Self::Merge | Self::Erase => matches!(role, Role::Dpo),
        }
    }
}

impl Caller {
    /// Whoever calls this path.
    pub(crate) fn of(path: &str, call: &Parts, app: &App) -> Result<Self, Problem> {
        query::known(path, &call.uri)?;
        let header = call.headers.get(AUTHORIZATION);
        let key = header.and_then(|own| bearer(own.to_str().ok()?));
        let missing = "send the header `Authorization: Bearer KEY`";
        let key = key.ok_or_else(|| Problem::new(Code::KeyMissing, missing))?;
        let unknown = "it was mistyped or revoked; `izin api-key add` makes a new one";
        let known = app.door.bearer(key);
        let (role, mark) = known.ok_or_else(|| Problem::new(Code::KeyUnknown, unknown))?;
        Ok(Self { role, mark })
    }

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
        let path = parts.extensions.get::<MatchedPath>();
        Self::of(path.map_or("", MatchedPath::as_str), parts, app)
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, key) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
