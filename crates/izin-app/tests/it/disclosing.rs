//! What an auditor is shown fits the log, names nobody, and tells of every message sent after a no.

use std::fs;
use std::io::{BufRead, Cursor};
use std::path::PathBuf;

use izin_app::audit::disclosure::{self, ACTS, Checked, FILES, HAND_OVERS, POLICIES};
use izin_app::audit::{self, SentFile};
use izin_core::decision::Sent;
use izin_core::{Channel, Level, Reason, Request, Seq, SubjectId, Verdict};
use izin_log::Finding;
use izin_store::{Addressee, BATCH_WIDTH, HandOver, Message, MessageState, Reach};
use izin_testkit::policy::{email, purpose_id};
use izin_testkit::{MailServer, Shop};
use serde_json::Value;

const ANI: &str = "ani@example.com";
pub(crate) const BUDI: &str = "budi@example.com";

/// An export with what it discloses, and how many entries it has.
pub(crate) struct Export {
    dir: PathBuf,
    size: u64,
}

impl Export {
    pub(crate) async fn of(shop: &Shop, name: &str) -> Self {
        let dir = shop.path(name);
        let size = audit::export(shop, &dir).await.unwrap();
        disclosure::disclose(shop, &dir, size).await.unwrap();
        Self { dir, size }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.dir.join(name)).unwrap()
    }

    /// Checks it with one file exchanged.
    fn check_with(&self, name: &str, text: &str) -> Result<Checked, Finding> {
        let mut open = |own: &str| {
            let text = if own == name {
                text.to_owned()
            } else {
                self.text(own)
            };
            Ok(Box::new(Cursor::new(text)) as Box<dyn BufRead>)
        };
        let mut read = |path: &str| Ok(fs::read(self.dir.join(path)).ok());
        disclosure::check(&mut open, &mut read, self.size)
    }

    pub(crate) fn check(&self) -> Checked {
        self.try_check().unwrap()
    }

    pub(crate) fn try_check(&self) -> Result<Checked, Finding> {
        self.check_with("", "")
    }
}

/// What a sender does that does not ask: room is held, and the message goes.
pub(crate) async fn sent_regardless(shop: &Shop, address: &str, purpose: &str) {
    let reach = Reach {
        subject: shop.person(address),
        addresses: Vec::new(),
    };
    let (at, purpose) = (shop.clock.now(), purpose_id(purpose));
    let sent = move |_: &[Addressee]| {
        Some(Sent {
            at,
            channel: Channel::Email,
            purpose,
            topic: None,
        })
    };
    let room = shop.store.reserve(reach, sent, at).await.unwrap();
    shop.store.confirm(room.unwrap(), at).await.unwrap();
}

pub(crate) async fn last_entry(shop: &Shop, address: &str) -> Seq {
    let history = shop.store.history(shop.person(address)).await.unwrap();
    history.last().unwrap().seq
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|own| format!("{own}\n")).collect()
}

pub(crate) fn wait(shop: &Shop, seconds: i64) {
    shop.clock.set(shop.clock.now().plus_seconds(seconds));
}

/// Two people got a campaign; ten seconds later one of them opted out.
async fn campaign_then_no() -> (MailServer, Shop) {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI, BUDI]).await;
    assert_eq!(shop.send().await.sent, 2);
    wait(&shop, 10);
    shop.opt_out(BUDI).await;
    (server, shop)
}

#[tokio::test]
async fn a_message_handed_over_after_an_opt_out_was_effective_is_named() {
    let (_server, shop) = campaign_then_no().await;
    for (round, late) in [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2)] {
        sent_regardless(&shop, BUDI, "marketing").await;
        let found = Export::of(&shop, &format!("export-{round}")).await.check();
        let all = (found.hand_overs, found.late.len());
        assert_eq!(all, (3 + round, late), "{round} s after the no");
        wait(&shop, 1);
    }
    let found = Export::of(&shop, "export").await.check().late.remove(0);
    assert_eq!((found.line, found.subject), (6, shop.person(BUDI)));
    assert_eq!(found.refusal, last_entry(&shop, BUDI).await);
    let said = found.to_string();
    let named = format!("entry {} says no", found.refusal);
    assert!(said.contains(&named), "{said}");
}

