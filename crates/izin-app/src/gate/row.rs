//! A person as a row of bytes, and back, without allocation once the lists have grown.
//!
//! A row is a head (whose it is, its number, its size) and a body: flags, the last entry,
//! identifiers, consents, refusals, then what few people have (`rare.rs`). Entries and dates are
//! steps from the ones before, names are words. Unpacked whole, a row gives back every field;
//! for one decision its consents and refusals are weighed as they are read and never kept.

use izin_core::decision::Sent;
use izin_core::{IdentifierId, IdentifierKind, Refusal, Seq, SubjectId, Timestamp};
use izin_store::ReservationId;

use super::bytes::{Bytes, Last, Reader, STEP_BITS};
use super::person::Person;
use super::weights::Weights;
use super::words::{Word, Words};
use super::{consents, rare};

/// Bytes of a head: the id, the number, the size.
pub(super) const HEAD_BYTES: usize = 16 + 4 + 3;
/// Sizes of rows are multiples of this, in bytes: rows that grow a little stay where they are.
pub(super) const UNIT_BYTES: usize = 4;

/// Bits of the body's first byte.
pub(super) mod flag {
    pub(in super::super) const KNOWN: u8 = 1;
    pub(in super::super) const ERASED: u8 = 2;
    pub(in super::super) const RESTRICTED: u8 = 4;
    pub(in super::super) const MERGED: u8 = 8;
    /// An address may have another holder.
    pub(in super::super) const SHARES: u8 = 16;
    pub(in super::super) const REFUSES: u8 = 32;
    pub(in super::super) const USED: u8 = 64;
    pub(in super::super) const RARE: u8 = 128;
}

/// Bit of a refusal's first byte above its step: it was entered when it was said.
const AT_ONCE: u8 = 1 << STEP_BITS;

/// Bytes of an identifier: the id, then its label and kind.
pub(super) const ADDRESS_BYTES: usize = 16 + 1;

/// Bits of an identifier's last byte: its kind, below its label.
const KIND: u8 = 3;

/// An identifier, and its label and kind.
pub(super) fn address_of(address: &[u8; ADDRESS_BYTES]) -> (IdentifierId, u8) {
    let [id @ .., label] = *address;
    (IdentifierId::from_bytes(id), label)
}

/// Whose row it is.
pub(super) fn subject_of(row: &[u8]) -> Option<SubjectId> {
    row.first_chunk().copied().map(SubjectId::from_bytes)
}

/// The person's number.
pub(super) fn number_of(row: &[u8]) -> Option<u32> {
    row.get(16..20)?
        .first_chunk()
        .copied()
        .map(u32::from_le_bytes)
}

/// The size of a row, in units.
pub(super) fn units_of(row: &[u8]) -> usize {
    match row.get(20..HEAD_BYTES) {
        Some([a, b, c]) => u32::from_le_bytes([*a, *b, *c, 0]) as usize,
        _ => 0,
    }
}

/// The flags of a row.
pub(super) fn flags_of(row: &[u8]) -> u8 {
    row.get(HEAD_BYTES).copied().unwrap_or_default()
}

/// Writes a row.
pub(super) fn pack(
    person: &Person,
    (subject, number): (SubjectId, u32),
    words: &Words,
    row: &mut Vec<u8>,
) {
    row.clear();
    row.extend_from_slice(subject.as_bytes());
    row.extend_from_slice(&number.to_le_bytes());
    row.extend_from_slice(&[0; 3]);
    let mut out = Bytes(row);
    let standing = &person.standing;
    out.byte(flags(person));
    out.seq(standing.seq);
    out.length(standing.identifiers.len());
    for (id, kind) in &standing.identifiers {
        out.id(id.as_bytes());
        let label = person.label(*id).unwrap_or(super::person::NO_LABEL);
        out.byte(label << 2 | kind.code());
    }
    consents::pack(person, words, &mut out);
    let mut last = Last::of(standing.seq);
    if !standing.refusals.is_empty() {
        out.length(standing.refusals.len());
        for refusal in &standing.refusals {
            pack_refusal(refusal, (words, &mut last), &mut out);
        }
    }
    if is_used(person) {
        pack_usage(person, words, &mut out);
    }
    if rare::has_any(standing) {
        rare::pack(standing, words, &mut out);
    }
    row.resize(row.len().next_multiple_of(UNIT_BYTES), 0);
    let units = (row.len() / UNIT_BYTES).to_le_bytes();
    if let (Some(place), Some(units)) = (row.get_mut(20..HEAD_BYTES), units.get(..3)) {
        place.copy_from_slice(units);
    }
}

