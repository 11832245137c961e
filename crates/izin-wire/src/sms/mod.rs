//! Short messages: what somebody who answers one wants, and what one of ours costs.
//!
//! A text that may be a no is never read as anything else. Start at [`meaning`] and [`length`].

mod length;
mod meaning;
mod plain;
mod words;

pub use length::{Encoding, Length, length};
pub use meaning::{Meaning, meaning};
