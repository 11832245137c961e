//! Columns that seem to hold somebody's answer although they are not called as we call them. A no in
//! one would be lost in silence, so a file that has one is refused until somebody says what it is.

use izin_core::Channel;

use super::super::table::Likeness;

/// Parts of names in which a yes is a no, without what stands between words.
const CONTRARY: [&str; 16] = [
    "unsubscri",
    "optout",
    "optedout",
    "donotcontact",
    "donotcall",
    "donotmail",
    "donotemail",
    "donotsend",
    "nocontact",
    "suppress",
    "blacklist",
    "berhenti",
    "tolak",
    "nolak",
    "janganhubungi",
    "blokir",
];
/// Words that say the same alone.
const CONTRARY_WORDS: [&str; 2] = ["dnc", "stop"];
/// Parts of names that ask for a yes or no.
const SAME: [&str; 5] = ["optin", "optedin", "subscribe", "newsletter", "langganan"];
/// Words that say the same alone.
const SAME_WORDS: [&str; 2] = ["setuju", "persetujuan"];

/// What a column seems to be about; its name is in lower case.
pub(super) fn likeness(name: &str) -> Likeness {
    let words: Vec<_> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.concat();
    let has = |parts: &[&str], alone: &[&str]| {
        parts.iter().any(|part| joined.contains(part))
            || words.iter().any(|word| alone.contains(word))
    };
    if has(&CONTRARY, &CONTRARY_WORDS) {
        return Likeness::Contrary;
    }
    let is_customer = joined.starts_with("pelanggan");
    let is_same = joined.starts_with("consent") || (has(&SAME, &SAME_WORDS) && !is_customer);
    if is_same || is_marketing(&words) {
        Likeness::Same
    } else {
        Likeness::Other
    }
}

/// Marketing alone, or on some channel: `accepts_marketing`, `email marketing`, but not
/// `marketing_budget`.
fn is_marketing(words: &[&str]) -> bool {
    let channel = |word: &&str| word.parse::<Channel>().is_ok();
    let about = |word: &&str| matches!(*word, "accepts" | "terima") || channel(word);
    words.contains(&"marketing") && (words.len() == 1 || words.iter().any(about))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_may_hold_a_no_is_known_by_its_name() {
        for name in [
            "unsubscribed",
            "opt_out",
            "optout",
            "email opt-out",
            "opted_out_at",
            "do_not_contact",
            "do not call",
            "dnc",
            "stop",
            "berhenti",
            "tolak",
            "menolak_promosi",
        ] {
            assert_eq!(likeness(name), Likeness::Contrary, "{name}");
        }
        for name in [
            "consent",
            "consentmarketingemail",
            "marketing",
            "marketing_email",
            "accepts sms marketing",
            "opt_in",
            "subscribed",
            "newsletter",
            "berlangganan",
            "setuju",
        ] {
            assert_eq!(likeness(name), Likeness::Same, "{name}");
        }
    }

    #[test]
    fn other_columns_are_about_something_else() {
        for name in [
            "gender",
            "work_email",
            "marketing_budget",
            "options",
            "pelanggan",
            "nama_pelanggan",
            "stopover",
            "line",
            "problem",
            "",
        ] {
            assert_eq!(likeness(name), Likeness::Other, "{name}");
        }
    }
}
