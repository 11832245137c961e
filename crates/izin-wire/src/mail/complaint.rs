//! Complaints that mailbox providers pass on (RFC 5965, *ARF*): somebody pressed *spam*. Start at
//! [`read`].

use super::bounce::RETURNED;
use super::field::{self, Fields, address};
use super::part::parts;

/// The part that says what somebody complains of.
const REPORT: &str = "message/feedback-report";

/// Recipients of one report that are read.
const RECIPIENTS_MAX: usize = 64;

/// What a report says.
#[derive(Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Its type, in lower case: `abuse`, `not-spam`, `auth-failure`…
    pub feedback_type: String,
    /// The addresses it names; providers hide them, so there may be none.
    pub recipients: Vec<String>,
    /// The header of the mail it is about, as far as it came back.
    pub returned: Fields,
}

impl Complaint {
    /// Whether somebody wants no more: *spam* was pressed, or the provider passes an opt-out on. A
    /// fraud or a virus is another matter, and *not spam* is the opposite.
    #[must_use]
    pub fn is_complaint(&self) -> bool {
        matches!(
            self.feedback_type.as_str(),
            "abuse" | "opt-out" | "opt-out-list"
        )
    }

    /// Reads the fields of a report.
    #[must_use]
    pub fn of_fields(fields: &Fields, returned: Fields) -> Option<Self> {
        let feedback_type = fields.get("Feedback-Type")?.trim().to_ascii_lowercase();
        let named = ["Original-Rcpt-To", "Removal-Recipient"];
        let mut recipients: Vec<String> = Vec::new();
        for own in named
            .iter()
            .flat_map(|name| fields.all(name))
            .filter_map(address)
        {
            if recipients.len() < RECIPIENTS_MAX && !recipients.iter().any(|known| known == own) {
                recipients.push(own.to_owned());
            }
        }
        Some(Self {
            feedback_type,
            recipients,
            returned,
        })
    }
}

/// Reads a complaint; `None` for a mail that is none.
#[must_use]
pub fn read(raw: &[u8]) -> Option<Complaint> {
    let all = parts(raw, &[&[REPORT][..], &RETURNED].concat());
    let (reports, returned): (Vec<_>, Vec<_>) = all.into_iter().partition(|own| own.kind == REPORT);
    let mut blocks = reports.iter().flat_map(|own| field::blocks(&own.contents));
    let fields = blocks.find(|own| own.get("Feedback-Type").is_some())?;
    let returned = returned.first().map(|own| Fields::of_header(&own.contents));
    let returned = returned.unwrap_or_default();
    Complaint::of_fields(&fields, returned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(fields: &str) -> Vec<u8> {
        format!(
            "From: fbl@provider.example\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; \
             boundary=b\n\n--b\nContent-Type: text/plain\n\nThis is a complaint.\n--b\n\
             Content-Type: message/feedback-report\n\n{fields}\n--b\nContent-Type: message/rfc822\n\n\
             CFBL-Feedback-ID: abc\nTo: siti@example.com\n\nBuy!\n--b--\n"
        )
        .into_bytes()
    }

    #[test]
    fn what_is_no_complaint_silences_nobody() {
        for kind in [
            "not-spam",
            "auth-failure",
            "fraud",
            "virus",
            "other",
            "",
            "abusive",
            "x-abuse",
        ] {
            let own = read(&report(&format!(
                "Feedback-Type: {kind}\nOriginal-Rcpt-To: siti@example.com"
            )))
            .unwrap();
            assert!(!own.is_complaint(), "{kind}");
        }
        for raw in [
            &b""[..],
            b"Feedback-Type: abuse\r\n\r\nx",
            &report("User-Agent: x"),
            &[0; 64],
        ] {
            assert!(read(raw).is_none());
        }
    }

    #[test]
    fn a_complaint_is_read_with_all_it_names() {
        let own = read(&report(
            "User-Agent: x/1\nVersion: 0.1\nSource-Ip: x.x.x.x\nFeedback-Type: Abuse\nOriginal-Rcpt-To: <siti@example.com>\n\
             Original-Rcpt-To: budi@example.com\nOriginal-Rcpt-To: siti@example.com\nRemoval-Recipient: 4f0e@hidden.example\n\
             Received-Date: x",
        ))
        .unwrap();
        assert!(own.is_complaint());
        assert_eq!(
            own.recipients,
            [
                "siti@example.com",
                "budi@example.com",
                "4f0e@hidden.example"
            ]
        );
        assert_eq!(own.returned.get("cfbl-feedback-id"), Some("abc"));
        for kind in ["opt-out", "Opt-Out-List", "ABUSE"] {
            assert!(
                read(&report(&format!("Feedback-Type: {kind}")))
                    .unwrap()
                    .is_complaint(),
                "{kind}"
            );
        }
    }
}
