//! Promise 1 by text: STOP, BERHENTI, *tolong jangan sms saya lagi*; and what a provider reports of
//! somebody who stopped our messages there. Start at [`heard`] and [`stopped`].

use std::sync::Arc;

use izin_core::{Channel, Identifier, Origin, RefusalKind, Scope, Timestamp};
use izin_store::{Answered, QueueKind};
use izin_wire::sms::{self, Meaning};

use super::reply::{self, Reply};
use super::{InboundError, Waiting, number, once, wait};
use crate::act::{self, Kind, Report};
use crate::gate::Who;
use crate::{App, deliver, optout, queue, supervisor};

/// A message that somebody sent us. Without `Debug`: it says who and what.
#[derive(Clone)]
pub struct Text {
    /// Who passed it on, as `twilio`.
    pub provider: &'static str,
    /// The provider's name for the message; may be empty.
    pub id: String,
    /// How it came.
    pub channel: Channel,
    /// The number it came from.
    pub from: String,
    /// What it says.
    pub text: String,
    /// What the provider made of it, where it says so.
    pub meaning: Option<Meaning>,
}

impl Text {
    /// A message as a provider passes it on: its number, its words, its name there.
    #[must_use]
    pub fn of(
        (provider, channel): (&'static str, Channel),
        (from, text, id): (String, String, String),
    ) -> Self {
        Self {
            provider,
            id,
            channel,
            from,
            text,
            meaning: None,
        }
    }
}

/// What a message came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What it was taken for.
    pub meaning: Meaning,
    /// What the person is to be told, once; a repetition of the same message gets the same.
    pub reply: Option<String>,
    /// Whether this message was heard before: whoever is told by a message of its own was told then.
    pub is_repeated: bool,
}

impl Heard {
    const fn silent(meaning: Meaning) -> Self {
        Self {
            meaning,
            reply: None,
            is_repeated: false,
        }
    }
}

/// Takes a message: a no counts when this returns, and so does what may be one.
///
/// # Errors
/// [`InboundError`] when a no could not be made durable; the provider must send it again.
pub async fn heard(app: &App, text: Text) -> Result<Heard, InboundError> {
    let meaning = text.meaning.unwrap_or_else(|| sms::meaning(&text.text));
    let refusal = match meaning {
        Meaning::OptOut => RefusalKind::OptedOut,
        Meaning::Review => RefusalKind::Presumed,
        Meaning::Help => return help(app, &text).await,
        Meaning::OptIn | Meaning::None => {
            return Ok(Heard::silent(meaning));
        }
    };
    let Ok(from) = number(app, &text.from) else {
        unresolved(app, &text).await?;
        return Ok(Heard::silent(meaning));
    };
    let (reply, is_repeated) = refused(app, text, (from, refusal)).await?;
    Ok(Heard {
        meaning,
        reply,
        is_repeated,
    })
}

/// Tells whoever wrote, by a text of its own, what they are to be told: for providers that take no answer
/// for them. It is sent once, after the provider was answered; where nobody carries texts on the channel,
/// or this one is not carried, they are told nothing.
pub fn tell(app: &Arc<App>, (channel, from): (Channel, &str), heard: Heard) {
    let (Some(words), false) = (heard.reply, heard.is_repeated) else {
        return;
    };
    let Ok(to) = number(app, from) else {
        return;
    };
    let app = Arc::clone(app);
    drop(supervisor::start("an answer to a text", async move {
        let to = to.reveal("the number that an answer goes to");
        if let Err(error) = deliver::tell(&app, (channel, to), &words).await {
            tracing::warn!(%channel, %error, "somebody was not told that their no stands, or where help is");
        }
    }));
}

/// Somebody who stopped our messages with a provider.
pub struct Stopped<'a> {
    /// With whom.
    pub provider: &'static str,
    /// The provider's name for what it reports; may be empty.
    pub id: &'a str,
    /// On which channel.
    pub channel: Channel,
    /// Whose number it is.
    pub number: &'a str,
    /// When, where it says so.
    pub occurred_at: Option<Timestamp>,
    /// What it reported, without a person's name: `error 21610`.
    pub what: &'a str,
    /// Whether it says that the person wanted it; else somebody has to look.
    pub is_certain: bool,
}

