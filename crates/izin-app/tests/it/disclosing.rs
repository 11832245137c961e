//! What an auditor is shown fits the log, names nobody, and tells of every message sent after a no.

use std::fs;
use std::io::{BufRead, Cursor};
use std::path::PathBuf;

use izin_app::audit;
use izin_app::audit::disclosure::{self, ACTS, Checked, FILES, HAND_OVERS, POLICIES};
use izin_core::{Channel, Request, Verdict};
use izin_log::Finding;
use izin_testkit::policy::{email, purpose_id};
use izin_testkit::{MailServer, Shop};
use serde_json::Value;

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

/// An export with what it discloses, and how many entries it has.
struct Export {
    dir: PathBuf,
    size: u64,
}

impl Export {
    async fn of(shop: &Shop, name: &str) -> Self {
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

    fn check(&self) -> Checked {
        self.check_with("", "").unwrap()
    }

    /// Checks it with every hand-over begun so many seconds later, and decided without an entry.
    fn later(&self, seconds: i64) -> Checked {
        let mut text = String::new();
        for line in self.text(HAND_OVERS).lines() {
            let mut line: Value = serde_json::from_str(line).unwrap();
            line["begun"] = (line["begun"].as_i64().unwrap() + seconds * 1_000_000).into();
            line.as_object_mut().unwrap().remove("decided");
            text.push_str(&format!("{line}\n"));
        }
        self.check_with(HAND_OVERS, &text).unwrap()
    }
}

fn wait(shop: &Shop, seconds: i64) {
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
    wait(&shop, 10);
    (server, shop)
}

#[tokio::test]
async fn a_message_moved_past_an_opt_out_is_named() {
    let (_server, shop) = campaign_then_no().await;
    let export = Export::of(&shop, "export").await;
    for (seconds, late) in [(0, 0), (10, 0), (12, 0), (13, 1), (3_600, 1)] {
        let found = export.later(seconds);
        assert_eq!(
            (found.hand_overs, found.late.len()),
            (2, late),
            "{seconds} s later"
        );
    }
    let found = export.later(13).late.remove(0);
    assert_eq!(found.subject, shop.person(BUDI));
    let refusal = shop
        .store
        .history(found.subject)
        .await
        .unwrap()
        .pop()
        .unwrap()
        .seq;
    assert_eq!(found.refusal, refusal);
    let said = found.to_string();
    assert!(
        said.contains("handed over after an opt-out was effective"),
        "{said}"
    );
    assert!(said.contains(&format!("entry {refusal} ")), "{said}");
}

#[tokio::test]
async fn a_message_decided_with_the_no_on_record_is_named_whatever_its_time() {
    let (_server, shop) = campaign_then_no().await;
    let export = Export::of(&shop, "export").await;
    let last = shop
        .store
        .history(shop.person(BUDI))
        .await
        .unwrap()
        .pop()
        .unwrap()
        .seq;
    let own = shop.person(BUDI).to_string();
    let mut text = String::new();
    for line in export.text(HAND_OVERS).lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if line["subject"] == own.as_str() {
            line["decided"] = last.0.into();
        }
        text.push_str(&format!("{line}\n"));
    }
    // The time says that it went before the no: then the no that the decision knew of was not yet
    // recorded, which cannot be.
    let found = export.check_with(HAND_OVERS, &text).unwrap();
    assert_eq!(found.late.len(), 1);
}

#[tokio::test]
async fn a_no_that_was_taken_back_or_is_for_something_else_forbids_nothing() {
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
    let export = Export::of(&shop, "export").await;
    assert_eq!(export.check().hand_overs, 3);
    assert_eq!(export.check().late, []);
    assert_eq!(export.later(3_600).late.len(), 3);
    let essential = export
        .text(HAND_OVERS)
        .replace("\"marketing\"", "\"orders\"");
    let essential = essential.replace("\"begun\":17", "\"begun\":18");
    let found = export.check_with(HAND_OVERS, &essential).unwrap();
    assert_eq!(found.late, [], "what belongs to an order may go after a no");
}

#[tokio::test]
async fn a_line_that_was_changed_moved_or_left_out_is_named() {
    let (_server, shop) = campaign_then_no().await;
    let export = Export::of(&shop, "export").await;
    let acts = export.text(ACTS);
    let lines: Vec<&str> = acts.lines().collect();
    let joined = |lines: &[&str]| {
        lines
            .iter()
            .map(|own| format!("{own}\n"))
            .collect::<String>()
    };
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
