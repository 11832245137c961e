//! People, with what they agreed to and refused.
//!
//! A no always counts. A yes counts with evidence; without it, it is kept as a claim. Nothing in a
//! file lifts a refusal or moves a dial that the person has moved.

use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::relation::{Place, PlaceSource};
use izin_core::{
    Act, Consent, Identifier, IdentifierId, IdentifierKind, Level, Origin, Refusal, RefusalKind,
    Scope, Seq, Standing, SubjectId, Timestamp, Zone, refusal,
};
use izin_store::command::COMMANDS_MAX;
use izin_store::{Command, Contact, Profile, StoreError};

use super::{Counts, Intake, Named, Refused, is_lifted, stands};
use crate::import::row::contacts::{self, Answer, Said};
use crate::import::row::noes::Noes;
use crate::import::table::{Layout, Problem, Row};
use crate::import::{Consents, ImportError};
use crate::{App, dial, optout, queue};

/// People entered in one write.
const PEOPLE_PER_STEP: usize = 250;

/// Takes rows of a contact file.
pub(in crate::import) struct Contacts {
    now: Timestamp,
    taken: Vec<Contact>,
    /// What was read of refused rows.
    noes: Vec<Refused>,
    /// Noes that are older than a yes which the person proved themselves.
    contradicted: Vec<(SubjectId, Seq)>,
    counts: Counts,
}

