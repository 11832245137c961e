//! Signing in the background, so that a checkpoint is never far behind.

use std::sync::Arc;
use std::time::Duration;

use izin_core::Seq;

use super::batch::batch_due;
use super::{AuditError, checkpoint};
use crate::App;

/// A checkpoint is at most this much behind the log while there are new entries.
const SIGN_EVERY: Duration = Duration::from_secs(1);
/// The longest pause after signing failed; each failure doubles it from [`SIGN_EVERY`] on. Whoever
/// mends the cause waits no longer, and a cause that stays does not fill the log.
const SIGN_PAUSE_MAX: Duration = Duration::from_secs(60);

/// Signs the log whenever it has grown, from now on.
pub async fn keep_signing(app: Arc<App>) {
    let mut round = Round::default();
    loop {
        let pause = round.sign(&app).await;
        tokio::time::sleep(pause).await;
    }
}

/// One look after the other, and what went wrong, as far as it has been told.
#[derive(Debug, Default)]
pub struct Round {
    signed: Option<Seq>,
    failures: u32,
    told: Option<String>,
}

impl Round {
    /// Signs if there is anything new; answers how long to pause before the next look.
    pub async fn sign(&mut self, app: &App) -> Duration {
        if app.lost().is_some() {
            return SIGN_EVERY;
        }
        match self.sign_news(app).await {
            Ok(signed) => {
                *self = Self {
                    signed,
                    ..Self::default()
                };
            }
            Err(error) if self.is_news(error.to_string()) => {
                tracing::error!(%error, "the log could not be signed; it is tried again");
            }
            Err(_) => {}
        }
        self.pause()
    }

    /// Batches what was handed over when that is due; signs unless there is nothing new, batched or not.
    /// Answers up to where it is signed now.
    async fn sign_news(&self, app: &App) -> Result<Option<Seq>, AuditError> {
        let batched = batch_due(app).await;
        let seq = app.gate.seq();
        if seq != self.signed {
            checkpoint(app).await?;
        }
        batched?;
        Ok(seq)
    }

    /// Counts a failure; tells whether its cause is another than the last.
    fn is_news(&mut self, cause: String) -> bool {
        self.failures = self.failures.saturating_add(1);
        let before = self.told.replace(cause);
        before != self.told
    }

    fn pause(&self) -> Duration {
        let doubled = 2_u32.saturating_pow(self.failures);
        SIGN_EVERY.saturating_mul(doubled).min(SIGN_PAUSE_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_that_fails_is_told_once_for_each_cause_and_tried_ever_more_seldom() {
        let mut round = Round::default();
        assert_eq!(round.pause(), SIGN_EVERY);
        let news: Vec<_> = ["full", "full", "gone", "gone", "full"]
            .map(|cause| (round.is_news(cause.to_owned()), round.pause().as_secs()))
            .into();
        let expected = [(true, 2), (false, 4), (true, 8), (false, 16), (true, 32)];
        assert_eq!(news, expected);
        for _ in 0..100 {
            assert!(!round.is_news("full".to_owned()));
            assert_eq!(round.pause(), SIGN_PAUSE_MAX);
        }
    }
}
