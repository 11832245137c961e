//! The way out that any sender puts into its own message: a page, a one-click address, headers, a
//! few words.
//!
//! Everything is made from one sealed link of the person, so that it works whoever sends the
//! message and as long as it is kept. By it one can only narrow. Start at [`of`].

use izin_core::policy::Text;
use izin_core::{Channel, Policy};
use izin_store::{StoreError, SuppressionHash};

use crate::App;
use crate::gate::Who;
use crate::link::{Link, LinkKind, TagKind};

/// What people answer to stop, in Indonesian and in English.
pub const REPLIES: [&str; 2] = ["BERHENTI", "STOP"];

/// The campaign of messages that others send.
const NO_CAMPAIGN: u64 = 0;

/// A working way to refuse. Its links are as good as the person's word, so `Debug` hides them.
#[derive(Clone, PartialEq, Eq)]
pub struct WayOut {
    /// The page with one button.
    pub page_url: String,
    /// The address that one POST is enough for (RFC 8058).
    pub one_click_url: String,
    /// Headers for an e-mail; none on other channels.
    pub headers: Vec<(String, String)>,
    /// Words for a short message.
    pub sms_text: Text,
}

impl std::fmt::Debug for WayOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WayOut(masked)")
    }
}

/// The way out for messages to somebody on a channel; `None` when nobody is known, or nothing of
/// theirs a refusal could be kept for. About an identifier it reads nothing from the store; about
/// a person, their identifiers.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn of(app: &App, who: &Who, channel: Channel) -> Result<Option<WayOut>, StoreError> {
    let Some(link) = link(app, who, channel).await? else {
        return Ok(None);
    };
    if channel != Channel::Email {
        return Ok(Some(by_text(
            app,
            channel,
            app.short_url(LinkKind::OptOut, &link),
        )));
    }
    let url = app.url(LinkKind::OptOut, &link)?;
    let headers = list_unsubscribe(&url, mailbox(app, &link).as_deref());
    Ok(Some(WayOut {
        headers: headers
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        ..by_text(app, channel, url)
    }))
}

/// The address to which the holder of a link may write to opt out, where mail is taken.
#[must_use]
pub fn mailbox(app: &App, link: &Link) -> Option<String> {
    let inbox = app.settings.inbox.as_ref()?;
    Some(inbox.tagged(&app.links.tag(TagKind::OptOut, link)))
}

/// The headers by which a mail program offers to stop these mails (RFC 2369, RFC 8058 §3.1): one
/// https address, and behind it a mailbox for those that know no other way.
#[must_use]
pub fn list_unsubscribe(one_click_url: &str, mailbox: Option<&str>) -> [(&'static str, String); 2] {
    let mailbox = mailbox.map(|own| format!(", <mailto:{own}?subject=unsubscribe>"));
    let mailbox = mailbox.unwrap_or_default();
    [
        ("List-Unsubscribe", format!("<{one_click_url}>{mailbox}")),
        (
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        ),
    ]
}

/// Whether answers to messages on a channel reach us, whichever sender they are from.
#[must_use]
pub fn reads_answers(policy: &Policy, channel: Channel) -> bool {
    let mut senders = policy.senders.iter().filter(|own| own.channel == channel);
    let texts = matches!(channel, Channel::Sms | Channel::Whatsapp);
    let first = senders.next();
    texts
        && first.is_some_and(|own| own.receives_replies)
        && senders.all(|own| own.receives_replies)
}

/// The few words by which a text says how to refuse: a word to answer, where answers are read; else
/// the link.
#[must_use]
pub fn in_words(answers_are_read: bool, url: &str) -> Text {
    let [berhenti, stop] = REPLIES;
    if answers_are_read {
        Text {
            id: format!("Balas {berhenti} untuk berhenti"),
            en: format!("Reply {stop} to opt out"),
        }
    } else {
        Text {
            id: format!("Berhenti: {url}"),
            en: format!("Opt out: {url}"),
        }
    }
}

fn by_text(app: &App, channel: Channel, url: String) -> WayOut {
    let sms_text = in_words(reads_answers(&app.policy(), channel), &url);
    WayOut {
        page_url: url.clone(),
        one_click_url: url,
        headers: Vec::new(),
        sms_text,
    }
}

async fn link(app: &App, who: &Who, channel: Channel) -> Result<Option<Link>, StoreError> {
    let Some(subject) = app.gate.people_of(who).into_iter().next() else {
        return Ok(None);
    };
    let address = match who {
        Who::Identifier(identifier) => Some(app.store.hasher().suppression_to_keep(identifier)),
        Who::Subject(_) => address(app, subject, channel).await?,
    };
    Ok(address.map(|address| Link {
        subject,
        address,
        channel,
        campaign: NO_CAMPAIGN,
    }))
}

/// The address a message would go to; on channels without addresses, any of the person's, for a
/// refusal by the link reaches the person besides.
async fn address(
    app: &App,
    subject: izin_core::SubjectId,
    channel: Channel,
) -> Result<Option<SuppressionHash>, StoreError> {
    let standing = app.gate.standing(subject).unwrap_or_default();
    let goes_to = standing.address(channel);
    let own = app.store.identifiers(subject).await?;
    let found = own
        .iter()
        .find(|own| Some(own.id) == goes_to)
        .or_else(|| own.iter().find(|own| own.value.kind().reaches(channel)))
        .or_else(|| own.first().filter(|_| !channel.is_addressed()));
    Ok(found.map(|own| own.suppression))
}
