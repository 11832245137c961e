//! A yes: entered as proven only when every field that a consent record needs is known
//! (ISO/IEC TS 27560, GDPR art. 7(1), UU PDP art. 24). What is not proven is kept and permits
//! nothing. It never lifts a refusal unless the person confirmed the address in the same act.

use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::policy::{Form, FormId, Policy};
use izin_core::receipt::Missing;
use izin_core::{Act, Channel, IdentifierId, PurposeId, SubjectId, Timestamp};
use izin_store::{Command, Contact};

use super::{ActError, Asked, Ready, Report, known, one};
use crate::gate::Who;
use crate::step_up::Proof;
use crate::{App, consent, publish};

/// What the record of a consent lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Lack {
    /// Neither a form nor a notice was named.
    #[error("`form` or `notice`: which words were shown is not known")]
    FormOrNotice,
    /// In which language is not known.
    #[error("`language`: in which language they were shown is not known")]
    Language,
    /// Nothing shows that it happened.
    #[error("`detail`: nothing shows that the person agreed")]
    Evidence,
    /// The policy leaves something open.
    #[error("the policy leaves it open: {0}")]
    Policy(Missing),
}

impl Lack {
    /// The field of the report that would fill it; the policy's have none.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::FormOrNotice => Some("form"),
            Self::Language => Some("language"),
            Self::Evidence => Some("detail"),
            Self::Policy(_) => None,
        }
    }
}

/// A yes with everything that was said about it.
struct Yes {
    purpose: PurposeId,
    channel: Channel,
    occurred_at: Timestamp,
    policy: u32,
    manner: Manner,
    evidence: Evidence,
}

pub(super) async fn consent(
    app: &App,
    report: Report,
    (asked, proof): (Asked, Option<&Proof>),
    now: Timestamp,
) -> Result<Ready, ActError> {
    let why = "a consent is to one purpose on one channel";
    let missing = |field| ActError::Missing { field, why };
    let purpose = report.purpose.ok_or(missing("purpose"))?;
    let channel = report.channel.ok_or(missing("channel"))?;
    if !app.is_live(purpose, channel) {
        return Err(ActError::UnknownPurpose(purpose));
    }
    let occurred_at = report.occurred_at.map_or(now, |at| at.min(now));
    let explicit = match asked.form {
        Some(form) => shown(app, form, (purpose, channel)).await? && asked.explicit,
        None => asked.explicit,
    };
    let policy = notice(app, asked, occurred_at).await?;
    let lacking = lacking(app, &report, asked);
    let yes = Yes {
        purpose,
        channel,
        occurred_at,
        policy,
        manner: Manner {
            form: asked.form,
            language: asked.language,
            explicit,
            by: asked.by,
            step_up: proof.is_some(),
        },
        evidence: if lacking.is_empty() {
            Evidence::Recorded
        } else {
            Evidence::Missing
        },
    };
    let command = match proof {
        Some(proof) => proven(app, report, &yes, proof)?,
        None => unproven(app, report, &yes)?,
    };
    Ok(Ready {
        lacking,
        ..Ready::of(command)
    })
}

impl Yes {
    fn act(&self, report: &Report, identifier: Option<IdentifierId>) -> Act {
        Act::Consented {
            purpose: self.purpose,
            channel: self.channel,
            topic: report.topic,
            identifier,
            occurred_at: self.occurred_at,
            evidence: self.evidence,
            policy: self.policy,
            origin: report.origin,
            manner: self.manner,
        }
    }
}

/// A yes of the person, for the address that they proved to be theirs.
fn proven(app: &App, report: Report, yes: &Yes, proof: &Proof) -> Result<Command, ActError> {
    if yes.channel.is_addressed() && !proof.kind().reaches(yes.channel) {
        return Err(ActError::OtherAddress);
    }
    let subject: SubjectId = one(app, &Who::Subject(proof.subject()))?;
    let address = yes.channel.is_addressed().then_some(proof.identifier());
    let act = yes.act(&report, address);
    Ok(known(subject, act, report.detail))
}

