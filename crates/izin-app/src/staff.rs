//! Who does what people must do: somebody with a name and a role, on a machine's key or at the
//! command line.

use izin_core::identifier::is_invisible;
use izin_store::{QueueItem, hex};
use serde::{Deserialize, Serialize};

use crate::door::Role;

/// The longest name, in characters; it is shown beside what was settled.
const NAME_CHARS_MAX: usize = 80;

/// Somebody of the company who settles, proposes or approves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    name: String,
    /// What they may do.
    pub role: Role,
    /// The hash of the API key they came in by; absent at the command line.
    pub key: Option<[u8; 32]>,
}

/// Why a name is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "name yourself in 1 to {NAME_CHARS_MAX} characters on one line; it stays beside what you did"
)]
pub struct NoName;

impl Staff {
    /// Somebody of this name and role.
    ///
    /// # Errors
    /// [`NoName`].
    pub fn new(name: &str, role: Role, key: Option<[u8; 32]>) -> Result<Self, NoName> {
        // What nobody sees must not make two people of one.
        let name: String = name.chars().filter(|c| !is_invisible(*c)).collect();
        let name = name.trim();
        let length = name.chars().count();
        if length == 0 || length > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            return Err(NoName);
        }
        let name = name.to_owned();
        Ok(Self { name, role, key })
    }

    /// Their name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether two of them are certainly two people: neither the same name, however written, nor
    /// the same key.
    #[must_use]
    pub fn differs_from(&self, name: &str, key: Option<[u8; 32]>) -> bool {
        let seen = name.chars().filter(|c| !is_invisible(*c));
        let same_name = self.name.to_lowercase() == seen.collect::<String>().trim().to_lowercase();
        let same_key = self.key.is_some() && self.key == key;
        !same_name && !same_key
    }
}

/// What one of two people proposed, as an item's note keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    role: String,
    key: Option<String>,
    /// Why.
    #[serde(alias = "evidence")]
    pub(crate) said: String,
}

/// What two people are needed for was tried by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Alone {
    /// One person is not two.
    #[error("somebody else than the one who proposed it has to approve, by another name and key")]
    SamePerson,
    /// Nobody answers for it.
    #[error("one of the two has to be the data protection officer")]
    NoOfficer,
}

impl Proposal {
    pub(crate) fn by(by: &Staff, said: &str) -> Self {
        Self {
            role: by.role.as_str().to_owned(),
            key: by.key.map(|key| hex(&key)),
            said: said.to_owned(),
        }
    }

    pub(crate) fn written(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    pub(crate) fn read(item: &QueueItem) -> Option<Self> {
        serde_json::from_str(item.what.note.as_deref()?).ok()
    }

    /// Whether `by` makes two of whoever proposed it, and one of them is the data protection officer.
    pub(crate) fn seconded(&self, proposer: &str, by: &Staff) -> Result<(), Alone> {
        let same_key = by.key.is_some() && by.key.map(|key| hex(&key)) == self.key;
        if same_key || !by.differs_from(proposer, None) {
            return Err(Alone::SamePerson);
        }
        if by.role != Role::Dpo && self.role != Role::Dpo.as_str() {
            return Err(Alone::NoOfficer);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_with_characters_that_nobody_sees_is_not_two_people() {
        let rini = Staff::new("Rini", Role::Author, None).unwrap();
        for name in ["Rini\u{200b}", "Ri\u{200d}ni", " rini ", "RINI"] {
            assert!(!rini.differs_from(name, None), "{name:?}");
            let same = Staff::new(name, Role::Author, None).unwrap();
            assert!(!same.differs_from("Rini", None), "{name:?}");
        }
        assert!(rini.differs_from("Sari", None), "the control");
        assert!(Staff::new("\u{200b}", Role::Author, None).is_err());
    }
}
