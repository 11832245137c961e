//! A checkpoint from before the log was forked: what it still proves, and what it does not.
//!
//! A fork goes on under another name, so an earlier checkpoint says nothing by itself. It is accepted
//! when the log still begins with all it signed, or when the fork commits to exactly it, or to a later
//! one that is shown to have grown from it. Start at [`weigh`].

use anyhow::Context;
use izin_app::audit::disclosure::{Checked, Fork};
use izin_core::{Language, Seq};
use izin_log::{Growth, TreeHead, VerifierKey};
use serde::Serialize;

/// What a kept checkpoint signed, and by which key.
pub(crate) struct Kept {
    /// Size and root.
    pub(crate) head: TreeHead,
    /// The key of the log before it was forked; `None`: the log is called the same.
    pub(crate) before: Option<VerifierKey>,
}

/// What follows for the entries that an earlier checkpoint signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub(crate) enum Across {
    /// They are all there.
    Begins,
    /// They are not, and the fork says so of exactly this checkpoint.
    Named {
        /// The entry of the fork.
        entry: Seq,
    },
    /// They are not, and the fork says so of a later checkpoint, which grew from this one.
    Grown {
        /// The entry of the fork.
        entry: Seq,
        /// How many entries that one signed.
        signed: u64,
    },
    /// The fork names a later checkpoint; whether it grew from this one is not shown.
    Unshown {
        /// The entry of the fork.
        entry: Seq,
        /// How many entries that one signed.
        signed: u64,
    },
    /// The fork names a checkpoint that cannot have followed this one.
    Passed {
        /// The entry of the fork.
        entry: Seq,
        /// How many entries that one signed.
        signed: u64,
    },
    /// No act says that the log of this checkpoint was forked.
    Unnamed,
    /// The acts are not disclosed.
    Undisclosed,
}

impl Across {
    /// Whether nothing is left to ask.
    pub(crate) const fn is_accepted(&self) -> bool {
        matches!(self, Self::Begins | Self::Named { .. } | Self::Grown { .. })
    }

    /// What can be concluded, what cannot, and what is needed.
    pub(crate) fn sentence(&self, earlier: &TreeHead, language: Language) -> String {
        match language {
            Language::Id => self.in_indonesian(earlier.size),
            Language::En => self.in_english(earlier.size),
        }
    }

    fn in_english(&self, own: u64) -> String {
        const FORKED: &str = "the log was forked after the earlier checkpoint";
        match self {
            Self::Begins => format!(
                "{FORKED}, and still begins with all {own} entries that it signed: none of them was lost or \
                 changed. What was signed later may be lost"
            ),
            Self::Named { entry } => format!(
                "{FORKED}: entry {entry} commits to exactly it, and so admits that of its {own} entries some \
                 are lost or replaced. Which ones cannot be concluded from here: an older export or receipts \
                 show them"
            ),
            Self::Grown { entry, signed } => format!(
                "{FORKED}: entry {entry} commits to one of {signed} entries, which is proved to have begun with \
                 these {own}, and so admits that some are lost or replaced. Which ones cannot be concluded from \
                 here: an older export or receipts show them"
            ),
            Self::Unshown { entry, signed } => format!(
                "{FORKED}: entry {entry} commits to one of {signed} entries, and not all {own} entries of yours \
                 are here. Whether that one began with them cannot be concluded. What shows it: --growth with \
                 a proof that `izin log prove --since` made before the loss, up to those {signed} entries"
            ),
            Self::Passed { entry, signed } => format!(
                "{FORKED}: entry {entry} commits to one of {signed} entries that cannot have followed yours \
                 of {own}: entries that were signed are passed over, or two pasts were signed"
            ),
            Self::Unnamed => format!(
                "not all {own} entries that the earlier checkpoint signed are here, and no act of the log says \
                 that they were lost"
            ),
            Self::Undisclosed => format!(
                "{FORKED}, and not all {own} entries that it signed are here. To which checkpoint the fork \
                 commits stands in the acts: ask for `izin log export FOLDER --disclose`"
            ),
        }
    }

