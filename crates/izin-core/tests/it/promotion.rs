//! Promotion is found in service messages, and service is left alone.

mod snippets;

use std::fmt::Write as _;

use izin_core::Language;
use izin_core::promotion::{self, CONTENT_BYTES_MAX, Finding, Kind};
use proptest::prelude::*;

use self::snippets::{PROMOTION_EN, PROMOTION_ID, SERVICE_EN, SERVICE_ID};

fn kinds(content: &str) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = found(content).into_iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The findings, each within the content and on character boundaries.
fn found(content: &str) -> Vec<Finding> {
    let found = promotion::find(content);
    for finding in &found {
        let words = content.get(finding.at.clone());
        assert!(words.is_some_and(|words| !words.is_empty()), "{finding:?}");
    }
    found
}

#[test]
fn promotion_is_found_and_named() {
    for (content, expected) in PROMOTION_ID.into_iter().chain(PROMOTION_EN) {
        assert_eq!(kinds(content), expected, "{content}");
    }
}

#[test]
fn service_is_left_alone() {
    for content in SERVICE_ID.into_iter().chain(SERVICE_EN) {
        let found = found(content);
        let words: Vec<_> = found.iter().map(|one| &content[one.at.clone()]).collect();
        assert!(found.is_empty(), "{content}: {found:?} {words:?}");
    }
}

