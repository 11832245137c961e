//! What we build on: licences that let us ship it, and nothing we decided against.

use super::Finding;

/// One package that is built into the product or builds it.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// An SPDX expression; empty if the package declares none.
    pub(crate) licence: String,
}

/// Licences that ask for no more than the notice we ship.
const ALLOWED: [&str; 8] = [
    "0BSD",
    "Apache-2.0",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Packages decided against, and what to use.
const BANNED: [(&str, &str); 6] = [
    ("chrono", "jiff is the one calendar"),
    ("native-tls", "rustls is the one TLS"),
    ("openssl-sys", "rustls and aws-lc-rs need no OpenSSL"),
    ("ring", "aws-lc-rs is the one provider of TLS cryptography"),
    (
        "rsa",
        "RUSTSEC-2023-0071 has no fix; aws-lc-rs signs with RSA",
    ),
    ("sqlx", "rusqlite links SQLite already"),
];

/// Checks every package that is built.
pub(crate) fn check(packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        if let Some((name, mend)) = BANNED.iter().find(|(name, _)| *name == package.name) {
            findings.push(finding(format!("`{name}` is built"), mend));
        }
        if !is_allowed(&package.licence) {
            let wrong = format!("`{}` is licensed `{}`", package.name, package.licence);
            findings.push(finding(
                wrong,
                "leave it, or allow it in xtask/src/tidy/licences.rs",
            ));
        }
    }
    findings
}

fn finding(wrong: String, mend: &str) -> Finding {
    Finding {
        path: "Cargo.lock".to_owned(),
        line: 1,
        wrong,
        mend: mend.to_owned(),
    }
}

/// Whether some choice the expression offers needs allowed licences only.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>) -> bool {
    let mut allowed = all_of(words);
    while words.next_if_eq(&"OR").is_some() {
        allowed |= all_of(words);
    }
    allowed
}

fn all_of(words: &mut Words<'_>) -> bool {
    let mut allowed = one(words);
    while words.next_if_eq(&"AND").is_some() {
        allowed &= one(words);
    }
    allowed
}

/// One licence or a group; an exception (`WITH …`) only ever grants more.
fn one(words: &mut Words<'_>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let allowed = any_of(words);
        return words.next_if_eq(&")").is_some() && allowed;
    }
    let allowed = words
        .next()
        .is_some_and(|licence| ALLOWED.contains(&licence));
    if words.next_if_eq(&"WITH").is_some() {
        words.next();
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, licence: &str) -> Package {
        Package {
            name: name.to_owned(),
            licence: licence.to_owned(),
        }
    }

    #[test]
    fn a_licence_that_binds_us_is_named() {
        for licence in [
            "GPL-3.0-only",
            "MIT AND GPL-2.0-only",
            "",
            "(MIT",
            "MIT MIT",
            "OR MIT",
        ] {
            assert!(!is_allowed(licence), "{licence}");
        }
        assert_eq!(check(&[package("strict", "AGPL-3.0-only")]).len(), 1);
    }

    #[test]
    fn one_good_choice_is_enough_and_all_parts_are_needed() {
        for licence in [
            "MIT/Apache-2.0",
            "Apache-2.0 OR GPL-2.0-only",
            "(GPL-2.0-only OR MIT) AND Unicode-3.0",
            "GPL-2.0-only AND MIT OR ISC",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0-only",
        ] {
            assert!(is_allowed(licence), "{licence}");
        }
    }

    #[test]
    fn a_banned_package_is_named_whatever_its_licence() {
        assert_eq!(
            check(&[package("rsa", "MIT"), package("serde", "MIT")]).len(),
            1
        );
    }
}
