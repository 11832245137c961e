//! What a caller asks for: where the picks will stand and how many are wanted.
//!
//! Start at [`Ask`].

use crate::catalogue::ProductNo;
use crate::purchase::OwnPurchase;

/// The most picks one answer holds: more than any page or message shows, and it bounds the work.
pub const PICKS_MAX: usize = 100;

/// A question to the model. Only `own` is personal, and it is looked at only at level 2 or above;
/// the other fields describe the page or message and must be the same for everyone who sees it.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The person's own purchases; a caller passes none below level 2.
    pub own: &'a [OwnPurchase],
    /// The product whose page this is; never picked itself.
    pub on_screen: Option<ProductNo>,
    /// Products that already stand on the page or in the message; never picked again.
    pub already_shown: &'a [ProductNo],
    /// How own purchases and new products share the places at level 2.
    pub mix: Mix,
    /// Picks wanted, at most [`PICKS_MAX`]; fewer come only when the shop has no more.
    pub count: usize,
}

/// How what the person bought before and what is new to them share the places at level 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mix {
    /// What the person will most likely buy: mostly what they bought before. For a reorder page.
    #[default]
    Likeliest,
    /// Every third place is for something new. For an e-mail or a start page.
    Varied,
    /// Nothing the person bought before.
    NewOnly,
}
