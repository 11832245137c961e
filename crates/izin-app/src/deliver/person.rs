//! The people of a hand-over: what is read of them, and what a message shows them.

use izin_core::decision::Content;
use izin_core::{Language, Level};
use izin_store::{KnownIdentifier, Line, Message, Profile, StoreError};

use super::Round;
use super::message::MessageError;
use crate::campaign;
use crate::campaign::template::{MailItem, RenderError};
use crate::content;
use crate::recommend::Item;

/// Products in one message: four fill a screen of a phone without scrolling past the links.
const ITEMS_PER_MESSAGE: usize = 4;

/// A longer name is left out: it would break the subject line it may stand in.
const NAME_CHARS_MAX: usize = 80;

/// What a message is made from.
pub(super) struct Person {
    pub(super) profile: Profile,
    pub(super) identifiers: Vec<KnownIdentifier>,
    pub(super) purchases: Vec<Line>,
}

/// Why no message was made.
pub(super) enum MakeError {
    /// Nothing wrong with the person.
    Store(StoreError),
    /// A value of this person cannot stand in a message; it would fail every time.
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

impl From<RenderError> for MakeError {
    fn from(_: RenderError) -> Self {
        Self::Unmakeable
    }
}

impl Person {
    /// What they are called; nothing where a message could not hold it.
    pub(super) fn name(&self) -> &str {
        let name = self.profile.name.as_deref().unwrap_or_default();
        let is_fit = name.chars().count() <= NAME_CHARS_MAX;
        if is_fit { name } else { "" }
    }
}

impl Round {
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

    /// The language a person is written to in.
    pub(super) fn language(&self, person: &Person) -> Language {
        let own = person.profile.language;
        own.unwrap_or_else(|| self.app.policy().language())
    }

    /// What is picked for a person at the level that was allowed.
    pub(super) fn picked(&self, message: &Message, person: &Person) -> Vec<Item<'_>> {
        self.trained
            .for_mail(message.level, &person.purchases, ITEMS_PER_MESSAGE)
    }

    /// What was picked, as a message shows it.
    pub(super) fn shown(&self, picked: &[Item<'_>], language: Language) -> Vec<MailItem> {
        let currency = &self.app.settings.currency;
        let shown = |item: &Item<'_>| MailItem {
            title: item.product.title.clone(),
            description: item.product.description.clone(),
            price: item.product.price.show(currency, language),
            image: item.product.image.clone(),
            url: self.shop_page(&item.product.url),
            because: item.sentence(language),
        };
        picked.iter().map(shown).collect()
    }

    /// A product's page; where the catalogue names none, the shop's.
    fn shop_page(&self, url: &str) -> String {
        if url.is_empty() {
            self.app.settings.public_url.clone()
        } else {
            url.to_owned()
        }
    }

    /// What a message says, in all its parts. Whatever the template's conditions do: a part without
    /// its way out is a message without one.
    pub(super) fn content_of(
        &self,
        (picked, parts): (&[Item<'_>], &[(&str, &str)]),
        lets_refuse: impl Fn(&str) -> bool,
    ) -> Content {
        let products = picked.iter().map(|own| own.product.category.as_str());
        let policy = self.app.policy();
        let mut content = content::of_goods(&policy, products);
        let purpose = policy.purpose(&self.campaign.purpose);
        // Marketing may promote; thousands of messages are not read for what decides nothing.
        let promotes = |(line, body): &(&str, &str)| content::promotes(line, body);
        content.promotes =
            purpose.is_none_or(|own| own.class.is_service()) && parts.iter().any(promotes);
        content.no_way_to_refuse = !parts.iter().all(|(_, body)| lets_refuse(body));
        content
    }
}
