//! Why a decision came out as it did, step by step, in both languages.
//!
//! Each sentence is true of exactly this decision: whether a no stands, and what keeps a level
//! down, is found by asking [`decide`] again with that one thing changed, not by telling its rules
//! a second time. No address, number or name is in it. Start at [`chain`].

mod level;
mod said;
pub(crate) mod words;

use izin_core::decision::Sent;
use izin_core::decision::{counts, counts_for_person, protection};
use izin_core::policy::{Class, Purpose, Text};
use izin_core::relation::PlaceSource;
use izin_core::window::Limit;
use izin_core::{
    Decision, IdentifierId, Language, Policy, Request, Seq, Standing, SubjectId, Timestamp, Usage,
    decide, law,
};
use izin_store::StoreError;

use crate::App;
use crate::gate::Who;

use words::{basis, both, channel, day, list, minute, window};

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it says.
    pub text: Text,
    /// The entry it is about.
    pub seq: Option<Seq>,
    /// When that happened.
    pub at: Option<Timestamp>,
    /// The row of law it is about.
    pub rule: Option<&'static str>,
    /// The article that row was written from.
    pub article: Option<&'static str>,
}

impl Step {
    /// A step that is about nothing on record.
    fn plain(text: Text) -> Self {
        Self {
            text,
            seq: None,
            at: None,
            rule: None,
            article: None,
        }
    }
}

/// A decision with everything it was made from.
struct Case<'a> {
    request: Request,
    decision: &'a Decision,
    policy: &'a Policy,
    now: Timestamp,
    /// How many people the question is about.
    people: usize,
    /// The one whose answer it is.
    subject: Option<SubjectId>,
    standing: Standing,
    sends: Vec<Sent>,
}

/// Why `decision`, made as of `at`, is the answer to the request. Reads the person's entries once.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn chain(
    app: &App,
    who: &Who,
    request: &Request,
    (decision, at): (&Decision, Timestamp),
) -> Result<Vec<Step>, StoreError> {
    let policy = app.policy();
    let case = case(app, who, request, (decision, &policy, at));
    let history = match case.subject {
        Some(subject) if case.has_said() => app.store.history(subject).await?,
        _ => Vec::new(),
    };
    let mut steps = vec![case.asked(), case.who()];
    let purpose = policy.purpose(&request.purpose);
    if let Some(purpose) = purpose {
        steps.push(case.place());
        steps.extend(case.laws(purpose));
    }
    steps.extend(case.yes(&history));
    steps.extend(case.noes(&history));
    steps.extend(case.reasons());
    steps.extend(purpose.map(|purpose| case.level(purpose)));
    steps.extend(case.caps());
    steps.push(case.answer());
    Ok(steps)
}

fn case<'a>(
    app: &App,
    who: &Who,
    request: &Request,
    (decision, policy, now): (&'a Decision, &'a Policy, Timestamp),
) -> Case<'a> {
    let people = app.gate.people_of(who);
    let of = |subject: Option<SubjectId>| {
        let standing = match (subject, who) {
            (Some(subject), _) => app.gate.standing(subject).unwrap_or_default(),
            (None, Who::Identifier(identifier)) => {
                Standing::unknown(app.gate.suppressions(identifier))
            }
            (None, Who::Subject(_)) => Standing::default(),
        };
        let held_as = |id: IdentifierId| match who {
            Who::Subject(_) => request.address == Some(id),
            Who::Identifier(identifier) => app.gate.is_held_as(identifier, id),
        };
        let mut identifiers = standing.identifiers.iter();
        let reached = identifiers.find(|(id, kind)| kind.reaches(request.channel) && held_as(*id));
        Case {
            request: Request {
                address: reached.map(|(id, _)| *id).or(request.address),
                ..app.gate.asked(request)
            },
            decision,
            policy,
            now,
            people: people.len(),
            subject,
            sends: subject.map(|own| app.gate.sends(own)).unwrap_or_default(),
            standing,
        }
    };
    let all = people.iter().map(|subject| of(Some(*subject)));
    let same = |own: &Case<'_>| own.again().reason == decision.reason;
    let first = people.first().copied();
    all.into_iter().find(same).unwrap_or_else(|| of(first))
}

