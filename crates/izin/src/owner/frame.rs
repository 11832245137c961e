//! What goes over the socket: frames of a kind, a length and bytes. Neither side takes a frame
//! longer than [`FRAME_BYTES_MAX`].

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};

use serde::{Deserialize, Serialize};

/// The longest frame, in bytes: the arguments of a command fit, a chunk of a stream is cut.
pub(super) const FRAME_BYTES_MAX: usize = 256 * 1024;
/// How much of a stream goes into one frame, in bytes: few system calls, little waiting.
pub(super) const CHUNK_BYTES: usize = 64 * 1024;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Asker: an [`Asked`], in JSON.
    Command,
    /// Asker: bytes of its standard input.
    Input,
    /// Asker: its standard input has ended.
    InputEnd,
    /// Owner: the command has begun.
    Started,
    /// Owner: the command reads standard input; nothing is sent before.
    InputWanted,
    /// Owner: bytes for standard output.
    Out,
    /// Owner: bytes for standard error.
    Err,
    /// Owner: done and total, two numbers of 8 bytes.
    Progress,
    /// Owner: one byte, the exit code; the last frame.
    Exit,
}

const KINDS: [Kind; 9] = [
    Kind::Command,
    Kind::Input,
    Kind::InputEnd,
    Kind::Started,
    Kind::InputWanted,
    Kind::Out,
    Kind::Err,
    Kind::Progress,
    Kind::Exit,
];

/// A command as it was typed, and where. `Debug` shows no argument: some name people.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The asker's version; another one may mean other things by the same words.
    pub(super) version: String,
    /// The arguments, the program's name first.
    pub(super) arguments: Vec<String>,
    /// The folder that file names are relative to.
    pub(super) here: std::path::PathBuf,
    /// Whether the asker sees colours.
    pub(super) coloured: bool,
}

/// One frame. `Debug` shows none of its bytes: they may be about people.
#[derive(PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments.len();
        write!(f, "Asked({arguments} arguments, {})", self.version)
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}

/// Writes one frame, in one write.
pub(super) fn write(out: &mut impl Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok();
    let length = length.filter(|_| bytes.len() <= FRAME_BYTES_MAX);
    let length = length.ok_or_else(|| invalid("a frame is too long"))?;
    let mut frame = Vec::with_capacity(bytes.len() + 5);
    frame.push(kind as u8 + 1);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(bytes);
    out.write_all(&frame)
}

/// Reads one frame; `None` when the other side closed between two frames.
pub(super) fn read(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut kind = [0];
    loop {
        match input.read(&mut kind) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let [number] = kind;
    let kind = KINDS.into_iter().find(|kind| *kind as u8 + 1 == number);
    let kind = kind.ok_or_else(|| invalid("a frame of an unknown kind"))?;
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > FRAME_BYTES_MAX {
        return Err(invalid("a frame is too long"));
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(Some(Frame { kind, bytes }))
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_typed_is_in_debug_output() {
        let asked = Asked {
            version: "1.2.3".to_owned(),
            arguments: vec!["izin".to_owned(), "email:rahasia@example.com".to_owned()],
            here: "/rahasia".into(),
            coloured: false,
        };
        assert_eq!(format!("{asked:?}"), "Asked(2 arguments, 1.2.3)");
        let (kind, bytes) = (Kind::Out, b"rahasia".to_vec());
        let shown = format!("{:?}", Frame { kind, bytes });
        assert_eq!(shown, "Frame(Out, 7 bytes)");
    }

    #[test]
    fn a_frame_that_is_cut_unknown_or_too_long_is_refused() {
        let mut whole = Vec::new();
        write(&mut whole, Kind::Out, b"ready").unwrap();
        for end in 1..whole.len() {
            assert!(read(&mut &whole[..end]).is_err(), "cut at {end}");
        }
        assert!(read(&mut &[0, 0, 0, 0, 0][..]).is_err());
        assert!(read(&mut &[99, 0, 0, 0, 0][..]).is_err());
        assert!(read(&mut &[1, 0xff, 0xff, 0xff, 0xff][..]).is_err());
        assert!(write(&mut Vec::new(), Kind::Out, &vec![0; FRAME_BYTES_MAX + 1]).is_err());
    }

    #[test]
    fn frames_of_every_kind_read_back_and_then_the_end() {
        let mut wire = Vec::new();
        for kind in KINDS {
            write(&mut wire, kind, &[kind as u8]).unwrap();
        }
        let mut wire = &wire[..];
        for kind in KINDS {
            let bytes = vec![kind as u8];
            assert_eq!(read(&mut wire).unwrap(), Some(Frame { kind, bytes }));
        }
        assert_eq!(read(&mut wire).unwrap(), None);
    }
}
