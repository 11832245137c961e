//! Which language people are answered in, for every command alike.
//!
//! What is asked for with `--lang` comes first, then what the shop's policy puts first, then the
//! locale: `LC_ALL`, `LC_MESSAGES`, `LANG`, of which the first that is set decides, as everywhere. Start
//! at [`chosen`].

use izin_core::Language;

use crate::config::Environment;

/// The variables of the locale, the strongest first.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language of an answer.
pub(crate) fn chosen(
    asked: Option<Language>,
    shops: impl FnOnce() -> Option<Language>,
    env: Environment<'_>,
) -> Language {
    asked.or_else(shops).unwrap_or_else(|| of_locale(env))
}

/// The locale's language where we speak it, else English.
fn of_locale(env: Environment<'_>) -> Language {
    let set = |name: &&str| env(name).filter(|own| !own.is_empty());
    let locale = LOCALE.iter().find_map(set).unwrap_or_default();
    let language = locale.split(['_', '-', '.', '@']).next();
    language
        .and_then(|own| own.parse().ok())
        .unwrap_or(Language::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Language {
        let env = |name: &str| {
            let found = set.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        chosen(None, || None, &env)
    }

    #[test]
    fn what_is_asked_for_comes_before_the_shop_and_that_before_the_locale() {
        let indonesian = |name: &str| (name == "LANG").then(|| "id_ID.UTF-8".to_owned());
        let shop = || Some(Language::En);
        assert_eq!(chosen(Some(Language::Id), shop, &|_| None), Language::Id);
        assert_eq!(chosen(None, shop, &indonesian), Language::En);
        assert_eq!(chosen(None, || None, &indonesian), Language::Id);
    }

    #[test]
    fn the_first_variable_of_the_locale_that_is_set_decides() {
        assert_eq!(of(&[("LANG", "id_ID.UTF-8")]), Language::Id);
        assert_eq!(
            of(&[("LC_MESSAGES", "id"), ("LANG", "en_GB.UTF-8")]),
            Language::Id
        );
        assert_eq!(
            of(&[("LC_ALL", "C.UTF-8"), ("LANG", "id_ID")]),
            Language::En
        );
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "id_ID@latin")]), Language::Id);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Language::En);
        assert_eq!(of(&[]), Language::En);
    }
}
