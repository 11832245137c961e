//! What a crash may leave of sending: room that nobody will settle, messages in doubt. And whether
//! the batches of hand-overs are those that the ledger commits to.

use izin_core::Seq;

use super::{Examined, Wrong};
use crate::db::{Db, Row, rows};
use crate::hand_over::batches;
use crate::{StoreError, ledger};

/// Examines campaigns and room.
pub(super) fn examine(db: &Db, examined: &mut Examined) -> Result<(), StoreError> {
    const STUCK: &str = "
        select lower(hex(s.reservation))
        from sends s
        left join messages m on m.reservation = coalesce(s.room, s.reservation)
        where s.state = 'open'
          and s.ends_at is null
          and m.reservation is null";
    const IN_DOUBT: &str = "
        select campaign, count(*)
        from messages
        where state = 'in_doubt'
        group by campaign";
    for reservation in rows(db, STUCK, &[], |row| row.get::<String>(0))? {
        examined.found(Wrong::RoomStuck, format_args!("reservation {reservation}"));
    }
    let read = |row: &Row<'_>| -> Result<(u64, u64), StoreError> { Ok((row.get(0)?, row.get(1)?)) };
    for (campaign, messages) in rows(db, IN_DOUBT, &[], read)? {
        examined.found(
            Wrong::MessagesInDoubt,
            format_args!("campaign {campaign}: {messages}"),
        );
    }
    batched(db, examined)
}

/// Each batch against its entry, each entry against its batch.
fn batched(db: &Db, examined: &mut Examined) -> Result<(), StoreError> {
    const COMMITTED: &str = "
        select seq, recorded_at, subject, act
        from entries
        where act ->> 'act' = 'hand_overs_batched'
        order by seq";
    const UNFOUNDED: &str = "
        select b.seq
        from hand_over_batches b
        left join entries e on e.seq = b.seq
        where e.act ->> 'act' is distinct from 'hand_overs_batched'
        order by b.seq";
    let committed = rows(db, COMMITTED, &[], |row| Ok(ledger::entry(row)))?;
    for entry in committed {
        let entry = entry?;
        let before = entry.seq.0.checked_sub(1).map(Seq);
        let own = batches(db, before, 1).unwrap_or_default().pop();
        let own = own.filter(|own| own.seq == entry.seq);
        if own.map(|own| own.act()) != Some(entry.act) {
            examined.found(Wrong::BatchDiffers, format_args!("entry {}", entry.seq));
        }
    }
    for seq in rows(db, UNFOUNDED, &[], |row| row.get::<u64>(0))? {
        examined.found(Wrong::BatchDiffers, format_args!("batch {seq}"));
    }
    Ok(())
}
