//! A file system of a test's own, whose power can be cut: ext4 in a file, over a loop device.
//!
//! Cutting the power is ext4's shutdown without a flush of its journal: what was not synced is gone,
//! as it would be. It needs root; a test that may not have it skips with the reason, unless
//! `IZIN_REQUIRE` names `root`.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::TempDir;

/// ext4's shutdown (`EXT4_IOC_SHUTDOWN`) with the flag for no flush of the log; perl makes the call,
/// since it is on every Debian and this workspace has no unsafe code.
const SHUTDOWN: &str = r#"
    open(my $folder, "<", $ARGV[0]) or die "cannot open: $!";
    my $how = pack("L", 2);
    ioctl($folder, 0x8004587d, $how) or die "cannot shut down: $!";
"#;
/// Bytes of the pieces that a filler is made of: large first, then what still fits.
const PIECES: [usize; 2] = [1 << 20, 4 << 10];

/// A mounted file system, unmounted and removed when dropped.
#[derive(Debug)]
pub struct Volume {
    dir: TempDir,
}

impl Volume {
    /// Makes one of so many MiB.
    ///
    /// # Errors
    /// Why there can be none here: not root, no loop device, a missing tool.
    pub fn new(mebibytes: u64) -> Result<Self, String> {
        let volume = Self {
            dir: TempDir::new(),
        };
        let image = volume.image();
        fs::create_dir(volume.path()).map_err(|why| why.to_string())?;
        let made = File::create(&image).and_then(|file| file.set_len(mebibytes << 20));
        made.map_err(|why| why.to_string())?;
        run(Command::new("mkfs.ext4")
            .args(["-q", "-F", "-m", "0"])
            .arg(&image))?;
        volume.mount()?;
        Ok(volume)
    }

    /// One for a test, or nothing and the reason on standard error where a test may be skipped.
    ///
    /// # Panics
    /// When there can be none though `IZIN_REQUIRE` names `root`.
    #[must_use]
    pub fn or_skip(mebibytes: u64) -> Option<Self> {
        let why = match Self::new(mebibytes) {
            Ok(volume) => return Some(volume),
            Err(why) => why,
        };
        let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
        assert!(
            !required.split(',').any(|own| own == "root"),
            "a file system of our own is required and cannot be had: {why}"
        );
        let told = writeln!(
            std::io::stderr(),
            "skipped: no file system of our own: {why}"
        );
        told.expect("standard error");
        None
    }

    fn image(&self) -> PathBuf {
        self.dir.path().join("image")
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("volume")
    }

    fn mount(&self) -> Result<Output, String> {
        let mut mount = Command::new("mount");
        run(mount
            .args(["-o", "loop"])
            .arg(self.image())
            .arg(self.path()))
    }

    /// Cuts the power. Writers are stopped before, and killed before [`Volume::power_on`].
    ///
    /// # Panics
    /// When the file system does not shut down.
    pub fn cut_power(&self) {
        run(Command::new("perl").args(["-e", SHUTDOWN]).arg(self.path())).expect("a power cut");
    }

    /// Makes every further write fail, as the kernel does when it finds the file system damaged.
    ///
    /// # Panics
    /// When it cannot.
    pub fn become_read_only(&self) {
        let mut remount = Command::new("mount");
        run(remount.args(["-o", "remount,abort"]).arg(self.path())).expect("a remount");
    }

    /// Mounts it again as after a start of the machine: its journal is replayed.
    ///
    /// # Panics
    /// When somebody still uses it, or it does not mount.
    pub fn power_on(&self) {
        run(Command::new("umount").arg(self.path())).expect("nobody uses it");
        self.mount().expect("it mounts again");
    }

    /// Fills it to the last block; [`Volume::make_room`] undoes that.
    ///
    /// # Panics
    /// When no filler can be made.
    pub fn fill(&self) {
        let mut filler = File::create(self.filler()).expect("a filler");
        for piece in PIECES {
            while filler.write_all(&vec![7; piece]).is_ok() {}
        }
    }

    /// Gives the room back.
    ///
    /// # Panics
    /// When there was no filler.
    pub fn make_room(&self) {
        fs::remove_file(self.filler()).expect("the filler goes");
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // Nothing is mounted when making it failed; a lazy unmount ends with the last user.
        drop(run(Command::new("umount").arg("-l").arg(self.path())));
    }
}

/// Runs a tool to its end; what it complains of where it fails.
fn run(command: &mut Command) -> Result<Output, String> {
    let name = Path::new(command.get_program()).display().to_string();
    let output = command.output().map_err(|why| format!("{name}: {why}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name}: {}", said.trim()))
}
