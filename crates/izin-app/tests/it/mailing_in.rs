//! What comes back by mail: an opt-out, a complaint, a bounce. Whom it is about says a tag of ours; what
//! anybody can write silences nobody unnoticed.

use izin_app::inbound::mail::{self, Taken};
use izin_app::queue;
use izin_core::{Channel, Reason, Verdict};
use izin_store::Listed;
use izin_testkit::{Mail, MailServer, Shop};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

/// A shop that has written to Ani and Budi.
async fn shop() -> (Shop, Mail) {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI, BUDI]).await;
    let id = shop.begin().await;
    shop.queue(id).await;
    shop.hand_over(id).await.unwrap();
    let mail = server.mails_to(ANI).remove(0);
    (shop, mail)
}

async fn take(shop: &Shop, raw: &str, recipients: &[&str]) -> Taken {
    let recipients: Vec<String> = recipients.iter().map(|own| (*own).to_owned()).collect();
    mail::take(shop, raw.as_bytes(), &recipients).await.unwrap()
}

fn reason(shop: &Shop, address: &str) -> Reason {
    shop.ask(address).reason
}

async fn entries(shop: &Shop) -> u64 {
    shop.store.head().await.unwrap().size
}

async fn waiting(shop: &Shop) -> Vec<&'static str> {
    let items = queue::list(shop, Listed::Open).await.unwrap();
    items
        .iter()
        .map(|own| own.item.what.kind.as_str())
        .collect()
}

/// A delivery report about a mail.
fn bounce(to: &str, action: &str, status: &str, returned: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; somebody@example.net\r\nAction: {action}\r\nStatus: {status}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    )
}

/// A complaint about a mail.
fn complaint(kind: &str, returned: &str) -> String {
    format!(
        "From: fbl@provider.example\r\nMessage-ID: <{}@provider.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n\
         Feedback-Type: {kind}\r\nOriginal-Rcpt-To: {BUDI}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{returned}\r\n\r\nhalo\r\n--b--\r\n",
        returned.len()
    )
}

#[tokio::test]
async fn what_anybody_can_write_silences_nobody_unnoticed() {
    let (shop, sent) = shop().await;
    let before = entries(&shop).await;
    let bent = sent.mailbox().replacen("+s", "+b", 1);
    let other = sent.from.replacen("+b", "+s", 1);
    for to in [
        bent.as_str(),
        &other,
        "izin@in.toko.example",
        "izin+@in.toko.example",
        "izin+sabc@in.toko.example",
        "stop",
        "",
    ] {
        let raw = format!(
            "From: {ANI}\r\nSubject: hello\r\nAuto-Submitted: auto-replied\r\n\r\nunsubscribe"
        );
        assert_eq!(take(&shop, &raw, &[to]).await, Taken::Nothing, "{to}");
    }
    let by_address = bounce("promo@toko.example", "failed", "5.1.1", "Subject: Promo");
    let by_address = by_address.replace("somebody@example.net", ANI);
    assert_eq!(take(&shop, &by_address, &[]).await, Taken::CameBack);
    assert_eq!(entries(&shop).await, before);
    assert_eq!(
        take(&shop, &complaint("abuse", "Subject: Promo"), &[]).await,
        Taken::Queued
    );
    assert_eq!(
        entries(&shop).await,
        before,
        "nobody is silenced by an address in a report"
    );
    assert_eq!(waiting(&shop).await, ["complaint"]);
    assert_eq!(
        (shop.ask(ANI).verdict, shop.ask(BUDI).verdict),
        (Verdict::Allow, Verdict::Allow)
    );
}

#[tokio::test]
async fn whoever_writes_to_the_address_for_it_opts_out_whatever_they_write() {
    let (shop, sent) = shop().await;
    for (raw, recipients) in [
        (String::new(), vec![sent.mailbox()]),
        (
            "From: forwarder@example.org\r\nAuto-Submitted: auto-generated\r\n\r\nyes please"
                .to_owned(),
            vec![sent.mailbox().to_uppercase()],
        ),
        (
            format!(
                "To: \"Toko\" <{}>, other@example.org\r\n\r\n",
                sent.mailbox()
            ),
            Vec::new(),
        ),
    ] {
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        assert_eq!(take(&shop, &raw, &recipients).await, Taken::OptedOut);
        assert_eq!(reason(&shop, ANI), Reason::OptedOutChannel);
    }
    assert_eq!(shop.ask(BUDI).verdict, Verdict::Allow);
    let before = entries(&shop).await;
    take(&shop, "", &[&sent.mailbox()]).await;
    assert_eq!(entries(&shop).await, before, "said again");
}

