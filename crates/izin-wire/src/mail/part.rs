//! The parts of a mail (RFC 2045, 2046), by their type. Ours, since the reader we know best can be made
//! to panic by a mail that ends in the wrong place. A mail that is broken is read as far as it goes.

use std::borrow::Cow;

use super::encoding;
use super::field::{Fields, body_start};

/// Parts that are looked at.
const PARTS_MAX: usize = 256;
/// How deep parts may lie in parts: a report holds a mail that holds a report.
const DEPTH_MAX: usize = 8;
/// The longest boundary there may be (RFC 2046 §5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;

/// A part, decoded.
pub(super) struct Part<'a> {
    /// Its type in lower case, such as `message/rfc822`.
    pub(super) kind: String,
    /// What it holds.
    pub(super) contents: Cow<'a, [u8]>,
}

/// The parts of these types, in order, also inside of mails that are parts themselves.
pub(super) fn parts<'a>(raw: &'a [u8], types: &[&str]) -> Vec<Part<'a>> {
    let mut looking = Looking {
        types,
        found: Vec::new(),
        left: PARTS_MAX,
    };
    looking.mail(Cow::Borrowed(raw), DEPTH_MAX);
    looking.found
}

/// The words of a mail that somebody wrote: its first part of plain text, down to where it repeats another
/// mail; whatever follows is not theirs.
#[must_use]
pub fn words(raw: &[u8]) -> String {
    let all = parts(raw, &["text/plain"]);
    let Some(first) = all.first() else {
        return String::new();
    };
    let text = String::from_utf8_lossy(&first.contents);
    let is_repeated = |line: &&str| {
        line.starts_with('>')
            || line.starts_with("-----")
            || line.ends_with("wrote:")
            || line.ends_with("menulis:")
    };
    let own = text
        .lines()
        .map(str::trim)
        .take_while(|line| !is_repeated(line));
    own.collect::<Vec<_>>().join("\n")
}

struct Looking<'t, 'a> {
    types: &'t [&'t str],
    found: Vec<Part<'a>>,
    left: usize,
}

impl<'a> Looking<'_, 'a> {
    /// Looks at a mail, or a part with its own header.
    fn mail(&mut self, raw: Cow<'a, [u8]>, depth: usize) {
        let (Some(left), Some(deeper)) = (self.left.checked_sub(1), depth.checked_sub(1)) else {
            return;
        };
        self.left = left;
        let start = body_start(&raw);
        let (header, _) = raw.split_at(start);
        let fields = Fields::of_header(header);
        let declared = fields.get("Content-Type").unwrap_or("text/plain");
        let (kind, boundary) = content_type(declared);
        let body = match raw {
            Cow::Borrowed(own) => Cow::Borrowed(own.split_at(start).1),
            Cow::Owned(mut own) => Cow::Owned(own.split_off(start)),
        };
        if kind.starts_with("multipart/") {
            if let Some(boundary) = boundary {
                self.each(body, &boundary, deeper);
            }
            return;
        }
        let contents = encoding::decoded(
            body,
            fields.get("Content-Transfer-Encoding").unwrap_or_default(),
        );
        let is_mail = matches!(kind.as_str(), "message/rfc822" | "message/global");
        if self.types.contains(&kind.as_str()) {
            let contents = contents.clone();
            self.found.push(Part { kind, contents });
        }
        if is_mail {
            self.mail(contents, deeper);
        }
    }

    /// Looks at what stands between the lines of a boundary.
    fn each(&mut self, body: Cow<'a, [u8]>, boundary: &str, depth: usize) {
        match body {
            Cow::Borrowed(own) => {
                for part in between(own, boundary) {
                    self.mail(Cow::Borrowed(part), depth);
                }
            }
            Cow::Owned(own) => {
                for part in between(&own, boundary) {
                    self.mail(Cow::Owned(part.to_vec()), depth);
                }
            }
        }
    }
}

/// The pieces of a body between the lines of a boundary; the last may lack its end.
fn between<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let mut pieces = Vec::new();
    let (mut begun, mut place) = (None, 0_usize);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let start = place;
        place = place.saturating_add(line.len());
        let Some(behind) = line
            .strip_prefix(b"--")
            .and_then(|own| own.strip_prefix(boundary.as_bytes()))
        else {
            continue;
        };
        let is_end = behind.starts_with(b"--");
        if !is_end && !behind.trim_ascii().is_empty() {
            continue;
        }
        pieces.extend(begun.and_then(|begun| body.get(begun..start)));
        begun = (!is_end).then_some(place);
        if is_end || pieces.len() >= PARTS_MAX {
            return pieces;
        }
    }
    pieces.extend(begun.and_then(|begun| body.get(begun..)));
    pieces
}

