//! Reading what mail programs and providers send us: bytes in, meaning out.
//!
//! Everything here is a function of bytes that anybody may have written. Nothing panics, opens a
//! socket or reads a clock, and nothing that is only half understood is ever taken for a yes.
//! Start at [`one_click`].
#![warn(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_cmp
)]

pub mod form;
pub mod one_click;
