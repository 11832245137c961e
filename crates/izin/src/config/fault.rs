//! Every fault of `izin.toml` and of the variables over it, gathered in one look.
//!
//! Findings show the lines that they are about. A configuration may hold what nobody else should read,
//! so of its lines only the names of settings are shown, and values that can be neither secret nor about a
//! person.

use std::ops::Range;
use std::path::Path;

use izin_app::policy::{Fault, Findings, Severity};
use izin_core::policy::Text;

use crate::indonesian::SENTENCES;

/// The faults of one configuration, as they are found.
pub(super) struct Faults<'a> {
    path: &'a Path,
    text: &'a str,
    in_file: Vec<Fault>,
    in_variables: Findings,
    /// Settings that cannot be read; what would follow from them is not judged.
    unread: Vec<String>,
}

impl<'a> Faults<'a> {
    pub(super) const fn of(path: &'a Path, text: &'a str) -> Self {
        Self {
            path,
            text,
            in_file: Vec::new(),
            in_variables: Findings::NONE,
            unread: Vec::new(),
        }
    }

    /// Takes note of a fault at a place of the file.
    pub(super) fn at(&mut self, span: Range<usize>, said: &str) {
        self.in_file.push(fault(span, said));
    }

    /// Takes note of a setting that cannot be read.
    pub(super) fn unread(&mut self, setting: String) {
        self.unread.push(setting);
    }

    /// Whether one of these settings, or of their part of the file, cannot be read.
    pub(super) fn is_unread(&self, settings: &[&str]) -> bool {
        let mut unread = self.unread.iter().map(String::as_str);
        unread.any(|own| settings.contains(&own))
    }

    /// Takes note of a fault that is about a setting or, where that is absent, about its part.
    pub(super) fn about(&mut self, settings: &[&str], said: &str) {
        let mut places = settings.iter().filter_map(|own| place(self.text, own));
        let place = places.next().unwrap_or_default();
        self.in_file.push(fault(place, said));
    }

    /// Takes note of a variable of the environment that cannot be read.
    pub(super) fn variable(&mut self, name: &str, said: &str) {
        let told = fault(0..0, &format!("the environment variable {name}: {said}"));
        let findings = Findings::of_file(Path::new(name), "", vec![told]);
        self.in_variables = std::mem::replace(&mut self.in_variables, Findings::NONE).and(findings);
        self.unread.push(name.to_owned());
    }

    /// Keeps what could be made, or takes note of why it could not.
    pub(super) fn kept<T>(&mut self, made: Result<T, String>, settings: &[&str]) -> Option<T> {
        made.map_err(|why| self.about(settings, &why)).ok()
    }

    /// Everything found; `None`: nothing.
    pub(super) fn found(self) -> Option<Findings> {
        let in_file = Findings::of_file(self.path, &masked(self.text), self.in_file);
        let all = in_file.and(self.in_variables);
        (!all.is_empty()).then_some(all)
    }
}

/// A log that would be called after this machine alone: its name stays as long as the log.
pub(super) fn nameless(path: &Path, text: &str, log_origin: &str) -> Findings {
    let text_of = |id: String, en: String| Text { id, en };
    let warning = Fault {
        code: "log_without_name",
        severity: Severity::Warning,
        span: place(text, "public_url").unwrap_or_default(),
        what: text_of(
            format!("log akan bernama `{log_origin}`, karena alamat umum belum diatur"),
            format!("the log is going to be called `{log_origin}`, since no public address is set"),
        ),
        why: text_of(
            "nama itu tetap selama log ada, dan ada di setiap bukti; tautan dalam pesan pun hanya terbuka \
             di mesin ini"
                .into(),
            "the name stays as long as the log, and in every proof; links in messages, too, open on this \
             machine alone"
                .into(),
        ),
        mend: text_of(
            "atur `public_url`, atau `log_origin`, sebelum yang pertama diimpor".into(),
            "set `public_url`, or `log_origin`, before anything is imported".into(),
        ),
    };
    Findings::of_file(path, &masked(text), vec![warning])
}