#[tokio::test]
async fn a_message_decided_with_the_no_on_record_is_named_whatever_its_time() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[BUDI]).await;
    let campaign = shop.begin().await;
    let before = shop.clock.now();
    wait(&shop, 10);
    shop.opt_out(BUDI).await;
    let now = shop.clock.now();
    let queued = Message {
        subject: shop.person(BUDI),
        identifier: None,
        state: MessageState::Queued,
        reason: Reason::Consent,
        level: Level::Contextual,
        seq: Seq(0),
        updated_at: before,
        until: None,
    };
    let kept = shop.store.keep_messages(campaign, vec![queued]).await;
    kept.unwrap();
    let yes = move |_: &Message, _: &[Addressee]| {
        Some(Sent {
            at: now,
            channel: Channel::Email,
            purpose: purpose_id("marketing"),
            topic: None,
        })
    };
    let taken = shop.store.hand_messages((campaign, 1), yes, now).await;
    let (mut message, _) = taken.unwrap().remove(0);
    // Its time says that it went before the no; then the decision cannot have known of it.
    message.state = MessageState::Sent;
    (message.updated_at, message.seq) = (before, last_entry(&shop, BUDI).await);
    let settled = shop.store.settle_messages(campaign, vec![message]).await;
    settled.unwrap();
    let found = Export::of(&shop, "export").await.check();
    assert_eq!((found.hand_overs, found.late.len()), (1, 1));
}

#[tokio::test]
async fn a_message_before_the_no_and_one_that_belongs_to_an_order_are_not_named() {
    let (_server, shop) = campaign_then_no().await;
    let who = izin_app::Who::Identifier(email(ANI));
    let request = Request::of(purpose_id("marketing"), Channel::Email);
    let held = izin_app::reserve::send(&shop, &who, &request)
        .await
        .unwrap();
    assert_eq!(held.decision.verdict, Verdict::Allow);
    izin_app::reserve::confirm(&shop, held.reservation.unwrap())
        .await
        .unwrap();
    wait(&shop, 60);
    shop.opt_out(ANI).await;
    wait(&shop, 60);
    sent_regardless(&shop, ANI, "orders").await;
    let found = Export::of(&shop, "export").await.check();
    assert_eq!((found.hand_overs, found.late.len()), (4, 0));
    sent_regardless(&shop, ANI, "marketing").await;
    let found = Export::of(&shop, "later").await.check();
    assert_eq!((found.hand_overs, found.late.len()), (5, 1));
}

#[tokio::test]
async fn a_message_that_was_changed_moved_added_or_left_out_does_not_fit_the_log() {
    let (_server, shop) = campaign_then_no().await;
    sent_regardless(&shop, BUDI, "marketing").await;
    audit::batch(&shop).await.unwrap();
    sent_regardless(&shop, BUDI, "marketing").await;
    let export = Export::of(&shop, "export").await;
    let text = export.text(HAND_OVERS);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    let other = SubjectId::from_bytes([9; 16]).to_string();
    for place in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(place);
        let mut twice = lines.clone();
        twice.insert(place, lines[place]);
        let mut moved = lines.clone();
        moved.rotate_left(place + 1);
        let mut line: Value = serde_json::from_str(lines[place]).unwrap();
        let record = line["record"].as_str().unwrap().to_owned();
        let subject = HandOver::of(&record).unwrap().subject.to_string();
        line["record"] = record.replace(&subject, &other).into();
        let line = line.to_string();
        let mut renamed = lines.clone();
        renamed[place] = &line;
        let last = place + 1 == lines.len();
        for bent in [fewer, twice, renamed] {
            assert!(export.check_with(HAND_OVERS, &joined(&bent)).is_err());
        }
        // Turned once all round, it is as it was.
        assert_eq!(export.check_with(HAND_OVERS, &joined(&moved)).is_ok(), last);
    }
    let unfounded = text.replace("\"batch\":", "\"batch\":9");
    assert!(export.check_with(HAND_OVERS, &unfounded).is_err());
    assert!(export.check_with(HAND_OVERS, "").is_err(), "nothing shown");
}

#[tokio::test]
async fn one_message_is_proved_with_the_key_alone_and_shows_no_other() {
    let (_server, shop) = campaign_then_no().await;
    let sent = audit::sent(&shop, shop.person(BUDI)).await.unwrap();
    let [file] = sent.as_slice() else {
        panic!("Budi was sent one message")
    };
    let signer = shop.signer();
    let (message, checkpoint) = file.verify(signer.verifier()).unwrap();
    assert_eq!(message.subject, shop.person(BUDI));
    assert!(checkpoint.head().size > file.batch.seq);
    let text = serde_json::to_string(file).unwrap();
    assert!(!text.contains(&shop.person(ANI).to_string()));
    let bends: [fn(&mut SentFile); 5] = [
        |own| own.sent = own.sent.replace("marketing", "orders"),
        |own| own.blinding = "00".repeat(32),
        |own| own.place ^= 1,
        |own| own.path.clear(),
        |own| own.batch.seq -= 1,
    ];
    for (place, bend) in bends.into_iter().enumerate() {
        let mut bent = file.clone();
        bend(&mut bent);
        assert!(bent.verify(signer.verifier()).is_err(), "bend {place}");
    }
    let nobody = audit::sent(&shop, SubjectId::from_bytes([9; 16])).await;
    assert_eq!(nobody.unwrap(), []);
}

