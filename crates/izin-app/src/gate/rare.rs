//! What few people have: at the end of their rows, behind one bit each.

use izin_core::relation::{Place, Relation, SoftOptIn};
use izin_core::signal::Seen;
use izin_core::standing::{Ask, Dealing, Dial, Obtained, OwnCap, Pause};
use izin_core::{Channel, IdentifierId, Level, Standing, SubjectId, Timestamp};

use super::bytes::{Bytes, Reader};
use super::words::{Word, Words};

/// Which facts follow.
mod fact {
    pub(super) const ADULT_FROM: u64 = 1;
    pub(super) const MERGED_INTO: u64 = 2;
    pub(super) const PLACE: u64 = 4;
    pub(super) const DIAL: u64 = 8;
    pub(super) const SIGNALS: u64 = 16;
    pub(super) const PAUSES: u64 = 32;
    pub(super) const UNDELIVERABLE: u64 = 64;
    pub(super) const CAPS: u64 = 128;
    pub(super) const OBTAINED: u64 = 256;
    pub(super) const DEALINGS: u64 = 512;
    pub(super) const ASKS: u64 = 1024;
    pub(super) const MINOR_ENTRIES: u64 = 2048;
}

/// The byte of a channel that stands for all of them.
const EVERY_CHANNEL: u8 = u8::MAX;

fn facts(standing: &Standing) -> u64 {
    let bits = [
        (standing.adult_from.is_some(), fact::ADULT_FROM),
        (standing.merged_into.is_some(), fact::MERGED_INTO),
        (standing.place.is_some(), fact::PLACE),
        (standing.dial.is_some(), fact::DIAL),
        (!standing.signals.is_empty(), fact::SIGNALS),
        (!standing.pauses.is_empty(), fact::PAUSES),
        (!standing.undeliverable.is_empty(), fact::UNDELIVERABLE),
        (!standing.caps.is_empty(), fact::CAPS),
        (!standing.obtained.is_empty(), fact::OBTAINED),
        (!standing.dealings.is_empty(), fact::DEALINGS),
        (!standing.asks.is_empty(), fact::ASKS),
        (!standing.minor_entries.is_empty(), fact::MINOR_ENTRIES),
    ];
    let set = bits.iter().filter(|(holds, _)| *holds);
    set.fold(0, |facts, (_, bit)| facts | bit)
}

/// Whether a row has such a part at all.
pub(super) fn has_any(standing: &Standing) -> bool {
    facts(standing) != 0
}

/// Writes a moment that may be absent.
pub(super) fn pack_moment(at: Option<Timestamp>, out: &mut Bytes<'_>) {
    out.byte(at.is_some().into());
    if let Some(at) = at {
        out.moment(at);
    }
}

/// Reads a moment that may be absent.
pub(super) fn read_moment(row: &mut Reader<'_>) -> Option<Timestamp> {
    (row.byte() != 0).then(|| row.moment())
}

/// Writes the part.
pub(super) fn pack(standing: &Standing, words: &Words, out: &mut Bytes<'_>) {
    out.count(facts(standing));
    if let Some(at) = standing.adult_from {
        out.moment(at);
    }
    if let Some(into) = standing.merged_into {
        out.id(into.as_bytes());
    }
    if let Some(place) = &standing.place {
        out.count(words.number(&word_of_place(place)).into());
    }
    if let Some(dial) = &standing.dial {
        out.byte(dial.level.into());
        out.moment(dial.since);
        pack_moment(dial.too_personal_at, out);
    }
    pack_list(&standing.signals, out, |own, out| {
        let word = Word::Signal {
            signal: own.signal,
            channel: own.channel,
            confirmations: own.confirmations,
        };
        out.count(words.number(&word).into());
    });
    pack_list(&standing.pauses, out, |own, out| {
        out.byte(own.channel.map_or(EVERY_CHANNEL, Channel::code));
        out.moment(own.until);
    });
    pack_list(&standing.undeliverable, out, |(id, channel), out| {
        out.id(id.as_bytes());
        out.byte(channel.code());
    });
    pack_list(&standing.caps, out, |own, out| {
        let word = Word::Cap {
            channel: own.channel,
            limit: own.limit,
        };
        out.count(words.number(&word).into());
    });
    pack_list(&standing.obtained, out, |own, out| {
        out.id(own.identifier.as_bytes());
        out.byte(bits_of(own.facts));
        out.seq(own.seq);
    });
    pack_list(&standing.dealings, out, |own, out| {
        out.byte((own.relation == Relation::Inquiry).into());
        out.moment(own.occurred_at);
        out.seq(own.seq);
    });
    pack_list(&standing.asks, out, |own, out| {
        let word = Word::Ask {
            purpose: own.purpose,
            channel: own.channel,
            mark: own.mark,
        };
        out.count(words.number(&word).into());
        out.moment(own.at);
    });
    pack_list(&standing.minor_entries, out, |(seq, from), out| {
        out.seq(*seq);
        out.moment(*from);
    });
}

