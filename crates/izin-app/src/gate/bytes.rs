//! The smallest parts of a packed row: counts, differences, moments and ids as bytes.
//!
//! INVARIANT: what is read was written by [`Bytes`] here, in the same order: rows live in memory,
//! and a snapshot is checked before it is read. Past the end there are zeros, never a panic.

use izin_core::{Seq, Timestamp};

/// Moments are counted from here, so that those of today are short.
const EPOCH_MICROS: i64 = 1_767_225_600_000_000; // 2026-01-01
/// Differences of whole seconds are written as seconds.
const SECOND_MICROS: i64 = 1_000_000;

/// Writes a row.
pub(super) struct Bytes<'a>(pub(super) &'a mut Vec<u8>);

impl Bytes<'_> {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Seven bits a byte, the lowest first.
    pub(super) fn count(&mut self, mut count: u64) {
        while count >= 0x80 {
            self.0.push(count as u8 | 0x80);
            count >>= 7;
        }
        self.0.push(count as u8);
    }

    pub(super) fn length(&mut self, length: usize) {
        self.count(length as u64);
    }

    pub(super) fn id(&mut self, id: &[u8; 16]) {
        self.0.extend_from_slice(id);
    }

    /// A number near zero, of either sign.
    fn signed(&mut self, value: i64) {
        self.count(((value << 1) ^ (value >> 63)) as u64);
    }

    pub(super) fn moment(&mut self, at: Timestamp) {
        self.signed(at.as_micros().wrapping_sub(EPOCH_MICROS));
    }

    /// A moment in the same eight bytes always: longer, and read at once.
    pub(super) fn date(&mut self, at: Timestamp) {
        self.0.extend_from_slice(&at.as_micros().to_le_bytes());
    }

    pub(super) fn seq(&mut self, seq: Seq) {
        self.count(seq.0);
    }
}

/// Reads a row.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            debug_assert!(false, "a row is read to its end and no further");
            return 0;
        };
        self.0 = rest;
        *first
    }

    #[inline]
    pub(super) fn count(&mut self) -> u64 {
        match self.0 {
            [first, rest @ ..] if *first < 0x80 => {
                self.0 = rest;
                u64::from(*first)
            }
            [first, second, rest @ ..] if *second < 0x80 => {
                self.0 = rest;
                u64::from(*first & 0x7f) | u64::from(*second) << 7
            }
            _ => self.long_count(),
        }
    }

    #[inline(never)]
    fn long_count(&mut self) -> u64 {
        match self.0.first_chunk().copied().map(eight) {
            Some((count, size)) if size <= 8 => {
                self.0 = self.0.get(size..).unwrap_or_default();
                count
            }
            _ => self.count_by_bytes(),
        }
    }

    fn count_by_bytes(&mut self) -> u64 {
        let mut count = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            count |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        count
    }

    pub(super) fn length(&mut self) -> usize {
        usize::try_from(self.count()).unwrap_or_default()
    }

    /// Steps over the next bytes and reads them apart.
    pub(super) fn take(&mut self, size: usize) -> Self {
        debug_assert!(
            size <= self.0.len(),
            "a row is read to its end and no further"
        );
        let (part, rest) = self.0.split_at(size.min(self.0.len()));
        self.0 = rest;
        Self(part)
    }

    pub(super) fn word(&mut self) -> u32 {
        u32::try_from(self.count()).unwrap_or(u32::MAX)
    }

    pub(super) fn id(&mut self) -> [u8; 16] {
        self.bytes()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let Some((bytes, rest)) = self.0.split_first_chunk() else {
            debug_assert!(false, "a row is read to its end and no further");
            self.0 = &[];
            return [0; N];
        };
        self.0 = rest;
        *bytes
    }

    fn signed(&mut self) -> i64 {
        let count = self.count();
        ((count >> 1) as i64) ^ -((count & 1) as i64)
    }

    pub(super) fn moment(&mut self) -> Timestamp {
        Timestamp::from_micros(self.signed().wrapping_add(EPOCH_MICROS))
    }

    pub(super) fn date(&mut self) -> Timestamp {
        Timestamp::from_micros(i64::from_le_bytes(self.bytes()))
    }

    pub(super) fn seq(&mut self) -> Seq {
        Seq(self.count())
    }
}

/// The count that eight bytes begin with and how many of them it takes, 9 when more: without a look
/// at one byte after the other, since how long counts are cannot be foretold.
const fn eight(bytes: [u8; 8]) -> (u64, usize) {
    let all = u64::from_le_bytes(bytes);
    let end = (!all & 0x8080_8080_8080_8080).trailing_zeros();
    if end == u64::BITS {
        return (0, 9);
    }
    let sevens = all & (u64::MAX >> (63 - end)) & 0x7f7f_7f7f_7f7f_7f7f;
    let pairs = (sevens & 0x007f_007f_007f_007f) | ((sevens & 0x7f00_7f00_7f00_7f00) >> 1);
    let fours = (pairs & 0x0000_3fff_0000_3fff) | ((pairs & 0x3fff_0000_3fff_0000) >> 2);
    let count = (fours & 0x0fff_ffff) | ((fours & 0x0fff_ffff_0000_0000) >> 4);
    (count, end as usize / 8 + 1)
}

