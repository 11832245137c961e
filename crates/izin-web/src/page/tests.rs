//! Promises of every page: what it refuses to do, what it must have, how it reads.

use std::collections::BTreeSet;

use izin_core::{Language, Level};

use super::samples::{Words, every_page, opt_out, opt_out_done, preferences, switched_off};
use super::*;

/// The most a page may weigh with its style sheet, bytes; a slow phone loads it in a second.
const PAGE_BYTES_MAX: usize = 30_000;

/// The most choices a page may put before a reader (law: no overload).
const CONTROLS_MAX: usize = 7;

/// Every page in both languages: a name for messages, and its HTML.
fn pages() -> Vec<(String, String)> {
    let of = |language| every_page(&Words::of(language)).into_iter();
    Language::ALL
        .into_iter()
        .flat_map(|language| {
            of(language).map(move |(name, html)| (format!("{name}.{language}"), html))
        })
        .collect()
}

fn customer_pages() -> Vec<(String, String)> {
    let demo = |name: &str| name.starts_with("start") || name.starts_with("mail");
    pages()
        .into_iter()
        .filter(|(name, _)| !demo(name))
        .collect()
}

/// A page without its style sheet.
fn without_style(html: &str) -> String {
    html.replace(STYLE, "")
}

/// The opening tags `<name …>` of a page.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split('<')
        .filter(|part| {
            part.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with([' ', '>']))
        })
        .filter_map(|part| part.split('>').next())
        .collect()
}

fn shown(page: &impl Template) -> String {
    page.render().unwrap()
}

#[test]
fn hostile_words_stay_words() {
    const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{ 7 }}";
    for language in Language::ALL {
        let hostile = Words {
            language,
            spoil: |_| HOSTILE.to_owned(),
        };
        let honest = every_page(&Words::of(language));
        for ((name, spoiled), (_, plain)) in every_page(&hostile).into_iter().zip(honest) {
            assert_eq!(
                spoiled.matches('<').count(),
                plain.matches('<').count(),
                "{name}"
            );
            assert!(
                !spoiled.contains("<script") && !spoiled.contains("<img"),
                "{name}"
            );
            assert!(
                spoiled.contains("&#60;script&#62;"),
                "{name} shows none of its words"
            );
        }
    }
}

#[test]
fn no_page_runs_or_loads_anything() {
    for (name, html) in pages() {
        let html = without_style(&html).to_lowercase();
        for banned in [
            "<script",
            "<link",
            "<img",
            " style=",
            "javascript:",
            "@import",
            "url(",
        ] {
            assert!(!html.contains(banned), "{name}: `{banned}`");
        }
        for handler in [" onclick", " onload", " onerror", " onsubmit", " onchange"] {
            assert!(!html.contains(handler), "{name}: `{handler}`");
        }
        for target in ["href=\"", "src=\"", "action=\""] {
            for part in html.split(target).skip(1) {
                assert!(
                    part.starts_with('/') || part.starts_with('?'),
                    "{name}: {target}{part:.20}"
                );
            }
        }
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains('<'));
}

#[test]
fn every_form_that_changes_anything_is_a_post() {
    for (name, html) in pages() {
        for form in tags(&html, "form") {
            let searches = name.starts_with("mailbox") && form.contains("class=\"search\"");
            assert!(
                form.contains("method=\"post\"") || searches,
                "{name}: {form}"
            );
        }
    }
}

#[test]
fn nothing_is_chosen_for_the_reader_and_nothing_is_asked_of_them() {
    for (name, html) in customer_pages() {
        let html = without_style(&html);
        for banned in [
            " checked",
            " selected",
            "<textarea",
            "<select",
            "type=\"text\"",
            "autofocus",
        ] {
            assert!(!html.contains(banned), "{name}: `{banned}`");
        }
        for input in tags(&html, "input") {
            assert!(input.contains("type=\"hidden\""), "{name}: {input}");
        }
    }
}

