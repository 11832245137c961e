//! What the people of the demo agreed to and refused: every case an import must tell apart.

use izin_core::Timestamp;

use super::dice::Dice;

/// How long ago the oldest answers were given, in days.
const OLDEST_DAYS: u32 = 400;
const DAY_SECONDS: u32 = 24 * 60 * 60;

/// Where people answered; stands in the file as evidence.
const PLACES: [&str; 4] = [
    "formulir pendaftaran situs, teks 3, kotak tidak tercentang",
    "formulir kartu pelanggan di toko, lembar bertanda tangan",
    "halaman selesai belanja, teks 2, kotak tidak tercentang",
    "signup form, text 3, box left unticked",
];

/// The cells of one person about consent, as they stand in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Consents {
    pub(super) marketing: &'static str,
    pub(super) personalisation: &'static str,
    pub(super) level: &'static str,
    pub(super) at: String,
    pub(super) evidence: &'static str,
}

impl Consents {
    /// Of 100 people, 55 agreed to marketing and it is proven, 15 refused, 20 said nothing and 10
    /// are said to have agreed.
    pub(super) fn of_someone(dice: &mut Dice, end: Timestamp) -> Self {
        match dice.below(100) {
            0..55 => Self::proven(dice, end),
            55..70 => Self::refused(dice, end),
            70..90 => Self {
                level: low_level(dice),
                ..Self::default()
            },
            _ => Self {
                marketing: "yes",
                personalisation: dice.pick(&["yes", ""]),
                level: low_level(dice),
                ..Self::default()
            },
        }
    }

    fn proven(dice: &mut Dice, end: Timestamp) -> Self {
        let personalisation = match dice.below(100) {
            0..60 => "yes",
            60..72 => "no",
            _ => "",
        };
        let level = match personalisation {
            "yes" if dice.chance(75) => "2",
            _ => low_level(dice),
        };
        Self {
            marketing: "yes",
            personalisation,
            level,
            at: moment(dice, end),
            evidence: dice.pick(&PLACES),
        }
    }

    fn refused(dice: &mut Dice, end: Timestamp) -> Self {
        Self {
            marketing: "no",
            personalisation: dice.pick(&["no", ""]),
            level: dice.pick(&["0", "1", ""]),
            at: moment(dice, end),
            evidence: "",
        }
    }
}

fn low_level(dice: &mut Dice) -> &'static str {
    dice.pick(&["0", "1", "1", "", ""])
}

/// A whole second of the last [`OLDEST_DAYS`], before `end`.
pub(super) fn moment(dice: &mut Dice, end: Timestamp) -> String {
    let days = i64::from(dice.between(2, OLDEST_DAYS));
    let seconds = i64::from(dice.below(DAY_SECONDS));
    let whole = end
        .as_micros()
        .div_euclid(1_000_000)
        .saturating_mul(1_000_000);
    Timestamp::from_micros(whole)
        .plus_days(-days)
        .plus_seconds(seconds)
        .to_string()
}
