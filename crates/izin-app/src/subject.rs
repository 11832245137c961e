//! Who somebody is: declared fields kept, a person found by what points to them, and everything
//! the gate knows of one without a personal value.
//!
//! What the policy does not declare is refused at the door, and what reveals more than the person
//! explicitly agreed to as well. Nothing here answers a value back: identifiers leave masked.
//! Start at [`put`]; what a field means is in `field.rs`, the view of a person in `view.rs`.

mod field;
mod view;

pub use field::{VALUE_BYTES_MAX, place};
pub use view::{ConsentView, MayAsk, View, standing_view};

use izin_core::decision::is_explicitly_agreed;
use izin_core::policy::{CodeSet, Field, FieldId};
use izin_core::relation::{Place, PlaceSource};
use izin_core::{Act, Identifier, IdentifierKind, Origin, Policy, Standing, SubjectId, Timestamp};
use izin_store::{Command, Contact, Profile, StoreError};

use crate::App;
use crate::gate::Who;
use field::{Meaning, Refusal};

/// Why a person could not be kept or found. No message holds a value.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// The policy does not declare the field.
    #[error("the policy declares no such field{}; see fields.toml", meant(near.as_ref()))]
    Undeclared {
        /// Its name, where it could be one.
        field: Option<FieldId>,
        /// A declared one that looks like it.
        near: Option<FieldId>,
    },
    /// The field's value cannot be used.
    #[error("expected {expected}")]
    Invalid {
        /// Which.
        field: String,
        /// What it should be.
        expected: &'static str,
    },
    /// It reveals what the person did not explicitly agree to.
    #[error(
        "it reveals what only the person's explicit consent lets be kept, and there is none to a \
         purpose that covers it"
    )]
    Sensitive {
        /// Which.
        field: FieldId,
    },
    /// Nobody is known.
    #[error("nobody is known by this identifier")]
    Unknown,
    /// Several people hold the identifier.
    #[error("several people hold this identifier: {}; name one of them by `id`", listed(.0))]
    Several(Vec<SubjectId>),
    /// It could not be read or made durable.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Somebody who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Our id.
    pub subject: SubjectId,
    /// The shop's own number for the person.
    pub customer: Option<Identifier>,
    /// What else points to the person; shown masked only.
    pub identifiers: Vec<Identifier>,
}

fn meant(near: Option<&FieldId>) -> String {
    near.map_or_else(String::new, |own| format!("; did you mean `{own}`?"))
}

fn listed(people: &[SubjectId]) -> String {
    let all: Vec<_> = people.iter().map(|own| format!("`{own}`")).collect();
    all.join(", ")
}

/// Keeps declared fields of the person with this customer number, over what was kept before; a
/// number that nobody has makes a person. All or nothing.
///
/// # Errors
/// [`SubjectError`]; nothing was kept then.
pub async fn put<'a>(
    app: &App,
    customer: Identifier,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Found, SubjectError> {
    let now = app.clock.now();
    let who = Who::Identifier(customer.clone());
    let standing = match find_one(app, &who) {
        Ok(subject) => app.gate.standing(subject).unwrap_or_default(),
        Err(SubjectError::Unknown) => Standing::default(),
        Err(error) => return Err(error),
    };
    let policy = app.policy();
    let known = Known {
        policy: &policy,
        standing: &standing,
        now,
    };
    let contact = known.contact(customer, fields)?;
    let contact = Command::Contact(Box::new(contact));
    app.store.record(vec![contact], now).await?;
    find(app, &who).await
}

/// Whom an identifier or id points to.
///
/// # Errors
/// [`SubjectError::Unknown`], [`SubjectError::Several`], [`SubjectError::Store`].
pub async fn find(app: &App, who: &Who) -> Result<Found, SubjectError> {
    let subject = find_one(app, who)?;
    let held = app.store.identifiers(subject).await?;
    let (customer, identifiers): (Vec<_>, Vec<_>) = held
        .into_iter()
        .map(|own| own.value)
        .partition(|own| own.kind() == IdentifierKind::Customer);
    Ok(Found {
        subject,
        customer: customer.into_iter().next(),
        identifiers,
    })
}

/// The one person that is meant; merged people are one.
pub(crate) fn find_one(app: &App, who: &Who) -> Result<SubjectId, SubjectError> {
    let people = app.gate.people_of(who);
    match people.as_slice() {
        [] => Err(SubjectError::Unknown),
        [only] => Ok(*only),
        _ => Err(SubjectError::Several(people)),
    }
}

