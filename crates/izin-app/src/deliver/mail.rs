//! One person's mail: picked, rendered and built at the level that was just allowed.

use izin_core::Level;
use izin_core::decision::Content;
use izin_store::{KnownIdentifier, Line, Message, Profile, StoreError};

use super::Round;
use super::message::{self, List, MessageError, Outgoing};
use super::smtp::Envelope;
use crate::campaign;
use crate::campaign::template::{MailContext, MailItem, MailLinks, RenderedMail};
use crate::content;
use crate::link::{Link, LinkKind, TagKind};
use crate::recommend::Item;

/// Products in one message: four fill a screen of a phone without scrolling past the links.
const ITEMS_PER_MAIL: usize = 4;

/// Characters of the sender in `Feedback-ID`, at most.
const FEEDBACK_SENDER_CHARS_MAX: usize = 15;

/// A longer name is left out: it would break the subject line it may stand in.
const NAME_CHARS_MAX: usize = 80;

/// What a message is made from.
pub(super) struct Person {
    pub(super) profile: Profile,
    pub(super) identifiers: Vec<KnownIdentifier>,
    pub(super) purchases: Vec<Line>,
}

/// A mail that can be handed over, and what was found in it.
pub(super) struct Made {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
    pub(super) content: Content,
}

/// The addresses by which one mail is answered.
struct Answers {
    /// Who writes there opts out.
    opt_out: String,
    /// Where the mail comes back to.
    bounce: String,
    /// Where complaints go.
    complaints: String,
    /// The mail's name in them.
    complaint: String,
}

/// Why no message was made.
pub(super) enum MakeError {
    /// Nothing wrong with the person.
    Store(StoreError),
    /// A value of this person cannot stand in a mail; it would fail every time.
    Unmakeable,
}

impl From<StoreError> for MakeError {
    fn from(why: StoreError) -> Self {
        Self::Store(why)
    }
}

impl From<MessageError> for MakeError {
    fn from(_: MessageError) -> Self {
        Self::Unmakeable
    }
}

