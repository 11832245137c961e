//! What a message says decides whether it goes: goods, promotion, the way out.

use izin_app::content::{self, Looked};
use izin_app::import::Kind;
use izin_app::link::LinkKind;
use izin_app::{Who, way_out};
use izin_core::policy::{Category, CodeSet};
use izin_core::{Channel, Origin, Reason, Request, Scope, Verdict};
use izin_testkit::policy::{email, purpose_id};
use izin_testkit::{MailServer, Shop};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";
const CATALOGUE: &str = "product_id,title,category,price,in_stock\n\
    P1,Cangkir,Dapur,10000,yes\nP2,Uji gula,Kesehatan > Tes,20000,yes\nP3,Kejutan,Lain,5000,yes\n";

fn marketing() -> Request {
    Request::of(purpose_id("marketing"), Channel::Email)
}

async fn shop_with_goods(server: &MailServer) -> Shop {
    let mut shop = Shop::with_mail(server).await;
    let health = ["S1".parse().unwrap()].into_iter().collect();
    shop.declared.categories = vec![
        Category {
            path: "Dapur".to_owned(),
            codes: CodeSet::EMPTY,
        },
        Category {
            path: "Kesehatan".to_owned(),
            codes: health,
        },
    ];
    shop.reopen().await;
    shop.consented(&[ANI, BUDI]).await;
    shop.import(Kind::Catalog, CATALOGUE).await;
    shop
}

fn judged(shop: &Shop, (who, body): (&Who, &str), products: &[&str], request: Request) -> Reason {
    let products: Vec<String> = products.iter().map(|own| (*own).to_owned()).collect();
    let looked = Looked {
        who,
        subject_line: "Kabar",
        body,
        products: &products,
    };
    let content = content::look(shop, &looked, &request);
    shop.decide(who, &Request { content, ..request }).reason
}

async fn page(shop: &Shop, who: &Who) -> String {
    let way_out = way_out::of(shop, who, Channel::Email).await.unwrap();
    way_out.unwrap().page_url
}

#[tokio::test]
async fn marketing_without_this_very_persons_way_out_is_not_sent() {
    let server = MailServer::start().await;
    let shop = shop_with_goods(&server).await;
    let (ani, budi) = (Who::Identifier(email(ANI)), Who::Identifier(email(BUDI)));
    let subject = Who::Subject(shop.person(ANI));
    let own = page(&shop, &ani).await;
    let others = page(&shop, &budi).await;
    let by_person = page(&shop, &subject).await;
    let token = own.rsplit('/').next().unwrap();
    let sms = way_out::of(&shop, &subject, Channel::Sms).await.unwrap();
    assert_eq!(sms, None, "nobody's number is known");
    for body in [
        "Halo",
        &others,
        token,
        &own[..own.len() - 1],
        &own.replace("/u/", "/p/"),
    ] {
        assert_eq!(
            judged(&shop, (&ani, body), &[], marketing()),
            Reason::NoWayToRefuse,
            "{body}"
        );
    }
    let escaped = format!("<a href=\"{}\">x</a>", own.replace('/', "&#x2f;"));
    for body in [&own, &escaped, &by_person] {
        assert_eq!(
            judged(&shop, (&ani, body), &[], marketing()),
            Reason::Consent,
            "{body}"
        );
    }
    assert_eq!(
        judged(&shop, (&subject, &own), &[], marketing()),
        Reason::Consent
    );
    assert_eq!(
        judged(&shop, (&subject, &others), &[], marketing()),
        Reason::NoWayToRefuse
    );
}

