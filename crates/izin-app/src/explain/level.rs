//! How personal it may be, and every bound that keeps it there.

use izin_core::policy::{Purpose, Text};
use izin_core::{Level, Policy, Standing, Usage, decide};

use super::words::list;
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
            let id = list(limits.iter().map(|own| own.0));
            let en = list(limits.iter().map(|own| own.1));
            (
                format!("Tingkat personalisasi {level}, dibatasi oleh {id}."),
                format!("Level of personalisation {level}, limited by {en}."),
            )
        };
        Step::plain(Text { id, en })
    }

    fn limits(&self, purpose: &Purpose) -> Vec<(&'static str, &'static str)> {
        let level = self.decision.level;
        if self.people > 1 {
            return vec![(
                "orang yang paling sedikit mengizinkan di antara pemegang alamat",
                "whoever of the holders allows least",
            )];
        }
        if self.request.purpose != purpose.id || level == Level::Browsing {
            return Vec::new();
        }
        let open = self.unbounded();
        if open < Level::START {
            return vec![self.nothing_may_be_used()];
        }
        let bounds = [
            (purpose.highest_level, ("tujuan ini", "this purpose")),
            (
                self.policy.highest_level(self.request.channel),
                ("pengirim saluran ini", "the channel's sender"),
            ),
            self.dial(),
            (
                open,
                (
                    "izin personalisasi yang tercatat",
                    "what personalisation is permitted",
                ),
            ),
        ];
        let lowest = bounds.iter().map(|own| own.0).min();
        if lowest.is_some_and(|lowest| level < lowest) {
            return vec![(
                "sepinya tanda dari orang itu selama 180 hari",
                "180 days without a sign of the person",
            )];
        }
        let holds = |own: &&(Level, (&'static str, &'static str))| own.0 == level;
        bounds.iter().filter(holds).map(|own| own.1).collect()
    }

    fn dial(&self) -> (Level, (&'static str, &'static str)) {
        match self.standing.dial {
            Some(dial) => (dial.level, ("pilihan orang itu", "the person's dial")),
            None => (
                Level::START,
                (
                    "tingkat awal selama orang itu belum memilih",
                    "where the dial starts until the person moves it",
                ),
            ),
        }
    }

    /// The level without the bounds of purpose, channel, dial and silence: what is left is what
    /// the person permits.
    fn unbounded(&self) -> Level {
        let mut policy: Policy = self.policy.clone();
        for own in &mut policy.senders {
            own.highest_level = Level::Browsing;
        }
        let asked = |own: &&mut Purpose| own.id == self.request.purpose;
        for own in policy.purposes.iter_mut().filter(asked) {
            own.highest_level = Level::Browsing;
        }
        let dial = izin_core::standing::Dial {
            level: Level::Browsing,
            since: self.now,
            too_personal_at: None,
        };
        let standing = Standing {
            dial: Some(dial),
            ..self.standing.clone()
        };
        let usage = Usage {
            sends: &[],
            last_active: Some(self.now),
        };
        decide(&self.request, &standing, usage, (&policy, self.now)).level
    }

    fn nothing_may_be_used(&self) -> (&'static str, &'static str) {
        let standing = &self.standing;
        if !standing.known {
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
        }
    }
}
