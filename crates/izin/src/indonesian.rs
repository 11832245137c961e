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
use izin_store::{Refused, StoreError};

use crate::config::ConfigError;

/// An error without its causes.
pub(crate) fn sentence(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(own) = store(error) {
        return of_store(own);
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
    match error.downcast_ref()? {
        ActError::UnknownSubject => Some("tidak ada yang dikenal dengan pengenal ini".into()),
        ActError::SeveralSubjects => Some(
            "pengenal ini milik beberapa orang; sebutkan orangnya dengan `id` atau `customer`"
                .into(),
        ),
        _ => None,
    }
}

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
        StoreError::Refused(Refused::UnknownPerson) => "orang itu tidak dikenal".into(),
        StoreError::Refused(Refused::OnHold) => {
            "data orang ini ditahan untuk perkara hukum; akhiri penahanannya lebih dulu".into()
        }
        StoreError::Refused(Refused::UnknownEntry) => "tidak ada entri dengan nomor itu".into(),
        _ => return None,
    };
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            let said = sentence(&*error).unwrap();
            assert!(
                said.contains("`brankas` tidak berisi jurnal penolakan"),
                "{said}"
            );
        }
    }
}
