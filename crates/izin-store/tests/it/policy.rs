//! A version is published, then takes effect; one of an older folder did both at once.

use izin_core::policy::DpiaId;
use izin_core::{Act, Seq};
use izin_store::{Refused, StoreError};

use super::kept::{Kept, NOON};

#[tokio::test]
async fn a_version_is_in_force_only_when_it_took_effect() {
    let mut kept = Kept::new();
    let publish = |body: &str| kept.publish(body.to_owned(), Vec::new(), NOON);
    assert_eq!(publish("{\"v\":1}").await.unwrap(), 1);
    assert_eq!(kept.effective_policy().await.unwrap(), None);
    assert_eq!(publish("{\"v\":2}").await.unwrap(), 2);
    let at = NOON.plus_days(1);
    let (seq, since) = kept.take_effect(1, at).await.unwrap();
    assert_eq!((seq, since), (Seq(2), at));
    kept.reopen();
    let in_force = kept.effective_policy().await.unwrap().unwrap();
    assert_eq!((in_force.version, in_force.effective), (1, Some((seq, at))));
    assert_eq!(kept.policy().await.unwrap().unwrap().version, 2);
    let again = kept.take_effect(1, NOON.plus_days(9)).await.unwrap();
    assert_eq!(again, (seq, at), "once");
    kept.take_effect(2, at).await.unwrap();
    assert_eq!(kept.effective_policy().await.unwrap().unwrap().version, 2);
    let all = kept.policies().await.unwrap();
    let versions: Vec<u32> = all.iter().map(|own| own.version).collect();
    assert_eq!(versions, [1, 2]);
    assert_eq!(kept.policy_version(2).await.unwrap(), all.last().cloned());
    assert_eq!(kept.policy_version(3).await.unwrap(), None);
}

#[tokio::test]
async fn a_version_nobody_published_takes_no_effect() {
    let kept = Kept::new();
    let refused = kept.take_effect(1, NOON).await;
    assert!(matches!(
        refused,
        Err(StoreError::Refused(Refused::UnknownPolicy))
    ));
    assert_eq!(kept.head().await.unwrap().size, 0);
}

#[tokio::test]
async fn an_approval_is_entered_with_the_policy_it_is_in() {
    let kept = Kept::new();
    let dpia = DpiaId::parse("personalisation").unwrap();
    let approved = vec![(dpia, "ab".repeat(32))];
    kept.publish("{}".to_owned(), approved, NOON).await.unwrap();
    let acts: Vec<Act> = kept.entries().into_iter().map(|own| own.act).collect();
    assert!(matches!(acts[0], Act::PolicyPublished { version: 1, .. }));
    let hash = "ab".repeat(32);
    assert_eq!(acts[1], Act::DpiaApproved { dpia, hash });
}
