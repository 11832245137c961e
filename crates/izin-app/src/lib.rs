//! Use cases: one module for each promise the product makes, and the gate in the middle.
//!
//! Every change goes `validate → izin_store::Command → record → gate`; every question goes to
//! [`gate::Gate::ask`]. Start reading at [`app::App`], then [`optout`], then [`gate`].

pub mod act;
pub mod announce;
pub mod app;
pub mod audit;
pub mod backup;
pub mod campaign;
pub mod clock;
pub mod closest;
pub mod consent;
pub mod content;
pub mod correction;
pub mod declared;
pub mod deliver;
mod dial;
pub mod door;
pub mod erasure;
pub mod event;
pub mod evidence;
pub mod explain;
pub mod export;
pub mod gate;
pub mod hold;
pub mod import;
pub mod inbound;
pub mod indonesian;
pub mod link;
pub mod mailbox;
pub mod notice;
pub mod optout;
pub mod others;
pub mod overview;
pub mod person;
pub mod policy;
pub mod preference;
pub mod provider;
pub mod publish;
mod purchase;
pub mod queue;
pub mod recommend;
pub mod reserve;
pub mod restart;
pub mod retention;
pub mod staff;
pub mod step_up;
pub mod stranded;
pub mod subject;
pub mod supervisor;
pub mod visible;
pub mod way_out;
pub mod why;

pub use app::{App, BeforePolicy, Demo, MailSettings, Settings, StartError};
pub use clock::Clock;
pub use gate::{Gate, Who};
