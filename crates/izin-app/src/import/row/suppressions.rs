//! Suppressions: addresses and numbers that must not be contacted.
//!
//! A refusal weighs more than its paperwork: a reason that is not known here is an imported
//! suppression like one without a reason, not a refused row.

use izin_core::{Channel, Identifier, RefusalKind, Timestamp};

use super::super::table::{Layout, Problem, Row};
use super::contacts::{CHANNEL, EMAIL, PHONE};
use super::{optional, past};

/// The columns of a suppression file.
pub const LAYOUT: Layout = Layout {
    kind: "suppressions",
    fields: &["email", "phone", "channel", "reason", "occurred_at"],
    filled: &[],
    present: &[],
    one_of: &["email", "phone"],
    family: None,
};

/// One do-not-contact row: a refusal for each identifier it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The address, if given; one of the two is.
    pub email: Option<Identifier>,
    /// The number, if given.
    pub phone: Option<Identifier>,
    /// The channel it covers; all of them when `None`.
    pub channel: Option<Channel>,
    /// What kind of no it is.
    pub kind: RefusalKind,
    /// When it was said; the time of the import when `None`.
    pub occurred_at: Option<Timestamp>,
}

impl Suppression {
    /// Reads a row at the moment `now`; `home` is the country of numbers without a country code
    /// (ISO 3166-1, two letters).
    ///
    /// # Errors
    /// The first [`Problem`] met.
    pub fn read(row: &Row<'_>, now: Timestamp, home: &str) -> Result<Self, Problem> {
        let email = optional(row, "email", EMAIL, |cell| Identifier::email(cell).ok())?;
        let phone = optional(row, "phone", PHONE, |cell| {
            Identifier::phone(cell, home).ok()
        })?;
        if email.is_none() && phone.is_none() {
            return Err(Problem::AllEmpty("email, phone"));
        }
        Ok(Self {
            email,
            phone,
            channel: optional(row, "channel", CHANNEL, channel)?,
            kind: kind_in(row),
            occurred_at: past(row, "occurred_at", now)?,
        })
    }
}

/// The kind of no that a row's reason tells.
pub(super) fn kind_in(row: &Row<'_>) -> RefusalKind {
    row.get("reason")
        .map_or(RefusalKind::ImportedSuppression, kind)
}

pub(super) fn channel(cell: &str) -> Option<Channel> {
    cell.to_ascii_lowercase().parse().ok()
}

/// The kind of refusal behind a word. A bounce is not the person's no, but the shop listed it, so
/// it stands as an imported suppression.
pub(super) fn kind(cell: &str) -> RefusalKind {
    match cell.to_ascii_lowercase().replace(['-', ' '], "_").as_str() {
        "opt_out" | "optout" | "opted_out" | "unsubscribe" | "unsubscribed" | "stop"
        | "berhenti" => RefusalKind::OptedOut,
        "complaint" | "complained" | "spam" | "abuse" | "keluhan" => RefusalKind::Complained,
        "legal" => RefusalKind::LegalSuppression,
        "manual" => RefusalKind::ManualSuppression,
        _ => RefusalKind::ImportedSuppression,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::rows;
    use super::*;

    fn read(file: &str) -> Vec<Result<Suppression, String>> {
        let now = Timestamp::parse("2026-11-21").unwrap();
        rows(&LAYOUT, file, |row| Suppression::read(row, now, "ID"))
    }

    #[test]
    fn a_suppression_that_names_nobody_for_certain_is_refused() {
        let file = "email,phone,channel,reason,occurred_at\n\
                    ,,email,,\n\
                    budi at example.com,,,,\n\
                    ,12,,,\n\
                    a@example.com,,fax,,\n\
                    a@example.com,,,,2026-11-22\n\
                    a@example.com,,,,yesterday\n";
        let problems: Vec<_> = read(file).into_iter().map(Result::unwrap_err).collect();
        assert_eq!(
            problems,
            [
                "the columns email, phone are all empty; one of them is needed".to_owned(),
                format!("column `email` has the form `aaaa aa aaaaaaa.aaa`; expected {EMAIL}"),
                format!("column `phone` has the form `12`; expected {PHONE}"),
                format!("column `channel` has the form `aaa`; expected {CHANNEL}"),
                "column `occurred_at` is in the future; expected a time that has passed".to_owned(),
                format!(
                    "column `occurred_at` has the form `aaaaaaaaa`; expected {}",
                    super::super::TIME
                ),
            ]
        );
    }

    #[test]
    fn a_day_that_does_not_exist_is_told_as_such() {
        for (day, problem) in [
            ("2025-02-29", "names a day or hour that does not exist"),
            ("9999-12-31", "after 9999-12-30"),
            (
                "2025-01-01T25:00:00Z",
                "names a day or hour that does not exist",
            ),
            ("2025-01-01T10:00[Asia/Jakarta]", "has the form"),
            ("01-02-2025", "has the form"),
        ] {
            let read = read(&format!("email,occurred_at\na@example.com,{day}\n"));
            let said = read[0].as_ref().unwrap_err();
            assert!(said.contains(problem), "{day}: {said}");
        }
    }

    #[test]
    fn an_unknown_reason_does_not_lose_the_refusal() {
        let file = "email,reason\na@example.com,somebody said so\nb@example.com,\n";
        for row in read(file) {
            assert_eq!(row.unwrap().kind, RefusalKind::ImportedSuppression);
        }
    }

    #[test]
    fn known_reasons_keep_their_kind_and_no_channel_means_all() {
        let file = "Email,Phone,Channel,Reason,Occurred_At\n\
                    A@Example.com,,,Opt-Out,2026-01-01\n\
                    ,0812 0000 0001,SMS,spam,\n\
                    a@example.com,,,legal,\na@example.com,,,manual,\na@example.com,,,bounce,\n";
        let rows: Vec<_> = read(file).into_iter().map(Result::unwrap).collect();
        let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
        assert_eq!(
            kinds,
            [
                RefusalKind::OptedOut,
                RefusalKind::Complained,
                RefusalKind::LegalSuppression,
                RefusalKind::ManualSuppression,
                RefusalKind::ImportedSuppression,
            ]
        );
        assert_eq!(
            (rows[0].channel, rows[1].channel),
            (None, Some(Channel::Sms))
        );
        assert_eq!(
            rows[0].email,
            Some(Identifier::email("a@example.com").unwrap())
        );
        assert_eq!(rows[0].occurred_at, Timestamp::parse("2026-01-01").ok());
        assert_eq!(
            rows[1].phone,
            Some(Identifier::phone("+6281200000001", "ID").unwrap())
        );
    }
}
