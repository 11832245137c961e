//! One story from the first import to the second: no means no, at once and for good.

use izin_app::import::Kind;
use izin_core::{Channel, Reason, Verdict};
use izin_testkit::{MailServer, Shop};

const CONTACTS: &str = "\
customer,email,name,language,consent_marketing_email,consent_evidence
C1,ani@example.com,Ani,id,yes,sign-up form
C2,budi@example.com,Budi,en,yes,sign-up form
C3,citra@example.com,Citra,en,,
";
const PURCHASES: &str = "\
customer_id,order_id,ts,product_id,description,quantity,unit_price
C1,O1,2026-11-01,P1,Kettle,1,125000
C2,O2,2026-11-02,P2,Cup,2,45000
";
/// The same people as another system writes them, once more with a yes.
const CONTACTS_AGAIN: &str = "\
email,consent_marketing_email,consent_evidence,consent_at
ANI@Example.COM,yes,newer form,2026-11-22
Budi@Example.com.,yes,newer form,2026-11-22
";

async fn shop(server: &MailServer) -> Shop {
    let shop = Shop::with_mail(server).await;
    shop.import(Kind::Contacts, CONTACTS).await;
    shop.import(Kind::Purchases, PURCHASES).await;
    shop
}

#[tokio::test]
async fn who_opts_out_by_the_link_of_a_mail_hears_nothing_more() {
    let server = MailServer::start().await;
    let mut shop = shop(&server).await;

    let first = shop.send().await;
    assert_eq!((first.considered, first.sent), (3, 2));
    assert_eq!(first.denied[&Reason::NoConsent], 1);
    let [mail] = &server.mails_to("ani@example.com")[..] else {
        panic!("one mail to Ani");
    };
    assert_eq!(
        mail.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );

    let url = mail.one_click_url();
    assert!(!shop.press(&url).await.already);
    let decision = shop.ask("ani@example.com");
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Deny, Reason::OptedOutChannel)
    );
    assert!(
        shop.press(&url).await.already,
        "pressing again changes nothing"
    );
    assert_eq!(shop.ask("budi@example.com").verdict, Verdict::Allow);

    let second = shop.send().await;
    assert_eq!(
        (second.sent, second.denied[&Reason::OptedOutChannel]),
        (1, 1)
    );
    assert_eq!(server.mails_to("ani@example.com").len(), 1);

    shop.reopen().await;
    assert_eq!(shop.ask("ani@example.com").reason, Reason::OptedOutChannel);

    shop.wait_days(2);
    shop.import(Kind::Contacts, CONTACTS_AGAIN).await;
    let decision = shop.ask("Ani@example.com");
    assert_eq!(decision.reason, Reason::OptedOutChannel);
    assert!(
        decision.also.contains(Reason::AwaitingConfirmation),
        "the new yes waits"
    );
    shop.reopen().await;
    shop.press(&url).await;
    shop.send().await;
    assert_eq!(server.mails_to("ani@example.com").len(), 1);
    assert_eq!(server.mails_to("budi@example.com").len(), 3);
}

#[tokio::test]
async fn requirement_29_who_opts_out_between_the_queue_and_the_hand_over_is_dropped() {
    let server = MailServer::start().await;
    let shop = shop(&server).await;
    shop.send().await;
    let url = server.mails_to("ani@example.com")[0].one_click_url();
    let id = shop.begin().await;
    shop.queue(id).await;
    assert_eq!(shop.standing(id).await.waiting, 2);

    shop.press(&url).await;
    shop.hand_over(id).await.unwrap();

    let standing = shop.standing(id).await;
    assert_eq!((standing.queued, standing.sent), (2, 1));
    assert_eq!(standing.denied[&Reason::OptedOutChannel], 1);
    let ani = shop.person("ani@example.com");
    let message = shop.store.message(id, ani).await.unwrap().unwrap();
    assert_eq!(message.state, izin_store::MessageState::Dropped);
    assert_eq!(message.reason, Reason::OptedOutChannel);
    assert_eq!(server.mails_to("ani@example.com").len(), 1);
}

#[tokio::test]
async fn essential_messages_still_come() {
    let server = MailServer::start().await;
    let shop = shop(&server).await;
    shop.send().await;
    shop.press(&server.mails_to("ani@example.com")[0].one_click_url())
        .await;
    let order = shop.ask_about("ani@example.com", "orders", Channel::Email);
    assert_eq!(
        (order.verdict, order.reason),
        (Verdict::Allow, Reason::Contract)
    );
}

#[tokio::test]
async fn of_two_people_with_one_address_one_gets_the_mail_and_either_can_stop_it() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    let file = "customer,email,consent_marketing_email,consent_evidence\n\
                C1,kami@example.com,yes,form\nC2,Kami@Example.com,yes,form\n";
    shop.import(Kind::Contacts, file).await;
    assert_eq!(shop.gate.everybody().len(), 2);

    assert_eq!(shop.send().await.sent, 1);
    let mails = server.mails_to("kami@example.com");
    assert_eq!(mails.len(), 1);

    shop.press(&mails[0].one_click_url()).await;
    let standing = shop.send().await;
    assert_eq!(
        (standing.sent, standing.denied[&Reason::OptedOutChannel]),
        (0, 1)
    );
    let third = "customer,email,consent_marketing_email,consent_evidence\n\
                 C3,KAMI@example.com,yes,form\n";
    shop.import(Kind::Contacts, third).await;
    assert_eq!(shop.send().await.sent, 0);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn one_of_two_who_never_agreed_keeps_their_address_quiet() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    let file = "customer,email,consent_marketing_email,consent_evidence\n\
                C1,kami@example.com,yes,form\nC2,kami@example.com,,\n";
    shop.import(Kind::Contacts, file).await;
    assert_eq!(shop.ask("kami@example.com").reason, Reason::NoConsent);
    assert_eq!(shop.send().await.sent, 0);
}

#[tokio::test]
async fn a_mail_says_nothing_of_its_reader_in_its_links() {
    let server = MailServer::start().await;
    let shop = shop(&server).await;
    shop.send().await;
    let mail = &server.mails_to("ani@example.com")[0];
    let person = shop.person("ani@example.com").to_string();
    let url = mail.one_click_url();
    for secret in ["ani", "C1", &person] {
        assert!(!url.contains(secret), "{secret} in {url}");
    }
}
