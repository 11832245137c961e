//! A disk that fills up while rows are brought forward.

use izin_core::{Identifier, Timestamp};
use izin_testkit::TempDir;

use super::*;
use crate::db::one;
use crate::vault::MasterSource;
use crate::{Command, Contact, Entropy, Owner, Place, place};

/// Enough for the pages of every index to be full.
const PEOPLE: usize = 500;
const NOW: Timestamp = Timestamp::from_micros(1);

fn addresses() -> Vec<Identifier> {
    let address = |own| Identifier::email(&format!("p{own}@example.com")).unwrap();
    (0..PEOPLE).map(address).collect()
}

/// A store with as little room as it needs, where no address stands under the newest keys yet.
async fn without_room(dir: &TempDir) -> Store {
    let place = Place {
        dir: dir.path(),
        safe: &dir.path().join("safe"),
        master: &MasterSource::File,
        servers: None,
    };
    let store = Store::open(place, Owner::take(dir.path()).unwrap(), Entropy::seeded(1)).unwrap();
    let contact = |own| {
        Command::Contact(Box::new(Contact {
            identifiers: vec![own],
            ..Contact::default()
        }))
    };
    let people = addresses().into_iter().map(contact).collect();
    store.record(people, NOW).await.unwrap();
    let made = store.writer.write(|tx| tx.add_address_keys());
    made.await.unwrap();
    let taken = store.writer.write(|tx| tx.keys.take_up_address_keys());
    assert!(taken.await.unwrap());
    let beside = rusqlite::Connection::open(dir.path().join(place::DATA)).unwrap();
    beside.execute_batch("vacuum").unwrap();
    give_room(&store, "(select page_count from pragma_page_count)").await;
    store
}

async fn give_room(store: &Store, pages: &'static str) {
    let given = store.writer.write(move |tx: &mut Tx<'_>| {
        let pages: u32 = one(tx.db, &format!("select {pages}"), &[], |row| row.get(0))?;
        let limit = format!("pragma max_page_count = {pages}");
        one(tx.db, &limit, &[], |_| Ok(()))
    });
    given.await.unwrap();
}

#[tokio::test]
async fn an_address_that_finds_no_room_under_new_keys_stands_under_the_old_until_there_is_some() {
    let dir = TempDir::new();
    let store = without_room(&dir).await;
    let old = store.hasher().suppression_to_keep(&addresses()[0]);
    let stands = store.writer.write(move |tx: &mut Tx<'_>| tx.renewed(old));
    assert_eq!(stands.await.unwrap(), old);
    give_room(&store, "1000000").await;
    store.rotate_addresses(|_, _| {}).await.unwrap();
    let stands = store.writer.write(move |tx: &mut Tx<'_>| tx.renewed(old));
    assert_ne!(stands.await.unwrap(), old);
}
