//! What changes in the policy is told before it takes effect; a crash changes nothing about that.

use izin_app::import::Kind;
use izin_app::publish::{self, PublishError, State};
use izin_app::{deliver, policy};
use izin_core::law::Basis;
use izin_core::policy::{Bases, Class, Recipient, RecipientId, Role, Text};
use izin_core::{Act, Channel, Policy, Reason, Verdict};
use izin_store::{CampaignState, Committed, MessageState};
use izin_testkit::policy::{purpose, purpose_id};
use izin_testkit::{MailServer, Shop, Turn, policy_folder};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";
const SARI: &str = "sari@example.com";

/// The testkit's policy with a purpose by which people may be told.
pub(crate) fn with_notices() -> Policy {
    let mut declared = izin_testkit::policy::policy();
    let mut notices = purpose("notices", Class::Essential, &[Channel::Email]);
    notices.basis = Bases::Same(Basis::LegalObligation);
    declared.purposes.push(notices);
    declared
}

fn with_recipient(role: Role) -> Policy {
    let mut declared = with_notices();
    let id = RecipientId::parse("partner").unwrap();
    let name = "Mitra Contoh <{{ x }}>".to_owned();
    declared.recipients.push(Recipient {
        id,
        name: Text {
            id: name.clone(),
            en: name,
        },
        role,
        country: "ID".parse().unwrap(),
        safeguard: None,
    });
    let marketing = purpose_id("marketing");
    let own = declared.purposes.iter_mut().find(|own| own.id == marketing);
    own.unwrap().recipients.push(id);
    declared
}

/// The folder as the shop would read it.
fn folder(shop: &Shop, declared: &Policy) -> Policy {
    policy_folder::write(declared, &shop.settings.policy);
    policy::read(&shop.settings.policy, shop.clock.now()).unwrap()
}

async fn try_publish(shop: &Shop, declared: &Policy) -> Result<State, PublishError> {
    let plan = publish::plan(shop, folder(shop, declared)).await?;
    publish::publish(shop, plan).await
}

pub(crate) async fn publish(shop: &Shop, declared: &Policy) -> State {
    try_publish(shop, declared).await.unwrap()
}

/// A shop whose policy can tell people; Ani and Budi agreed, Sari agreed and opted out.
async fn shop_of_three() -> (MailServer, Shop) {
    let server = MailServer::start().await;
    let mut shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI, BUDI, SARI]).await;
    shop.opt_out(SARI).await;
    assert_eq!(
        publish(&shop, &with_notices()).await,
        State::InForce { version: 2 },
        "a purpose that nothing rests on yet concerns nobody"
    );
    shop.declared = with_notices();
    (server, shop)
}

async fn announcing(shop: &Shop, declared: &Policy) -> u64 {
    match publish(shop, declared).await {
        State::Announcing { campaign, .. } => campaign,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_that_people_must_be_told_of_is_published_without_a_way_to_tell_them() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI]).await;
    let mut declared = with_recipient(Role::Processor);
    declared
        .purposes
        .retain(|own| own.id != purpose_id("notices"));
    let refused = try_publish(&shop, &declared).await;
    assert!(
        matches!(refused, Err(PublishError::NoPurpose(1))),
        "{refused:?}"
    );

    let cannot_send = Shop::open().await;
    cannot_send.consented(&[ANI]).await;
    publish(&cannot_send, &with_notices()).await;
    let refused = try_publish(&cannot_send, &with_recipient(Role::Processor)).await;
    assert!(
        matches!(refused, Err(PublishError::NoMailServer(1))),
        "{refused:?}"
    );
    let newest = cannot_send.store.policy().await.unwrap().unwrap();
    assert_eq!(newest.version, 2, "nothing was recorded");
}

#[tokio::test]
async fn a_new_processor_takes_effect_only_after_its_announcements_were_handed_over() {
    let (server, shop) = shop_of_three().await;
    server.plan(ANI, &[Turn::RefuseForNow]);
    let campaign = announcing(&shop, &with_recipient(Role::Processor)).await;

    shop.hand_over(campaign).await.unwrap();
    assert_eq!(server.mails().len(), 1, "Ani's server refused for now");
    assert_eq!(shop.policy().version, 2);
    assert_eq!(
        shop.ask(ANI).verdict,
        Verdict::Allow,
        "nothing is denied meanwhile"
    );

    shop.hand_over(campaign).await.unwrap();
    assert_eq!(shop.policy().version, 3);
    assert_eq!(
        shop.ask(ANI).verdict,
        Verdict::Allow,
        "a processor leaves consents as they are"
    );
    let told = [ANI, BUDI, SARI].map(|own| server.mails_to(own).len());
    assert_eq!(told, [1, 1, 0], "whose data is not used is not written to");
    let mail = server.mails_to(ANI)[0].words();
    for words in [
        "About marketing",
        "Mitra Contoh <(( x ))> (ID), on our behalf; recipients before: none",
        "/privacy",
    ] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    assert!(!mail.contains("partner"), "a name in files: {mail}");
}

