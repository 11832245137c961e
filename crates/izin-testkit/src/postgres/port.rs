//! Ports that stay ours while nobody listens on them: a dead primary's, a cut proxy's.
//!
//! They lie below those that the system gives to outgoing connections and to whoever asks for any
//! port, so that only another one of us can take them.

use std::net::TcpListener;
use std::ops::Range;

/// Below Linux's `ip_local_port_range` (32768 and up) and above the well-known services.
const OURS: Range<u16> = 20_000..32_000;
/// How many are tried; as many in a row are never taken.
const TRIES: usize = 100;

/// A listener on a port of ours.
pub(super) fn listen() -> (TcpListener, u16) {
    let count = u64::from(OURS.end - OURS.start);
    let listener = (0..TRIES).find_map(|_| {
        let above = u16::try_from(super::random() % count).ok()?;
        let port = OURS.start + above;
        Some((TcpListener::bind(("127.0.0.1", port)).ok()?, port))
    });
    listener.expect("a free port")
}

/// A port of ours on which nobody listens just now.
pub(super) fn free() -> u16 {
    listen().1
}
