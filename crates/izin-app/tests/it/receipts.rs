//! Whoever keeps a receipt can prove their own act when everything else is gone.

use std::fs;

use izin_app::audit::{self, ReceiptFault, ReceiptFile};
use izin_core::{Act, Seq};
use izin_log::VerifierKey;
use izin_testkit::Shop;

const BUDI: &str = "budi@example.com";

/// A shop in which somebody opted out, and the entry that says so.
async fn opted_out() -> (Shop, Seq) {
    let shop = Shop::open().await;
    shop.consented(&["ani@example.com", BUDI]).await;
    shop.opt_out(BUDI).await;
    let history = shop.store.history(shop.person(BUDI)).await.unwrap();
    let seq = history.last().unwrap().seq;
    (shop, seq)
}

#[tokio::test]
async fn a_receipt_with_anything_changed_proves_nothing() {
    let (shop, seq) = opted_out().await;
    let key = shop.signer().verifier().clone();
    let whole = audit::receipt(&shop, seq).await.unwrap();
    whole.verify(&key).unwrap();
    let other = audit::receipt(&shop, Seq(seq.0 - 1)).await.unwrap();
    let with = |change: &dyn Fn(&mut ReceiptFile)| {
        let mut bent = whole.clone();
        change(&mut bent);
        assert_ne!(bent, whole);
        bent.verify(&key).unwrap_err()
    };
    let entry = with(&|own| own.entry = own.entry.replace("opted_out", "withdrawn"));
    assert!(matches!(entry, ReceiptFault::Leaf), "{entry}");
    let spaced = with(&|own| own.entry.push(' '));
    assert!(matches!(spaced, ReceiptFault::Entry), "{spaced}");
    let blinding = with(&|own| own.blinding.clone_from(&other.blinding));
    assert!(matches!(blinding, ReceiptFault::Leaf), "{blinding}");
    let leaf = with(&|own| own.leaf.clone_from(&other.leaf));
    assert!(matches!(leaf, ReceiptFault::Leaf), "{leaf}");
    let place = with(&|own| own.seq += 1);
    assert!(matches!(place, ReceiptFault::Beside("place")), "{place}");
    let note = with(&|own| own.checkpoint.push('\n'));
    assert!(matches!(note, ReceiptFault::Beside("checkpoint")), "{note}");
    let proof = with(&|own| own.receipt.clone_from(&other.receipt));
    assert!(matches!(proof, ReceiptFault::Beside("place")), "{proof}");
    let log = with(&|own| own.log.push('x'));
    assert!(matches!(log, ReceiptFault::OtherLog { .. }), "{log}");
    let everything_else = with(&|own| {
        let seq = own.seq;
        *own = ReceiptFile {
            seq,
            ..other.clone()
        };
    });
    assert!(
        matches!(everything_else, ReceiptFault::Beside("place")),
        "{everything_else}"
    );
    for text in ["", "{}", "[]", "{\"seq\":1}"] {
        assert!(ReceiptFile::parse(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_receipt_proves_the_act_when_the_shop_is_gone() {
    let (mut shop, seq) = opted_out().await;
    let receipt = audit::receipt(&shop, seq).await.unwrap();
    let (text, key) = (
        serde_json::to_string(&receipt).unwrap(),
        shop.signer().verifier().to_string(),
    );
    assert!(!text.contains(BUDI) && !text.contains("budi"), "{text}");
    shop.close();
    fs::remove_dir_all(shop.data_folder()).unwrap();

    let read = ReceiptFile::parse(&text).unwrap();
    let proven = read.verify(&VerifierKey::parse(&key).unwrap()).unwrap();

    assert_eq!(proven.entry.seq, seq);
    assert!(
        matches!(proven.entry.act, Act::Refused { .. }),
        "{:?}",
        proven.entry
    );
    assert!(proven.checkpoint.head().size > seq.0);
    assert!(read.receipt.len() < 2_048, "{} bytes", read.receipt.len());
}

#[tokio::test]
async fn an_entry_that_is_not_there_has_no_receipt() {
    let (shop, _) = opted_out().await;
    let beyond = Seq(shop.store.head().await.unwrap().size);
    let refused = audit::receipt(&shop, beyond).await.unwrap_err();
    assert!(refused.to_string().contains("no entry"), "{refused}");
}
