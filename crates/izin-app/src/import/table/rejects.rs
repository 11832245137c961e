//! The rows that were refused, with their reasons, as a file that can be mended and imported
//! again: two columns stand before the shop's own, and an import does not read them.

use std::io::{self, Write};

use izin_core::Language;

use super::{BadRow, Problem, SEPARATORS, Table};

/// Writes refused rows. The file holds personal values and belongs beside the shop's own.
pub struct RejectsFile<W> {
    out: W,
    separator: Option<char>,
}

impl<W> RejectsFile<W> {
    /// How much of a file has to be looked at to tell whether it is one, in bytes.
    pub const BEGINNING_BYTES_MAX: u64 = 16;

    /// Whether a file that begins so is one.
    #[must_use]
    pub fn is_begun_by(bytes: &[u8]) -> bool {
        let in_csv = |sign| bytes.starts_with(format!("line{sign}problem{sign}").as_bytes());
        let in_ndjson = bytes.starts_with(b"{\"line\":");
        in_ndjson || SEPARATORS.map(char::from).into_iter().any(in_csv)
    }
}

impl<W: Write> RejectsFile<W> {
    /// Writes the header; the rows are written as `table`'s are.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(mut out: W, table: &Table) -> io::Result<Self> {
        let separator = table.separator();
        if let Some(sign) = separator {
            writeln!(out, "line{sign}problem{sign}{}", table.header())?;
        }
        Ok(Self { out, separator })
    }

    /// Writes one refused row, and why in a language. A row that is no JSON object is a text in NDJSON.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&mut self, bad: &BadRow, language: Language) -> io::Result<()> {
        let BadRow { line, problem, raw } = bad;
        let reason = problem.sentence(language);
        if let Some(sign) = self.separator {
            let reason = reason.replace('"', "\"\"");
            return writeln!(self.out, "{line}{sign}\"{reason}\"{sign}{raw}");
        }
        let broken = matches!(problem, Problem::NotAnObject { .. } | Problem::TooLong);
        let inside = raw
            .trim()
            .strip_prefix('{')
            .unwrap_or_default()
            .trim_start();
        if broken || inside.starts_with('}') {
            let row = serde_json::json!({ "line": line, "problem": reason, "row": raw });
            return writeln!(self.out, "{row}");
        }
        let reason = serde_json::Value::from(reason);
        writeln!(self.out, "{{\"line\":{line},\"problem\":{reason},{inside}")
    }

    /// Hands everything to the system and gives the place it was written to back.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
