//! What is refused before anything is sent, with the line and the mend.

use super::*;

#[test]
fn a_syntax_error_is_reported_with_its_line_in_the_file() {
    insta::assert_snapshot!(
        refusal(&with_body("\n{{ name + }}")),
        @"mail.html:8: the template cannot be read here: unexpected end of variable block"
    );
    insta::assert_snapshot!(
        refusal(&with_body("\n\n{% if name %}")),
        @"mail.html:10: the template cannot be read here: unexpected end of input, expected end of block"
    );
    insta::assert_snapshot!(
        refusal(&format!("{HEAD}{LINKS}+++ text\n\n{{{{ name name }}}}")),
        @"mail.html:10: the template cannot be read here: unexpected identifier, expected end of variable block"
    );
}

#[test]
fn an_unknown_field_is_named_with_its_line_and_the_known_ones_in_every_branch() {
    insta::assert_snapshot!(
        refusal(&with_body("\n{{ nama }}")),
        @"mail.html:8: `nama` is not a field; write one of language, name, campaign, shop, items, links, subject, preheader"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{{ shop.phone }}")),
        @"mail.html:7: `shop.phone` is not a field; write one of shop.name, shop.address, shop.contact"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{% if language == \"fr\" %}\n{{ items[0].pric }}{% endif %}")),
        @"mail.html:8: `items[0].pric` is not a field; write one of items[0].title, items[0].description, items[0].price, items[0].image, items[0].url, items[0].because"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{% for thing in items %}\n{{ thing.cost }}{% endfor %}")),
        @"mail.html:8: `thing.cost` is not a field; write one of thing.title, thing.description, thing.price, thing.image, thing.url, thing.because"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{{ name.first }}")),
        @"mail.html:7: `name.first` is not a field; write `name` alone"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{{ name|safe }}")),
        @"mail.html:7: `safe` is not a filter; filters are upper, lower, capitalize, trim, length"
    );
    insta::assert_snapshot!(
        refusal(&with_body("").replace("untuk Anda", "{{ preheader }}")),
        @"mail.html:4: `preheader` is not a field; write one of language, name, campaign, shop, items, links"
    );
    let after_its_loop = "{% for thing in items %}{% endfor %}{{ thing.title }}";
    assert!(refusal(&with_body(after_its_loop)).contains("`thing` is not a field"));
}

#[test]
fn a_template_without_its_ways_out_is_refused_with_the_placeholder_to_add() {
    let why = "<a href=\"{{ links.why }}\">Mengapa</a>";
    insta::assert_snapshot!(
        refusal(&format!("{HEAD}{why}")),
        @r#"mail.html:7: for a mail in Indonesian, with items, with a name: the HTML has no opt-out link; add `<a href="{{ links.opt_out }}">…</a>` with words in it"#
    );
    let opt_out = "<a href=\"{{ links.opt_out }}\">Berhenti</a>";
    insta::assert_snapshot!(
        refusal(&format!("{HEAD}{opt_out}")),
        @r#"mail.html:7: for a mail in Indonesian, with items, with a name: the HTML has no link that says why it came; add `<a href="{{ links.why }}">…</a>` with words in it"#
    );
    insta::assert_snapshot!(
        refusal(&format!("{HEAD}{LINKS}+++ text\n{{{{ links.why }}}}")),
        @"mail.html:9: for a mail in Indonesian, with items, with a name: the text has no opt-out link; add `{{ links.opt_out }}`"
    );
    insta::assert_snapshot!(
        refusal(&format!("{HEAD}{{% if items %}}{LINKS}{{% endif %}}")),
        @r#"mail.html:7: for a mail in Indonesian, without items, with a name: the HTML has no opt-out link; add `<a href="{{ links.opt_out }}">…</a>` with words in it"#
    );
}

