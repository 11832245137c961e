//! Mail about our mail: bounces and complaints. Anybody can write one; what is found in it is a claim,
//! and whose it is says only an address of ours that nobody else could have made.
//!
//! Start at [`bounce::read`] and [`complaint::read`].

pub mod bounce;
pub mod complaint;
mod encoding;
mod field;
mod part;

pub use field::{Fields, address, addresses};
pub use part::words;
