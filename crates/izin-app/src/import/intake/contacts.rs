//! People, with what they agreed to and refused.
//!
//! A no always counts. A yes counts with evidence; without it, it is kept as a claim. Nothing in a
//! file lifts a refusal or moves a dial that the person has moved.

use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::relation::{Place, PlaceSource};
use izin_core::{
    Act, Consent, Identifier, IdentifierId, IdentifierKind, Level, Origin, Refusal, RefusalKind,
    Scope, Seq, Standing, SubjectId, Timestamp, Zone,
};
use izin_store::{Command, Contact, Profile, StoreError};

use super::{Counts, Intake};
use crate::import::row::contacts::{self, Answer, Said};
use crate::import::table::{Layout, Problem, Row};
use crate::import::{Consents, ImportError};
use crate::{App, dial, queue};

/// People entered in one write.
const PEOPLE_PER_STEP: usize = 250;

/// Takes rows of a contact file.
pub(in crate::import) struct Contacts {
    now: Timestamp,
    taken: Vec<Contact>,
    /// Noes that are older than a yes which the person proved themselves.
    contradicted: Vec<(SubjectId, Seq)>,
    counts: Counts,
}

impl Contacts {
    pub(in crate::import) fn at(now: Timestamp) -> Self {
        let counts = Counts {
            duplicates: 0,
            consents: Some(Consents::default()),
        };
        Self {
            now,
            taken: Vec::new(),
            contradicted: Vec::new(),
            counts,
        }
    }

    fn contact(&mut self, app: &App, read: &contacts::Contact<'_>) -> Contact {
        let standing = standing(app, read);
        let mut contact = Contact {
            identifiers: read.identifiers().cloned().collect(),
            profile: Profile {
                name: read.name.map(str::to_owned),
                language: read.language,
                country: read.country.clone(),
                zone: read.zone.map(str::to_owned),
                ..Profile::default()
            },
            ..Contact::default()
        };
        contact.acts.extend(placed(read, &standing));
        let at = read.consent_at.unwrap_or(self.now);
        for said in &read.consents {
            self.said(app, read, (said, at), &standing, &mut contact);
        }
        let stood = self.dial_taken(&contact.identifiers);
        let stood = stood.unwrap_or_else(|| standing.dial_level());
        if let Some(act) = read.level.and_then(|level| turned_down(level, stood)) {
            let evidence = read.consent_evidence.map(str::to_owned);
            contact.acts.push((act, evidence));
        }
        let known = read
            .identifiers()
            .all(|own| !app.gate.holders(own).is_empty());
        let nothing_new = contact.acts.is_empty() && contact.refusals.is_empty();
        self.counts.duplicates += u64::from(known && nothing_new);
        contact
    }

    /// Where an earlier row about the same person, not applied yet, puts the dial.
    fn dial_taken(&self, identifiers: &[Identifier]) -> Option<Level> {
        let same = |own: &&Contact| own.identifiers.iter().any(|id| identifiers.contains(id));
        let acts = self.taken.iter().filter(same).flat_map(|own| &own.acts);
        let level = |(act, _): &(Act, _)| match act {
            Act::DialMoved { level, .. } => Some(*level),
            _ => None,
        };
        acts.filter_map(level).next_back()
    }

    /// What was said about one purpose, unless it stands already.
    fn said(
        &mut self,
        app: &App,
        read: &contacts::Contact<'_>,
        (said, at): (&Said, Timestamp),
        standing: &Standing,
        contact: &mut Contact,
    ) {
        let Said {
            purpose,
            channel,
            answer,
        } = said.clone();
        let consents = self.counts.consents.get_or_insert_default();
        if answer == Answer::No {
            consents.refused += 1;
            let (kind, scope) = (RefusalKind::OptedOut, Scope::purpose(purpose, channel));
            let same = |own: &Refusal| own.kind == kind && own.scope == scope;
            let mut addresses = read.identifiers().filter(|own| own.kind().reaches(channel));
            let kept = addresses.all(|own| app.gate.suppressions(own).iter().any(same));
            if !(kept && standing.refusals.iter().any(same)) {
                self.contradicted
                    .extend(contradicted(app, read, (&scope, at)));
                contact.refusals.push((kind, scope, at, Origin::Import));
            }
            return;
        }
        let evidence = match read.consent_evidence {
            Some(_) => Evidence::Recorded,
            None => Evidence::Missing,
        };
        match evidence {
            Evidence::Recorded => consents.reachable += 1,
            Evidence::Missing => consents.quarantined += 1,
        }
        let mut addresses = read.identifiers().filter(|own| own.kind().reaches(channel));
        let address = addresses.next().map(|own| {
            let holds = |(id, _): &&(IdentifierId, _)| app.gate.is_held_as(own, *id);
            standing.identifiers.iter().find(holds).map(|(id, _)| *id)
        });
        let stands = standing.consents.iter().any(|own| {
            own.purpose == purpose
                && own.channel == channel
                && address.is_none_or(|given| given.is_some() && own.identifier == given)
                && (own.evidence == Evidence::Recorded || evidence == Evidence::Missing)
                && (own.occurred_at >= at || read.consent_at.is_none())
        });
        if !stands {
            let (origin, policy, topic) = (Origin::Import, app.notice_at(at), None);
            let act = Act::Consented {
                purpose,
                channel,
                topic,
                identifier: None,
                occurred_at: at,
                evidence,
                policy,
                origin,
                manner: Manner::default(),
            };
            contact
                .acts
                .push((act, read.consent_evidence.map(str::to_owned)));
        }
    }
}