#[test]
fn an_opt_out_link_nobody_can_see_does_not_count() {
    let why = "<a href=\"{{ links.why }}\">Mengapa</a>";
    for hidden in [
        "{{ links.opt_out }}",
        "<a href=\"{{ links.opt_out }}\"></a>",
        "<a href=\"{{ links.opt_out }}\"><img src=\"https://a.example/x.png\" alt=\"\"></a>",
        "<!-- <a href=\"{{ links.opt_out }}\">Berhenti</a> -->",
        "<a href=\"{{ links.opt_out }}x\">Berhenti</a>",
    ] {
        let refused = refusal(&format!("{HEAD}{why}{hidden}"));
        assert!(
            refused.contains("the HTML has no opt-out link"),
            "{hidden}: {refused}"
        );
    }
}

#[test]
fn an_oversized_tag_or_template_is_refused() {
    let long = format!("{{{{ {} }}}}", "-".repeat(1100));
    insta::assert_snapshot!(
        refusal(&with_body(&long)),
        @"mail.html:7: this tag does not end within 1024 bytes; close it with `}}` or shorten it"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{{ name }")),
        @"mail.html:7: a tag may not hold a brace; close it with `}}`, with values, filters and comparisons inside"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{{ {} }}")),
        @"mail.html:7: a tag may not hold a brace; close it with `}}`, with values, filters and comparisons inside"
    );
    insta::assert_snapshot!(
        refusal(&with_body(&"a".repeat(128 * 1024))),
        @"mail.html:1: the template has 131296 bytes, more than 131072; shorten it"
    );
    let elifs = "{% elif name %}".repeat(5_000);
    insta::assert_snapshot!(
        refusal(&with_body(&format!("{{% if name %}}{elifs}{{% endif %}}"))),
        @"mail.html:7: more than 32 `elif`; use fewer"
    );
    let nested = "{% if name %}".repeat(5_000);
    insta::assert_snapshot!(
        refusal(&with_body(&nested)),
        @"mail.html:7: the template cannot be read here: template exceeds maximum recursion limits"
    );
    let parentheses = format!("{{{{ {} }}}}", "(".repeat(1000));
    insta::assert_snapshot!(
        refusal(&with_body(&parentheses)),
        @"mail.html:7: the template cannot be read here: template exceeds maximum recursion limits"
    );
}

#[test]
fn a_template_that_works_or_grows_without_bound_is_refused_before_it_is_sent() {
    let loops = |depth: usize, body: &str| {
        let open = "{% for a in items %}".repeat(depth);
        format!("{open}{body}{}", "{% endfor %}".repeat(depth))
    };
    insta::assert_snapshot!(
        refusal(&with_body(&loops(6, "{{ a.title }}"))),
        @"mail.html:7: for a mail in Indonesian, with items, with a name: the template takes too many steps; nest fewer loops"
    );
    let kilobyte = "x".repeat(1000);
    insta::assert_snapshot!(
        refusal(&with_body(&loops(2, &kilobyte))),
        @"mail.html:7: for a mail in Indonesian, with items, with a name: a part is larger than 500000 bytes; shorten the template or its items"
    );
    insta::assert_snapshot!(
        refusal(&with_body("{{ \"x\" * 1000000000 }}")),
        @"mail.html:7: `*` is not available; hand in the value as it should be shown"
    );
    assert!(refusal(&with_body("{{ name * 9 }}")).contains("`*` is not available"));
    insta::assert_snapshot!(
        refusal(&with_body("{% for a in [name ~ name] %}{{ a }}{% endfor %}")),
        @"mail.html:7: a loop goes over the items; write `for item in items` or `for item in items[:4]`"
    );
}

#[test]
fn no_statement_reaches_outside_the_template() {
    for statement in [
        "include \"html\"",
        "import \"html\" as x",
        "extends \"html\"",
        "set name = 1",
        "autoescape false",
        "macro x()",
        "raw",
        "block x",
        "do x()",
    ] {
        let refused = refusal(&with_body(&format!("{{% {statement} %}}")));
        assert!(
            refused.contains("is not available"),
            "{statement}: {refused}"
        );
    }
}

#[test]
fn scripts_forms_handlers_and_external_styles_are_refused_with_their_line() {
    insta::assert_snapshot!(
        refusal(&with_body("\n<SCRIPT>alert(1)</SCRIPT>")),
        @"mail.html:8: a script is not allowed in mail; delete it, mail readers remove it anyway"
    );
    for markup in [
        "<scr{{ \"\" }}ipt>",
        "<form action=\"https://a.example\">",
        "<a href=\"x\" onclick=\"y\">",
        "<svg/onload=x>",
        "<a {% if name %}onmouseover{% endif %} = \"x\">",
        "<link rel=\"stylesheet\" href=\"https://a.example/a.css\">",
        "<style>@import url(https://a.example)</style>",
        "<iframe src=\"https://a.example\">",
        "<a href=\"javascript:x\">",
        "<meta http-equiv=\"refresh\" content=\"0\">",
    ] {
        let refused = refusal(&with_body(&format!("\n{{# {} #}}\n{markup}", "\n")));
        assert!(refused.starts_with("mail.html:10: "), "{markup}: {refused}");
        assert!(
            refused.contains("not allowed in mail"),
            "{markup}: {refused}"
        );
    }
    insta::assert_snapshot!(
        refusal(&with_body("<a href={{ items[0].url }}>x</a>")),
        @r#"mail.html:7: an attribute's value needs quotes; write `="{{ … }}"`"#
    );
}

#[test]
fn a_subject_is_one_line_and_never_empty() {
    let subject = |text: &str| with_body("").replace("Picked for you by {{ shop.name }}", text);
    insta::assert_snapshot!(
        refusal(&subject("")),
        @"mail.html:5: for a mail in English, with items, with a name: the subject is empty; write words that do not depend on the name"
    );
    insta::assert_snapshot!(
        refusal(&subject("{{ name }}")),
        @"mail.html:5: for a mail in English, with items, without a name: the subject is empty; write words that do not depend on the name"
    );
    insta::assert_snapshot!(
        refusal(&subject("a\\nBcc: b@example.net")),
        @"mail.html:5: for a mail in English, with items, with a name: the subject is not one line; remove line breaks and tabs"
    );
    insta::assert_snapshot!(
        refusal(&subject(&"a".repeat(300))),
        @"mail.html:5: for a mail in English, with items, with a name: the subject is longer than 255 characters; shorten it"
    );
    insta::assert_snapshot!(
        refusal(&subject("{{ nama }}")),
        @"mail.html:5: `nama` is not a field; write one of language, name, campaign, shop, items, links"
    );
}

#[test]
fn a_head_that_is_not_as_described_is_refused() {
    insta::assert_snapshot!(
        refusal("<p>Halo</p>"),
        @"mail.html:1: the head is missing; begin with a line `+++`, then name and subjects, then `+++`"
    );
    insta::assert_snapshot!(
        refusal("+++\nname = \"x\"\n+++\n<p>x</p>"),
        @"mail.html:2: the head cannot be read: missing field `subject`"
    );
    insta::assert_snapshot!(
        refusal(&with_body("").replace("name =", "nama =")),
        @"mail.html:2: the head cannot be read: unknown field `nama`, expected one of `name`, `subject`, `preheader`"
    );
    insta::assert_snapshot!(
        refusal(&with_body("").replace("Pilihan akhir tahun", " ")),
        @"mail.html:2: the name is empty; write the campaign's name as people should see it"
    );
    insta::assert_snapshot!(
        refusal(HEAD),
        @"mail.html:7: the HTML is missing; write it after the head"
    );
    insta::assert_snapshot!(
        refusal(&with_body("\n+++ html\n")),
        @"mail.html:8: `+++ html` starts no part; after the HTML only `+++ text` may come, once"
    );
    insta::assert_snapshot!(
        refusal(&format!("{HEAD}{LINKS}+++ text\na\n+++ text\nb")),
        @"mail.html:10: `+++ text` starts no part; after the HTML only `+++ text` may come, once"
    );
    let preheader = "[preheader]\nid = \"a\"\nen = \"b\"\n+++\n<p>";
    insta::assert_snapshot!(
        refusal(&with_body("").replace("+++\n<p>", preheader)),
        @"mail.html:10: the preheader is not shown; add `{{ preheader }}` at the start of the body"
    );
}
