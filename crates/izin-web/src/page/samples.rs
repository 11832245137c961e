//! Realistic pages of an invented shop, for the tests: every page and variant in both languages.

use askama::DynTemplate;
use izin_core::law::{Basis, Regime};
use izin_core::{Channel, Language, Level};

use super::*;

mod demo;

const SHOP: &str = "Toko Senja";
const ADDRESS: &str = "b•••@example.com";
const CONTACT: &str = "halo@senja.example";
const PREFERENCES: &str = "/p/3q8Zk1v0c7XhJmYw2bTn";
const OPT_OUT: &str = "/u/9fKd02LxPz6RwqAe5sUv";
const WHY: &str = "/why/5tGh71MnBv4CxzQw8dFj";
const RECEIPT: &str = "/r/7mNp20QsTu9VwXy3zAbC";

/// What the sample's words look like: a language, and what becomes of each text.
pub(crate) struct Words {
    pub(crate) language: Language,
    pub(crate) spoil: fn(&str) -> String,
}

impl Words {
    /// Honest words.
    pub(crate) fn of(language: Language) -> Self {
        Self {
            language,
            spoil: str::to_owned,
        }
    }

    fn text(&self, id: &str, en: &str) -> String {
        match self.language {
            Language::Id => (self.spoil)(id),
            Language::En => (self.spoil)(en),
        }
    }

    fn same(&self, text: &str) -> String {
        (self.spoil)(text)
    }

    pub(crate) fn frame(&self) -> Frame {
        Frame::new(self.language, self.same(SHOP))
    }
}

fn news(w: &Words) -> String {
    w.text("Kabar dan penawaran", "News and offers")
}

pub(crate) fn opt_out(w: &Words, status: AskStatus) -> OptOutPage {
    OptOutPage {
        frame: w.frame(),
        status,
        address: w.same(ADDRESS),
        channel: Channel::Email,
        stops: vec![news(w)],
        preferences_path: w.same(PREFERENCES),
    }
}

pub(crate) fn opt_out_done(w: &Words, status: DoneStatus) -> OptOutDonePage {
    let whatsapp = match status {
        DoneStatus::JustNow => vec![],
        DoneStatus::Already => vec![format!("{}, WhatsApp", news(w))],
    };
    OptOutDonePage {
        frame: w.frame(),
        status,
        address: w.same(ADDRESS),
        channel: Channel::Email,
        since: w.same("21 November 2026"),
        stopped: vec![news(w)],
        still_on: whatsapp,
        preferences_path: w.same(PREFERENCES),
        receipt_path: w.same(RECEIPT),
    }
}

/// What a press on one "switch off" did.
pub(crate) fn switched_off(w: &Words) -> Saved {
    Saved::SwitchedOff {
        title: news(w),
        channel: Channel::Whatsapp,
    }
}

pub(crate) fn preferences(w: &Words, saved: Option<Saved>) -> PreferencesPage {
    let since = || w.text("3 Maret 2026", "3 March 2026");
    let row = |channel, permission| ChannelRow {
        channel,
        permission,
    };
    let stopped = saved == Some(Saved::Everything);
    let email = if stopped {
        Permission::Off {
            since: w.same("21 November 2026"),
        }
    } else {
        Permission::On { since: since() }
    };
    PreferencesPage {
        frame: w.frame(),
        receipt_path: saved
            .as_ref()
            .filter(|own| **own != Saved::NothingChanged)
            .map(|_| w.same(RECEIPT)),
        saved,
        address: w.same(ADDRESS),
        purposes: vec![
            PurposeRow {
                id: w.same("marketing"),
                title: news(w),
                explanation: w.text(
                    "Produk baru, potongan harga, dan cerita dari toko; paling banyak dua kali seminggu.",
                    "New products, discounts and stories from the shop; at most twice a week.",
                ),
                channels: vec![
                    row(Channel::Email, email),
                    row(Channel::Whatsapp, Permission::Off { since: since() }),
                ],
            },
            PurposeRow {
                id: w.same("reviews"),
                title: w.text("Permintaan ulasan", "Review requests"),
                explanation: w.text(
                    "Satu pertanyaan setelah pesanan tiba.",
                    "One question after an order has arrived.",
                ),
                channels: vec![row(Channel::Email, Permission::NeverAgreed)],
            },
            PurposeRow {
                id: w.same("orders"),
                title: w.text("Pesanan Anda", "Your orders"),
                explanation: w.text(
                    "Bukti bayar, pengiriman, dan pengembalian.",
                    "Receipts, delivery and returns.",
                ),
                channels: vec![row(Channel::Email, Permission::Needed(Basis::Contract))],
            },
        ],
        level: if stopped { Level::Contextual } else { Level::Purchases },
        shop_contact: w.same(CONTACT),
        why_path: Some(w.same(WHY)),
    }
}

fn why(w: &Words) -> WhyPage {
    WhyPage {
        frame: w.frame(),
        campaign: w.text("Kopi baru bulan November", "New coffees in November"),
        sent: w.same("21 November 2026"),
        channel: Channel::Email,
        address: w.same(ADDRESS),
        basis: w.text(
            "Anda setuju menerima kabar dan penawaran lewat email.",
            "You agreed to receive news and offers by email.",
        ),
        consent: Some(ConsentView {
            given: w.text("3 Maret 2026", "3 March 2026"),
            source: w.text("Formulir pembayaran di toko", "The shop's checkout form"),
            notice: Some(w.same("3")),
        }),
        level: Level::Purchases,
        data: vec![
            w.text(
                "Jenis barang yang pernah Anda beli",
                "Kinds of goods you bought",
            ),
            w.text("Bahasa Anda", "Your language"),
        ],
        decision: w.text(
            "Dipilih karena mirip dengan barang yang pernah Anda beli.",
            "Chosen because it is similar to goods you bought before.",
        ),
        decision_code: w.same("consent"),
        seq: 48_213,
        stopped_since: None,
        preferences_path: w.same(PREFERENCES),
        opt_out_path: w.same(OPT_OUT),
    }
}

