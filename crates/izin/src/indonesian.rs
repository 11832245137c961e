//! What went wrong, in Indonesian, where the error itself speaks English only.
//!
//! An error that is not told here is told in its own words: better another language than silence.
//! Start at [`sentence`].

use std::error::Error;

use izin_app::StartError;
use izin_app::act::ActError;
use izin_app::audit::AuditError;
use izin_app::import::ImportError;
use izin_core::Language;
use izin_store::StoreError;

use crate::config::ConfigError;

/// An error without its causes.
pub(crate) fn sentence(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(said) = store(error).and_then(of_store) {
        return Some(said);
    }
    if let Some(AuditError::Lost(lost)) = error.downcast_ref() {
        return Some(lost.sentence(Language::Id));
    }
    if let Some(ConfigError::Unreadable { path, why }) = error.downcast_ref() {
        let path = path.display();
        return Some(format!(
            "`{path}` tidak dapat dibaca: {why}; `izin init FOLDER` membuatnya, --config menyebut yang lain"
        ));
    }
    if let Some(ImportError::BrokenOff { stood, total, .. }) = error.downcast_ref() {
        return Some(format!(
            "impor terputus, dan {stood} baris pertama dari {total} sudah berlaku. Impor berkas yang sama lagi \
             setelah penyebabnya dibereskan: baris yang sudah berlaku dikenali dan tidak mengubah apa pun"
        ));
    }
    let said = error.to_string();
    let fixed = FIXED.iter().find(|(en, _)| *en == said)?;
    Some(fixed.1.to_owned())
}

/// Sentences that are always the same, by which they are known behind whatever passes them on.
const FIXED: [(&str, &str); 9] = [
    (
        "nobody is known by this identifier",
        "tidak ada yang dikenal dengan pengenal ini",
    ),
    (
        "several people hold this identifier; name the person by `id` or `customer`",
        "pengenal ini milik beberapa orang; sebutkan orangnya dengan `id` atau `customer`",
    ),
    ("nothing is known of the person", "orang itu tidak dikenal"),
    (
        "a legal hold keeps the person's data; end it first",
        "data orang ini ditahan untuk perkara hukum; akhiri penahanannya lebih dulu",
    ),
    (
        "the ledger has no such entry",
        "tidak ada entri dengan nomor itu",
    ),
    (
        "nothing is withheld of that person: they were not erased, or the time for it is over",
        "tidak ada bukti yang ditahan dari orang itu: ia tidak dihapus, atau masa simpannya sudah lewat",
    ),
    (
        "the subject is not understood; write `email:…`, `phone:…`, `customer:…` or `id:…`",
        "orang yang dimaksud tidak dipahami; tulis `email:…`, `phone:…`, `customer:…`, atau `id:…`",
    ),
    (
        "the log is the one that was signed; there is nothing to go on without",
        "log masih yang ditandatangani; tidak ada yang hilang untuk dilanjutkan",
    ),
    (
        "nobody is known by that id",
        "tidak ada yang dikenal dengan id itu",
    ),
];

fn store<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a StoreError> {
    if let Some(StartError::Store(own)) = error.downcast_ref() {
        return Some(own);
    }
    if let Some(ActError::Store(own)) = error.downcast_ref() {
        return Some(own);
    }
    if let Some(AuditError::Store(own)) = error.downcast_ref() {
        return Some(own);
    }
    if let Some(ImportError::Store(own)) = error.downcast_ref() {
        return Some(own);
    }
    error.downcast_ref()
}

