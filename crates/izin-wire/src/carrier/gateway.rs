//! Texts through any other gateway: the shop says how a request looks, and the HTTP status says what
//! became of it.

use serde_json::{Map, Value};

use super::{Outgoing, Post, digits, form, header, json};

/// How a gateway wants a text. Values hold blanks: `{to}` the number with a plus, `{digits}` without,
/// `{from}`, `{text}` and `{secret}`.
#[derive(Clone)]
pub struct Shape {
    pub(super) url: String,
    body: Body,
    headers: Vec<(String, String)>,
    fields: Vec<(String, String)>,
    secret: String,
}

/// What the body of a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A form of the fields.
    Form,
    /// A JSON object of the fields, each a text.
    Json,
    /// The text itself, with the rest in headers.
    Text,
}

impl Body {
    /// The kind of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "form" => Some(Self::Form),
            "json" => Some(Self::Json),
            "text" => Some(Self::Text),
            _ => None,
        }
    }
}

/// Why a gateway could not be asked so. It names settings, and never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A blank that nothing fills.
    #[error(
        "`{0}` holds a blank that nothing fills; there are {{to}}, {{digits}}, {{from}}, {{text}} and {{secret}}"
    )]
    UnknownBlank(String),
    /// Something that every text needs stands nowhere.
    #[error("{0} stands nowhere; write it as the value of a field or a header")]
    Missing(&'static str),
    /// A header that cannot be one, or that would hold the text.
    #[error("`{0}` cannot be a header here; its value is one line, without {{text}}")]
    Header(String),
}

impl Shape {
    /// A shape that can carry texts.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn new(
        (url, body): (String, Body),
        headers: Vec<(String, String)>,
        fields: Vec<(String, String)>,
        secret: String,
    ) -> Result<Self, ShapeError> {
        for (name, value) in headers.iter().chain(&fields) {
            if !are_known(value) {
                return Err(ShapeError::UnknownBlank(name.clone()));
            }
        }
        let line = |own: &str| !own.chars().any(char::is_control);
        let is_token = |own: &str| {
            !own.is_empty() && own.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let unfit = |(name, value): &&(String, String)| {
            !is_token(name) || !line(value) || !value.is_ascii() || value.contains("{text}")
        };
        if let Some((name, _)) = headers.iter().find(unfit) {
            return Err(ShapeError::Header(name.clone()));
        }
        let stands = |blank: &str| {
            let mut values = headers.iter().chain(&fields).map(|(_, value)| value);
            values.any(|own| own.contains(blank))
        };
        if !stands("{to}") && !stands("{digits}") {
            return Err(ShapeError::Missing("{to} or {digits}"));
        }
        if body != Body::Text && !stands("{text}") {
            return Err(ShapeError::Missing("{text}"));
        }
        if secret.is_empty() && stands("{secret}") {
            return Err(ShapeError::Missing("the secret that {secret} asks for"));
        }
        Ok(Self {
            url,
            body,
            headers,
            fields,
            secret,
        })
    }

    pub(super) fn post(&self, text: &Outgoing<'_>) -> Post {
        let url = self.url.clone();
        let filled: Vec<(String, String)> = self
            .fields
            .iter()
            .map(|(name, value)| (name.clone(), self.fill(value, text)))
            .collect();
        let mut post = match self.body {
            Body::Form => {
                let fields: Vec<_> = filled
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                form(url, &fields)
            }
            Body::Json => {
                let fields: Map<String, Value> = filled
                    .into_iter()
                    .map(|(name, value)| (name, value.into()))
                    .collect();
                json(url, &Value::Object(fields))
            }
            Body::Text => Post {
                url,
                headers: vec![header("content-type", "text/plain; charset=UTF-8")],
                body: text.words.text().to_owned(),
            },
        };
        let own = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), self.fill(value, text)));
        post.headers.extend(own);
        post
    }

    /// Fills the blanks of a value, once: what stands in a text is no blank.
    fn fill(&self, value: &str, text: &Outgoing<'_>) -> String {
        let mut filled = String::with_capacity(value.len());
        for (before, blank) in blanks(value) {
            filled.push_str(before);
            filled.push_str(match blank {
                "{to}" => text.to,
                "{digits}" => digits(text.to),
                "{from}" => text.from,
                "{text}" => text.words.text(),
                "{secret}" => &self.secret,
                other => other,
            });
        }
        filled
    }
}

fn are_known(value: &str) -> bool {
    blanks(value)
        .all(|(_, blank)| ["", "{to}", "{digits}", "{from}", "{text}", "{secret}"].contains(&blank))
}

/// The pieces of a value: what stands before each blank, and the blank; at the end, what is left.
fn blanks(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut left = Some(value);
    std::iter::from_fn(move || {
        let rest = left?;
        let found = rest.split_once('{').and_then(|(before, after)| {
            let (inside, after) = after.split_once('}')?;
            let blank = rest
                .strip_prefix(before)?
                .get(..inside.len().saturating_add(2))?;
            Some((before, blank, after))
        });
        let Some((before, blank, after)) = found else {
            left = None;
            return Some((rest, ""));
        };
        left = Some(after);
        Some((before, blank))
    })
}