#[tokio::test]
async fn goods_that_reveal_something_or_that_nobody_classified_are_not_promoted() {
    let server = MailServer::start().await;
    let mut shop = shop_with_goods(&server).await;
    let ani = Who::Identifier(email(ANI));
    let own = way_out::of(&shop, &ani, Channel::Email)
        .await
        .unwrap()
        .unwrap()
        .page_url;
    for products in [&["P2"][..], &["P3"], &["P1", "P2"], &["unknown"]] {
        let reason = judged(&shop, (&ani, &own), products, marketing());
        assert_eq!(reason, Reason::SensitiveContent, "{products:?}");
    }
    assert_eq!(
        judged(&shop, (&ani, &own), &["P1"], marketing()),
        Reason::Consent
    );

    let sent = shop.send().await;
    assert_eq!(sent.sent, 2);
    let mail = server.mails_to(ANI)[0].words();
    assert!(mail.contains("Cangkir"), "{mail}");
    assert!(
        !mail.contains("Uji gula") && !mail.contains("Kejutan"),
        "{mail}"
    );

    shop.declared.categories.clear();
    shop.reopen().await;
    assert_eq!(
        judged(&shop, (&ani, &own), &["P3"], marketing()),
        Reason::Consent
    );
}

#[tokio::test]
async fn an_order_mail_that_promotes_is_not_sent() {
    let server = MailServer::start().await;
    let shop = shop_with_goods(&server).await;
    let ani = Who::Identifier(email(ANI));
    let orders = Request::of(purpose_id("orders"), Channel::Email);
    let promoting = "<p>Pesanan Anda dikirim.</p><p>Diskon 50% hari ini, belanja sekarang!</p>";
    assert_eq!(
        judged(&shop, (&ani, promoting), &[], orders),
        Reason::PromotionInService
    );
    let plain = "<p>Pesanan Anda dikirim hari ini.</p>";
    assert_eq!(judged(&shop, (&ani, plain), &[], orders), Reason::Contract);
}

#[tokio::test]
async fn the_way_out_of_any_sender_works_and_says_only_what_is_true() {
    let server = MailServer::start().await;
    let mut shop = Shop::with_mail(&server).await;
    let file = "email,phone,consent_marketing_email,consent_marketing_sms,consent_evidence\n\
                ani@example.com,+62 812-0000-0001,yes,yes,form\n";
    shop.import(Kind::Contacts, file).await;
    let ani = Who::Subject(shop.person(ANI));
    let by_mail = way_out::of(&shop, &ani, Channel::Email)
        .await
        .unwrap()
        .unwrap();
    let [(stop, ways), post] = by_mail.headers.as_slice() else {
        panic!("two headers");
    };
    let https = format!("<{}>, <mailto:izin+s", by_mail.one_click_url);
    assert!(
        stop == "List-Unsubscribe" && ways.starts_with(&https),
        "{ways}"
    );
    let pair = ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"];
    assert_eq!([post.0.as_str(), &post.1], pair);
    assert!(!format!("{by_mail:?}").contains("/u/"));

    let by_text = way_out::of(&shop, &ani, Channel::Sms)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(by_text.headers, []);
    assert!(by_text.sms_text.id.contains("BERHENTI") && by_text.sms_text.en.contains("STOP"));
    for sender in &mut shop.declared.senders {
        sender.receives_replies = false;
    }
    shop.reopen().await;
    let deaf = way_out::of(&shop, &ani, Channel::Sms)
        .await
        .unwrap()
        .unwrap();
    assert!(!deaf.sms_text.id.contains("BERHENTI") && !deaf.sms_text.en.contains("STOP"));
    assert!(deaf.sms_text.en.contains(&deaf.page_url));

    let link = shop.link(LinkKind::OptOut, &by_mail.one_click_url);
    let scope = Scope::channel(link.channel);
    izin_app::optout::by_link(&shop, &link, scope, Origin::OneClick)
        .await
        .unwrap();
    let decision = shop.ask(ANI);
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Deny, Reason::OptedOutChannel)
    );
    let nobody = Who::Identifier(email("nobody@example.com"));
    assert_eq!(
        way_out::of(&shop, &nobody, Channel::Email).await.unwrap(),
        None
    );
}
