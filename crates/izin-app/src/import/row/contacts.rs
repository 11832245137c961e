//! Contacts: one row per person, with what they agreed to and refused.
//!
//! Only yes is yes. An empty consent cell says nothing; a no is a refusal and is kept as one; any
//! other word refuses the row.

use std::fmt;

use izin_core::consent::EARLIEST;
use izin_core::{Channel, Identifier, Language, Level, PurposeId, Timestamp};

use super::super::table::{Family, Layout, Problem, Row};
use super::{
    CUSTOMER, TEXT, YES_OR_NO, answers, customer, optional, past, text, unexpected, yes_or_no,
};

/// The columns of a contact file. Others are never kept.
pub const LAYOUT: Layout = Layout {
    kind: "contacts",
    fields: &[
        "customer",
        "email",
        "phone",
        "name",
        "language",
        "country",
        "zone",
        "level",
        "consent_at",
        "consent_evidence",
    ],
    filled: &[],
    present: &[],
    one_of: &["customer", "email", "phone"],
    family: Some(Family {
        prefix: CONSENT,
        form: "consent_<purpose>_<channel>",
        check: |name| purpose_and_channel(name).map(|_| ()),
        likeness: answers::likeness,
    }),
};

const CONSENT: &str = "consent_";
/// The longest time zone name, in bytes; the longest in the IANA database has 30.
const ZONE_BYTES_MAX: usize = 40;

pub(super) const EMAIL: &str = "an e-mail address, as name@example.com";
pub(super) const PHONE: &str = "a telephone number, as +62 812 0000 0000";
pub(super) const CHANNEL: &str =
    "a channel: email, sms, whatsapp, push, phone, social, social_dm, ads, site";
const LANGUAGE: &str = "a language: id, en";
const COUNTRY: &str = "a country of two letters, as ID";
const ZONE: &str = "a time zone, as Asia/Jakarta or WIB";
const LEVEL: &str = "a level: 0, 1, 2, 3";

/// One person. Printing one does not show who it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact<'a> {
    /// The shop's customer number, if given; one of the three is.
    pub customer: Option<Identifier>,
    /// The e-mail address, if given.
    pub email: Option<Identifier>,
    /// The telephone number, if given.
    pub phone: Option<Identifier>,
    /// How the person is called.
    pub name: Option<&'a str>,
    /// The language to write in.
    pub language: Option<Language>,
    /// ISO 3166-1, two capital letters.
    pub country: Option<String>,
    /// The time zone's name, not looked up.
    pub zone: Option<&'a str>,
    /// Where the dial should stand.
    pub level: Option<Level>,
    /// What was said about each purpose and channel; nothing said is not listed.
    pub consents: Vec<Said>,
    /// When it was said; unknown when `None`.
    pub consent_at: Option<Timestamp>,
    /// Where and to what text; not proven when `None`.
    pub consent_evidence: Option<&'a str>,
}

/// What a person said about one purpose on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The purpose.
    pub purpose: PurposeId,
    /// The channel.
    pub channel: Channel,
    /// Yes or no.
    pub answer: Answer,
}

/// An answer to a request for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Agreed.
    Yes,
    /// Refused.
    No,
}

impl<'a> Contact<'a> {
    /// Reads a row at the moment `now`; `home` is the country of numbers without a country code,
    /// unless the row names its own (ISO 3166-1, two letters).
    ///
    /// # Errors
    /// The first [`Problem`] met.
    pub fn read(row: &Row<'a>, now: Timestamp, home: &str) -> Result<Self, Problem> {
        let country = optional(row, "country", COUNTRY, country)?;
        let home = country.as_deref().unwrap_or(home);
        let contact = Self {
            customer: optional(row, "customer", CUSTOMER, customer)?,
            email: optional(row, "email", EMAIL, |cell| Identifier::email(cell).ok())?,
            phone: optional(row, "phone", PHONE, |cell| {
                Identifier::phone(cell, home).ok()
            })?,
            name: optional(row, "name", TEXT, text)?,
            language: optional(row, "language", LANGUAGE, |cell| cell.parse().ok())?,
            zone: optional(row, "zone", ZONE, zone)?,
            level: optional(row, "level", LEVEL, |cell| cell.parse().ok())?,
            consents: row.family().map(said).collect::<Result<_, _>>()?,
            consent_at: past(row, "consent_at", now)?,
            consent_evidence: optional(row, "consent_evidence", TEXT, text)?,
            country,
        };
        if contact.identifiers().next().is_none() {
            return Err(Problem::AllEmpty("customer, email, phone"));
        }
        // A no counts whenever it was said; only a yes must be provable.
        let agrees = contact.consents.iter().any(|own| own.answer == Answer::Yes);
        if agrees && contact.consent_at.is_some_and(|at| at < EARLIEST) {
            return Err(Problem::TooEarly("consent_at"));
        }
        Ok(contact)
    }

