//! What a message says, as far as it decides whether it may go: goods that reveal something,
//! promotion, a working way to refuse.
//!
//! It reads what was rendered, never a template, and nothing from the store. It decides nothing:
//! [`izin_core::decide`] does, with the [`Content`] found here. Start at [`look`].

use izin_core::decision::Content;
use izin_core::policy::CodeSet;
use izin_core::{Channel, Policy, Request, promotion};

use crate::App;
use crate::gate::Who;
use crate::link::{Link, LinkKind};
use crate::way_out::{self, REPLIES};

/// How a slash may be written in HTML.
const SLASHES: [&str; 3] = ["&#x2f;", "&#x2F;", "&#47;"];

/// A message to be looked at, as it will be read.
#[derive(Clone, Copy)]
pub struct Looked<'a> {
    /// Whom it goes to: the way to refuse must be theirs.
    pub who: &'a Who,
    /// The subject line; empty on channels without one.
    pub subject_line: &'a str,
    /// The whole rendered body, HTML or plain.
    pub body: &'a str,
    /// Codes of the products in it.
    pub products: &'a [String],
}

/// What a rendered message says. Products that the catalogue does not have are goods that nobody
/// has classified.
#[must_use]
pub fn look(app: &App, looked: &Looked<'_>, request: &Request) -> Content {
    let policy = app.policy();
    let catalogue = app.shelf.categories();
    let category = |code: &'_ String| catalogue.get(code).map_or("", String::as_str);
    let mut content = of_goods(&policy, looked.products.iter().map(category));
    content.promotes = promotes(looked.subject_line, looked.body);
    content.no_way_to_refuse = !may_answer(&policy, request.channel, looked.body)
        && !links_in(app, looked.body)
            .any(|link| link.channel == request.channel && is_theirs(app, &link, looked.who));
    content
}

/// What goods of these categories reveal. Where the policy declares no category at all, nobody has
/// begun to classify and nothing can be said: goods then count as revealing nothing, for else a
/// shop without sensitive goods could send none. From the first declared category on, goods that
/// no entry decides are unclassified.
#[must_use]
pub fn of_goods<'a>(policy: &Policy, categories: impl Iterator<Item = &'a str>) -> Content {
    let mut content = Content::default();
    for category in categories {
        match codes_of(policy, category) {
            Some(codes) => content.codes = content.codes.union(codes),
            None => content.unclassified = true,
        }
    }
    content
}

/// Whether goods of a category may be picked for anybody: they were classified, or nothing is, and
/// reveal nothing.
#[must_use]
pub fn reveals_nothing(policy: &Policy, category: &str) -> bool {
    codes_of(policy, category).is_some_and(|codes| codes.is_empty())
}

fn codes_of(policy: &Policy, category: &str) -> Option<CodeSet> {
    if policy.categories.is_empty() {
        return Some(CodeSet::EMPTY);
    }
    policy.codes_of(category)
}

/// Whether a subject line or a body promotes.
#[must_use]
pub fn promotes(subject_line: &str, body: &str) -> bool {
    [subject_line, body]
        .into_iter()
        .any(|part| !promotion::find(part).is_empty())
}

/// Whether a body holds the way out of this very link's holder, on its channel.
#[must_use]
pub fn lets_refuse(app: &App, link: &Link, body: &str) -> bool {
    links_in(app, body).any(|own| {
        (own.subject, own.channel) == (link.subject, link.channel)
            && app.store.hasher().are_one(own.address, link.address)
    })
}

/// Our opt-out links in a body: those that open.
fn links_in(app: &App, body: &str) -> impl Iterator<Item = Link> {
    let plain = SLASHES
        .into_iter()
        .fold(body.to_owned(), |text, slash| text.replace(slash, "/"));
    let start = format!("{}{}", app.settings.public_url, LinkKind::OptOut.path());
    let open = |rest: &str| {
        let belongs = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        app.links.open(LinkKind::OptOut, rest.get(..end)?)
    };
    let found: Vec<_> = plain.split(&start).skip(1).filter_map(open).collect();
    found.into_iter()
}

fn is_theirs(app: &App, link: &Link, who: &Who) -> bool {
    match who {
        Who::Identifier(identifier) => {
            let hasher = app.store.hasher();
            hasher.are_one(link.address, hasher.suppression(identifier))
        }
        Who::Subject(subject) => {
            let own = app.gate.living(*subject);
            own.is_some() && own == app.gate.living(link.subject)
        }
    }
}

/// Whether the message says which word to answer, on a channel where answers are read.
pub(crate) fn may_answer(policy: &Policy, channel: Channel, body: &str) -> bool {
    let mut words = body.split(|c: char| !c.is_alphanumeric());
    way_out::reads_answers(policy, channel) && words.any(|word| REPLIES.contains(&word))
}
