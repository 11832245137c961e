//! Who does what people must do: somebody with a name and a role, on a machine's key or at the
//! command line.

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
        let same_name = self.name.to_lowercase() == name.trim().to_lowercase();
        let same_key = self.key.is_some() && self.key == key;
        !same_name && !same_key
    }
}
