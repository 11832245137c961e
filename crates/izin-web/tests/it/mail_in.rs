//! Mail that a mail server elsewhere passes on.

use izin_app::link::TagKind;
use izin_testkit::provider::MAIL_PASSWORD;

use crate::shop::{Shop, ask};

#[tokio::test]
async fn a_mail_is_taken_from_a_mail_server_elsewhere_that_says_its_password() {
    const MAIL: &str = "/hooks/email/raw";
    let shop = Shop::open().await;
    let link = shop.customer("ani@example.com").await;
    let tag = shop.app.links.tag(TagKind::OptOut, &link);
    let to = format!("izin+{tag}@in.toko.example");
    let mail = |key: &str| {
        ask("POST", MAIL)
            .key(key)
            .with("x-recipient", &to)
            .body("message/rfc822", "Subject: x\r\n\r\n")
    };
    assert_eq!(shop.send(mail("guess")).await.problem().0, 401);
    assert_eq!(shop.send(ask("GET", MAIL)).await.problem().0, 405);
    assert_eq!(shop.decide("ani@example.com").await["decision"], "allow");
    let long = "x".repeat(5 * 1024 * 1024);
    let nothing = ask("POST", MAIL)
        .key(MAIL_PASSWORD)
        .body("message/rfc822", long);
    assert_eq!(shop.send(nothing).await.json()["taken"], "nothing");
    let answer = shop.send(mail(MAIL_PASSWORD)).await;
    assert_eq!(answer.json()["taken"], "opted_out");
    let decision = shop.decide("ani@example.com").await;
    assert_eq!(decision["reason"], "opted_out_channel");
}