    /// What points to the person: customer number, address, number, as far as given.
    pub fn identifiers(&self) -> impl Iterator<Item = &Identifier> {
        [&self.customer, &self.email, &self.phone]
            .into_iter()
            .flatten()
    }
}

impl fmt::Debug for Contact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.identifiers().map(Identifier::kind).collect();
        write!(f, "Contact({kinds:?}, {:?})", self.consents)
    }
}

fn said((column, cell): (&str, &str)) -> Result<Said, Problem> {
    let (purpose, channel) = purpose_and_channel(column).map_err(|cause| Problem::ColumnName {
        column: column.to_owned(),
        form: "consent_<purpose>_<channel>",
        cause,
    })?;
    let answer = match yes_or_no(cell) {
        Some(true) => Answer::Yes,
        Some(false) => Answer::No,
        None => {
            return Err(unexpected(
                column,
                cell,
                &format!("{YES_OR_NO} (or nothing)"),
            ));
        }
    };
    Ok(Said {
        purpose,
        channel,
        answer,
    })
}

/// The parts of `consent_<purpose>_<channel>`. The longest channel that fits is taken, so that
/// `consent_news_social_dm` is about `social_dm`.
pub(crate) fn purpose_and_channel(column: &str) -> Result<(PurposeId, Channel), String> {
    let rest = column.strip_prefix(CONSENT).unwrap_or(column);
    let fits = |channel: &Channel| {
        rest.strip_suffix(channel.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    };
    let channel = Channel::ALL
        .into_iter()
        .filter(fits)
        .max_by_key(|c| c.as_str().len());
    let channel = channel.ok_or_else(|| format!("it does not end in {CHANNEL}"))?;
    let purpose = rest.strip_suffix(channel.as_str()).unwrap_or_default();
    let purpose = purpose.strip_suffix('_').unwrap_or_default();
    match PurposeId::parse(purpose) {
        Ok(purpose) => Ok((purpose, channel)),
        Err(_) if purpose.is_empty() => Err("it names no purpose".to_owned()),
        Err(cause) => Err(cause.to_string()),
    }
}

pub(super) fn country(cell: &str) -> Option<String> {
    let fits = cell.len() == 2 && cell.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| cell.to_ascii_uppercase())
}