#[test]
fn the_opt_out_page_has_one_button_and_it_is_the_one_click_post() {
    for language in Language::ALL {
        for status in [AskStatus::Ask, AskStatus::NothingChanged] {
            let html = shown(&opt_out(&Words::of(language), status));
            assert_eq!(
                (tags(&html, "form").len(), tags(&html, "button").len()),
                (1, 1)
            );
            assert!(html.contains("name=\"List-Unsubscribe\" value=\"One-Click\""));
            assert!(
                tags(&html, "form")
                    .iter()
                    .all(|form| !form.contains("action"))
            );
        }
    }
}

#[test]
fn a_page_that_is_done_asks_nothing_more() {
    for language in Language::ALL {
        for status in [DoneStatus::JustNow, DoneStatus::Already] {
            let html = shown(&opt_out_done(&Words::of(language), status));
            assert!(tags(&html, "form").is_empty() && tags(&html, "button").is_empty());
            assert!(html.contains("21 November 2026"), "the status is visible");
        }
    }
}

#[test]
fn the_preference_page_offers_only_less() {
    for language in Language::ALL {
        let words = Words::of(language);
        for level in Level::ALL {
            let page = PreferencesPage {
                level,
                ..preferences(&words, None)
            };
            let html = shown(&page);
            for other in Level::ALL {
                let offered = html.contains(&format!("name=\"level\" value=\"{other}\""));
                assert_eq!(
                    offered,
                    other < level.min(Level::Purchases),
                    "{level} to {other}"
                );
            }
            let browsing = words.frame().t.level(Level::Browsing).into_owned();
            assert!(!html.contains(&browsing), "nothing uses browsing yet");
        }
        let off = shown(&preferences(&words, Some(Saved::Everything)));
        assert!(
            tags(&off, "button").is_empty(),
            "with everything off nothing is left to press"
        );
    }
}

#[test]
fn each_permission_has_its_own_control_and_words() {
    for language in Language::ALL {
        let page = preferences(&Words::of(language), None);
        let html = shown(&page);
        assert!(tags(&html, "button").len() <= CONTROLS_MAX);
        let rows: Vec<_> = page
            .purposes
            .iter()
            .flat_map(|purpose| &purpose.channels)
            .collect();
        let may_stop = rows
            .iter()
            .filter(|row| row.permission.may_be_switched_off())
            .count();
        assert!(may_stop > 0);
        assert_eq!(html.matches(form::SWITCH_OFF).count(), may_stop);
        assert_eq!(html.matches("class=\"state").count(), rows.len());
        assert!(!html.contains("state\"></p>") && !html.contains("state on\"></p>"));
    }
}

#[test]
fn stopping_everything_comes_before_the_single_choices_and_is_never_folded_away() {
    for language in Language::ALL {
        let html = shown(&preferences(&Words::of(language), None));
        let everything = html.find(form::STOP_EVERYTHING).unwrap();
        assert!(everything < html.find(form::SWITCH_OFF).unwrap());
        assert!(!html.contains("<details"));
    }
}

#[test]
fn every_button_of_a_page_has_a_name_of_its_own() {
    for (name, html) in pages() {
        let buttons: Vec<_> = html.split("<button").skip(1).collect();
        let labels: BTreeSet<_> = buttons
            .iter()
            .filter_map(|part| part.split("</button>").next())
            .collect();
        assert_eq!(labels.len(), buttons.len(), "{name}");
    }
}

#[test]
fn only_a_running_campaign_reloads_the_page() {
    for (name, html) in pages() {
        let running = name.starts_with("start_running") || name.starts_with("start_first");
        assert_eq!(html.contains("http-equiv=\"refresh\""), running, "{name}");
    }
}

