//! Who somebody is: fields kept and refused, people found, merged and seen.

use izin_core::policy::{CodeSet, FieldId, Policy, Retention};
use izin_core::{Channel, PurposeId, Timestamp};
use izin_testkit::policy as declared;
use serde_json::{Value, json};

use crate::shop::{Answer, BUDI, Shop, ask};

/// A shop whose data dictionary holds more than addresses and purchases.
async fn wide_shop() -> Shop {
    Shop::with(widen).await
}

fn widen(policy: &mut Policy) {
    for (id, category) in [
        ("phone", "pd:TelephoneNumber"),
        ("name", "pd:Name"),
        ("language", "pd:Language"),
        ("country", "pd:Country"),
        ("zone", "pd:Location"),
        ("birth_date", "pd:BirthDate"),
        ("shoe_size", "pd:Preference"),
        ("faith", "pd:ReligiousBelief"),
    ] {
        let field = declared::field(id, category, Retention::Profile);
        policy.fields.push(field);
    }
    let religion: CodeSet = ["S3".parse().unwrap()].into_iter().collect();
    let ids: Vec<_> = policy.fields.iter().map(|own| own.id).collect();
    for field in &mut policy.fields {
        if field.id.as_str() == "faith" {
            field.sensitive = religion;
        }
    }
    let faith = FieldId::parse("faith").unwrap();
    let everyday = ids.iter().filter(|own| **own != faith);
    policy.purposes[0].fields = everyday.copied().collect();
    let mut holidays = policy.purposes[0].clone();
    holidays.id = PurposeId::parse("holidays").unwrap();
    holidays.channels = vec![Channel::Email];
    holidays.fields = vec![FieldId::parse("email_address").unwrap(), faith];
    holidays.sensitive = religion;
    policy.purposes.push(holidays);
}

async fn put(shop: &Shop, customer: &str, fields: Value) -> Answer {
    let path = format!("/v1/subjects/{customer}");
    let asked = ask("PUT", &path).key(&shop.sender).json(&fields);
    shop.send(asked).await
}

async fn find(shop: &Shop, subject: Value) -> Answer {
    shop.post(&shop.reader, "/v1/subjects/find", &subject).await
}

