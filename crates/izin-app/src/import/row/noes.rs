//! The noes in a row that is refused. A refusal weighs more than its paperwork: whatever else is
//! wrong beside it, it counts for every address and number that can be read.
//!
//! Nothing but a no is read here, and of a cell that names several people each one.

use izin_core::{Channel, Identifier, RefusalKind, Scope, Timestamp, refusal};

use super::super::table::Row;
use super::contacts::{country, purpose_and_channel};
use super::{TIME, customer, optional, suppressions, time, yes_or_no};

/// Addresses read from one cell: more are a list, which has its own file.
const CELL_ADDRESSES_MAX: usize = 1_000;
/// What stands between the addresses of one cell and around them, tried one after the other: a slash
/// and brackets may also be part of a telephone number.
const BETWEEN: [&[char]; 3] = [
    &[
        ',', ';', '|', '<', '>', '"', '\n', '\r', '\t', '\'', '`', '&', '\u{2018}', '\u{2019}',
        '\u{2022}', '\u{ff0c}',
    ],
    &['/'],
    &['(', ')'],
];
/// A country whose numbers have no form of their own here: then only a `+` makes a number certain.
const NO_HOME: &str = "";

/// The noes of one row, each of them said by everybody in it. Printing them shows nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noes {
    /// Whose they are.
    pub identifiers: Vec<Identifier>,
    /// What kind of no.
    pub kind: RefusalKind,
    /// What each of them covers.
    pub scopes: Vec<Scope>,
    /// When they were said: the moment of reading, where that is not certain.
    pub at: Timestamp,
}

impl Noes {
    /// Those of a contact. A word that ends a subscription is a no here too.
    #[must_use]
    pub fn of_contact(row: &Row<'_>, now: Timestamp, home: &str) -> Self {
        let home = match row.get("country") {
            None => home.to_owned(),
            Some(cell) => country(cell).unwrap_or_else(|| NO_HOME.to_owned()),
        };
        let scopes = row.family().filter(|(_, cell)| is_no(cell));
        let scopes = scopes.filter_map(|(column, _)| {
            let (purpose, channel) = purpose_and_channel(column).ok()?;
            Some(Scope::purpose(purpose, channel))
        });
        Self {
            identifiers: identifiers(row, &home),
            kind: RefusalKind::OptedOut,
            scopes: scopes.collect(),
            at: said_at(row, "consent_at", now),
        }
    }

    /// That of a suppression: on every channel, where the channel cannot be read.
    #[must_use]
    pub fn of_suppression(row: &Row<'_>, now: Timestamp, home: &str) -> Self {
        let channel: Option<Channel> = row.get("channel").and_then(suppressions::channel);
        Self {
            identifiers: identifiers(row, home),
            kind: suppressions::kind_in(row),
            scopes: vec![channel.map_or(Scope::EVERYTHING, Scope::channel)],
            at: said_at(row, "occurred_at", now),
        }
    }

    /// Each no with whose it is.
    pub fn each(&self) -> impl Iterator<Item = (Identifier, RefusalKind, Scope, Timestamp)> {
        self.identifiers.iter().flat_map(|own| {
            let noes = self.scopes.iter();
            noes.map(|scope| (own.clone(), self.kind, *scope, self.at))
        })
    }
}

/// Whether a cell is a no, or one of several values given for it (NDJSON) is. Quotes in it, which
/// may be what the row is refused for, are no part of it.
fn is_no(cell: &str) -> bool {
    let ends = [RefusalKind::OptedOut, RefusalKind::Complained];
    let is_one =
        |value: &str| yes_or_no(value) == Some(false) || ends.contains(&suppressions::kind(value));
    let bare = cell.replace('"', "");
    bare.lines().map(str::trim).any(is_one)
}

fn said_at(row: &Row<'_>, column: &str, now: Timestamp) -> Timestamp {
    refusal::said_at(optional(row, column, TIME, time).ok().flatten(), now)
}

/// Everybody whom the row names for certain. What is no customer number may be an address.
fn identifiers(row: &Row<'_>, home: &str) -> Vec<Identifier> {
    let email = |cell: &str| Identifier::email(cell).ok();
    let phone_of = |cell: &str, home: &str| {
        let whole = || cell.trim().strip_suffix(".00").unwrap_or(cell);
        let read = Identifier::phone(cell, home).or_else(|_| Identifier::phone(whole(), home));
        read.ok()
    };
    let phone = |cell: &str| phone_of(cell, home);
    let abroad = |cell: &str| phone_of(cell, NO_HOME);
    let numbered = |cell: &str| {
        customer(cell)
            .or_else(|| email(cell))
            .or_else(|| abroad(cell))
    };
    let mut found = Vec::new();
    let numbers = row.get("customer").unwrap_or_default().lines();
    for own in numbers
        .filter_map(|number| numbered(number.trim()))
        .chain(each_of(row.get("email"), |cell| {
            email(cell).or_else(|| phone(cell))
        }))
        .chain(each_of(row.get("phone"), |cell| {
            phone(cell).or_else(|| email(cell))
        }))
    {
        if !found.contains(&own) {
            found.push(own);
        }
    }
    found
}

/// What a cell names: one, as it stands; else each of several.
fn each_of(cell: Option<&str>, read: impl Fn(&str) -> Option<Identifier>) -> Vec<Identifier> {
    let mut found = parts_of(cell.unwrap_or_default(), &BETWEEN, &read);
    found.truncate(CELL_ADDRESSES_MAX);
    found
}

