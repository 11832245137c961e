//! What the person said: the yes a decision rests on or could have, and every no that covers it.

use izin_core::policy::Text;
use izin_core::refusal::{Origin, Refusal, RefusalKind};
use izin_core::{Act, Consent, Entry, Seq, Standing, Verdict};

use super::words::{origin, refusal};
use super::{Case, Step, day};

impl Case<'_> {
    /// Whether there is anything on record to be told.
    pub(super) fn has_said(&self) -> bool {
        self.decision.consent.is_some()
            || self.consents().next().is_some()
            || self.refusals().next().is_some()
    }

    fn consents(&self) -> impl Iterator<Item = &Consent> {
        let (purpose, channel) = (self.request.purpose, self.request.channel);
        let standing = self.standing.consents.iter();
        standing.filter(move |own| (own.purpose, own.channel) == (purpose, channel))
    }

    fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        let request = &self.request;
        let all = self.standing.refusals.iter();
        all.filter(|own| {
            let topic = request.topic.as_ref();
            own.scope.covers(request.channel, &request.purpose, topic)
        })
    }

    /// The entry a yes rests on; where the answer is no, the newest consent on record.
    pub(super) fn yes(&self, history: &[Entry]) -> Option<Step> {
        let newest = || self.consents().map(|own| own.seq).max();
        let seq = self.decision.consent.or_else(newest)?;
        let entry = history.iter().find(|entry| entry.seq == seq)?;
        let rests = self.decision.consent.is_some();
        let (at, text) = match &entry.act {
            Act::Consented {
                occurred_at,
                origin: from,
                ..
            } => {
                let (from, at) = (origin(*from), day(*occurred_at));
                let (then_id, then_en) = if rests || self.decision.verdict == Verdict::Defer {
                    ("", "")
                } else {
                    (
                        " Jawaban ini tidak bersandar padanya.",
                        " This answer does not rest on it.",
                    )
                };
                let text = Text {
                    id: format!("Persetujuan pada {at} {} (entri {seq}).{then_id}", from.id),
                    en: format!("Consent on {at} {} (entry {seq}).{then_en}", from.en),
                };
                (*occurred_at, text)
            }
            Act::RelationRecorded { occurred_at, .. } => {
                let at = day(*occurred_at);
                let text = Text {
                    id: format!("Pembelian atau pertanyaan pada {at} (entri {seq})."),
                    en: format!("A purchase or inquiry on {at} (entry {seq})."),
                };
                (*occurred_at, text)
            }
            Act::SoftOptInRecorded { occurred_at, .. } => {
                let at = day(*occurred_at);
                let text = Text {
                    id: format!(
                        "Alamat didapat saat penjualan pada {at}, dengan tawaran menolak \
                         (entri {seq})."
                    ),
                    en: format!(
                        "The address was obtained in a sale on {at}, with an offer to refuse \
                         (entry {seq})."
                    ),
                };
                (*occurred_at, text)
            }
            _ => return None,
        };
        Some(Step {
            seq: Some(seq),
            at: Some(at),
            ..Step::plain(text)
        })
    }

    /// Every refusal that covers the request, and whether it stands.
    pub(super) fn noes(&self, history: &[Entry]) -> Vec<Step> {
        let step = |own: &Refusal| {
            let (what, at, seq) = (refusal(own.kind), day(own.occurred_at), own.seq);
            let from = said_by(history, seq).map(origin);
            let from = from.unwrap_or_else(|| super::both(""));
            let then = self.what_becomes(own);
            let text = Text {
                id: spaced(&format!(
                    "{} pada {at} {} (entri {seq}). {}",
                    what.id, from.id, then.id
                )),
                en: spaced(&format!(
                    "{} on {at} {} (entry {seq}). {}",
                    what.en, from.en, then.en
                )),
            };
            Step {
                seq: Some(seq),
                at: Some(own.occurred_at),
                ..Step::plain(text)
            }
        };
        self.refusals().map(step).collect()
    }

    /// Asked by itself, does the refusal still speak against the request?
    fn stands(&self, own: &Refusal) -> bool {
        let alone = Standing {
            refusals: vec![*own],
            ..self.standing.clone()
        };
        let decision = self.with(&alone);
        let reason = own.reason(self.now);
        decision.reason == reason || decision.also.contains(reason)
    }

    fn what_becomes(&self, own: &Refusal) -> Text {
        let (id, en) = match (self.stands(own), own.kind) {
            (true, RefusalKind::LegalSuppression) => (
                "Berlaku; tidak seorang pun dapat mengangkatnya sendirian.",
                "It stands; nobody can lift it alone.",
            ),
            (true, RefusalKind::Presumed) if !own.is_overdue(self.now) => (
                "Berlaku; seorang peninjau masih dapat menghapusnya dengan alasan.",
                "It stands; a reviewer may still clear it with a reason.",
            ),
            (true, _) if self.request.channel.is_sale_or_sharing() => (
                "Berlaku; hanya dua persetujuan baru dari orang itu sendiri, yang dibuktikan, yang \
                 mengangkatnya.",
                "It stands; only two new consents by the person, each proved, lift it.",
            ),
            (true, _) => (
                "Berlaku; hanya persetujuan baru dari orang itu sendiri, yang dibuktikan di alamat \
                 ini, yang mengangkatnya.",
                "It stands; only a new consent by the person, proved on this address, lifts it.",
            ),
            (false, _) if self.is_essential() => (
                "Itu tidak menghentikan pesan penting.",
                "It does not stop an essential message.",
            ),
            (false, _) => (
                "Sudah diangkat oleh persetujuan yang lebih baru dan dibuktikan.",
                "It was lifted by a newer consent that was proved.",
            ),
        };
        Text {
            id: id.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// Where a refusal came in.
fn said_by(history: &[Entry], seq: Seq) -> Option<Origin> {
    let entry = history.iter().find(|entry| entry.seq == seq)?;
    match &entry.act {
        Act::Refused { origin, .. } => Some(*origin),
        _ => None,
    }
}

/// One space between words, whatever was left out.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
