//! Reading what mail programs and providers send us: bytes in, meaning out.
//!
//! Everything here is a function of bytes that anybody may have written. Nothing panics, opens a
//! socket or reads a clock, allocates by a length that somebody claims, and nothing that is only half
//! understood is ever taken for a yes. Start at the module of a format: [`one_click`], [`mail`],
//! [`sms`], or the name of a provider.
#![warn(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_cmp
)]

pub mod carrier;
pub mod form;
mod mac;
pub mod mail;
pub mod one_click;
pub mod platform;
pub mod shopify;
pub mod sms;
pub mod standard_webhook;
pub mod twilio;
pub mod vonage;
pub mod whatsapp;
