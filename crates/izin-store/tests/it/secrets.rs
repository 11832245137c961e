//! Nothing personal lies open in the files, not even in the write-ahead log.

use izin_core::{Channel, Money, Origin, RefusalKind, Scope, SubjectId};
use izin_store::{Command, Line, Order, Refusing, Whom};
use izin_testkit::scan::holding;

use super::kept::{Kept, NOON, consent, customer, email, named_contact, opt_out, phone};

fn order(number: &str, buyer: Option<&str>, product: &str) -> Order {
    Order {
        number: number.to_owned(),
        customer: buyer.map(customer),
        lines: vec![Line {
            product: product.to_owned(),
            quantity: 1,
            unit_price: Money::from_micros(1),
            at: NOON,
        }],
    }
}

async fn lived_in() -> (Kept, SubjectId) {
    let kept = Kept::new();
    let identifiers = [
        customer("CUST-74411"),
        email("rahasia.ani@example.com"),
        phone("0812 0000 7441"),
    ];
    let recorded = kept.put(named_contact(&identifiers, "Ani Rahasia")).await;
    let ani = recorded.subject.unwrap();
    kept.put(consent(ani, "said yes at the kiosk of 14 May"))
        .await;
    kept.put(opt_out(Whom::Subject(ani), Scope::channel(Channel::Email)))
        .await;
    let unknown = Whom::Identifier(email("belum.kenal@example.org"));
    kept.put(opt_out(unknown, Scope::EVERYTHING)).await;
    let told = Refusing {
        whom: Whom::Subject(ani),
        refusal: RefusalKind::Complained,
        scope: Scope::EVERYTHING,
        occurred_at: NOON,
        origin: Origin::Agent,
        detail: Some("very angry on the phone".to_owned()),
    };
    kept.put(Command::Refuse(told)).await;
    let orders = vec![
        order("ORDER-90210", Some("CUST-74411"), "PREGNANCY-TEST-9"),
        order("ORDER-90211", None, "GUEST-CANARY-3"),
    ];
    kept.place_orders(orders, NOON).await.unwrap();
    (kept, ani)
}

#[tokio::test]
async fn no_address_name_order_or_word_of_a_person_can_be_read_from_the_files() {
    let (mut kept, _) = lived_in().await;
    let planted = [
        "rahasia.ani",
        "Ani Rahasia",
        "CUST-74411",
        "81200007441",
        "belum.kenal",
        "kiosk of 14 May",
        "very angry",
        "ORDER-90210",
        "ORDER-90211",
        "PREGNANCY-TEST",
        "GUEST-CANARY",
    ];
    for moment in ["open, with its write-ahead log", "closed"] {
        for text in planted {
            assert_eq!(
                holding(kept.folder(), text),
                Vec::<String>::new(),
                "{text}, {moment}"
            );
        }
        kept.close();
    }
}

/// The scan would see it: what is kept in the clear on purpose is found.
#[tokio::test]
async fn the_scan_finds_what_lies_open() {
    let (kept, _) = lived_in().await;
    kept.publish(
        "{\"canary\":\"CANARY-IN-THE-CLEAR\"}".to_owned(),
        vec![],
        NOON,
    )
    .await
    .unwrap();
    assert_ne!(
        holding(kept.folder(), "canary-in-the-clear"),
        Vec::<String>::new()
    );
    assert_ne!(holding(kept.folder(), "opted_out"), Vec::<String>::new());
}

#[tokio::test]
async fn a_suppression_is_kept_as_a_hash_under_a_key_of_this_store() {
    let (kept, other) = (Kept::new(), Kept::with_seed(1_000));
    let address = email("ani@example.com");
    let unknown = Whom::Identifier(address.clone());
    kept.put(opt_out(unknown, Scope::EVERYTHING)).await;
    let own = kept.hasher().suppression(&address);
    let kept_hashes: Vec<[u8; 16]> = kept.query("select hash from suppressions");
    assert_eq!(kept_hashes, [*own.as_bytes()]);
    assert_ne!(
        other.hasher().suppression(&address),
        own,
        "another store, another key"
    );
    assert_ne!(
        kept.hasher().lookup(&address).as_bytes(),
        own.as_bytes(),
        "two keys"
    );
    assert_eq!(
        kept.query::<[u8; 16]>("select identifier from identifiers"),
        [[0; 16]; 0]
    );
}

#[tokio::test]
async fn a_sealed_value_moved_to_another_person_does_not_open() {
    let mut kept = Kept::new();
    let ani = kept
        .put(named_contact(&[customer("C1")], "Ani"))
        .await
        .subject
        .unwrap();
    let budi = kept
        .put(named_contact(&[customer("C2")], "Budi"))
        .await
        .subject
        .unwrap();
    assert_eq!(
        kept.profile(budi).await.unwrap().name.as_deref(),
        Some("Budi")
    );
    kept.close();
    let of =
        |subject: SubjectId| format!("(select sealed from profiles where subject = x'{subject}')");
    kept.sql(&format!(
        "update profiles set sealed = {} where subject = x'{budi}'",
        of(ani)
    ));
    kept.reopen();
    assert!(kept.profile(budi).await.is_err());
    assert_eq!(
        kept.profile(ani).await.unwrap().name.as_deref(),
        Some("Ani")
    );
}

#[tokio::test]
async fn without_the_keys_a_person_is_gone_and_the_refusal_stays() {
    let (mut kept, ani) = lived_in().await;
    assert_eq!(kept.purchases(ani).await.unwrap().len(), 1);
    kept.destroy_keys();
    kept.reopen();
    assert_eq!(kept.profile(ani).await.unwrap().name, None);
    assert_eq!(kept.identifiers(ani).await.unwrap(), []);
    assert_eq!(kept.purchases(ani).await.unwrap(), []);
    let next = kept
        .person(&[customer("C9"), email("rahasia.ani@example.com")])
        .await;
    assert_eq!(
        kept.refusals(next).await.len(),
        2,
        "the opt-out and the complaint"
    );
}
