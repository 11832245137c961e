//! The answer to a link we do not know.
//!
//! Unknown, malformed and revoked links get the same page, so that nobody learns from it which
//! links exist.

use askama::Template;

use super::Frame;

/// The page of a link that leads nowhere.
#[derive(Template)]
#[template(path = "not_found.html")]
pub struct NotFoundPage {
    /// Language and shop.
    pub frame: Frame,
    /// Where a person can still say no, e.g. `halo@senja.example`.
    pub shop_contact: String,
}