#[test]
fn what_is_found_where_in_every_snippet() {
    let mut text = String::new();
    for (content, _) in PROMOTION_ID.into_iter().chain(PROMOTION_EN) {
        writeln!(text, "{content}").unwrap();
        for finding in found(content) {
            let words = &content[finding.at.clone()];
            writeln!(text, "    {:?}: {words}", finding.kind).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

/// The same words as `Diskon 20% untuk pembelian berikutnya`, written to be overlooked.
const EVASIONS: [&str; 12] = [
    "DISKON 20% UNTUK PEMBELIAN BERIKUTNYA",
    "Dis\u{ad}kon 20% untuk pembelian berikut\u{ad}nya",
    "D\u{200b}i\u{200c}s\u{200d}k\u{2060}o\u{feff}n untuk pembelian berikutnya",
    "Diskon\u{a0}20%\u{a0}untuk\u{2003}pembelian\u{202f}berikutnya",
    "Ｄｉｓｋｏｎ ２０％ untuk ｐｅｍｂｅｌｉａｎ berikutnya",
    "𝐃𝐢𝐬𝐤𝐨𝐧 untuk 𝓹𝓮𝓶𝓫𝓮𝓵𝓲𝓪𝓷 berikutnya",
    "Dískôn untuk pembelian berikutnya",
    "D<b>is</b>kon untuk <span>pembe</span>lian<br>berikut<!-- x -->nya",
    "<p>&#68;is&shy;kon&nbsp;20&percnt; untuk pem&#x62;elian&ensp;berikut&ZeroWidthSpace;nya</p>",
    "<p>Halo</p><img src=a.png alt='Diskon untuk pembelian berikutnya'>",
    "<!--[if mso]><p>Diskon untuk pembelian berikutnya</p><![endif]-->",
    "<p>D<font color=\"a>b\">i</font>skon, untuk pembelian (berikutnya)</p>",
];

#[test]
fn words_written_to_be_overlooked_are_seen() {
    for content in EVASIONS {
        assert!(kinds(content).contains(&Kind::Offer), "{content}");
    }
}

#[test]
fn what_nobody_sees_is_not_found() {
    for content in [
        "<p>Halo</p><!-- Belanja lagi -->",
        "<style>.kupon::after { content: 'beli sekarang' }</style><p>Halo</p>",
        "<SCRIPT>let kupon = 'beli sekarang';</SCRIPT ><p>Halo</p>",
        "<p class=\"kupon\" data-x='beli sekarang'>Halo</p>",
        "<a href=\"https://toko.example/beli-sekarang?kupon=1\">Lihat pesanan</a>",
        "Lacak di https://toko.example/beli-sekarang/kupon",
        "<td>Sudah Anda beli</td><td>Sekarang dikirim</td>",
        "&amp;#75;upon",
    ] {
        assert_eq!(kinds(content), [], "{content}");
    }
}

#[test]
fn a_tag_that_never_ends_hides_nothing() {
    for content in [
        "<p>Halo <a title=\"Beli sekarang",
        "<p>Halo</p><style>Beli sekarang",
        "<p>Halo</p><!-- Beli sekarang",
        "<p>Halo</p><!--[if x --><p>Beli sekarang</p><p title=\"]>\">",
        "harga < biasa, beli sekarang",
        "harga <b 5, beli sekarang",
    ] {
        assert_eq!(kinds(content), [Kind::CallToBuy], "{content}");
    }
}

#[test]
fn requirement_37_a_service_message_with_a_coupon_or_product_block_is_found() {
    let message = |more: &str| {
        format!(
            "<h1>Pesanan 1042 dikirim</h1><table><tr><th>Barang</th><th>Jumlah</th><th>Harga</th>\
             </tr><tr><td><a href='/p/1'>Kemeja</a></td><td>1</td><td>Rp 150.000</td></tr>\
             <tr><td><a href='/p/2'>Celana</a></td><td>2</td><td>Rp 400.000</td></tr>\
             <tr><td>Total</td><td></td><td>Rp 550.000</td></tr></table>{more}"
        )
    };
    let coupon = "<p>Kode voucher: HEMAT20</p>";
    let products = "<div><a href='/p/3'><img alt='Topi'></a> Rp 80.000</div>\
                    <div><a href='/p/4'><img alt='Tas'></a> Rp 90.000</div>";
    assert_eq!(kinds(&message("")), []);
    assert_eq!(kinds(&message(coupon)), [Kind::Coupon]);
    assert_eq!(kinds(&message(products)), [Kind::ProductBlock]);
}

#[test]
fn what_is_too_long_to_read_is_not_cleared() {
    let content = "é".repeat(CONTENT_BYTES_MAX / 2 + 1);
    assert_eq!(kinds(&content), [Kind::Unread]);
    assert_eq!(kinds(&content[..CONTENT_BYTES_MAX]), []);
}

/// Content at the limit that makes careless readers slow: work must stay in proportion.
#[test]
fn hostile_content_is_read_to_its_end() {
    for part in [
        "<",
        "<a ",
        "<a x=\"",
        "<!--",
        "<!--[if",
        "<style>",
        "</",
        "<b>",
        "&",
        "&amp;",
        "&#",
        "<table>",
        "kupon ",
        "dapatkan ",
        "Rp1 <a href=x>a</a>",
        "beli <i>",
        ".",
        "1.",
        "-",
        "\u{fdfa}",
        "x\n\n",
    ] {
        let times = (CONTENT_BYTES_MAX - "<p>".len()) / part.len();
        let content = format!("<p>{}", part.repeat(times));
        found(&content);
    }
}

#[test]
fn every_kind_has_a_sentence_of_its_own_in_both_languages() {
    for kind in Kind::ALL {
        let [id, en] = Language::ALL.map(|language| kind.sentence(language));
        assert_ne!(id, en, "{kind:?}");
        assert!(id.ends_with('.') && en.ends_with('.'), "{kind:?}");
    }
}

fn markup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("<".to_owned()),
        Just(">".to_owned()),
        Just("\"".to_owned()),
        Just("&#".to_owned()),
        Just("<!--".to_owned()),
        Just("-->".to_owned()),
        Just("<style>".to_owned()),
        Just("<table><td>".to_owned()),
        Just("</table>".to_owned()),
        Just("<a href=x>".to_owned()),
        Just("<img alt='".to_owned()),
        Just("Rp 1.000".to_owned()),
        Just(" 2x ".to_owned()),
        Just("total ".to_owned()),
        Just("beli sekarang".to_owned()),
        Just("dis\u{ad}kon 5%".to_owned()),
        any::<char>().prop_map(String::from),
        "[a-z ]{0,8}",
        "\\PC{0,4}",
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_without_fault(content in any::<String>()) {
        found(&content);
    }

    #[test]
    fn any_markup_is_read_without_fault(content in markup()) {
        found(&content);
    }

    #[test]
    fn a_call_to_buy_is_found_in_a_paragraph_of_its_own(before in "[a-zA-Z0-9 >/&;.!=]{0,60}") {
        let content = format!("{before}<p>Beli sekarang</p>");
        prop_assert!(kinds(&content).contains(&Kind::CallToBuy), "{}", content);
    }
}
