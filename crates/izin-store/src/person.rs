//! What is kept of a person besides their acts: identifiers and profile, sealed under their keys.

use std::collections::BTreeMap;

use izin_core::policy::FieldId;
use izin_core::{Channel, Identifier, IdentifierId, IdentifierKind, Language, SubjectId};
use serde::{Deserialize, Serialize};

use crate::db::{Db, Row, exists, first, params, put, rows, run};
use crate::fresh::Held;
use crate::vault::{
    DataClass, KEY_VERSION, Key, Keyring, LookupHash, SuppressionHash, open, place, seal,
};
use crate::writer::Tx;
use crate::{Store, StoreError};

/// Declared fields of a person. An absent field says nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// How the person is addressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The language the person reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// ISO 3166-1 country, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whatever else the policy declares, by the field's name. Bounded where it comes in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<FieldId, String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Profile({:?}, masked)", self.language)
    }
}

impl Profile {
    fn updated_by(self, newer: &Self) -> Self {
        let newer = newer.clone();
        Self {
            name: newer.name.or(self.name),
            language: newer.language.or(self.language),
            country: newer.country.or(self.country),
            zone: newer.zone.or(self.zone),
            extra: self.extra.into_iter().chain(newer.extra).collect(),
        }
    }
}

/// An identifier of a person, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownIdentifier {
    /// Its random name.
    pub id: IdentifierId,
    /// Its value.
    pub value: Identifier,
    /// What finds its suppressions.
    pub suppression: SuppressionHash,
}

impl Store {
    /// A person's identifiers, opened; none when the person's keys are gone.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a value is damaged.
    pub async fn identifiers(
        &self,
        subject: SubjectId,
    ) -> Result<Vec<KnownIdentifier>, StoreError> {
        self.read_sealed(move |db, keys| identifiers(db, keys, subject))
            .await
    }

    /// The identifiers of many people at once, in the order asked.
    ///
    /// # Errors
    /// As [`Store::identifiers`].
    pub async fn identifiers_of(
        &self,
        subjects: Vec<SubjectId>,
    ) -> Result<Vec<Vec<KnownIdentifier>>, StoreError> {
        self.read_many(move |db, keys| {
            subjects
                .into_iter()
                .map(|subject| identifiers(db, keys, subject))
                .collect()
        })
        .await
    }

    /// Who holds an address that is known by its hash alone, and under which name.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn holding(
        &self,
        hash: SuppressionHash,
    ) -> Result<Vec<(SubjectId, IdentifierId)>, StoreError> {
        const HELD: &str = "
            select subject, identifier
            from identifiers
            where suppression_hash = ?1 and subject not in (select subject from merges)
            order by subject, identifier";
        let hashes: Vec<SuppressionHash> = self.hasher().onward(hash).collect();
        self.read_sealed(move |db, _| {
            let held = |own: &SuppressionHash| {
                rows(db, HELD, params![own.as_bytes()], |row| {
                    let subject = row.get(0).map(SubjectId::from_bytes)?;
                    Ok((subject, row.get(1).map(IdentifierId::from_bytes)?))
                })
            };
            let held: Result<Vec<_>, _> = hashes.iter().map(held).collect();
            Ok(held?.concat())
        })
        .await
    }

    /// A person's profile; the empty one when nothing is kept or its key is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the value is damaged.
    pub async fn profile(&self, subject: SubjectId) -> Result<Profile, StoreError> {
        self.read_sealed(move |db, keys| profile(db, keys, subject))
            .await
    }

    /// Profiles and identifiers of many people at once, in the order asked.
    ///
    /// # Errors
    /// As [`Store::profile`].
    pub async fn people(
        &self,
        subjects: Vec<SubjectId>,
    ) -> Result<Vec<(Profile, Vec<KnownIdentifier>)>, StoreError> {
        self.read_many(move |db, keys| {
            let both = |subject| Ok((profile(db, keys, subject)?, identifiers(db, keys, subject)?));
            subjects.into_iter().map(both).collect()
        })
        .await
    }
}

