//! Promise 1 by mail: an opt-out written to the address that a message gave for it, a complaint that a
//! mailbox provider passes on, a mail that came back; and a sentence to the shop that may be a no.
//!
//! Who is meant says a tag or a link of ours, which nobody else can make. A sender's address, or one that
//! stands in a report, anybody can write: by it alone nothing is done that nobody looks at. Start at
//! [`take`].

use izin_core::{Act, Channel, Identifier, Origin, RefusalKind, Scope};
use izin_store::{Command, QueueKind, Refusing, Together, Whom};
use izin_wire::mail::bounce::{self, Bounce, Cause, Outcome};
use izin_wire::mail::complaint::{self, Complaint};
use izin_wire::mail::{Fields, address, addresses, words};
use izin_wire::sms::{self, Meaning};

use super::{InboundError, Waiting, once, wait};
use crate::act::{self, Kind, Report};
use crate::gate::Who;
use crate::link::{Link, LinkKind, Tag, TagKind};
use crate::{App, optout, queue};

/// Bytes of a mail that are read: a report stands at the beginning, and whoever answers with pictures
/// is heard by the words before them.
pub const RAW_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Who passed it on, where somebody has to look.
const PROVIDER: &str = "mail";
/// Addresses that a mail is looked at for.
const RECIPIENTS_MAX: usize = 64;

/// What a mail came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// Nothing that concerns us.
    Nothing,
    /// It came back, and says nothing about the person.
    CameBack,
    /// It came back, and no mail to that address will arrive.
    Undeliverable,
    /// What may be a no, or a complaint about nobody we know: a person looks at it.
    Queued,
    /// A complaint, which is a no.
    Complained,
    /// An opt-out.
    OptedOut,
}

impl Taken {
    /// Its name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::CameBack => "came_back",
            Self::Undeliverable => "undeliverable",
            Self::Queued => "queued",
            Self::Complained => "complained",
            Self::OptedOut => "opted_out",
        }
    }
}

/// Takes a mail that came in for some addresses of ours; where none is named, for those in its header.
/// What it says counts when this returns. Said again, it changes nothing.
///
/// # Errors
/// [`InboundError`] when it could not be made durable; it must be given again.
pub async fn take(app: &App, raw: &[u8], recipients: &[String]) -> Result<Taken, InboundError> {
    let raw = raw.get(..RAW_BYTES_MAX).unwrap_or(raw);
    let header = Fields::of_header(raw);
    let mut taken = Taken::Nothing;
    let mut was_tagged = false;
    for tag in tags(app, &header, recipients) {
        was_tagged = true;
        taken = taken.max(match tag.kind {
            TagKind::OptOut => opted_out(app, tag).await?,
            TagKind::Bounce => came_back(app, bounce::read(raw), Some(tag)).await?,
            TagKind::Complaint => Taken::Nothing,
        });
    }
    if was_tagged {
        return Ok(taken);
    }
    if let Some(report) = complaint::read(raw) {
        return complained(app, report, &header).await;
    }
    if let Some(report) = bounce::read(raw) {
        let about = named(app, &report.returned);
        return came_back(app, Some(report), about).await;
    }
    written(app, raw, &header).await
}

/// The tags in the addresses a mail came for.
fn tags(app: &App, header: &Fields, recipients: &[String]) -> Vec<Tag> {
    let named = ["Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"];
    let told: Vec<&str> = match recipients {
        [] => named
            .iter()
            .flat_map(|name| header.all(name))
            .flat_map(addresses)
            .collect(),
        told => told.iter().filter_map(|own| address(own)).collect(),
    };
    let mut found: Vec<Tag> = Vec::new();
    for own in told
        .into_iter()
        .take(RECIPIENTS_MAX)
        .filter_map(|own| tag(app, own))
    {
        if !found.contains(&own) {
            found.push(own);
        }
    }
    found
}

/// The tag in an address: `izin+TAG@in.toko.example`.
fn tag(app: &App, address: &str) -> Option<Tag> {
    let (local, _) = address.rsplit_once('@')?;
    let (_, tag) = local.rsplit_once('+')?;
    app.links.open_tag(tag.trim_matches('"'))
}

/// Which message of ours a header came from, by what only we could have written into it.
fn named(app: &App, returned: &Fields) -> Option<Tag> {
    let by_name = returned
        .all("CFBL-Feedback-ID")
        .find_map(|own| app.links.open_tag(own));
    let ways = || {
        returned
            .all("List-Unsubscribe")
            .flat_map(|own| own.split(['<', '>', ',']))
    };
    let by_way = || ways().find_map(|own| of_way(app, own.trim()));
    let back = || {
        returned
            .all("Return-Path")
            .filter_map(address)
            .find_map(|own| tag(app, own))
    };
    by_name.or_else(by_way).or_else(back)
}

/// The message of a way out: the address of its page, or of its mailbox.
fn of_way(app: &App, way: &str) -> Option<Tag> {
    if let Some(mail) = way.strip_prefix("mailto:") {
        return tag(app, mail.split('?').next()?);
    }
    let (_, token) = way.split_once(LinkKind::OptOut.path())?;
    let link = app.links.open(LinkKind::OptOut, token)?;
    let (address, campaign) = (link.address, link.campaign);
    Some(Tag {
        kind: TagKind::OptOut,
        address,
        campaign,
    })
}

