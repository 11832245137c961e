//! What tests share: a shop in a folder, a faulty mail server, a second opinion, random worlds.
//!
//! It is used by tests only and never shipped. Nothing here may repeat the product's own code to
//! check it: [`opinion`] is written from the design, not from `izin_core::decision`. Whatever goes
//! wrong in here ends the test. Start at `Shop` for stories, at [`world::World`] for rules.
#![expect(
    clippy::expect_used,
    reason = "this is test code: what goes wrong here ends the test, with its reason"
)]

pub mod breaking;
pub mod dice;
pub mod opinion;
pub mod policy;
pub mod scan;
pub mod temp;
pub mod volume;
pub mod world;

#[cfg(feature = "shop")]
pub mod carrier_server;
#[cfg(feature = "postgres")]
pub mod kannel;
#[cfg(feature = "shop")]
pub mod mail;
#[cfg(feature = "shop")]
pub mod mail_server;
#[cfg(feature = "shop")]
pub mod on_server;
#[cfg(feature = "shop")]
pub mod policy_folder;
#[cfg(feature = "postgres")]
pub mod postfix;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "shop")]
pub mod provider;
#[cfg(feature = "shop")]
pub mod shop;

pub use breaking::{Steps, break_off};
pub use dice::Dice;
pub use temp::TempDir;
pub use volume::Volume;

#[cfg(feature = "shop")]
pub use carrier_server::{CarrierServer, CarrierTurn};
#[cfg(feature = "shop")]
pub use mail::Mail;
#[cfg(feature = "shop")]
pub use mail_server::{MailServer, Turn};
#[cfg(feature = "shop")]
pub use on_server::OnServer;
#[cfg(feature = "shop")]
pub use shop::Shop;
