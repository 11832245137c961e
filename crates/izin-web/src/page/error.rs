//! The answer when something failed on our side; it tells nothing about what.

use askama::Template;

use super::Frame;

/// The page of a failure.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Language and shop.
    pub frame: Frame,
    /// Where a person can still say no, e.g. `halo@senja.example`.
    pub shop_contact: String,
}