/// An empty list has no bit and takes no byte.
fn pack_list<T>(list: &[T], out: &mut Bytes<'_>, mut each: impl FnMut(&T, &mut Bytes<'_>)) {
    if !list.is_empty() {
        out.length(list.len());
        for own in list {
            each(own, out);
        }
    }
}

/// Reads the part.
pub(super) fn read(row: &mut Reader<'_>, words: &Words, standing: &mut Standing) {
    let facts = row.count();
    let has = |bit| facts & bit != 0;
    if has(fact::ADULT_FROM) {
        standing.adult_from = Some(row.moment());
    }
    if has(fact::MERGED_INTO) {
        standing.merged_into = Some(SubjectId::from_bytes(row.id()));
    }
    if has(fact::PLACE) {
        standing.place = words.get(row.word()).and_then(place_of);
    }
    if has(fact::DIAL) {
        standing.dial = read_dial(row);
    }
    if has(fact::SIGNALS) {
        read_list(row, &mut standing.signals, |row| {
            signal(words.get(row.word())?)
        });
    }
    if has(fact::PAUSES) {
        read_list(row, &mut standing.pauses, |row| {
            let channel = Channel::from_code(row.byte());
            let until = row.moment();
            Some(Pause { channel, until })
        });
    }
    if has(fact::UNDELIVERABLE) {
        read_list(row, &mut standing.undeliverable, |row| {
            let id = IdentifierId::from_bytes(row.id());
            Some((id, Channel::from_code(row.byte())?))
        });
    }
    if has(fact::CAPS) {
        read_list(row, &mut standing.caps, |row| cap(words.get(row.word())?));
    }
    if has(fact::OBTAINED) {
        read_list(row, &mut standing.obtained, |row| {
            Some(Obtained {
                identifier: IdentifierId::from_bytes(row.id()),
                facts: soft_opt_in(row.byte()),
                seq: row.seq(),
            })
        });
    }
    if has(fact::DEALINGS) {
        read_list(row, &mut standing.dealings, |row| Some(dealing(row)));
    }
    if has(fact::ASKS) {
        read_list(row, &mut standing.asks, |row| ask(row, words));
    }
    if has(fact::MINOR_ENTRIES) {
        read_list(row, &mut standing.minor_entries, |row| {
            Some((row.seq(), row.moment()))
        });
    }
}

fn read_list<'a, T>(
    row: &mut Reader<'a>,
    list: &mut Vec<T>,
    mut each: impl FnMut(&mut Reader<'a>) -> Option<T>,
) {
    for _ in 0..row.length() {
        list.extend(each(row));
    }
}

fn read_dial(row: &mut Reader<'_>) -> Option<Dial> {
    let level = Level::try_from(row.byte());
    let (since, too_personal_at) = (row.moment(), read_moment(row));
    Some(Dial {
        level: level.ok()?,
        since,
        too_personal_at,
    })
}

fn dealing(row: &mut Reader<'_>) -> Dealing {
    let relation = match row.byte() {
        0 => Relation::Purchase,
        _ => Relation::Inquiry,
    };
    Dealing {
        relation,
        occurred_at: row.moment(),
        seq: row.seq(),
    }
}

fn ask(row: &mut Reader<'_>, words: &Words) -> Option<Ask> {
    let (number, at) = (row.word(), row.moment());
    match words.get(number)? {
        Word::Ask {
            purpose,
            channel,
            mark,
        } => Some(Ask {
            purpose: *purpose,
            channel: *channel,
            at,
            mark: *mark,
        }),
        _ => None,
    }
}

const fn word_of_place(place: &Place) -> Word {
    Word::Place {
        country: place.country,
        region: place.region,
        zone: place.zone,
        source: place.source,
    }
}

const fn place_of(word: &Word) -> Option<Place> {
    match word {
        Word::Place {
            country,
            region,
            zone,
            source,
        } => Some(Place {
            country: *country,
            region: *region,
            zone: *zone,
            source: *source,
        }),
        _ => None,
    }
}

const fn signal(word: &Word) -> Option<Seen> {
    match word {
        Word::Signal {
            signal,
            channel,
            confirmations,
        } => Some(Seen {
            signal: *signal,
            channel: *channel,
            confirmations: *confirmations,
        }),
        _ => None,
    }
}

const fn cap(word: &Word) -> Option<OwnCap> {
    match word {
        Word::Cap { channel, limit } => Some(OwnCap {
            channel: *channel,
            limit: *limit,
        }),
        _ => None,
    }
}

fn bits_of(facts: SoftOptIn) -> u8 {
    let bits = [
        facts.obtained_in_sale,
        facts.own_similar_goods,
        facts.refusal_offered_at_collection,
        facts.refusal_offered_in_each_message,
    ];
    bits.iter()
        .rev()
        .fold(0, |all, bit| all << 1 | u8::from(*bit))
}

const fn soft_opt_in(bits: u8) -> SoftOptIn {
    SoftOptIn {
        obtained_in_sale: bits & 1 != 0,
        own_similar_goods: bits & 2 != 0,
        refusal_offered_at_collection: bits & 4 != 0,
        refusal_offered_in_each_message: bits & 8 != 0,
    }
}
