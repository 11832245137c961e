//! What waits, in words: what it is, and how it is settled.

use izin_core::Language;
use izin_core::zone::Zone;
use izin_store::QueueKind;
use serde_json::Value;

/// Who looks, and how.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    /// Their language.
    pub(super) language: Language,
    /// Whether they see colours.
    pub(super) coloured: bool,
    /// The shop's clock.
    pub(super) zone: Zone,
}

/// What it means that something of this kind waits, and with which outcomes it is settled.
pub(super) const fn meaning(kind: QueueKind, language: Language) -> &'static str {
    match language {
        Language::Id => indonesian(kind),
        Language::En => english(kind),
    }
}

const fn english(kind: QueueKind) -> &'static str {
    match kind {
        QueueKind::UnresolvedOptOut => {
            "Somebody opted out, and nobody is known by what they gave; that address is suppressed already. \
             Find the person before the time is over: --outcome person --person SUBJECT, or --outcome \
             close where nobody can be found."
        }
        QueueKind::PresumedRefusal => {
            "Something the person wrote may be a no, and counts as one. --outcome uphold keeps it, \
             --outcome clear takes it back; when the time is over it is an opt-out."
        }
        QueueKind::Quarantine => {
            "A yes that an imported no contradicts; the no counts. Ask the person, propose a correction \
             where the no is wrong, then --outcome close."
        }
        QueueKind::AmbiguousGoods => {
            "Nobody has said whether these goods tell something sensitive, so they are chosen for nobody. \
             --outcome goods says that they tell nothing, with --codes S1,S3 what they tell."
        }
        QueueKind::Complaint => {
            "A person complained and is written to no more. Answer them, then --outcome close; that lifts \
             nothing."
        }
        QueueKind::Correction => {
            "Somebody found that an entry recorded what never happened. Somebody else looks at the \
             evidence: --outcome approve, or --outcome close to leave the entry as it is."
        }
        QueueKind::WithheldEvidence => {
            "Evidence of somebody who was erased was asked for. Somebody else shows it, once, with `izin \
             evidence open`, or refuses with --outcome close."
        }
        QueueKind::RightsRequest => {
            "Somebody wants what the law gives them; the note says what, and whom it is about. `izin export subject` \
             answers what is kept, `izin erase` forgets; then --outcome close."
        }
    }
}

const fn indonesian(kind: QueueKind) -> &'static str {
    match kind {
        QueueKind::UnresolvedOptOut => {
            "Seseorang menolak, dan tidak ada yang dikenal dengan alamat yang disebutnya; alamat itu sudah \
             tidak dihubungi. Temukan orangnya sebelum batas waktu: --outcome person --person SUBJECT, \
             atau --outcome close bila tidak dapat ditemukan."
        }
        QueueKind::PresumedRefusal => {
            "Tulisan seseorang mungkin berarti tidak, dan berlaku sebagai tidak. --outcome uphold \
             menetapkannya, --outcome clear membatalkannya; lewat batas waktu, ia menjadi penolakan."
        }
        QueueKind::Quarantine => {
            "Sebuah ya bertentangan dengan tidak yang diimpor; yang berlaku ialah tidak. Tanyakan kepada \
             orangnya, usulkan koreksi bila tidak itu keliru, lalu --outcome close."
        }
        QueueKind::AmbiguousGoods => {
            "Belum ada yang menyatakan apakah barang ini mengungkap hal yang peka, jadi tidak dipilihkan \
             untuk siapa pun. --outcome goods menyatakan tidak; dengan --codes S1,S3 menyatakan apa."
        }
        QueueKind::Complaint => {
            "Seseorang mengeluh dan tidak dihubungi lagi. Jawablah, lalu --outcome close; penolakannya \
             tetap berlaku."
        }
        QueueKind::Correction => {
            "Seseorang menemukan entri yang mencatat hal yang tidak pernah terjadi. Orang lain memeriksa \
             buktinya: --outcome approve, atau --outcome close untuk membiarkan entri itu."
        }
        QueueKind::WithheldEvidence => {
            "Bukti tentang orang yang sudah dihapus diminta. Orang lain menunjukkannya, satu kali, dengan \
             `izin evidence open`, atau menolaknya dengan --outcome close."
        }
        QueueKind::RightsRequest => {
            "Seseorang meminta haknya menurut hukum; catatannya menyebut apa dan tentang siapa. `izin export \
             subject` menjawab apa yang disimpan, `izin erase` menghapus; lalu --outcome close."
        }
    }
}

/// What was said, without the signs that machines write around it: `agent: Sari, note: by telephone`.
pub(crate) fn said(note: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str(note) else {
        return note.to_owned();
    };
    let field = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    };
    let fields: Vec<String> = fields.iter().map(field).collect();
    fields.join(", ")
}
