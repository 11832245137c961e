//! Whether every sealed value opens under its key, and finds whom it belongs to; whether every
//! suppression rests on an entry, and the other way round.

use izin_core::{IdentifierId, Seq, SubjectId};

use super::{Examined, Wrong};
use crate::db::{Db, each, exists, params, rows};
use crate::vault::{DataClass, Key, Keyring, LookupHash, SuppressionHash};
use crate::{StoreError, hold, ledger, order, person};

/// Examines values and suppressions.
pub(super) fn examine(db: &Db, keys: &Keyring, examined: &mut Examined) -> Result<(), StoreError> {
    identifiers(db, keys, examined)?;
    profiles(db, keys, examined)?;
    details(db, keys, examined)?;
    orders(db, keys, examined)?;
    for hold in hold::closed(db, keys)? {
        examined.found(Wrong::ValueClosed, format_args!("reason of hold {hold}"));
    }
    suppressions(db, examined)
}

/// The key of somebody whose values are kept; its absence is told once a value.
fn key(
    keys: &Keyring,
    (subject, class): (SubjectId, DataClass),
    (what, examined): (&str, &mut Examined),
) -> Option<Key> {
    match keys.subject_key(subject, class) {
        Ok(Some(key)) => return Some(key),
        Ok(None) => {
            let place = format_args!("{what} of id:{subject}").to_string();
            examined.found(Wrong::KeysMissing, place);
        }
        Err(_) => {
            let place = format_args!("keys of id:{subject}").to_string();
            examined.found(Wrong::ValueClosed, place);
        }
    }
    None
}

/// Takes back what was found of people who were erased meanwhile.
pub(super) fn excuse_erased(db: &Db, examined: &mut Examined) -> Result<(), StoreError> {
    const ERASED: &str = "select 1 from erasures where subject = ?1";
    let mut kept = Vec::new();
    for own in std::mem::take(&mut examined.findings) {
        let whose = own
            .place
            .rsplit_once("id:")
            .map(|(_, id)| SubjectId::parse(id));
        let gone = match whose {
            Some(Ok(subject)) if own.wrong == Wrong::KeysMissing => {
                exists(db, ERASED, params![subject.as_bytes()])?
            }
            _ => false,
        };
        if !gone {
            kept.push(own);
        }
    }
    examined.findings = kept;
    Ok(())
}

fn identifiers(db: &Db, keys: &Keyring, examined: &mut Examined) -> Result<(), StoreError> {
    const ALL: &str = "
        select identifier, subject, kind, lookup_hash, suppression_hash, sealed, key_version
        from identifiers";
    each(db, ALL, &[], |row| {
        let id = IdentifierId::from_bytes(row.get(0)?);
        let subject = SubjectId::from_bytes(row.get(1)?);
        let whose = (subject, DataClass::Profile);
        let Some(key) = key(keys, whose, ("identifier", examined)) else {
            return Ok(());
        };
        let sealed: Vec<u8> = row.get(5)?;
        let place = format_args!("identifier {id} of id:{subject}").to_string();
        let Ok(value) = person::opened(&key, (subject, id), row.get(2)?, &sealed) else {
            examined.found(Wrong::ValueClosed, place);
            return Ok(());
        };
        let hasher = keys.hasher();
        let (lookup, version) = (LookupHash::from_bytes(row.get(3)?), row.get(6)?);
        let suppression = SuppressionHash::from_bytes(row.get(4)?, version);
        if hasher.renewed_lookup(lookup, version) != hasher.lookup(&value)
            || hasher.renewed(suppression) != hasher.suppression(&value)
        {
            examined.found(Wrong::HashDiffers, place);
        }
        Ok(())
    })
}

fn profiles(db: &Db, keys: &Keyring, examined: &mut Examined) -> Result<(), StoreError> {
    const ALL: &str = "select subject from profiles";
    for subject in rows(db, ALL, &[], |row| row.get(0).map(SubjectId::from_bytes))? {
        let whose = (subject, DataClass::Profile);
        if let Some(key) = key(keys, whose, ("profile", examined))
            && person::stored_profile(db, &key, subject).is_err()
        {
            examined.found(Wrong::ValueClosed, format_args!("profile of id:{subject}"));
        }
    }
    Ok(())
}

/// What was said in words beside an entry, against what the entry commits to. That of somebody who was erased
/// is withheld, and goes in its time.
fn details(db: &Db, keys: &Keyring, examined: &mut Examined) -> Result<(), StoreError> {
    const ALL: &str = "
        select e.seq, e.subject, e.detail_commitment, d.blinding, d.sealed
        from entries e
        left join details d on d.seq = e.seq
        left join erasures x on x.subject = e.subject
        where (e.detail_commitment is not null and x.withheld_destroyed_at is null)
          or d.seq is not null
        order by e.seq";
    each(db, ALL, &[], |row| {
        let (seq, subject) = (Seq(row.get(0)?), SubjectId::from_bytes(row.get(1)?));
        let committed = row.get::<Option<[u8; 32]>>(2)?;
        let kept = row.get::<Option<[u8; 32]>>(3)?.zip(row.get(4)?);
        let (Some(committed), Some(kept)) = (committed, kept) else {
            examined.found(Wrong::DetailDiffers, format_args!("entry {seq}"));
            return Ok(());
        };
        let evidence = keys.subject_key(subject, DataClass::Evidence)?;
        let withheld = || keys.subject_key(subject, DataClass::Withheld);
        let Some(key) = evidence.map_or_else(withheld, |own| Ok(Some(own)))? else {
            return Ok(());
        };
        match ledger::is_committed(&key, (seq, subject), kept, &committed) {
            Ok(true) => {}
            Ok(false) => examined.found(Wrong::DetailDiffers, format_args!("entry {seq}")),
            Err(_) => examined.found(Wrong::ValueClosed, format_args!("detail of entry {seq}")),
        }
        Ok(())
    })
}

fn orders(db: &Db, keys: &Keyring, examined: &mut Examined) -> Result<(), StoreError> {
    const BUYERS: &str = "select distinct subject from orders where subject is not null";
    for subject in rows(db, BUYERS, &[], |row| row.get(0).map(SubjectId::from_bytes))? {
        let whose = (subject, DataClass::Purchases);
        if key(keys, whose, ("orders", examined)).is_some()
            && order::purchases(db, keys, subject).is_err()
        {
            examined.found(Wrong::ValueClosed, format_args!("orders of id:{subject}"));
        }
    }
    Ok(())
}

fn suppressions(db: &Db, examined: &mut Examined) -> Result<(), StoreError> {
    const UNFOUNDED: &str = "
        select s.seq
        from suppressions s
        left join entries e on e.seq = s.seq
        where (e.act ->> 'act') is distinct from 'identifier_suppressed'
          or (e.act ->> 'suppression') is distinct from lower(hex(s.suppression))
        order by s.seq";
    const LOST: &str = "
        select e.seq
        from entries e
        left join suppressions s on s.seq = e.seq
        where e.subject is null
          and e.act ->> 'act' = 'identifier_suppressed'
          and s.seq is null
        order by e.seq";
    for (wrong, sql) in [
        (Wrong::SuppressionUnfounded, UNFOUNDED),
        (Wrong::SuppressionLost, LOST),
    ] {
        for seq in rows(db, sql, &[], |row| row.get::<u64>(0))? {
            examined.found(wrong, format_args!("entry {seq}"));
        }
    }
    Ok(())
}
