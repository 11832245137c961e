//! A policy written as the folder that a shop reads it from.

use std::fs;
use std::path::Path;

use izin_core::Policy;
use izin_core::policy::{Controller, Purpose};
use serde::Serialize;

#[derive(Serialize)]
struct ControllerFile<'a> {
    controller: &'a Controller,
}

#[derive(Serialize)]
struct PurposesFile<'a> {
    purpose: &'a [Purpose],
}

/// Writes a policy as the folder that `izin_app::policy::read` reads.
///
/// # Panics
/// When it cannot be written.
pub(crate) fn write(policy: &Policy, dir: &Path) {
    let controller = toml::to_string(&ControllerFile {
        controller: &policy.controller,
    });
    let purposes = toml::to_string(&PurposesFile {
        purpose: &policy.purposes,
    });
    fs::create_dir_all(dir).expect("a policy folder");
    for (name, text) in [("controller.toml", controller), ("purposes.toml", purposes)] {
        let text = text.expect("a policy that can be written as TOML");
        fs::write(dir.join(name), text).expect("a policy file");
    }
}
