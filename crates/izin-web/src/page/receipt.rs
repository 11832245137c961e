//! `/r/{token}`: that an entry stands in the log, and the file that proves it.
//!
//! It names nobody and shows no address: whoever holds the link sees what kind of entry it is, when
//! it was recorded and under which signature it stands.

use std::fmt::Write;

use askama::Template;
use qrcode::{Color, EcLevel};

use super::Frame;

/// Light squares around a code, as many as readers ask for (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;

/// An address as a picture of squares.
pub struct QrCode {
    /// Squares in a row, the quiet ones around included.
    pub width: usize,
    /// The dark squares, as the path of an SVG.
    pub path: String,
}

/// The page of one receipt.
#[derive(Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// Language and shop.
    pub frame: Frame,
    /// What kind of entry it is, in the page's language.
    pub what: String,
    /// The day it was recorded.
    pub recorded: String,
    /// The day of the signature it stands under.
    pub signed: String,
    /// Its place in the log.
    pub seq: u64,
    /// How many entries the signature covers.
    pub size: u64,
    /// The log's name.
    pub log: String,
    /// This page's own address, in full.
    pub url: String,
    /// The same as a picture; nothing where it is too long for one.
    pub code: Option<QrCode>,
    /// The file, a path without query.
    pub file_path: String,
    /// The key that the log is signed with, as its verifiers take it.
    pub key: String,
}

impl QrCode {
    /// The code of a text; `None` when it is too long for any.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (place, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                let (x, y) = (place % width + QUIET, place / width + QUIET);
                write!(path, "M{x} {y}h1v1h-1z").ok()?;
            }
        }
        Some(Self {
            width: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::QrCode;

    #[test]
    fn a_text_too_long_for_a_code_has_none() {
        assert!(QrCode::of(&"a".repeat(3_000)).is_none());
        let code = QrCode::of("https://izin.senja.example/r/7mNp20QsTu9VwXy3zAbC").unwrap();
        assert!((29..=60).contains(&code.width), "{}", code.width);
        // The three finder patterns have their corners dark, the quiet squares around none.
        for corner in ["M4 4h", &format!("M{} 4h", code.width - 5)] {
            assert!(code.path.contains(corner), "{corner}");
        }
        assert!(!code.path.contains("M3 ") && !code.path.contains(" 3h"));
    }
}
