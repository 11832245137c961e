//! Which mandatory field of a consent record is empty.
//!
//! The list is that of ISO/IEC TS 27560; fields whose type cannot be empty are not looked at.
//! A text of spaces is as empty as none.

use super::{ConsentRecord, DataCategory, FormShown, Party, Recipient};
use crate::Timestamp;
use crate::consent::EARLIEST;

/// A mandatory field that is empty or cannot be what it is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Missing {
    /// Nothing names the record.
    #[error("the consent record has no name of its own")]
    RecordId,
    /// Nothing names the receipt.
    #[error("the consent record has no name for its receipt")]
    ReceiptId,
    /// The controller cannot be told from others.
    #[error("the consent record does not say by which number the controller is registered")]
    ControllerId,
    /// The controller has no name.
    #[error("the consent record does not name the controller")]
    ControllerName,
    /// The controller has no postal address.
    #[error("the consent record has no postal address of the controller")]
    ControllerAddress,
    /// The controller cannot be written to.
    #[error("the consent record does not say where the controller can be written to")]
    ControllerContact,
    /// The controller has no telephone; asked for by Kantara receipts only.
    #[error("the consent record has no telephone number of the controller")]
    ControllerPhone,
    /// The notice cannot be found.
    #[error("the consent record does not say where the notice can be read")]
    Notice,
    /// Which text of the notice was shown is not known.
    #[error("the consent record does not say which version of the notice was shown")]
    NoticeVersion,
    /// The purpose lacks its name, title or explanation.
    #[error("the consent record does not explain its purpose")]
    Purpose,
    /// No data is named, or some without its name or with an empty code.
    #[error("the consent record does not say which data is used")]
    Data,
    /// Nothing is said of recipients, or one lacks its name or country.
    #[error("the consent record does not say who receives data")]
    Recipients,
    /// The place of storage is not a country.
    #[error("the consent record does not say in which country data is kept")]
    StorageLocation,
    /// The time of storage is not decided.
    #[error("the consent record does not say how long data is kept")]
    Retention,
    /// No regime is named.
    #[error("the consent record names no jurisdiction")]
    Jurisdiction,
    /// How to take the consent back is not said.
    #[error("the consent record does not say how to withdraw")]
    Withdrawal,
    /// The moment is before [`EARLIEST`] or beyond the calendar.
    #[error("the consent record does not say when it happened")]
    EventTime,
    /// A form is named without its version or the words at its control.
    #[error("the consent record does not say what stood on the form")]
    Form,
    /// The end is beyond the calendar.
    #[error("the consent record does not say until when it is valid")]
    Validity,
}

impl ConsentRecord {
    /// Every mandatory field of ISO/IEC TS 27560 that is empty, in the order of the standard. Such
    /// a record proves no consent (GDPR art. 7(1), UU PDP art. 24).
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        self.checks()
            .into_iter()
            .filter_map(|(present, field)| (!present).then_some(field))
            .collect()
    }

    /// The first mandatory field that is empty, as a refusal.
    pub(super) fn complete(&self) -> Result<(), Missing> {
        self.missing().first().copied().map_or(Ok(()), Err)
    }

    fn checks(&self) -> [(bool, Missing); 18] {
        let Party {
            id,
            name,
            address,
            contact,
            ..
        } = &self.controller;
        let purpose = &self.purpose;
        let texts = [&purpose.id, &purpose.title, &purpose.explanation];
        let (form, expiry) = (self.event.form.as_ref(), self.event.expires_at);
        [
            (said(&self.record_id), Missing::RecordId),
            (said(&self.receipt_id), Missing::ReceiptId),
            (said(id), Missing::ControllerId),
            (said(name), Missing::ControllerName),
            (said(address), Missing::ControllerAddress),
            (said(contact), Missing::ControllerContact),
            (is_web_address(&self.notice.url), Missing::Notice),
            (said(&self.notice.version), Missing::NoticeVersion),
            (texts.into_iter().all(|text| said(text)), Missing::Purpose),
            (some_all(&self.data, is_named), Missing::Data),
            (
                self.recipients.as_deref().is_some_and(are_named),
                Missing::Recipients,
            ),
            (is_country(&self.storage.country), Missing::StorageLocation),
            (self.storage.retention_days > 0, Missing::Retention),
            (
                some_all(&self.jurisdiction, |regime| said(regime)),
                Missing::Jurisdiction,
            ),
            (said(&self.withdrawal), Missing::Withdrawal),
            (is_a_moment(self.event.at), Missing::EventTime),
            (form.is_none_or(is_whole), Missing::Form),
            (expiry.is_none_or(is_a_moment), Missing::Validity),
        ]
    }
}

/// Whether a text holds more than spaces.
pub(super) fn said(text: &str) -> bool {
    !text.trim().is_empty()
}

fn some_all<T>(list: &[T], fits: impl Fn(&T) -> bool) -> bool {
    !list.is_empty() && list.iter().all(fits)
}

fn is_named(data: &DataCategory) -> bool {
    said(&data.id) && said(&data.title) && data.sensitive.iter().all(|code| said(code))
}

fn is_whole(form: &FormShown) -> bool {
    said(&form.id) && said(&form.version) && said(&form.label)
}

fn are_named(recipients: &[Recipient]) -> bool {
    recipients
        .iter()
        .all(|recipient| said(&recipient.name) && is_country(&recipient.country))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !text.contains(char::is_whitespace))
}

/// One that a consent can have, and within what a calendar can write.
fn is_a_moment(at: Timestamp) -> bool {
    at >= EARLIEST && Timestamp::parse(&at.to_string()).is_ok()
}
