//! A policy drops or renames what people refused: no refusal is lost, and whoever publishes hears of it.

use izin_app::act::{self, Kind, Report};
use izin_app::publish::{self, Plan, State};
use izin_app::{Who, policy, stranded};
use izin_core::{Channel, Origin, Policy, Reason, RefusalKind, TopicId, Verdict};
use izin_testkit::policy::{email, purpose_id, topic};
use izin_testkit::{Shop, policy_folder};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

async fn refuse(shop: &Shop, (purpose, topic): (&str, Option<TopicId>)) {
    let no = Report {
        who: Who::Identifier(email(ANI)),
        kind: Kind::No(RefusalKind::OptedOut),
        channel: Some(Channel::Email),
        purpose: Some(purpose_id(purpose)),
        topic,
        occurred_at: None,
        detail: None,
        origin: Origin::Api,
    };
    act::report(shop, no, None, |_| String::new())
        .await
        .unwrap();
}

async fn plan(shop: &Shop, declared: &Policy) -> Plan {
    policy_folder::write(declared, &shop.settings.policy);
    let read = policy::read(&shop.settings.policy, shop.clock.now()).unwrap();
    publish::plan(shop, read).await.unwrap()
}

fn told(plan: &Plan) -> Vec<String> {
    let each = plan.stranded.iter().map(|own| own.sentence().en);
    each.collect()
}

#[tokio::test]
async fn a_no_to_a_topic_that_is_dropped_denies_its_purpose_and_whoever_publishes_is_told() {
    let shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    refuse(&shop, ("marketing", Some(topic("new_arrivals")))).await;
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "about no topic");
    let same = plan(&shop, &izin_testkit::policy::policy()).await;
    assert_eq!(told(&same), [""; 0], "the topic is there");
    let mut declared = izin_testkit::policy::policy();
    declared.topics.clear();
    let plan = plan(&shop, &declared).await;
    let [said] = told(&plan).try_into().unwrap();
    for words in [
        "1 people",
        "`new_arrivals`",
        "`marketing`",
        "that whole purpose",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let state = publish::publish(&shop, plan).await.unwrap();
    assert!(matches!(state, State::InForce { .. }), "{state:?}");
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutTopic);
    assert_eq!(shop.ask(BUDI).verdict, Verdict::Allow);
    let essential = shop.ask_about(ANI, "orders", Channel::Email);
    assert_eq!(essential.verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_no_to_a_purpose_that_is_dropped_denies_everything_on_its_channel() {
    let shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    refuse(&shop, ("personalisation", None)).await;
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    let mut declared = izin_testkit::policy::policy();
    let dropped = purpose_id("personalisation");
    declared.purposes.retain(|own| own.id != dropped);
    let [only] = stranded::noes(&shop, &declared).try_into().unwrap();
    assert_eq!((only.purpose, only.topic), (Some(dropped), None));
    assert_eq!((only.people, only.addresses), (1, 1));
    assert!(
        only.sentence().id.contains("1 orang"),
        "{}",
        only.sentence().id
    );
    let state = publish::publish(&shop, plan(&shop, &declared).await).await;
    assert!(matches!(state, Ok(State::InForce { .. })), "{state:?}");
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
    assert_eq!(shop.ask(BUDI).verdict, Verdict::Allow);
}
