//! The words of a change as people whom it concerns read them: titles, never names in files.

use izin_core::law::Regime;
use izin_core::policy::{Bases, Class, CodeSet, Field, Recipient, Retention, Source, Text};
use izin_core::{Language, Level};

use crate::explain::words::basis;

pub(super) fn text(id: &str, en: &str) -> Text {
    Text {
        id: id.to_owned(),
        en: en.to_owned(),
    }
}

/// A title inside a sentence.
pub(super) fn quoted(title: &Text) -> Text {
    text(&format!("“{}”", title.id), &format!("“{}”", title.en))
}

/// Several words with commas between them; without any, that there is none.
pub(super) fn list(words: impl Iterator<Item = Text>) -> Text {
    let all: Vec<Text> = words.collect();
    if all.is_empty() {
        return text("tidak ada", "none");
    }
    let join = |language| {
        let words: Vec<&str> = all.iter().map(|own| own.get(language)).collect();
        words.join(", ")
    };
    text(&join(Language::Id), &join(Language::En))
}

/// Titles of data.
pub(super) fn titles<'a>(fields: impl Iterator<Item = &'a Field>) -> Text {
    list(fields.map(|own| own.title.clone()))
}

/// Who a recipient is and where.
pub(super) fn recipient(own: &Recipient) -> Text {
    let (name, country) = (&own.name, own.country);
    text(
        &format!("{} ({country})", name.id),
        &format!("{} ({country})", name.en),
    )
}

pub(super) fn codes(codes: CodeSet) -> Text {
    let meaning = |own: izin_core::policy::SensitiveCode| {
        text(own.meaning(Language::Id), own.meaning(Language::En))
    };
    list(codes.iter().map(meaning))
}

pub(super) fn bases(own: &Bases) -> Text {
    match own {
        Bases::Same(same) => basis(*same),
        Bases::Each(each) => list(each.iter().map(|(regime, own)| {
            let (law, own) = (law(*regime), basis(*own));
            text(&format!("{law}: {}", own.id), &format!("{law}: {}", own.en))
        })),
    }
}

/// A law by its name in capitals, the same in both languages.
pub(super) fn law(regime: Regime) -> String {
    regime.as_str().to_uppercase().replace('-', " ")
}

pub(super) fn class(class: Class) -> Text {
    match class {
        Class::Marketing => text("promosi", "promotion"),
        Class::OptionalService => text("layanan tambahan", "optional service"),
        Class::Essential => text("yang perlu dan wajib", "what is needed or due"),
        Class::Personalisation => text("pilihan untuk tiap orang", "personal selection"),
        Class::AggregateStatistics => {
            text("hitungan atas semua pelanggan", "counts over all customers")
        }
        Class::Measurement => text("pengukuran", "measurement"),
    }
}

pub(super) fn level(level: Level) -> Text {
    match level {
        Level::Contextual => text("tidak personal", "not personal"),
        Level::Trends => text("menurut tren umum", "by general trends"),
        Level::Purchases => text("menurut pembelian sendiri", "by one's own purchases"),
        Level::Browsing => text("menurut penelusuran sendiri", "by one's own browsing"),
    }
}

pub(super) fn source(source: Source) -> Text {
    match source {
        Source::Customer => text("dari orangnya sendiri", "from the person"),
        Source::Shop => text("dari catatan toko", "from the shop's records"),
        Source::Browser => text("dari peramban atau aplikasi", "from the browser or app"),
        Source::ThirdParty => text("dari pihak lain", "from somebody else"),
    }
}

pub(super) fn retention(own: Retention) -> Text {
    match own {
        Retention::Profile => text(
            "selama orangnya pelanggan",
            "while the person is a customer",
        ),
        Retention::Purchases => text("selama pembelian disimpan", "as long as purchases are kept"),
        Retention::Browsing => text("selama penelusuran disimpan", "as long as browsing is kept"),
    }
}
