//! What went wrong, in Indonesian, where the error itself speaks English.
//!
//! The sentences are in [`izin_app::indonesian`] and in `indonesian.toml` beside this. Start at
//! [`sentence`].

use std::error::Error;
use std::sync::LazyLock;

use izin_app::indonesian::Sentences;
use izin_app::policy::Findings;
use izin_core::Language;

use crate::config::ConfigError;

/// The program's own sentences.
const OWN: &str = include_str!("indonesian.toml");

/// Every sentence that the program may say of an error.
pub(crate) static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| Sentences::read(&[OWN]));

/// An error without its causes; `None` where it is none of ours.
pub(crate) fn sentence(error: &(dyn Error + 'static)) -> Option<String> {
    let said = error.to_string();
    match findings(error) {
        Some(own) => {
            let in_indonesian = own.render(Language::Id, false);
            SENTENCES.of(&said.replace(&own.to_string(), &in_indonesian))
        }
        None => SENTENCES.of(&said),
    }
}

/// The findings that an error shows, which know both languages themselves.
fn findings<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Findings> {
    if let Some(ConfigError::Faults(own)) = error.downcast_ref() {
        return Some(own);
    }
    error
        .downcast_ref()
        .or_else(|| error.source()?.downcast_ref())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use izin_app::StartError;
    use izin_app::act::ActError;
    use izin_app::audit::AuditError;
    use izin_app::import::ImportError;
    use izin_store::StoreError;

    use super::*;

    #[test]
    fn the_programs_own_sentences_can_be_read() {
        let all: BTreeMap<String, String> = toml::from_str(OWN).unwrap();
        assert!(all.values().all(|id| !id.is_empty()));
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
