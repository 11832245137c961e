//! Whom PostgreSQL runs as: us, or somebody without power where we are root, which it refuses.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Who may run it where we are root, the first there is.
const POWERLESS: [&str; 2] = ["postgres", "nobody"];

/// A user of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    gid: u32,
}

impl Account {
    /// The one that PostgreSQL runs as.
    pub(super) fn of_postgres() -> Self {
        let own = fs::metadata("/proc/self").expect("this process");
        if own.uid() != 0 {
            return Self {
                uid: own.uid(),
                gid: own.gid(),
            };
        }
        let users = fs::read_to_string("/etc/passwd").expect("a list of users");
        let found = POWERLESS.iter().find_map(|name| Self::named(name, &users));
        found.expect("a user without power to run PostgreSQL")
    }

    fn named(name: &str, users: &str) -> Option<Self> {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some(Self {
            uid: numbers.next()?.ok()?,
            gid: numbers.next()?.ok()?,
        })
    }

    fn is_us(self) -> bool {
        fs::metadata("/proc/self").is_ok_and(|own| own.uid() == self.uid)
    }

    /// Makes a command run as this user.
    pub(super) fn runs(self, command: &mut Command) {
        if !self.is_us() {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Gives a folder or file to this user.
    pub(super) fn owns(self, path: &Path) {
        if !self.is_us() {
            chown(path, Some(self.uid), Some(self.gid)).expect("a change of owner");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users = "postgres2:x:7:8::/:/bin/sh\npostgres:x:101:104:,,,:/:/bin/bash\n";
        let found = Account::named("postgres", users);
        assert_eq!(found, Some(Account { uid: 101, gid: 104 }));
        assert_eq!(Account::named("nobody", users), None);
    }
}
