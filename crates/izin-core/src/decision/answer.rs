//! The answer, with everything needed to explain and to repeat it.

use serde::{Deserialize, Serialize, Serializer};

use super::Case;
use super::basis::Ground;
use super::wait::Wait;
use crate::law::{self, Basis, RegimeSet};
use crate::reason::ReasonSet;
use crate::{Level, Reason, Sentences, Seq, Timestamp};

/// Yes, no, or not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may happen.
    Allow,
    /// It may happen later, not before `until`.
    Defer,
    /// It must not happen.
    Deny,
}

impl Verdict {
    /// The name used in the API and in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Defer => "defer",
            Self::Deny => "deny",
        }
    }
}

/// The answer, with everything needed to explain and to repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Yes, no, or not now.
    #[serde(rename = "decision")]
    pub verdict: Verdict,
    /// The first reason in order of precedence.
    pub reason: Reason,
    /// Every other reason that would have decided alone.
    pub also: ReasonSet,
    /// How personal it may be.
    pub level: Level,
    /// The legal basis, when allowed.
    pub basis: Option<Basis>,
    /// The row of law that was applied.
    pub rule: Option<&'static str>,
    /// The regimes that were applied.
    pub regimes: RegimeSet,
    /// The entry of the consent, purchase or sale it rests on.
    pub consent: Option<Seq>,
    /// The policy version whose notice that consent was given to.
    pub notice: Option<u32>,
    /// When a deferred message may be asked about again.
    #[serde(serialize_with = "as_text")]
    pub until: Option<Timestamp>,
    /// The last entry about the person that was known.
    pub seq: Seq,
    /// The policy version applied.
    pub policy: u32,
    /// The version of the table of law applied.
    pub law: &'static str,
}

fn as_text<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serializer.collect_str(moment),
        None => serializer.serialize_none(),
    }
}

impl Decision {
    /// The answer to a case.
    pub(super) fn of(
        case: &Case<'_, '_>,
        (against, level): (ReasonSet, Level),
        ground: Option<Ground<'_>>,
        wait: &Wait,
    ) -> Self {
        let first = against.first();
        let verdict = match first {
            None => Verdict::Allow,
            Some(reason) if reason.defers() && !wait.drops => Verdict::Defer,
            Some(_) => Verdict::Deny,
        };
        let allowed = ground.filter(|_| verdict == Verdict::Allow);
        let reason = first.unwrap_or(match allowed.map(|own| own.basis) {
            Some(basis) => allowing(basis),
            None => Reason::NoBasis,
        });
        debug_assert_eq!(
            verdict == Verdict::Allow,
            reason.allows(),
            "a yes has its basis"
        );
        let yes = allowed.and_then(|own| own.consent);
        Self {
            verdict,
            reason,
            also: first.map_or(ReasonSet::NONE, |first| against.without(first)),
            level,
            basis: allowed.map(|own| own.basis),
            rule: ground.map(|own| own.rule.id),
            regimes: case.protection.regimes,
            consent: allowed.and_then(|own| own.entry),
            notice: yes
                .map(|own| own.weight.policy)
                .filter(|version| *version > 0),
            until: wait.until.filter(|_| verdict == Verdict::Defer),
            seq: case.standing.seq,
            policy: case.matter.policy.version,
            law: law::VERSION,
        }
    }

    /// The reason as a sentence, in both languages.
    #[must_use]
    pub fn text(&self) -> Sentences {
        self.reason.sentences()
    }
}

/// The reason by which a basis allows.
const fn allowing(basis: Basis) -> Reason {
    match basis {
        Basis::Consent | Basis::ImpliedConsent => Reason::Consent,
        Basis::SoftOptIn => Reason::SoftOptIn,
        Basis::Contract => Reason::Contract,
        Basis::LegalObligation => Reason::LegalObligation,
        Basis::LegitimateInterest => Reason::LegitimateInterest,
        Basis::NoticeOptOut => Reason::NoticeOptOut,
        Basis::Contextual => Reason::Contextual,
    }
}

/// The strictest of several answers, for an address held by more than one person: a no before a
/// not-now before a yes; of equals, the least personal and the longest wait.
#[must_use]
pub fn strictest(decisions: impl IntoIterator<Item = Decision>) -> Option<Decision> {
    decisions.into_iter().reduce(|a, b| {
        let first = a
            .verdict
            .cmp(&b.verdict)
            .then_with(|| b.reason.cmp(&a.reason))
            .is_ge();
        let (strict, other) = if first { (a, b) } else { (b, a) };
        Decision {
            level: strict.level.min(other.level),
            until: strict
                .until
                .max(other.until)
                .filter(|_| strict.verdict == Verdict::Defer),
            ..strict
        }
    })
}
