//! The pages people see, as values to fill and templates that show them.
//!
//! A page struct holds words, numbers and small view enums, ready to show; it never asks the
//! gate, the store or a clock. Every page works without JavaScript, carries no address that is
//! not masked, and changes nothing unless a form is sent by POST. Start at [`Frame`], then
//! [`OptOutPage`].
//!
//! A handler fills a struct and calls `render()` (from [`Template`]). The style sheet stands in
//! the page itself; [`STYLE`] is its exact text, for the `style-src` hash of the security policy.

use izin_core::Language;

use crate::i18n::Texts;

mod error;
mod mail;
mod mailbox;
mod not_found;
mod opt_out;
mod preferences;
mod privacy;
mod receipt;
mod start;
mod why;

pub use askama::Template;
pub use error::ErrorPage;
pub use mail::MailPage;
pub use mailbox::{MailRow, MailboxPage};
pub use not_found::NotFoundPage;
pub use opt_out::{AskStatus, DoneStatus, OptOutDonePage, OptOutPage};
pub use preferences::{ChannelRow, Permission, PreferencesPage, PurposeRow, Saved, form};
pub use privacy::{Controller, Officer, PrivacyPage, PurposeClass, PurposeNotice};
pub use receipt::{QrCode, ReceiptPage};
pub use start::{
    CampaignStage, CampaignView, CheckpointView, ReasonRow, RecordView, SampleLinks, ShopNumbers,
    StartPage,
};
pub use why::{ConsentView, WhyPage};

/// The style sheet of every page, exactly as it stands between the page's `<style>` tags.
pub const STYLE: &str = include_str!("../../assets/page.css");

/// What every page shares: the language it speaks and whose page it is.
pub struct Frame {
    /// The shop's name, shown at the head and foot of the page.
    pub shop: String,
    t: &'static Texts,
}

impl Frame {
    /// The frame of a page of `shop` in `language`.
    #[must_use]
    pub fn new(language: Language, shop: impl Into<String>) -> Self {
        Self {
            shop: shop.into(),
            t: Texts::of(language),
        }
    }

    /// The language the page speaks.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.t.language()
    }

    /// The first letter of the shop's name, for the mark beside it.
    fn initial(&self) -> String {
        self.shop
            .chars()
            .find(|c| c.is_alphanumeric())
            .unwrap_or('•')
            .to_uppercase()
            .collect()
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
