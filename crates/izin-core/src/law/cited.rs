//! How an article of law is cited to people. The tables cite alike in both languages, and so do machines:
//! only what people read is put into their language.

use std::borrow::Cow;

use crate::Language;

/// A citation as people read it: `UU 27/2022 art. 8` is `UU 27/2022 Pasal 8` in Indonesian. What a law
/// calls otherwise, a section or a regulation, stays as that law calls it.
#[must_use]
pub fn cited(article: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::En => Cow::Borrowed(article),
        Language::Id => Cow::Owned(
            article
                .replace(" art. ", " Pasal ")
                .replace(" recitals ", " pertimbangan ")
                .replace(" recital ", " pertimbangan "),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_a_pasal_in_indonesian_and_as_it_is_in_english() {
        let both = "UU 27/2022 art. 20(2)(a), 22; UU ITE art. 26(1)";
        let id = "UU 27/2022 Pasal 20(2)(a), 22; UU ITE Pasal 26(1)";
        assert_eq!(cited(both, Language::Id), id);
        assert_eq!(cited(both, Language::En), both);
        let recitals = cited("GDPR art. 7(2), recital 43", Language::Id);
        assert_eq!(recitals, "GDPR Pasal 7(2), pertimbangan 43");
    }

    #[test]
    fn a_section_keeps_its_own_name() {
        for own in ["CASL s. 11(3)", "PECR reg. 22(3)", "15 U.S.C. 7704(a)"] {
            assert_eq!(cited(own, Language::Id), own);
        }
    }
}
