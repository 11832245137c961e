//! A person's consents as bytes: a group for each channel, so that a decision about one channel
//! passes over the others without reading them.
//!
//! First the heads of all groups, then the consents of each, every one as a step from the one before.
//! What is agreed to on one form differs in nothing but the purpose: any number of such consents in a
//! row is one byte.

use izin_core::act::Evidence;
use izin_core::consent::OwnWord;
use izin_core::decision::{Weight, Yes};
use izin_core::{Channel, Consent, IdentifierId, Seq, Timestamp};

use super::bytes::{Bytes, Last, Reader, STEP_BITS};
use super::person::Person;
use super::row::{ADDRESS_BYTES, address_of};
use super::weights::{Weights, consent_of};
use super::words::{Word, Words};

/// Bytes of a group's head.
const HEAD_BYTES: usize = 8 + 4;
/// Bits of a head's last four bytes: the channel, whether there is a date; the size above them.
const CHANNEL: u32 = 0x0f;
const DATED: u32 = 0x10;
const SIZE_SHIFT: u32 = 5;
/// Bits of a consent's first byte above its step: a proof follows; then which address.
const PROVEN: u8 = 1 << STEP_BITS;
const ADDRESS_SHIFT: u8 = STEP_BITS + 1;
/// The address of a consent is written out, since the person has it no more.
const ADDRESS_INLINE: u8 = 15;
/// The first byte of a run above the bits that say it is one: how many follow the first.
const RUN_SHIFT: u8 = STEP_BITS;
const RUN_MAX: u8 = u8::MAX >> RUN_SHIFT;

/// The head of a group.
struct Head {
    /// The channel, whether there is a date, and the bytes of the consents.
    bits: u32,
    /// The newest date of the proven ones; without any, before every other.
    newest: Timestamp,
}

impl Head {
    fn of(group: &[Consent], channel: Channel) -> Self {
        let newest = newest(group);
        let dated = if newest.is_some() { DATED } else { 0 };
        Self {
            bits: u32::from(channel.code()) | dated,
            newest: newest.unwrap_or(Timestamp::from_micros(i64::MIN)),
        }
    }

    fn bytes(&self, size: usize) -> [u8; HEAD_BYTES] {
        let bits = (size << SIZE_SHIFT) as u32 | self.bits;
        let mut bytes = [0; HEAD_BYTES];
        let (date, rest) = bytes.split_at_mut(8);
        date.copy_from_slice(&self.newest.as_micros().to_le_bytes());
        rest.copy_from_slice(&bits.to_le_bytes());
        bytes
    }

    fn read(bytes: &[u8; HEAD_BYTES]) -> Self {
        let [a, b, c, d, e, f, g, h, bits @ ..] = *bytes;
        Self {
            bits: u32::from_le_bytes(bits),
            newest: Timestamp::from_micros(i64::from_le_bytes([a, b, c, d, e, f, g, h])),
        }
    }

    const fn size(&self) -> usize {
        (self.bits >> SIZE_SHIFT) as usize
    }

    /// Where the steps of its consents begin.
    fn last(&self, seq: Seq) -> Last {
        Last::at(seq, (self.bits & DATED != 0).then_some(self.newest))
    }
}

/// Writes a person's consents, which lie by channel.
pub(super) fn pack(person: &Person, words: &Words, out: &mut Bytes<'_>) {
    let consents = &person.standing.consents;
    let groups = || consents.chunk_by(|a, b| a.channel == b.channel);
    out.length(groups().count());
    let mut head_at = out.0.len();
    out.0.resize(head_at + groups().count() * HEAD_BYTES, 0);
    let mut at = 0;
    for group in groups() {
        let Some(first) = group.first() else { continue };
        let begins = out.0.len();
        let head = Head::of(group, first.channel);
        let last = head.last(person.standing.seq);
        pack_group((person, at), group, (words, last), out);
        let size = out.0.len() - begins;
        out.0[head_at..][..HEAD_BYTES].copy_from_slice(&head.bytes(size));
        head_at += HEAD_BYTES;
        at += group.len();
    }
}

fn newest(group: &[Consent]) -> Option<Timestamp> {
    let proven = group
        .iter()
        .filter(|own| own.evidence == Evidence::Recorded);
    proven.map(|own| own.occurred_at).max()
}

/// Writes the consents of a group, the first of which is the person's `at`th.
fn pack_group(
    (person, at): (&Person, usize),
    group: &[Consent],
    (words, mut last): (&Words, Last),
    out: &mut Bytes<'_>,
) {
    let mut before: Option<&Consent> = None;
    let mut run = 0;
    for (consent, at) in group.iter().zip(at..) {
        let word = number(consent, person.words.get(at).copied(), words);
        let alike = |before: &Consent| {
            before.identifier == consent.identifier && consent.own_words == [None; 2]
        };
        if before.is_some_and(alike)
            && run < RUN_MAX
            && last.runs_on(word, (consent.seq, consent.occurred_at))
        {
            run += 1;
        } else {
            pack_run(&mut run, out);
            pack_consent(consent, (person, word), &mut last, out);
        }
        before = Some(consent);
    }
    pack_run(&mut run, out);
}

fn pack_run(run: &mut u8, out: &mut Bytes<'_>) {
    if *run > 0 {
        out.byte(*run << RUN_SHIFT | Last::RUN);
        *run = 0;
    }
}

