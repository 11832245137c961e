//! Why a report is not taken.

use izin_core::consent::EARLIEST;
use izin_core::policy::FormId;
use izin_core::{PurposeId, Timestamp};
use izin_store::StoreError;

use super::DETAIL_BYTES_MAX;

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The person is not known, and the act needs somebody.
    #[error("nobody is known by this identifier")]
    UnknownSubject,
    /// The identifier has several holders, and the act is no refusal.
    #[error("several people hold this identifier; name the person by `id` or `customer`")]
    SeveralSubjects,
    /// A part is missing.
    #[error("`{field}` is missing; {why}")]
    Missing {
        /// Which.
        field: &'static str,
        /// Why it is needed.
        why: &'static str,
    },
    /// The policy has no such purpose on this channel.
    #[error("the policy has no purpose `{0}` on this channel")]
    UnknownPurpose(PurposeId),
    /// No published policy has the form in that version.
    #[error("no policy has the form `{0}` in version {1}; name a form of forms.toml")]
    UnknownForm(FormId, u32),
    /// The form does not ask for this, or not for this alone.
    #[error("the form `{0}` has no control for this purpose on this channel and nothing else")]
    NotOnForm(FormId),
    /// The form was found defective.
    #[error("the form `{0}` in version {1} is defective; consents given on it count for nothing")]
    DefectiveForm(FormId, u32),
    /// The notice named was not in force when the person agreed.
    #[error("version {0} of the notice was not in force at that time")]
    NoticeNotShown(u32),
    /// A time is in the future.
    #[error("`occurred_at` is in the future")]
    InTheFuture,
    /// A time that no record of consent can hold.
    #[error(
        "`occurred_at` is before {EARLIEST}, which no record can hold; write when the person said \
         it, or leave it out for now"
    )]
    TooEarly,
    /// The detail is too long.
    #[error("`detail` is longer than {DETAIL_BYTES_MAX} bytes")]
    DetailTooLong,
    /// What widens needs the person, confirmed at a known address.
    #[error(
        "raising the dial or an own limit, ending a restriction and overruling a signal need the \
         person's own act, confirmed by a code to a known address"
    )]
    StepUpRequired,
    /// The code went to another address than the consent is for.
    #[error("the code has to go to an address of the person that the channel reaches")]
    OtherAddress,
    /// A longer pause stands.
    #[error("a pause until {0} stands; it ends by itself")]
    PauseStands(Timestamp),
    /// Nobody may be asked so soon.
    #[error("the person opted out of this; they may not be asked again before {0}")]
    AskedTooSoon(Timestamp),
    /// No law that binds the shop makes use of it.
    #[error("no law that binds the shop infers consent from this; it is not kept")]
    NotNeeded,
    /// It could not be recorded.
    #[error("{0}")]
    Store(#[from] StoreError),
}
