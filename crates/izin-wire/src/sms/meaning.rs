//! What somebody means who answers a text: by a keyword, alone or with a please; or in words of their
//! own, which a person reads while they already count as a no (47 CFR 64.1200(a)(10): any reasonable
//! means).

use super::plain;
use super::words::{ANNOYED, BESIDE, HELP, NOT, PHRASES, START, STOP, STOP_ALONE, WANTED};

/// Words between a *not* and what is not wanted: *don't ever again send …*.
const NOT_REACHES: usize = 4;

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A no.
    OptOut,
    /// A keyword that starts again. It proves nothing that a consent needs.
    OptIn,
    /// Asks who we are.
    Help,
    /// Possibly a no: it denies until somebody has read it.
    Review,
    /// Nothing of the kind.
    None,
}

impl Meaning {
    /// Its name in `izin inspect sms`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
            Self::Help => "help",
            Self::Review => "review",
            Self::None => "none",
        }
    }
}

/// What a text means. Nothing that holds a no beside a yes is a yes.
#[must_use]
pub fn meaning(text: &str) -> Meaning {
    let words = plain::words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let whole = words.concat();
    if is_stop(&whole) || is_stop_with_others(&words) {
        Meaning::OptOut
    } else if is_one_of(&START, &whole) {
        Meaning::OptIn
    } else if is_one_of(&HELP, &whole) {
        Meaning::Help
    } else if may_refuse(&words) {
        Meaning::Review
    } else {
        Meaning::None
    }
}