async fn standing(shop: &Shop, id: &Value) -> Value {
    let path = format!("/v1/subjects/{}/standing", id.as_str().unwrap());
    let answer = shop.send(ask("GET", &path).key(&shop.reader)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_field_that_is_not_declared_or_not_understood_keeps_nothing() {
    let shop = wide_shop().await;
    let before = shop.entries().await;
    let (undeclared, invalid) = ("undeclared_field", "invalid_field");
    for (fields, status, code, field) in [
        (json!({"nmae": "Budi"}), 422, undeclared, "nmae"),
        (
            json!({"favourite_team": "Budi"}),
            422,
            undeclared,
            "favourite_team",
        ),
        (json!({"budi@example.com": "x"}), 422, undeclared, "(body)"),
        (
            json!({"name": "Budi", "shoes": "42"}),
            422,
            undeclared,
            "shoes",
        ),
        (json!({"name": 7}), 422, invalid, "name"),
        (json!({"name": null}), 422, invalid, "name"),
        (json!({"name": ""}), 422, invalid, "name"),
        (json!({"name": "budi".repeat(300)}), 422, invalid, "name"),
        (json!({"email": "budi at home"}), 422, invalid, "email"),
        (json!({"phone": "budi"}), 422, invalid, "phone"),
        (json!({"country": "budi"}), 422, invalid, "country"),
        (json!({"zone": "budi"}), 422, invalid, "zone"),
        (json!({"zone": "WITA"}), 422, invalid, "zone"),
        (json!({"language": "budi"}), 422, invalid, "language"),
        (
            json!({"birth_date": "2027-01-01"}),
            422,
            invalid,
            "birth_date",
        ),
        (json!({"purchases": "budi"}), 422, invalid, "purchases"),
        (
            json!({"faith": "budi"}),
            403,
            "explicit_consent_needed",
            "faith",
        ),
        (json!("budi"), 422, invalid, "(body)"),
    ] {
        let answer = put(&shop, "C-1", fields.clone()).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{fields}");
        let problem = answer.json();
        assert_eq!(problem["field"], field, "{fields}");
        let detail = problem["detail"]
            .as_str()
            .unwrap_or_default()
            .to_lowercase();
        assert!(!detail.contains("budi"), "{detail}");
    }
    assert_eq!(shop.entries().await, before);
    let meant = put(&shop, "C-1", json!({"nmae": "x"})).await.json();
    assert!(
        meant["detail"].as_str().unwrap().contains("`name`"),
        "{meant}"
    );
}

#[tokio::test]
async fn an_address_never_stands_in_a_url_as_a_customer_number() {
    let shop = wide_shop().await;
    let before = shop.entries().await;
    for number in [
        "rahasia%40example.com",
        "%2B6281200000077",
        "+62%20812-0000-0077",
    ] {
        let answer = put(&shop, number, json!({"name": "Budi"})).await;
        assert_eq!(answer.problem(), (422, "invalid_field".to_owned()));
        assert_eq!(answer.json()["field"], "customer");
        let said = answer.text();
        assert!(said.contains("the shop's own number"), "{said}");
        assert!(!said.contains("rahasia") && !said.contains("77"), "{said}");
    }
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn what_is_kept_is_found_again_and_shown_masked() {
    let shop = wide_shop().await;
    let fields = json!({
        "email": BUDI, "phone": "0812 0000 0001", "name": "Budi", "language": "id",
        "country": "ID", "zone": "WITA", "shoe_size": "42"
    });
    let answer = put(&shop, "C-1", fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = json!({
        "id": answer.json()["id"], "customer": "C-1",
        "identifiers": [
            {"kind": "email", "masked": "b•••@example.com"},
            {"kind": "phone", "masked": "+62•••01"},
        ]
    });
    let mut shown = answer.json();
    let by_kind = |own: &Value| own["kind"].as_str().unwrap().to_owned();
    shown["identifiers"]
        .as_array_mut()
        .unwrap()
        .sort_by_key(by_kind);
    assert_eq!(shown, expected);
    for subject in [
        json!({"email": BUDI}),
        json!({"customer": "C-1"}),
        json!({"id": shown["id"]}),
    ] {
        assert_eq!(find(&shop, subject).await.json()["id"], shown["id"]);
    }
    let again = put(&shop, "C-1", json!({"name": "Budi Santoso"})).await;
    assert_eq!(again.json()["id"], shown["id"]);
    let subject = shop.app.gate.everybody()[0];
    let profile = shop.app.store.profile(subject).await.unwrap();
    assert_eq!(profile.name.as_deref(), Some("Budi Santoso"));
    assert_eq!(profile.zone.as_deref(), Some("Asia/Makassar"));
    let shoe_size = FieldId::parse("shoe_size").unwrap();
    assert_eq!(profile.extra[&shoe_size], "42");
    let seen = standing(&shop, &shown["id"]).await;
    assert_eq!(seen["place"]["zone"], "Asia/Makassar");
    assert_eq!(
        (&seen["regimes"], &seen["regimes_from"]),
        (&json!(["uu-pdp"]), &json!("declared"))
    );
}

#[tokio::test]
async fn a_birth_date_makes_a_minor_and_is_itself_forgotten() {
    let shop = wide_shop().await;
    shop.customer(BUDI).await;
    let answer = put(
        &shop,
        "C-1",
        json!({"email": BUDI, "birth_date": "2010-05-17"}),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(shop.decide(BUDI).await["reason"], "minor");
    let seen = standing(&shop, &answer.json()["id"]).await;
    assert_eq!(seen["minor"], true);
    assert_eq!(seen["adult_from"], "2028-06-01T00:00:00Z");
    let entries = shop.entries().await;
    put(&shop, "C-1", json!({"birth_date": "2010-05-17"})).await;
    assert_eq!(shop.entries().await, entries, "known is known");
    put(&shop, "C-2", json!({"birth_date": "1990-05-17"})).await;
    let adult = find(&shop, json!({"customer": "C-2"})).await.json();
    assert_eq!(standing(&shop, &adult["id"]).await["minor"], false);
}

#[tokio::test]
async fn an_address_brings_its_refusals_along() {
    let shop = Shop::open().await;
    let optout = json!({"subject": {"email": BUDI}, "act": "optout", "channel": "email"});
    assert_eq!(shop.act(&optout).await.status, 200);
    let id = put(&shop, "C-1", json!({"email": BUDI})).await.json()["id"].clone();
    let seen = standing(&shop, &id).await;
    assert_eq!(seen["refusals"][0]["kind"], "opted_out");
    assert_eq!(seen["refusals"][0]["channel"], "email");
}

#[tokio::test]
async fn what_is_sensitive_is_kept_only_on_explicit_consent() {
    let shop = wide_shop().await;
    let id = put(&shop, "C-1", json!({"email": BUDI})).await.json()["id"].clone();
    let consent = |explicit: bool| {
        json!({
            "subject": {"email": BUDI}, "act": "consent", "channel": "email",
            "purpose": "holidays", "source": "account page", "detail": "greetings on holy days",
            "notice": 1, "language": "en", "explicit": explicit
        })
    };
    assert_eq!(shop.act(&consent(false)).await.status, 200);
    let refused = put(&shop, "C-1", json!({"faith": "undisclosed"})).await;
    assert_eq!(refused.problem().1, "explicit_consent_needed");
    assert_eq!(shop.act(&consent(true)).await.status, 200);
    assert_eq!(
        put(&shop, "C-1", json!({"faith": "undisclosed"}))
            .await
            .status,
        200
    );
    let withdrawal = json!({
        "subject": {"id": id}, "act": "withdrawal", "purpose": "holidays", "channel": "email"
    });
    assert_eq!(shop.act(&withdrawal).await.status, 200);
    let refused = put(&shop, "C-1", json!({"faith": "other"})).await;
    assert_eq!(refused.problem().1, "explicit_consent_needed");
}

#[tokio::test]
async fn nobody_is_found_by_what_nobody_holds_and_several_are_named() {
    let shop = Shop::open().await;
    let unknown = find(&shop, json!({"email": "siti@example.com"})).await;
    assert_eq!(unknown.problem(), (404, "unknown_subject".to_owned()));
    for body in [
        json!({}),
        json!({"email": 1}),
        json!({"fax": "1"}),
        json!({"push": "x"}),
    ] {
        assert_eq!(find(&shop, body).await.problem().0, 422);
    }
    let nobody = "/v1/subjects/00000000000000000000000000000000/standing";
    for path in [nobody, "/v1/subjects/C-1/standing"] {
        let answer = shop.send(ask("GET", path).key(&shop.reader)).await;
        assert_eq!(answer.problem(), (404, "unknown_subject".to_owned()));
    }
    let first = put(&shop, "C-1", json!({"email": BUDI})).await.json()["id"].clone();
    let second = put(&shop, "C-2", json!({"email": BUDI})).await.json()["id"].clone();
    let several = find(&shop, json!({"email": BUDI})).await;
    assert_eq!(several.problem(), (409, "several_subjects".to_owned()));
    for id in [first, second] {
        assert!(several.text().contains(id.as_str().unwrap()));
    }
}

#[tokio::test]
async fn merged_people_are_one_until_they_are_split() {
    let shop = Shop::open().await;
    let guest = shop.customer(BUDI).await.subject.to_string();
    let account = put(&shop, "C-1", json!({"email": "budi.s@example.com"}))
        .await
        .json();
    let merge = async |from: &str, into: Value| {
        let path = format!("/v1/subjects/{from}/merge");
        shop.post(&shop.officer, &path, &json!({"into": into}))
            .await
    };
    let into = || json!({"customer": "C-1"});
    for (from, into, status, code) in [
        (
            "00000000000000000000000000000000",
            into(),
            404,
            "unknown_subject",
        ),
        ("C-1", into(), 404, "unknown_subject"),
        (&*guest, json!({"customer": "C-9"}), 404, "unknown_subject"),
        (&*guest, json!({"id": guest}), 409, "merge_refused"),
    ] {
        assert_eq!(merge(from, into).await.problem(), (status, code.to_owned()));
    }
    let merged = merge(&guest, into()).await;
    assert_eq!(merged.status, 200, "{}", merged.text());
    assert_eq!(
        find(&shop, json!({"email": BUDI})).await.json()["id"],
        account["id"]
    );
    let twice = merge(&guest, into()).await;
    assert_eq!(twice.problem(), (409, "merge_refused".to_owned()));
    let path = format!("/v1/subjects/{guest}/split");
    let split = || ask("POST", &path).key(&shop.officer);
    assert_eq!(shop.send(split()).await.status, 200);
    assert_eq!(
        find(&shop, json!({"email": BUDI})).await.json()["id"],
        guest
    );
    assert_eq!(
        shop.send(split()).await.problem(),
        (409, "merge_refused".to_owned())
    );
}

#[tokio::test]
async fn the_standing_tells_all_but_who_it_is() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    for act in [
        json!({"subject": {"email": BUDI}, "act": "dial", "level": 0}),
        json!({"subject": {"email": BUDI}, "act": "signal", "signal": "gpc"}),
        json!({"subject": {"email": BUDI}, "act": "pause", "until": "2026-12-01T00:00:00Z"}),
        json!({"subject": {"email": BUDI}, "act": "cap", "limit": {"at_most": 2, "within": "7d"}}),
        json!({"subject": {"email": BUDI}, "act": "objection", "purpose": "counts"}),
    ] {
        let answer = shop.act(&act).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let seen = standing(&shop, &json!(link.subject.to_string())).await;
    assert!(!seen.to_string().contains("example.com"));
    assert_eq!(seen["dial"]["level"], 0);
    let since = Timestamp::parse(seen["dial"]["since"].as_str().unwrap()).unwrap();
    let may_ask = json!(since.plus_days(21).to_string());
    assert_eq!(seen["dial"]["may_ask"], may_ask, "21 days at a level");
    assert_eq!(
        seen["signals"],
        json!([{"signal": "gpc", "confirmations": 0}])
    );
    assert_eq!(seen["pauses"], json!([{"until": "2026-12-01T00:00:00Z"}]));
    assert_eq!(seen["caps"][0]["at_most"], 2);
    assert_eq!(seen["refusals"][0]["purpose"], "counts");
    assert_eq!(seen["identifiers"], json!(["email"]));
    let consents = seen["consents"].as_array().unwrap();
    let of = |purpose: &str, channel: &str| {
        let own =
            |own: &&Value| (&own["purpose"], &own["channel"]) == (&json!(purpose), &json!(channel));
        consents.iter().find(own).unwrap()["state"].clone()
    };
    assert_eq!(of("marketing", "email"), "dpv:ConsentGiven");
    assert_eq!(of("marketing", "whatsapp"), "dpv:ConsentUnknown");
}

#[tokio::test]
async fn a_shop_is_told_when_it_may_ask_somebody_to_turn_the_dial_up() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let id = json!(link.subject.to_string());
    let known = shop.app.store.known_since(link.subject).await.unwrap();
    let known = known.unwrap();
    let may_ask = async || standing(&shop, &id).await["dial"]["may_ask"].clone();
    assert_eq!(may_ask().await, json!(known.plus_days(21).to_string()));
    let personal = json!({"subject": {"email": BUDI}, "act": "dial", "level": 0});
    assert_eq!(shop.act(&personal).await.status, 200);
    let too_personal = json!({"subject": {"email": BUDI}, "act": "dial", "too_personal": true});
    let answer = shop.act(&too_personal).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let seen = standing(&shop, &id).await;
    let said = Timestamp::parse(seen["dial"]["too_personal_at"].as_str().unwrap()).unwrap();
    assert_eq!(
        seen["dial"]["may_ask"],
        json!(said.plus_days(180).to_string())
    );
    let complaint = json!({"subject": {"email": BUDI}, "act": "complaint"});
    assert_eq!(shop.act(&complaint).await.status, 200);
    assert_eq!(may_ask().await, "never", "they want no questions");
}
