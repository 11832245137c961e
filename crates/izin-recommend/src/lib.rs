//! What to show to a person, at the level that person chose, and why.
//!
//! The recommender counts: how many customers bought a product lately, and how many bought two
//! products. It learns nothing else, so every pick has a reason that can be said in a sentence.
//! A number that fewer than [`MIN_DISTINCT_CUSTOMERS`] customers stand behind never leaves this
//! crate, not even as a rank.
//!
//! | level | what a pick may rest on |
//! |---|---|
//! | 0 | the catalogue and the product on screen |
//! | 1 | besides: what many buyers bought lately or bought together |
//! | 2 | besides: the person's own purchases |
//!
//! It must never decide which level applies (the gate does), never see a sensitive product, and
//! never read a clock, a file or a random source. Only purchases of customers who did not object
//! to aggregate statistics may be handed to [`Model::train`].
//!
//! Start reading at [`Model::recommend`], then [`Because`].
#![warn(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_cmp
)]

mod anonymity;
mod ask;
mod catalogue;
mod history;
mod model;
mod pairs;
mod personal;
mod pick;
mod popularity;
mod purchase;
mod scored;

pub use anonymity::{MIN_DISTINCT_CUSTOMERS, MinCustomers, TooFewCustomers};
pub use ask::{Ask, Mix, PICKS_MAX};
pub use catalogue::{CatalogueProduct, CategoryNo, ProductNo, Shelf};
pub use model::Model;
pub use pick::{Because, Pick};
pub use purchase::{Buyer, CustomerNo, GuestOrderNo, OwnPurchase, Purchase};