#[tokio::test]
async fn the_address_for_it_still_works_when_the_person_is_gone() {
    let (mut shop, sent) = shop().await;
    let mailbox = sent.mailbox();
    shop.reopen().await;
    let asked = izin_app::erasure::Asked {
        who: izin_app::Who::Subject(shop.person(ANI)),
        origin: izin_core::Origin::Agent,
        detail: None,
    };
    izin_app::erasure::erase(&shop, asked).await.unwrap();
    let before = entries(&shop).await;
    assert_eq!(take(&shop, "", &[&mailbox]).await, Taken::OptedOut);
    assert_eq!(take(&shop, "", &[&mailbox]).await, Taken::OptedOut);
    assert!(entries(&shop).await <= before + 1);
    assert_eq!(shop.ask(ANI).verdict, Verdict::Deny);
}

#[tokio::test]
async fn a_complaint_about_a_message_of_ours_is_a_no_of_whoever_got_it() {
    for header in ["CFBL-Feedback-ID", "List-Unsubscribe", "Return-Path"] {
        let (shop, sent) = shop().await;
        let value = match header {
            "Return-Path" => format!("<{}>", sent.from),
            own => sent.header(own),
        };
        let raw = complaint("abuse", &format!("Subject: Promo\r\n{header}: {value}"));
        assert_eq!(take(&shop, &raw, &[]).await, Taken::Complained, "{header}");
        assert_eq!(reason(&shop, ANI), Reason::Complained, "{header}");
        assert_eq!(
            shop.ask(BUDI).verdict,
            Verdict::Allow,
            "the report names somebody else"
        );
        let after = entries(&shop).await;
        assert_eq!(take(&shop, &raw, &[]).await, Taken::Complained);
        assert_eq!(
            (entries(&shop).await, waiting(&shop).await),
            (after, vec!["complaint"])
        );
        for kind in ["not-spam", "fraud", "virus", "auth-failure"] {
            assert_eq!(
                take(&shop, &complaint(kind, "x: y"), &[]).await,
                Taken::Nothing,
                "{kind}"
            );
        }
    }
}

#[tokio::test]
async fn a_bounce_makes_an_address_undeliverable_only_where_there_is_none() {
    let (shop, sent) = shop().await;
    for (action, status) in [
        ("delayed", "5.1.1"),
        ("relayed", "5.1.1"),
        ("failed", "5.2.2"),
        ("failed", "5.7.1"),
        ("failed", "4.4.7"),
    ] {
        let raw = bounce(&sent.from, action, status, "");
        assert_eq!(
            take(&shop, &raw, &[&sent.from]).await,
            Taken::CameBack,
            "{action} {status}"
        );
    }
    assert_eq!(
        take(
            &shop,
            "Subject: I am away\r\n\r\n5.1.1 failed",
            &[&sent.from]
        )
        .await,
        Taken::CameBack
    );
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    let gone = bounce(&sent.from, "failed", "5.1.1", "");
    assert_eq!(
        take(&shop, &gone, &[]).await,
        Taken::Undeliverable,
        "by the address it came for"
    );
    assert_eq!(reason(&shop, ANI), Reason::Undeliverable);
    let after = entries(&shop).await;
    assert_eq!(take(&shop, &gone, &[]).await, Taken::Undeliverable);
    assert_eq!(entries(&shop).await, after, "said again");
    let orders = shop.ask_about(ANI, "marketing", Channel::Email);
    assert!(
        !orders.also.contains(Reason::OptedOutChannel),
        "a bounce is no opt-out"
    );
}

#[tokio::test]
async fn a_bounce_that_lost_its_tag_is_known_by_the_mail_in_it() {
    let (shop, sent) = shop().await;
    let returned = format!(
        "Subject: Promo\r\nList-Unsubscribe: {}",
        sent.header("List-Unsubscribe")
    );
    let gone = bounce("promo@toko.example", "failed", "5.1.1", &returned);
    assert_eq!(take(&shop, &gone, &[]).await, Taken::Undeliverable);
    assert_eq!(reason(&shop, ANI), Reason::Undeliverable);
}

#[tokio::test]
async fn a_sentence_to_the_shop_that_may_be_a_no_counts_as_one_and_waits() {
    let (shop, _) = shop().await;
    let raw = format!(
        "From: \"Ani\" <{ANI}>\r\nMessage-ID: <1@example.com>\r\nSubject: Re: Promo\r\n\r\ntolong jangan kirim promo lagi\r\n"
    );
    for _ in 0..2 {
        assert_eq!(
            take(&shop, &raw, &["promo@toko.example"]).await,
            Taken::Queued
        );
        assert_eq!(reason(&shop, ANI), Reason::RefusalPresumed);
        assert_eq!(waiting(&shop).await, ["presumed_refusal"]);
    }
    let harmless = format!(
        "From: {BUDI}\r\nSubject: Re: Promo\r\n\r\nApakah masih ada?\r\n> Berhenti: https://izin.toko.example/u/x\r\n> stop\r\n"
    );
    assert_eq!(
        take(&shop, &harmless, &["promo@toko.example"]).await,
        Taken::Nothing
    );
    assert_eq!(shop.ask(BUDI).verdict, Verdict::Allow);
}
