//! `/u/{token}`: one page with one button to stop messages, and the page that says it is done.
//!
//! Showing either page changes nothing; only the form's POST does (RFC 8058). No login, no
//! reason, no second page.

use askama::Template;
use izin_core::Channel;

use super::Frame;

/// What the reader is told before pressing the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskStatus {
    /// They followed the link.
    Ask,
    /// A POST came that was not the button's; nothing was changed.
    NothingChanged,
}

/// The page of a link whose messages are still on: what stops, and the button.
///
/// The button posts `List-Unsubscribe=One-Click` to the page's own address.
#[derive(Template)]
#[template(path = "opt_out.html")]
pub struct OptOutPage {
    /// Language and shop.
    pub frame: Frame,
    /// Whether something has to be said first.
    pub status: AskStatus,
    /// The masked address, e.g. `b•••@example.com`.
    pub address: String,
    /// How the messages come.
    pub channel: Channel,
    /// What will stop: a purpose's title each, in the page's language.
    pub stops: Vec<String>,
    /// The preference page, a path without query.
    pub preferences_path: String,
}

/// When the messages were stopped, seen from this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoneStatus {
    /// By the POST this page answers.
    JustNow,
    /// Before: the link was opened or posted again.
    Already,
}

/// The page after the button, and of a link whose messages are off.
#[derive(Template)]
#[template(path = "opt_out_done.html")]
pub struct OptOutDonePage {
    /// Language and shop.
    pub frame: Frame,
    /// Whether this answers the button or a later visit.
    pub status: DoneStatus,
    /// The masked address.
    pub address: String,
    /// How the messages came.
    pub channel: Channel,
    /// The day they were stopped, from [`Texts::date`](crate::i18n::Texts::date).
    pub since: String,
    /// What stopped: a purpose's title each.
    pub stopped: Vec<String>,
    /// What is still on, e.g. `News and offers, WhatsApp`; may be empty.
    pub still_on: Vec<String>,
    /// The preference page, a path without query.
    pub preferences_path: String,
    /// The receipt of the opt-out, a path without query.
    pub receipt_path: String,
}
