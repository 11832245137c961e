//! Where the socket lies: in the data directory, also when that has a longer path than a socket's
//! address can hold.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The socket's name in the data directory.
const NAME: &str = "izin.sock";
/// The longest address that every system takes, in bytes (`sun_path` has 104 or 108).
const ADDRESS_BYTES_MAX: usize = 100;

/// The directory that holds the socket, under a name that is short enough.
pub(super) struct Place {
    folder: PathBuf,
    /// Keeps a short name alive.
    _open: Option<File>,
}

impl Place {
    /// Finds a name for the directory. Linux has a short one for every open directory.
    pub(super) fn of(data: &Path) -> io::Result<Self> {
        if data.as_os_str().len() + NAME.len() + 2 <= ADDRESS_BYTES_MAX
            || !cfg!(target_os = "linux")
        {
            return Ok(Self {
                folder: data.to_owned(),
                _open: None,
            });
        }
        let open = File::open(data)?;
        Ok(Self {
            folder: PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd())),
            _open: Some(open),
        })
    }

    /// The socket's address.
    pub(super) fn socket(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// Where a socket is made before it is moved to its address.
    pub(super) fn unready(&self) -> PathBuf {
        self.folder.join(".izin.sock")
    }
}
