//! What may be reported, field by field: each act has fields of its own, and takes no other's.

use izin_app::act::{self, Asked, Kind, Report};
use izin_core::consent::{Giver, Mark};
use izin_core::policy::FormId;
use izin_core::relation::{Relation, SoftOptIn};
use izin_core::window::Limit;
use izin_core::{Channel, Language, Level, Origin, RefusalKind, Signal};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::subject::{self, Subject, day, invalid, moment};
use crate::problem::{Code, Problem};

/// An act to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActReport {
    subject: Subject,
    act: ActKind,
    /// The channel it is about; absent: all of them, where the act allows that.
    #[schema(value_type = Option<String>, example = "email")]
    channel: Option<Channel>,
    /// The purpose it is about, as the policy names it; absent: all of them, likewise.
    purpose: Option<String>,
    /// A theme inside the purpose.
    topic: Option<String>,
    /// When it happened, as 2026-11-21T09:30:00+07:00; absent: now. What widens is refused in the
    /// future and before 1970-01-02. What narrows is taken all the same: a no dated so, or not
    /// readably, was said now, and its detail keeps what was written here.
    occurred_at: Option<String>,
    /// Where it was said, as `checkout` or `call centre`. Kept sealed, as part of the detail.
    source: Option<String>,
    /// What was shown and said: label, form, note. Kept sealed. A consent without source and
    /// detail is recorded but permits nothing.
    detail: Option<String>,
    /// For `consent`: the form it was given on, as the policy names it.
    form: Option<String>,
    /// With `form`: its version.
    form_version: Option<u32>,
    /// For `consent`: the version of the notice that was shown, where no form says it.
    notice: Option<u32>,
    /// For `consent`: the language of the words shown.
    #[schema(value_type = Option<String>, example = "id")]
    language: Option<Language>,
    /// For `consent`: whether sensitive data were asked for by name.
    explicit: Option<bool>,
    /// For `consent`: `subject`, or `guardian` of a minor.
    #[schema(value_type = Option<String>, example = "subject")]
    given_by: Option<Giver>,
    /// For `dial`: where it is set, 0 to 3; up only by the person.
    #[schema(value_type = Option<u8>)]
    level: Option<Level>,
    /// For `dial`, instead of a level: something was too personal, so it goes one level down.
    too_personal: Option<bool>,
    /// For `pause`: until when.
    until: Option<String>,
    /// For `restriction`: whether it holds.
    holds: Option<bool>,
    /// For `signal`: `gpc`, `gpp`, `tcf` or `provider`.
    #[schema(value_type = Option<String>, example = "gpc")]
    signal: Option<Signal>,
    /// For `minor`: from when the person is of age, a date; kept as the first day of a month.
    adult_from: Option<String>,
    /// For `soft_opt_in`: the four facts.
    facts: Option<Facts>,
    /// For `cap`: the person's own limit.
    #[schema(value_type = Option<Cap>)]
    limit: Option<Limit>,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ActKind {
    /// A yes to one purpose on one channel.
    Consent,
    /// The consent to a purpose is taken back.
    Withdrawal,
    /// The processing is objected to.
    Objection,
    /// No more of this.
    Optout,
    /// A message was reported as unwanted.
    Complaint,
    /// Something that may be a no: it counts as one, and a person looks.
    PresumedRefusal,
    /// The dial is moved.
    Dial,
    /// Quiet until a time.
    Pause,
    /// Processing is restricted, or the restriction ends.
    Restriction,
    /// A machine-readable preference was seen.
    Signal,
    /// The person is a minor.
    Minor,
    /// How an address was obtained in a sale.
    SoftOptIn,
    /// They bought something; kept only where a law infers consent from it.
    Purchase,
    /// They asked about something; likewise.
    Inquiry,
    /// The person's own limit on messages.
    Cap,
    /// They were asked for a consent.
    ConsentAsked,
    /// The question was closed without an answer.
    ConsentAskClosed,
    /// They said no to the question.
    ConsentDeclined,
    /// The shop took a consent back.
    ConsentRevoked,
    /// An authority or court found a consent void.
    ConsentInvalidated,
}

