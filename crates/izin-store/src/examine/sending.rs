//! What a crash may leave of sending: room that nobody will settle, messages in doubt.

use rusqlite::Connection;

use super::{Examined, Wrong};
use crate::{StoreError, sqlite};

/// Examines campaigns and room.
pub(super) fn examine(db: &Connection, examined: &mut Examined) -> Result<(), StoreError> {
    const STUCK: &str = "
        select lower(hex(reservation))
        from sends
        where state = 'open'
          and ends_at is null
          and coalesce(room, reservation) not in (
            select reservation
            from messages
            where reservation is not null
          )";
    const IN_DOUBT: &str = "
        select campaign, count(*)
        from messages
        where state = 'in_doubt'
        group by campaign";
    for reservation in sqlite::rows(db, STUCK, [], |row| row.get::<_, String>(0))? {
        examined.found(Wrong::RoomStuck, format_args!("reservation {reservation}"));
    }
    let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<(u64, u64)> {
        Ok((row.get(0)?, row.get(1)?))
    };
    for (campaign, messages) in sqlite::rows(db, IN_DOUBT, [], read)? {
        examined.found(
            Wrong::MessagesInDoubt,
            format_args!("campaign {campaign}: {messages}"),
        );
    }
    Ok(())
}