/// What is known where a field comes in.
struct Known<'a> {
    policy: &'a Policy,
    standing: &'a Standing,
    now: Timestamp,
}

impl Known<'_> {
    fn contact<'a>(
        &self,
        customer: Identifier,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Contact, SubjectError> {
        let mut contact = Contact {
            identifiers: vec![customer],
            ..Contact::default()
        };
        let mut said: Vec<_> = fields.into_iter().collect();
        // A number without a country code is read by the country that comes with it.
        said.sort_by_key(|(name, _)| *name != "country");
        let (mut place, mut home) = (None, self.policy.controller.country);
        for (name, value) in said {
            let field = self.declared(name)?;
            let meaning = field::read(field, name, value, (home, self.now));
            match meaning.map_err(|Refusal(expected)| invalid(name, expected))? {
                Meaning::Identifier(own) => contact.identifiers.push(own),
                Meaning::Name(own) => contact.profile.name = Some(own),
                Meaning::Language(own) => contact.profile.language = Some(own),
                Meaning::Country(country, region) => {
                    contact.profile.country = Some(country.to_string());
                    place = Some((country, region));
                    home = country;
                }
                Meaning::Zone(own) => contact.profile.zone = Some(own.to_string()),
                Meaning::AdultFrom(from) => contact.acts.extend(self.minor(from)),
                Meaning::Other(own) => {
                    contact.profile.extra.insert(field.id, own);
                }
            }
        }
        contact.acts.extend(self.placed(place, &contact.profile)?);
        // The more reliable first.
        contact.identifiers.sort_by_key(|own| match own.kind() {
            IdentifierKind::Customer => 0,
            IdentifierKind::Email => 1,
            IdentifierKind::Phone => 2,
        });
        Ok(contact)
    }

    /// The declared field of that name, if it may be kept of this person.
    fn declared(&self, name: &str) -> Result<&Field, SubjectError> {
        let field = field::declared(self.policy, name).ok_or_else(|| {
            let ids = self.policy.fields.iter().map(|own| own.id);
            let names: Vec<_> = ids.collect();
            let near = crate::closest::closest(name, names.iter().map(FieldId::as_str));
            SubjectError::Undeclared {
                field: FieldId::parse(name).ok(),
                near: near.and_then(|own| FieldId::parse(own).ok()),
            }
        })?;
        if self.explicitly_allowed(field).covers(field.sensitive) {
            Ok(field)
        } else {
            Err(SubjectError::Sensitive { field: field.id })
        }
    }

    /// What the person explicitly agreed to being known, for purposes that use the field.
    fn explicitly_allowed(&self, field: &Field) -> CodeSet {
        let purposes = self.policy.purposes.iter();
        purposes
            .filter(|own| own.fields.contains(&field.id))
            .filter(|own| is_explicitly_agreed(own, self.standing, (self.policy, self.now)))
            .fold(CodeSet::EMPTY, |all, own| all.union(own.sensitive))
    }

    /// That the person is a minor, unless that is known or over.
    fn minor(&self, adult_from: Timestamp) -> Option<(Act, Option<String>)> {
        let known = self.standing.adult_from >= Some(adult_from);
        let origin = Origin::Api;
        (adult_from > self.now && !known).then_some((Act::MinorKnown { adult_from, origin }, None))
    }

    /// Where the person lives, unless that is known.
    fn placed(
        &self,
        said: Option<(izin_core::Country, Option<izin_core::Region>)>,
        profile: &Profile,
    ) -> Result<Option<(Act, Option<String>)>, SubjectError> {
        let known = self.standing.place;
        let zone = profile.zone.as_deref();
        let zone = zone.and_then(|own| izin_core::Zone::parse(own).ok());
        let (country, region) = match (said, known, zone) {
            (Some(said), ..) => said,
            (None, Some(known), Some(_)) => (known.country, known.region),
            (None, None, Some(_)) => return Err(invalid("zone", "`country` beside `zone`")),
            (None, _, None) => return Ok(None),
        };
        let same = known.filter(|own| (own.country, own.region) == (country, region));
        let place = Place {
            country,
            region,
            zone: zone.or(same.and_then(|own| own.zone)),
            source: PlaceSource::Declared,
        };
        let act = Act::Placed {
            country: place.country,
            region: place.region,
            zone: place.zone,
            source: place.source,
        };
        Ok((known != Some(place)).then_some((act, None)))
    }
}

fn invalid(field: &str, expected: &'static str) -> SubjectError {
    SubjectError::Invalid {
        field: field.to_owned(),
        expected,
    }
}
