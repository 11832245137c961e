//! `/why/{token}`: why one message came: by whose permission, how personal, from which data.
//!
//! It names categories of data, never the purchases or pages themselves: whoever holds a
//! forwarded message holds the link.

use askama::Template;
use izin_core::{Channel, Level};

use super::Frame;

/// The yes a message stood on.
pub struct ConsentView {
    /// The day it was given.
    pub given: String,
    /// Through which form or source, in the page's language, e.g. `Checkout form`.
    pub source: String,
    /// The version of the notice that was shown with it, if one was.
    pub notice: Option<String>,
}

/// The page that explains one message.
#[derive(Template)]
#[template(path = "why.html")]
pub struct WhyPage {
    /// Language and shop.
    pub frame: Frame,
    /// The campaign's name.
    pub campaign: String,
    /// The day it was sent.
    pub sent: String,
    /// How it was sent.
    pub channel: Channel,
    /// The masked address it went to.
    pub address: String,
    /// The sentence for the basis it was allowed on, in the page's language.
    pub basis: String,
    /// The yes behind it, when the basis is consent.
    pub consent: Option<ConsentView>,
    /// How personal it was.
    pub level: Level,
    /// Categories of data used to choose its content; empty when nothing of the person was used.
    pub data: Vec<String>,
    /// How the content was chosen, one sentence in the page's language.
    pub decision: String,
    /// The decision's reason code, e.g. `consent`.
    pub decision_code: String,
    /// The ledger's sequence the decision was made at.
    pub seq: u64,
    /// The day on which the person stopped these messages, if they did.
    pub stopped_since: Option<String>,
    /// The preference page, a path without query.
    pub preferences_path: String,
    /// The opt-out page, a path without query.
    pub opt_out_path: String,
}
