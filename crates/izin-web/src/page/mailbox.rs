//! The demo's mailbox: every message the demo shop sent, newest first.

use askama::Template;

use super::Frame;

/// One message of the list.
pub struct MailRow {
    /// The message's page, a path without query.
    pub path: String,
    /// Whom it went to.
    pub recipient: String,
    /// Its subject line.
    pub subject: String,
    /// When it arrived, from [`Texts::date_time`](crate::i18n::Texts::date_time).
    pub received: String,
}

/// One page of the list. The search is a GET form of this page with the field `q`; the pages are
/// numbered by `page` from 1.
#[derive(Template)]
#[template(path = "mailbox.html")]
pub struct MailboxPage {
    /// Language and shop.
    pub frame: Frame,
    /// The recipient searched for; empty for all.
    pub query: String,
    /// The messages of this page.
    pub rows: Vec<MailRow>,
    /// How many messages match in all.
    pub total: u64,
    /// This page's number, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
}
