//! People as `izin import contacts` reads them, and their noes as `izin import suppressions` does.
//!
//! A yes is written where the gate allows now, a no where it denies for something the person said or
//! is. So the same question has the same answer in a shop that takes the files in. What the forms cannot
//! say, a refused topic, a pause, an own limit, leaves as a no: nothing here may permit more.

use std::collections::{BTreeMap, BTreeSet};

use izin_core::act::Evidence;
use izin_core::consent::Consent;
use izin_core::policy::{Class, Policy, Purpose, PurposeId};
use izin_core::{
    Channel, Decision, Identifier, IdentifierKind, Reason, Refusal, RefusalKind, Request, Scope,
    Seq, Standing, SubjectId, Timestamp, Verdict,
};
use izin_store::{KnownIdentifier, Profile, StoreError};

use super::{Folder, LEAVING, LeaveError, Left, PEOPLE_TOGETHER};
use crate::App;
use crate::campaign::Progress;
use crate::gate::Who;

/// Columns before the consents.
const FIRST: [&str; 8] = [
    "customer", "email", "phone", "name", "language", "country", "zone", "level",
];
/// Columns after them.
const LAST: [&str; 2] = ["consent_at", "consent_evidence"];
/// Columns of a no.
const NO: [&str; 5] = ["email", "phone", "channel", "reason", "occurred_at"];

/// The word for a no in a suppression file.
pub(super) const fn reason(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Complained => "complaint",
        RefusalKind::LegalSuppression => "legal",
        RefusalKind::ManualSuppression => "manual",
        RefusalKind::ImportedSuppression => "imported",
        _ => "opt_out",
    }
}

/// What every person is asked about.
struct Matter {
    purpose: PurposeId,
    channel: Channel,
    /// Whether the person's wishes leave it alone.
    essential: bool,
}

/// Somebody with everything that a row needs.
struct Person {
    profile: Profile,
    identifiers: Vec<KnownIdentifier>,
    standing: Standing,
    words: BTreeMap<Seq, String>,
    answers: Vec<(Decision, Answer)>,
}

/// What leaves about a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// Nobody said anything: a yes is missing.
    Nothing,
}

