//! Which problem an error of a use case is.

use izin_app::act::ActError;
use izin_app::audit::AuditError;
use izin_app::campaign::CampaignError;
use izin_app::mailbox::MailboxError;
use izin_store::StoreError;

use super::{Code, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request was not served");
        Self::new(Code::StoreUnavailable, "try again in a moment")
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let detail = error.to_string();
        match error {
            ActError::UnknownSubject => Self::new(Code::UnknownSubject, detail).at("subject"),
            ActError::SeveralSubjects => Self::new(Code::SeveralSubjects, detail).at("subject"),
            ActError::Missing { field, .. } => Self::new(Code::MissingField, detail).at(field),
            ActError::UnknownPurpose(_) => {
                let detail = "the policy has no such purpose on this channel; see /privacy.json";
                Self::new(Code::UnknownPurpose, detail).at("purpose")
            }
            ActError::InTheFuture => Self::new(Code::InvalidField, detail).at("occurred_at"),
            ActError::DetailTooLong => Self::new(Code::InvalidField, detail).at("detail"),
            ActError::StepUpRequired => Self::new(Code::StepUpRequired, detail),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::NoEntry(..) => Self::new(Code::NoSuchEntry, error.to_string()),
            AuditError::Store(error) => error.into(),
            error => internal(&error),
        }
    }
}

impl From<CampaignError> for Problem {
    fn from(error: CampaignError) -> Self {
        match error {
            CampaignError::Store(error) => error.into(),
            error => internal(&error),
        }
    }
}

impl From<MailboxError> for Problem {
    fn from(error: MailboxError) -> Self {
        internal(&error)
    }
}

fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a request was not served");
    Problem::of(Code::Internal)
}
