//! Texts to a carrier that fails: each sent once, in doubt, or again; what somebody stopped there is a no
//! here; and nobody is sent a text by which they cannot refuse.

use izin_app::campaign::CampaignError;
use izin_app::campaign::template::Problem;
use izin_app::deliver::DeliverError;
use izin_app::deliver::carrier::CarrierError;
use izin_app::import::Kind;
use izin_app::link::LinkKind;
use izin_app::optout;
use izin_app::provider::Carriers;
use izin_core::{Channel, Origin, Reason, Request, Scope, Verdict};
use izin_store::CampaignState;
use izin_testkit::policy::purpose_id;
use izin_testkit::shop::TEXT;
use izin_testkit::{CarrierServer, CarrierTurn, Shop};
use izin_wire::carrier::{Carrier, Twilio, Whatsapp};
use serde_json::Value;

const ANI: &str = "6281200000001";
const BUDI: &str = "6281200000002";
const CICI: &str = "6281200000003";
const APPROVED: &str = r#"+++
name = "Promo"
whatsapp = "promo_akhir_tahun"
+++ id
Halo {{ shop.name }}, ini untuk {{ shop.contact }}. Balas BERHENTI untuk berhenti.
+++ en
Hello {{ shop.name }}, this is for {{ shop.contact }}. Reply STOP to opt out.
"#;

fn twilio(server: &CarrierServer) -> Carriers {
    let own = Twilio {
        api: server.url(),
        account: "AC1".to_owned(),
        token: "a token".to_owned(),
    };
    Carriers {
        sms: Some(Carrier::Twilio(own)),
        whatsapp: None,
    }
}

fn whatsapp(server: &CarrierServer) -> Carriers {
    let own = Whatsapp {
        api: server.url(),
        phone_number_id: "77".to_owned(),
        token: "a token".to_owned(),
    };
    Carriers {
        sms: None,
        whatsapp: Some(Carrier::Whatsapp(own)),
    }
}

/// A shop whose texts a carrier takes, with three people who agreed to them.
async fn shop(carriers: fn(&CarrierServer) -> Carriers) -> (CarrierServer, Shop) {
    let server = CarrierServer::start().await;
    let mut shop = Shop::open().await;
    shop.carriers = carriers(&server);
    let marketing = purpose_id("marketing");
    let purposes = &mut shop.declared.purposes;
    let own = purposes.iter_mut().find(|own| own.id == marketing);
    own.unwrap().channels.push(Channel::Whatsapp);
    let mut sender = shop.declared.senders[1].clone();
    sender.channel = Channel::Whatsapp;
    shop.declared.senders.push(sender);
    shop.reopen().await;
    let mut file =
        "phone,consent_marketing_sms,consent_marketing_whatsapp,consent_evidence\n".to_owned();
    for number in [ANI, BUDI, CICI] {
        file.push_str(&format!("+{number},yes,yes,sign-up form\n"));
    }
    shop.import(Kind::Contacts, &file).await;
    (server, shop)
}

async fn begun(shop: &Shop, source: &str, channel: Channel) -> u64 {
    let begun = shop.try_begin(source, purpose_id("marketing"), channel);
    begun.await.expect("the campaign begins")
}

fn reason(shop: &Shop, number: &str, channel: Channel) -> (Verdict, Reason) {
    let who = izin_core::Identifier::phone(&format!("+{number}"), "ID").unwrap();
    let request = Request::of(purpose_id("marketing"), channel);
    let decision = shop.decide(&izin_app::Who::Identifier(who), &request);
    (decision.verdict, decision.reason)
}

#[tokio::test]
async fn somebody_who_stopped_with_the_carrier_has_opted_out_here() {
    let (server, shop) = shop(twilio).await;
    let stopped = r#"{"code":21610,"status":400}"#;
    server.plan(ANI, &[CarrierTurn::Answer(400, stopped)]);
    let id = begun(&shop, TEXT, Channel::Sms).await;
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.refused), (2, 1));
    let no = (Verdict::Deny, Reason::OptedOutChannel);
    assert_eq!(reason(&shop, ANI, Channel::Sms), no);
    assert_eq!(reason(&shop, BUDI, Channel::Sms).0, Verdict::Allow);

    let next = begun(&shop, TEXT, Channel::Sms).await;
    shop.hand_over(next).await.unwrap();
    assert_eq!(server.texts_to(ANI).len(), 1, "and is sent nothing more");
    assert_eq!(server.texts_to(BUDI).len(), 2);
}

