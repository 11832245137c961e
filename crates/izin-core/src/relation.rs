//! What ties a person to the shop besides a yes: where they live, what they bought, how an address
//! was obtained.

use serde::{Deserialize, Serialize};

use crate::country::{Country, Region};
use crate::zone::Zone;

/// How it is known where a person lives. The order is from the best source to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceSource {
    /// The person said so.
    Declared,
    /// Goods are delivered there.
    Delivery,
    /// The country code of their number.
    Phone,
    /// Nobody knows; the shop's own.
    Shop,
}

/// Where a person lives, as far as the best source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The country.
    pub country: Country,
    /// The part of the country.
    pub region: Option<Region>,
    /// The person's own zone.
    pub zone: Option<Zone>,
    /// How it is known.
    pub source: PlaceSource,
}

/// What happened between a person and the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They bought something.
    Purchase,
    /// They asked about something.
    Inquiry,
}

/// The four facts without which a soft opt-in is none. A later offer to refuse does not cure an
/// earlier one that was missing.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SoftOptIn {
    /// The address was obtained from this person in a sale, or in talks about one.
    pub obtained_in_sale: bool,
    /// What is promoted is our own and similar.
    pub own_similar_goods: bool,
    /// Refusing was offered when the address was first obtained.
    pub refusal_offered_at_collection: bool,
    /// Refusing is offered in every message.
    pub refusal_offered_in_each_message: bool,
}

impl SoftOptIn {
    /// Whether all four are on record.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        self.obtained_in_sale
            && self.own_similar_goods
            && self.refusal_offered_at_collection
            && self.refusal_offered_in_each_message
    }
}

/// Why an identifier is not a person's any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetachCause {
    /// Whoever answered said that it was never theirs.
    WrongPerson,
    /// Somebody else proved that it is theirs now.
    Reverified,
    /// A merge was undone.
    Split,
    /// The person was erased.
    Erased,
}
