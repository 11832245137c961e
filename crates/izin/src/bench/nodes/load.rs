//! What is asked of the processes: opt-outs as fast as they go, opt-outs and questions at a steady pace, batches.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use super::super::client::{Connection, ask_all, post};
use super::super::population::Dice;
use super::address;
use super::history::{Asked, Said};

/// Connections with an opt-out under way, over all processes.
const CONNECTIONS: usize = 256;
/// Who says opt-outs at a steady pace.
const SAYERS: u64 = 8;
/// Questions in one call at a steady pace; the newest noes are among them.
const TOGETHER: u64 = 100;
/// Noes that are asked about until they are known, in each call.
const NEWEST_MAX: usize = 40;
/// Questions in a batch as large as batches are, and how many of these on each process.
const BATCH: u64 = 1_000;
const BATCHES: u64 = 60;
/// How long it is asked on after the last no.
const AFTERWARDS: Duration = Duration::from_millis(1_500);

/// Who asks one process.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) at: SocketAddr,
    pub(super) key: String,
}

impl Caller {
    fn post(&self, path: &str, body: &serde_json::Value) -> Vec<u8> {
        let door = (Some(self.key.as_str()), "application/json");
        post(path, door, body.to_string().as_bytes())
    }

    fn opt_out(&self, person: u64) -> Vec<u8> {
        let subject = json!({ "email": address(person) });
        let no = json!({ "subject": subject, "act": "optout", "channel": "email" });
        self.post("/v1/acts", &no)
    }

    fn questions(&self, people: &[u64]) -> Vec<u8> {
        let question = |own: &u64| {
            let subject = json!({ "email": address(*own) });
            json!({ "subject": subject, "channel": "email", "purpose": "marketing" })
        };
        let asked: Vec<_> = people.iter().map(question).collect();
        self.post("/v1/decisions/batch", &json!({ "requests": asked }))
    }
}

/// Opt-outs a second, each acknowledged, with many under way on every process.
pub(super) fn opt_outs(callers: &[Caller], people: &[u64]) -> anyhow::Result<f64> {
    let each = CONNECTIONS / callers.len();
    let shares = people.chunks(people.len().div_ceil(callers.len()));
    let mut ready = Vec::new();
    for (own, some) in callers.iter().zip(shares) {
        let open = (0..each).map(|_| Connection::to(own.at));
        let asked: Vec<_> = some.iter().map(|person| own.opt_out(*person)).collect();
        ready.push((open.collect::<Result<Vec<_>, _>>()?, asked));
    }
    let began = Instant::now();
    together(ready, |(open, asked)| ask_all(open, &asked))?;
    Ok(people.len() as f64 / began.elapsed().as_secs_f64())
}

/// Does some work for each, all at once; fails with the first that did.
fn together<T: Send, R: Send>(
    all: Vec<T>,
    work: impl Fn(T) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let work = &work;
    thread::scope(|scope| {
        let started: Vec<_> = all
            .into_iter()
            .map(|own| scope.spawn(move || work(own)))
            .collect();
        let ended = started.into_iter().map(|own| {
            let ended = own.join();
            ended.map_err(|_| anyhow::anyhow!("a caller of the bench panicked"))?
        });
        ended.collect()
    })
}

/// Noes, and who is to be asked about.
struct Stage {
    said: Mutex<BTreeMap<u64, Said>>,
    /// The newest noes, for each process until it knows them.
    newest: Vec<Mutex<VecDeque<u64>>>,
    /// Everybody who is known.
    people: u64,
    began: Instant,
    ended: AtomicBool,
}

/// One who says or asks.
enum Role<'a> {
    /// Every so-many-th of the noes.
    Says(u64),
    /// Everything of one process.
    Asks(usize, &'a Caller),
}

/// Says noes at a steady pace, to one process after the other, and asks all of them meanwhile; answers what was
/// said, and every answer.
pub(super) fn look(
    callers: &[Caller],
    (noes, people): (Range<u64>, u64),
    (looked, checks): (Duration, u64),
) -> anyhow::Result<(BTreeMap<u64, Said>, Vec<Asked>)> {
    let stage = Stage {
        said: Mutex::default(),
        newest: callers.iter().map(|_| Mutex::default()).collect(),
        people,
        began: Instant::now(),
        ended: AtomicBool::new(false),
    };
    let pace = looked / u32::try_from(noes.end - noes.start)?;
    let every = Duration::from_secs(1) * u32::try_from(callers.len() as u64 * TOGETHER)?
        / u32::try_from(checks)?;
    let left = AtomicU64::new(SAYERS);
    let roles = (0..SAYERS).map(Role::Says);
    let asking = callers.iter().enumerate();
    let roles = roles.chain(asking.map(|(node, own)| Role::Asks(node, own)));
    let answers = together(roles.collect(), |role| match role {
        Role::Says(first) => {
            let done = stage.say(callers, (noes.clone(), first), pace);
            if left.fetch_sub(1, Ordering::AcqRel) == 1 {
                thread::sleep(AFTERWARDS);
                stage.ended.store(true, Ordering::Release);
            }
            done.map(|()| Vec::new())
        }
        Role::Asks(node, own) => stage.ask((node, own), every),
    })?;
    let said = stage.said.into_inner().map_err(|_| poisoned())?;
    Ok((said, answers.into_iter().flatten().collect()))
}

