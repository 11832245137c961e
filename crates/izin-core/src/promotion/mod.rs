//! Promotion inside messages that are not marketing: what may not ride along with an order
//! confirmation.
//!
//! Service, rights and breach messages reach people who refused marketing, so their content is
//! read first. A miss sends advertising to somebody who said no; a false alarm keeps an order
//! confirmation from a customer. Read [`find`], then `data/promotion.toml`, which holds the words
//! and can be extended without touching code.
//!
//! It reads what a person would see: `markup` drops tags, `fold` and `word` make plain words
//! of any letters, `phrase` looks for the table's phrases and `product` for things on offer.
//! It must never panic, never take more than linear time, and never clear what it did not read.
//! Known limits: words inside pictures, letters borrowed from other alphabets and letters spaced
//! apart are not seen; a block of products directly before an order's total counts as the order.

mod entity;
mod fold;
mod markup;
mod phrase;
mod product;
mod sentence;
mod table;
mod word;

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The longest content that is read, in bytes; mail programs cut a message at a fifth of this.
pub const CONTENT_BYTES_MAX: usize = 1 << 19;

/// Which sort of promotion was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A coupon, a voucher or a code that lowers a price to come.
    Coupon,
    /// A discount, a sale, a special price, a gift.
    Offer,
    /// An invitation to buy or to go on shopping.
    CallToBuy,
    /// Things that the person might like as well.
    Recommendation,
    /// Several priced, linked products that are not lines of the order.
    ProductBlock,
    /// A reward for bringing somebody.
    Referral,
    /// Pressure of time or stock.
    Urgency,
    /// A nudge to earn or spend points.
    Points,
    /// Content that could not be read to its end and so is not cleared.
    Unread,
}

/// One place where promotion stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where, in bytes of the content given; always on character boundaries.
    pub at: Range<usize>,
}

/// The promotion in `content`: a subject or one rendered body, HTML or plain text. Findings stand
/// in the order of the text; none means that the message may go as a service message.
#[must_use]
pub fn find(content: &str) -> Vec<Finding> {
    let unread = |from| Finding {
        kind: Kind::Unread,
        at: from..content.len(),
    };
    if content.len() > CONTENT_BYTES_MAX {
        return vec![unread(content.floor_char_boundary(CONTENT_BYTES_MAX))];
    }
    let Ok(table) = table::TABLE.as_ref() else {
        return vec![unread(0)];
    };
    let text = markup::read(content);
    let hits = phrase::hits(table, &text);
    let mut found = phrase::promotion(table, &text, &hits);
    found.extend(product::blocks(&text, &hits));
    merged(found)
}

/// In order of kind and place, with findings of one kind that overlap made one; then in order of
/// the text.
fn merged(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| (finding.kind, finding.at.start));
    let mut kept: Vec<Finding> = Vec::with_capacity(found.len());
    for next in found {
        match kept.last_mut() {
            Some(last) if last.kind == next.kind && next.at.start < last.at.end => {
                last.at.end = last.at.end.max(next.at.end);
            }
            _ => kept.push(next),
        }
    }
    kept.sort_by_key(|finding| (finding.at.start, finding.at.end, finding.kind));
    kept
}