#[tokio::test]
async fn messages_are_committed_to_when_a_batch_is_full_or_the_first_waited_a_minute() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    let mut round = audit::Round::default();
    let waiting = async || {
        shop.store
            .hand_overs_waiting(shop.clock.now())
            .await
            .unwrap()
            .0
    };
    sent_regardless(&shop, ANI, "marketing").await;
    wait(&shop, 59);
    round.sign(&shop).await;
    assert_eq!(waiting().await, 1);
    wait(&shop, 1);
    round.sign(&shop).await;
    assert_eq!(waiting().await, 0);
    for left in (1..=BATCH_WIDTH).rev() {
        round.sign(&shop).await;
        assert_eq!(waiting().await, BATCH_WIDTH - left);
        sent_regardless(&shop, ANI, "marketing").await;
    }
    round.sign(&shop).await;
    assert_eq!(waiting().await, 0);
}

#[tokio::test]
async fn a_line_that_was_changed_moved_or_left_out_is_named() {
    let (_server, shop) = campaign_then_no().await;
    let export = Export::of(&shop, "export").await;
    let acts = export.text(ACTS);
    let lines: Vec<&str> = acts.lines().collect();
    for place in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(place);
        let finding = export.check_with(ACTS, &joined(&fewer)).unwrap_err();
        let line = format!("`{ACTS}`: line {}:", place + 1);
        assert!(finding.to_string().starts_with(&line), "{finding}");
        let mut twice = lines.clone();
        twice.insert(place, lines[place]);
        assert!(export.check_with(ACTS, &joined(&twice)).is_err());
        let bent = lines[place].replacen("\\\"act\\\":\\\"", "\\\"act\\\":\\\"x", 1);
        assert_ne!(bent, lines[place]);
        let mut changed = lines.clone();
        changed[place] = &bent;
        assert!(
            export.check_with(ACTS, &joined(&changed)).is_err(),
            "{bent}"
        );
    }
    let opted_out = acts.replace("opted_out", "withdrawn");
    let finding = export.check_with(ACTS, &opted_out).unwrap_err().to_string();
    assert!(finding.contains("leaf"), "{finding}");
    assert!(
        export.check_with(ACTS, acts.trim_end()).is_err(),
        "the last line does not end"
    );
    let policy = export.text(POLICIES).replacen("marketing", "marketin", 1);
    let finding = export
        .check_with(POLICIES, &policy)
        .unwrap_err()
        .to_string();
    assert!(
        finding.contains("not the one that was published"),
        "{finding}"
    );
    let finding = export.check_with(POLICIES, "").unwrap_err().to_string();
    assert!(finding.contains("missing"), "{finding}");
    for text in ["x\n", "{}\n", "\n"] {
        assert!(export.check_with(HAND_OVERS, text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_policy_published_after_the_checkpoint_is_not_shown_and_the_export_verifies() {
    let (_server, shop) = campaign_then_no().await;
    let dir = shop.path("export");
    let size = audit::export(&shop, &dir).await.unwrap();
    crate::announce::publish(&shop, &crate::announce::with_notices()).await;
    disclosure::disclose(&shop, &dir, size).await.unwrap();
    let before = Export { dir, size };
    before.check();
    let after = Export::of(&shop, "after").await;
    after.check();
    let versions = |own: &Export| own.text(POLICIES).lines().count();
    assert_eq!(versions(&after), versions(&before) + 1, "the control");
}

#[tokio::test]
async fn what_is_disclosed_holds_no_address_and_no_hash_of_one() {
    let (_server, shop) = campaign_then_no().await;
    let export = Export::of(&shop, "export").await;
    let hasher = shop.store.hasher();
    let lookup = izin_store::hex(hasher.lookup(&email(BUDI)).as_bytes());
    let suppression = izin_store::hex(hasher.suppression(&email(BUDI)).as_bytes());
    for name in FILES {
        let text = export.text(name);
        assert!(!text.is_empty(), "{name}");
        for secret in ["budi", "ani@", &lookup, &suppression] {
            assert!(!text.contains(secret), "{name} holds {secret}");
        }
    }
    assert_eq!(export.check().late, []);
}