/// Whoever writes to the address for it opts out, whatever they write, and whoever sent it on.
async fn opted_out(app: &App, tag: Tag) -> Result<Taken, InboundError> {
    let scope = Scope::channel(Channel::Email);
    let holders = app.store.holding(tag.address).await?;
    if let Some((subject, _)) = holders.first() {
        let link = Link {
            subject: *subject,
            address: tag.address,
            channel: Channel::Email,
            campaign: tag.campaign,
        };
        optout::by_link(app, &link, scope, Origin::Mail).await?;
    } else if !optout::is_suppressed(app, tag.address, &scope) || !app.store.is_settled() {
        refuse(app, (tag, RefusalKind::OptedOut), None, None).await?;
    }
    Ok(Taken::OptedOut)
}

/// Enters a no of whoever holds an address, and puts it before a person where one has to look.
async fn refuse(
    app: &App,
    (tag, refusal): (Tag, RefusalKind),
    detail: Option<String>,
    key: Option<[u8; 32]>,
) -> Result<(), InboundError> {
    let now = app.clock.now();
    let holders = app.store.holding(tag.address).await?;
    let whom = match holders.first() {
        Some((subject, _)) => Whom::Link(*subject, tag.address),
        None => Whom::Address(tag.address),
    };
    let together = Together {
        review: act::review(app, (&whom, refusal), detail.clone(), now),
        commands: vec![Command::Refuse(Refusing {
            whom,
            refusal,
            scope: Scope::channel(Channel::Email),
            occurred_at: now,
            origin: Origin::Mail,
            detail,
        })],
    };
    match key {
        Some(key) => drop(
            app.store
                .record_once(key, together, now, |_| String::new())
                .await?,
        ),
        None => drop(app.store.record_together(together, now).await?),
    }
    Ok(())
}

/// A mail of ours that came back. Only one that says that there is no such address says anything about it;
/// whose it is says the tag, not what stands in the report.
async fn came_back(
    app: &App,
    report: Option<Bounce>,
    about: Option<Tag>,
) -> Result<Taken, InboundError> {
    let is_gone = report.is_some_and(|own| {
        let mut recipients = own.recipients.iter();
        recipients.any(|own| own.outcome == Outcome::Failed && own.cause == Cause::NoSuchAddress)
    });
    let Some(tag) = about.filter(|_| is_gone) else {
        return Ok(Taken::CameBack);
    };
    let mut commands = Vec::new();
    for (subject, identifier) in app.store.holding(tag.address).await? {
        let gone = (identifier, Channel::Email);
        let standing = app.gate.standing(subject).unwrap_or_default();
        if !standing.undeliverable.contains(&gone) {
            let act = Act::Undeliverable {
                identifier,
                channel: Channel::Email,
            };
            commands.push(Command::Act {
                subject: Some(subject),
                act,
                detail: None,
            });
        }
    }
    if !commands.is_empty() {
        app.store.record(commands, app.clock.now()).await?;
    }
    Ok(Taken::Undeliverable)
}

/// A complaint about a message that is ours is a no. About any other it may be made up: a person looks.
async fn complained(app: &App, report: Complaint, header: &Fields) -> Result<Taken, InboundError> {
    if !report.is_complaint() {
        return Ok(Taken::Nothing);
    }
    let key = once(app, PROVIDER, header.get("Message-ID").unwrap_or_default());
    if let Some(tag) = named(app, &report.returned) {
        let detail = format!("a mailbox provider passed on `{}`", report.feedback_type);
        refuse(app, (tag, RefusalKind::Complained), Some(detail), key).await?;
        return Ok(Taken::Complained);
    }
    let from = header.get("From").unwrap_or_default();
    let about = report.recipients.join(", ");
    let note = format!(
        "a complaint from `{from}` about {about}; nothing in it shows that it is about a message of ours"
    );
    let waiting = Waiting {
        kind: QueueKind::Complaint,
        due_at: queue::complaint(None, app.clock.now()).due_at,
        provider: PROVIDER,
        once: key,
        note,
    };
    wait(app, waiting).await?;
    Ok(Taken::Queued)
}

/// A mail that somebody wrote. Words that may be a no count as one for the address they came from, and a
/// person looks: who sent a mail, anybody can pretend.
async fn written(app: &App, raw: &[u8], header: &Fields) -> Result<Taken, InboundError> {
    let from = header.get("From").and_then(address);
    let from = from.and_then(|own| Identifier::email(own).ok());
    let text = words(raw);
    let says = |text: &str| matches!(sms::meaning(text), Meaning::OptOut | Meaning::Review);
    let subject = header.get("Subject").unwrap_or_default();
    let may_refuse = !is_automatic(header) && (says(subject) || says(&text));
    let Some(from) = from.filter(|_| may_refuse) else {
        return Ok(Taken::Nothing);
    };
    let report = Report {
        who: Who::Identifier(from),
        kind: Kind::No(RefusalKind::Presumed),
        channel: Some(Channel::Email),
        purpose: None,
        topic: None,
        occurred_at: None,
        origin: Origin::Mail,
        detail: Some(format!("{subject}\n{text}")),
    };
    let key = once(app, PROVIDER, header.get("Message-ID").unwrap_or_default());
    act::report(app, report, key, |_| String::new()).await?;
    Ok(Taken::Queued)
}

/// Whether a program wrote it (RFC 3834 §2), or a list.
fn is_automatic(header: &Fields) -> bool {
    let said = |name: &str| header.get(name).unwrap_or_default().to_ascii_lowercase();
    let automatic = said("Auto-Submitted");
    !(automatic.is_empty() || automatic.starts_with("no"))
        || header.get("X-Autoreply").is_some()
        || header.get("List-Id").is_some()
        || matches!(
            said("Precedence").as_str(),
            "bulk" | "junk" | "list" | "auto_reply"
        )
}
