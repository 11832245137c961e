//! What a person receives, whoever they are.

use super::*;

#[test]
fn a_hostile_name_cannot_change_the_mail() {
    let source = with_body("<b title=\"{{ name }}\">{{ name }}</b>");
    let mail = render(&source, Language::Id, "<b>\"'&Sari").unwrap();
    let escaped = "&lt;b&gt;&quot;&#39;&amp;Sari";
    assert!(
        mail.html
            .contains(&format!("<b title=\"{escaped}\">{escaped}</b>")),
        "{}",
        mail.html
    );
    for name in ["{{ links.opt_out }}", "Śrī 🌿 名前"] {
        assert!(
            render(&source, Language::Id, name)
                .unwrap()
                .html
                .contains(name)
        );
    }
    let long = "n".repeat(10_000);
    assert!(
        render(&source, Language::Id, &long)
            .unwrap()
            .html
            .contains(&long)
    );
}

#[test]
fn a_hostile_name_cannot_break_or_flood_the_subject() {
    let source = with_body("").replace("Pilihan untuk Anda", "{{ name }}, pilihan");
    let subject = |name: &str| render(&source, Language::Id, name).map(|mail| mail.subject);
    assert_eq!(
        subject("S\r\nBcc: b@example.net"),
        Err(RenderError::SubjectNotOneLine)
    );
    assert_eq!(subject("S\0"), Err(RenderError::SubjectNotOneLine));
    assert_eq!(
        subject(&"n".repeat(10_000)),
        Err(RenderError::SubjectTooLong)
    );
    assert_eq!(
        subject("<b>"),
        Ok("<b>, pilihan dari Toko Angin".to_owned())
    );
}

#[test]
fn too_many_items_or_too_large_values_are_refused_at_rendering() {
    let template = Template::parse(
        &with_body("{% if items %}{{ items[0].title }}{% endif %}"),
        "mail.html",
    );
    let render = |items: &[MailItem]| {
        let context = MailContext {
            language: Language::En,
            name: "",
            shop: &shop(),
            items,
            links: &links(),
        };
        template.as_ref().unwrap().render(&context).map(|_| ())
    };
    assert_eq!(
        render(&vec![item("x"); 25]),
        Err(RenderError::TooManyItems(25))
    );
    assert_eq!(
        render(&[item(&"x".repeat(RENDERED_BYTES_MAX))]),
        Err(RenderError::TooLarge)
    );
    assert_eq!(render(&vec![item("x"); 24]), Ok(()));
}

#[test]
fn nothing_of_a_person_shows_in_debug() {
    let mail = render(&with_body("{{ name }}"), Language::Id, "Sari").unwrap();
    assert!(mail.html.contains("Sari"));
    assert_eq!(format!("{mail:?}"), "RenderedMail { .. }");
}