fn parts_of(
    text: &str,
    between: &[&[char]],
    read: &impl Fn(&str) -> Option<Identifier>,
) -> Vec<Identifier> {
    match (read(text), between.split_first()) {
        (Some(own), _) => vec![own],
        (None, None) => Vec::new(),
        (None, Some((first, rest))) => {
            let parts = text.split(*first);
            parts.flat_map(|part| parts_of(part, rest, read)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use izin_core::PurposeId;

    use super::super::super::table::Layout;
    use super::super::reading::rows;
    use super::super::{contacts, suppressions};
    use super::*;

    type Read = fn(&Row<'_>, Timestamp, &str) -> Noes;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-21").unwrap()
    }

    fn read(kind: (&'static Layout, Read), header: &str, row: &str) -> Noes {
        let (layout, read) = kind;
        let file = format!("{header}\n{row}\n");
        let mut read = rows(layout, &file, |row| Ok(read(row, now(), "ID")));
        read.pop().unwrap().unwrap()
    }

    fn contact(row: &str) -> Noes {
        let header = "customer,email,phone,country,language,consent_marketing_email,\
                      consent_marketing_sms,consent_at";
        read((&contacts::LAYOUT, Noes::of_contact), header, row)
    }

    fn suppression(row: &str) -> Noes {
        let header = "email,phone,channel,reason,occurred_at";
        read((&suppressions::LAYOUT, Noes::of_suppression), header, row)
    }

    fn email(text: &str) -> Identifier {
        Identifier::email(text).unwrap()
    }

    fn phone(text: &str) -> Identifier {
        Identifier::phone(text, "ID").unwrap()
    }

    fn marketing(channel: Channel) -> Scope {
        Scope::purpose(PurposeId::parse("marketing").unwrap(), channel)
    }

    #[test]
    fn no_no_is_read_from_a_yes_an_empty_cell_or_a_word_of_doubt() {
        for row in [
            "1,a@example.com,,,,yes,,",
            "1,a@example.com,,,,,,",
            "1,a@example.com,,,,maybe,?,",
            "1,a@example.com,,,,manual,legal,",
        ] {
            assert_eq!(contact(row).each().count(), 0, "{row}");
        }
    }

    #[test]
    fn nobody_is_guessed_from_what_names_nobody_for_certain() {
        for row in [
            ",budi at example.com,,,,no,,",
            ",b udi@example.com,,,,no,,",
            ",,12,,,no,,",
            ",,0812 0000 0001,Indonesia,,no,,",
        ] {
            assert_eq!(contact(row).identifiers, [], "{row}");
        }
    }

    #[test]
    fn a_no_beside_any_mistake_is_read_for_every_readable_address() {
        let noes = contact("7,a@example.com,12,,french,no,tidak,soon");
        let number = Identifier::customer("7").unwrap();
        assert_eq!(noes.identifiers, [number, email("a@example.com")]);
        let (by_email, by_sms) = (marketing(Channel::Email), marketing(Channel::Sms));
        assert_eq!(noes.scopes, [by_email, by_sms]);
        assert_eq!((noes.kind, noes.at), (RefusalKind::OptedOut, now()));
        assert_eq!(noes.each().count(), 4);
        assert_eq!(contact(",a@example.com,,,,no\",,").each().count(), 1);
        let noes = contact("a@example.com,a@example.com,,,,Unsubscribed,yes,2026-01-02");
        assert_eq!(noes.identifiers, [email("a@example.com")]);
        assert_eq!(noes.scopes, [by_email]);
        assert_eq!(noes.at, Timestamp::parse("2026-01-02").unwrap());
    }

    #[test]
    fn of_several_addresses_in_one_cell_each_is_read() {
        let noes = contact(",a@example.com; Budi <b@example.com>; c,0812 0000 0001 | 12,,,no,,");
        let both = [email("a@example.com"), email("b@example.com")];
        assert_eq!(noes.identifiers[..2], both);
        assert_eq!(noes.identifiers[2..], [phone("+6281200000001")]);
        let noes =
            contact(",\"a@example.com\nBudi (b@example.com)\",0812 0000 0001/081200000002,,,no,,");
        assert_eq!(noes.identifiers[..2], both);
        let numbers = [phone("+6281200000001"), phone("+6281200000002")];
        assert_eq!(noes.identifiers[2..], numbers);
        let noes = contact(",(0812) 0000 0001/02,'a@example.com',,,no,,");
        let others = [numbers[0].clone(), email("a@example.com")];
        assert_eq!(
            noes.identifiers, others,
            "a number in the wrong cell, the end of a second"
        );
    }

    #[test]
    fn a_number_written_as_an_amount_keeps_its_no() {
        for cell in ["6281200000001.0", "6281200000001.00", "\"6281200000001,0\""] {
            let noes = suppression(&format!(",{cell},,,"));
            assert_eq!(noes.identifiers, [phone("+6281200000001")], "{cell}");
        }
    }

    #[test]
    fn a_suppression_whose_channel_or_time_cannot_be_read_covers_everything_from_now() {
        let noes = suppression("a@example.com,08x,fax,spam,tomorrow");
        assert_eq!(noes.identifiers, [email("a@example.com")]);
        assert_eq!(noes.scopes, [Scope::EVERYTHING]);
        assert_eq!((noes.kind, noes.at), (RefusalKind::Complained, now()));
        let noes = suppression("a at b,0812 0000 0001,SMS,,2027-01-01");
        assert_eq!(noes.identifiers, [phone("+6281200000001")]);
        assert_eq!(noes.scopes, [Scope::channel(Channel::Sms)]);
        assert_eq!(
            (noes.kind, noes.at),
            (RefusalKind::ImportedSuppression, now())
        );
    }
}
