//! What an auditor runs over a disclosed export: each act against its leaf, each policy against its
//! act, each batch of messages against its act, and each message against the noes that stood by then.
//!
//! It decides nothing again: a no that covered a message and that the person had not taken back is
//! enough. Every line is read whole and strictly. Start at [`check`].

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;

use izin_core::policy::Purpose;
use izin_core::{Act, Entry, Policy, Seq, SubjectId, Timestamp};
use izin_log::verify::{Fault, ReadError, ReadFile};
use izin_log::{ExportFile, Finding, Leaf, Span, bundle};
use izin_store::{ledger, unhex};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::handed::{Handed, Root, Shown};
use super::noes::{Kind, forbidden};
use super::{ACTS, ActLine, HAND_OVERS, POLICIES, PolicyLine};
use crate::audit::batch::BELATED_SECONDS;

/// The longest line, in bytes: a policy.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How far a clock may be put right without a word, in seconds.
const CLOCK_BACK_SECONDS: i64 = 5;

/// Opens one of the disclosed files.
pub type OpenLines<'a> = dyn FnMut(&str) -> Result<Box<dyn BufRead>, ReadError> + 'a;

/// What a disclosed export came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Messages that were looked at.
    pub hand_overs: u64,
    /// Those that a no had forbidden.
    pub late: Vec<Late>,
    /// Those decided before a no, of which their sender said after it that they had gone.
    pub crossed: Vec<Late>,
    /// Batches that were committed to long after a message in them had begun: until then it could have
    /// been left out.
    pub belated: Counted,
    /// Entries dated before the one they follow.
    pub backdated: Counted,
    /// Where the log was forked, in order.
    pub forks: Vec<Fork>,
}

/// An act by which the log went on without what was lost, and the checkpoint that it commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fork {
    /// Its entry.
    pub seq: Seq,
    /// What the log was called before.
    pub from: String,
    /// How many entries had been signed.
    pub size: u64,
    /// Their root, in base64.
    pub root: String,
}

/// How many entries, and the first of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// The first.
    pub first: Option<Seq>,
}

impl Counted {
    fn count(&mut self, seq: Seq) {
        self.count = self.count.saturating_add(1);
        self.first = self.first.or(Some(seq));
    }
}

/// A message that was handed over after an opt-out was effective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Late {
    /// Its line among the messages, from 1.
    pub line: u64,
    /// To whom, by the ledger's name.
    pub subject: SubjectId,
    /// When its hand-over began, or its sender said that it had gone.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
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
            at,
            refusal,
            recorded,
        } = self;
        write!(
            f,
            "`{HAND_OVERS}`, line {line}: to {subject} at {at}, entry {refusal} says no since {recorded}"
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
        last: None,
        belated: Counted::default(),
        backdated: Counted::default(),
        forks: Vec::new(),
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
    let (late, crossed) = audit.late(&handed.to, &policies);
    Ok(Checked {
        hand_overs: handed.lines,
        late,
        crossed,
        belated: audit.belated,
        backdated: audit.backdated,
        forks: audit.forks,
    })
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
    /// From which entry and moment on which version was in force, in the log's order.
    in_force: Vec<(Seq, Timestamp, u32)>,
    /// When the entry before was recorded.
    last: Option<Timestamp>,
    belated: Counted,
    backdated: Counted,
    forks: Vec<Fork>,
}

impl Audit<'_, '_> {
    fn act(&mut self, line: &ActLine) -> Result<(), &'static str> {
        if line.seq != self.next {
            return Err("the acts are not in order");
        }
        let entry = ledger::entry_of(Seq(line.seq), &line.record);
        let entry = entry.ok_or("it is not the record of an act")?;
        let blinding = unhex(&line.blinding).ok_or("its blinding is not 32 bytes")?;
        let leaf = ledger::leaf(&entry, &blinding, &line.record);
        if self.leaves.at(line.seq) != Some(leaf) {
            return Err("the act is not the one that its leaf commits to");
        }
        self.next = self.next.saturating_add(1);
        let recorded = entry.recorded_at;
        let back = |last: Timestamp| recorded < last.plus_seconds(-CLOCK_BACK_SECONDS);
        if self.last.replace(recorded).is_some_and(back) {
            self.backdated.count(entry.seq);
        }
        match &entry.act {
            Act::PolicyPublished { version, hash } => {
                let twice = self.published.insert(*version, hash.clone());
                if twice.is_some() {
                    return Err("a policy of this version was published before");
                }
            }
            Act::PolicyTookEffect { version } => {
                self.in_force.push((entry.seq, recorded, *version));
            }
            Act::HandOversBatched { count, root } => {
                let own = self.batches.remove(&line.seq);
                let own = own.filter(|own| (own.count, &own.root) == (*count, root));
                let own = own.ok_or("the messages shown are not those that it commits to")?;
                if recorded > own.begun.plus_seconds(BELATED_SECONDS) {
                    self.belated.count(entry.seq);
                }
            }
            Act::LogForked { from, size, root } => self.forks.push(Fork {
                seq: entry.seq,
                from: from.clone(),
                size: *size,
                root: root.clone(),
            }),
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

    /// The messages that a no had forbidden when they went, and those that were only told to have gone
    /// after one; by line.
    fn late(
        &self,
        to: &BTreeMap<SubjectId, Vec<Shown>>,
        policies: &BTreeMap<u32, Policy>,
    ) -> (Vec<Late>, Vec<Late>) {
        let (mut late, mut crossed) = (Vec::new(), Vec::new());
        for (subject, messages) in to {
            let acts = self.of.get(subject).map_or(&[][..], Vec::as_slice);
            for own in messages {
                let kind = Kind::of(self.purpose(policies, own));
                let named = |at| {
                    let no = forbidden(acts, own, (at, kind))?;
                    let said = acts.iter().find(|entry| entry.seq == no.seq)?;
                    Some(Late {
                        line: own.line,
                        subject: *subject,
                        at,
                        refusal: no.seq,
                        recorded: said.recorded_at,
                    })
                };
                match named(own.message.begun) {
                    Some(no) => late.push(no),
                    None => crossed.extend(own.message.told.and_then(named)),
                }
            }
        }
        late.sort_by_key(|own| own.line);
        crossed.sort_by_key(|own| own.line);
        (late, crossed)
    }

    /// What a message was for, by the policy that was in force when it began, as far as the log knew by
    /// then.
    fn purpose<'p>(&self, policies: &'p BTreeMap<u32, Policy>, own: &Shown) -> Option<&'p Purpose> {
        let by_then = |(seq, since, _): &&(Seq, Timestamp, u32)| {
            *seq < own.batch && *since <= own.message.begun
        };
        let (_, _, version) = self.in_force.iter().rev().find(by_then)?;
        policies.get(version)?.purpose(&own.message.purpose)
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

/// Hands each line of a file to `take`, numbered from 1. A line that says the same in another form (spaces,
/// a list, a field twice) is none: what two readers may read differently proves nothing.
fn lines<T: DeserializeOwned + Serialize>(
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
        let own: Option<T> = serde_json::from_slice(text).ok();
        let own = own.ok_or_else(|| fault(name, number, "it is not a line of this file"))?;
        if serde_json::to_vec(&own).is_ok_and(|written| written != text) {
            return Err(fault(
                name,
                number,
                "it is not written as an export writes it",
            ));
        }
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
