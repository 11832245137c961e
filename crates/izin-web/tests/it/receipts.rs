//! Whoever says no gets a receipt: a page, and a file that proves it.

use izin_app::audit::ReceiptFile;
use izin_app::link::LinkKind;
use izin_core::{Act, Seq};
use izin_log::VerifierKey;

use crate::shop::{BUDI, Shop, ask};

const STOP: &str = "List-Unsubscribe=One-Click";

/// The path of the receipt that a page links to.
fn receipt_path(html: &str) -> &str {
    let start = html.find("/r/").expect("a link to the receipt");
    html[start..].split(['?', '"']).next().unwrap()
}

/// Somebody who opted out by link, and the path of their receipt.
async fn opted_out(shop: &Shop) -> String {
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::OptOut, &link);
    let done = shop.send(ask("POST", &path).form(STOP)).await.text();
    receipt_path(&done).to_owned()
}

#[tokio::test]
async fn a_link_that_was_not_sealed_for_a_receipt_shows_none() {
    let shop = Shop::open().await;
    let path = opted_out(&shop).await;
    let link = shop.customer("ani@example.com").await;
    let other = shop.path(LinkKind::OptOut, &link).replace("/u/", "/r/");
    let beyond = shop.app.links.seal_receipt(Seq(9_999)).unwrap();
    for wrong in [
        "/r/x".to_owned(),
        "/r/.json".to_owned(),
        format!("{path}A"),
        format!("{path}.json.json"),
        other,
        format!("/r/{beyond}"),
        format!("/r/{beyond}.json"),
    ] {
        for method in ["GET", "POST"] {
            let answer = shop.send(ask(method, &wrong)).await;
            let expected = if wrong.contains(&beyond) && method == "POST" {
                405
            } else {
                404
            };
            assert_eq!(answer.status, expected, "{method} {wrong}");
        }
    }
    assert_eq!(shop.send(ask("POST", &path)).await.problem().0, 405);
}

#[tokio::test]
async fn the_file_behind_the_page_proves_the_no_with_the_key_alone() {
    let shop = Shop::open().await;
    let path = opted_out(&shop).await;
    let before = shop.entries().await;
    let page = shop.get(&format!("{path}?lang=en")).await;
    assert_eq!(page.status, 200);
    let html = page.text();
    assert!(
        html.contains("A no to messages") && html.contains("<svg"),
        "{html}"
    );
    assert!(
        html.contains(&format!("href=\"{path}.json\" download")),
        "{html}"
    );
    assert!(
        !html.contains("budi") && !html.contains("example.com\""),
        "{html}"
    );
    assert_eq!(page.header("cache-control"), "no-store");

    let file = shop.get(&format!("{path}.json")).await;
    assert_eq!(file.header("cache-control"), "no-store");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"izin-")
    );
    let receipt = ReceiptFile::parse(&file.text()).unwrap();
    let key = shop.get("/log/key").await.text();
    let told = format!("izin-{}.json --key {}", receipt.seq, key.trim());
    assert!(page.text().contains(&told), "how to check it: {told}");
    let key = VerifierKey::parse(key.trim()).unwrap();
    let proven = receipt.verify(&key).unwrap();
    assert!(
        matches!(proven.entry.act, Act::Refused { .. }),
        "{:?}",
        proven.entry
    );
    assert!(receipt.page.starts_with("https://izin.toko.example/r/"));
    assert_eq!(shop.entries().await, before, "looking changes nothing");

    let api = format!("/v1/receipts/{}", receipt.seq);
    let api = shop.send(ask("GET", &api).key(&shop.reader)).await.text();
    let same = ReceiptFile {
        page: receipt.page.clone(),
        ..ReceiptFile::parse(&api).unwrap()
    };
    assert_eq!(same, receipt, "a machine gets the same document");
}

#[tokio::test]
async fn a_choice_on_the_preference_page_has_its_receipt_and_nothing_changed_has_none() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::Preferences, &link);
    assert!(!shop.get(&path).await.text().contains("/r/"));
    let nothing = shop.send(ask("POST", &path).form("do=dance")).await;
    assert_eq!(nothing.status, 400);
    assert!(!nothing.text().contains("/r/"));
    for form in ["do=dial-down&level=0", "do=stop-everything"] {
        let saved = shop.send(ask("POST", &path).form(form)).await.text();
        let receipt = receipt_path(&saved);
        let file = shop.get(&format!("{receipt}.json")).await.text();
        let receipt = ReceiptFile::parse(&file).unwrap();
        let proven = receipt.verify(shop.app.signer().verifier()).unwrap();
        let fits = match proven.entry.act {
            Act::DialMoved { .. } => form.contains("dial"),
            Act::Refused { .. } => form.contains("stop"),
            _ => false,
        };
        assert!(fits, "{form}: {:?}", proven.entry);
    }
    let again = shop
        .send(ask("POST", &path).form("do=dial-down&level=0"))
        .await;
    assert!(!again.text().contains("/r/"), "it was so already");
}
