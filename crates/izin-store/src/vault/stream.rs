//! Sealed files: any number of bytes in chunks, each bound to the file's name, to its place and to
//! the file, the last one marked. So a chunk that was changed, moved, left out or cut off is found.

use std::io::{self, Read, Write};

use super::{Key, open, seal};
use crate::{Entropy, StoreError};

/// The first bytes of a sealed file.
const HEAD: &[u8; 16] = b"izin sealed v1\r\n";
/// Bytes of a random number that tells a file from every other.
const NUMBER_BYTES: usize = 16;
/// Plain bytes of every chunk but the last.
const CHUNK_BYTES: usize = 1 << 20;
/// What sealing adds to a chunk at most, in bytes.
const SEAL_BYTES_MAX: usize = 64;

/// Why a sealed file could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no sealed file, is incomplete or changed, or another key sealed it.
    #[error("it does not open: another key sealed it, or it is incomplete or changed")]
    Sealed,
    /// Randomness ran out.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Told how many plain bytes are done.
pub(crate) type Progress<'a> = &'a dyn Fn(u64);

/// Seals what `plain` gives.
pub(crate) fn seal_stream(
    (key, name): (&Key, &str),
    plain: &mut dyn Read,
    sealed: &mut dyn Write,
    (entropy, told): (&Entropy, Progress<'_>),
) -> Result<(), StreamError> {
    let number = entropy.bytes::<NUMBER_BYTES>().map_err(StoreError::from)?;
    sealed.write_all(HEAD)?;
    sealed.write_all(&number)?;
    let (mut index, mut done) = (0_u64, 0_u64);
    let mut chunk = filled(plain)?;
    loop {
        let next = filled(plain)?;
        let here = chunk_place(name, &number, index, next.is_empty());
        let bytes = seal(key, &here, &chunk, entropy)?;
        let length = u32::try_from(bytes.len()).map_err(|_| StreamError::Sealed)?;
        sealed.write_all(&length.to_be_bytes())?;
        sealed.write_all(&bytes)?;
        done += chunk.len() as u64;
        told(done);
        if next.is_empty() {
            return Ok(());
        }
        (chunk, index) = (next, index + 1);
    }
}

/// Opens what [`seal_stream`] made under the same key and name. What was written before an error is
/// not to be used.
pub(crate) fn open_stream(
    (key, name): (&Key, &str),
    sealed: &mut dyn Read,
    plain: &mut dyn Write,
    told: Progress<'_>,
) -> Result<(), StreamError> {
    let mut head = [0; HEAD.len()];
    let mut number = [0; NUMBER_BYTES];
    exactly(sealed, &mut head)?;
    exactly(sealed, &mut number)?;
    if head != *HEAD {
        return Err(StreamError::Sealed);
    }
    let (mut index, mut done) = (0_u64, 0_u64);
    let mut chunk = framed(sealed)?.ok_or(StreamError::Sealed)?;
    loop {
        let next = framed(sealed)?;
        let here = chunk_place(name, &number, index, next.is_none());
        let bytes = open(key, &here, &chunk).map_err(|_| StreamError::Sealed)?;
        plain.write_all(&bytes)?;
        done += bytes.len() as u64;
        told(done);
        match next {
            None => return Ok(()),
            Some(next) => (chunk, index) = (next, index + 1),
        }
    }
}

fn chunk_place(name: &str, number: &[u8], index: u64, last: bool) -> Vec<u8> {
    [
        b"izin sealed file|",
        number,
        &index.to_be_bytes(),
        &[u8::from(last)],
        name.as_bytes(),
    ]
    .concat()
}

/// The next chunk; shorter only at the end.
fn filled(plain: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::new();
    plain.take(CHUNK_BYTES as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// The next sealed chunk; none at the end of the file.
fn framed(sealed: &mut dyn Read) -> Result<Option<Vec<u8>>, StreamError> {
    let mut length = Vec::new();
    sealed.take(4).read_to_end(&mut length)?;
    if length.is_empty() {
        return Ok(None);
    }
    let length: [u8; 4] = length.try_into().map_err(|_| StreamError::Sealed)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > CHUNK_BYTES + SEAL_BYTES_MAX {
        return Err(StreamError::Sealed);
    }
    let mut chunk = vec![0; length];
    exactly(sealed, &mut chunk)?;
    Ok(Some(chunk))
}

fn exactly(sealed: &mut dyn Read, into: &mut [u8]) -> Result<(), StreamError> {
    sealed.read_exact(into).map_err(|why| match why.kind() {
        io::ErrorKind::UnexpectedEof => StreamError::Sealed,
        _ => StreamError::Io(why),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "a file";

    fn sealed(key: &Key, plain: &[u8]) -> Vec<u8> {
        let (mut file, entropy) = (Vec::new(), Entropy::seeded(7));
        seal_stream((key, NAME), &mut &*plain, &mut file, (&entropy, &|_| {})).unwrap();
        file
    }

    fn opened(key: &Key, name: &str, mut file: &[u8]) -> Result<Vec<u8>, StreamError> {
        let mut plain = Vec::new();
        open_stream((key, name), &mut file, &mut plain, &|_| {}).map(|()| plain)
    }

    #[test]
    fn a_file_that_was_cut_reordered_changed_or_renamed_does_not_open() {
        let key = Key::from_bytes([3; 32]);
        let plain: Vec<u8> = (0..2 * CHUNK_BYTES + 5)
            .map(|at| at.to_le_bytes()[0])
            .collect();
        let file = sealed(&key, &plain);
        let head = HEAD.len() + NUMBER_BYTES;
        let frame = (file.len() - head - 4 - 5 - 41) / 2;
        let (first, rest) = file[head..].split_at(frame);
        let (second, last) = rest.split_at(frame);
        let all = |parts: &[&[u8]]| [&[&file[..head]], parts].concat().concat();
        for (what, wrong) in [
            ("the last chunk cut off", all(&[first, second])),
            ("chunks changed places", all(&[second, first, last])),
            ("a chunk left out", all(&[first, last])),
            ("a chunk twice", all(&[first, second, last, last])),
            ("half a chunk", all(&[first, second, &last[..9]])),
            (
                "something behind the end",
                all(&[first, second, last, b"1234"]),
            ),
            ("nothing but a head", all(&[])),
            ("nothing", Vec::new()),
        ] {
            assert!(
                matches!(opened(&key, NAME, &wrong), Err(StreamError::Sealed)),
                "{what}"
            );
        }
        for at in [0, 20, head, head + 9, file.len() - 1] {
            let mut bent = file.clone();
            bent[at] ^= 1;
            assert!(opened(&key, NAME, &bent).is_err(), "byte {at}");
        }
        assert!(opened(&key, "another", &file).is_err());
        assert!(opened(&Key::from_bytes([4; 32]), NAME, &file).is_err());
        assert!(opened(&key, NAME, &all(&[first, second, last])).unwrap() == plain);
    }

    #[test]
    fn files_of_any_length_open_again() {
        let key = Key::from_bytes([3; 32]);
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1] {
            let plain = vec![9; length];
            assert!(
                opened(&key, NAME, &sealed(&key, &plain)).unwrap() == plain,
                "{length}"
            );
        }
    }
}
