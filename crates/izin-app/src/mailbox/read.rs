//! Reading the box, beside its writer.
//!
//! Each call opens its own connection, so readers share no lock; a walk reads page by page, so
//! that a slow reader does not hold back the write-ahead log.

use std::ops::ControlFlow;
use std::path::Path;

use izin_core::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::mail::KeptMail;
use super::{MailId, MailboxError};

/// The most messages in one [`super::Mailbox::list`].
pub const LIST_MAX: u32 = 500;
/// Messages read in one go during a walk.
const WALK_PAGE: u32 = 100;

/// Which messages to list. `Debug` does not show whose.
#[derive(Clone)]
pub struct Query {
    /// Only messages that arrived before this one: the next page.
    pub older_than: Option<MailId>,
    /// Only messages that arrived after this one: what is new.
    pub newer_than: Option<MailId>,
    /// Only messages to this address, whatever its case.
    pub recipient: Option<String>,
    /// The most messages wanted; more than [`LIST_MAX`] counts as that.
    pub limit: u32,
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Query(at most {})", self.limit)
    }
}

impl Default for Query {
    fn default() -> Self {
        Self {
            older_than: None,
            newer_than: None,
            recipient: None,
            limit: LIST_MAX,
        }
    }
}

pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

const PAGE: &str = "
    select id, recipient, received_at, raw
    from kept
    where id < ?1 and id > ?2
    order by id desc
    limit ?3
";
const PAGE_OF_RECIPIENT: &str = "
    select id, recipient, received_at, raw
    from kept
    where recipient = ?4 and id < ?1 and id > ?2
    order by id desc
    limit ?3
";

/// Shows one page; gives the last message shown, if the page was full and not broken off.
pub(super) fn page(
    connection: &Connection,
    query: &Query,
    mut visit: impl FnMut(KeptMail) -> ControlFlow<()>,
) -> Result<Option<MailId>, MailboxError> {
    let older_than = query.older_than.map_or(i64::MAX, |id| id.0);
    let newer_than = query.newer_than.map_or(i64::MIN, |id| id.0);
    let limit = query.limit.min(LIST_MAX);
    let sql = if query.recipient.is_some() {
        PAGE_OF_RECIPIENT
    } else {
        PAGE
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = match &query.recipient {
        Some(recipient) => statement.query(params![older_than, newer_than, limit, recipient])?,
        None => statement.query(params![older_than, newer_than, limit])?,
    };
    let (mut shown, mut last) = (0, None);
    while let Some(row) = rows.next()? {
        let mail = mail_of(row)?;
        (shown, last) = (shown + 1, Some(mail.id));
        if visit(mail).is_break() {
            return Ok(None);
        }
    }
    Ok(last.filter(|_| shown == limit))
}

pub(super) fn walk(
    connection: &Connection,
    recipient: Option<&str>,
    mut visit: impl FnMut(KeptMail) -> ControlFlow<()>,
) -> Result<(), MailboxError> {
    let recipient = recipient.map(str::to_owned);
    let mut query = Query {
        recipient,
        limit: WALK_PAGE,
        ..Query::default()
    };
    while let Some(last) = page(connection, &query, &mut visit)? {
        query.older_than = Some(last);
    }
    Ok(())
}

const ONE: &str = "select id, recipient, received_at, raw from kept where id = ?1";

pub(super) fn one(connection: &Connection, id: MailId) -> Result<Option<KeptMail>, MailboxError> {
    Ok(connection.query_row(ONE, [id.0], mail_of).optional()?)
}

const RAW: &str = "select raw from kept where id = ?1";

pub(super) fn raw(connection: &Connection, id: MailId) -> Result<Option<Vec<u8>>, MailboxError> {
    Ok(connection
        .query_row(RAW, [id.0], |row| row.get(0))
        .optional()?)
}

const COUNT: &str = "select count(*) from kept";

pub(super) fn count(connection: &Connection) -> Result<u64, MailboxError> {
    let count: i64 = connection.query_row(COUNT, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn mail_of(row: &Row<'_>) -> rusqlite::Result<KeptMail> {
    let raw = row.get_ref(3)?.as_blob()?;
    let mail = KeptMail::read(raw);
    Ok(KeptMail {
        id: MailId(row.get(0)?),
        recipient: row.get(1)?,
        received_at: Timestamp::from_micros(row.get(2)?),
        ..mail
    })
}
