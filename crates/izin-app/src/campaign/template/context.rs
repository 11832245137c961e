//! What a template is given: one person's mail in their language.
//!
//! The field names here are the merchant's vocabulary; `fields` checks templates against the
//! same names. Start at [`MailContext`].

use izin_core::Language;
use minijinja::value::merge_maps;
use minijinja::{Value, context};

/// The shop as the mail shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailShop {
    /// Its name.
    pub name: String,
    /// Its postal address, on one line.
    pub address: String,
    /// Where to write or call.
    pub contact: String,
}

/// One recommended product. `Debug` is absent on purpose: `because` tells what a person did.
#[derive(Clone, PartialEq, Eq)]
pub struct MailItem {
    /// The product's title.
    pub title: String,
    /// A sentence about it; may be empty.
    pub description: String,
    /// The price as people read it, such as `Rp 125.000`.
    pub price: String,
    /// The address of a picture; may be empty.
    pub image: String,
    /// The product's page.
    pub url: String,
    /// Why it is shown: one sentence in the mail's language.
    pub because: String,
}

/// The ways out and the explanations every mail offers.
#[derive(Clone, PartialEq, Eq)]
pub struct MailLinks {
    /// Stops mails like this one.
    pub opt_out: String,
    /// What the person may choose.
    pub preferences: String,
    /// Why this mail came.
    pub why: String,
    /// The privacy notice.
    pub privacy: String,
}

/// One person's values for a template.
#[derive(Clone, Copy)]
pub struct MailContext<'a> {
    /// The language of every text.
    pub language: Language,
    /// What to call the person; may be empty.
    pub name: &'a str,
    /// The shop.
    pub shop: &'a MailShop,
    /// At most [`super::ITEMS_MAX`] products, best first; may be empty.
    pub items: &'a [MailItem],
    /// The links, each holding this person's own token.
    pub links: &'a MailLinks,
}

/// One person's values for a text.
#[derive(Clone, Copy)]
pub struct TextContext<'a> {
    /// The language of the words.
    pub language: Language,
    /// What to call the person; may be empty.
    pub name: &'a str,
    /// The shop.
    pub shop: &'a MailShop,
    /// At most [`super::ITEMS_MAX`] products, best first; may be empty.
    pub items: &'a [MailItem],
    /// The few words by which the person can refuse.
    pub way_out: &'a str,
    /// The short link that stops texts like this one.
    pub opt_out: &'a str,
}

impl TextContext<'_> {
    /// The values of a text.
    pub(super) fn values(&self, campaign: &str) -> Value {
        context! {
            language => self.language.as_str(),
            name => self.name,
            campaign => campaign,
            shop => shop(self.shop),
            items => self.items.iter().map(item).collect::<Value>(),
            links => context! { opt_out => self.opt_out },
            way_out => self.way_out,
        }
    }
}

impl MailContext<'_> {
    /// The values of subjects and preheaders.
    pub(super) fn head_values(&self, campaign: &str) -> Value {
        context! {
            language => self.language.as_str(),
            name => self.name,
            campaign => campaign,
            shop => shop(self.shop),
            items => self.items.iter().map(item).collect::<Value>(),
            links => links(self.links),
        }
    }
}

/// The values of the HTML and the text: the head's, its subject and its preheader.
pub(super) fn body_values(head: Value, subject: &str, preheader: &str) -> Value {
    merge_maps([
        head,
        context! { subject => subject, preheader => preheader },
    ])
}

fn shop(shop: &MailShop) -> Value {
    context! {
        name => shop.name.as_str(),
        address => shop.address.as_str(),
        contact => shop.contact.as_str(),
    }
}

fn item(item: &MailItem) -> Value {
    context! {
        title => item.title.as_str(),
        description => item.description.as_str(),
        price => item.price.as_str(),
        image => item.image.as_str(),
        url => item.url.as_str(),
        because => item.because.as_str(),
    }
}

fn links(links: &MailLinks) -> Value {
    context! {
        opt_out => links.opt_out.as_str(),
        preferences => links.preferences.as_str(),
        why => links.why.as_str(),
        privacy => links.privacy.as_str(),
    }
}
