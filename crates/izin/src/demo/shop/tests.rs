//! What the made-up shop promises.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use izin_app::import::row::{
    catalog::{self, Product},
    contacts::{self, Answer, Contact},
    purchases::{self, Purchase},
    suppressions::{self, Suppression},
};
use izin_app::import::table::{ColumnMap, Layout, Next, Problem, Row, Table};
use izin_core::{Identifier, Language, Level};

use super::goods::BUNDLES;
use super::*;

fn end() -> Timestamp {
    Timestamp::parse("2026-11-21T08:30:00Z").unwrap()
}

fn shop() -> Shop {
    Shop::generate(7, CUSTOMERS_DEFAULT, end())
}

/// Reads a file as the import does; a refused row or an unknown column fails the test.
fn read<T>(
    file: &str,
    layout: &'static Layout,
    row: impl Fn(&Row<'_>) -> Result<T, Problem>,
) -> Vec<T> {
    let bytes = Cursor::new(file.as_bytes().to_vec());
    let mut table = Table::open(bytes, layout, ColumnMap::default()).unwrap();
    assert_eq!(table.ignored_columns().count(), 0);
    let mut rows = Vec::new();
    loop {
        match table.next_row().unwrap() {
            Next::Row(next) => rows.push(row(&next).unwrap()),
            other @ (Next::Bad(_) | Next::Faulty(..)) => panic!("{other:?}"),
            Next::End => return rows,
        }
    }
}

/// One contact, as far as the tests look at it.
struct Person {
    email: Identifier,
    language: Option<Language>,
    level: Option<Level>,
    marketing: Option<Answer>,
    personalisation: Option<Answer>,
    proven: bool,
}

fn people(file: &str) -> Vec<Person> {
    read(file, &contacts::LAYOUT, |row| {
        let contact = Contact::read(row, end(), "ID")?;
        let said = |purpose: &str| {
            let mut consents = contact.consents.iter();
            consents
                .find(|said| said.purpose.as_str() == purpose)
                .map(|said| said.answer)
        };
        Ok(Person {
            marketing: said("marketing"),
            personalisation: said("personalisation"),
            language: contact.language,
            level: contact.level,
            proven: contact.consent_at.is_some() && contact.consent_evidence.is_some(),
            email: contact.email.unwrap(),
        })
    })
}

/// How many of 100 people something holds for.
fn percent(people: &[Person], holds: impl Fn(&Person) -> bool) -> usize {
    people.iter().filter(|person| holds(person)).count() * 100 / people.len()
}

#[test]
fn nobody_real_can_be_written_to() {
    let shop = shop();
    let ids: Vec<String> = (0..300).map(|n| format!("{}", 12_346 + n)).collect();
    let mut addresses: Vec<Identifier> = Vec::new();
    for file in [&shop.contacts, &contacts_for(&ids, 7, end())] {
        addresses.extend(people(file).into_iter().map(|person| person.email));
    }
    addresses.extend(read(&shop.suppressions, &suppressions::LAYOUT, |row| {
        Ok(Suppression::read(row, end(), "ID")?.email.unwrap())
    }));
    assert!(addresses.len() > 2_700);
    for address in addresses {
        assert!(address.reveal("test").ends_with("@pelanggan.example"));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let files = |seed| {
        let shop = Shop::generate(seed, 300, end());
        [
            shop.contacts,
            shop.catalogue,
            shop.purchases,
            shop.suppressions,
        ]
    };
    assert_eq!(files(7), files(7));
    let (one, other) = (files(7), files(8));
    for place in [0, 2, 3] {
        assert_ne!(one[place], other[place]);
    }
}

#[test]
fn every_kind_of_answer_is_there() {
    let shop = shop();
    let ids: Vec<String> = (0..3_000).map(|n| format!("{n}")).collect();
    for (file, spoken) in [
        (shop.contacts, Language::Id),
        (contacts_for(&ids, 7, end()), Language::En),
    ] {
        let people = people(&file);
        let yes = Some(Answer::Yes);
        assert!((52..=58).contains(&percent(&people, |p| p.marketing == yes && p.proven)));
        assert!((8..=12).contains(&percent(&people, |p| p.marketing == yes && !p.proven)));
        assert!((13..=17).contains(&percent(&people, |p| p.marketing == Some(Answer::No))));
        assert!((17..=22).contains(&percent(&people, |p| p.marketing.is_none())));
        assert!((30..=45).contains(&percent(&people, |p| p.personalisation == yes)));
        assert!((85..=97).contains(&percent(&people, |p| p.language == Some(spoken))));
        for level in [Level::Contextual, Level::Trends, Level::Purchases] {
            assert!(
                percent(&people, |p| p.level == Some(level)) >= 10,
                "{level}"
            );
        }
        let unasked = |p: &Person| p.level == Some(Level::Purchases) && p.personalisation != yes;
        assert!(!people.iter().any(unasked), "level 2 without consent to it");
    }
}

#[test]
fn the_people_are_as_many_as_asked_for_and_some_stand_twice() {
    let people = people(&shop().contacts);
    let addresses: BTreeSet<_> = people.iter().map(|person| &person.email).collect();
    assert_eq!(addresses.len(), CUSTOMERS_DEFAULT);
    let twice = people.len() - addresses.len();
    assert!((20..=90).contains(&twice), "{twice}");
}

#[test]
fn the_catalogue_is_read_without_a_refusal() {
    let products = read(&shop().catalogue, &catalog::LAYOUT, |row| {
        let product = Product::read(row)?;
        let own_page = format!("https://toko.example/p/{}", product.product_id);
        assert_eq!(product.url, Some(own_page.as_str()));
        assert!(product.description.is_some() && product.price.is_some() && product.in_stock);
        Ok(product.category.unwrap().to_owned())
    });
    assert!(products.len() >= 180);
    assert_eq!(products.into_iter().collect::<BTreeSet<_>>().len(), 12);
}

#[test]
fn the_do_not_contact_list_holds_customers_and_strangers() {
    let shop = shop();
    let known: BTreeSet<_> = people(&shop.contacts)
        .into_iter()
        .map(|p| p.email)
        .collect();
    let listed = read(&shop.suppressions, &suppressions::LAYOUT, |row| {
        Suppression::read(row, end(), "ID")
    });
    let customers = listed
        .iter()
        .filter(|row| known.contains(row.email.as_ref().unwrap()))
        .count();
    assert_eq!((customers, listed.len() - customers), (40, 12));
    assert!(listed.iter().any(|row| row.channel.is_none()));
    assert!(listed.iter().any(|row| row.channel.is_some()));
}

/// One sale line, kept.
struct Sale {
    customer: Option<String>,
    order: String,
    title: String,
    product: String,
    ts: Timestamp,
}

fn sales() -> Vec<Sale> {
    read(&shop().purchases, &purchases::LAYOUT, |row| {
        let line = Purchase::read(row)?;
        Ok(Sale {
            customer: line.customer_id.map(str::to_owned),
            order: line.order_id.to_owned(),
            title: line.description.unwrap().to_owned(),
            product: line.product_id.to_owned(),
            ts: line.ts,
        })
    })
}

#[test]
fn purchases_fill_the_year_before_the_end_and_guests_make_some() {
    let sales = sales();
    assert!(
        sales
            .iter()
            .all(|sale| sale.ts < end() && sale.ts >= end().plus_days(-366))
    );
    assert!(sales.is_sorted_by_key(|sale| sale.ts));
    let orders: BTreeMap<_, _> = sales.iter().map(|sale| (&sale.order, sale)).collect();
    let guests = orders
        .values()
        .filter(|sale| sale.customer.is_none())
        .count()
        * 100;
    assert!(
        (13..=16).contains(&(guests / orders.len())),
        "{guests} of {}",
        orders.len()
    );
    assert!(
        orders.len() > 8_000 && sales.len() > 20_000,
        "{} {}",
        orders.len(),
        sales.len()
    );
}

#[test]
fn goods_of_a_bundle_are_bought_together_by_many() {
    let sales = sales();
    let mut baskets: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for sale in &sales {
        if let Some(customer) = &sale.customer {
            baskets
                .entry((customer, &sale.order))
                .or_default()
                .insert(&sale.title);
        }
    }
    for (one, other) in BUNDLES {
        let buyers: BTreeSet<_> = baskets
            .iter()
            .filter(|(_, basket)| basket.contains(one) && basket.contains(other))
            .map(|((customer, _), _)| customer)
            .collect();
        assert!(buyers.len() >= 5, "{one} + {other}: {}", buyers.len());
    }
}

#[test]
fn staples_are_bought_again_and_few_customers_buy_much() {
    let sales = sales();
    let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut per_customer: BTreeMap<&str, usize> = BTreeMap::new();
    for sale in &sales {
        if let Some(customer) = &sale.customer {
            *times.entry((customer, &sale.product)).or_default() += 1;
            *per_customer.entry(customer).or_default() += 1;
        }
    }
    assert!(times.values().filter(|times| **times >= 3).count() > 500);
    let mut counts: Vec<usize> = per_customer.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let top: usize = counts.iter().take(counts.len() / 10).sum();
    let share = top * 100 / counts.iter().sum::<usize>();
    assert!((30..=60).contains(&share), "the top tenth has {share} %");
}
