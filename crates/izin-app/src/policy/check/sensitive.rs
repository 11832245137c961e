//! Sensitive data and goods: used only where the purpose names them and rests on consent.

use izin_core::law::Basis;
use izin_core::policy::{CodeSet, Purpose};

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::unique;

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    unique(&draft.categories, "path", found);
    for category in &draft.categories.list {
        let path = &category.value.path;
        let named = |part: &str| !part.is_empty() && part == part.trim();
        if !path
            .split(" > ")
            .all(|part| named(part) && !part.contains('>'))
        {
            found.tell(
                Code::CategoryPath,
                &category.node.key("path"),
                &[word("path", path)],
            );
        }
    }
    for purpose in &draft.purposes.list {
        fields(purpose, draft, found);
        consent(purpose, found);
    }
}

fn fields(purpose: &Declared<'_, Purpose>, draft: &Draft<'_>, found: &mut Found) {
    let Declared { value, node } = purpose;
    for (place, id) in value.fields.iter().enumerate() {
        let field = draft.fields.values().find(|own| own.id == *id);
        let codes = field.map_or(CodeSet::EMPTY, |own| own.sensitive);
        if value.sensitive.covers(codes) {
            continue;
        }
        let listed: Vec<String> = codes
            .iter()
            .filter(|code| !value.sensitive.covers([*code].into_iter().collect()))
            .map(|code| code.to_string())
            .collect();
        let words = [
            word("purpose", value.id),
            word("field", id),
            word("codes", listed.join(", ")),
        ];
        found.tell(
            Code::SensitiveUncovered,
            &node.key("fields").item(place),
            &words,
        );
    }
}

fn consent(Declared { value, node }: &Declared<'_, Purpose>, found: &mut Found) {
    let only_consent = value
        .basis
        .claimed()
        .iter()
        .all(|own| *own == Basis::Consent);
    if !value.sensitive.is_empty() && !only_consent {
        let words = [word("purpose", value.id)];
        found.tell(Code::SensitiveWithoutConsent, &node.key("basis"), &words);
    }
}
