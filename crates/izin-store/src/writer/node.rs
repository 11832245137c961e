//! This process among those that write to the same store on a server: its turn to write, the number it goes
//! by, and whether a commit that nobody confirmed stands all the same.
//!
//! A turn is the lock on the one row of `store`, held to the commit: so entries have no gaps, and whatever a
//! job reads stays so until it is durable. Its time is the server's, whatever the clocks here say.

use crate::StoreError;
use crate::db::{Db, first, one, params, run};
use crate::ledger::End;

/// A node that was not seen for so long is taken for gone.
pub(super) const GONE_AFTER_MICROS: i64 = 30_000_000;

/// What this process goes by.
pub(super) struct Node {
    name: String,
    number: u64,
    /// How many groups it began: each has a number of its own, whatever became of the one before.
    groups: u64,
}

/// How many processes work on a store on a server, one not counted.
pub(crate) fn at_work(db: &Db, but: Option<u64>) -> Result<u64, StoreError> {
    const AT_WORK: &str = "
        select count(*)
        from nodes
        where ended_at is null and seen_at > micros_now() - ?1 and node <> ?2";
    let but = but.unwrap_or_default();
    one(db, AT_WORK, params![GONE_AFTER_MICROS, but], |row| {
        row.get(0)
    })
}

/// What there is when a turn begins.
pub(super) struct Turn {
    /// Where the ledger ends, and the news besides.
    pub(super) end: End,
    /// The newest version of the keys of addresses in use.
    pub(super) newest: u8,
}

impl Node {
    /// Takes a number, in a transaction of its own.
    pub(super) fn register(db: &Db, name: &str) -> Result<Self, StoreError> {
        db.begin_turn()?;
        let registered = Self::enter(db, name).and_then(|own| db.commit().map(|()| own));
        if registered.is_err() {
            db.roll_back()?;
        }
        registered
    }

    fn enter(db: &Db, name: &str) -> Result<Self, StoreError> {
        const END: &str = "
            update nodes
            set ended_at = micros_now()
            where name = ?1 and ended_at is null";
        const ENTER: &str = "
            insert into nodes (node, name, begun_at, seen_at, groups)
            select coalesce(max(node), 0) + 1, ?1, micros_now(), micros_now(), 0
            from nodes
            returning node";
        run(db, END, params![name])?;
        Ok(Self {
            name: name.to_owned(),
            number: one(db, ENTER, params![name], |row| row.get(0))?,
            groups: 0,
        })
    }

    /// The number.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// What there is at the turn that the open transaction is; `None` where this process was taken for gone.
    pub(super) fn turn(&mut self, db: &Db) -> Result<Option<Turn>, StoreError> {
        // One question, as the others wait.
        const TURN: &str = "
            update nodes
            set groups = ?2, seen_at = micros_now()
            where node = ?1 and ended_at is null
            returning
              (select coalesce(max(seq) + 1, 0) from entries),
              (select leaf_hash from entries order by seq desc limit 1),
              (select coalesce(max(number), 0) from news),
              (select addresses_newest from store)";
        self.groups += 1;
        first(db, TURN, params![self.number, self.groups], |row| {
            Ok(Turn {
                end: End::of(row)?,
                newest: row.get(3)?,
            })
        })
    }

    /// Whether the group at work was committed, though nobody could say so. What is asked is committed too: a
    /// server that was replaced meanwhile can answer, and cannot do that.
    pub(super) fn stands(&self, db: &Db) -> Result<bool, StoreError> {
        const GROUPS: &str = "select groups from nodes where node = ?1";
        const SEEN: &str = "update nodes set seen_at = micros_now() where node = ?1";
        db.begin_turn()?;
        let groups: Option<u64> = first(db, GROUPS, params![self.number], |row| row.get(0))?;
        run(db, SEEN, params![self.number])?;
        db.commit()?;
        Ok(groups == Some(self.groups))
    }

    /// Says that this process works on the store no longer.
    pub(super) fn end(&self, db: &Db) -> Result<(), StoreError> {
        const END: &str = "update nodes set ended_at = micros_now() where node = ?1";
        run(db, END, params![self.number]).map(drop)
    }

    /// What the process is called, whatever its number.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