#[tokio::test]
async fn a_new_channel_is_told_to_those_whom_its_purpose_reached_and_leaves_their_consents() {
    let (server, shop) = shop_of_three().await;
    let mut declared = with_notices();
    declared.purposes[0].channels.push(Channel::Site);
    let plan = publish::plan(&shop, folder(&shop, &declared))
        .await
        .unwrap();
    assert_eq!((plan.audience.reached, plan.audience.unreachable), (2, 0));
    let campaign = announcing(&shop, &declared).await;
    shop.hand_over(campaign).await.unwrap();
    let told = [ANI, BUDI, SARI].map(|own| server.mails_to(own).len());
    assert_eq!((told, shop.policy().version), ([1, 1, 0], 3));
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "by e-mail as before");
    let mail = server.mails_to(ANI)[0].words();
    assert!(
        mail.contains("the shop's own pages") && mail.contains("before only by e-mail"),
        "{mail}"
    );
}

#[tokio::test]
async fn requirement_17_a_new_independent_recipient_makes_old_consents_stale_and_old_versions_stay()
{
    let (_server, shop) = shop_of_three().await;
    let campaign = announcing(&shop, &with_recipient(Role::Independent)).await;
    assert_eq!(
        shop.ask(ANI).verdict,
        Verdict::Allow,
        "not before it takes effect"
    );
    shop.hand_over(campaign).await.unwrap();
    let decision = shop.ask(ANI);
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Deny, Reason::ConsentStale)
    );
    assert_eq!(decision.policy, 3);
    let all = shop.store.policies().await.unwrap();
    let read: Vec<_> = all.iter().filter_map(publish::read).collect();
    assert_eq!(read.len(), 3);
    assert!(read[1].recipients.is_empty() && !read[2].recipients.is_empty());

    shop.wait_days(1);
    publish(&shop, &with_notices()).await;
    assert_eq!(
        shop.ask(ANI).verdict,
        Verdict::Allow,
        "what is done now lies in the consent again"
    );
}

#[tokio::test]
async fn requirement_17_a_yes_older_than_every_version_covers_no_more_than_the_first() {
    const OLD: &str = "tono@example.com";
    let (_server, shop) = shop_of_three().await;
    let campaign = announcing(&shop, &with_recipient(Role::Independent)).await;
    shop.hand_over(campaign).await.unwrap();
    let file = format!(
        "email,consent_marketing_email,consent_at,consent_evidence\n\
         {OLD},yes,2022-03-02,paper form\n"
    );
    shop.import(Kind::Contacts, &file).await;
    let decision = shop.ask(OLD);
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Deny, Reason::ConsentStale),
        "what Ani agreed to under version 1 is not wider than what Tono agreed to before"
    );

    shop.wait_days(1);
    publish(&shop, &with_notices()).await;
    let decision = shop.ask(OLD);
    assert_eq!(
        (decision.verdict, decision.notice),
        (Verdict::Allow, Some(1))
    );
}

#[tokio::test]
async fn an_editorial_change_takes_effect_at_once_and_nobody_is_written_to() {
    let (server, shop) = shop_of_three().await;
    let mut declared = with_notices();
    declared.purposes[0].explanation.en.push_str(" Really.");
    assert_eq!(
        publish(&shop, &declared).await,
        State::InForce { version: 3 }
    );
    assert_eq!((shop.policy().version, server.mails().len()), (3, 0));
    assert_eq!(
        publish(&shop, &declared).await,
        State::InForce { version: 3 }
    );
}

#[tokio::test]
async fn starting_with_a_folder_that_people_must_be_told_of_keeps_the_version_in_force() {
    let (_server, mut shop) = shop_of_three().await;
    shop.declared = with_recipient(Role::Processor);
    shop.reopen().await;
    assert_eq!(shop.policy().version, 2);
    assert!(shop.policy().recipients.is_empty());
    shop.declared = with_notices();
    shop.declared.purposes[0].title.en.push_str(" news");
    shop.reopen().await;
    assert_eq!(shop.policy().version, 3, "words alone need no telling");
}