/// The four facts of a soft opt-in; one that is absent is not so.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SoftOptInFacts)]
struct Facts {
    /// The address was obtained from this person in a sale, or in talks about one.
    #[serde(default)]
    obtained_in_sale: bool,
    /// What is promoted is the shop's own and similar.
    #[serde(default)]
    own_similar_goods: bool,
    /// Refusing was offered when the address was obtained.
    #[serde(default)]
    refusal_offered_at_collection: bool,
    /// Refusing is offered in every message.
    #[serde(default)]
    refusal_offered_in_each_message: bool,
}

/// At most so many messages in any window.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the core reads")]
pub(crate) struct Cap {
    /// 1 to 1,000.
    at_most: u16,
    /// As `7d` or `24h`.
    #[schema(example = "7d")]
    within: String,
}

/// The words a consent was given to, as somebody says.
pub(crate) struct Words {
    pub(crate) form: Option<String>,
    pub(crate) form_version: Option<u32>,
    pub(crate) notice: Option<u32>,
    pub(crate) language: Option<Language>,
    pub(crate) explicit: Option<bool>,
    pub(crate) given_by: Option<Giver>,
}

impl Words {
    /// In the words of the application.
    pub(crate) fn asked(self) -> Result<Asked, Problem> {
        let name = |text: String| {
            FormId::parse(&text).map_err(|_| invalid("form", "expected the name of a form"))
        };
        let form = match (self.form, self.form_version) {
            (Some(form), Some(version)) => Some((name(form)?, version)),
            (None, None) => None,
            (Some(_), None) => return Err(missing("form_version")),
            (None, Some(_)) => return Err(missing("form")),
        };
        Ok(Asked {
            form,
            notice: self.notice,
            language: self.language,
            explicit: self.explicit.unwrap_or_default(),
            by: self.given_by.unwrap_or_default(),
        })
    }
}

/// A field that this act needs.
pub(crate) fn missing(field: &str) -> Problem {
    Problem::new(Code::MissingField, "this act needs it").at(field)
}

impl ActKind {
    /// The fields that only this act has.
    const fn own_fields(self) -> &'static [&'static str] {
        match self {
            Self::Consent => &[
                "form",
                "form_version",
                "notice",
                "language",
                "explicit",
                "given_by",
            ],
            Self::Dial => &["level", "too_personal"],
            Self::Pause => &["until"],
            Self::Restriction => &["holds"],
            Self::Signal => &["signal"],
            Self::Minor => &["adult_from"],
            Self::SoftOptIn => &["facts"],
            Self::Cap => &["limit"],
            _ => &[],
        }
    }

    /// The kind of an act that has no field of its own.
    const fn simple(self) -> Option<Kind> {
        Some(match self {
            Self::Withdrawal => Kind::No(RefusalKind::Withdrawn),
            Self::Objection => Kind::No(RefusalKind::Objected),
            Self::Optout => Kind::No(RefusalKind::OptedOut),
            Self::Complaint => Kind::No(RefusalKind::Complained),
            Self::PresumedRefusal => Kind::No(RefusalKind::Presumed),
            Self::Purchase => Kind::Dealing(Relation::Purchase),
            Self::Inquiry => Kind::Dealing(Relation::Inquiry),
            Self::ConsentAsked => Kind::Marked(Mark::Requested),
            Self::ConsentAskClosed => Kind::Marked(Mark::RequestDeferred),
            Self::ConsentDeclined => Kind::Marked(Mark::Refused),
            Self::ConsentRevoked => Kind::Marked(Mark::Revoked),
            Self::ConsentInvalidated => Kind::Marked(Mark::Invalidated),
            _ => return None,
        })
    }
}

