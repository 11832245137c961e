//! Which problem an error of a use case is.

use izin_app::act::ActError;
use izin_app::audit::AuditError;
use izin_app::campaign::CampaignError;
use izin_app::consent::ConsentError;
use izin_app::declared::Undeclared;
use izin_app::deliver::letter::LetterError;
use izin_app::mailbox::MailboxError;
use izin_app::step_up::StepUpError;
use izin_app::subject::SubjectError;
use izin_store::{Refused, StoreError};

use super::{Code, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::Refused(why) = &error {
            let code = match why {
                Refused::UnknownPerson => Code::UnknownSubject,
                Refused::UnknownEntry => Code::NoSuchEntry,
                Refused::OnHold => Code::OnHold,
                _ => Code::MergeRefused,
            };
            return Self::new(code, why.to_string());
        }
        if matches!(
            error,
            StoreError::Owed | StoreError::NotErased | StoreError::Unanswered | StoreError::InDoubt
        ) {
            return Self::new(Code::StoreUnavailable, error.to_string());
        }
        tracing::error!(%error, "a request was not served");
        Self::new(Code::StoreUnavailable, "try again in a moment")
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let detail = error.to_string();
        let invalid = |field| Self::new(Code::InvalidField, detail.clone()).at(field);
        let form = || Self::new(Code::UnknownForm, detail.clone()).at("form");
        match error {
            ActError::UnknownSubject => Self::new(Code::UnknownSubject, detail).at("subject"),
            ActError::SeveralSubjects => Self::new(Code::SeveralSubjects, detail).at("subject"),
            ActError::Missing { field, .. } => Self::new(Code::MissingField, detail).at(field),
            ActError::UnknownPurpose(_) => {
                let detail = "the policy has no such purpose on this channel; see /privacy.json";
                Self::new(Code::UnknownPurpose, detail).at("purpose")
            }
            ActError::UnknownForm(..) | ActError::NotOnForm(_) | ActError::DefectiveForm(..) => {
                form()
            }
            ActError::NoticeNotShown(_) => invalid("notice"),
            ActError::InTheFuture | ActError::TooEarly => invalid("occurred_at"),
            ActError::DetailTooLong => invalid("detail"),
            ActError::PauseStands(_) => invalid("until"),
            ActError::OtherAddress => invalid("channel"),
            ActError::NotNeeded => invalid("act"),
            ActError::AskedTooSoon(_) => Self::new(Code::AskedTooSoon, detail),
            ActError::StepUpRequired => Self::new(Code::StepUpRequired, detail),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<StepUpError> for Problem {
    fn from(error: StepUpError) -> Self {
        let detail = error.to_string();
        match error {
            StepUpError::NotAnAddress => Self::new(Code::InvalidField, detail).at("code_to"),
            StepUpError::NoPurpose => Self::new(Code::NotSetUp, detail),
            StepUpError::TooMany => Self::new(Code::TooManyCodes, detail),
            StepUpError::WrongCode => Self::new(Code::NotProved, detail).at("code"),
            StepUpError::Letter(LetterError::NoMailServer) => Self::new(Code::NotSetUp, detail),
            StepUpError::Letter(LetterError::Store(error)) | StepUpError::Store(error) => {
                error.into()
            }
            StepUpError::Letter(error) => internal(&error),
            StepUpError::Act(error) => error.into(),
        }
    }
}

impl From<Undeclared> for Problem {
    fn from(error: Undeclared) -> Self {
        let detail = error.to_string();
        match error {
            Undeclared::Purpose(_) => Self::new(Code::UnknownPurpose, detail).at("purpose"),
            Undeclared::Topic(_) => Self::new(Code::UnknownTopic, detail).at("topic"),
        }
    }
}

impl From<SubjectError> for Problem {
    fn from(error: SubjectError) -> Self {
        let detail = error.to_string();
        match error {
            SubjectError::Undeclared { field, .. } => {
                let field = field.map_or_else(|| "(body)".to_owned(), |own| own.to_string());
                Self::new(Code::UndeclaredField, detail).at(field)
            }
            SubjectError::Invalid { field, .. } => Self::new(Code::InvalidField, detail).at(field),
            SubjectError::Sensitive { field } => {
                Self::new(Code::ExplicitConsentNeeded, detail).at(field.to_string())
            }
            SubjectError::Unknown => Self::new(Code::UnknownSubject, detail),
            SubjectError::Several(_) => Self::new(Code::SeveralSubjects, detail),
            SubjectError::Store(error) => error.into(),
        }
    }
}

impl From<ConsentError> for Problem {
    fn from(error: ConsentError) -> Self {
        let detail = error.to_string();
        match error {
            ConsentError::NotAConsent(_) => Self::new(Code::NoSuchEntry, detail),
            ConsentError::Store(error) => error.into(),
            ConsentError::NoEvidence(_)
            | ConsentError::Undeclared(_)
            | ConsentError::Missing(_)
            | ConsentError::Kantara(_) => Self::new(Code::RecordIncomplete, detail),
        }
    }
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::NoEntry(..) => Self::new(Code::NoSuchEntry, error.to_string()),
            AuditError::Store(error) => error.into(),
            AuditError::Lost(lost) => Self::new(Code::NotReady, lost.to_string()),
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