/// The entry, moment and word written before: the next are mostly near them, or the same. What is
/// agreed to on one form was met together by the first who agreed, so its words have numbers in a
/// row.
#[derive(Clone, Copy)]
pub(super) struct Last {
    seq: u64,
    micros: i64,
    word: u32,
}

/// How a step from [`Last`] is written; three bits of a byte.
mod step {
    pub(super) const SAME_TIME: u8 = 1;
    pub(super) const NEXT_SEQ: u8 = 2;
    pub(super) const SECONDS: u8 = 4;
}

/// How many bits of a byte a step takes.
pub(super) const STEP_BITS: u8 = 3;

impl Last {
    /// The first byte of a run, in the bits of a step; no step is written so.
    pub(super) const RUN: u8 = step::SAME_TIME | step::SECONDS;

    pub(super) const fn of(seq: Seq) -> Self {
        Self {
            seq: seq.0,
            micros: EPOCH_MICROS,
            word: 0,
        }
    }

    /// Where a part begins that has a date of its own.
    pub(super) fn at(seq: Seq, date: Option<Timestamp>) -> Self {
        let micros = date.map_or(EPOCH_MICROS, Timestamp::as_micros);
        Self {
            micros,
            ..Self::of(seq)
        }
    }

    /// Whether this is one more in a run: the next entry and word, at the same moment.
    pub(super) fn runs_on(&mut self, word: u32, (seq, at): (Seq, Timestamp)) -> bool {
        let mut next = *self;
        let runs = next.run_on() == (word, (seq, at));
        if runs {
            *self = next;
        }
        runs
    }

    /// One more in a run.
    pub(super) const fn run_on(&mut self) -> (u32, (Seq, Timestamp)) {
        self.word = self.word.wrapping_add(1);
        self.seq = self.seq.wrapping_add(1);
        (
            self.word,
            (Seq(self.seq), Timestamp::from_micros(self.micros)),
        )
    }

    /// Whether a first byte is that of a run.
    pub(super) const fn is_run(form: u8) -> bool {
        form & Self::RUN == Self::RUN
    }

    /// Writes a word as its distance from the one before.
    pub(super) fn write_word(&mut self, out: &mut Bytes<'_>, word: u32) {
        out.signed(i64::from(word).wrapping_sub(i64::from(self.word)));
        self.word = word;
    }

    pub(super) fn read_word(&mut self, row: &mut Reader<'_>) -> u32 {
        let word = i64::from(self.word).wrapping_add(row.signed());
        self.word = u32::try_from(word).unwrap_or(u32::MAX);
        self.word
    }

    /// How the step to this entry and moment will be written.
    pub(super) fn form(self, seq: Seq, at: Timestamp) -> u8 {
        let by = at.as_micros().wrapping_sub(self.micros);
        let mut form = 0;
        if by == 0 {
            form |= step::SAME_TIME;
        } else if by % SECOND_MICROS == 0 {
            form |= step::SECONDS;
        }
        if seq.0 == self.seq.wrapping_add(1) {
            form |= step::NEXT_SEQ;
        }
        form
    }

    pub(super) fn write(&mut self, out: &mut Bytes<'_>, form: u8, (seq, at): (Seq, Timestamp)) {
        if form & step::NEXT_SEQ == 0 {
            out.signed(seq.0.wrapping_sub(self.seq).cast_signed());
        }
        let by = at.as_micros().wrapping_sub(self.micros);
        if form & step::SECONDS != 0 {
            out.signed(by / SECOND_MICROS);
        } else if form & step::SAME_TIME == 0 {
            out.signed(by);
        }
        (self.seq, self.micros) = (seq.0, at.as_micros());
    }

    #[inline]
    pub(super) fn read(&mut self, row: &mut Reader<'_>, form: u8) -> (Seq, Timestamp) {
        let by = if form & step::NEXT_SEQ != 0 {
            1
        } else {
            row.signed()
        };
        self.seq = self.seq.wrapping_add(by.cast_unsigned());
        if form & step::SECONDS != 0 {
            let by = row.signed().wrapping_mul(SECOND_MICROS);
            self.micros = self.micros.wrapping_add(by);
        } else if form & step::SAME_TIME == 0 {
            self.micros = self.micros.wrapping_add(row.signed());
        }
        (Seq(self.seq), Timestamp::from_micros(self.micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_any_length_reads_back_wherever_the_row_ends() {
        let edges = (0..u64::BITS).flat_map(|bit| [1 << bit, (1 << bit) - 1, !0 >> bit]);
        for count in edges {
            for behind in 0..9 {
                let mut row = Vec::new();
                Bytes(&mut row).count(count);
                row.resize(row.len() + behind, 0x80);
                let mut reader = Reader(&row);
                assert_eq!((reader.count(), reader.0.len()), (count, behind));
            }
        }
    }
}
