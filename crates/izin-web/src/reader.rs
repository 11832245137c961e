//! Who reads an answer: the language their address and browser ask for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use izin_core::Language;
use izin_wire::form::pairs;

use crate::i18n::choose_language;

/// What a request says about the language of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    switch: Option<String>,
    accepts: Option<String>,
}

impl Reader {
    /// Who sent a request for this address with these headers.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let switch = pairs(uri.query().unwrap_or_default()).find(|(name, _)| name == "lang");
        let accepts = headers.get(ACCEPT_LANGUAGE);
        Self {
            switch: switch.map(|(_, value)| value),
            accepts: accepts.and_then(|own| Some(own.to_str().ok()?.to_owned())),
        }
    }

    /// The language to answer in, when `stored` is what is known of the person.
    pub(crate) fn language(&self, stored: Option<Language>, default: Language) -> Language {
        let (switch, accepts) = (self.switch.as_deref(), self.accepts.as_deref());
        choose_language(switch, stored, accepts, default)
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}