fn of_store(error: &StoreError) -> Option<String> {
    let said = match error {
        StoreError::Owned { dir } => format!(
            "`{}` sedang dipakai izin lain; hentikan izin itu, atau biarkan perintah ini menghubunginya",
            dir.display()
        ),
        StoreError::Unwritable(why) => format!(
            "basis data tidak dapat ditulisi: {why}; periksa apakah disk penuh atau hanya bisa dibaca"
        ),
        StoreError::NotCommitted => {
            "penulisan gagal dan tidak mengubah apa pun; coba lagi, dan periksa apakah disk penuh"
                .into()
        }
        StoreError::Owed => {
            "saat ini tidak ada yang dapat dicatat; penolakannya sudah ditulis di jurnal \
             dan sudah berlaku, dan akan dicatat begitu bisa: kirim lagi sampai terkonfirmasi"
                .into()
        }
        StoreError::Unanswered => {
            "izin berhenti sebelum dapat memastikan apakah penulisan tersimpan; \
             periksa apakah sudah tercatat, atau kirim lagi setelah izin berjalan"
                .into()
        }
        StoreError::Stopped => "penyimpanan berhenti karena gangguan; jalankan izin kembali".into(),
        StoreError::NewerSchema { found, known } => format!(
            "data memakai skema {found}, izin ini hanya mengenal sampai {known}; gunakan izin yang lebih baru"
        ),
        StoreError::SafeMissing { safe } => format!(
            "folder aman `{}` tidak berisi jurnal penolakan, padahal jurnal itu pernah dimulai: penolakan \
             sejak cadangan terakhir mungkin hanya ada di sana. Pasang kembali disk atau foldernya; jika \
             hilang selamanya, `izin log new-safe` membuat jurnal baru dimulai saat izin dijalankan lagi",
            safe.display()
        ),
        StoreError::SafeDamaged { safe } => format!(
            "ada baris yang hilang atau diubah dalam jurnal penolakan di folder aman `{}`: penolakan sejak \
             cadangan terakhir mungkin hanya ada di sana. Kembalikan folder itu seperti semula; jika hilang \
             selamanya, `izin log new-safe` membuat izin melanjutkan dengan baris yang masih terbaca",
            safe.display()
        ),
        StoreError::CheckpointMissing { safe } => format!(
            "folder aman `{}` tidak lagi berisi titik periksa, padahal log sudah ditandatangani: tanpa itu \
             cadangan lama yang dipulihkan tidak akan ketahuan. Kembalikan folder itu seperti semula; jika \
             hilang selamanya, `izin log new-safe` membuat izin melanjutkan tanpanya",
            safe.display()
        ),
        StoreError::RestoreBroken { restoring } => format!(
            "pemulihan terhenti di sini, dan tidak ada yang dimulai sebagai gantinya: jalankan `izin restore` \
             lagi. Untuk memulai toko baru, singkirkan `{}`",
            restoring.display()
        ),
        StoreError::DataMissing { safe, dir } => format!(
            "folder aman `{}` milik data yang tidak ada di `{}`: pasang disknya, atau pulihkan cadangan; \
             untuk memulai dari awal di sana, pindahkan folder aman itu",
            safe.display(),
            dir.display()
        ),
        StoreError::OldKeys { needed, found } => format!(
            "alamat di-hash dengan kunci versi {needed}, sedangkan basis data kunci hanya sampai {found}; \
             kembalikan folder `keys` terbaru: dengan folder ini penolakan tidak akan ditemukan"
        ),
        _ => return None,
    };
    Some(said)
}

#[cfg(test)]
mod tests {
    use izin_app::evidence::EvidenceError;
    use izin_app::queue::QueueError;
    use izin_store::Refused;

    use super::*;

    #[test]
    fn a_sentence_that_is_always_the_same_is_the_one_that_is_said() {
        let no_subject = crate::subject::parse("x", "ID").unwrap_err();
        let said = [
            ActError::UnknownSubject.to_string(),
            ActError::SeveralSubjects.to_string(),
            Refused::UnknownPerson.to_string(),
            Refused::OnHold.to_string(),
            Refused::UnknownEntry.to_string(),
            EvidenceError::NothingWithheld.to_string(),
            no_subject.to_string(),
            AuditError::NothingLost.to_string(),
            QueueError::UnknownSubject.to_string(),
        ];
        assert_eq!(FIXED.map(|(en, _)| en.to_owned()), said);
    }

    #[test]
    fn what_is_wrapped_on_its_way_is_told_all_the_same() {
        let missing = || StoreError::SafeMissing {
            safe: "brankas".into(),
        };
        for error in [
            Box::new(missing()) as Box<dyn Error>,
            Box::new(StartError::Store(missing())),
            Box::new(ActError::Store(missing())),
            Box::new(AuditError::Store(missing())),
            Box::new(ImportError::Store(missing())),
        ] {
            let said = sentence(&*error).unwrap();
            assert!(
                said.contains("`brankas` tidak berisi jurnal penolakan"),
                "{said}"
            );
        }
    }
}
