//! `Idempotency-Key`: a call that is repeated with its key gets its first answer. A yes to send gives
//! way to a no said since: decisions ask again before they repeat one (`api/decision.rs`).
//!
//! A key is its caller's own and belongs to one path: two callers never share one. Bodies name people by
//! their addresses, so keys and bodies are kept as keyed hashes only, and not for long
//! ([`izin_store::ANSWERS_KEPT_HOURS`]).

use axum::http::HeaderMap;
use axum::response::Response;
use izin_app::App;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard};

use crate::caller::Caller;
use crate::json;
use crate::problem::{Code, Problem};

/// The longest idempotency key, in bytes; a UUID has 36.
const KEY_BYTES_MAX: usize = 255;

/// Keys whose calls take turns, by their first byte: a call repeated while the first is under way
/// waits for its answer. Other keys that begin alike wait too, for as long as one answer takes.
static TURNS: [Mutex<()>; 256] = [const { Mutex::const_new(()) }; 256];

/// The key of a call, if it came with one, and what it was an answer to.
pub(crate) struct Once {
    key: Option<[u8; 32]>,
    request: String,
    /// Held until the call is answered.
    _turn: Option<MutexGuard<'static, ()>>,
}

/// The first answer to a key, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    request: String,
    answer: String,
}

impl Once {
    /// Reads the header of a call to `path` with this body, and waits for the turn of its key.
    pub(crate) async fn read(
        app: &App,
        headers: &HeaderMap,
        caller: &Caller,
        (path, body): (&str, &[u8]),
    ) -> Result<Self, Problem> {
        let secret = app.repeats.expose();
        let request = blake3::keyed_hash(secret, body).to_hex().to_string();
        let Some(key) = headers.get("idempotency-key") else {
            return Ok(Self {
                key: None,
                request,
                _turn: None,
            });
        };
        let key = key.as_bytes();
        if key.is_empty() || key.len() > KEY_BYTES_MAX || !key.iter().all(u8::is_ascii_graphic) {
            let detail = format!("it has 1 to {KEY_BYTES_MAX} visible ASCII characters, no blanks");
            return Err(Problem::new(Code::InvalidIdempotencyKey, detail));
        }
        let mut hasher = blake3::Hasher::new_keyed(secret);
        hasher.update(path.as_bytes()).update(&caller.mark);
        let key = *hasher.update(key).finalize().as_bytes();
        let turn = key.first().and_then(|own| TURNS.get(usize::from(*own)));
        let _turn = match turn {
            Some(turn) => Some(turn.lock().await),
            None => None,
        };
        Ok(Self {
            key: Some(key),
            request,
            _turn,
        })
    }

    /// Under what the store keeps the answer.
    pub(crate) const fn key(&self) -> Option<[u8; 32]> {
        self.key
    }

    /// What the store keeps.
    pub(crate) fn kept(&self, answer: &impl Serialize) -> String {
        let kept = Kept {
            request: self.request.clone(),
            answer: serde_json::to_string(answer).unwrap_or_default(),
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// The first answer, when the call was made before.
    pub(crate) async fn before(&self, app: &App) -> Result<Option<Response>, Problem> {
        Ok(self.said_before(app).await?.map(json::written))
    }

    /// The same as it was written, for calls whose first answer may not hold any more.
    pub(crate) async fn said_before(&self, app: &App) -> Result<Option<String>, Problem> {
        let Some(key) = self.key else {
            return Ok(None);
        };
        let kept = app.store.answered(key).await?;
        kept.map(|own| self.read_kept(&own)).transpose()
    }

    /// Reads what was kept.
    pub(crate) fn first(&self, kept: &str) -> Result<Response, Problem> {
        self.read_kept(kept).map(json::written)
    }

    fn read_kept(&self, kept: &str) -> Result<String, Problem> {
        let kept: Kept = serde_json::from_str(kept).map_err(|_| Problem::of(Code::Internal))?;
        if kept.request != self.request {
            let detail = "the first request with this key had another body; use a new key";
            return Err(Problem::new(Code::IdempotencyKeyReused, detail));
        }
        Ok(kept.answer)
    }

    /// Answers, and keeps the answer for a repetition.
    pub(crate) async fn keep(
        &self,
        app: &App,
        answer: &impl Serialize,
    ) -> Result<Response, Problem> {
        if let Some(key) = self.key {
            let now = app.clock.now();
            app.store.keep_answer(key, self.kept(answer), now).await?;
        }
        Ok(json::answer(answer))
    }
}
