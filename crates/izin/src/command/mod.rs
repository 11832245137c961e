//! What each command does: one module each, its arguments beside it.
//!
//! A command reads and writes through [`crate::io::Io`] alone. It holds no rule: what may be done
//! is decided in `izin-app`.

pub(crate) mod api_key;
pub(crate) mod backup;
pub(crate) mod campaign;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod decide;
pub(crate) mod doctor;
pub(crate) mod erase;
pub(crate) mod evidence;
pub(crate) mod export;
pub(crate) mod gate;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod law;
pub(crate) mod log;
pub(crate) mod mailin;
pub(crate) mod migrate;
pub(crate) mod policy;
pub(crate) mod publish;
pub(crate) mod queue;
pub(crate) mod receipt;
pub(crate) mod report;
pub(crate) mod restore;
pub(crate) mod retention;
pub(crate) mod serve;
pub(crate) mod verify;
