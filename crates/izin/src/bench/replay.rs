//! What a start costs that has no snapshot: every entry of a ledger on disk, read, parsed and folded.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use izin_app::{App, Gate};
use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::{Act, Channel, Identifier, Origin, RefusalKind, Scope};
use izin_store::{Command, Contact};

use super::decide::middle;
use super::population::Population;
use super::{Better, Figure};

/// People recorded in one group.
const TOGETHER: u64 = 500;
/// Replays, of which the middle one counts.
const ROUNDS: usize = 5;

/// Runs the bench over an application that knows nobody yet.
pub(super) async fn run(app: &Arc<App>, people: u64) -> anyhow::Result<Vec<Figure>> {
    let population = Population::new(app.store.hasher().clone())?;
    let started = Instant::now();
    for first in (0..people).step_by(usize::try_from(TOGETHER)?) {
        let some = first..people.min(first + TOGETHER);
        let contacts = some.map(|person| contact(&population, person));
        let contacts = contacts.collect::<Result<Vec<_>, _>>()?;
        app.store.record(contacts, population.now).await?;
    }
    let entries = app.gate.seq().context("entries were recorded")?.0 + 1;
    let recorded = entries as f64 / started.elapsed().as_secs_f64();
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let gate = Gate::new(app.store.hasher().clone());
        let started = Instant::now();
        app.store.replay(None, |some| gate.apply(&some))?;
        rates.push(entries as f64 / started.elapsed().as_secs_f64());
        anyhow::ensure!(gate.seq() == app.gate.seq(), "every entry is replayed");
    }
    let rate = |name, value| Figure::new(name, value, "entries per second").better(Better::Higher);
    Ok(vec![
        Figure::new("entries", entries as f64, "entries"),
        rate("recorded", recorded),
        rate("replay", middle(rates)).must(1e6).bold(4e6),
    ])
}

/// One person as an import brings them.
fn contact(population: &Population, person: u64) -> anyhow::Result<Command> {
    let phone = format!("+62811{person:08}");
    let identifiers = vec![
        Identifier::email(&Population::address(person))?,
        Identifier::phone(&phone, "ID")?,
    ];
    let consented = |channel| Act::Consented {
        purpose: population.request.purpose,
        channel,
        topic: None,
        identifier: None,
        occurred_at: population.now,
        evidence: Evidence::Recorded,
        policy: 1,
        origin: Origin::Import,
        manner: Manner::default(),
    };
    let acts = [Channel::Email, Channel::Sms].map(|channel| (consented(channel), None));
    let said = (
        RefusalKind::OptedOut,
        Scope::channel(Channel::Whatsapp),
        population.now,
        Origin::Import,
    );
    let refused = person.is_multiple_of(3).then_some(said);
    Ok(Command::Contact(Box::new(Contact {
        identifiers,
        acts: acts.into(),
        refusals: refused.into_iter().collect(),
        ..Contact::default()
    })))
}
