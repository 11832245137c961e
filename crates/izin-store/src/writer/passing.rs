//! What the processes on one store tell each other besides entries, in the order in which it became so.
//!
//! A line names what changed and never what it became: whoever reads it looks. So a line that is read late, or
//! twice, tells the truth of then.

use izin_core::{hex, unhex};
use serde::{Deserialize, Serialize};

use super::News;
use crate::address::Moved;
use crate::db::{Db, each, first, one, params, rows, run};
use crate::vault::{KeyVersion, LookupHash, SuppressionHash};
use crate::{StoreError, reservation};

/// Lines that are kept for whoever is behind; further behind, a process allows nothing until it is started again.
const LINES_KEPT: u64 = 100_000;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// Room for messages, by name.
    Sends(Vec<String>),
    /// An address under other hashes: of its holders, and of its suppressions with their versions.
    Moved {
        lookup: Option<(String, String)>,
        suppression: [(String, u8); 2],
    },
    /// Which keys open the doors.
    Doors,
}

/// Writes what a group tells besides its entries, of which the ledger had `before` when it began; answers the
/// number of the last line, if there is any.
pub(super) fn keep(db: &Db, news: &News, before: u64) -> Result<Option<u64>, StoreError> {
    let mut last = None;
    const KEEP: &str = "
        insert into news (number, entries, body)
        select coalesce(max(number), 0) + 1, ?1, ?2
        from news
        returning number";
    const FORGET: &str = "delete from news where number <= ?1";
    let moved = news.moved.iter().map(|(at, own)| (*at, line_of(own)));
    let sends = news.sends.iter().map(|own| hex(own.id().as_bytes()));
    let sends: Vec<_> = sends.collect();
    let sends = (!sends.is_empty()).then_some((news.entries.len(), Line::Sends(sends)));
    let doors = news.doors.then_some((news.entries.len(), Line::Doors));
    for (at, line) in moved.chain(sends).chain(doors) {
        let body = serde_json::to_string(&line).map_err(|_| damaged())?;
        let entries = before.saturating_add(at as u64);
        last = first(db, KEEP, params![entries, body], |row| row.get(0))?;
    }
    if let Some(old) = last.and_then(|own: u64| own.checked_sub(LINES_KEPT)) {
        run(db, FORGET, params![old])?;
    }
    Ok(last)
}

/// The last line, after some line, of those that came before there were more than so many entries.
pub(super) fn last(db: &Db, (after, entries): (u64, u64)) -> Result<Option<u64>, StoreError> {
    const LAST: &str = "select max(number) from news where number > ?1 and entries <= ?2";
    one(db, LAST, params![after, entries], |row| row.get(0))
}

/// Reads the lines after one and up to another, of a ledger that `told` entries were told of.
pub(super) fn read(
    db: &Db,
    (after, to): (u64, u64),
    told: u64,
    news: &mut News,
) -> Result<(), StoreError> {
    const LINES: &str = "
        select number, entries, body
        from news
        where number > ?1 and number <= ?2
        order by number";
    let lines: Vec<(u64, u64, String)> = rows(db, LINES, params![after, to], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    if lines.len() as u64 != to.saturating_sub(after) {
        return Err(StoreError::Damaged {
            what: "news between nodes (lines are gone)",
        });
    }
    for (_, entries, body) in lines {
        match serde_json::from_str(&body).map_err(|_| damaged())? {
            Line::Sends(names) => sends(db, &names, news)?,
            Line::Moved {
                lookup,
                suppression,
            } => {
                let at = usize::try_from(entries.saturating_sub(told)).unwrap_or(usize::MAX);
                let moved = moved_of(lookup, suppression).ok_or_else(damaged)?;
                news.moved.push((at, moved));
            }
            Line::Doors => news.doors = true,
        }
    }
    Ok(())
}

/// What became of room by now.
fn sends(db: &Db, names: &[String], news: &mut News) -> Result<(), StoreError> {
    const ONE: &str = "
        select at, channel, purpose, topic, state, reservation, subject
        from sends
        where reservation = ?1";
    for name in names {
        let name: [u8; 16] = unhex(name).ok_or_else(damaged)?;
        each(db, ONE, params![name], |row| {
            news.sends.push(reservation::change(row)?);
            Ok(())
        })?;
    }
    Ok(())
}

fn line_of(moved: &Moved) -> Line {
    let suppression = |own: SuppressionHash| (hex(own.as_bytes()), own.version().number());
    let lookup = moved
        .lookup
        .map(|(old, new)| (hex(old.as_bytes()), hex(new.as_bytes())));
    let (old, new) = moved.suppression;
    Line::Moved {
        lookup,
        suppression: [suppression(old), suppression(new)],
    }
}

fn moved_of(lookup: Option<(String, String)>, suppression: [(String, u8); 2]) -> Option<Moved> {
    let hash = |text: &str| unhex::<16>(text).map(LookupHash::from_bytes);
    let lookup = match lookup {
        None => None,
        Some((old, new)) => Some((hash(&old)?, hash(&new)?)),
    };
    let [old, new] = suppression.map(|(text, version)| {
        let version = KeyVersion::from_number(version)?;
        Some(SuppressionHash::from_bytes(unhex(&text)?, version))
    });
    Some(Moved {
        lookup,
        suppression: (old?, new?),
    })
}

const fn damaged() -> StoreError {
    StoreError::Damaged {
        what: "news between nodes",
    }
}