impl ActReport {
    /// The field that a refusal to widen is about.
    pub(crate) const fn widening_field(&self) -> Option<&'static str> {
        match self.act {
            ActKind::Dial => Some("level"),
            ActKind::Restriction => Some("holds"),
            ActKind::Cap => Some("limit"),
            _ => None,
        }
    }

    /// Refuses a field that belongs to another act.
    fn check_fields(&self) -> Result<(), Problem> {
        let own = self.act.own_fields();
        let given = [
            ("form", self.form.is_some()),
            ("form_version", self.form_version.is_some()),
            ("notice", self.notice.is_some()),
            ("language", self.language.is_some()),
            ("explicit", self.explicit.is_some()),
            ("given_by", self.given_by.is_some()),
            ("level", self.level.is_some()),
            ("too_personal", self.too_personal.is_some()),
            ("until", self.until.is_some()),
            ("holds", self.holds.is_some()),
            ("signal", self.signal.is_some()),
            ("adult_from", self.adult_from.is_some()),
            ("facts", self.facts.is_some()),
            ("limit", self.limit.is_some()),
        ];
        let mut strange = given
            .iter()
            .filter(|(name, given)| *given && !own.contains(name));
        match strange.next() {
            Some((name, _)) => Err(invalid(name, "it has no meaning for this act")),
            None => Ok(()),
        }
    }

    fn kind(&mut self) -> Result<Kind, Problem> {
        self.check_fields()?;
        if let Some(simple) = self.act.simple() {
            return Ok(simple);
        }
        let needed = |field| move || missing(field);
        Ok(match self.act {
            ActKind::Consent => Kind::Consent(self.words().asked()?),
            ActKind::Dial => self.dial()?,
            ActKind::Pause => {
                let until = self.until.as_deref().ok_or_else(needed("until"))?;
                Kind::Pause(moment("until", until)?)
            }
            ActKind::Restriction => Kind::Restriction {
                holds: self.holds.ok_or_else(needed("holds"))?,
            },
            ActKind::Signal => Kind::SignalSeen(self.signal.ok_or_else(needed("signal"))?),
            ActKind::Minor => {
                let from = self
                    .adult_from
                    .as_deref()
                    .ok_or_else(needed("adult_from"))?;
                Kind::Minor {
                    adult_from: day("adult_from", from)?,
                }
            }
            ActKind::SoftOptIn => Kind::SoftOptIn(self.facts.ok_or_else(needed("facts"))?.into()),
            ActKind::Cap => Kind::Cap(self.limit.ok_or_else(needed("limit"))?),
            _ => return Err(Problem::of(Code::Internal)),
        })
    }

    fn dial(&self) -> Result<Kind, Problem> {
        match (self.level, self.too_personal) {
            (Some(level), None) => Ok(Kind::Dial(level)),
            (None, Some(true)) => Ok(Kind::TooPersonal),
            (None, Some(false)) => Err(invalid("too_personal", "expected true, or a `level`")),
            (Some(_), Some(_)) => Err(invalid(
                "too_personal",
                "send a `level` or `too_personal`, not both",
            )),
            (None, None) => Err(missing("level")),
        }
    }

    fn words(&mut self) -> Words {
        Words {
            form: self.form.take(),
            form_version: self.form_version,
            notice: self.notice,
            language: self.language,
            explicit: self.explicit,
            given_by: self.given_by,
        }
    }

    /// In the words of the application.
    pub(crate) fn report(mut self, home: &str) -> Result<Report, Problem> {
        let kind = self.kind()?;
        let said_at = self.occurred_at.take();
        let occurred_at = said_at.as_deref().map(|own| moment("occurred_at", own));
        let said = |own: &Option<String>| own.clone().filter(|own| !own.trim().is_empty());
        let detail = match (said(&self.source), said(&self.detail)) {
            (Some(source), Some(detail)) => Some(format!("{source}\n{detail}")),
            // Half of it proves no consent; a no needs no proof.
            _ if self.act == ActKind::Consent => None,
            (source, detail) => source.or(detail),
        };
        let (occurred_at, detail) = match (occurred_at.transpose(), said_at) {
            (Ok(at), _) => (at, detail),
            // What narrows is not lost over its date.
            (Err(_), Some(said)) if kind.narrows() => (None, Some(act::dated(&said, detail))),
            (Err(problem), _) => return Err(problem),
        };
        Ok(Report {
            who: self.subject.who(home)?,
            kind,
            channel: self.channel,
            purpose: self.purpose.as_deref().map(subject::purpose).transpose()?,
            topic: self.topic.as_deref().map(subject::topic).transpose()?,
            occurred_at,
            detail,
            origin: Origin::Api,
        })
    }
}

impl From<Facts> for SoftOptIn {
    fn from(facts: Facts) -> Self {
        Self {
            obtained_in_sale: facts.obtained_in_sale,
            own_similar_goods: facts.own_similar_goods,
            refusal_offered_at_collection: facts.refusal_offered_at_collection,
            refusal_offered_in_each_message: facts.refusal_offered_in_each_message,
        }
    }
}
