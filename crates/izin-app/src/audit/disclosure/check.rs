//! What an auditor runs over a disclosed export: each act against its leaf, each policy against its
//! act, each batch of messages against its act, and each message against the noes that stood by then.
//!
//! It decides nothing again: a no that covered a message and that the person had not taken back is
//! enough. Every line is read whole and strictly. Start at [`check`].

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;

use izin_core::policy::Class;
use izin_core::{Act, Entry, Policy, Refusal, RefusalKind, Seq, Standing, SubjectId, Timestamp};
use izin_log::verify::{Fault, ReadError, ReadFile};
use izin_log::{ExportFile, Finding, Leaf, Span, bundle};
use izin_store::{HandOver, ledger};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::handed::{Handed, Root};
use super::{ACTS, ActLine, HAND_OVERS, POLICIES, PolicyLine};

/// The longest line, in bytes: a policy.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A message on its way when a no was recorded may still go, in seconds; later, none may.
const ON_ITS_WAY_SECONDS: i64 = 2;

/// Opens one of the disclosed files.
pub type OpenLines<'a> = dyn FnMut(&str) -> Result<Box<dyn BufRead>, ReadError> + 'a;

/// What a disclosed export came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Messages that were looked at.
    pub hand_overs: u64,
    /// Those that a no had forbidden.
    pub late: Vec<Late>,
}

/// A message that was handed over after an opt-out was effective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Late {
    /// Its line among the messages, from 1.
    pub line: u64,
    /// To whom, by the ledger's name.
    pub subject: SubjectId,
    /// When its hand-over began.
    #[serde(serialize_with = "as_text")]
    pub begun: Timestamp,
    /// The entry that says no.
    pub refusal: Seq,
    /// When that was recorded.
    #[serde(serialize_with = "as_text")]
    pub recorded: Timestamp,
}

fn as_text<S: Serializer>(moment: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(moment)
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            subject,
            begun,
            refusal,
            recorded,
        } = self;
        write!(
            f,
            "`{HAND_OVERS}`, line {line}: handed over after an opt-out was effective: to {subject} \
             at {begun}, entry {refusal} says no since {recorded}"
        )
    }
}

/// Checks what an export of `size` entries discloses; the log itself was verified before, and `read`
/// gives its files.
///
/// # Errors
/// [`Finding`] names the first line that does not fit.
pub fn check(
    open: &mut OpenLines<'_>,
    read: &mut ReadFile<'_>,
    size: u64,
) -> Result<Checked, Finding> {
    let mut handed = Handed::default();
    lines(open, HAND_OVERS, |line, own| handed.take(line, &own))?;
    handed.close();
    let mut audit = Audit {
        leaves: Leaves {
            read,
            size,
            span: None,
            leaves: Vec::new(),
        },
        next: 0,
        of: handed.to.keys().map(|own| (*own, Vec::new())).collect(),
        batches: handed.batches,
        published: BTreeMap::new(),
        in_force: Vec::new(),
    };
    lines(open, ACTS, |_, own| audit.act(&own))?;
    if audit.next != size {
        let line = audit.next.saturating_add(1);
        return Err(fault(ACTS, line, "an act is missing"));
    }
    if let Some(unfounded) = audit.batches.values().next() {
        return Err(fault(HAND_OVERS, unfounded.line, "no act commits to it"));
    }
    let mut policies = BTreeMap::new();
    lines(open, POLICIES, |_, own: PolicyLine| {
        let policy = audit.policy(&own)?;
        policies.insert(own.version, policy);
        Ok(())
    })?;
    if let Some(missing) = audit.published.keys().next() {
        let line = u64::from(*missing);
        return Err(fault(POLICIES, line, "a published policy is missing"));
    }
    let mut late = Vec::new();
    for (subject, messages) in &handed.to {
        let acts = audit.of.get(subject).map(Vec::as_slice);
        for (line, message) in messages {
            let class = audit.class(&policies, message);
            let no = forbidden(acts.unwrap_or_default(), message, class);
            late.extend(no.map(|no| Late {
                line: *line,
                subject: *subject,
                begun: message.begun,
                refusal: no.seq,
                recorded: no.recorded_at,
            }));
        }
    }
    late.sort_by_key(|own| own.line);
    let hand_overs = handed.lines;
    Ok(Checked { hand_overs, late })
}

/// The no that forbade a message, if one did: it stood before the message was on its way, and still
/// when it went.
fn forbidden(acts: &[Entry], message: &HandOver, class: Class) -> Option<Refusal> {
    let on_its_way = message.begun.plus_seconds(-ON_ITS_WAY_SECONDS);
    let known = |own: &&Entry| {
        own.recorded_at < on_its_way || message.decided.is_some_and(|decided| own.seq <= decided)
    };
    let by_then = |own: &&Entry| own.recorded_at <= message.begun;
    let before = noes(acts.iter().filter(known), message, class);
    let then = noes(
        acts.iter().filter(|own| known(own) || by_then(own)),
        message,
        class,
    );
    let same = |a: &Refusal, b: &Refusal| (a.kind, a.scope) == (b.kind, b.scope);
    let stands = |own: &Refusal| then.iter().any(|still| same(own, still));
    before.into_iter().find(stands)
}

