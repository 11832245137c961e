//! One message of the demo's mailbox: its headers, its look, its text.

use askama::Template;

use super::Frame;

/// The page of one message. Its HTML is shown from its own address in a sandboxed frame that
/// runs no script and sends no form; links in it open in a new tab when that document says
/// `<base target="_blank">`.
#[derive(Template)]
#[template(path = "mail.html")]
pub struct MailPage {
    /// Language and shop.
    pub frame: Frame,
    /// The subject line.
    pub subject: String,
    /// Every header as sent, name and value.
    pub headers: Vec<(String, String)>,
    /// Where the HTML part is served, a path; nothing when the message has none.
    pub html_path: Option<String>,
    /// The text part.
    pub text: String,
    /// The opt-out page its headers name, a path without query.
    pub opt_out_path: Option<String>,
    /// The preference page it links, a path without query.
    pub preferences_path: Option<String>,
    /// The page that explains it, a path without query.
    pub why_path: Option<String>,
}
