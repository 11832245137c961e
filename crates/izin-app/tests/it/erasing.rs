//! Erasure: what goes, what stays, and that neither a backup nor an import brings it back.

use std::fs;
use std::path::{Path, PathBuf};

use izin_app::act::ActError;
use izin_app::door::Role;
use izin_app::erasure::{self, Asked, Confirmation, Erased};
use izin_app::evidence::{self, EvidenceError};
use izin_app::import::Kind;
use izin_app::staff::{Alone, Staff};
use izin_app::{App, Who, audit};
use izin_core::{Act, Identifier, Origin, Verdict};
use izin_store::{Refused, StoreError};
use izin_testkit::policy::email;
use izin_testkit::scan::holding;
use izin_testkit::{MailServer, Shop};

pub(crate) const ANI: &str = "rahasia.ani@example.com";
const CONTACTS: &str = "customer,email,phone,name,consent_marketing_email,consent_at,consent_evidence\n\
    CUST-74411,rahasia.ani@example.com,+6281200007441,Ani Rahasia,yes,2026-01-02,kiosk of 14 May\n\
    CUST-2,budi@example.com,,Budi,yes,2026-01-02,web form\n";
const PURCHASES: &str = "customer_id,order_id,ts,product_id,description,quantity,unit_price,country\n\
    CUST-74411,ORDER-90210,2026-03-01T10:00:00+07:00,PREGNANCY-TEST-9,Test,1,85000,ID\n\
    CUST-2,ORDER-2,2026-03-01T10:00:00+07:00,TEA-1,Tea,1,25000,ID\n";
/// What can be read of the person while they are known.
const PLANTED: [&str; 5] = [
    "rahasia.ani",
    "Ani Rahasia",
    "CUST-74411",
    "81200007441",
    "ORDER-90210",
];

pub(crate) async fn shop_of_two() -> Shop {
    let shop = Shop::open().await;
    fill(&shop).await;
    shop
}

async fn fill(shop: &Shop) {
    assert_eq!(shop.import(Kind::Contacts, CONTACTS).await.rejected, 0);
    assert_eq!(shop.import(Kind::Purchases, PURCHASES).await.rejected, 0);
}

fn asked(address: &str) -> Asked {
    Asked {
        who: Who::Identifier(email(address)),
        origin: Origin::Agent,
        detail: Some("letter of 3 May, taken by Sari".to_owned()),
    }
}

pub(crate) async fn erase(shop: &App) -> Erased {
    erasure::erase(shop, asked(ANI)).await.unwrap()
}

fn may(shop: &App, address: &str) -> bool {
    let request = izin_core::Request::of(
        izin_testkit::policy::purpose_id("marketing"),
        izin_core::Channel::Email,
    );
    let who = Who::Identifier(Identifier::email(address).unwrap());
    shop.decide(&who, &request).verdict == Verdict::Allow
}

/// The data as they are, to be put back later.
pub(crate) fn copied(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    [
        "izin.sqlite",
        "izin.sqlite-wal",
        "keys/keys.sqlite",
        "keys/keys.sqlite-wal",
    ]
    .map(|name| folder.join(name))
    .into_iter()
    .filter_map(|path| fs::read(&path).ok().map(|bytes| (path, bytes)))
    .collect()
}

fn put_back(folder: &Path, copy: Vec<(PathBuf, Vec<u8>)>) {
    for log in [
        "izin.sqlite-wal",
        "izin.sqlite-shm",
        "keys/keys.sqlite-wal",
        "keys/keys.sqlite-shm",
    ] {
        drop(fs::remove_file(folder.join(log)));
    }
    for (path, bytes) in copy {
        fs::write(path, bytes).unwrap();
    }
}

#[tokio::test]
async fn nobody_who_is_unknown_or_under_a_legal_hold_is_erased() {
    let shop = shop_of_two().await;
    let unknown = erasure::erase(&shop, asked("nobody@example.com")).await;
    assert!(matches!(unknown, Err(ActError::UnknownSubject)));
    let ani = shop.person(ANI);
    let now = shop.clock.now();
    let said = ("Rini".to_owned(), "lawsuit 12/2026".to_owned());
    let hold = shop.store.begin_hold(ani, said, now).await.unwrap();
    let held = erasure::erase(&shop, asked(ANI)).await;
    assert!(matches!(
        held,
        Err(ActError::Store(StoreError::Refused(Refused::OnHold)))
    ));
    assert!(may(&shop, ANI), "nothing happened");
    assert_eq!(
        shop.store.holds().await.unwrap()[0].reason,
        "lawsuit 12/2026"
    );
    assert_eq!(holding(&shop.data_folder(), "lawsuit 12"), [""; 0]);
    assert!(
        shop.store
            .end_hold(hold, "Rini".to_owned(), now)
            .await
            .unwrap()
    );
    assert!(
        !shop
            .store
            .end_hold(hold, "Rini".to_owned(), now)
            .await
            .unwrap()
    );
    erase(&shop).await;
    let again = erasure::erase(&shop, asked(ANI)).await;
    assert!(matches!(again, Err(ActError::UnknownSubject)));
}

