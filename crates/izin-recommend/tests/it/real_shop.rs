//! How good the lists are on a real shop's purchases (UCI Online Retail, read where it lies).
//!
//! The split and the measure are those of the shared scorer: train before 2011-09-25, NDCG@10 over
//! what each customer bought afterwards, own products included. A sample of customers keeps the
//! test short.

use std::collections::{BTreeMap, BTreeSet};

use izin_core::{Level, Timestamp};
use izin_recommend::{
    Ask, Buyer, CatalogueProduct, CustomerNo, GuestOrderNo, MinCustomers, Mix, Model, OwnPurchase,
    ProductNo, Purchase, Shelf,
};

const SPLIT: &str = "2011-09-25T00:00:00";
/// Customers to be measured according to the data's protocol, mode `repeat`.
const CUSTOMERS: usize = 1_891;
/// Every so many of them is asked for.
const SAMPLE_STEP: usize = 10;
const PICKS: usize = 10;

/// Numbers for texts, in the order in which they first appear.
#[derive(Default)]
struct Numbers(BTreeMap<String, u32>);

impl Numbers {
    fn of(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap();
        *self.0.entry(text.to_owned()).or_insert(next)
    }
}

/// A customer to be measured: what they bought before the split and what after.
#[derive(Default)]
struct Customer {
    before: Vec<OwnPurchase>,
    after: BTreeSet<ProductNo>,
}

struct RealShop {
    model: Model,
    customers: Vec<Customer>,
}

/// What the file says, split in what may be learned from and what is to be foretold.
#[derive(Default)]
struct Reading {
    products: Numbers,
    customers: Numbers,
    orders: Numbers,
    catalogue_len: usize,
    purchases: Vec<Purchase>,
    measured: BTreeMap<u32, Customer>,
}

impl Reading {
    fn of(csv: impl std::io::Read) -> Self {
        let split = Timestamp::parse(SPLIT).unwrap();
        let mut reading = Self::default();
        let (mut time, mut at) = (String::new(), split);
        for line in csv::Reader::from_reader(csv).records() {
            let line = line.unwrap();
            if line[2] != time {
                time = line[2].to_owned();
                at = Timestamp::parse(&time).unwrap();
            }
            let product = ProductNo(reading.products.of(&line[3]));
            if at < split {
                reading.learn(&line[0], &line[1], OwnPurchase { product, at });
            } else {
                reading.foretell(&line[0], product);
            }
        }
        reading
    }

    fn learn(&mut self, customer: &str, order: &str, own: OwnPurchase) {
        self.catalogue_len = self.products.0.len();
        let buyer = if customer.is_empty() {
            Buyer::Guest(GuestOrderNo(self.orders.of(order)))
        } else {
            let number = self.customers.of(customer);
            self.measured.entry(number).or_default().before.push(own);
            Buyer::Customer(CustomerNo(number))
        };
        self.purchases.push(Purchase {
            buyer,
            product: own.product,
            at: own.at,
        });
    }

    /// Only known customers can be measured, and only on products that could be learned.
    fn foretell(&mut self, customer: &str, product: ProductNo) {
        let known = self.customers.0.get(customer);
        let learned = (product.0 as usize) < self.catalogue_len;
        if let Some(measured) = known.and_then(|number| self.measured.get_mut(number))
            && learned
        {
            measured.after.insert(product);
        }
    }
}

impl RealShop {
    /// Reads the purchases, or says why the test is skipped.
    fn open() -> Option<Self> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/online-retail/transactions.csv.gz"
        );
        let Ok(file) = std::fs::File::open(path) else {
            let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
            assert!(
                !required.contains("shared"),
                "the shared data is required and absent"
            );
            println!("skipped: the shared purchase data is not beside the repository");
            return None;
        };
        let reading = Reading::of(flate2::read::GzDecoder::new(file));
        let split = Timestamp::parse(SPLIT).unwrap();
        let product = CatalogueProduct {
            shelf: Shelf::OnSale,
            category: None,
        };
        let catalogue = vec![product; reading.catalogue_len];
        let bought_later = |customer: &Customer| !customer.after.is_empty();
        Some(Self {
            model: Model::train(
                catalogue,
                &reading.purchases,
                split,
                MinCustomers::default(),
            ),
            customers: reading
                .measured
                .into_values()
                .filter(bought_later)
                .collect(),
        })
    }

    fn sample(&self) -> impl Iterator<Item = &Customer> {
        self.customers.iter().step_by(SAMPLE_STEP)
    }

    fn list(&self, level: Level, own: &[OwnPurchase]) -> Vec<ProductNo> {
        let ask = Ask {
            own,
            on_screen: None,
            already_shown: &[],
            mix: Mix::Likeliest,
            count: PICKS,
        };
        let picks = self.model.recommend(level, &ask);
        picks.into_iter().map(|pick| pick.product).collect()
    }
}

/// Binary NDCG: a hit at rank r is worth 1/log2(r + 1), the ideal is hits on all first places.
fn ndcg(list: &[ProductNo], relevant: &BTreeSet<ProductNo>) -> f64 {
    let worth = |rank: usize| ((rank + 2) as f64).log2().recip();
    let hits = list
        .iter()
        .enumerate()
        .filter(|(_, product)| relevant.contains(product));
    let gained: f64 = hits.map(|(rank, _)| worth(rank)).sum();
    gained / (0..relevant.len().min(PICKS)).map(worth).sum::<f64>()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn own_purchases_make_real_lists_far_better_and_only_ones_own() {
    let Some(shop) = RealShop::open() else { return };
    assert_eq!(
        shop.customers.len(),
        CUSTOMERS,
        "the split is the protocol's"
    );

    let popular = shop.list(Level::Trends, &[]);
    let same_for_all = |customer: &Customer| shop.list(Level::Trends, &customer.before) == popular;
    assert!(shop.sample().all(same_for_all), "level 1 is not personal");

    let own = mean(shop.sample().map(|customer| {
        ndcg(
            &shop.list(Level::Purchases, &customer.before),
            &customer.after,
        )
    }));
    let general = mean(
        shop.sample()
            .map(|customer| ndcg(&popular, &customer.after)),
    );
    let others = shop.sample().zip(shop.sample().skip(1));
    let mistaken = mean(others.map(|(other, customer)| {
        ndcg(&shop.list(Level::Purchases, &other.before), &customer.after)
    }));
    println!("NDCG@10: own {own:.4}, popular {general:.4}, another's history {mistaken:.4}");
    assert!(own > 0.33, "own {own:.4}");
    assert!(own > 2.0 * general, "own {own:.4}, popular {general:.4}");
    assert!(
        own > 2.0 * mistaken,
        "own {own:.4}, another's history {mistaken:.4}"
    );
    assert!(general > 0.08, "popular {general:.4}");
}
