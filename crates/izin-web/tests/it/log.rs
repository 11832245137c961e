//! The public side of the log.

use izin_log::{Checkpoint, Receipt, VerifierKey};
use serde_json::json;

use crate::shop::{BUDI, Shop, ask};

#[tokio::test]
async fn nothing_beyond_the_signed_size_is_served() {
    let shop = Shop::open().await;
    assert_eq!(
        shop.get("/log/tile/0/000.p/1").await.problem().0,
        404,
        "nothing is signed yet"
    );
    shop.customer(BUDI).await;
    assert_eq!(shop.get("/log/checkpoint").await.status, 200);
    let size = shop.entries().await;
    for path in [
        format!("0/000.p/{}", size + 1),
        "0/000".to_owned(),
        "1/000.p/1".to_owned(),
        format!("entries/000.p/{}", size + 1),
        "0/00.p/1".to_owned(),
        "checkpoint".to_owned(),
        "../key".to_owned(),
    ] {
        assert_eq!(
            shop.get(&format!("/log/tile/{path}")).await.problem().0,
            404,
            "{path}"
        );
    }
    for width in 1..=size {
        let tile = shop.get(&format!("/log/tile/0/000.p/{width}")).await;
        assert_eq!(
            tile.body.len() as u64,
            width * 32,
            "also for older checkpoints"
        );
        assert_eq!(tile.header("cache-control"), "no-cache");
        assert_eq!(
            shop.get(&format!("/log/tile/entries/000.p/{width}"))
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn an_entry_that_is_not_there_has_no_receipt() {
    let shop = Shop::open().await;
    for seq in [
        "99",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "x",
    ] {
        let asked = ask("GET", &format!("/v1/receipts/{seq}")).key(&shop.reader);
        assert_eq!(
            shop.send(asked).await.problem(),
            (404, "no_such_entry".to_owned()),
            "{seq}"
        );
    }
}

#[tokio::test]
async fn a_stranger_checks_a_receipt_with_the_published_key() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let key = shop.get("/log/key").await.text();
    let key = VerifierKey::parse(key.trim_end()).unwrap();
    let answer = shop
        .act(&json!({"subject": {"email": BUDI}, "act": "optout"}))
        .await
        .json();
    let asked = ask("GET", &format!("/v1/receipts/{}", answer["seq"])).key(&shop.reader);
    let receipt = shop.send(asked).await.json();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    let bytes: Vec<u8> = (0..text("leaf").len() / 2)
        .map(|at| u8::from_str_radix(&text("leaf")[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let leaf = izin_log::Leaf::decode(&bytes).unwrap();
    let proof = Receipt::parse(&text("receipt")).unwrap();
    let checkpoint = proof.verify(&leaf.hash(), &key).unwrap();
    assert_eq!(checkpoint.head().size, shop.entries().await);
    assert_eq!(text("checkpoint"), proof.checkpoint);
    let published = shop.get("/log/checkpoint").await.text();
    assert_eq!(Checkpoint::open(&published, &key).unwrap(), checkpoint);
    let mut other = leaf;
    other.kind += 1;
    assert!(proof.verify(&other.hash(), &key).is_err());
}

#[tokio::test]
async fn the_description_of_the_api_is_this() {
    let shop = Shop::open().await;
    let mut description = shop.get("/openapi.json").await.json();
    for path in description["paths"].as_object().unwrap().keys() {
        let answer = shop
            .get(&path.replace("{seq}", "0").replace("{path}", "x"))
            .await;
        let unknown = answer.status == 404 && answer.json()["detail"].is_null();
        assert!(!unknown, "{path} is described and not served");
    }
    description["info"]["version"] = json!("whichever");
    insta::with_settings!({prepend_module_to_snapshot => false}, {
    insta::assert_json_snapshot!(description);
    });
}
