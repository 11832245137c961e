//! Whether everything is found by what it is looked up by: entries by their person, suppressions by their
//! address, people by their identifiers.

use super::{Examined, Wrong};
use crate::StoreError;
use crate::db::{Db, rows};

/// Entries of which the tables that are written late do not have a row, or another one.
const ENTRIES: &str = "
    select e.seq
    from entries e
    left join histories h on h.subject = e.subject and h.seq = e.seq
    where e.subject is not null
      and e.seq < (select indexed from store)
      and h.seq is null
    order by e.seq";
const SUPPRESSIONS: &str = "
    select s.seq
    from suppressions s
    left join suppressed p on p.hash = s.hash and p.seq = s.seq
    where s.seq < (select indexed from store)
      and p.seq is null
    order by s.seq";
const OTHERS: &str = "
    select p.seq
    from suppressed p
    left join suppressions s on s.seq = p.seq
    where s.hash is distinct from p.hash
    order by p.seq";
/// Suppressions that ended by no entry which could end them.
const ENDED: &str = "
    select s.seq
    from suppressions s
    left join entries e on e.seq = s.ended
    where s.ended is not null
      and ((e.act ->> 'act') is null
        or e.act ->> 'act' not in ('entry_corrected', 'presumption_cleared'))
    order by s.seq";
/// Identifiers that somebody who was not erased got and that stand nowhere any more.
const IDENTIFIERS: &str = "
    select e.seq
    from entries e
    left join identifiers i on i.identifier = unhex(e.act ->> 'identifier')
    left join detached d on d.identifier = unhex(e.act ->> 'identifier')
    left join erasures x on x.subject = e.subject
    where e.act ->> 'act' = 'identifier_attached'
      and i.identifier is null
      and d.identifier is null
      and x.subject is null
    order by e.seq";

pub(super) fn examine(db: &Db, examined: &mut Examined) -> Result<(), StoreError> {
    for (wrong, sql) in [
        (Wrong::SuppressionLost, SUPPRESSIONS),
        (Wrong::SuppressionLost, OTHERS),
        (Wrong::SuppressionLost, ENDED),
        (Wrong::EntryUnfindable, ENTRIES),
        (Wrong::EntryUnfindable, IDENTIFIERS),
    ] {
        for seq in rows(db, sql, &[], |row| row.get::<u64>(0))? {
            examined.found(wrong, format_args!("entry {seq}"));
        }
    }
    Ok(())
}