#[tokio::test]
async fn requirement_20_an_erased_address_imported_again_in_any_form_is_still_denied() {
    let mut shop = shop_of_two().await;
    assert!(may(&shop, ANI), "before");
    assert_eq!(erase(&shop).await.addresses, 3);
    for again in [
        "customer,email,consent_marketing_email,consent_at,consent_evidence\n\
         ,Rahasia.ANI@Example.COM,yes,2026-11-01,kiosk\n",
        "customer,email,phone,consent_marketing_email,consent_at,consent_evidence\n\
         NEW-1,new@example.com,0812 0000 7441,yes,2026-11-01,kiosk\n",
        "customer,email,phone,consent_marketing_email,consent_at,consent_evidence\n\
         NEW-2,other@example.com,62 812-0000-7441,yes,2026-11-01,kiosk\n",
        "customer,email,consent_marketing_email,consent_at,consent_evidence\n\
         CUST-74411,third@example.com,yes,2026-11-01,kiosk\n",
    ] {
        let report = shop.import(Kind::Contacts, again).await;
        assert_eq!(report.rejected, 0, "{again}");
    }
    for _ in 0..2 {
        for address in [
            ANI,
            "new@example.com",
            "other@example.com",
            "third@example.com",
        ] {
            assert!(!may(&shop, address), "{address}");
        }
        assert!(may(&shop, "budi@example.com"), "the control");
        shop.reopen().await;
    }
}

#[tokio::test]
async fn requirement_21_the_suppression_list_withstands_a_dictionary_of_telephone_numbers() {
    let mut shop = shop_of_two().await;
    erase(&shop).await;
    let number = |last: u32| Identifier::phone(&format!("+62812000{last:05}"), "ID").unwrap();
    let own = *shop.store.hasher().suppression(&number(7441)).as_bytes();
    let folder = shop.data_folder();
    shop.close();
    assert_ne!(holding(&folder, own), [""; 0], "the control: it is there");
    let kept: Vec<u8> = fs::read(folder.join("izin.sqlite")).unwrap();
    let journal = fs::read_to_string(shop.path("safe").join("refusals.journal")).unwrap();
    let found = |hash: &[u8]| {
        let hex = izin_store::hex(&hash[..16]);
        kept.windows(16).any(|bytes| bytes == &hash[..16]) || journal.contains(&hex)
    };
    assert!(found(&own) && journal.contains(&izin_store::hex(&own)));
    for last in 7_400..7_500 {
        let number = number(last);
        let text = number.reveal("a dictionary").as_bytes();
        let guesses = [
            *blake3::hash(text).as_bytes(),
            *blake3::hash(&[&[2], text].concat()).as_bytes(),
            *blake3::keyed_hash(&[0; 32], &[&[2], text].concat()).as_bytes(),
        ];
        assert!(!guesses.iter().any(|guess| found(guess)), "number {last}");
    }
}

#[tokio::test]
async fn requirement_22_nothing_of_an_erased_person_is_left_and_the_log_still_verifies() {
    let mut shop = shop_of_two().await;
    shop.save_gate(1);
    let ani = shop.person(ANI);
    let hashes: Vec<[u8; 16]> = [ANI, "budi@example.com"]
        .map(|own| *shop.store.hasher().lookup(&email(own)).as_bytes())
        .into();
    let folder = shop.data_folder();
    assert_ne!(
        holding(&folder, hashes[0]),
        [""; 0],
        "before: it can be matched"
    );
    assert_eq!(
        shop.store.details(ani).await.unwrap().len(),
        1,
        "before: evidence"
    );
    let older = copied(&folder);
    let copy = folder.join("before-migration-4.sqlite");
    fs::copy(folder.join("izin.sqlite"), &copy).unwrap();
    let seq = erase(&shop).await.entry.seq;
    for moment in ["open, with its write-ahead logs", "closed"] {
        assert_eq!(holding(&folder, hashes[0]), [""; 0], "{moment}");
        for planted in PLANTED {
            assert_eq!(holding(&folder, planted), [""; 0], "{planted}, {moment}");
            assert_eq!(holding(&shop.path("safe"), planted), [""; 0], "{planted}");
        }
        shop.close();
    }
    assert_ne!(
        holding(&folder, hashes[1]),
        [""; 0],
        "the control: who stays is found"
    );
    assert!(!folder.join("gate.snapshot").exists());
    assert!(!copy.exists(), "a copy from before a migration");
    // What was copied before opens no more under the keys that are left.
    let keys = folder.join("keys/keys.sqlite");
    let now = fs::read(&keys).unwrap();
    put_back(
        &folder,
        older
            .into_iter()
            .filter(|(path, _)| !path.starts_with(folder.join("keys")))
            .collect(),
    );
    assert_eq!(fs::read(&keys).unwrap(), now);
    shop.reopen().await;
    assert!(shop.store.identifiers(ani).await.unwrap().is_empty());
    assert!(shop.store.purchases(ani).await.unwrap().is_empty());
    assert_eq!(shop.store.profile(ani).await.unwrap().name, None);
    assert!(
        shop.store.details(ani).await.unwrap().is_empty(),
        "evidence is withheld"
    );
    assert!(seq.0 > 0);
    let proved = audit::prove(&shop, seq).await.unwrap();
    assert!(proved.disclosed.recorded.record.contains("erased"));
}

