//! What stands behind the `?` of a machine's call. A parameter that its path does not read is
//! refused: to pass it over would answer another question than was asked.
//!
//! Customer pages are not concerned: mail programs add to links what they like.

use axum::http::Uri;
use izin_wire::form::pairs;

use crate::json::is_name;
use crate::problem::{Code, Problem};

/// The parameters that a path reads; every other path reads none.
const READ: [(&str, &[&str]); 3] = [
    ("/v1/decisions/batch", &["channel", "purpose"]),
    ("/v1/consents/{seq}", &["format"]),
    ("/v1/reservations", &["after", "limit"]),
];

/// Refuses a parameter that the path does not read, and one that is given twice.
pub(crate) fn known(path: &str, uri: &Uri) -> Result<(), Problem> {
    let Some(query) = uri.query() else {
        return Ok(());
    };
    let read = READ.iter().find(|(own, _)| *own == path);
    let read = read.map_or(&[][..], |(_, names)| names);
    let mut given: Vec<String> = Vec::new();
    for (name, _) in pairs(query) {
        if !read.contains(&&*name) {
            return Err(unknown(&name, read));
        }
        if given.contains(&name) {
            return Err(Problem::new(Code::InvalidQuery, "it is given twice").at(name));
        }
        given.push(name);
    }
    Ok(())
}

fn unknown(name: &str, read: &[&str]) -> Problem {
    let detail = match read {
        [] => "this path reads no query parameters".to_owned(),
        read => format!("expected one of {}", read.join(", ")),
    };
    let name = Some(name).filter(is_name).unwrap_or("(query)");
    Problem::new(Code::UnknownField, detail).at(name)
}

/// What a parameter holds.
pub(crate) fn value(uri: &Uri, name: &str) -> Option<String> {
    let mut given = pairs(uri.query().unwrap_or_default());
    given.find(|(own, _)| own == name).map(|(_, value)| value)
}
