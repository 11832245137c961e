//! A campaign before it begins: whom it would reach, what they would read, and what it would cost to send.
//!
//! Everybody is decided and every text is made as they will be; nothing is kept and nothing is sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use izin_core::{Language, Reason};
use izin_store::{Message, MessageState};
use izin_wire::sms;
use serde::Serialize;

use super::person::MakeError;
use super::text::Texting;
use super::{DeliverError, Round, Way};
use crate::campaign::template::{MailContext, MailLinks, RenderError, TextContext};
use crate::campaign::{self, NewCampaign, PEOPLE_PER_STEP, Progress};
use crate::link::{LinkKind, SHORT_CHARS};
use crate::{App, way_out};

/// Who reads the samples.
const SOMEBODY: &str = "Sari";

/// What a campaign would be.
#[derive(Debug, Serialize)]
pub struct Preview {
    /// Its name.
    pub name: String,
    /// Everybody with an address on the channel.
    pub considered: u64,
    /// Whom it would reach now.
    pub allowed: u64,
    /// Whom it would reach later: because of a pause, a cap or the hour.
    pub deferred: u64,
    /// Whom it would leave out, by reason.
    pub denied: BTreeMap<Reason, u64>,
    /// On channels of texts: what the texts to those it reaches now or later would take.
    pub texts: Option<Texts>,
    /// What somebody made up would read.
    pub samples: Vec<Sample>,
}

/// What texts take.
#[derive(Debug, Default, Serialize)]
pub struct Texts {
    /// Messages that are paid for, on SMS.
    pub segments: u64,
    /// People, by how many messages theirs takes.
    pub people_by_segments: BTreeMap<usize, u64>,
    /// People whose values make no text, such as one that would be too long.
    pub unmakeable: u64,
}

/// What somebody would read in a language.
#[derive(Debug, Serialize)]
pub struct Sample {
    /// The language.
    pub language: Language,
    /// A mail's subject, or a text.
    pub words: String,
    /// The alphabet of a text, `GSM-7` or `UCS-2`.
    pub encoding: Option<&'static str>,
    /// Messages a text takes.
    pub segments: Option<usize>,
}

/// Looks at a campaign that could begin.
///
/// # Errors
/// [`DeliverError`]; why it could not begin.
pub async fn preview(
    app: &Arc<App>,
    new: NewCampaign,
    progress: Progress<'_>,
) -> Result<Preview, DeliverError> {
    let campaign = campaign::checked(app, new)?;
    let round = Round::of(app, campaign).await?;
    let mut preview = Preview {
        name: round.campaign.name.clone(),
        considered: 0,
        allowed: 0,
        deferred: 0,
        denied: BTreeMap::new(),
        texts: matches!(round.way, Way::Text(_)).then(Texts::default),
        samples: round.samples(),
    };
    let everybody = app.gate.everybody();
    let (mut done, total) = (0, everybody.len() as u64);
    for people in everybody.chunks(PEOPLE_PER_STEP) {
        let messages = campaign::considered(app, &round.campaign, people).await?;
        for message in &messages {
            preview.count(message);
        }
        if let (Way::Text(own), Some(texts)) = (&round.way, &mut preview.texts) {
            round.measure(own, texts, messages).await?;
        }
        done += people.len() as u64;
        progress(done, total);
    }
    Ok(preview)
}

impl Preview {
    fn count(&mut self, message: &Message) {
        self.considered += 1;
        *match message.state {
            MessageState::Queued => &mut self.allowed,
            MessageState::Deferred => &mut self.deferred,
            _ => self.denied.entry(message.reason).or_default(),
        } += 1;
    }
}

impl Round {
    /// Makes the texts of those who may be reached, and measures them.
    async fn measure(
        &self,
        own: &Texting,
        texts: &mut Texts,
        mut messages: Vec<Message>,
    ) -> Result<(), DeliverError> {
        let reaches =
            |own: &Message| matches!(own.state, MessageState::Queued | MessageState::Deferred);
        messages.retain(reaches);
        let people = self.people(&messages).await?;
        for (message, person) in messages.iter().zip(people) {
            let Some(person) = person else {
                texts.unmakeable += 1;
                continue;
            };
            let mut identifiers = person.identifiers.iter();
            let Some(address) = identifiers.find(|own| Some(own.id) == message.identifier) else {
                continue;
            };
            match self.text(own, (message, &person), address) {
                Ok((text, _)) => {
                    let segments = sms::length(&text.text).segments;
                    texts.segments += segments as u64;
                    *texts.people_by_segments.entry(segments).or_default() += 1;
                }
                Err(MakeError::Unmakeable) => texts.unmakeable += 1,
                Err(MakeError::Store(why)) => return Err(why.into()),
            }
        }
        Ok(())
    }

    /// What somebody made up would read, who has bought nothing.
    fn samples(&self) -> Vec<Sample> {
        let sample = |language| {
            // A template that cannot be rendered for anybody was refused before.
            let words = self.sample(language).unwrap_or_default();
            let length = matches!(self.way, Way::Text(_)).then(|| sms::length(&words));
            Sample {
                language,
                words,
                encoding: length.map(|own| own.encoding.name()),
                segments: length.map(|own| own.segments),
            }
        };
        Language::ALL.into_iter().map(sample).collect()
    }

    fn sample(&self, language: Language) -> Result<String, RenderError> {
        let page = |kind: LinkKind| {
            let (url, path) = (&self.app.settings.public_url, kind.path());
            format!("{url}{path}{}", "x".repeat(SHORT_CHARS))
        };
        let opt_out = page(LinkKind::OptOut);
        match &self.way {
            Way::Mail(own) => {
                let links = MailLinks {
                    opt_out,
                    preferences: page(LinkKind::Preferences),
                    why: page(LinkKind::Why),
                    privacy: format!("{}/privacy", self.app.settings.public_url),
                };
                let context = MailContext {
                    language,
                    name: SOMEBODY,
                    shop: &self.shop,
                    items: &[],
                    links: &links,
                };
                Ok(own.template.render(&context)?.subject)
            }
            Way::Text(own) => {
                let policy = self.app.policy();
                let answers = way_out::reads_answers(&policy, self.campaign.channel);
                let way_out = way_out::in_words(answers, &opt_out);
                let context = TextContext {
                    language,
                    name: SOMEBODY,
                    shop: &self.shop,
                    items: &[],
                    way_out: way_out.get(language),
                    opt_out: &opt_out,
                };
                Ok(own.template.render(&context)?.text)
            }
        }
    }
}
