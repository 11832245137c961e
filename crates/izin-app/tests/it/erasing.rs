//! Erasure: what goes, what stays, and that neither a backup nor an import brings it back.

use std::fs;
use std::path::{Path, PathBuf};

use izin_app::act::ActError;
use izin_app::erasure::{self, Asked, Erased};
use izin_app::import::Kind;
use izin_app::{App, Who};
use izin_core::{Identifier, Origin, SubjectId, Verdict};
use izin_store::{Refused, StoreError};
use izin_testkit::Shop;
use izin_testkit::policy::email;
use izin_testkit::scan::holding;

pub(crate) const ANI: &str = "rahasia.ani@example.com";
pub(crate) const CONTACTS: &str = "customer,email,phone,name,consent_marketing_email,consent_at,consent_evidence\n\
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

pub(crate) async fn fill(shop: &Shop) {
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

pub(crate) fn may(shop: &App, address: &str) -> bool {
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
