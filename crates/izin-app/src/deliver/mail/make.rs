//! One person's mail: rendered, built and signed at the level that was just allowed.

use izin_core::decision::Content;
use izin_store::{KnownIdentifier, Message, StoreError};

use super::super::Round;
use super::super::message::{self, List, Outgoing};
use super::super::person::{MakeError, Person};
use super::super::smtp::Envelope;
use super::Mailing;
use crate::campaign::template::{MailContext, MailLinks, RenderedMail};
use crate::content;
use crate::link::{Link, LinkKind, TagKind};
use crate::recommend::Item;

/// Characters of the sender in `Feedback-ID`, at most.
const FEEDBACK_SENDER_CHARS_MAX: usize = 15;

/// A mail that can be handed over.
pub(super) struct Made {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
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

impl Round {
    /// Renders and builds one mail at the level that was allowed.
    pub(super) fn mail(
        &self,
        own: &Mailing,
        (message, person): (&Message, &Person),
        address: &KnownIdentifier,
    ) -> Result<(Made, Content), MakeError> {
        let link = Link {
            subject: message.subject,
            address: address.suppression,
            channel: self.campaign.channel,
            campaign: self.campaign.id,
        };
        let links = self.links(&link)?;
        let picked = self.picked(message, person);
        let mail = self.render(own, person, &links, &picked)?;
        let parts = [
            (mail.subject.as_str(), mail.html.as_str()),
            (&mail.subject, &mail.text),
        ];
        let content = self.content_of((&picked, &parts), |body| {
            content::lets_refuse(&self.app, &link, body)
        });
        let to = address
            .value
            .reveal("the address a message is handed over to");
        let id = self.app.links.message_id(&link);
        let domain = domain(&own.mail.from_address);
        let answers = self.answers(&link);
        let bytes = message::build(&Outgoing {
            from_name: &own.mail.from_name,
            from_address: &own.mail.from_address,
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
        let bytes = own.mail.dkim.sign(bytes, self.app.clock.now());
        let bytes = bytes.map_err(|_| MakeError::Unmakeable)?;
        let back = answers.map_or_else(|| own.mail.from_address.clone(), |own| own.bounce);
        let envelope = Envelope::new(&back, to).map_err(|_| MakeError::Unmakeable)?;
        Ok((Made { envelope, bytes }, content))
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
        own: &Mailing,
        person: &Person,
        links: &MailLinks,
        picked: &[Item<'_>],
    ) -> Result<RenderedMail, MakeError> {
        let language = self.language(person);
        let items = self.shown(picked, language);
        Ok(own.template.render(&MailContext {
            language,
            name: person.name(),
            shop: &self.shop,
            items: &items,
            links,
        })?)
    }
}

fn domain(address: &str) -> &str {
    address
        .rsplit_once('@')
        .map_or(address, |(_, domain)| domain)
}
