//! What an announcement says: the changes as sentences, and what one can do. It is a mail template
//! like any other, made here.

use izin_core::Language;
use izin_core::policy::Text;

use crate::policy::diff::Change;

/// The fixed words in one language.
struct Words {
    language: Language,
    opening: &'static str,
    privacy: &'static str,
    preferences: &'static str,
    opt_out: &'static str,
    why: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        language: Language::Id,
        opening: "Kami memberi tahu Anda sebelum perubahan ini berlaku:",
        privacy: "Pemberitahuan privasi",
        preferences: "Atur pilihan Anda",
        opt_out: "Berhenti menerima promosi lewat email",
        why: "Mengapa Anda menerima email ini",
    },
    Words {
        language: Language::En,
        opening: "We tell you of this change before it takes effect:",
        privacy: "Privacy notice",
        preferences: "Change your choices",
        opt_out: "Stop promotions by e-mail",
        why: "Why you got this e-mail",
    },
];

const SUBJECTS: &str = "\
[subject]
id = \"Perubahan cara {{ shop.name }} memakai data Anda\"
en = \"A change in how {{ shop.name }} uses your data\"";
const SHOP: &str = "{{ shop.name }}, {{ shop.address }}";

/// The mail template that tells of changes.
pub(super) fn template(version: u32, changes: &[Change]) -> String {
    let html: String = WORDS.iter().map(|own| own.html(changes)).collect();
    let text: String = WORDS.iter().map(|own| own.text(changes)).collect();
    format!(
        "+++\nname = \"Policy version {version}\"\n{SUBJECTS}\n+++\n\
         {html}<p>{SHOP}</p>\n+++ text\n{text}\n{SHOP}\n"
    )
}

impl Words {
    fn html(&self, changes: &[Change]) -> String {
        let sentences = self.sentences(changes);
        let items: String = sentences
            .map(|own| format!("<li>{}</li>\n", escaped(&own)))
            .collect();
        let links = self
            .links()
            .map(|(words, link)| format!("<p><a href=\"{{{{ {link} }}}}\">{words}</a></p>\n"));
        let opening = self.opening;
        self.only(&format!(
            "<p>{opening}</p>\n<ul>\n{items}</ul>\n{}",
            links.concat()
        ))
    }

    fn text(&self, changes: &[Change]) -> String {
        let items: String = self
            .sentences(changes)
            .map(|own| format!("- {own}\n"))
            .collect();
        let links = self
            .links()
            .map(|(words, link)| format!("{words}: {{{{ {link} }}}}\n"));
        self.only(&format!("{}\n\n{items}\n{}", self.opening, links.concat()))
    }

    fn links(&self) -> [(&'static str, &'static str); 4] {
        [
            (self.privacy, "links.privacy"),
            (self.preferences, "links.preferences"),
            (self.opt_out, "links.opt_out"),
            (self.why, "links.why"),
        ]
    }

    /// A part that is shown in this language alone.
    fn only(&self, part: &str) -> String {
        let language = self.language.as_str();
        format!("{{% if language == \"{language}\" %}}\n{part}{{% endif %}}\n")
    }

    fn sentences(&self, changes: &[Change]) -> impl Iterator<Item = String> {
        changes
            .iter()
            .map(|own| plain(&own.sentence, self.language))
    }
}

/// A sentence on one line, without what a template would take for its own.
fn plain(sentence: &Text, language: Language) -> String {
    let clean = |own: char| match own {
        '{' => '(',
        '}' => ')',
        own if own.is_control() => ' ',
        own => own,
    };
    sentence.get(language).chars().map(clean).collect()
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::template::Template;
    use crate::policy::diff::Kind;

    #[test]
    fn whatever_a_company_calls_things_its_announcement_is_a_template_that_passes() {
        for hostile in ["{{ x }}", "{% raw %}", "<b>&\"", "+++\n+++ text", "{#"] {
            let change = Change {
                kind: Kind::NotifyBefore,
                purposes: Vec::new(),
                channels: Vec::new(),
                sentence: Text {
                    id: hostile.to_owned(),
                    en: hostile.to_owned(),
                },
            };
            let source = template(7, &[change]);
            let parsed = Template::parse(&source, "announcement");
            assert!(parsed.is_ok(), "{hostile}: {:?}", parsed.err());
        }
    }
}