impl Case<'_> {
    /// The core's answer about this one person.
    fn again(&self) -> Decision {
        self.with(&self.standing)
    }

    /// What it would be with another standing.
    fn with(&self, standing: &Standing) -> Decision {
        let usage = Usage {
            sends: &self.sends,
            last_active: None,
        };
        decide(&self.request, standing, usage, (self.policy, self.now))
    }

    fn purpose(&self) -> Option<&Purpose> {
        self.policy.purpose(&self.request.purpose)
    }

    fn is_essential(&self) -> bool {
        self.purpose()
            .is_some_and(|own| own.class == Class::Essential)
    }

    fn asked(&self) -> Step {
        let title = self.purpose().map(|own| own.title.clone());
        let title = title.unwrap_or_else(|| both(self.request.purpose.as_str()));
        let by = channel(self.request.channel);
        Step::plain(Text {
            id: format!("Yang ditanyakan: {} lewat {}.", title.id, by.id),
            en: format!("Asked: {} by {}.", title.en, by.en),
        })
    }

    fn who(&self) -> Step {
        let text = match self.people {
            0 => Text {
                id: "Tidak ada orang yang dikenal di sini.".to_owned(),
                en: "Nobody is known here.".to_owned(),
            },
            1 => Text {
                id: "Tentang satu orang yang dikenal.".to_owned(),
                en: "It is about one person who is known.".to_owned(),
            },
            more => Text {
                id: format!("{more} orang memegang alamat ini; jawaban paling ketat berlaku."),
                en: format!("{more} people hold this address; the strictest answer counts."),
            },
        };
        Step::plain(text)
    }

    fn place(&self) -> Step {
        let known = self.standing.place.or(self.request.place);
        let said = [self.standing.place, self.request.place].into_iter();
        let consent_only = said
            .flatten()
            .any(|place| protection(Some(place), self.policy).consent_only);
        let (id, en) = match (known, consent_only) {
            (None, _) => (
                "Tempat tinggal tidak diketahui, jadi semua hukum yang mengikat toko berlaku",
                "Where the person lives is not known, so every law that binds the shop applies",
            ),
            (Some(_), true) => (
                "Tidak satu pun hukum yang mengikat toko berasal dari negara orang itu, jadi hukum \
                 asal toko berlaku dan hanya persetujuan yang cukup untuk pemasaran",
                "None of the laws that bind the shop is of the person's country, so the shop's home \
                 law applies and only consent is enough for marketing",
            ),
            (Some(place), false) => match place.source {
                PlaceSource::Declared => (
                    "Negara dinyatakan orang itu sendiri; hukum yang berlaku",
                    "The person stated the country; the law that applies",
                ),
                PlaceSource::Delivery => (
                    "Negara diketahui dari alamat kirim; hukum yang berlaku",
                    "The country is known from deliveries; the law that applies",
                ),
                PlaceSource::Phone => (
                    "Negara diketahui dari kode telepon; hukum yang berlaku",
                    "The country is known from the phone code; the law that applies",
                ),
                PlaceSource::Shop => (
                    "Negara dianggap negara toko; hukum yang berlaku",
                    "The country is taken to be the shop's; the law that applies",
                ),
            },
        };
        let regimes = self.decision.regimes.iter().map(|own| own.as_str());
        let regimes = list(regimes);
        let both_say = self.standing.place.is_some() && self.request.place.is_some();
        let (also_id, also_en) = if both_say {
            (
                " Hukum tempat yang disebut dalam permintaan ikut berlaku.",
                " The law of the place named in the request applies too.",
            )
        } else {
            ("", "")
        };
        Step::plain(Text {
            id: format!("{id}: {regimes}.{also_id}"),
            en: format!("{en}: {regimes}.{also_en}"),
        })
    }

    /// One row of law for each regime.
    fn laws(&self, purpose: &Purpose) -> Vec<Step> {
        let (by, now) = (self.request.channel, self.now);
        let regimes = self.decision.regimes.iter();
        let step = |regime| {
            let Some(rule) = law::permission(regime, purpose.class, by, now) else {
                return Step::plain(Text {
                    id: format!("{regime} tidak memberi dasar untuk ini."),
                    en: format!("{regime} gives no basis for this."),
                });
            };
            let accepted: Vec<Text> = rule.bases.iter().map(basis).collect();
            let claimed = purpose.basis.under(regime).map(basis);
            let claimed = claimed.unwrap_or_else(|| Text {
                id: "tidak satu pun".to_owned(),
                en: "none".to_owned(),
            });
            let article = |language| law::cited(rule.article, language);
            Step {
                text: Text {
                    id: format!(
                        "{}: menerima {}; toko mendasarkannya pada {}.",
                        article(Language::Id),
                        list(accepted.iter().map(|own| own.id.as_str())),
                        claimed.id
                    ),
                    en: format!(
                        "{}: accepts {}; the shop relies on {}.",
                        article(Language::En),
                        list(accepted.iter().map(|own| own.en.as_str())),
                        claimed.en
                    ),
                },
                rule: Some(rule.id),
                article: Some(rule.article),
                ..Step::plain(both(""))
            }
        };
        regimes.map(step).collect()
    }

    /// Every code that speaks against it, the deciding one first.
    fn reasons(&self) -> Vec<Step> {
        let decision = self.decision;
        if decision.reason.allows() {
            return Vec::new();
        }
        let first = decision.text();
        let decides = Text {
            id: format!("Yang menentukan: {}", first.id),
            en: format!("What decides: {}", first.en),
        };
        let also = decision.also.iter().map(|reason| Text {
            id: format!("Juga: {}", reason.sentence(Language::Id)),
            en: format!("Also: {}", reason.sentence(Language::En)),
        });
        std::iter::once(decides)
            .chain(also)
            .map(Step::plain)
            .collect()
    }

    /// Limits on the number of messages, with what is used of each.
    fn caps(&self) -> Vec<Step> {
        if self.is_essential() || self.purpose().is_none() || self.subject.is_none() {
            return Vec::new();
        }
        let asked = Sent {
            at: self.now,
            channel: self.request.channel,
            purpose: self.request.purpose,
            topic: self.request.topic,
        };
        let caps = self.policy.caps.iter();
        let by_policy = caps
            .filter(|cap| counts(cap, &asked, self.policy))
            .map(|cap| {
                let used = |sent: &&Sent| counts(cap, sent, self.policy);
                self.used(cap.limit, self.sends.iter().filter(used))
            });
        let own = self.standing.caps.iter();
        let own = own.filter(|cap| counts_for_person(cap, &asked, self.policy));
        let own = own.map(|cap| {
            let counted = |sent: &&Sent| counts_for_person(cap, sent, self.policy);
            let used = self.used(cap.limit, self.sends.iter().filter(counted));
            Text {
                id: format!("Batas orang itu sendiri. {}", used.id),
                en: format!("The person's own limit. {}", used.en),
            }
        });
        by_policy.chain(own).map(Step::plain).collect()
    }

    fn used<'s>(&self, limit: Limit, sends: impl Iterator<Item = &'s Sent>) -> Text {
        let since = self.now.plus_seconds(-i64::from(limit.within().seconds()));
        let used = sends.filter(|sent| sent.at > since).count();
        let (most, length) = (limit.at_most(), window(limit.within()));
        Text {
            id: format!(
                "Pesan dalam {}: {used} dari paling banyak {most}.",
                length.id
            ),
            en: format!("Messages in {}: {used} of at most {most}.", length.en),
        }
    }

    fn answer(&self) -> Step {
        use izin_core::Verdict::{Allow, Defer, Deny};
        let decision = self.decision;
        let text = decision.text();
        let (id, en) = match (decision.verdict, decision.until) {
            (Allow, _) => (
                format!("Boleh. {}", text.id),
                format!("Allowed. {}", text.en),
            ),
            (Deny, _) => ("Tidak boleh.".to_owned(), "Not allowed.".to_owned()),
            (Defer, None) => (
                "Belum boleh; tanyakan lagi nanti.".to_owned(),
                "Not now; ask again later.".to_owned(),
            ),
            (Defer, Some(until)) => (
                format!("Belum boleh sebelum {}.", minute(until)),
                format!("Not before {}.", minute(until)),
            ),
        };
        Step {
            at: decision.until,
            rule: decision.rule,
            article: decision
                .rule
                .and_then(law::rule_by_id)
                .map(|rule| rule.article),
            ..Step::plain(Text { id, en })
        }
    }
}