#[tokio::test]
async fn on_whatsapp_a_stop_is_a_no_and_the_platforms_cap_is_none() {
    let (server, shop) = shop(whatsapp).await;
    let (stop, cap) = (
        r#"{"error":{"code":131050}}"#,
        r#"{"error":{"code":131049}}"#,
    );
    server.plan(ANI, &[CarrierTurn::Answer(400, stop)]);
    server.plan(BUDI, &[CarrierTurn::Answer(400, cap)]);
    let id = begun(&shop, APPROVED, Channel::Whatsapp).await;
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.refused), (1, 2));
    let no = (Verdict::Deny, Reason::OptedOutChannel);
    assert_eq!(reason(&shop, ANI, Channel::Whatsapp), no);
    assert_eq!(reason(&shop, BUDI, Channel::Whatsapp).0, Verdict::Allow);
    assert_eq!(reason(&shop, ANI, Channel::Sms).0, Verdict::Allow);

    let [text] = server.texts_to(CICI).try_into().unwrap();
    let body: Value = serde_json::from_str(&text.body).unwrap();
    let template = &body["template"];
    assert_eq!(template["name"], "promo_akhir_tahun");
    assert_eq!(template["language"]["code"], "en");
    let blanks = &template["components"][0]["parameters"];
    let shop_name = shop.policy().controller.name.clone();
    assert_eq!(blanks[0]["text"], shop_name.as_str());
    assert_eq!(blanks.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_carrier_that_gives_no_answer_leaves_the_text_in_doubt_and_it_is_never_sent_again() {
    let turns = [
        CarrierTurn::Drop,
        CarrierTurn::Answer(502, ""),
        CarrierTurn::Answer(200, ""),
    ];
    for turn in turns {
        let (server, shop) = shop(twilio).await;
        server.plan(ANI, &[turn]);
        let id = begun(&shop, TEXT, Channel::Sms).await;
        let stopped = shop.hand_over(id).await.unwrap_err();
        let DeliverError::Carrier(CarrierError::InDoubt { .. }) = stopped else {
            panic!("{stopped}");
        };
        shop.hand_over(id).await.unwrap();
        let standing = shop.standing(id).await;
        assert_eq!((standing.in_doubt, standing.sent), (1, 2), "{turn:?}");
        assert_eq!(server.texts_to(ANI).len(), 1, "{turn:?}");
    }
}

#[tokio::test]
async fn what_was_certainly_not_taken_is_offered_again() {
    let (server, mut shop) = shop(twilio).await;
    let id = begun(&shop, TEXT, Channel::Sms).await;
    let there = shop.carriers.clone();
    shop.carriers.sms = Some(Carrier::Twilio(Twilio {
        api: "http://127.0.0.1:9".to_owned(),
        account: "AC1".to_owned(),
        token: "a token".to_owned(),
    }));
    shop.reopen().await;
    let stopped = shop.hand_over(id).await.unwrap_err().to_string();
    assert!(
        stopped.contains("127.0.0.1") && !stopped.contains(ANI),
        "{stopped}"
    );
    assert_eq!(shop.standing(id).await.waiting, 3);

    shop.carriers = there;
    shop.reopen().await;
    server.plan(ANI, &[CarrierTurn::Answer(401, r#"{"code":20003}"#)]);
    let stopped = shop.hand_over(id).await.unwrap_err();
    let DeliverError::Carrier(CarrierError::SenderRefused { status: 401, .. }) = stopped else {
        panic!("{stopped}");
    };
    server.plan(ANI, &[CarrierTurn::Answer(429, "")]);
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.state), (3, CampaignState::Done));
    assert_eq!(server.texts_to(ANI).len(), 3, "refused, not now, carried");
    assert_eq!(server.texts_to(BUDI).len(), 1);
}

#[tokio::test]
async fn a_number_that_nobody_has_is_a_fact_about_the_number() {
    let (server, shop) = shop(twilio).await;
    server.plan(ANI, &[CarrierTurn::Answer(400, r#"{"code":21211}"#)]);
    let id = begun(&shop, TEXT, Channel::Sms).await;
    shop.hand_over(id).await.unwrap();
    assert_eq!(shop.standing(id).await.refused, 1);
    let unreached = (Verdict::Deny, Reason::Undeliverable);
    assert_eq!(reason(&shop, ANI, Channel::Sms), unreached);
}

#[tokio::test]
async fn a_sender_that_hears_no_answers_sends_the_short_link_and_it_stops_texts() {
    let (server, mut shop) = shop(twilio).await;
    for own in &mut shop.declared.senders {
        own.receives_replies = false;
    }
    shop.reopen().await;
    let by_word = TEXT.replace("{{ way_out }}", "Balas BERHENTI, reply STOP");
    let refused = shop
        .try_begin(&by_word, purpose_id("marketing"), Channel::Sms)
        .await;
    let Err(CampaignError::Template(why)) = refused else {
        panic!("nobody could refuse by that text");
    };
    assert!(matches!(why.problem, Problem::NoWayOut { .. }), "{why}");

    let id = begun(&shop, TEXT, Channel::Sms).await;
    shop.hand_over(id).await.unwrap();
    let [text] = server.texts_to(ANI).try_into().unwrap();
    let words: String = izin_wire::form::pairs(&text.body)
        .find_map(|(name, value)| (name == "Body").then_some(value))
        .unwrap();
    let url = words.split(' ').find(|own| own.contains("/u/")).unwrap();
    assert!(words.len() < 160, "one message: {words}");
    let link = shop.link(LinkKind::OptOut, url);
    let scope = Scope::channel(link.channel);
    optout::by_link(&shop, &link, scope, Origin::Page)
        .await
        .unwrap();
    let no = (Verdict::Deny, Reason::OptedOutChannel);
    assert_eq!(reason(&shop, ANI, Channel::Sms), no);
    assert_eq!(reason(&shop, ANI, Channel::Whatsapp).0, Verdict::Allow);
}

#[tokio::test]
async fn a_text_by_which_nobody_can_refuse_any_more_is_not_sent() {
    let (server, mut shop) = shop(twilio).await;
    let by_word = TEXT.replace("{{ way_out }}", "Balas BERHENTI, reply STOP");
    let id = begun(&shop, &by_word, Channel::Sms).await;
    shop.queue(id).await;
    for own in &mut shop.declared.senders {
        own.receives_replies = false;
    }
    shop.reopen().await;
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!(standing.denied.get(&Reason::NoWayToRefuse), Some(&3));
    assert_eq!(server.texts().len(), 0);
}

#[tokio::test]
async fn an_opt_out_while_texts_are_queued_is_obeyed() {
    let (server, shop) = shop(twilio).await;
    let id = begun(&shop, TEXT, Channel::Sms).await;
    shop.queue(id).await;
    let who = izin_core::Identifier::phone(&format!("+{ANI}"), "ID").unwrap();
    let no = (
        who,
        izin_core::RefusalKind::OptedOut,
        Scope::channel(Channel::Sms),
        shop.clock.now(),
    );
    optout::suppress(&shop, vec![no], Origin::Api)
        .await
        .unwrap();
    shop.hand_over(id).await.unwrap();
    assert_eq!(server.texts_to(ANI).len(), 0);
    assert_eq!(shop.standing(id).await.sent, 2);
}

#[tokio::test]
async fn a_campaign_that_nobody_could_carry_or_that_is_not_approved_does_not_begin() {
    let (_server, shop) = shop(twilio).await;
    let begin =
        |source: &'static str, channel| shop.try_begin(source, purpose_id("marketing"), channel);
    let refused = begin(APPROVED, Channel::Whatsapp).await.unwrap_err();
    assert!(
        refused.to_string().contains("for WhatsApp to [whatsapp]"),
        "{refused}"
    );
    let refused = begin(TEXT, Channel::Whatsapp).await.unwrap_err();
    assert!(
        refused.to_string().contains("approved templates"),
        "{refused}"
    );
    let refused = begin("+++\nname = \"x\"\n+++\n<p>halo", Channel::Sms).await;
    assert!(refused.unwrap_err().to_string().contains("+++ id"));
    let refused = begin(
        "+++\nname = \"x\"\n+++ id\n{{ links.why }}\n+++ en\nx",
        Channel::Sms,
    )
    .await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("write one of links.opt_out"), "{refused}");
}