impl Round<'_> {
    /// Who they are; what they bought only where the first decision allowed its use.
    pub(super) async fn people(
        &self,
        taken: &[Message],
    ) -> Result<Vec<Option<Person>>, StoreError> {
        let store = &self.app.store;
        let subjects: Vec<_> = taken.iter().map(|own| own.subject).collect();
        let people = campaign::undamaged(&subjects, |asked| store.people(asked)).await?;
        let personal = |own: &&Message| own.level >= Level::Purchases;
        let buyers: Vec<_> = taken
            .iter()
            .filter(personal)
            .map(|own| own.subject)
            .collect();
        let read = campaign::undamaged(&buyers, |asked| store.purchases_of(asked)).await?;
        let mut read = read.into_iter();
        let person = |(own, message): (Option<_>, &Message)| {
            let bought = if personal(&message) {
                read.next()?
            } else {
                Some(Vec::new())
            };
            let (profile, identifiers) = own?;
            Some(Person {
                profile,
                identifiers,
                purchases: bought?,
            })
        };
        Ok(people.into_iter().zip(taken).map(person).collect())
    }

    /// Renders and builds one mail at the level that was allowed.
    pub(super) fn make(
        &self,
        message: &Message,
        person: &Person,
        address: &KnownIdentifier,
    ) -> Result<Made, MakeError> {
        let link = Link {
            subject: message.subject,
            address: address.suppression,
            channel: self.campaign.channel,
            campaign: self.campaign.id,
        };
        let links = self.links(&link)?;
        let items = self
            .trained
            .for_mail(message.level, &person.purchases, ITEMS_PER_MAIL);
        let mail = self.render(person, &links, &items)?;
        let content = self.look(&link, &mail, &items);
        let to = address
            .value
            .reveal("the address a message is handed over to");
        let id = self.app.links.message_id(&link);
        let domain = domain(&self.mail.from_address);
        let answers = self.answers(&link);
        let bytes = message::build(&Outgoing {
            from_name: &self.mail.from_name,
            from_address: &self.mail.from_address,
            reply_to: None,
            to_name: "",
            to_address: to,
            mail: &mail,
            one_click_url: &links.opt_out,
            mailbox: answers.as_ref().map(|own| own.opt_out.as_str()),
            feedback_id: &self.feedback_id(domain),
            complaints: answers
                .as_ref()
                .map(|own| (own.complaints.as_str(), own.complaint.as_str())),
            list: List {
                phrase: &self.shop.name,
                id: &format!(
                    "{}.{domain}",
                    self.campaign.purpose.as_str().replace('_', "-")
                ),
            },
            message_id: &format!("{id}@{domain}"),
            date: self.app.clock.now(),
        })?;
        let bytes = self.mail.dkim.sign(bytes, self.app.clock.now());
        let bytes = bytes.map_err(|_| MakeError::Unmakeable)?;
        let back = answers.map_or_else(|| self.mail.from_address.clone(), |own| own.bounce);
        let envelope = Envelope::new(&back, to).map_err(|_| MakeError::Unmakeable)?;
        Ok(Made {
            envelope,
            bytes,
            content,
        })
    }

    /// Where a mail is answered, where mail is taken.
    fn answers(&self, link: &Link) -> Option<Answers> {
        let (inbox, links) = (self.app.settings.inbox.as_ref()?, &self.app.links);
        Some(Answers {
            opt_out: inbox.tagged(&links.tag(TagKind::OptOut, link)),
            bounce: inbox.tagged(&links.tag(TagKind::Bounce, link)),
            complaints: inbox.address(),
            complaint: links.tag(TagKind::Complaint, link),
        })
    }

    /// Campaign, purpose and sender: providers tell how many complain of each, and never who.
    fn feedback_id(&self, domain: &str) -> String {
        let letters = domain.chars().filter(char::is_ascii_alphanumeric);
        let sender: String = letters.take(FEEDBACK_SENDER_CHARS_MAX).collect();
        format!(
            "{}:{}:izin:{sender}",
            self.campaign.id, self.campaign.purpose
        )
    }

    /// What the mail says, in both its parts. Whatever the template's conditions do: a part
    /// without its way out is a mail without one.
    fn look(&self, link: &Link, mail: &RenderedMail, items: &[Item<'_>]) -> Content {
        let products = items.iter().map(|own| own.product.category.as_str());
        let policy = self.app.policy();
        let mut content = content::of_goods(&policy, products);
        let purpose = policy.purpose(&self.campaign.purpose);
        // Marketing may promote; thousands of mails are not read for what decides nothing.
        content.promotes = purpose.is_none_or(|own| own.class.is_service())
            && (content::promotes(&mail.subject, &mail.html)
                || content::promotes(&mail.subject, &mail.text));
        content.no_way_to_refuse = !content::lets_refuse(self.app, link, &mail.html)
            || !content::lets_refuse(self.app, link, &mail.text);
        content
    }

    /// A product's page; where the catalogue names none, the shop's.
    fn shop_page(&self, url: &str) -> String {
        if url.is_empty() {
            self.app.settings.public_url.clone()
        } else {
            url.to_owned()
        }
    }

    fn links(&self, link: &Link) -> Result<MailLinks, StoreError> {
        Ok(MailLinks {
            opt_out: self.app.url(LinkKind::OptOut, link)?,
            preferences: self.app.url(LinkKind::Preferences, link)?,
            why: self.app.url(LinkKind::Why, link)?,
            privacy: format!("{}/privacy", self.app.settings.public_url),
        })
    }

    fn render(
        &self,
        person: &Person,
        links: &MailLinks,
        picked: &[Item<'_>],
    ) -> Result<RenderedMail, MakeError> {
        let language = person
            .profile
            .language
            .unwrap_or_else(|| self.app.policy().language());
        let currency = &self.app.settings.currency;
        let items: Vec<MailItem> = picked
            .iter()
            .map(|item| MailItem {
                title: item.product.title.clone(),
                description: item.product.description.clone(),
                price: item.product.price.show(currency, language),
                image: item.product.image.clone(),
                url: self.shop_page(&item.product.url),
                because: item.sentence(language),
            })
            .collect();
        let name = person.profile.name.as_deref().unwrap_or_default();
        let name = if name.chars().count() > NAME_CHARS_MAX {
            ""
        } else {
            name
        };
        let context = MailContext {
            language,
            name,
            shop: &self.shop,
            items: &items,
            links,
        };
        self.template
            .render(&context)
            .map_err(|_| MakeError::Unmakeable)
    }
}

fn domain(address: &str) -> &str {
    address
        .rsplit_once('@')
        .map_or(address, |(_, domain)| domain)
}