const SMALL: &str = "+++
name = \"Pilihan akhir tahun\"
[subject]
id = \"{% if name %}{{ name }}, p{% else %}P{% endif %}ilihan dari {{ shop.name }}\"
en = \"{% if items %}{{ items[0].title }} and more{% else %}New at {{ shop.name }}{% endif %}\"
[preheader]
id = \"{{ items|length }} barang\"
en = \"{{ items|length }} things\"
+++
<html lang=\"{{ language }}\">
<title>{{ subject }}</title>
<p hidden>{{ preheader }}</p>
{# Kept short. #}
{% for item in items[:4] %}
<a href=\"{{ item.url }}\">{{ loop.index }}. {{ item.title|upper }}</a> {{ item.price }}
{% if item.image %}
<img src=\"{{ item.image }}\" alt=\"\">
{% endif %}
{% endfor %}
<a href='{{ links.opt_out }}'>{% if language == \"id\" %}Berhenti{% else %}Stop{% endif %}</a>
<a href=\"{{ links.why }}\">?</a>
";

#[test]
fn a_mail_in_indonesian_reads_as_the_merchant_wrote_it() {
    let mail = render(SMALL, Language::Id, "Sari").unwrap();
    insta::assert_snapshot!(mail.subject, @"Sari, pilihan dari Toko Angin");
    insta::assert_snapshot!(mail.html, @r#"
    <html lang="id">
    <title>Sari, pilihan dari Toko Angin</title>
    <p hidden>2 barang</p>
    <a href="https://toko.example/cangkir?a=1&amp;b=2">1. CANGKIR &lt;MERAH&gt; &amp; BIRU</a> Rp 125.000
    <a href="https://toko.example/cangkir?a=1&amp;b=2">2. LILIN</a> Rp 125.000
    <a href='https://izin.example/o/abc?x=1&amp;y=2'>Berhenti</a>
    <a href="https://izin.example/w/abc">?</a>
    "#);
    insta::assert_snapshot!(mail.text, @r"
    Sari, pilihan dari Toko Angin

    2 barang

    * Cangkir <merah> & biru, Rp 125.000
      Karena Anda membeli Teko
      https://toko.example/cangkir?a=1&b=2

    * Lilin, Rp 125.000
      Karena Anda membeli Teko
      https://toko.example/cangkir?a=1&b=2

    ---
    Berhenti menerima email ini: https://izin.example/o/abc?x=1&y=2
    Atur pilihan Anda: https://izin.example/p/abc
    Mengapa Anda menerima email ini: https://izin.example/w/abc
    Pemberitahuan privasi: https://izin.example/privacy

    Toko Angin, Jalan Melati 7, Bandung
    halo@toko.example
    ");
}

#[test]
fn a_mail_in_english_reads_as_the_merchant_wrote_it() {
    let mail = render(SMALL, Language::En, "").unwrap();
    insta::assert_snapshot!(mail.subject, @"Cangkir <merah> & biru and more");
    insta::assert_snapshot!(mail.html, @r#"
    <html lang="en">
    <title>Cangkir &lt;merah&gt; &amp; biru and more</title>
    <p hidden>2 things</p>
    <a href="https://toko.example/cangkir?a=1&amp;b=2">1. CANGKIR &lt;MERAH&gt; &amp; BIRU</a> Rp 125.000
    <a href="https://toko.example/cangkir?a=1&amp;b=2">2. LILIN</a> Rp 125.000
    <a href='https://izin.example/o/abc?x=1&amp;y=2'>Stop</a>
    <a href="https://izin.example/w/abc">?</a>
    "#);
    insta::assert_snapshot!(mail.text, @r"
    Cangkir <merah> & biru and more

    2 things

    * Cangkir <merah> & biru, Rp 125.000
      Karena Anda membeli Teko
      https://toko.example/cangkir?a=1&b=2

    * Lilin, Rp 125.000
      Karena Anda membeli Teko
      https://toko.example/cangkir?a=1&b=2

    ---
    Stop these e-mails: https://izin.example/o/abc?x=1&y=2
    Change your choices: https://izin.example/p/abc
    Why you got this e-mail: https://izin.example/w/abc
    Privacy notice: https://izin.example/privacy

    Toko Angin, Jalan Melati 7, Bandung
    halo@toko.example
    ");
}

#[test]
fn a_text_part_of_the_merchants_own_is_not_escaped() {
    let source =
        format!("{SMALL}+++ text\n{{{{ name }}}} {{{{ links.opt_out }}}} {{{{ links.why }}}}\n");
    let mail = render(&source, Language::Id, "<Sari>").unwrap();
    assert_eq!(
        mail.text,
        "<Sari> https://izin.example/o/abc?x=1&y=2 https://izin.example/w/abc"
    );
}

#[test]
fn the_demo_mail_passes_its_own_checks_and_is_small() {
    let source = include_str!("../../../../../izin/assets/demo-mail.html");
    let items = ["Cangkir", "Lilin", "Taplak", "Sendok"].map(item);
    let template = Template::parse(source, "demo-mail.html").unwrap();
    for language in Language::ALL {
        let context = MailContext {
            language,
            name: "Sari",
            shop: &shop(),
            items: &items,
            links: &links(),
        };
        let mail = template.render(&context).unwrap();
        assert!(
            mail.html.len() < 15_000,
            "{language}: {} bytes",
            mail.html.len()
        );
        assert!(mail.html.contains(&format!("<html lang=\"{language}\"")));
        assert_eq!(
            mail.html.matches("Karena Anda membeli Teko").count(),
            items.len()
        );
    }
}

#[test]
fn the_example_in_the_book_is_a_template() {
    let book = include_str!("../../../../../../docs/book/template.md");
    let (_, example) = book.split_once("```html\n").unwrap();
    let (example, _) = example.split_once("```\n").unwrap();
    assert_eq!(
        Template::parse(example, "book").unwrap().name(),
        "Spring picks"
    );
}