/// A person's identifiers, opened; none when their key is gone.
pub(crate) fn identifiers(
    db: &Db,
    keys: &Keyring,
    subject: SubjectId,
) -> Result<Vec<KnownIdentifier>, StoreError> {
    const OWN: &str = "
        select identifier, kind, suppression_hash, key_version, sealed
        from identifiers
        where subject = ?1
        order by identifier";
    type Row = ([u8; 16], u8, SuppressionHash, Vec<u8>);
    let Some(key) = keys.subject_key(subject, DataClass::Profile)? else {
        return Ok(Vec::new());
    };
    let own: Vec<Row> = rows(db, OWN, params![subject.as_bytes()], |row| {
        let suppression = SuppressionHash::from_bytes(row.get(2)?, row.get(3)?);
        Ok((row.get(0)?, row.get(1)?, suppression, row.get(4)?))
    })?;
    own.into_iter()
        .map(|(id, kind, suppression, sealed)| {
            let id = IdentifierId::from_bytes(id);
            Ok(KnownIdentifier {
                id,
                value: opened(&key, (subject, id), kind, &sealed)?,
                suppression,
            })
        })
        .collect()
}

/// An identifier as it was sealed.
pub(crate) fn opened(
    key: &Key,
    (subject, id): (SubjectId, IdentifierId),
    kind: u8,
    sealed: &[u8],
) -> Result<Identifier, StoreError> {
    let kind = IdentifierKind::from_code(kind).ok_or(StoreError::Damaged {
        what: "kind of identifier",
    })?;
    let value = text(open(key, &identifier_place(subject, id), sealed)?)?;
    Ok(Identifier::from_normal(kind, value))
}

fn profile(db: &Db, keys: &Keyring, subject: SubjectId) -> Result<Profile, StoreError> {
    let Some(key) = keys.subject_key(subject, DataClass::Profile)? else {
        return Ok(Profile::default());
    };
    Ok(stored_profile(db, &key, subject)?.unwrap_or_default())
}

/// A person's profile as it is kept.
pub(crate) fn stored_profile(
    db: &Db,
    key: &Key,
    subject: SubjectId,
) -> Result<Option<Profile>, StoreError> {
    const OWN: &str = "select sealed from profiles where subject = ?1";
    let sealed: Option<Vec<u8>> = first(db, OWN, params![subject.as_bytes()], |row| row.get(0))?;
    sealed
        .map(|sealed| {
            let plain = open(key, &profile_place(subject), &sealed)?;
            serde_json::from_slice(&plain).map_err(|_| StoreError::Damaged { what: "profile" })
        })
        .transpose()
}