/// The yes of the person that an older no contradicts. The no counts; two people may find that one
/// of the two never happened (design §3.7).
fn contradicted(
    app: &App,
    read: &contacts::Contact<'_>,
    (scope, at): (&Scope, Timestamp),
) -> Option<(SubjectId, Seq)> {
    let later = |own: &Consent| {
        let covered = scope.covers(own.channel, &own.purpose, own.topic.as_ref());
        let newest = own.proofs.iter().flatten().next();
        let proof = newest.filter(|proof| covered && proof.occurred_at > at);
        proof.map(|proof| proof.seq)
    };
    let mut holders = read.identifiers().flat_map(|own| app.gate.holders(own));
    holders.find_map(|subject| {
        let standing = app.gate.standing(subject)?;
        let yes = standing.consents.iter().find_map(later)?;
        Some((subject, yes))
    })
}

/// What is known of the person that the store will take the row to be about: somebody else's
/// address, in the row of another customer number, does not make the two one.
fn standing(app: &App, read: &contacts::Contact<'_>) -> Standing {
    let customer = IdentifierKind::Customer;
    let numbered = |own: &Standing| own.identifiers.iter().any(|(_, kind)| *kind == customer);
    let about = |identifier: &Identifier| {
        let mut holders = app.gate.holders(identifier);
        holders.sort_unstable();
        let same = identifier.kind() == customer || read.customer.is_none();
        let mut known = holders.into_iter().filter_map(|own| app.gate.standing(own));
        known.find(|own| same || !numbered(own))
    };
    read.identifiers().find_map(about).unwrap_or_default()
}

/// Where the shop's records say that the person lives, if that is news.
fn placed(read: &contacts::Contact<'_>, standing: &Standing) -> Option<(Act, Option<String>)> {
    let country = read.country.as_deref()?.parse().ok()?;
    let place = Place {
        country,
        region: None,
        zone: read.zone.and_then(|zone| Zone::parse(zone).ok()),
        source: PlaceSource::Declared,
    };
    let act = Act::Placed {
        country,
        region: None,
        zone: place.zone,
        source: place.source,
    };
    (standing.place != Some(place)).then_some((act, None))
}

/// Down always; up never: only the person's own proven act raises it (design §3.4, §3.7).
fn turned_down(level: Level, stood: Level) -> Option<Act> {
    (level < stood).then(|| dial::moved(level, Origin::Import, false))
}

impl Intake for Contacts {
    const LAYOUT: &'static Layout = &contacts::LAYOUT;

    fn check(app: &App, row: &Row<'_>) -> Result<(), ImportError> {
        let undeclared = row
            .family()
            .filter_map(|(column, _)| contacts::purpose_and_channel(column).ok())
            .find(|(purpose, channel)| !app.is_live(*purpose, *channel));
        match undeclared {
            None => Ok(()),
            Some((purpose, channel)) => Err(ImportError::UnknownPurpose { purpose, channel }),
        }
    }

    fn take(&mut self, app: &App, row: &Row<'_>) -> Result<Result<(), Problem>, ImportError> {
        let home = app.policy().controller.country;
        Ok(
            contacts::Contact::read(row, self.now, home.as_str()).map(|read| {
                let contact = self.contact(app, &read);
                self.taken.push(contact);
            }),
        )
    }

    fn is_full(&self) -> bool {
        self.taken.len() >= PEOPLE_PER_STEP
    }

    async fn apply(&mut self, app: &App, dry_run: bool) -> Result<Counts, StoreError> {
        let taken = std::mem::take(&mut self.taken);
        let contradicted = std::mem::take(&mut self.contradicted);
        if !dry_run {
            let commands = taken
                .into_iter()
                .map(|own| Command::Contact(Box::new(own)))
                .collect();
            app.store.record(commands, app.clock.now()).await?;
            for (subject, yes) in contradicted {
                queue::contradicted(app, subject, yes).await?;
            }
        }
        let consents = Some(Consents::default());
        Ok(std::mem::replace(
            &mut self.counts,
            Counts {
                duplicates: 0,
                consents,
            },
        ))
    }
}
