//! The doors: machine API, customer pages, the demo's pages. Thin.
//!
//! A handler reads, authorises, makes one call into `izin-app` and shows what came of it; no rule
//! of the domain is here. Nothing writes a path, a token, a key or a personal value to the log.
//! Start at [`Doors`], then `portal` for people and `api` for machines.

pub mod i18n;
pub mod page;

mod api;
mod caller;
mod demo;
mod doors;
mod hooks;
mod json;
mod line;
mod once;
mod portal;
mod problem;
mod query;
mod reader;
mod server;
mod show;

pub use doors::{Answering, Doors};
pub use problem::{Row as ProblemRow, TABLE as PROBLEMS};
pub use server::{serve, serve_health};
