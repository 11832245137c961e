//! Every policy against the entry that published it, and the other way round.

use std::collections::BTreeMap;

use izin_core::Act;

use super::{Examined, Wrong};
use crate::db::{Db, Row, rows};
use crate::{StoreError, ledger};

/// Examines the policies.
pub(super) fn examine(db: &Db, examined: &mut Examined) -> Result<(), StoreError> {
    const PUBLISHED: &str = "
        select seq, recorded_at, subject, act
        from entries
        where subject is null and act ->> 'act' = 'policy_published'";
    const KEPT: &str = "select version, body from policies";
    let mut published = BTreeMap::new();
    for entry in rows(db, PUBLISHED, &[], |row| Ok(ledger::entry(row)))? {
        if let Act::PolicyPublished { version, hash } = entry?.act {
            published.insert(version, hash);
        }
    }
    let read =
        |row: &Row<'_>| -> Result<(u32, String), StoreError> { Ok((row.get(0)?, row.get(1)?)) };
    for (version, body) in rows(db, KEPT, &[], read)? {
        let hash = blake3::hash(body.as_bytes()).to_hex().to_string();
        if published.remove(&version) != Some(hash) {
            examined.found(
                Wrong::PolicyDiffers,
                format_args!("policy version {version}"),
            );
        }
    }
    for version in published.into_keys() {
        examined.found(
            Wrong::PolicyDiffers,
            format_args!("policy version {version}"),
        );
    }
    Ok(())
}
