//! The bytes of a file, unpacked when they are gzip.
//!
//! What a file is is read from its first bytes, never from its name.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::TableError;

/// How many first bytes are looked at to tell what a file is.
const HEAD_BYTES: u64 = 1024;
const GZIP: &[u8] = &[0x1f, 0x8b];
/// How workbooks begin: zip (xlsx, ods) and the older compound file (xls).
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];
const UTF16_MARKS: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];
const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

type Bytes = Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// A readable text, past its byte order mark.
pub(super) enum Unpacked {
    Plain(Bytes),
    Gzip(Box<Chain<Cursor<Vec<u8>>, MultiGzDecoder<Bytes>>>),
}

impl Unpacked {
    /// Looks at the first bytes. Refuses workbooks and UTF-16, which are not the text expected.
    pub(super) fn open(input: Box<dyn Read + Send>) -> Result<Self, TableError> {
        let (head, rest) = head_of(input).map_err(TableError::Read)?;
        if WORKBOOKS.iter().any(|mark| head.starts_with(mark)) {
            return Err(TableError::Workbook);
        }
        if !head.starts_with(GZIP) {
            return Ok(Self::Plain(Cursor::new(text_head(head)?).chain(rest)));
        }
        let packed: Bytes = Cursor::new(head).chain(rest);
        let (head, rest) = head_of(MultiGzDecoder::new(packed)).map_err(gzip_error)?;
        Ok(Self::Gzip(Box::new(
            Cursor::new(text_head(head)?).chain(rest),
        )))
    }

    /// Reads some bytes; 0 at the end.
    pub(super) fn read(&mut self, into: &mut [u8]) -> Result<usize, TableError> {
        loop {
            let read = match self {
                Self::Plain(input) => input.read(into).map_err(TableError::Read),
                Self::Gzip(input) => input.read(into).map_err(gzip_error),
            };
            match read {
                Err(TableError::Read(cause)) if cause.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

fn head_of<R: Read>(mut input: R) -> io::Result<(Vec<u8>, R)> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok((head, input))
}

/// Checks that the head begins a text of single bytes and takes the UTF-8 mark off.
fn text_head(mut head: Vec<u8>) -> Result<Vec<u8>, TableError> {
    if UTF16_MARKS.iter().any(|mark| head.starts_with(mark)) {
        return Err(TableError::Utf16 { byte: 0 });
    }
    if let Some(byte) = head.iter().position(|&byte| byte == 0) {
        return Err(TableError::Utf16 { byte });
    }
    if head.starts_with(UTF8_MARK) {
        head.drain(..UTF8_MARK.len());
    }
    Ok(head)
}

fn gzip_error(cause: io::Error) -> TableError {
    match cause.kind() {
        io::ErrorKind::UnexpectedEof => TableError::TruncatedGzip,
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => TableError::CorruptGzip,
        _ => TableError::Read(cause),
    }
}