/// A yes as somebody reports it; it may make the person known.
fn unproven(app: &App, report: Report, yes: &Yes) -> Result<Command, ActError> {
    let holders = match &report.who {
        Who::Identifier(own) => app.gate.holders(own).len(),
        Who::Subject(_) => 1,
    };
    if holders > 1 {
        return Err(ActError::SeveralSubjects);
    }
    match &report.who {
        Who::Identifier(own) if own.kind().reaches(yes.channel) || holders == 0 => {
            Ok(Command::Contact(Box::new(Contact {
                identifiers: vec![own.clone()],
                acts: vec![(yes.act(&report, None), report.detail)],
                ..Contact::default()
            })))
        }
        who => {
            let subject = one(app, who)?;
            let standing = app.gate.standing(subject);
            let address = standing.and_then(|own| own.address(yes.channel));
            let act = yes.act(&report, address);
            Ok(known(subject, act, report.detail))
        }
    }
}

/// What the record would lack.
fn lacking(app: &App, report: &Report, asked: Asked) -> Vec<Lack> {
    let said = report
        .detail
        .as_deref()
        .is_some_and(|own| !own.trim().is_empty());
    let own = [
        (
            asked.form.is_none() && asked.notice.is_none(),
            Lack::FormOrNotice,
        ),
        (asked.language.is_none(), Lack::Language),
        (!said, Lack::Evidence),
    ];
    let own = own
        .into_iter()
        .filter_map(|(lacks, what)| lacks.then_some(what));
    let policy = app.policy();
    let purpose = report.purpose.and_then(|own| policy.purpose(&own));
    let by_policy = purpose.map(|own| consent::missing(app, &policy, own));
    own.chain(by_policy.into_iter().flatten().map(Lack::Policy))
        .collect()
}

/// The version of the notice that was shown: as named, if it was in force then; of a form, the one
/// that was.
async fn notice(app: &App, asked: Asked, at: Timestamp) -> Result<u32, ActError> {
    let Some(version) = asked.notice else {
        return Ok(app.notice_at(at));
    };
    let published = app.store.policy_version(version).await?;
    let effective = published.and_then(|own| own.effective);
    if effective.is_some_and(|(_, since)| since <= at) {
        Ok(version)
    } else {
        Err(ActError::NoticeNotShown(version))
    }
}

/// Whether the control on the form asked for sensitive data by name; an error when the form, in
/// any published policy, has no control for exactly this.
async fn shown(
    app: &App,
    (id, version): (FormId, u32),
    asked: (PurposeId, Channel),
) -> Result<bool, ActError> {
    let policy = app.policy();
    if policy.is_defective(id, version) {
        return Err(ActError::DefectiveForm(id, version));
    }
    let form = match form(&policy, id, version) {
        Some(form) => form,
        None => earlier(app, id, version).await?,
    };
    let alone = |own: &&izin_core::policy::Control| {
        (own.purposes.as_slice(), own.channel) == (&[asked.0], asked.1)
            && !own.default_on
            && !own.condition_of_service
    };
    let control = form.controls.iter().find(alone);
    control
        .map(|own| own.explicit)
        .ok_or(ActError::NotOnForm(id))
}

fn form(policy: &Policy, id: FormId, version: u32) -> Option<Form> {
    let mut forms = policy.forms.iter();
    forms
        .find(|own| (own.id, own.version) == (id, version))
        .cloned()
}

/// The form as an earlier policy had it; one that cannot be read any more had none.
async fn earlier(app: &App, id: FormId, version: u32) -> Result<Form, ActError> {
    let policies = app.store.policies().await?;
    let mut policies = policies.iter().rev().filter_map(publish::read);
    policies
        .find_map(|policy| form(&policy, id, version))
        .ok_or(ActError::UnknownForm(id, version))
}