#[tokio::test]
async fn requirement_23_a_backup_put_back_is_erased_again_before_the_gate_opens() {
    let mut shop = shop_of_two().await;
    let folder = shop.data_folder();
    shop.close();
    let older = copied(&folder);
    shop.reopen().await;
    let ani = shop.person(ANI);
    erase(&shop).await;
    shop.opt_out("budi@example.com").await;
    shop.close();
    put_back(&folder, older);
    shop.reopen().await;
    assert!(!may(&shop, ANI) && !may(&shop, "budi@example.com"));
    assert_eq!(shop.gate.people_of(&Who::Identifier(email(ANI))), []);
    let history = shop.store.history(ani).await.unwrap();
    assert_eq!(history.last().unwrap().act, Act::Erased);
    assert!(shop.store.identifiers(ani).await.unwrap().is_empty());
    assert!(shop.store.purchases(ani).await.unwrap().is_empty());
    let hash = *shop.store.hasher().lookup(&email(ANI)).as_bytes();
    shop.close();
    assert_eq!(holding(&folder, hash), [""; 0]);
    let report = {
        shop.reopen().await;
        shop.import(Kind::Contacts, CONTACTS).await
    };
    assert_eq!(report.rejected, 0);
    assert!(!may(&shop, ANI));
}

#[tokio::test]
async fn the_person_is_told_once_and_the_address_is_kept_nowhere() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    fill(&shop).await;
    assert_eq!(erase(&shop).await.confirmation, Confirmation::Sent);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(holding(&shop.data_folder(), "rahasia.ani"), [""; 0]);
}

#[tokio::test]
async fn somebody_who_was_merged_is_erased_with_the_person_they_turned_out_to_be() {
    let shop = shop_of_two().await;
    let guest = "customer,email,consent_marketing_email,consent_at,consent_evidence\n\
                 ,guest@example.com,yes,2026-01-02,web\n";
    shop.import(Kind::Contacts, guest).await;
    let (ani, other) = (shop.person(ANI), shop.person("guest@example.com"));
    izin_app::person::merge(
        &shop,
        &Who::Subject(other),
        &Who::Subject(ani),
        Origin::Agent,
    )
    .await
    .unwrap();
    erase(&shop).await;
    for person in [ani, other] {
        assert!(shop.store.identifiers(person).await.unwrap().is_empty());
        assert!(shop.gate.standing(person).unwrap().erased);
    }
    assert!(!may(&shop, "guest@example.com"));
}

#[tokio::test]
async fn evidence_of_the_erased_is_shown_to_two_people_together_and_to_nobody_alone() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person("budi@example.com"));
    erase(&shop).await;
    let staff = |name| Staff::new(name, Role::Dpo, None).unwrap();
    let (rini, sari) = (staff("Rini"), staff("Sari"));
    let known = evidence::request(&shop, budi, &rini, "curious").await;
    assert!(matches!(known, Err(EvidenceError::NothingWithheld)));
    let item = evidence::request(&shop, ani, &rini, "regulator, case 7")
        .await
        .unwrap();
    let alone = evidence::disclose(&shop, item, &rini).await;
    assert!(matches!(
        alone,
        Err(EvidenceError::Alone(Alone::SamePerson))
    ));
    let shown = evidence::disclose(&shop, item, &sari).await.unwrap();
    let words: Vec<&str> = shown.iter().map(|(_, words)| &**words).collect();
    assert!(
        words.iter().any(|own| own.contains("kiosk of 14 May")),
        "{words:?}"
    );
    assert!(
        words.iter().any(|own| own.contains("letter of 3 May")),
        "{words:?}"
    );
    assert!(
        evidence::disclose(&shop, item, &sari).await.is_err(),
        "once"
    );
}
