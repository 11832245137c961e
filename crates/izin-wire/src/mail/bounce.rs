//! Delivery reports (RFC 3464), with the faults of real ones: what became of a mail, recipient by
//! recipient. A report is no refusal, and a delay is not even a failure. Start at [`read`].

use super::field::{self, Fields, address};
use super::part::parts;

/// The parts that say what became of a mail.
const REPORTS: [&str; 2] = ["message/delivery-status", "message/global-delivery-status"];
/// Recipients of one report that are read.
const RECIPIENTS_MAX: usize = 1_024;
/// The parts in which it comes back, or its header.
pub(super) const RETURNED: [&str; 4] = [
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
];

/// What a report says.
#[derive(Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Each recipient it is about.
    pub recipients: Vec<Recipient>,
    /// The header of the mail it is about, as far as it came back.
    pub returned: Fields,
}

/// What became of a mail for one recipient. Without `Debug`: it names a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address, as the report has it.
    pub address: String,
    /// What was done.
    pub outcome: Outcome,
    /// Why, as far as it says.
    pub cause: Cause,
}

/// What was done with a mail (RFC 3464 §2.3.3). The action decides, not the digits of the status:
/// real reports give up with a status that says *try again*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was given up.
    Failed,
    /// It is tried again.
    Delayed,
    /// It went on: delivered, relayed, expanded.
    Other,
}

/// Whose trouble a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// There is no such address, or none any more: no mail to it will arrive.
    NoSuchAddress,
    /// The mailbox takes none now.
    Full,
    /// The sender or what was sent is not wanted there.
    Policy,
    /// It does not say, or something else.
    Other,
}

/// Reads a delivery report; `None` for a mail that is none.
#[must_use]
pub fn read(raw: &[u8]) -> Option<Bounce> {
    let all = parts(raw, &[&REPORTS[..], &RETURNED].concat());
    let (reports, returned): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|own| REPORTS.contains(&own.kind.as_str()));
    if reports.is_empty() {
        return None;
    }
    let mut recipients: Vec<Recipient> = Vec::new();
    let blocks = reports.iter().flat_map(|own| field::blocks(&own.contents));
    for own in blocks.filter_map(|own| recipient(&own)) {
        if recipients.len() < RECIPIENTS_MAX && !recipients.contains(&own) {
            recipients.push(own);
        }
    }
    let returned = returned.first();
    let returned = returned.map(|own| Fields::of_header(&own.contents));
    Some(Bounce {
        recipients,
        returned: returned.unwrap_or_default(),
    })
}

/// A block about one recipient; the first block, about the mail, is none.
fn recipient(fields: &Fields) -> Option<Recipient> {
    let outcome = match fields.get("Action")?.to_ascii_lowercase() {
        own if own.starts_with("fail") || own.starts_with("error") => Outcome::Failed,
        own if own.starts_with("delay") => Outcome::Delayed,
        _ => Outcome::Other,
    };
    // Whom we had sent it to; the final one may be whoever they pass their mail on to.
    let named = [
        "Original-Recipient",
        "Final-Recipient",
        "X-Actual-Recipient",
    ];
    let address = named
        .iter()
        .find_map(|name| fields.all(name).find_map(address))?;
    Some(Recipient {
        address: address.to_owned(),
        outcome,
        cause: cause(fields),
    })
}

fn cause(fields: &Fields) -> Cause {
    let status = fields.get("Status").and_then(status);
    let said = fields.get("Diagnostic-Code").unwrap_or_default();
    let said = said.to_ascii_lowercase();
    match status {
        Some([_, 1, 1..=6 | 10]) | Some([_, 2, 1]) => Cause::NoSuchAddress,
        Some([_, 2, 2]) => Cause::Full,
        Some([_, 7, _]) => Cause::Policy,
        Some([5, 0, _]) | None if NO_SUCH.iter().any(|own| said.contains(own)) => {
            Cause::NoSuchAddress
        }
        _ => Cause::Other,
    }
}

/// What servers say that give no status of their own.
const NO_SUCH: [&str; 6] = [
    "user unknown",
    "unknown user",
    "no such user",
    "no such recipient",
    "does not exist",
    "no mailbox here by that name",
];