/// Writes both files.
pub(super) async fn write(
    app: &App,
    folder: &Folder<'_>,
    (people, told): (&[SubjectId], Progress<'_>),
    left: &mut Left,
) -> Result<(), LeaveError> {
    let matters = matters(&app.policy());
    let column = |own: &Matter| format!("consent_{}_{}", own.purpose, own.channel);
    let asked: Vec<String> = matters.iter().map(column).collect();
    let head = FIRST.into_iter().chain(asked.iter().map(String::as_str));
    let mut contacts = folder.sheet("contacts.csv", head.chain(LAST))?;
    let mut suppressions = folder.sheet("suppressions.csv", NO)?;
    for some in people.chunks(PEOPLE_TOGETHER) {
        // People who share an address bring the same noes; further apart they are written twice, which
        // means the same to whoever reads them.
        let mut noes = BTreeSet::new();
        let opened = app.store.people(some.to_vec()).await?;
        for (subject, (profile, identifiers)) in some.iter().zip(opened) {
            let Some(person) = person(app, *subject, (profile, identifiers), &matters).await?
            else {
                continue;
            };
            for row in person.rows(&matters) {
                contacts.write(row)?;
            }
            noes.extend(person.noes(app, &matters));
            left.people += 1;
            told(left.people, people.len() as u64);
        }
        left.suppressions += noes.len() as u64;
        for row in noes {
            suppressions.write(row)?;
        }
    }
    contacts.end()?;
    suppressions.end()
}

fn matters(policy: &Policy) -> Vec<Matter> {
    let on = |own: &Purpose| {
        let (purpose, essential) = (own.id, own.class == Class::Essential);
        let channels = own.channels.clone().into_iter();
        channels.map(move |channel| Matter {
            purpose,
            channel,
            essential,
        })
    };
    policy.purposes.iter().flat_map(on).collect()
}

/// Somebody of whom an identifier is left; nobody else can be written to.
async fn person(
    app: &App,
    subject: SubjectId,
    (profile, identifiers): (Profile, Vec<KnownIdentifier>),
    matters: &[Matter],
) -> Result<Option<Person>, StoreError> {
    let standing = app.gate.standing(subject);
    let Some(standing) = standing.filter(|_| !identifiers.is_empty()) else {
        return Ok(None);
    };
    let who = Who::Subject(subject);
    let now = app.clock.now();
    let ask = |matter: &Matter| {
        let decision = app.decide(&who, &Request::of(matter.purpose, matter.channel));
        (decision, answer(&standing, (matter, &decision), now))
    };
    let answers = matters.iter().map(ask).collect();
    Ok(Some(Person {
        profile,
        identifiers,
        standing,
        words: app.store.details(subject).await?.into_iter().collect(),
        answers,
    }))
}

impl Person {
    fn first(&self, kind: IdentifierKind) -> Option<&Identifier> {
        let mut own = self.identifiers.iter().map(|own| &own.value);
        own.find(|own| own.kind() == kind)
    }

    /// One row for the person, one for each further address, one for each yes.
    fn rows(&self, matters: &[Matter]) -> Vec<Vec<String>> {
        let noes = self.answers.iter().map(|(_, answer)| {
            let no = if *answer == Answer::No { "no" } else { "" };
            no.to_owned()
        });
        let first = [IdentifierKind::Email, IdentifierKind::Phone].map(|kind| self.first(kind));
        let nothing = [String::new(), String::new()];
        let mut rows = vec![self.row(first, noes.collect(), nothing.clone())];
        let further = self.identifiers.iter().map(|own| &own.value);
        let further = further.filter(|own| !first.contains(&Some(*own)));
        rows.extend(further.filter_map(|own| {
            let address = addressed(own)?;
            Some(self.row(address, vec![String::new(); matters.len()], nothing.clone()))
        }));
        for (at, (matter, (decision, answer))) in matters.iter().zip(&self.answers).enumerate() {
            if *answer == Answer::Yes
                && let Some((address, when, words)) = self.yes(matter, decision)
            {
                let mut cells = vec![String::new(); matters.len()];
                if let Some(cell) = cells.get_mut(at) {
                    "yes".clone_into(cell);
                }
                rows.push(self.row(address, cells, [when, words]));
            }
        }
        rows
    }

    fn row(
        &self,
        [email, phone]: [Option<&Identifier>; 2],
        consents: Vec<String>,
        last: [String; 2],
    ) -> Vec<String> {
        let shown = |own: Option<&Identifier>| {
            own.map_or_else(String::new, |own| own.reveal(LEAVING).to_owned())
        };
        let text = |own: &Option<String>| own.clone().unwrap_or_default();
        let language = self.profile.language.map(|own| own.to_string());
        let level = self.standing.dial.map(|own| own.level.to_string());
        let mut row = vec![
            shown(self.first(IdentifierKind::Customer)),
            shown(email),
            shown(phone),
            text(&self.profile.name),
            language.unwrap_or_default(),
            text(&self.profile.country),
            text(&self.profile.zone),
            level.unwrap_or_default(),
        ];
        row.extend(consents);
        row.extend(last);
        row
    }

    /// The newest proven yes behind what is allowed: for which address, when, and its evidence.
    fn yes(
        &self,
        matter: &Matter,
        decision: &Decision,
    ) -> Option<([Option<&Identifier>; 2], String, String)> {
        // What only has to wait names no consent: then the newest proven one is meant.
        let meant = |own: &&Consent| match decision.consent {
            Some(consent) => own.seq == consent,
            None => own.topic.is_none() && own.evidence == Evidence::Recorded && own.mark.is_none(),
        };
        let all = self.standing.consents.iter();
        let own = all
            .filter(|own| (own.purpose, own.channel) == (matter.purpose, matter.channel))
            .filter(meant)
            .max_by_key(|own| own.seq)?;
        let named = own.identifier.and_then(|id| {
            let known = self.identifiers.iter().find(|known| known.id == id)?;
            addressed(&known.value)
        });
        let usual = [IdentifierKind::Email, IdentifierKind::Phone].map(|kind| self.first(kind));
        let words = self.words.get(&own.seq).cloned();
        let words = words.unwrap_or_else(|| format!("entry {} of the ledger", own.seq));
        Some((named.unwrap_or(usual), own.occurred_at.to_string(), words))
    }

    /// Noes for whole channels, for each address they reach, unless something is allowed there that such
    /// a no would stop.
    fn noes(&self, app: &App, matters: &[Matter]) -> Vec<Vec<String>> {
        let allowed = |scope: &Scope| {
            let mut both = matters.iter().zip(&self.answers);
            both.any(|(own, (_, answer))| {
                let stopped = !own.essential && scope.covers(own.channel, &own.purpose, None);
                stopped && *answer == Answer::Yes
            })
        };
        let whole = |own: &&Refusal| own.scope.purpose.is_none() && !allowed(&own.scope);
        let mut rows = Vec::new();
        for known in &self.identifiers {
            let Some(address) = addressed(&known.value) else {
                continue;
            };
            let own = app.gate.suppressions(&known.value);
            for refusal in self.standing.refusals.iter().chain(&own).filter(whole) {
                let [email, phone] = address
                    .map(|own| own.map_or_else(String::new, |own| own.reveal(LEAVING).to_owned()));
                let channel = refusal.scope.channel.map(|own| own.to_string());
                rows.push(vec![
                    email,
                    phone,
                    channel.unwrap_or_default(),
                    reason(refusal.kind).to_owned(),
                    refusal.occurred_at.to_string(),
                ]);
            }
        }
        rows
    }
}

/// What the forms can say of a decision. A denial that comes from something the person said or is, and not
/// from a yes that is missing, is a no.
fn answer(standing: &Standing, (matter, decision): (&Matter, &Decision), now: Timestamp) -> Answer {
    let reasons = Reason::Restricted..=Reason::Minor;
    let denied = decision.verdict == Verdict::Deny;
    if is_narrowed(standing, matter, now) || (denied && reasons.contains(&decision.reason)) {
        return Answer::No;
    }
    if denied { Answer::Nothing } else { Answer::Yes }
}

/// Whether the person wants less of a matter in a way that the forms have no word for: not on a topic, not
/// yet, not so many.
fn is_narrowed(standing: &Standing, matter: &Matter, now: Timestamp) -> bool {
    let Matter {
        purpose, channel, ..
    } = matter;
    let concerns = |own: Option<Channel>| own.is_none_or(|own| own == *channel);
    let mut topics = standing.refusals.iter().filter_map(|own| own.scope.topic);
    let refused = |topic| {
        let mut noes = standing.noes(*channel, purpose, Some(&topic));
        noes.any(|own| own.scope.topic.is_some())
    };
    let mut pauses = standing.pauses.iter();
    let mut caps = standing.caps.iter();
    !matter.essential
        && (topics.any(refused)
            || pauses.any(|own| concerns(own.channel) && own.until > now)
            || caps.any(|own| concerns(own.channel)))
}

/// An address in its column: e-mail, telephone.
fn addressed(own: &Identifier) -> Option<[Option<&Identifier>; 2]> {
    match own.kind() {
        IdentifierKind::Email => Some([Some(own), None]),
        IdentifierKind::Phone => Some([None, Some(own)]),
        _ => None,
    }
}
