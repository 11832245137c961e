//! Erasure: what goes, what stays, and that neither a backup nor an import brings it back.

use std::fs;
use std::path::{Path, PathBuf};

use izin_app::act::ActError;
use izin_app::erasure::{self, Asked, Confirmation, Erased};
use izin_app::import::Kind;
use izin_app::{App, Who, audit};
use izin_core::{Act, Identifier, Origin, SubjectId, Verdict};
use izin_store::{Owner, Refused, StoreError};
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
/// What must never be readable, before or after.
pub(crate) const PLANTED: [&str; 5] = [
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
    try_erase(shop, ANI).await.unwrap()
}

pub(crate) async fn try_erase(shop: &App, address: &str) -> Result<Erased, ActError> {
    erasure::erase(shop, asked(address)).await
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

/// The values of a person as they stand sealed in the database: what an erasure has to take out of every
/// file.
fn sealed(folder: &Path, whose: SubjectId) -> Vec<Vec<u8>> {
    const SEALED: &str = "
        select sealed from identifiers where subject = ?1
        union all
        select sealed from profiles where subject = ?1
        union all
        select sealed from orders where subject = ?1";
    let db = rusqlite::Connection::open(folder.join("izin.sqlite")).unwrap();
    let mut values = db.prepare(SEALED).unwrap();
    let found = values.query_map([whose.as_bytes()], |row| row.get(0));
    found.unwrap().collect::<Result<_, _>>().unwrap()
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
    let unknown = try_erase(&shop, "nobody@example.com").await;
    assert!(matches!(unknown, Err(ActError::UnknownSubject)));
    let ani = shop.person(ANI);
    let now = shop.clock.now();
    let said = ("Rini".to_owned(), "lawsuit 12/2026".to_owned());
    let hold = shop.store.begin_hold(ani, said, now).await.unwrap();
    let held = try_erase(&shop, ANI).await;
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
    let again = try_erase(&shop, ANI).await;
    assert!(matches!(again, Err(ActError::UnknownSubject)));
}

#[tokio::test]
async fn requirement_20_an_erased_address_imported_again_in_any_form_is_still_denied() {
    let mut shop = shop_of_two().await;
    assert!(may(&shop, ANI), "before");
    assert_eq!(erase(&shop).await.addresses, 3);
    // The third brings a number that is somebody's again.
    for (again, barred) in [
        (
            "customer,email,consent_marketing_email,consent_at,consent_evidence\n\
         ,Rahasia.ANI@Example.COM,yes,2026-11-01,kiosk\n",
            1,
        ),
        (
            "customer,email,phone,consent_marketing_email,consent_at,consent_evidence\n\
         NEW-1,new@example.com,0812 0000 7441,yes,2026-11-01,kiosk\n",
            1,
        ),
        (
            "customer,email,phone,consent_marketing_email,consent_at,consent_evidence\n\
         NEW-2,other@example.com,62 812-0000-7441,yes,2026-11-01,kiosk\n",
            0,
        ),
        (
            "customer,email,consent_marketing_email,consent_at,consent_evidence\n\
         CUST-74411,third@example.com,yes,2026-11-01,kiosk\n",
            1,
        ),
    ] {
        let report = shop.import(Kind::Contacts, again).await;
        assert_eq!(
            (report.rejected, report.barred),
            (0, Some(barred)),
            "{again}"
        );
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
    let folder = shop.data_folder();
    let (ani, budi) = (shop.person(ANI), shop.person("budi@example.com"));
    let (gone, stays) = (sealed(&folder, ani), sealed(&folder, budi));
    assert_eq!((gone.len(), stays.len()), (5, 4), "the controls");
    let hashes = [ANI, "budi@example.com"]
        .map(|own| shop.store.hasher().lookup(&email(own)).as_bytes().to_vec());
    let [gone, stays] = [gone, stays].map(|own| own.into_iter());
    let [own, other] = hashes;
    let gone: Vec<Vec<u8>> = gone.chain([own]).collect();
    for value in &gone {
        assert_ne!(holding(&folder, value), [""; 0], "before: it is there");
    }
    let copy = folder.join("before-migration-4.sqlite");
    fs::copy(folder.join("izin.sqlite"), &copy).unwrap();
    let seq = erase(&shop).await.entry.seq;
    let proved = audit::prove(&shop, seq).await.unwrap();
    assert!(proved.disclosed.recorded.record.contains("erased"));
    assert!(shop.store.details(ani).await.unwrap().is_empty());
    verify_whole_log(&shop).await;
    for moment in ["open, with its write-ahead logs", "closed"] {
        for value in &gone {
            assert_eq!(holding(&folder, value), [""; 0], "{moment}");
        }
        for planted in PLANTED {
            assert_eq!(holding(&folder, planted), [""; 0], "{planted}, {moment}");
            assert_eq!(holding(&shop.path("safe"), planted), [""; 0], "{planted}");
        }
        shop.close();
    }
    for value in stays.chain([other]) {
        assert_ne!(holding(&folder, value), [""; 0], "who stays is found");
    }
    assert!(!folder.join("gate.snapshot").exists());
    assert!(!copy.exists(), "a copy from before a migration");
    let [people, addresses, both] = super::retaining::journalled(&shop);
    assert!(people > 0 && addresses > 0, "the control");
    assert_eq!(both, 0, "no line says whose an address was");
}

/// Every byte of the log, as a stranger checks it.
async fn verify_whole_log(shop: &Shop) {
    let dir = shop.path("log-of-the-erased");
    let size = audit::export(shop, &dir).await.unwrap();
    let mut read = |path: &str| Ok(fs::read(dir.join(path)).ok());
    let signer = shop.signer();
    let key = signer.verifier();
    let verified = izin_log::verify_export(&mut std::iter::empty(), &mut read, key, None);
    assert_eq!(verified.unwrap().head().size, size);
}

#[tokio::test]
async fn rows_copied_before_an_erasure_open_no_more_under_the_keys_that_are_left() {
    for erased in [false, true] {
        let mut shop = shop_of_two().await;
        let (folder, ani) = (shop.data_folder(), shop.person(ANI));
        let mut rows = copied(&folder);
        rows.retain(|(path, _)| !path.starts_with(folder.join("keys")));
        if erased {
            erase(&shop).await;
        }
        shop.close();
        put_back(&folder, rows);
        // Nobody remembers the erasure: a journal would see to it again.
        fs::remove_dir_all(shop.path("safe")).unwrap();
        izin_store::give_up_safe(&folder, Owner::take(&folder).unwrap()).unwrap();
        shop.reopen().await;
        let history = shop.store.history(ani).await.unwrap();
        assert!(!history.iter().any(|own| own.act == Act::Erased));
        assert_eq!(sealed(&folder, ani).len(), 5, "the rows are there");
        let identifiers = shop.store.identifiers(ani).await.unwrap().len();
        let purchases = shop.store.purchases(ani).await.unwrap().len();
        let details = shop.store.details(ani).await.unwrap().len();
        let name = shop.store.profile(ani).await.unwrap().name;
        let opened = (identifiers, purchases, details, name.is_some());
        let all = if erased {
            (0, 0, 0, false)
        } else {
            (3, 1, 1, true)
        };
        assert_eq!(opened, all, "erased: {erased}");
    }
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
    let folder = shop.data_folder();
    let kept = sealed(&folder, shop.person(ANI));
    assert!(kept.iter().all(|own| holding(&folder, own) != [""; 0]));
    assert_eq!(erase(&shop).await.confirmation, Confirmation::Sent);
    assert_eq!(server.mails().len(), 1);
    for value in kept {
        assert_eq!(holding(&folder, value), [""; 0]);
    }
    assert_eq!(holding(&folder, "rahasia.ani"), [""; 0]);
}

#[tokio::test]
async fn an_erasure_that_cannot_be_finished_at_once_is_done_and_told_all_the_same() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    fill(&shop).await;
    let ani = shop.person(ANI);
    // What cannot be removed stands where a copy from before a migration would.
    let stuck = shop.data_folder().join("before-migration-1.sqlite");
    fs::create_dir(&stuck).unwrap();
    assert_eq!(erase(&shop).await.confirmation, Confirmation::Sent);
    assert_eq!(server.mails().len(), 1);
    assert!(shop.gate.standing(ani).unwrap().erased);
    assert!(shop.store.finish_erasures().await.is_err(), "it is owed");
    fs::remove_dir(&stuck).unwrap();
    assert!(shop.store.finish_erasures().await.unwrap());
    assert!(!shop.store.finish_erasures().await.unwrap(), "it is done");
}

/// Somebody with words of their own, who turned out to be the person who is erased.
pub(crate) async fn merged(shop: &Shop) -> SubjectId {
    let guest = "customer,email,consent_marketing_email,consent_at,consent_evidence\n\
                 ,guest@example.com,yes,2026-01-02,stand at a fair\n";
    shop.import(Kind::Contacts, guest).await;
    let guest = shop.person("guest@example.com");
    let (from, into) = (Who::Subject(guest), Who::Subject(shop.person(ANI)));
    let merged = izin_app::person::merge(shop, &from, &into, Origin::Agent);
    merged.await.unwrap();
    guest
}

#[tokio::test]
async fn somebody_who_was_merged_is_erased_with_the_person_they_turned_out_to_be() {
    let shop = shop_of_two().await;
    let (ani, other) = (shop.person(ANI), merged(&shop).await);
    erase(&shop).await;
    for person in [ani, other] {
        assert!(shop.store.identifiers(person).await.unwrap().is_empty());
        assert!(shop.gate.standing(person).unwrap().erased);
    }
    assert!(!may(&shop, "guest@example.com"));
}