#[tokio::test]
async fn a_crash_between_publishing_and_taking_effect_is_made_good_and_nobody_is_told_twice() {
    let (server, mut shop) = shop_of_three().await;
    let declared = with_recipient(Role::Processor);
    // Right after the version was entered: its announcement never began.
    let body = serde_json::to_value(folder(&shop, &declared)).unwrap();
    let now = shop.clock.now();
    let published = shop.store.publish(body.to_string(), Vec::new(), now);
    published.await.unwrap();
    shop.declared = declared;
    shop.reopen().await;
    assert_eq!(shop.policy().version, 2);

    // In the middle of the hand-over: one message went out, the other did not.
    server.plan(BUDI, &[Turn::RefuseForNow]);
    deliver::hand_over_unfinished(&shop).await.unwrap();
    shop.reopen().await;
    assert_eq!((shop.policy().version, server.mails().len()), (2, 1));

    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(shop.policy().version, 3);
    assert_eq!(server.mails_to(ANI).len() + server.mails_to(BUDI).len(), 2);
    shop.reopen().await;
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!((shop.policy().version, server.mails().len()), (3, 2));
}

#[tokio::test]
async fn an_announcement_that_was_over_when_the_process_ended_takes_effect_at_the_next_look() {
    let (server, mut shop) = shop_of_three().await;
    shop.declared = with_recipient(Role::Processor);
    let campaign = announcing(&shop, &shop.declared).await;
    let done = CampaignState::Done;
    let now = shop.clock.now();
    shop.store.move_campaign(campaign, done, now).await.unwrap();
    shop.reopen().await;
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!((shop.policy().version, server.mails().len()), (3, 0));
}

#[tokio::test]
async fn who_cannot_be_reached_keeps_nobody_back() {
    let (server, shop) = shop_of_three().await;
    server.plan(ANI, &[Turn::NoSuchAddress]);
    let campaign = announcing(&shop, &with_recipient(Role::Processor)).await;
    shop.hand_over(campaign).await.unwrap();
    let refused = shop
        .store
        .messages(campaign, MessageState::Refused, 9)
        .await
        .unwrap();
    assert_eq!((refused.len(), shop.policy().version), (1, 3));
}

#[tokio::test]
async fn a_version_that_was_replaced_before_it_took_effect_never_does() {
    let (server, shop) = shop_of_three().await;
    let campaign = announcing(&shop, &with_recipient(Role::Independent)).await;
    let back = publish(&shop, &with_notices()).await;
    assert_eq!(back, State::InForce { version: 4 });
    shop.hand_over(campaign).await.unwrap();
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!((shop.policy().version, server.mails().len()), (4, 0));
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_start_that_puts_words_in_force_withdraws_what_was_being_announced() {
    let (server, mut shop) = shop_of_three().await;
    let campaign = announcing(&shop, &with_recipient(Role::Processor)).await;
    shop.declared.purposes[0].title.en.push_str(" news");
    shop.reopen().await;
    assert_eq!(shop.policy().version, 4);
    deliver::hand_over_unfinished(&shop).await.unwrap();
    let told = shop.standing(campaign).await;
    assert_eq!((told.state, told.sent), (CampaignState::Stopped, 0));
    assert_eq!((shop.policy().version, server.mails().len()), (4, 0));
}

#[tokio::test]
async fn after_a_crash_only_the_newest_version_that_waits_is_announced() {
    let (server, mut shop) = shop_of_three().await;
    let older = announcing(&shop, &with_recipient(Role::Processor)).await;
    // The crash came right after the next version was entered.
    shop.declared = with_recipient(Role::Independent);
    let body = serde_json::to_value(folder(&shop, &shop.declared)).unwrap();
    let published = shop
        .store
        .publish(body.to_string(), Vec::new(), shop.clock.now());
    published.await.unwrap();
    shop.reopen().await;
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(shop.standing(older).await.state, CampaignState::Stopped);
    assert_eq!((shop.policy().version, server.mails().len()), (4, 2));
}

#[tokio::test]
async fn an_announcement_that_staff_stopped_is_told_anew_as_another_version() {
    let (server, shop) = shop_of_three().await;
    let declared = with_recipient(Role::Processor);
    let stopped = announcing(&shop, &declared).await;
    izin_app::campaign::stop(&shop, stopped).await.unwrap();
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!((shop.policy().version, server.mails().len()), (2, 0));
    let anew = announcing(&shop, &declared).await;
    shop.hand_over(anew).await.unwrap();
    assert_eq!((shop.policy().version, server.mails().len()), (4, 2));
}

#[tokio::test]
async fn an_impact_assessment_is_entered_as_approved_once_and_again_when_it_changed() {
    let (_server, shop) = shop_of_three().await;
    let approvals = |shop: &Shop| {
        let mut count = 0;
        let approved = |own: &&Committed| matches!(own.entry.act, Act::DpiaApproved { .. });
        let count_them = |some: Vec<Committed>| count += some.iter().filter(approved).count();
        shop.store.replay(None, count_them).unwrap();
        count
    };
    assert_eq!(approvals(&shop), 1, "two versions, one assessment");
    let mut declared = with_notices();
    declared.dpias[0].measures.en.push_str(", and a fence");
    publish(&shop, &declared).await;
    assert_eq!(approvals(&shop), 2);
}
