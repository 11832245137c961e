//! Text from the command line that may tell about a person: who, and what was said.
//!
//! Arguments are printed when something goes wrong; such a text never is. Start at [`Personal`].

use std::fmt;
use std::ops::Deref;

/// A text that shows nothing of itself in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Personal(String);

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Deref for Personal {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
