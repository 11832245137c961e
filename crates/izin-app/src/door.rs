//! Who may come in by machine: API keys, shown once, kept as hashes.
//!
//! The [`Doorkeeper`] knows every working key by heart, so that asking for a decision reads
//! nothing from the store; a revoked key stops working before [`revoke`] answers.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{PoisonError, RwLock};

use izin_core::Timestamp;
use izin_store::{ApiKey, Store, StoreError, hex};

use crate::App;

/// What the holder of a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Writes campaigns and templates.
    Author,
    /// Approves them.
    Approver,
    /// Asks for decisions and reports acts.
    Sender,
    /// Asks for decisions.
    Reader,
    /// The data protection officer.
    Dpo,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Author,
        Self::Approver,
        Self::Sender,
        Self::Reader,
        Self::Dpo,
    ];

    /// The name used at the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Approver => "approver",
            Self::Sender => "sender",
            Self::Reader => "reader",
            Self::Dpo => "dpo",
        }
    }

    /// Whether the holder may report acts.
    #[must_use]
    pub const fn may_report_acts(self) -> bool {
        matches!(self, Self::Sender | Self::Dpo)
    }
}

/// Why a text is not a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role `{0}`; roles are author, approver, sender, reader, dpo")]
pub struct RoleError(String);

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| RoleError(text.to_owned()))
    }
}

/// Knows the working keys, by their hashes.
#[derive(Default)]
pub struct Doorkeeper {
    roles: RwLock<HashMap<[u8; 32], Role>>,
    /// Held from a change of the keys until it is known here, so that changes are learnt in order.
    changes: tokio::sync::Mutex<()>,
}

impl Doorkeeper {
    /// A doorkeeper who knows the keys of a store.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        let doorkeeper = Self::default();
        doorkeeper.learn(store).await?;
        Ok(doorkeeper)
    }

    /// What the bearer of `key` may do; `None` for an unknown or revoked key.
    #[must_use]
    pub fn role(&self, key: &str) -> Option<Role> {
        self.bearer(key).map(|(role, _)| role)
    }

    /// The same, with the key's hash, which tells one key from another without being one. The
    /// search is by the hash of 256 random bits, so that its timing says nothing about the key.
    #[must_use]
    pub fn bearer(&self, key: &str) -> Option<(Role, [u8; 32])> {
        let roles = self.roles.read().unwrap_or_else(PoisonError::into_inner);
        let hash = hash(key);
        roles.get(&hash).map(|role| (*role, hash))
    }

    pub(crate) async fn learn(&self, store: &Store) -> Result<(), StoreError> {
        let working = store
            .api_keys()
            .await?
            .into_iter()
            .filter(|(_, key)| key.revoked_at.is_none())
            .filter_map(|(hash, key)| Some((hash, key.role.parse().ok()?)))
            .collect();
        *self.roles.write().unwrap_or_else(PoisonError::into_inner) = working;
        Ok(())
    }
}

/// The start of every key, so that one found in a file can be recognised.
const KEY_PREFIX: &str = "izin_";

/// Makes a key and keeps its hash; the key itself is in the answer and nowhere else.
///
/// # Errors
/// [`StoreError`].
pub async fn add(app: &App, name: &str, role: Role) -> Result<String, StoreError> {
    let key = format!("{KEY_PREFIX}{}", hex(&app.store.entropy().bytes::<32>()?));
    let kept = ApiKey {
        name: name.to_owned(),
        role: role.as_str().to_owned(),
        created_at: app.clock.now(),
        revoked_at: None,
    };
    let _changing = app.door.changes.lock().await;
    app.store.keep_api_key(hash(&key), kept).await?;
    app.door.learn(&app.store).await?;
    Ok(key)
}

/// Every key's name, role and times, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(app: &App) -> Result<Vec<ApiKey>, StoreError> {
    Ok(app
        .store
        .api_keys()
        .await?
        .into_iter()
        .map(|(_, key)| key)
        .collect())
}

/// Ends every key of that name at once; answers how many.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke(app: &App, name: &str) -> Result<usize, StoreError> {
    let now: Timestamp = app.clock.now();
    let _changing = app.door.changes.lock().await;
    let revoked = app.store.revoke_api_key(name.to_owned(), now).await?;
    app.door.learn(&app.store).await?;
    Ok(revoked)
}

fn hash(key: &str) -> [u8; 32] {
    *blake3::hash(key.as_bytes()).as_bytes()
}
