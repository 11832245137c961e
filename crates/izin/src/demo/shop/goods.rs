//! What the generated shop sells: 192 goods in 12 categories, and which of them belong together.
//!
//! Nothing here is a real brand or of a sensitive kind (health, belief, body). The first goods of
//! a category sell best.

mod gifts;
mod home;
mod pantry;

/// One product.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Good {
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// Its price in whole rupiah.
    pub(super) rupiah: u32,
    /// For what is used up: after how many days it is bought again.
    pub(super) lasts_days: Option<u16>,
}

/// A shelf of the shop.
#[derive(Debug)]
pub(super) struct Category {
    pub(super) name: &'static str,
    /// How the numbers of its goods begin.
    pub(super) code: &'static str,
    /// How many customers like it, against the other categories.
    pub(super) appeal: u32,
    pub(super) goods: &'static [Good],
}

/// Every shelf.
pub(super) const CATEGORIES: [Category; 12] = [
    category("Kopi & Teh", "KOP", 17, pantry::COFFEE_AND_TEA),
    category("Camilan", "CAM", 15, pantry::SNACKS),
    category("Bumbu & Bahan", "BUM", 10, pantry::SPICES),
    category("Sabun & Perawatan", "SAB", 13, home::SOAP),
    category("Kebersihan Rumah", "BER", 9, home::CLEANING),
    category("Peralatan Dapur", "DAP", 9, home::KITCHEN),
    category("Meja Makan", "MEJ", 6, home::TABLE),
    category("Dekorasi", "DEK", 6, gifts::DECORATION),
    category("Tanaman & Taman", "TAN", 5, gifts::GARDEN),
    category("Batik & Tenun", "BAT", 4, gifts::TEXTILES),
    category("Hadiah & Parsel", "HAD", 3, gifts::PRESENTS),
    category("Alat Tulis", "TUL", 3, gifts::STATIONERY),
];

/// Goods that are often bought together, by title.
pub(super) const BUNDLES: [(&str, &str); 16] = [
    ("Kopi Gayo Bubuk 250 g", "Kertas Saring V60 isi 100"),
    ("Kopi Gayo Bubuk 250 g", "Gula Aren Semut 500 g"),
    ("Kopi Toraja Biji 250 g", "Penggiling Kopi Tangan"),
    ("Kertas Saring V60 isi 100", "Corong Seduh V60 Keramik"),
    ("Teh Melati Tubruk 200 g", "Teko Tanah Liat 600 ml"),
    ("Keripik Tempe 200 g", "Sambal Bawang Botol 150 g"),
    ("Kacang Bali 250 g", "Keripik Singkong Balado 250 g"),
    ("Sabun Sereh Batang 100 g", "Tatakan Sabun Kayu Jati"),
    ("Sampo Urang-Aring 250 ml", "Minyak Kemiri Rambut 100 ml"),
    ("Sabun Cuci Piring Jeruk 750 ml", "Spons Sabut Kelapa isi 6"),
    ("Wajan Besi Tempa 30 cm", "Spatula Kayu Sawo"),
    ("Mangkuk Keramik Biru 15 cm", "Sendok Kayu isi 6"),
    ("Taplak Lurik 150 cm", "Serbet Katun Lurik isi 4"),
    ("Pot Tanah Liat 18 cm", "Media Tanam Siap Pakai 5 kg"),
    ("Kartu Ucapan Cetak Daun", "Kertas Kado Motif Kawung"),
    ("Buku Catatan Kulit Kayu", "Pena Bambu Isi Ulang"),
];

const fn category(
    name: &'static str,
    code: &'static str,
    appeal: u32,
    goods: &'static [Good],
) -> Category {
    Category {
        name,
        code,
        appeal,
        goods,
    }
}

/// A good that is kept.
const fn kept(title: &'static str, description: &'static str, rupiah: u32) -> Good {
    Good {
        title,
        description,
        rupiah,
        lasts_days: None,
    }
}

/// A good that is used up after `days`.
const fn used_up(title: &'static str, description: &'static str, rupiah: u32, days: u16) -> Good {
    Good {
        title,
        description,
        rupiah,
        lasts_days: Some(days),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn goods() -> impl Iterator<Item = &'static Good> {
        CATEGORIES.iter().flat_map(|category| category.goods)
    }

    #[test]
    fn no_title_or_code_stands_twice_and_no_price_is_out_of_range() {
        let titles: BTreeSet<_> = goods().map(|good| good.title).collect();
        assert_eq!(titles.len(), goods().count());
        let codes: BTreeSet<_> = CATEGORIES.iter().map(|category| category.code).collect();
        assert_eq!(codes.len(), CATEGORIES.len());
        for good in goods() {
            assert!((12_500..=850_000).contains(&good.rupiah), "{good:?}");
            assert!(
                good.rupiah % 500 == 0 && good.description.len() > 20,
                "{good:?}"
            );
        }
    }

    #[test]
    fn every_bundle_names_goods_on_the_shelves() {
        for title in BUNDLES.iter().flat_map(|(one, other)| [one, other]) {
            assert!(goods().any(|good| good.title == *title), "{title}");
        }
    }

    #[test]
    fn the_shop_is_large_enough_to_browse() {
        assert!(goods().count() >= 180);
        assert!(goods().filter(|good| good.lasts_days.is_some()).count() >= 60);
    }
}
