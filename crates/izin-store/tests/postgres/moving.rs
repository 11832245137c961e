//! A store that moves is the same store at its new place, or where it was.

use std::sync::Arc;
use std::time::Duration;

use izin_core::{Scope, Seq};
use izin_store::vault::MasterSource;
use izin_store::{
    Cause, Entropy, Erasing, MoveError, MovedStore, Owner, Place, Store, StoreError, Way, Whom,
    copy_ahead, move_store,
};
use izin_testkit::postgres::{Database, Proxy, Server, is_missing};
use izin_testkit::{Dice, TempDir};

use super::folder::servers;
use super::kept::{NOON, contact, customer, email, numbered, open_on, opt_out};

/// A folder, a database, and a line to it.
struct Both {
    dir: TempDir,
    database: Database,
    line: Arc<Proxy>,
}

impl Both {
    fn new() -> Self {
        let database = Server::shared().database();
        Self {
            dir: TempDir::new(),
            line: Arc::new(Proxy::to(database.server().port())),
            database,
        }
    }

    fn address(&self) -> String {
        self.database.dsn_at(self.line.port())
    }

    fn open(&self, on_server: bool, seed: u64) -> Store {
        let address = on_server.then(|| self.address());
        open_on(self.dir.path(), address.as_deref(), Entropy::seeded(seed)).unwrap()
    }

    fn move_it(&self, way: Way) -> Result<MovedStore, StoreError> {
        let entropy = Entropy::seeded(99);
        self.at(|place| {
            let owner = Owner::take(self.dir.path())?;
            move_store(place, (way, owner), &entropy, (NOON, &|_, _| ()))
        })
    }

    /// Moves over a line that is cut until that breaks the move, and then once in each, until one is done.
    fn move_over_a_bad_line(&self, way: Way, dice: &mut Dice) {
        for broken in 0..200 {
            let (line, after) = (Arc::clone(&self.line), dice.below(40 + 20 * broken));
            let cuts = if broken == 0 { 1_000 } else { 1 };
            let (stop, stopped) = std::sync::mpsc::channel::<()>();
            let pause = move |_: &i32| {
                let told = stopped.recv_timeout(Duration::from_millis(after));
                told.is_err()
            };
            let cut = std::thread::spawn(move || {
                for _ in (0..cuts).take_while(pause) {
                    line.cut();
                    line.mend();
                }
            });
            let moved = self.move_it(way);
            let _ = stop.send(());
            cut.join().unwrap();
            match moved {
                Ok(_) if broken > 0 => return,
                Ok(_) => panic!("it was broken off"),
                // A process that was cut off counts for a while.
                Err(_) => self.database.admin(
                    "do $$ begin update izin.nodes set ended_at = seen_at; exception when others then null; end $$",
                ),
            };
        }
        panic!("it goes on");
    }

    fn copy_ahead(&self, way: Way) -> Result<u64, StoreError> {
        self.at(|place| copy_ahead(place, way, &|_, _| ()))
    }