fn is_one_of(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

/// Whether a word, or a text without its spaces, is a keyword: also *stoppp* and *sttooop*.
fn is_stop(word: &str) -> bool {
    let known = |word: &str| is_one_of(&STOP, word) || is_one_of(&STOP_ALONE, word);
    known(word) || (word.len() > "stop".len() && known(&without_repeats(word)))
}

/// A word with each run of a letter as one.
fn without_repeats(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// A keyword, perhaps more than once, and beside it nothing but politeness and what shall stop.
fn is_stop_with_others(words: &[&str]) -> bool {
    let stop = |word: &&str| is_stop(word);
    let opt_out = words.windows(2).any(|pair| pair == ["opt", "out"]);
    let fits =
        |word: &&str| is_stop(word) || is_one_of(&BESIDE, word) || matches!(*word, "opt" | "out");
    (words.iter().any(stop) || opt_out) && words.iter().all(fits)
}

/// Whether words of their own may be a no: a keyword among them, an annoyance, something not wanted.
fn may_refuse(words: &[&str]) -> bool {
    let text = format!(" {} ", words.join(" "));
    let has = |phrase: &&str| text.contains(&format!(" {phrase} "));
    let word_says = |word: &&str| is_stop(word) || is_one_of(&ANNOYED, word);
    words.iter().any(word_says) || PHRASES.iter().any(has) || denies(words) || is_bare_no(words)
}

/// *Jangan kirim*, *do not text me*, *gak mau terima promo*.
fn denies(words: &[&str]) -> bool {
    let mut left = words;
    while let Some((word, rest)) = left.split_first() {
        let mut near = rest.iter().take(NOT_REACHES);
        if is_one_of(&NOT, word) && near.any(|own| is_one_of(&WANTED, own)) {
            return true;
        }
        left = rest;
    }
    asks_for_no_more(words)
}

/// *No more*, *not again*, *jangan lagi*.
fn asks_for_no_more(words: &[&str]) -> bool {
    let again = [
        "more", "longer", "again", "anymore", "lagi", "lg", "usah", "perlu", "butuh",
    ];
    words
        .windows(2)
        .any(|pair| matches!(pair, [not, more] if is_one_of(&NOT, not) && is_one_of(&again, more)))
}

/// Nothing but a no: *NO*, *tidak*, *jangan ya*.
fn is_bare_no(words: &[&str]) -> bool {
    let fits = |word: &&str| is_one_of(&NOT, word) || is_one_of(&BESIDE, word);
    words.iter().any(|word| is_one_of(&NOT, word)) && words.iter().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str], wanted: Meaning) {
        for text in texts {
            assert_eq!(meaning(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_yes_that_we_did_not_ask_for_is_none() {
        all(
            &["YES", "Ya", "ok", "Y", "1", "👍", "", "   "],
            Meaning::None,
        );
        all(
            &["START STOP", "unstop, no: stop", "mulai berhenti"],
            Meaning::Review,
        );
        for text in [
            "start sending",
            "yes please",
            "subscribe",
            "start now",
            "ya mau",
        ] {
            assert_ne!(meaning(text), Meaning::OptIn, "{text}");
        }
    }

    #[test]
    fn a_no_in_words_of_their_own_is_for_a_person() {
        all(
            &[
                "tolong jangan sms saya lagi",
                "Jangan kirim promo ke nomor ini",
                "jgn ganggu",
                "please don't text me",
                "Do not contact me ever again",
                "I don\u{2019}t want these",
                "gak mau terima iklan",
                "ga usah kirim2",
                "no more",
                "I never agreed to this",
                "wrong number",
                "maaf salah sambung",
                "this is spam",
                "take me off your list",
                "leave me alone!!!",
                "can you stop sending me stuff",
                "kapan ini berhenti?",
                "how do I unsubscribe",
                "saya mau berhenti berlangganan",
                "cancel my subscription",
                "NO",
                "tidak",
                "Tidak, terima kasih",
                "saya cabut persetujuan saya",
                "stop start stop start",
            ],
            Meaning::Review,
        );
    }

    #[test]
    fn requirement_8_a_keyword_is_a_no_however_it_is_written() {
        all(
            &[
                "STOP",
                "stop",
                " Stop. ",
                "STOP!!!",
                "\"STOP\"",
                "ＳＴＯＰ",
                "S.T.O.P",
                "s t o p",
                "st\u{200b}op",
                "STOPALL",
                "STOP ALL",
                "Stop-all",
                "QUIT",
                "END",
                "REVOKE",
                "OPT OUT",
                "OPT-OUT",
                "OPTOUT",
                "opt_out",
                "CANCEL",
                "UNSUBSCRIBE",
                "Unsub",
                "ARRET",
                "ARRÊT",
                "REMOVE",
                "TD",
                "BERHENTI",
                "berhenti.",
                "BATAL",
                "UNREG",
                "UNREG PROMO",
                "Keluar",
                "STOP STOP STOP",
                "stoppppp",
                "STOP PLEASE",
                "please stop",
                "Stop pls",
                "stop texting me",
                "tolong stop",
                "mohon berhenti ya",
                "stop sms",
                "STOP 🛑",
                "stop. thank you",
                "Berhenti dong kak",
                "stop semua pesan",
                "stop\n",
                "STOP\r\nSTOP",
            ],
            Meaning::OptOut,
        );
    }

    #[test]
    fn help_and_start_are_what_they_are_only_alone() {
        all(
            &["HELP", "help?", "INFO", "Bantuan", "bantu!"],
            Meaning::Help,
        );
        all(&["START", "start.", "UNSTOP", "Mulai"], Meaning::OptIn);
        all(&["help stop", "info berhenti dong"], Meaning::Review);
    }

    #[test]
    fn what_is_about_something_else_is_nothing() {
        all(
            &[
                "Apakah barang ini ready?",
                "kapan pesanan saya sampai",
                "Terima kasih",
                "is it in stock",
                "halo kak, ukuran XL ada?",
                "jam berapa buka",
                "What time do you open?",
                "12345",
                "warnanya tidak sesuai gambar",
            ],
            Meaning::None,
        );
    }

    #[test]
    fn no_text_is_too_strange_or_too_long_to_be_read() {
        for text in [
            "\u{0}",
            "\u{fdfa}",
            "ⓈⓉⓄⓅ",
            "\u{202e}POTS",
            &"stop ".repeat(100_000),
            &"\u{fdfa}".repeat(9_999),
        ] {
            assert_ne!(meaning(text), Meaning::OptIn);
        }
    }
}