#[test]
fn every_page_is_small_and_has_what_every_page_needs() {
    for (name, html) in pages() {
        assert!(html.len() <= PAGE_BYTES_MAX, "{name}: {} bytes", html.len());
        let (_, language) = name.rsplit_once('.').unwrap();
        for needed in [
            format!("<html lang=\"{language}\">"),
            format!("<style>{STYLE}</style>"),
            "<meta name=\"robots\" content=\"noindex\">".into(),
            "<meta name=\"referrer\" content=\"no-referrer\">".into(),
            "<meta name=\"viewport\"".into(),
            "href=\"?lang=id".into(),
            "href=\"?lang=en".into(),
        ] {
            assert!(html.contains(&needed), "{name}: {needed:.60}");
        }
        for once in ["<h1", "<main", "<title", "aria-current=\"true\""] {
            assert_eq!(html.matches(once).count(), 1, "{name}: `{once}`");
        }
        assert!(
            !html.contains("<title> ") && !html.contains("tabindex"),
            "{name}"
        );
    }
}

#[test]
fn every_table_cell_has_a_header_and_every_frame_a_title() {
    for (name, html) in pages() {
        assert!(
            tags(&html, "th").iter().all(|cell| cell.contains("scope=")),
            "{name}"
        );
        for frame in tags(&html, "iframe") {
            assert!(
                frame.contains("title=") && frame.contains("sandbox="),
                "{name}"
            );
            assert!(!frame.contains("allow-scripts") && !frame.contains("allow-same-origin"));
        }
    }
}

#[test]
fn the_notice_shows_the_levels_its_purposes_use_and_no_more() {
    let html = every_page(&Words::of(Language::En))
        .into_iter()
        .find_map(|(name, html)| (name == "privacy").then_some(html))
        .unwrap();
    let texts = Texts::of(Language::En);
    assert!(html.contains(&*texts.level_explained(Level::Purchases)));
    assert!(!html.contains(&*texts.level_explained(Level::Browsing)));
}

#[test]
fn text_and_edges_stand_out_in_light_and_dark() {
    let text = [
        ("text", "page"),
        ("text", "card"),
        ("soft", "page"),
        ("soft", "card"),
        ("accent", "page"),
        ("accent", "card"),
        ("accent", "tint"),
        ("text", "tint"),
        ("on-accent", "accent"),
        ("on-accent", "pressed"),
        ("on-note", "note"),
    ];
    let (light, dark) = STYLE.split_once("prefers-color-scheme: dark").unwrap();
    for (scheme, css) in [("light", light), ("dark", dark)] {
        for (front, back) in text {
            let ratio = contrast(colour(css, front), colour(css, back));
            assert!(ratio >= 4.5, "{scheme}: {front} on {back} is {ratio:.2}");
        }
        for back in ["page", "card"] {
            let ratio = contrast(colour(css, "edge"), colour(css, back));
            assert!(ratio >= 3.0, "{scheme}: edge on {back} is {ratio:.2}");
        }
    }
    assert!(
        (contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 0.01,
        "black on white is 21"
    );
    assert!(
        contrast([200.0; 3], [255.0; 3]) < 4.5,
        "light grey on white is too weak"
    );
}

/// The colour `--name: #rrggbb` of a style sheet.
fn colour(css: &str, name: &str) -> [f64; 3] {
    let (_, value) = css.split_once(&format!("--{name}: #")).unwrap();
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&value[at..at + 2], 16).unwrap()))
}

/// The contrast ratio of two colours (WCAG 2.1, relative luminance).
fn contrast(front: [f64; 3], back: [f64; 3]) -> f64 {
    let luminance = |rgb: [f64; 3]| {
        let linear = rgb.map(|value| match value / 255.0 {
            low if low <= 0.040_45 => low / 12.92,
            high => ((high + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (front, back) = (luminance(front), luminance(back));
    (front.max(back) + 0.05) / (front.min(back) + 0.05)
}

#[test]
fn the_pages_a_customer_acts_on_read_like_this() {
    for language in Language::ALL {
        let words = Words::of(language);
        for (name, html) in [
            ("opt_out", shown(&opt_out(&words, AskStatus::Ask))),
            ("done", shown(&opt_out_done(&words, DoneStatus::JustNow))),
            (
                "preferences",
                shown(&preferences(&words, Some(switched_off(&words)))),
            ),
        ] {
            insta::assert_snapshot!(format!("{name}_{language}"), without_style(&html));
        }
    }
}