/// The type in lower case, and the boundary if there is one.
fn content_type(value: &str) -> (String, Option<String>) {
    let (kind, parameters) = value.split_once(';').unwrap_or((value, ""));
    let kind = kind.split('(').next().unwrap_or_default();
    let boundary = parameter(parameters, "boundary");
    let boundary = boundary.filter(|own| !own.is_empty() && own.len() <= BOUNDARY_BYTES_MAX);
    (kind.trim().to_ascii_lowercase(), boundary)
}

/// A parameter: `name=value` or `name="value"`, where a quoted value may hold anything.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut left = text;
    while let Some((name, rest)) = left.split_once('=') {
        let rest = rest.trim_start();
        let (value, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find([';', ' ', '\t']).unwrap_or(rest.len())),
        };
        let name = name.rsplit([';', ' ', '\t']).find(|own| !own.is_empty());
        if name.is_some_and(|own| own.eq_ignore_ascii_case(wanted)) {
            return Some(value.to_owned());
        }
        left = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(raw: &str, types: &[&str]) -> Vec<(String, String)> {
        let parts = parts(raw.as_bytes(), types).into_iter();
        parts
            .map(|own| {
                (
                    own.kind,
                    String::from_utf8_lossy(&own.contents).into_owned(),
                )
            })
            .collect()
    }

    fn pair(kind: &str, contents: &str) -> (String, String) {
        (kind.to_owned(), contents.to_owned())
    }

    #[test]
    fn what_breaks_off_is_read_as_far_as_it_goes() {
        let open = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\nx\n--b\nContent-Type: a/b\n\ny";
        assert_eq!(
            found(open, &["a/b"]),
            [pair("a/b", "x\n"), pair("a/b", "y")]
        );
        for raw in [
            "",
            "\n",
            "Content-Type: multipart/mixed\n\n--\nContent-Type: a/b\n\nx\n----\n",
            "Content-Type: multipart/mixed; boundary=\"\"\n\n--\nContent-Type: a/b\n\nx",
            "Content-Type: multipart/mixed; boundary=b\n\nContent-Type: a/b\n\nx",
            "Content-Type: multipart/mixed; boundary=b\n\n--bb\nContent-Type: a/b\n\nx",
            "Content-Type: multipart/mixed; boundary=b\n\n--b--\nContent-Type: a/b\n\nx",
        ] {
            assert_eq!(found(raw, &["a/b"]), [], "{raw}");
        }
        assert_eq!(found("Content-Type: a/b", &["a/b"]), [pair("a/b", "")]);
    }

    #[test]
    fn what_a_mail_repeats_is_not_what_somebody_wrote() {
        let mail = |text: &str| format!("Subject: x\nContent-Type: text/plain\n\n{text}");
        for text in [
            "halo\n> stop",
            "halo\n-----Original-----\nstop",
            "halo\nOn Monday Toko wrote:\nstop",
            "halo",
        ] {
            assert_eq!(words(mail(text).as_bytes()), "halo", "{text}");
        }
        assert_eq!(words(b"Content-Type: text/html\n\nstop"), "");
        assert_eq!(words(b"Subject: x\n\nhalo"), "halo");
    }

    #[test]
    fn parts_in_parts_end_somewhere() {
        let nested = "Content-Type: message/rfc822\n\n".repeat(100);
        assert_eq!(found(&nested, &["message/rfc822"]).len(), DEPTH_MAX);
        let many = "--b\nContent-Type: a/b\n\nx\n".repeat(PARTS_MAX * 2);
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{many}");
        assert_eq!(found(&many, &["a/b"]).len(), PARTS_MAX - 1);
    }

    #[test]
    fn a_part_is_found_by_its_type_however_it_is_declared_and_encoded() {
        let raw = "Content-Type: Multipart/Report; report-type=\"x; boundary=no\"; Boundary=\"a b=c\" (comment)\r\n\r\n\
            preamble\r\n--a b=c\r\nContent-Type: A/B; x=y\r\nContent-Transfer-Encoding: BASE64\r\n\r\naGVs\r\nbG8=\r\n--a b=c  \r\n\
            content-type: message/rfc822\r\n\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nh=65=\r\nllo\r\n--a b=c--\r\nepilogue";
        assert_eq!(
            found(raw, &["a/b"]),
            [pair("a/b", "hello"), pair("a/b", "hello\r\n")]
        );
    }
}
