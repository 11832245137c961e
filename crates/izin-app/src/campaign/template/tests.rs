//! What a template promises: `refusals` before it is sent, `rendering` while it is.

mod refusals;
mod rendering;

use super::*;

const HEAD: &str = "+++
name = \"Pilihan akhir tahun\"
[subject]
id = \"Pilihan untuk Anda dari {{ shop.name }}\"
en = \"Picked for you by {{ shop.name }}\"
+++
";
const LINKS: &str =
    "<a href=\"{{ links.opt_out }}\">Berhenti</a> <a href=\"{{ links.why }}\">Mengapa</a>\n";

fn with_body(body: &str) -> String {
    format!("{HEAD}<p>{body}</p>\n{LINKS}")
}

fn refusal(source: &str) -> String {
    Template::parse(source, "mail.html")
        .unwrap_err()
        .to_string()
}

fn shop() -> MailShop {
    MailShop {
        name: "Toko Angin".to_owned(),
        address: "Jalan Melati 7, Bandung".to_owned(),
        contact: "halo@toko.example".to_owned(),
    }
}

fn links() -> MailLinks {
    MailLinks {
        opt_out: "https://izin.example/o/abc?x=1&y=2".to_owned(),
        preferences: "https://izin.example/p/abc".to_owned(),
        why: "https://izin.example/w/abc".to_owned(),
        privacy: "https://izin.example/privacy".to_owned(),
    }
}

fn item(title: &str) -> MailItem {
    MailItem {
        title: title.to_owned(),
        description: "Tahan panas.".to_owned(),
        price: "Rp 125.000".to_owned(),
        image: String::new(),
        url: "https://toko.example/cangkir?a=1&b=2".to_owned(),
        because: "Karena Anda membeli Teko".to_owned(),
    }
}

fn render(source: &str, language: Language, name: &str) -> Result<RenderedMail, RenderError> {
    let items = [item("Cangkir <merah> & biru"), item("Lilin")];
    let context = MailContext {
        language,
        name,
        shop: &shop(),
        items: &items,
        links: &links(),
    };
    Template::parse(source, "mail.html")
        .unwrap()
        .render(&context)
}