fn flags(person: &Person) -> u8 {
    let standing = &person.standing;
    let bits = [
        (standing.known, flag::KNOWN),
        (standing.erased, flag::ERASED),
        (standing.restricted, flag::RESTRICTED),
        (standing.merged_into.is_some(), flag::MERGED),
        (person.shares, flag::SHARES),
        (!standing.refusals.is_empty(), flag::REFUSES),
        (is_used(person), flag::USED),
        (rare::has_any(standing), flag::RARE),
    ];
    let set = bits.iter().filter(|(holds, _)| *holds);
    set.fold(0, |flags, (_, bit)| flags | bit)
}

fn is_used(person: &Person) -> bool {
    person.last_active.is_some() || !person.sends.is_empty()
}

/// Writes a refusal.
pub(super) fn pack_refusal(
    refusal: &Refusal,
    (words, last): (&Words, &mut Last),
    out: &mut Bytes<'_>,
) {
    let form = last.form(refusal.seq, refusal.occurred_at);
    let at_once = refusal.recorded_at == refusal.occurred_at;
    out.byte(form | if at_once { AT_ONCE } else { 0 });
    let word = Word::Refusal {
        kind: refusal.kind,
        scope: refusal.scope,
        times: refusal.times,
    };
    out.count(words.number(&word).into());
    last.write(out, form, (refusal.seq, refusal.occurred_at));
    if !at_once {
        out.moment(refusal.recorded_at);
    }
}

fn pack_usage(person: &Person, words: &Words, out: &mut Bytes<'_>) {
    rare::pack_moment(person.last_active, out);
    out.length(person.sends.len());
    out.length(person.held.len());
    for sent in &person.sends {
        let word = Word::Sent {
            channel: sent.channel,
            purpose: sent.purpose,
            topic: sent.topic,
        };
        out.date(sent.at);
        out.count(words.number(&word).into());
    }
    for id in &person.held {
        out.id(id.as_bytes());
    }
}

/// Reads a row whole.
pub(super) fn unpack(row: &[u8], words: &Words, person: &mut Person) {
    let (mut row, flags, addresses) = begin(row, person);
    for address in addresses {
        attach(person, address);
    }
    consents::read(&mut row, words, addresses, person);
    let Person {
        standing, sends, ..
    } = person;
    if flags & flag::REFUSES != 0 {
        let refuse = |refusal| standing.refusals.push(refusal);
        read_refusals(&mut row, (words, standing.seq), refuse);
    }
    if flags & flag::USED != 0 {
        let send = |at, word| sends.extend(sent(at, words.get(word)));
        (person.last_active, person.held) = read_usage(&mut row, send);
    }
    if flags & flag::RARE != 0 {
        rare::read(&mut row, words, &mut person.standing);
    }
}