impl Stage {
    /// Says every so-many-th of the noes at its time.
    fn say(
        &self,
        callers: &[Caller],
        (noes, first): (Range<u64>, u64),
        pace: Duration,
    ) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Answer {
            seq: u64,
        }
        let open = callers.iter().map(|own| Connection::to(own.at));
        let mut open = open.collect::<Result<Vec<_>, _>>()?;
        for (number, person) in (0_u32..)
            .zip(noes)
            .skip(usize::try_from(first)?)
            .step_by(SAYERS as usize)
        {
            wait_until(self.began + pace * number);
            let node = number as usize % callers.len();
            let (caller, line) = (callers.get(node), open.get_mut(node));
            let (caller, line) = caller.zip(line).context("a process")?;
            let answer = line.ask(&caller.opt_out(person))?;
            let at = Instant::now();
            let Answer { seq } = serde_json::from_slice(&answer)?;
            let mut said = self.said.lock().map_err(|_| poisoned())?;
            said.insert(person, Said { node, at, seq });
            drop(said);
            for own in &self.newest {
                own.lock().map_err(|_| poisoned())?.push_back(person);
            }
        }
        Ok(())
    }

    /// Asks one process at a steady pace about the newest noes, and about anybody.
    fn ask(&self, (node, caller): (usize, &Caller), every: Duration) -> anyhow::Result<Vec<Asked>> {
        #[derive(Deserialize)]
        struct Answers {
            decisions: Vec<Answer>,
        }
        #[derive(Deserialize)]
        struct Answer {
            decision: String,
            seq: u64,
        }
        let mut line = Connection::to(caller.at)?;
        let mut dice = Dice::of(self.people, node as u64);
        let (mut asked, mut next) = (Vec::new(), self.began);
        let newest = self.newest.get(node).context("a process")?;
        while !self.ended.load(Ordering::Acquire) {
            next = (next + every).max(Instant::now() - every);
            wait_until(next);
            let mut people: Vec<u64> = {
                let newest = newest.lock().map_err(|_| poisoned())?;
                newest.iter().take(NEWEST_MAX).copied().collect()
            };
            let of_newest = people.len();
            people.extend((of_newest as u64..TOGETHER).map(|_| dice.below(self.people)));
            let request = caller.questions(&people);
            let begun = Instant::now();
            let answers: Answers = serde_json::from_slice(&line.ask(&request)?)?;
            let ended = Instant::now();
            anyhow::ensure!(answers.decisions.len() == people.len(), "an answer each");
            let mut newest = newest.lock().map_err(|_| poisoned())?;
            for (at, (person, answer)) in people.iter().zip(answers.decisions).enumerate() {
                let allowed = answer.decision == "allow";
                if at < of_newest && !allowed {
                    newest.retain(|own| own != person);
                }
                asked.push(Asked {
                    person: *person,
                    node,
                    begun,
                    ended,
                    allowed,
                    seq: answer.seq,
                });
            }
        }
        Ok(asked)
    }
}

/// Rows of full batches, and how long all processes took for theirs at once.
pub(super) fn batches(callers: &[Caller], people: u64) -> anyhow::Result<(u64, Duration)> {
    let ready = callers.iter().map(|own| {
        let mut dice = Dice::of(people, 7);
        let some: Vec<u64> = (0..BATCH).map(|_| dice.below(people)).collect();
        Ok((Connection::to(own.at)?, own.questions(&some)))
    });
    let ready = ready.collect::<anyhow::Result<Vec<_>>>()?;
    let began = Instant::now();
    together(ready, |(mut line, request)| {
        (0..BATCHES).try_for_each(|_| line.ask(&request).map(drop))
    })?;
    Ok((BATCH * BATCHES * callers.len() as u64, began.elapsed()))
}

fn wait_until(at: Instant) {
    thread::sleep(at.saturating_duration_since(Instant::now()));
}

fn poisoned() -> anyhow::Error {
    anyhow::anyhow!("another caller of the bench panicked")
}