    fn in_indonesian(&self, own: u64) -> String {
        const FORKED: &str = "log bercabang setelah titik periksa lama itu";
        match self {
            Self::Begins => format!(
                "{FORKED}, dan masih diawali semua {own} entri yang ditandatanganinya: tidak satu pun hilang \
                 atau berubah. Yang ditandatangani sesudahnya mungkin hilang"
            ),
            Self::Named { entry } => format!(
                "{FORKED}: entri {entry} terikat tepat padanya, jadi mengakui bahwa sebagian dari {own} \
                 entrinya hilang atau diganti. Yang mana, tidak dapat disimpulkan dari sini: ekspor lama atau \
                 tanda terima menunjukkannya"
            ),
            Self::Grown { entry, signed } => format!(
                "{FORKED}: entri {entry} terikat pada titik periksa {signed} entri, yang terbukti diawali {own} \
                 entri ini, jadi mengakui bahwa sebagian hilang atau diganti. Yang mana, tidak dapat \
                 disimpulkan dari sini: ekspor lama atau tanda terima menunjukkannya"
            ),
            Self::Unshown { entry, signed } => format!(
                "{FORKED}: entri {entry} terikat pada titik periksa {signed} entri, dan tidak semua dari {own} \
                 entri Anda ada di sini. Apakah titik periksa itu diawali entri Anda tidak dapat disimpulkan. \
                 Yang menunjukkannya: --growth dengan bukti dari `izin log prove --since` yang dibuat sebelum \
                 kehilangan, sampai {signed} entri itu"
            ),
            Self::Passed { entry, signed } => format!(
                "{FORKED}: entri {entry} terikat pada titik periksa {signed} entri yang tidak mungkin melanjutkan \
                 {own} entri Anda: entri yang sudah ditandatangani dilewati, atau dua masa lalu ditandatangani"
            ),
            Self::Unnamed => format!(
                "tidak semua dari {own} entri yang ditandatangani titik periksa lama itu ada di sini, dan tidak \
                 ada entri log yang menyatakan kehilangan itu"
            ),
            Self::Undisclosed => format!(
                "{FORKED}, dan tidak semua dari {own} entri yang ditandatanganinya ada di sini. Pada \
                 titik periksa mana cabang itu terikat tertulis dalam entrinya: mintalah \
                 `izin log export FOLDER --disclose`"
            ),
        }
    }
}

/// What an earlier checkpoint of the log before it was forked comes to; the log itself was checked.
/// `begins` says whether it still begins with everything signed.
pub(super) fn weigh(
    (earlier, before): (&TreeHead, &VerifierKey),
    begins: bool,
    acts: Option<&Checked>,
    growth: Option<&str>,
) -> anyhow::Result<Across> {
    if begins {
        return Ok(Across::Begins);
    }
    let Some(acts) = acts else {
        return Ok(Across::Undisclosed);
    };
    let mut forks = acts.forks.iter();
    let Some(fork) = forks.find(|own| own.from == before.name()) else {
        return Ok(Across::Unnamed);
    };
    let Fork {
        seq: entry,
        size: signed,
        ..
    } = *fork;
    let is = |head: &TreeHead| head.size == signed && head.root.to_string() == fork.root;
    if is(earlier) {
        return Ok(Across::Named { entry });
    }
    if earlier.size >= signed {
        return Ok(Across::Passed { entry, signed });
    }
    let Some(growth) = growth else {
        return Ok(Across::Unshown { entry, signed });
    };
    let grown = Growth::parse(growth).and_then(|own| own.verify(earlier, before));
    let grown = grown.context("--growth proves nothing")?;
    Ok(if is(grown.head()) {
        Across::Grown { entry, signed }
    } else {
        Across::Unshown { entry, signed }
    })
}

#[cfg(test)]
mod tests {
    use izin_app::audit::disclosure::Counted;
    use izin_log::{Hash, SignerKey};

    use super::*;

    fn head(size: u64, letter: char) -> TreeHead {
        let root = Hash::parse(&format!("{letter}{}=", "A".repeat(42))).unwrap();
        TreeHead { size, root }
    }

    /// The acts of a log that was forked from `from` when this had been signed.
    fn forked(from: &str, signed: &TreeHead) -> Checked {
        let fork = Fork {
            seq: Seq(9),
            from: from.to_owned(),
            size: signed.size,
            root: signed.root.to_string(),
        };
        Checked {
            hand_overs: 0,
            late: Vec::new(),
            crossed: Vec::new(),
            belated: Counted::default(),
            backdated: Counted::default(),
            forks: vec![fork],
        }
    }

    #[test]
    fn a_fork_that_passes_over_what_was_signed_is_not_accepted() {
        let signer = SignerKey::from_seed("toko.example", &[7; 32]).unwrap();
        let before = signer.verifier();
        let acts = forked("toko.example", &head(20, 'A'));
        let (entry, signed) = (Seq(9), 20);
        for (earlier, expected, accepted) in [
            (head(21, 'A'), Across::Passed { entry, signed }, false),
            (head(20, 'B'), Across::Passed { entry, signed }, false),
            (head(19, 'A'), Across::Unshown { entry, signed }, false),
            (head(20, 'A'), Across::Named { entry }, true),
        ] {
            let across = weigh((&earlier, before), false, Some(&acts), None).unwrap();
            assert_eq!(across.is_accepted(), accepted, "{across:?}");
            assert_eq!(across, expected);
        }
        let other = forked("other.example", &head(20, 'A'));
        let across = weigh((&head(20, 'A'), before), false, Some(&other), None).unwrap();
        assert_eq!(across, Across::Unnamed);
    }
}