/// The three numbers of a status (RFC 3463 §2), whatever stands behind them.
fn status(text: &str) -> Option<[u16; 3]> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let numbers: Vec<u16> = text
        .get(..end)?
        .split('.')
        .map_while(|own| own.parse().ok())
        .collect();
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(kind: &str, blocks: &str) -> Vec<u8> {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nMIME-Version: 1.0\r\nContent-Type: {kind}; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry, siti@example.com failed.\r\n--b\r\n\
             Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{blocks}\r\n--b\r\n\
             Content-Type: message/rfc822\r\n\r\nMessage-ID: <1@toko.example>\r\nTo: siti@example.com\r\n\r\nhello\r\n--b--\r\n"
        )
        .into_bytes()
    }

    fn found(blocks: &str) -> Vec<(String, Outcome, Cause)> {
        let bounce = read(&report("multipart/report", blocks)).unwrap();
        let own = bounce.recipients.into_iter();
        own.map(|own| (own.address, own.outcome, own.cause))
            .collect()
    }

    fn one(action: &str, rest: &str) -> (Outcome, Cause) {
        let found = found(&format!(
            "Final-Recipient: rfc822; siti@example.com\r\nAction: {action}\r\n{rest}\r\n"
        ));
        let [(address, outcome, cause)] = found.as_slice() else {
            panic!("one recipient");
        };
        assert_eq!(address, "siti@example.com");
        (*outcome, *cause)
    }

    #[test]
    fn what_is_no_report_is_none() {
        for raw in [
            &b""[..],
            b"x",
            b"Subject: Out of office\r\n\r\nI am away: 5.1.1 siti@example.com",
            &[0xff; 9],
            b"\r\n\r\n",
        ] {
            assert!(read(raw).is_none());
        }
        assert_eq!(found("Reporting-MTA: dns; x"), [], "nobody is named");
        assert_eq!(found("Final-Recipient: x400; /S=a/\r\nAction: failed"), []);
        assert_eq!(
            found("Final-Recipient: rfc822; siti@example.com"),
            [],
            "nothing was done"
        );
    }

    #[test]
    fn the_action_decides_whatever_the_status_says() {
        for action in [
            "failed",
            "FAILED",
            "failure",
            "error",
            "failed (Bad destination mailbox address)",
        ] {
            assert_eq!(one(action, "Status: 4.4.7").0, Outcome::Failed, "{action}");
        }
        for action in ["delayed", "Delayed"] {
            assert_eq!(one(action, "Status: 5.1.1").0, Outcome::Delayed, "{action}");
        }
        for action in ["delivered", "relayed", "expanded", "", "unfailed"] {
            assert_eq!(one(action, "Status: 5.1.1").0, Outcome::Other, "{action}");
        }
    }

    #[test]
    fn a_failure_is_the_addresses_only_where_it_says_so() {
        let cause = |rest: &str| one("failed", rest).1;
        for rest in [
            "Status: 5.1.1",
            "Status: 5.1.1 (bad destination mailbox address)",
            "Status: 5.1.10",
            "Status: 5.2.1",
            "Status: 5.0.0\r\nDiagnostic-Code: smtp; 550 User unknown",
            "Diagnostic-Code: smtp; 550 <siti@example.com>: No such user",
        ] {
            assert_eq!(cause(rest), Cause::NoSuchAddress, "{rest}");
        }
        assert_eq!(cause("Status: 5.2.2"), Cause::Full);
        assert_eq!(
            cause("Status: 5.7.1\r\nDiagnostic-Code: smtp; 550 user unknown"),
            Cause::Policy
        );
        for rest in [
            "",
            "Status: 5.4.4",
            "Status: 5.0.0",
            "Status: 5",
            "Status: x",
            "Status: 5.1",
            "Status: 99999.1.1",
        ] {
            assert_eq!(cause(rest), Cause::Other, "{rest}");
        }
    }

    #[test]
    fn each_recipient_is_told_apart_by_the_address_we_had_sent_to() {
        let all = found(
            "Original-Recipient: rfc822;siti@example.com\r\nFinal-Recipient: rfc822;passed-on@example.org\r\nAction: failed\r\n\
             Status: 5.1.1\r\n\r\nFinal-Recipient: <budi@example.com>\r\nAction: delayed\r\n\r\n\
             Final-Recipient: <budi@example.com>\r\nAction: delayed\r\n",
        );
        let all: Vec<_> = all
            .iter()
            .map(|(own, outcome, _)| (own.as_str(), *outcome))
            .collect();
        assert_eq!(
            all,
            [
                ("siti@example.com", Outcome::Failed),
                ("budi@example.com", Outcome::Delayed)
            ]
        );
    }

    #[test]
    fn the_mail_it_is_about_is_known_by_its_header() {
        for kind in [
            "multipart/report; report-type=delivery-status",
            "multipart/mixed",
        ] {
            let bounce = read(&report(
                kind,
                "Final-Recipient: a@b.example\r\nAction: failed",
            ))
            .unwrap();
            assert_eq!(
                bounce.returned.get("message-id"),
                Some("<1@toko.example>"),
                "{kind}"
            );
            assert_eq!(bounce.returned.get("Subject"), None);
        }
    }
}
