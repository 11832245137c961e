//! Who may come in by machine: API keys, shown once, kept as hashes.

use std::str::FromStr;

use izin_core::Timestamp;
use izin_store::{ApiKey, StoreError, hex};

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
    app.store.keep_api_key(hash(&key), kept).await?;
    Ok(key)
}

/// What the bearer of `key` may do; `None` for an unknown or revoked key. The search is by the
/// hash of 256 random bits, so that its timing says nothing about the key.
///
/// # Errors
/// [`StoreError`].
pub async fn role(app: &App, key: &str) -> Result<Option<Role>, StoreError> {
    let wanted = hash(key);
    let found = app
        .store
        .api_keys()
        .await?
        .into_iter()
        .find(|(hash, _)| *hash == wanted);
    Ok(found
        .filter(|(_, key)| key.revoked_at.is_none())
        .and_then(|(_, key)| key.role.parse().ok()))
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
    app.store.revoke_api_key(name.to_owned(), now).await
}

fn hash(key: &str) -> [u8; 32] {
    *blake3::hash(key.as_bytes()).as_bytes()
}
