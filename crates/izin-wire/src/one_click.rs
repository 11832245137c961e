//! The one-click opt-out of RFC 8058: does a POST say *stop*?
//!
//! Real mail programs get the form wrong (errata 5117 and 8927 of the RFC mend its own example),
//! so the pair counts wherever a form field may stand, whatever the request says its type is. To
//! take a press that was not one costs a person nothing but a message; to lose one is not allowed.

use crate::form;

/// The field of the pair, and of the message header that announces it.
const FIELD: &str = "List-Unsubscribe";
/// The value of the pair.
const VALUE: &str = "One-Click";

/// Whether the body of a POST holds `List-Unsubscribe=One-Click`, as a URL-encoded form
/// (RFC 8058 §3.1, MAY) or as a multipart form (SHOULD), even with a wrong boundary.
#[must_use]
pub fn reads(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    in_url_encoded(&text) || in_multipart(&text)
}

/// A line end after the pair, or between pairs, is no part of either.
fn in_url_encoded(text: &str) -> bool {
    text.lines()
        .flat_map(form::pairs)
        .any(|(name, value)| is(&name, FIELD) && is(&value, VALUE))
}

/// Looks for a part's header that names the field, then for the value after the blank line. Each line is
/// looked at once, however many name the field.
fn in_multipart(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).peekable();
    let mut is_named = false;
    while let Some(line) = lines.next() {
        is_named |= names_the_field(line);
        if !line.is_empty() || !is_named {
            continue;
        }
        if lines.peek().is_some_and(|value| is(value, VALUE)) {
            return true;
        }
        is_named = false;
    }
    false
}

/// Whether a line is `Content-Disposition: form-data; name="List-Unsubscribe"`.
fn names_the_field(line: &str) -> bool {
    let Some((header, parameters)) = line.split_once(':') else {
        return false;
    };
    is(header, "Content-Disposition")
        && parameters
            .split(';')
            .filter_map(|parameter| parameter.split_once('='))
            .any(|(name, value)| is(name, "name") && is(value.trim().trim_matches('"'), FIELD))
}

fn is(text: &str, wanted: &str) -> bool {
    text.trim().eq_ignore_ascii_case(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_hold_the_pair_is_not_a_press() {
        for body in [
            "",
            "List-Unsubscribe",
            "One-Click",
            "List-Unsubscribe=",
            "List-Unsubscribe=Two-Click",
            "List-Unsubscribe=One-Click2",
            "List-Unsubscribe-Post=One-Click",
            "X-List-Unsubscribe=One-Click",
            "note=List-Unsubscribe%3DOne-Click",
            "List-Unsubscribe%3=One-Click",
            "List-Unsubscribe: One-Click",
            "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nOne-Click\r\n--b--\r\n",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\nOne-Click\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nNo\r\n--b--",
            "--b\r\nContent-Disposition: form-data; filename=\"List-Unsubscribe\"\r\n\r\nOne-Click",
        ] {
            assert!(!reads(body.as_bytes()), "{body:?}");
        }
        assert!(!reads(b"\xff\xfe=\x00"));
    }

    #[test]
    fn the_pair_is_found_however_a_mail_program_writes_it() {
        for body in [
            "List-Unsubscribe=One-Click",
            "list-unsubscribe=one-click",
            "a=b&List-Unsubscribe=One-Click&c=d",
            "List%2DUnsubscribe=One%2dClick",
            " List-Unsubscribe = One-Click \r\n",
            "lang=id&List-Unsubscribe=+One-Click",
            "--b\nContent-Disposition: form-data; name=List-Unsubscribe\n\nOne-Click\n--b--\n",
            "--b\r\nContent-Type: text/plain\r\ncontent-disposition: FORM-DATA; NAME=\"list-unsubscribe\"\r\nX: y\r\n\r\none-click\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--other\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click",
        ] {
            assert!(reads(body.as_bytes()), "{body:?}");
        }
    }

    #[test]
    fn no_bytes_are_too_strange_to_be_read() {
        let seed =
            b"%=&+\r\n\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\xc3\x28%f";
        for start in 0..seed.len() {
            for end in start..seed.len() {
                assert!(!reads(&seed[start..end]));
            }
        }
    }
}