/// The number of a consent's word; the one read before, if it is still the same.
fn number(consent: &Consent, read: Option<u32>, words: &Words) -> u32 {
    let word = Word::Consent {
        purpose: consent.purpose,
        channel: consent.channel,
        topic: consent.topic,
        evidence: consent.evidence,
        policy: consent.policy,
        manner: consent.manner,
        renewed: consent.renewed,
        mark: consent.mark,
    };
    let known = read.filter(|number| words.get(*number) == Some(&word));
    known.unwrap_or_else(|| words.number(&word))
}

fn pack_consent(
    consent: &Consent,
    (person, word): (&Person, u32),
    last: &mut Last,
    out: &mut Bytes<'_>,
) {
    let own = |id: &IdentifierId| {
        let mut identifiers = person.standing.identifiers.iter();
        let place = identifiers.position(|(own, _)| own == id)? + 1;
        u8::try_from(place)
            .ok()
            .filter(|place| *place < ADDRESS_INLINE)
    };
    let address = consent.identifier.as_ref();
    let address = address.map_or(0, |id| own(id).unwrap_or(ADDRESS_INLINE));
    let form = last.form(consent.seq, consent.occurred_at);
    let proven = if consent.own_words.iter().any(Option::is_some) {
        PROVEN
    } else {
        0
    };
    out.byte(address << ADDRESS_SHIFT | proven | form);
    last.write_word(out, word);
    if let (ADDRESS_INLINE, Some(id)) = (address, consent.identifier) {
        out.id(id.as_bytes());
    }
    last.write(out, form, (consent.seq, consent.occurred_at));
    if proven != 0 {
        for proof in consent.own_words {
            out.byte(proof.is_some().into());
            if let Some(proof) = proof {
                out.seq(proof.seq);
                out.moment(proof.occurred_at);
            }
        }
    }
}

/// Reads a person's consents.
pub(super) fn read(
    row: &mut Reader<'_>,
    words: &Words,
    addresses: &[[u8; ADDRESS_BYTES]],
    person: &mut Person,
) {
    for head in read_heads(row) {
        let group = row.take(head.size());
        let last = head.last(person.standing.seq);
        read_group(group, last, addresses, |step| agree(step, words, person));
    }
}

/// Reads the yeses that a matter asks for, and when the person was last heard of by any; of somebody
/// who `has_more` than most, all that may concern it.
pub(super) fn weigh(
    row: &mut Reader<'_>,
    (weights, has_more): (&Weights<'_>, bool),
    addresses: &[[u8; ADDRESS_BYTES]],
    person: &mut Person,
) {
    let channel = u32::from(weights.matter.channel().code());
    let (mut heard, mut dated) = (Timestamp::from_micros(i64::MIN), 0);
    for head in read_heads(row) {
        heard = heard.max(head.newest);
        dated |= head.bits & DATED;
        let group = row.take(head.size());
        if head.bits & CHANNEL == channel {
            let last = head.last(person.standing.seq);
            read_group(group, last, addresses, |step| {
                if let Some(weight) = weights.of(step.word, has_more)
                    && (has_more || weights.matter.counts_at_start(&weight))
                {
                    person.said.agree(step.yes(weight));
                }
            });
        }
    }
    person.heard = (dated != 0).then_some(heard);
}

fn read_heads<'a>(row: &mut Reader<'a>) -> impl Iterator<Item = Head> + use<'a> {
    let count = row.length();
    let (heads, _) = row.take(count * HEAD_BYTES).0.as_chunks();
    heads.iter().map(Head::read)
}

/// What one consent is read into before its word is known.
struct Step {
    word: u32,
    identifier: Option<IdentifierId>,
    at: (Seq, Timestamp),
    own_words: [Option<OwnWord>; 2],
}

impl Step {
    fn yes(&self, weight: Weight) -> Yes {
        let (seq, occurred_at) = self.at;
        Yes {
            weight,
            identifier: self.identifier,
            seq,
            occurred_at,
            own_words: self.own_words,
        }
    }
}

fn read_group(
    mut group: Reader<'_>,
    mut last: Last,
    addresses: &[[u8; ADDRESS_BYTES]],
    mut take: impl FnMut(&Step),
) {
    let mut identifier = None;
    while !group.0.is_empty() {
        let form = group.byte();
        if Last::is_run(form) {
            for _ in 0..form >> RUN_SHIFT {
                let (word, at) = last.run_on();
                let own_words = [None; 2];
                let step = Step {
                    word,
                    identifier,
                    at,
                    own_words,
                };
                take(&step);
            }
            continue;
        }
        let word = last.read_word(&mut group);
        identifier = match form >> ADDRESS_SHIFT {
            0 => None,
            ADDRESS_INLINE => Some(IdentifierId::from_bytes(group.id())),
            place => {
                let own = addresses.get(usize::from(place) - 1);
                own.map(|own| address_of(own).0)
            }
        };
        let at = last.read(&mut group, form);
        let own_words = match form & PROVEN {
            0 => [None; 2],
            _ => [read_own_word(&mut group), read_own_word(&mut group)],
        };
        let step = Step {
            word,
            identifier,
            at,
            own_words,
        };
        take(&step);
    }
}

/// Puts a consent among the person's.
fn agree(step: &Step, words: &Words, person: &mut Person) {
    let Some(consent) = consent_of(words, step.word) else {
        return;
    };
    person.words.push(step.word);
    let (seq, occurred_at) = step.at;
    person.standing.consents.push(Consent {
        identifier: step.identifier,
        seq,
        occurred_at,
        own_words: step.own_words,
        ..consent
    });
}

fn read_own_word(row: &mut Reader<'_>) -> Option<OwnWord> {
    (row.byte() != 0).then(|| OwnWord {
        seq: row.seq(),
        occurred_at: row.moment(),
    })
}