fn receipt(w: &Words) -> ReceiptPage {
    ReceiptPage {
        frame: w.frame(),
        what: w.text("Penolakan pesan", "A no to messages"),
        recorded: w.same("21 November 2026"),
        signed: w.same("21 November 2026"),
        seq: 48_213,
        size: 48_220,
        log: w.same("izin.senja.example"),
        url: w.same("https://izin.senja.example/r/7mNp20QsTu9VwXy3zAbC"),
        code: QrCode::of("https://izin.senja.example/r/7mNp20QsTu9VwXy3zAbC"),
        file_path: w.same("/r/7mNp20QsTu9VwXy3zAbC.json"),
        key: w.same("izin.senja.example+4ed1b7a0+AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMnOpQr"),
    }
}

fn privacy(w: &Words) -> PrivacyPage {
    let text = |id, en| w.text(id, en);
    PrivacyPage {
        frame: w.frame(),
        controller: Controller {
            name: w.same("PT Senja Contoh"),
            address: text(
                "Jalan Contoh 1, Bandung",
                "Jalan Contoh 1, Bandung, Indonesia",
            ),
            contact: w.same(CONTACT),
            officer: Some(Officer {
                name: w.same("Ratna Contoh"),
                contact: w.same("dpo@senja.example"),
            }),
        },
        opening: Some(text("Kami <singkat> saja.", "We are <brief>.")),
        closing: Some(text("Tanyakan saja.", "Just ask.")),
        purposes: vec![
            PurposeNotice {
                title: news(w),
                explanation: text(
                    "Mengabarkan produk baru dan potongan harga.",
                    "To tell you about new products and discounts.",
                ),
                class: PurposeClass::Marketing,
                bases: vec![
                    (Regime::UuPdp, Basis::Consent),
                    (Regime::Gdpr, Basis::Consent),
                ],
                channels: vec![Channel::Email, Channel::Whatsapp],
                fields: vec![
                    text("alamat email", "email address"),
                    text("pembelian", "purchases"),
                ],
                recipients: vec![text(
                    "Pengirim Contoh (mengirim email)",
                    "Pengirim Contoh (sends the emails)",
                )],
                retention: text(
                    "24 bulan setelah pesanan terakhir",
                    "24 months after your last order",
                ),
                highest_level: Level::Purchases,
            },
            PurposeNotice {
                title: text("Statistik toko", "Shop statistics"),
                explanation: text(
                    "Menghitung barang yang paling disukai, tanpa melihat orang per orang.",
                    "To count which goods are liked most, without looking at single people.",
                ),
                class: PurposeClass::AggregateStatistics,
                bases: vec![(Regime::UuPdp, Basis::LegitimateInterest)],
                channels: vec![],
                fields: vec![text("pembelian", "purchases")],
                recipients: vec![],
                retention: text("24 bulan", "24 months"),
                highest_level: Level::Trends,
            },
        ],
        version: w.same("3"),
        effective: text("1 Februari 2026", "1 February 2026"),
    }
}

/// Every page and variant, by name, as HTML.
pub(crate) fn every_page(w: &Words) -> Vec<(&'static str, String)> {
    let show = |page: &dyn DynTemplate| page.dyn_render().unwrap();
    let contact = || w.same(CONTACT);
    vec![
        ("opt_out", show(&opt_out(w, AskStatus::Ask))),
        (
            "opt_out_nothing_changed",
            show(&opt_out(w, AskStatus::NothingChanged)),
        ),
        ("done", show(&opt_out_done(w, DoneStatus::JustNow))),
        ("done_already", show(&opt_out_done(w, DoneStatus::Already))),
        ("preferences", show(&preferences(w, None))),
        (
            "preferences_saved",
            show(&preferences(w, Some(switched_off(w)))),
        ),
        (
            "preferences_all_off",
            show(&preferences(w, Some(Saved::Everything))),
        ),
        (
            "preferences_nothing",
            show(&preferences(w, Some(Saved::NothingChanged))),
        ),
        ("why", show(&why(w))),
        ("receipt", show(&receipt(w))),
        ("privacy", show(&privacy(w))),
        (
            "not_found",
            show(&NotFoundPage {
                frame: w.frame(),
                shop_contact: contact(),
            }),
        ),
        (
            "error",
            show(&ErrorPage {
                frame: w.frame(),
                shop_contact: contact(),
            }),
        ),
        ("start", show(&demo::start(w, CampaignStage::NotYet))),
        ("start_first", show(&demo::start_at_first(w))),
        (
            "start_running",
            show(&demo::start(
                w,
                CampaignStage::Running {
                    done: 1800,
                    total: 4372,
                },
            )),
        ),
        (
            "start_finished",
            show(&demo::start(
                w,
                CampaignStage::Finished(demo::campaign(w, Some(2615))),
            )),
        ),
        ("mailbox", show(&demo::mailbox(w, "", 2615))),
        (
            "mailbox_none",
            show(&demo::mailbox(w, "tidak-ada@example.com", 0)),
        ),
        ("mailbox_empty", show(&demo::mailbox(w, "", 0))),
        ("mail", show(&demo::mail(w))),
    ]
}
