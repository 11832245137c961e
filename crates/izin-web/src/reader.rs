//! Who reads an answer: the language their address and browser ask for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
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
    /// The language to answer in, when `stored` is what is known of the person.
    pub(crate) fn language(&self, stored: Option<Language>, default: Language) -> Language {
        let (switch, accepts) = (self.switch.as_deref(), self.accepts.as_deref());
        choose_language(switch, stored, accepts, default)
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let switch = pairs(query).find(|(name, _)| name == "lang");
        let accepts = parts.headers.get(ACCEPT_LANGUAGE);
        Ok(Self {
            switch: switch.map(|(_, value)| value),
            accepts: accepts.and_then(|own| Some(own.to_str().ok()?.to_owned())),
        })
    }
}