impl Tx<'_> {
    /// Who holds the first of these identifiers that anybody holds. An e-mail address or number
    /// of someone with *another* customer number does not make two customers one. Somebody who was
    /// merged is found as the person they turned out to be, who holds the same.
    pub(crate) fn find(
        &mut self,
        identifiers: &[Identifier],
    ) -> Result<Option<SubjectId>, StoreError> {
        const HOLDERS: &str = "
            select i.subject, exists (
              select 1
              from identifiers c
              where c.subject = i.subject and c.kind = ?2
            )
            from identifiers i
            where i.lookup_hash = ?1
              and i.subject not in (select subject from merges)
            order by i.subject";
        let customer = IdentifierKind::Customer;
        let numbered = identifiers.iter().any(|own| own.kind() == customer);
        for identifier in identifiers {
            let hash = self.lookup(identifier)?;
            if self.fresh.is_free(&hash) {
                continue;
            }
            let holders: Vec<([u8; 16], bool)> = rows(
                self.db,
                HOLDERS,
                params![hash.as_bytes(), customer.code()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let same = identifier.kind() == customer || !numbered;
            let found = holders
                .into_iter()
                .find(|(_, has_number)| same || !has_number);
            if let Some((subject, _)) = found {
                return Ok(Some(SubjectId::from_bytes(subject)));
            }
        }
        Ok(None)
    }

    /// The address that a yes on `channel` is for: the first given one that the channel reaches,
    /// else the only one the person has; of several, none can be meant.
    pub(crate) fn reached(
        &mut self,
        subject: SubjectId,
        given: &[Identifier],
        channel: Channel,
    ) -> Result<Option<IdentifierId>, StoreError> {
        const OWN: &str = "
            select identifier, kind, lookup_hash
            from identifiers
            where subject = ?1";
        let named = given.iter().find(|own| own.kind().reaches(channel));
        let named = named.map(|named| self.lookup(named)).transpose()?;
        let mut own: Vec<Held> = match self.fresh.made(subject) {
            Some(made) => made.holds.clone(),
            None => rows(self.db, OWN, params![subject.as_bytes()], held)?,
        };
        own.retain(|(_, kind, _)| kind.reaches(channel));
        let found = match (named, own.as_slice()) {
            (Some(named), own) => own.iter().find(|(.., lookup)| *lookup == named),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        Ok(found.map(|(id, ..)| *id))
    }

    /// Keeps an identifier the person does not hold yet.
    pub(crate) fn keep_identifier(
        &mut self,
        subject: SubjectId,
        identifier: &Identifier,
    ) -> Result<Option<(IdentifierId, LookupHash, SuppressionHash)>, StoreError> {
        const HELD: &str = "
            select 1
            from identifiers
            where lookup_hash = ?1 and subject = ?2";
        const KEEP: &str = "
            insert into identifiers
              (identifier, subject, kind, lookup_hash, suppression_hash, key_version, sealed)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let lookup = self.lookup(identifier)?;
        let suppression = self.suppression(identifier)?;
        let owner = subject.as_bytes();
        let held = match self.fresh.made(subject) {
            Some(made) => made.holds.iter().any(|(.., own)| *own == lookup),
            None if self.fresh.is_free(&lookup) => false,
            None => exists(self.db, HELD, params![lookup.as_bytes(), owner])?,
        };
        if held {
            return Ok(None);
        }
        let key = self.profile_key(subject)?;
        let id = IdentifierId::from_bytes(self.entropy.bytes()?);
        let plain = identifier.reveal("sealed for the vault").as_bytes();
        let sealed = seal(&key, &identifier_place(subject, id), plain, self.entropy)?;
        put(
            self.db,
            KEEP,
            params![
                id.as_bytes(),
                owner,
                identifier.kind().code(),
                lookup.as_bytes(),
                suppression.as_bytes(),
                suppression.version(),
                sealed,
            ],
        )?;
        self.fresh.hold(subject, (id, identifier.kind(), lookup));
        Ok(Some((id, lookup, suppression)))
    }

    /// Keeps the given fields of a profile over the stored ones.
    pub(crate) fn keep_profile(
        &mut self,
        subject: SubjectId,
        newer: &Profile,
    ) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into profiles (subject, key_version, sealed)
            values (?1, ?2, ?3)
            on conflict (subject) do update
            set key_version = excluded.key_version, sealed = excluded.sealed";
        if *newer == Profile::default() {
            return Ok(());
        }
        let key = self.profile_key(subject)?;
        let is_first = self.fresh.is_first_profile(subject);
        let stored = match is_first {
            true => Profile::default(),
            false => stored_profile(self.db, &key, subject)?.unwrap_or_default(),
        };
        let merged = stored.clone().updated_by(newer);
        if merged == stored {
            return Ok(());
        }
        let plain =
            serde_json::to_vec(&merged).map_err(|_| StoreError::Damaged { what: "profile" })?;
        let sealed = seal(&key, &profile_place(subject), &plain, self.entropy)?;
        let row = params![subject.as_bytes(), KEY_VERSION, sealed];
        match is_first {
            true => put(self.db, KEEP, row),
            // Two rows of one person cannot go to the server together.
            false => run(self.db, KEEP, row).map(drop),
        }
    }

    fn profile_key(&self, subject: SubjectId) -> Result<Key, StoreError> {
        self.keys
            .subject_key(subject, DataClass::Profile)?
            .ok_or(StoreError::Damaged {
                what: "profile key of a person",
            })
    }
}

fn held(row: &Row<'_>) -> Result<Held, StoreError> {
    let kind = IdentifierKind::from_code(row.get(1)?).ok_or(StoreError::Damaged {
        what: "kind of identifier",
    })?;
    let lookup = LookupHash::from_bytes(row.get(2)?);
    Ok((IdentifierId::from_bytes(row.get(0)?), kind, lookup))
}

fn identifier_place(subject: SubjectId, id: IdentifierId) -> Vec<u8> {
    let owner = [subject.as_bytes().as_slice(), id.as_bytes()].concat();
    place(&owner, "identifiers.sealed", KEY_VERSION)
}

fn profile_place(subject: SubjectId) -> Vec<u8> {
    place(subject.as_bytes(), "profiles.sealed", KEY_VERSION)
}

fn text(plain: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(plain).map_err(|_| StoreError::Damaged { what: "text" })
}
