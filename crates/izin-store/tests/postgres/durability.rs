//! What a server says of where it keeps acknowledged writes is what is told, as it changes.

use izin_core::Seq;
use izin_store::{Durability, Entropy, Store};
use izin_testkit::TempDir;
use izin_testkit::postgres::{Cluster, Sync, eventually, is_missing};

use super::kept::open_on;

fn told(store: &Store, durability: Durability) {
    eventually(durability.code(), || store.durability() == durability);
}

fn set(cluster: &Cluster, setting: &str) {
    cluster.admin(&format!("alter system set {setting}"));
    cluster.admin("select pg_reload_conf()");
}

#[test]
fn which_loss_can_happen_is_read_from_the_server_as_it_is_now() {
    if is_missing() {
        return;
    }
    let cluster = Cluster::start(Sync::Standby);
    let dir = TempDir::new();
    let address = cluster.dsn_at(cluster.primary_port());
    let mut store = open_on(dir.path(), Some(&address), Entropy::seeded(1)).unwrap();
    assert_eq!(store.durability(), Durability::Unknown, "nobody asked yet");
    let heard = store.heard().unwrap();
    store.follow(Seq(0), heard).unwrap();
    told(&store, Durability::SynchronousStandby);
    set(&cluster, "synchronous_standby_names = ''");
    told(&store, Durability::AsynchronousStandby);
    cluster.kill_standby();
    told(&store, Durability::OneMachine);
    set(&cluster, "fsync = off");
    told(&store, Durability::Unsafe);
}

#[test]
fn files_are_on_one_machine() {
    let dir = TempDir::new();
    let store = open_on(dir.path(), None, Entropy::seeded(1)).unwrap();
    assert_eq!(store.durability(), Durability::OneMachine);
}