/// Takes what a provider reports; it counts when this returns.
///
/// # Errors
/// [`InboundError`] when it could not be made durable.
pub async fn stopped(app: &App, own: Stopped<'_>) -> Result<(), InboundError> {
    let Ok(number) = number(app, own.number) else {
        let text = Text {
            provider: own.provider,
            id: own.id.to_owned(),
            channel: own.channel,
            from: own.number.to_owned(),
            text: own.what.to_owned(),
            meaning: Some(Meaning::OptOut),
        };
        return unresolved(app, &text).await;
    };
    let scope = Scope::channel(own.channel);
    // In this order: what the gate knows is unsettled before the gate hears of it.
    if optout::stands(app, &number, &scope) && app.store.is_settled() {
        return Ok(());
    }
    let refusal = match own.is_certain {
        true => RefusalKind::OptedOut,
        false => RefusalKind::Presumed,
    };
    let report = Report {
        who: Who::Identifier(number),
        kind: Kind::No(refusal),
        channel: Some(own.channel),
        purpose: None,
        topic: None,
        occurred_at: own.occurred_at,
        origin: Origin::Provider,
        detail: Some(format!("{}: {}", own.provider, own.what)),
    };
    act::report(app, report, once(app, own.provider, own.id), |_| {
        String::new()
    })
    .await?;
    Ok(())
}

/// Enters a no and says what the person is told, that it stands, unless they were told so before; and
/// whether this very message was answered before.
async fn refused(
    app: &App,
    text: Text,
    (from, refusal): (Identifier, RefusalKind),
) -> Result<(Option<String>, bool), InboundError> {
    let key = once(app, text.provider, &text.id);
    let is_certain = refusal == RefusalKind::OptedOut;
    // In this order: what the gate knows is unsettled before the gate hears of it.
    if is_certain
        && optout::stands(app, &from, &Scope::channel(text.channel))
        && app.store.is_settled()
    {
        return Ok((told_before(app, key).await?, true));
    }
    let reply = match is_certain {
        true => Some(reply::words(app, Reply::Stopped, (text.channel, &from)).await?),
        false => None,
    };
    let report = Report {
        who: Who::Identifier(from),
        kind: Kind::No(refusal),
        channel: Some(text.channel),
        purpose: None,
        topic: None,
        occurred_at: None,
        origin: Origin::Text,
        detail: Some(text.text),
    };
    let kept = reply.clone().unwrap_or_default();
    let answered = act::report(app, report, key, move |_| kept.clone()).await?;
    Ok(match answered {
        Answered::Now(_) => (reply, false),
        Answered::Before(kept) => (Some(kept).filter(|own| !own.is_empty()), true),
    })
}

/// What the same message was answered before.
async fn told_before(app: &App, key: Option<[u8; 32]>) -> Result<Option<String>, InboundError> {
    let before = match key {
        Some(key) => app.store.answered(key).await?,
        None => None,
    };
    Ok(before.filter(|own| !own.is_empty()))
}

/// Whoever asks for help is told where it is; nothing is recorded.
async fn help(app: &App, text: &Text) -> Result<Heard, InboundError> {
    let reply = match number(app, &text.from) {
        Ok(from) => Some(reply::words(app, Reply::Help, (text.channel, &from)).await?),
        Err(_) => None,
    };
    Ok(Heard {
        reply,
        ..Heard::silent(Meaning::Help)
    })
}

/// A no from what is no number, such as a sender's name: somebody has to find whose it is.
async fn unresolved(app: &App, text: &Text) -> Result<(), InboundError> {
    let (channel, from) = (text.channel.as_str(), &text.from);
    let waiting = Waiting {
        kind: QueueKind::UnresolvedOptOut,
        due_at: queue::unresolved(None, app.clock.now()).due_at,
        provider: text.provider,
        once: once(app, text.provider, &text.id),
        note: format!(
            "{channel} from `{from}` by {}: {}",
            text.provider, text.text
        ),
    };
    Ok(wait(app, waiting).await?)
}
