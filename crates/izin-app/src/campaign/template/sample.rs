//! A trial of a template with made-up people, before any real one receives it.
//!
//! Renders both languages, with as many items as a message may have and with none, with a name and
//! without, and looks for the ways out that none may lack. Start at [`check`] and [`check_text`].

use izin_core::Language;

use super::source::{Part, Source};
use super::text::TextTemplate;
use super::{
    Fault, ITEMS_MAX, MailContext, MailItem, MailLinks, MailShop, Problem, RenderError,
    RenderedMail, Template, TextContext, markup,
};
use crate::way_out::{self, REPLIES};

const OPT_OUT: &str = "https://mail.example/berhenti?contoh=1&uji=1";
const WHY: &str = "https://mail.example/mengapa?contoh=1&uji=1";
/// The links no mail may lack: address in the trial, name, placeholder.
const REQUIRED: [(&str, &str, &str); 2] = [
    (OPT_OUT, "opt-out link", "{{ links.opt_out }}"),
    (WHY, "link that says why it came", "{{ links.why }}"),
];

/// Renders the template for every kind of person there is.
pub(super) fn check(template: &Template, source: &Source<'_>) -> Result<(), Fault> {
    let shop = shop();
    let links = links();
    for_everybody(|person| {
        let context = MailContext {
            language: person.language,
            name: person.name,
            shop: &shop,
            items: person.items,
            links: &links,
        };
        trial(template, source, person, &context)
    })
}

/// Renders a text for every kind of person there is: by each they must be able to refuse.
pub(super) fn check_text(
    template: &TextTemplate,
    parts: &[Part<'_>; 2],
    answers_are_read: bool,
) -> Result<(), Fault> {
    let shop = shop();
    let way_out = way_out::in_words(answers_are_read, OPT_OUT);
    for_everybody(|person| {
        let [id, en] = parts;
        let line = match person.language {
            Language::Id => id.line,
            Language::En => en.line,
        };
        let when = when(person);
        let rendered = template.render(&TextContext {
            language: person.language,
            name: person.name,
            shop: &shop,
            items: person.items,
            way_out: way_out.get(person.language),
            opt_out: OPT_OUT,
        });
        let text = match rendered {
            Ok(own) => own.text,
            Err(error) => {
                return Err((error.line().unwrap_or(line), Problem::Trial { error, when }));
            }
        };
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        let may_answer = answers_are_read && words.any(|own| REPLIES.contains(&own));
        if may_answer || text.contains(OPT_OUT) {
            return Ok(());
        }
        Err((line, Problem::NoWayOut { when }))
    })
}

/// A made-up person.
#[derive(Clone, Copy)]
struct Person<'a> {
    language: Language,
    name: &'a str,
    items: &'a [MailItem],
}

fn for_everybody(mut trial: impl FnMut(Person<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
    let full = items();
    for language in Language::ALL {
        for name in ["Sari", ""] {
            for items in [full.as_slice(), &[]] {
                trial(Person {
                    language,
                    name,
                    items,
                })?;
            }
        }
    }
    Ok(())
}

fn trial(
    template: &Template,
    source: &Source<'_>,
    person: Person<'_>,
    context: &MailContext<'_>,
) -> Result<(), Fault> {
    let mail = template.render(context).map_err(|error| {
        let line = match &error {
            RenderError::TooLarge | RenderError::OutOfFuel | RenderError::TooManyItems(_) => {
                source.html.line
            }
            _ => source.subject(context.language).line,
        };
        let line = error.line().unwrap_or(line);
        (
            line,
            Problem::Trial {
                error,
                when: when(person),
            },
        )
    })?;
    required_links(&mail, source).map_err(|(line, part, (link, placeholder))| {
        let mend = match part {
            HTML => format!("`<a href=\"{placeholder}\">…</a>` with words in it"),
            _ => format!("`{placeholder}`"),
        };
        (
            line,
            Problem::NoLink {
                part,
                link,
                when: when(person),
                mend,
            },
        )
    })
}

const HTML: &str = "HTML";
const TEXT: &str = "text";
type Missing = (usize, &'static str, (&'static str, &'static str));

fn required_links(mail: &RenderedMail, source: &Source<'_>) -> Result<(), Missing> {
    for (address, link, placeholder) in REQUIRED {
        if !shows_link(&mail.html, address) {
            return Err((source.html.line, HTML, (link, placeholder)));
        }
        if !mail.text.contains(address) {
            let line = source.text.map_or(source.html.line, |part| part.line);
            return Err((line, TEXT, (link, placeholder)));
        }
    }
    Ok(())
}

/// Whether some `<a>` outside comments leads to the address and has words to press.
fn shows_link(html: &str, address: &str) -> bool {
    let html = between_removed(html, "<!--", "-->");
    let address = markup::escape(address);
    let hrefs = [format!("href=\"{address}\""), format!("href='{address}'")];
    html.split("<a ").skip(1).any(|link| {
        let link = link.split("</a>").next().unwrap_or_default();
        let Some((attributes, words)) = link.split_once('>') else {
            return false;
        };
        hrefs.iter().any(|href| attributes.contains(href))
            && !between_removed(words, "<", ">").trim().is_empty()
    })
}

fn between_removed(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(open) {
        kept.push_str(before);
        rest = inside.split_once(close).map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

fn when(person: Person<'_>) -> String {
    let language = match person.language {
        Language::Id => "Indonesian",
        Language::En => "English",
    };
    let items = if person.items.is_empty() {
        "without items"
    } else {
        "with items"
    };
    let name = if person.name.is_empty() {
        "without a name"
    } else {
        "with a name"
    };
    format!("{language}, {items}, {name}")
}

fn shop() -> MailShop {
    MailShop {
        name: "Toko Contoh".to_owned(),
        address: "Jalan Contoh 1, Bandung".to_owned(),
        contact: "halo@toko.example".to_owned(),
    }
}

fn links() -> MailLinks {
    MailLinks {
        opt_out: OPT_OUT.to_owned(),
        preferences: "https://mail.example/pilihan".to_owned(),
        why: WHY.to_owned(),
        privacy: "https://mail.example/privasi".to_owned(),
    }
}

/// Every second item has no picture and no description.
fn items() -> Vec<MailItem> {
    let item = |number: usize| MailItem {
        title: format!("Barang {number}"),
        description: if number.is_multiple_of(2) {
            String::new()
        } else {
            "Contoh.".to_owned()
        },
        price: "Rp 125.000".to_owned(),
        image: if number.is_multiple_of(2) {
            ""
        } else {
            "https://toko.example/1.jpg"
        }
        .to_owned(),
        url: format!("https://toko.example/barang/{number}"),
        because: "Contoh.".to_owned(),
    };
    (1..=ITEMS_MAX).map(item).collect()
}