    fn at<T>(&self, ask: impl FnOnce(Place<'_>) -> T) -> T {
        let servers = servers(&self.address());
        ask(Place {
            dir: self.dir.path(),
            safe: &self.dir.path().join("safe"),
            master: &MasterSource::File,
            servers: Some(&servers),
        })
    }
}

/// Everything that is told of a store: its entries, what each is found by, and the root of its tree.
async fn told(store: &Store) -> String {
    let mut all = Vec::new();
    store.replay(None, |some| all.extend(some)).unwrap();
    let head = store.head().await.unwrap();
    let mut words = format!("{head:?}\n");
    for own in &all {
        words.push_str(&format!("{own:?}\n"));
    }
    let mark = store.mark(Seq(head.size.saturating_sub(1))).unwrap();
    words + &format!("{mark:?}")
}

/// People who come, refuse, change their minds and go, by chance.
async fn live(store: &Store, dice: &mut Dice, acts: u64) {
    let mut known = Vec::new();
    for number in 0..acts {
        let who = dice.below(40);
        let address = email(&format!("p{who}@example.com"));
        let command = match (dice.below(6), known.as_slice()) {
            (0 | 1, _) => contact(&[customer(&format!("C{who}")), address]),
            (2, _) => opt_out(Whom::Identifier(address), Scope::EVERYTHING),
            (_, []) => continue,
            (3, some) => {
                let own = some[usize::try_from(dice.below(some.len() as u64)).unwrap()];
                opt_out(Whom::Subject(own), Scope::EVERYTHING)
            }
            (_, some) => {
                let own = some[usize::try_from(dice.below(some.len() as u64)).unwrap()];
                numbered(own, i64::try_from(number).unwrap())
            }
        };
        let made = store.record(vec![command], NOON).await.unwrap();
        known.extend(made.into_iter().filter_map(|own| own.subject));
    }
    let erasing = Erasing {
        cause: Cause::Asked,
        origin: izin_core::Origin::Page,
        detail: None,
        withheld_until: NOON,
    };
    if let Some(own) = known.first() {
        store.erase(*own, erasing, NOON).await.unwrap();
        store.finish_erasures().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_life_leaves_the_same_ledger_and_the_same_root_on_both_kinds() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    let (files, server) = (TempDir::new(), both.open(true, 7));
    let file = open_on(files.path(), None, Entropy::seeded(7)).unwrap();
    live(&file, &mut Dice::new(5), 200).await;
    live(&server, &mut Dice::new(5), 200).await;
    assert_eq!(told(&file).await, told(&server).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_goes_to_a_server_and_back_and_nothing_is_otherwise() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    let dice = &mut Dice::new(u64::from(std::process::id()));
    let store = both.open(false, 1);
    live(&store, dice, 150).await;
    let before = told(&store).await;
    drop(store);
    let moved = both.move_it(Way::ToServers).unwrap();
    assert!(moved.tables["entries"] > 100 && moved.tables["subject_keys"] > 10);
    assert!(!both.dir.path().join("izin.sqlite").exists());
    let store = both.open(true, 2);
    assert_eq!(told(&store).await, before);
    live(&store, dice, 50).await;
    assert!(
        !both.dir.path().join("izin.sqlite.moved").exists(),
        "an erasure leaves no copy of who is erased"
    );
    let since = told(&store).await;
    drop(store);
    both.move_it(Way::ToFiles).unwrap();
    let store = both.open(false, 3);
    assert_eq!(told(&store).await, since);
    live(&store, dice, 50).await;
    let (tables, gone) = (
        "select count(*) from pg_namespace where nspname in ('izin', 'izin_moved')",
        "select string_agg(nspname, ' ' order by nspname) from pg_namespace where nspname like 'izin%'",
    );
    assert_eq!(
        both.database.admin(tables).trim(),
        "1",
        "{}",
        both.database.admin(gone)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_shop_is_begun_on_a_server_beside_the_files_of_one() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    live(&both.open(false, 1), &mut Dice::new(1), 20).await;
    let begun = open_on(both.dir.path(), Some(&both.address()), Entropy::seeded(2));
    let refused = begun.err();
    assert!(
        matches!(&refused, Some(StoreError::Move(MoveError::Unmoved { .. }))),
        "{refused:?}"
    );
    let made = both
        .database
        .admin("select count(*) from pg_namespace where nspname like 'izin%'");
    assert_eq!(made.trim(), "0", "nothing was made there");
    both.move_it(Way::ToServers).unwrap();
    drop(both.open(true, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_joins_a_shop_that_was_moved_begins_a_safe_of_its_own() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    live(&both.open(false, 1), &mut Dice::new(1), 20).await;
    both.move_it(Way::ToServers).unwrap();
    let first = both.open(true, 2);
    let joins = TempDir::new();
    let key = |dir: &TempDir| dir.path().join("keys/master.key");
    std::fs::create_dir(joins.path().join("keys")).unwrap();
    std::fs::copy(key(&both.dir), key(&joins)).unwrap();
    let address = both.address();
    let open = |seed| open_on(joins.path(), Some(&address), Entropy::seeded(seed));
    assert_eq!(told(&open(3).unwrap()).await, told(&first).await);
    std::fs::remove_dir_all(joins.path().join("safe")).unwrap();
    let without = open(4).err();
    assert!(
        matches!(&without, Some(StoreError::SafeMissing { .. })),
        "{without:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_copied_ahead_of_a_shop_at_work_is_not_copied_again_and_what_changed_since_is() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    let dice = &mut Dice::new(u64::from(std::process::id()));
    for (way, on_server) in [(Way::ToServers, false), (Way::ToFiles, true)] {
        let store = both.open(on_server, u64::from(on_server));
        live(&store, dice, 150).await;
        let all = both.copy_ahead(way).unwrap();
        assert!(all > 250, "{all}");
        live(&store, dice, 60).await;
        both.copy_ahead(way).unwrap();
        let some = numbered_people(&store, 3).await;
        let before = told(&store).await;
        drop(store);
        let moved = both.move_it(way).unwrap();
        let all: u64 = moved.tables.values().sum();
        assert!(moved.copied < all / 2, "{} of {all}", moved.copied);
        assert_eq!(some, 3);
        let store = both.open(!on_server, 2);
        assert_eq!(told(&store).await, before);
    }
}

/// People who come after everybody else.
async fn numbered_people(store: &Store, many: u64) -> u64 {
    for number in 0..many {
        let command = contact(&[customer(&format!("late-{number}"))]);
        store.record(vec![command], NOON).await.unwrap();
    }
    many
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_copied_ahead_and_bent_is_copied_again_or_never_put_in_place() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    let store = both.open(false, 1);
    live(&store, &mut Dice::new(1), 80).await;
    let before = told(&store).await;
    both.copy_ahead(Way::ToServers).unwrap();
    drop(store);
    let bend = |sql: &str| {
        both.database
            .admin(&format!("set search_path to izin_moving; {sql}"))
    };
    bend("update entries set act = '{}' where seq = 3");
    let bent = both.move_it(Way::ToServers);
    assert!(
        matches!(&bent, Err(StoreError::Move(MoveError::Differs { table })) if table == "entries"),
        "{bent:?}"
    );
    assert_eq!(told(&both.open(false, 2)).await, before);
    both.copy_ahead(Way::ToServers).unwrap();
    bend("delete from suppressions; update identifiers set kind = 9");
    both.move_it(Way::ToServers).unwrap();
    assert_eq!(told(&both.open(true, 3)).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_the_line_was_lost_over_left_the_store_at_one_place_and_goes_on() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    let dice = &mut Dice::new(u64::from(std::process::id()));
    let store = both.open(false, 1);
    live(&store, dice, 120).await;
    let before = told(&store).await;
    drop(store);
    both.move_over_a_bad_line(Way::ToServers, dice);
    assert_eq!(told(&both.open(true, 100)).await, before);
    both.move_over_a_bad_line(Way::ToFiles, dice);
    assert_eq!(told(&both.open(false, 101)).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_is_never_written_over_and_nobody_is_left_behind() {
    if is_missing() {
        return;
    }
    let both = Both::new();
    let refused = |moved: Result<MovedStore, StoreError>| match moved {
        Err(StoreError::Move(why)) => why,
        other => panic!("{other:?}"),
    };
    std::fs::create_dir_all(both.dir.path()).unwrap();
    let nothing = refused(both.move_it(Way::ToServers));
    assert!(matches!(nothing, MoveError::Nothing { .. }), "{nothing}");
    let store = both.open(false, 1);
    live(&store, &mut Dice::new(1), 30).await;
    drop(store);
    let other = TempDir::new();
    let there = open_on(other.path(), Some(&both.address()), Entropy::seeded(2)).unwrap();
    live(&there, &mut Dice::new(2), 10).await;
    for way in [Way::ToServers, Way::ToFiles] {
        let taken = refused(both.move_it(way));
        assert!(matches!(taken, MoveError::Taken { .. }), "{taken}");
    }
    let kept = told(&there).await;
    std::fs::rename(
        both.dir.path().join("izin.sqlite"),
        both.dir.path().join("aside"),
    )
    .unwrap();
    let busy = refused(both.move_it(Way::ToFiles));
    assert_eq!(busy, MoveError::Busy { processes: 1 });
    assert_eq!(told(&there).await, kept);
    std::fs::rename(
        both.dir.path().join("aside"),
        both.dir.path().join("izin.sqlite"),
    )
    .unwrap();
    both.database
        .admin("alter schema izin rename to izin_moving");
    let other = refused(both.move_it(Way::ToServers));
    assert!(matches!(other, MoveError::Other { .. }), "{other}");
}
