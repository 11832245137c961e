//! Addresses are hashed under other keys while everything goes on; whatever was refused stays refused,
//! wherever that is broken off, and an older key alone finds nothing.

use std::sync::{Arc, Mutex};

use izin_core::{Channel, Identifier, Origin, Scope, SubjectId};
use izin_store::vault::Key;
use izin_store::{Cause, Erasing, IndexKey, Noted, Store, StoreError, SuppressionHash, Whom};
use izin_testkit::{Steps, break_off};

use super::journal::copy;
use super::kept::{Kept, NOON, contact, customer, email, is_on_a_server, opt_out};

/// People enough for several steps.
const PEOPLE: usize = 2_300;

fn ani() -> Identifier {
    email("ani@example.com")
}

/// A shop with an erased person, a refused address that nobody holds, one that two hold, and many more.
struct House {
    kept: Kept,
    ani: SubjectId,
    budi: SubjectId,
    /// What a link to the address of both says.
    link: SuppressionHash,
}

async fn house() -> House {
    let kept = Kept::new();
    let many = (0..PEOPLE).map(|own| contact(&[email(&format!("p{own}@example.com"))]));
    for some in many.collect::<Vec<_>>().chunks(1_000) {
        kept.record(some.to_vec(), NOON).await.unwrap();
    }
    let ani_id = kept.person(&[customer("C1"), ani()]).await;
    let budi = kept.person(&[customer("C2"), ani()]).await;
    kept.put(opt_out(
        Whom::Identifier(email("nobody@example.com")),
        Scope::EVERYTHING,
    ))
    .await;
    let gone = kept.person(&[email("gone@example.com")]).await;
    let erasing = Erasing {
        cause: Cause::Asked,
        origin: Origin::Page,
        detail: None,
        withheld_until: NOON,
    };
    kept.erase(gone, erasing, NOON).await.unwrap();
    House {
        link: kept.hasher().suppression(&ani()),
        ani: ani_id,
        budi,
        kept,
    }
}

/// Begins new address keys, or goes on with them, and breaks that off after so many steps; says whether
/// there were as many.
async fn rotation_broken_off(store: &Store, after: usize) -> bool {
    let steps = Steps::default();
    let rotation = store.rotate_addresses(|_, _| steps.done());
    break_off(rotation, (&steps, after)).await.is_none()
}

/// Whoever comes with these addresses is refused what was refused before.
async fn assert_refused(kept: &Kept, mark: &str) {
    for address in ["nobody@example.com", "Gone@Example.com"] {
        let number = customer(&format!("{mark}-{address}"));
        let new = kept.person(&[number, email(address)]).await;
        assert_eq!(kept.refusals(new).await.len(), 1, "{address} {mark}");
    }
}

fn holders(kept: &Kept, identifier: &Identifier) -> u64 {
    let hash = izin_store::hex(kept.hasher().lookup(identifier).as_bytes());
    let sql = format!("select count(*) from identifiers where lookup_hash = x'{hash}'");
    kept.query::<i64>(&sql)[0].unsigned_abs()
}

fn under(kept: &Kept, version: u8) -> u64 {
    let count = |table: &str| -> u64 {
        let sql = format!("select count(*) from {table} where key_version = {version}");
        kept.query::<i64>(&sql)[0].unsigned_abs()
    };
    ["identifiers", "suppressions", "detached"]
        .map(count)
        .iter()
        .sum()
}

#[tokio::test]
async fn broken_off_after_any_step_every_refusal_stands_and_a_start_goes_on_with_it() {
    // A house on a server takes seconds to build: not every step is tried there.
    let every = if is_on_a_server() { 3 } else { 1 };
    for after in (1..).step_by(every) {
        let House {
            mut kept,
            ani: own,
            budi,
            link,
        } = house().await;
        if !rotation_broken_off(&kept, after).await {
            assert!(after > 6, "it was never broken off");
            assert_eq!(under(&kept, 1), 0);
            return;
        }
        assert!(!kept.hasher().is_settled() || under(&kept, 1) == 0);
        assert_refused(&kept, "meanwhile").await;
        kept.put(opt_out(Whom::Link(own, link), Scope::EVERYTHING))
            .await;
        assert_eq!(
            kept.refusals(budi).await.len(),
            1,
            "whoever else holds it, step {after}"
        );
        kept.reopen();
        assert!(kept.hasher().is_settled(), "after a start, step {after}");
        assert_eq!(under(&kept, 1), 0);
        assert_refused(&kept, "later").await;
        assert_eq!(holders(&kept, &ani()), 2);
        kept.assert_in_order().await;
    }
}

#[tokio::test]
async fn a_link_from_before_reaches_whoever_holds_the_address_now() {
    let House { kept, link, .. } = house().await;
    for version in 2..=3 {
        assert_eq!(
            kept.rotate_addresses(|_, _| {}).await.unwrap().number(),
            version
        );
    }
    let new = kept.person(&[customer("C3"), ani()]).await;
    let nobody = SubjectId::from_bytes([9; 16]);
    kept.put(opt_out(Whom::Link(nobody, link), Scope::EVERYTHING))
        .await;
    assert_eq!(kept.refusals(new).await.len(), 1);
    let later = kept.person(&[customer("C4"), ani()]).await;
    assert_eq!(kept.refusals(later).await.len(), 1);
}