fn zone(cell: &str) -> Option<&str> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    (cell.len() <= ZONE_BYTES_MAX && cell.bytes().all(letter)).then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::super::super::table::{ColumnMap, Table};
    use super::super::reading::rows;
    use super::super::{TIME, YES_OR_NO};
    use super::*;

    const HEADER: &str = "customer,email,phone,name,language,country,zone,level,\
                          consent_marketing_email,consent_at,consent_evidence";

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-21").unwrap()
    }

    fn refused(row: &str) -> String {
        let file = format!("{HEADER}\n{row}\n");
        let read = rows(&LAYOUT, &file, |row| {
            Contact::read(row, now(), "ID").map(|_| ())
        });
        read.into_iter().next().unwrap().unwrap_err()
    }

    #[test]
    fn a_row_that_can_be_read_in_two_ways_is_refused_with_its_reason() {
        for (row, problem) in [
            (
                ",,,Budi,,,,,yes,,",
                "the columns customer, email, phone are all empty; one of them is needed"
                    .to_owned(),
            ),
            (
                "budi@example.com,,,,,,,,,,",
                format!("column `customer` has the form `aaaa@aaaaaaa.aaa`; expected {CUSTOMER}"),
            ),
            (
                "1,budi,,,,,,,,,",
                format!("column `email` has the form `aaaa`; expected {EMAIL}"),
            ),
            (
                "1,,081x,,,,,,,,",
                format!("column `phone` has the form `999a`; expected {PHONE}"),
            ),
            (
                "1,,,,french,,,,,,",
                format!("column `language` has the form `aaaaaa`; expected {LANGUAGE}"),
            ),
            (
                "1,,,,,Indonesia,,,,,",
                format!("column `country` has the form `aaaaaaaaa`; expected {COUNTRY}"),
            ),
            (
                "1,,,,,,Asia Jakarta,,,,",
                format!("column `zone` has the form `aaaa aaaaaaa`; expected {ZONE}"),
            ),
            (
                "1,,,,,,,4,,,",
                "column `level` has the form `4`; expected a level: 0, 1, 2, 3".to_owned(),
            ),
            (
                "1,,,,,,,,maybe,,",
                format!(
                    "column `consent_marketing_email` has the form `aaaaa`; expected {YES_OR_NO} (or nothing)"
                ),
            ),
            (
                "1,,,,,,,,yes,2026-11-21T00:00:01Z,",
                "column `consent_at` is in the future; expected a time that has passed".to_owned(),
            ),
            (
                "1,,,,,,,,yes,1969-12-31,",
                "column `consent_at` is before 1970-01-02T00:00:00Z; expected when the person agreed, \
                 or nothing"
                    .to_owned(),
            ),
            (
                "1,,,,,,,,yes,soon,",
                format!("column `consent_at` has the form `aaaa`; expected {TIME}"),
            ),
        ] {
            assert_eq!(refused(row), problem);
        }
    }

    #[test]
    fn a_consent_column_about_no_known_channel_refuses_the_file() {
        for (column, cause) in [
            (
                "consent_marketing_fax",
                format!("it does not end in {CHANNEL}"),
            ),
            ("consent_marketing", format!("it does not end in {CHANNEL}")),
            ("consent_email", "it names no purpose".to_owned()),
        ] {
            let file = std::io::Cursor::new(format!("email,{column}\n"));
            let error = Table::open(file, &LAYOUT, ColumnMap::default())
                .err()
                .unwrap();
            assert_eq!(
                error.to_string(),
                format!(
                    "first line: column `{column}` is not consent_<purpose>_<channel>: {cause}"
                )
            );
        }
    }

    #[test]
    fn a_purpose_may_hold_a_channels_name() {
        let parts = |column| {
            let (purpose, channel) = purpose_and_channel(column).unwrap();
            (purpose.to_string(), channel)
        };
        assert_eq!(
            parts("consent_news_social_dm"),
            ("news".to_owned(), Channel::SocialDm)
        );
        assert_eq!(
            parts("consent_email_tips_sms"),
            ("email_tips".to_owned(), Channel::Sms)
        );
        assert_eq!(parts("consent_at_email"), ("at".to_owned(), Channel::Email));
    }

    #[test]
    fn only_yes_is_yes_and_no_is_kept() {
        let words = ["YES", "true", "1", "Ya", "no", "False", "0", "tidak", ""];
        let body: String = words.iter().map(|word| format!("1,{word}\n")).collect();
        let file = format!("customer,Consent_Marketing_Email\n{body}");
        let answers: Vec<_> = rows(&LAYOUT, &file, |row| {
            Ok(Contact::read(row, now(), "ID")?
                .consents
                .first()
                .map(|said| said.answer))
        });
        let (yes, no) = (Ok(Some(Answer::Yes)), Ok(Some(Answer::No)));
        let expected = [&yes, &yes, &yes, &yes, &no, &no, &no, &no, &Ok(None)];
        assert_eq!(answers.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_full_row_is_read_and_its_own_country_completes_the_number() {
        let file = format!(
            "{HEADER}\n7, Budi@Example.com ,020 7946 0000,Budi,en-GB,gb,Europe/London,2,ya,\
             2026-01-02T03:04:05+07:00,signup form\n"
        );
        let read = rows(&LAYOUT, &file, |row| {
            let contact = Contact::read(row, now(), "ID")?;
            assert_eq!(contact.email, Identifier::email("budi@example.com").ok());
            assert_eq!(contact.phone, Identifier::phone("+442079460000", "GB").ok());
            assert_eq!(
                (contact.language, contact.level),
                (Some(Language::En), Some(Level::Purchases))
            );
            assert_eq!(contact.country.as_deref(), Some("GB"));
            assert_eq!(
                contact.consent_at,
                Timestamp::parse("2026-01-01T20:04:05Z").ok()
            );
            assert_eq!(contact.consent_evidence, Some("signup form"));
            assert_eq!(contact.identifiers().count(), 3);
            Ok(format!("{contact:?}"))
        });
        assert_eq!(
            read,
            [Ok(
                "Contact([Customer, Email, Phone], [Said { purpose: \"marketing\", \
                 channel: Email, answer: Yes }])"
                    .to_owned()
            )]
        );
    }
}
