//! How personal it may be, and every bound that keeps it there.

use izin_core::Level;
use izin_core::decision::{INACTIVE_DAYS, permitted_level};
use izin_core::policy::{Purpose, Text};

use super::words::{list, text};
use super::{Case, Step};

impl Case<'_> {
    /// The level, with what limits it.
    pub(super) fn level(&self, purpose: &Purpose) -> Step {
        let level = self.decision.level;
        let limits = self.limits(purpose);
        let (id, en) = if limits.is_empty() {
            (
                format!("Tingkat personalisasi {level}."),
                format!("Level of personalisation {level}."),
            )
        } else {
            let id = list(limits.iter().map(|own| own.id.as_str()));
            let en = list(limits.iter().map(|own| own.en.as_str()));
            (
                format!("Tingkat personalisasi {level}, dibatasi oleh {id}."),
                format!("Level of personalisation {level}, limited by {en}."),
            )
        };
        Step::plain(Text { id, en })
    }

    fn limits(&self, purpose: &Purpose) -> Vec<Text> {
        let (level, by) = (self.decision.level, self.request.channel);
        if self.people > 1 {
            return vec![text(
                "orang yang paling sedikit mengizinkan di antara pemegang alamat",
                "whoever of the holders allows least",
            )];
        }
        if level == Level::Browsing {
            return Vec::new();
        }
        if self.policy.live(&purpose.id, by, self.now).is_none() {
            return vec![text(
                "tujuan yang sekarang tidak berlaku di saluran ini",
                "the purpose, which may not use this channel now",
            )];
        }
        let context = (self.policy, self.now);
        let permitted = permitted_level(&self.request, &self.standing, context);
        if permitted == Level::Contextual {
            return vec![self.nothing_may_be_used()];
        }
        let bounds = [
            (purpose.highest_level, text("tujuan ini", "this purpose")),
            (
                self.policy.highest_level(by),
                text("pengirim saluran ini", "the channel's sender"),
            ),
            self.dial(),
            (
                permitted,
                text(
                    "izin personalisasi yang tercatat",
                    "what personalisation is permitted",
                ),
            ),
        ];
        let lowest = bounds.iter().map(|own| own.0).min();
        if lowest.is_some_and(|lowest| level < lowest) {
            return vec![text(
                &format!("sepinya tanda dari orang itu selama {INACTIVE_DAYS} hari"),
                &format!("{INACTIVE_DAYS} days without a sign of the person"),
            )];
        }
        let holds = bounds.into_iter().filter(|own| own.0 == level);
        holds.map(|own| own.1).collect()
    }

    fn dial(&self) -> (Level, Text) {
        let whose = match self.standing.dial {
            Some(_) => text("pilihan orang itu", "the person's dial"),
            None => text(
                "tingkat awal selama orang itu belum memilih",
                "where the dial starts until the person moves it",
            ),
        };
        (self.standing.dial_level(), whose)
    }

    fn nothing_may_be_used(&self) -> Text {
        let standing = &self.standing;
        let (id, en) = if !standing.known {
            ("tidak adanya orang yang dikenal", "nobody being known")
        } else if standing.erased {
            ("penghapusan data", "the erasure of the data")
        } else if standing.restricted {
            ("pembatasan pemrosesan", "the restriction of processing")
        } else if standing.is_minor(self.now) {
            ("usia anak", "the person being a minor")
        } else {
            (
                "penolakan, pengaduan atau sinyal yang berlaku",
                "a refusal, complaint or signal that stands",
            )
        };
        text(id, en)
    }
}