/// Reads what the answer to a matter may depend on: in the place of consents and refusals what they
/// come to there, and of identifiers and sends those that may count.
pub(super) fn unpack_for(row: &[u8], weights: &Weights<'_>, person: &mut Person) {
    let (words, matter) = (weights.words, &weights.matter);
    let (mut row, flags, addresses) = begin(row, person);
    let reached = IdentifierKind::reached_on(matter.channel()).map(IdentifierKind::code);
    for address in addresses {
        if reached == Some(address_of(address).1 & KIND) {
            attach(person, address);
        }
    }
    let has_more = flags & flag::RARE != 0;
    consents::weigh(&mut row, (weights, has_more), addresses, person);
    let Person {
        standing,
        said,
        sends,
        ..
    } = person;
    if flags & flag::REFUSES != 0 {
        let refuse = |refusal: Refusal| matter.hear(&refusal, said);
        read_refusals(&mut row, (words, standing.seq), refuse);
    }
    if flags & flag::USED != 0 {
        let from = weights.sends_from();
        let send = |at, word| {
            if has_more || at >= from {
                sends.extend(sent(at, words.get(word)));
            }
        };
        (person.last_active, _) = read_usage(&mut row, send);
    }
    if has_more {
        rare::read(&mut row, words, &mut person.standing);
    }
}

/// Reads how a row begins: answers the rest, the flags, and the identifiers unread.
fn begin<'a>(row: &'a [u8], person: &mut Person) -> (Reader<'a>, u8, &'a [[u8; ADDRESS_BYTES]]) {
    person.clear();
    let mut row = Reader(row.get(HEAD_BYTES..).unwrap_or_default());
    let flags = row.byte();
    let has = |bit| flags & bit != 0;
    person.shares = has(flag::SHARES);
    let standing = &mut person.standing;
    standing.known = has(flag::KNOWN);
    standing.erased = has(flag::ERASED);
    standing.restricted = has(flag::RESTRICTED);
    standing.seq = row.seq();
    let count = row.length();
    let (addresses, _) = row.take(count * ADDRESS_BYTES).0.as_chunks();
    (row, flags, addresses)
}

/// Gives a person an identifier.
fn attach(person: &mut Person, address: &[u8; ADDRESS_BYTES]) {
    let (id, label) = address_of(address);
    if let Some(kind) = IdentifierKind::from_code(label & KIND) {
        person.standing.identifiers.push((id, kind));
        person.labels.push((id, label >> 2));
    }
}

fn read_refusals(
    row: &mut Reader<'_>,
    (words, seq): (&Words, Seq),
    mut refuse: impl FnMut(Refusal),
) {
    let mut last = Last::of(seq);
    for _ in 0..row.length() {
        if let Some(refusal) = read_refusal(row, (words, &mut last)) {
            refuse(refusal);
        }
    }
}

/// Reads a refusal.
pub(super) fn read_refusal(
    row: &mut Reader<'_>,
    (words, last): (&Words, &mut Last),
) -> Option<Refusal> {
    let form = row.byte();
    let number = row.word();
    let (seq, occurred_at) = last.read(row, form);
    let recorded_at = if form & AT_ONCE != 0 {
        occurred_at
    } else {
        row.moment()
    };
    let Some(Word::Refusal { kind, scope, times }) = words.get(number) else {
        debug_assert!(false, "a refusal's word is a refusal");
        return None;
    };
    Some(Refusal {
        kind: *kind,
        scope: *scope,
        seq,
        occurred_at,
        recorded_at,
        times: *times,
    })
}

/// Reads when a person was last seen and which room is held, and tells each send's moment and word.
fn read_usage(
    row: &mut Reader<'_>,
    mut send: impl FnMut(Timestamp, u32),
) -> (Option<Timestamp>, Vec<ReservationId>) {
    let last_active = rare::read_moment(row);
    let (sends, held) = (row.length(), row.length());
    for _ in 0..sends {
        send(row.date(), row.word());
    }
    let held = (0..held).map(|_| ReservationId::from_bytes(row.id()));
    (last_active, held.collect())
}

fn sent(at: Timestamp, word: Option<&Word>) -> Option<Sent> {
    let Some(Word::Sent {
        channel,
        purpose,
        topic,
    }) = word
    else {
        debug_assert!(false, "a send's word is a send");
        return None;
    };
    Some(Sent {
        at,
        channel: *channel,
        purpose: *purpose,
        topic: *topic,
    })
}