/// The noes that cover a message, as some acts make them.
fn noes<'a>(
    acts: impl Iterator<Item = &'a Entry>,
    message: &HandOver,
    class: Class,
) -> Vec<Refusal> {
    let mut standing = Standing::default();
    acts.for_each(|entry| standing.apply(entry));
    let noes = standing.noes(message.channel, &message.purpose, message.topic.as_ref());
    let stops =
        |own: &&Refusal| class != Class::Essential || own.kind == RefusalKind::LegalSuppression;
    noes.filter(stops).copied().collect()
}

/// What the acts say, as far as the messages need it.
struct Audit<'a, 'r> {
    leaves: Leaves<'a, 'r>,
    next: u64,
    of: BTreeMap<SubjectId, Vec<Entry>>,
    /// The batches of messages whose act is still to come.
    batches: BTreeMap<u64, Root>,
    /// The hash of each published policy whose text is still to come.
    published: BTreeMap<u32, String>,
    /// From when which version was in force, oldest first.
    in_force: Vec<(Timestamp, u32)>,
}

impl Audit<'_, '_> {
    fn act(&mut self, line: &ActLine) -> Result<(), &'static str> {
        if line.seq != self.next {
            return Err("the acts are not in order");
        }
        let entry = ledger::entry_of(Seq(line.seq), &line.record);
        let entry = entry.ok_or("it is not the record of an act")?;
        let blinding = ledger::unhex(&line.blinding).ok_or("its blinding is not 32 bytes")?;
        let leaf = ledger::leaf(&entry, &blinding, &line.record);
        if self.leaves.at(line.seq) != Some(leaf) {
            return Err("the act is not the one that its leaf commits to");
        }
        self.next = self.next.saturating_add(1);
        match &entry.act {
            Act::PolicyPublished { version, hash } => {
                self.published.insert(*version, hash.clone());
            }
            Act::PolicyTookEffect { version } => self.in_force.push((entry.recorded_at, *version)),
            Act::HandOversBatched { count, root } => {
                let own = self.batches.remove(&line.seq);
                if own.is_none_or(|own| (own.count, &own.root) != (*count, root)) {
                    return Err("the messages shown are not those that it commits to");
                }
            }
            _ => {}
        }
        if let Some(own) = entry.subject.and_then(|own| self.of.get_mut(&own)) {
            own.push(entry);
        }
        Ok(())
    }

    fn policy(&mut self, line: &PolicyLine) -> Result<Policy, &'static str> {
        let hash = blake3::hash(line.body.as_bytes()).to_hex().to_string();
        if self.published.remove(&line.version) != Some(hash) {
            return Err("the policy is not the one that was published");
        }
        serde_json::from_str(&line.body).map_err(|_| "the policy cannot be read")
    }

    /// What kind of message it was by the policy then in force; one that was not declared is judged
    /// as marketing.
    fn class(&self, policies: &BTreeMap<u32, Policy>, message: &HandOver) -> Class {
        let mut in_force = self.in_force.iter().rev();
        in_force
            .find(|(since, _)| *since <= message.begun)
            .and_then(|(_, version)| policies.get(version)?.purpose(&message.purpose))
            .map_or(Class::Marketing, |own| own.class)
    }
}

/// The leaves of the verified log, a bundle at a time.
struct Leaves<'a, 'r> {
    read: &'a mut ReadFile<'r>,
    size: u64,
    span: Option<Span>,
    leaves: Vec<Leaf>,
}

impl Leaves<'_, '_> {
    fn at(&mut self, seq: u64) -> Option<Leaf> {
        let width = u64::from(izin_log::tile::TILE_WIDTH);
        let span = Span::of_row(seq / width, self.size)?;
        if self.span != Some(span) {
            let file = ExportFile::Bundle(span).to_string();
            self.leaves = bundle::decode(&(self.read)(&file).ok()??).ok()?;
            self.span = Some(span);
        }
        let place = usize::try_from(seq % width).ok()?;
        self.leaves.get(place).copied()
    }
}

/// Hands each line of a file to `take`, numbered from 1.
fn lines<T: DeserializeOwned>(
    open: &mut OpenLines<'_>,
    name: &str,
    mut take: impl FnMut(u64, T) -> Result<(), &'static str>,
) -> Result<(), Finding> {
    let unreadable = |why| Finding {
        file: name.to_owned(),
        fault: Fault::Unreadable(why),
    };
    let mut file = open(name).map_err(unreadable)?;
    for number in 1.. {
        let mut line = Vec::new();
        let mut some = std::io::Read::take(&mut file, LINE_BYTES_MAX);
        let read = some.read_until(b'\n', &mut line);
        if read.map_err(|why| unreadable(why.into()))? == 0 {
            break;
        }
        let text = line.strip_suffix(b"\n");
        let text = text.ok_or_else(|| fault(name, number, "the line does not end"))?;
        let own = serde_json::from_slice(text);
        let own = own.map_err(|_| fault(name, number, "it is not a line of this file"))?;
        take(number, own).map_err(|why| fault(name, number, why))?;
    }
    Ok(())
}

fn fault(file: &str, line: u64, why: &'static str) -> Finding {
    Finding {
        file: file.to_owned(),
        fault: Fault::Line { line, why },
    }
}