/// A fault in words; what stands behind its last semicolon is the mend.
pub(super) fn fault(span: Range<usize>, said: &str) -> Fault {
    let in_indonesian = SENTENCES.told(said);
    let parts = |said: &str, usual: &str| match said.rsplit_once("; ") {
        Some((what, mend)) => (what.to_owned(), mend.to_owned()),
        None => (said.to_owned(), usual.to_owned()),
    };
    let (id, mend_id) = parts(
        &in_indonesian,
        "`izin config print-default` menampilkan setiap pengaturan dengan penjelasannya",
    );
    let (en, mend_en) = parts(
        said,
        "`izin config print-default` shows every setting, explained",
    );
    Fault {
        code: "configuration",
        severity: Severity::Error,
        span,
        what: Text { id, en },
        why: Text {
            id: "server yang salah diatur tidak boleh berjalan seolah-olah benar".into(),
            en: "a server that is set wrongly must not run as if it were right".into(),
        },
        mend: Text {
            id: mend_id,
            en: mend_en,
        },
    }
}

/// Where a setting stands in a text: the line that begins with its name, or with `[name]`.
fn place(text: &str, setting: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let own = line.trim();
        let name = own.split('=').next().unwrap_or_default().trim();
        if name == setting || own == format!("[{setting}]") {
            return Some(start..start + line.trim_end().len());
        }
        start += line.len();
    }
    None
}

/// The settings whose values are never about a person and never secret: they are shown.
const HARMLESS: [&str; 12] = [
    "data",
    "safe",
    "policy",
    "listen",
    "public_url",
    "currency",
    "log_origin",
    "demo",
    "host",
    "port",
    "security",
    "hello",
];

/// Whether a line sets a harmless setting to one plain value and holds nothing else: no comment, and no
/// `@`, before which a name or a password may stand.
fn is_harmless((name, value): (&str, &str)) -> bool {
    let value = value.trim();
    let inside = value
        .strip_prefix('"')
        .and_then(|own| own.strip_suffix('"'));
    let plain = |own: &str| {
        !own.chars()
            .any(|c| "\"'#@=\\".contains(c) || c.is_control())
    };
    HARMLESS.contains(&name.trim()) && plain(inside.unwrap_or(value))
}

/// The same text, byte for byte as long, with nothing in it but the names of settings and parts, and
/// harmless values.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-. []".contains(c);
        let shown = match line.split_once('=') {
            Some(set) if is_harmless(set) => line.len(),
            Some((name, _)) if name.chars().all(is_name) => name.len() + 1,
            None if line.trim_end().chars().all(is_name) => line.len(),
            _ => 0,
        };
        let hidden = line.bytes().enumerate().map(|(at, byte)| match byte {
            b'\r' | b'\n' => char::from(byte),
            _ if at < shown && byte.is_ascii() => char::from(byte),
            b' ' => ' ',
            _ => '*',
        });
        masked.extend(hidden);
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_shown_says_no_more_than_the_name_of_its_setting() {
        let text = "[smtp]\npassword = \"rahasia é\"\n# rahasia = 1\nrahasia,\n\n";
        let masked = masked(text);
        assert_eq!(masked.len(), text.len());
        assert!(masked.starts_with("[smtp]\npassword = ****"), "{masked}");
        assert!(!masked.contains("rahasia"), "{masked}");
    }

    #[test]
    fn a_value_is_hidden_unless_it_can_be_neither_secret_nor_about_a_person() {
        for line in [
            "password_file = \"rahasia\"",
            "from = \"rahasia\"",
            "listne = \"rahasia\"",
            "public_url = \"https://budi:rahasia@toko.example\"",
            "listen = \"127.0.0.1:8080\" # rahasia",
            "port = 25, password = \"rahasia\"",
        ] {
            assert!(!masked(line).contains("rahasia"), "{line}");
        }
        for line in [
            "listen = \"xyz\"",
            "port = 2x",
            "public_url = \"http://toko.example\"",
        ] {
            assert_eq!(masked(line), line);
        }
    }
}