#[tokio::test]
async fn the_keys_of_before_alone_find_nothing_not_even_whom_nobody_is_known_by() {
    let House { kept, .. } = house().await;
    let nobody = email("nobody@example.com");
    let before = *kept.hasher().suppression(&nobody).as_bytes();
    let find = format!(
        "select count(*) from suppressions where hash = x'{}'",
        izin_store::hex(&before)
    );
    assert_eq!(kept.query::<i64>(&find), [1], "before");
    kept.rotate_addresses(|_, _| {}).await.unwrap();
    assert_eq!(kept.query::<i64>(&find), [0], "after");
    let [standing] = kept.address_versions().await.unwrap()[..] else {
        panic!("one version");
    };
    assert_eq!(standing.version.number(), 2);
    assert!(standing.addresses > PEOPLE as u64 && standing.suppressions > 0);
    // Who has both keys, as a shop that leaves, finds it again.
    let keys: Vec<Key> = kept.suppression_keys().await.unwrap();
    let [_, second] = &keys[..] else {
        panic!("both versions");
    };
    let again = blake3::keyed_hash(second.expose(), &before);
    let now = *kept.hasher().suppression(&nobody).as_bytes();
    assert_eq!(&again.as_bytes()[..16], now);
}

#[tokio::test]
async fn an_older_key_database_is_refused_and_the_newest_is_not() {
    let House { mut kept, .. } = house().await;
    let older = copy(&mut kept);
    assert!(rotation_broken_off(&kept, 1).await);
    let newest = copy(&mut kept);
    kept.close();
    kept.put_back_keys(&older);
    let refused = kept.try_reopen();
    assert!(
        matches!(
            refused,
            Err(StoreError::OldKeys {
                needed: 2,
                found: 1
            })
        ),
        "{refused:?}"
    );
    kept.put_back_keys(&newest);
    kept.reopen();
    assert_refused(&kept, "again").await;
}

#[tokio::test]
async fn data_from_before_the_keys_were_replaced_forget_no_refusal_from_after() {
    let House { mut kept, budi, .. } = house().await;
    let older = copy(&mut kept);
    kept.rotate_addresses(|_, _| {}).await.unwrap();
    kept.put(opt_out(Whom::Identifier(ani()), Scope::EVERYTHING))
        .await;
    kept.put(opt_out(
        Whom::Identifier(email("late@example.com")),
        Scope::EVERYTHING,
    ))
    .await;
    kept.close();
    kept.put_back_data(&older);
    kept.reopen();
    assert_eq!(kept.refusals(budi).await.len(), 1);
    let late = kept.person(&[email("late@example.com")]).await;
    assert_eq!(kept.refusals(late).await.len(), 1);
    assert_refused(&kept, "restored").await;
}

#[tokio::test]
async fn the_gate_hears_of_each_address_in_its_place_among_the_entries() {
    let House { kept, link, .. } = house().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (entries, moves) = (Arc::clone(&heard), Arc::clone(&heard));
    kept.subscribe(move |told| {
        let keys = told.iter().filter_map(|own| match own.key {
            IndexKey::Suppressed(hash) => Some(hash),
            _ => None,
        });
        entries.lock().unwrap().extend(keys);
    });
    kept.subscribe_moved(move |told| {
        moves
            .lock()
            .unwrap()
            .extend(told.iter().map(|own| own.suppression.0));
    });
    assert!(rotation_broken_off(&kept, 1).await);
    let before = kept.hasher().onward(link).next();
    kept.put(opt_out(Whom::Identifier(ani()), Scope::EVERYTHING))
        .await;
    kept.rotate_addresses(|_, _| {}).await.unwrap();
    let heard = heard.lock().unwrap();
    let moved = heard.iter().position(|own| Some(*own) == before).unwrap();
    let said = heard
        .iter()
        .position(|own| *own == kept.hasher().suppression(&ani()));
    assert!(moved < said.unwrap(), "it moved first, and once");
    assert_eq!(heard.iter().filter(|own| Some(**own) == before).count(), 1);
}

#[tokio::test]
async fn a_no_said_amid_it_while_the_store_takes_no_writes_reaches_every_holder() {
    let House {
        kept,
        ani: own,
        budi,
        link,
    } = house().await;
    assert!(rotation_broken_off(&kept, 2).await);
    let owed = Arc::new(Mutex::new(Vec::<Noted>::new()));
    let told = Arc::clone(&owed);
    kept.subscribe_owed(move |noted| told.lock().unwrap().extend_from_slice(noted));
    let other = kept.refuse_writes();
    let by_address = opt_out(Whom::Identifier(ani()), Scope::EVERYTHING);
    let by_link = opt_out(Whom::Link(own, link), Scope::channel(Channel::Email));
    for no in [by_address, by_link] {
        let said = kept.record(vec![no], NOON).await;
        assert!(matches!(said, Err(StoreError::Owed)), "{said:?}");
        let noted = owed.lock().unwrap().pop().unwrap();
        let mut reached = noted.subjects().to_vec();
        reached.sort_unstable();
        let mut both = [own, budi];
        both.sort_unstable();
        // Who holds an address cannot be read from a server that is away; the address itself is refused.
        let unread = is_on_a_server() && noted.addresses().len() == 1;
        assert!(unread || reached == both, "{reached:?}");
    }
    drop(other);
    kept.rotate_addresses(|_, _| {}).await.unwrap();
    assert_eq!(kept.refusals(own).await.len(), 2);
    assert_eq!(kept.refusals(budi).await.len(), 2);
}
