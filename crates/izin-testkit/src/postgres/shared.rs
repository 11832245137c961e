//! One server for all test processes of this machine.
//!
//! In its folder stand three locks. Whoever comes holds `door` while it looks for the server and
//! starts one where there is none, and `users`, shared, as long as it needs it. The guard holds
//! `guard`, so that there is one, and ends the server once `users` has been free for a while.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::binaries::Binaries;
use super::guard::{self, Guard};
use super::node::Node;

/// Seconds without a user after which the server ends: longer than the pause between two crates'
/// tests, short enough for nobody to wonder.
const IDLE_S: u32 = 20;

/// The folder for what test processes share: of one user, for one version.
pub(super) fn place(binaries: &Binaries) -> PathBuf {
    let uid = fs::metadata("/proc/self").expect("this process").uid();
    let name = format!("izin-postgres-{uid}-{}", binaries.version());
    let place = std::env::temp_dir().join(name);
    fs::create_dir_all(&place).expect("a folder for what is shared");
    let owner = fs::metadata(&place).expect("the folder").uid();
    assert_eq!(owner, uid, "somebody else made {}", place.display());
    place
}

/// The server of this machine, started where it is not, and the lock that keeps it.
pub(super) fn join(binaries: &Binaries) -> (Node, File) {
    join_in(binaries, &place(binaries), IDLE_S)
}

/// The server in a folder, which ends after so many seconds without users.
pub(super) fn join_in(binaries: &Binaries, root: &Path, idle_s: u32) -> (Node, File) {
    let door = lock(root, "door");
    door.lock().expect("the door");
    let users = lock(root, "users");
    users.lock_shared().expect("a place among the users");
    // Before the server, so that there is one also if we are killed in between.
    guard::over_shared(root, idle_s);
    let folder = root.join("server");
    let node = Node::attach(binaries, folder.clone()).unwrap_or_else(|| {
        // Whatever stands there takes no connections any more; a guard knows how to clean up.
        drop(Guard::over(&folder));
        let mut node = Node::new(binaries, folder);
        node.initialise();
        node.start(&["fsync=off"]);
        node
    });
    (node, users)
}

fn lock(root: &Path, name: &str) -> File {
    File::create(root.join(name)).expect("a lock")
}