impl Contacts {
    pub(in crate::import) fn at(now: Timestamp) -> Self {
        let counts = nothing();
        Self {
            now,
            taken: Vec::new(),
            noes: Vec::new(),
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
        for said in &read.consents {
            self.said(app, read, said, (&standing, &mut contact));
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
        self.counts.barred += u64::from(is_barred(app, read));
        contact
    }

    /// Where an earlier row about the same person, not applied yet, puts the dial.
    fn dial_taken(&self, identifiers: &[Identifier]) -> Option<Level> {
        let acts = self.earlier(identifiers).flat_map(|own| &own.acts);
        let level = |(act, _): &(Act, _)| match act {
            Act::DialMoved { level, .. } => Some(*level),
            _ => None,
        };
        acts.filter_map(level).next_back()
    }

    /// Earlier rows about the same person, not applied yet.
    fn earlier(&self, identifiers: &[Identifier]) -> impl DoubleEndedIterator<Item = &Contact> {
        let same = |own: &&Contact| own.identifiers.iter().any(|id| identifiers.contains(id));
        self.taken.iter().filter(same)
    }

    /// Whether a no stands against a yes, for the person or for an address of theirs.
    fn is_refused(
        &self,
        app: &App,
        said: &Said,
        (identifiers, standing): (&[Identifier], &Standing),
    ) -> bool {
        let covers = |scope: &Scope| scope.covers(said.channel, &said.purpose, None);
        let refused = |own: &Refusal| covers(&own.scope) && !is_lifted(own, standing);
        let rows = self.earlier(identifiers).flat_map(|own| &own.refusals);
        let noes = self.noes.iter().filter(|own| identifiers.contains(&own.0));
        let mut not_applied = rows.map(|own| &own.1).chain(noes.map(|own| &own.2));
        let stands = |own: &Identifier| app.gate.suppressions(own).iter().any(refused);
        standing.refusals.iter().any(refused)
            || identifiers.iter().any(stands)
            || not_applied.any(covers)
    }

    /// What was said about one purpose, unless it stands already.
    fn said(
        &mut self,
        app: &App,
        read: &contacts::Contact<'_>,
        said: &Said,
        (standing, contact): (&Standing, &mut Contact),
    ) {
        let Said {
            purpose,
            channel,
            answer,
        } = said.clone();
        let is_refused = self.is_refused(app, said, (&contact.identifiers, standing));
        let consents = self.counts.consents.get_or_insert_default();
        if answer == Answer::No {
            consents.refused += 1;
            let at = refusal::said_at(read.consent_at, self.now);
            let (kind, scope) = (RefusalKind::OptedOut, Scope::purpose(purpose, channel));
            let same = |own: &Refusal| {
                let known = own.occurred_at >= at || !is_lifted(own, standing);
                own.kind == kind && own.scope == scope && known
            };
            let mut addresses = read.identifiers().filter(|own| own.kind().reaches(channel));
            let kept = addresses.all(|own| app.gate.suppressions(own).iter().any(same));
            if !(kept && standing.refusals.iter().any(same)) {
                self.contradicted
                    .extend(contradicted(app, &contact.identifiers, (&scope, at)));
                contact.refusals.push((kind, scope, at, Origin::Import));
            }
            return;
        }
        let at = read.consent_at.unwrap_or(self.now);
        let evidence = match read.consent_evidence {
            Some(_) => Evidence::Recorded,
            None => Evidence::Missing,
        };
        let counted = match evidence {
            _ if is_refused => &mut consents.refused,
            Evidence::Recorded => &mut consents.reachable,
            Evidence::Missing => &mut consents.quarantined,
        };
        *counted += 1;
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
    identifiers: &[Identifier],
    (scope, at): (&Scope, Timestamp),
) -> Option<(SubjectId, Seq)> {
    let later = |own: &Consent| {
        let covered = scope.covers(own.channel, &own.purpose, own.topic.as_ref());
        let newest = own.own_words.iter().flatten().next();
        let proof = newest.filter(|proof| covered && proof.occurred_at > at);
        proof.map(|proof| proof.seq)
    };
    let mut holders = identifiers.iter().flat_map(|own| app.gate.holders(own));
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

/// Contacts say something about purposes always, be it nothing.
fn nothing() -> Counts {
    Counts {
        consents: Some(Consents::default()),
        ..Counts::default()
    }
}

/// Whether the row is about nobody known, and an address in it refuses everything.
fn is_barred(app: &App, read: &contacts::Contact<'_>) -> bool {
    let everything = |own: &Refusal| own.scope == Scope::EVERYTHING;
    let unknown = |own: &Identifier| app.gate.holders(own).is_empty();
    let refuses = |own: &Identifier| app.gate.suppressions(own).iter().any(everything);
    read.identifiers().all(unknown) && read.identifiers().any(refuses)
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

    fn take(&mut self, app: &App, row: &Row<'_>) -> Result<(), Problem> {
        let home = app.policy().controller.country;
        let read = contacts::Contact::read(row, self.now, home.as_str())?;
        let contact = self.contact(app, &read);
        self.taken.push(contact);
        Ok(())
    }

    fn take_noes(&mut self, app: &App, row: &Row<'_>) -> Named {
        let home = app.policy().controller.country;
        let noes = Noes::of_contact(row, self.now, home.as_str());
        let named = Named::in_row(&noes);
        if named == Named::Nobody {
            return named;
        }
        let consents = self.counts.consents.get_or_insert_default();
        consents.refused += noes.scopes.len() as u64;
        for scope in &noes.scopes {
            let contradicted = contradicted(app, &noes.identifiers, (scope, noes.at));
            self.contradicted.extend(contradicted);
        }
        self.noes.extend(noes.each());
        named
    }

    fn is_full(&self) -> bool {
        self.taken.len() + self.noes.len() >= PEOPLE_PER_STEP
    }

    async fn apply(&mut self, app: &App, dry_run: bool) -> Result<Counts, StoreError> {
        let taken = std::mem::take(&mut self.taken);
        let mut noes = std::mem::take(&mut self.noes);
        let contradicted = std::mem::take(&mut self.contradicted);
        if !dry_run {
            noes.retain(|own| !stands(app, own));
            for step in noes.chunks(COMMANDS_MAX) {
                optout::suppress(app, step.to_vec(), Origin::Import).await?;
            }
            let commands = taken
                .into_iter()
                .map(|own| Command::Contact(Box::new(own)))
                .collect();
            app.store.record(commands, app.clock.now()).await?;
            for (subject, yes) in contradicted {
                queue::contradicted(app, subject, yes).await?;
            }
        }
        Ok(std::mem::replace(&mut self.counts, nothing()))
    }
}
