//! Small shops to ask questions of: written by hand or drawn at random.

use izin_core::Timestamp;
use izin_recommend::{
    Ask, Buyer, CatalogueProduct, CategoryNo, CustomerNo, GuestOrderNo, MinCustomers, Mix, Model,
    OwnPurchase, ProductNo, Purchase, Shelf,
};
use proptest::prelude::*;

/// The moment every shop here is trained at.
pub(crate) fn today() -> Timestamp {
    Timestamp::parse("2026-11-21").unwrap()
}

/// A moment so many days before [`today`].
pub(crate) fn days_ago(days: i64) -> Timestamp {
    today().plus_days(-days)
}

#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) catalogue: Vec<CatalogueProduct>,
    pub(crate) purchases: Vec<Purchase>,
}

impl Shop {
    /// So many products on sale, without categories; nothing sold yet.
    pub(crate) fn with_products(products: usize) -> Self {
        let product = CatalogueProduct {
            shelf: Shelf::OnSale,
            category: None,
        };
        Self {
            catalogue: vec![product; products],
            purchases: Vec::new(),
        }
    }

    pub(crate) fn shelve(mut self, product: u32, shelf: Shelf) -> Self {
        self.catalogue[product as usize].shelf = shelf;
        self
    }

    pub(crate) fn categorise(mut self, products: &[u32], category: u32) -> Self {
        for &product in products {
            self.catalogue[product as usize].category = Some(CategoryNo(category));
        }
        self
    }

    /// Each of these customers buys each of these products, so many days ago.
    pub(crate) fn sold(
        mut self,
        customers: std::ops::Range<u32>,
        products: &[u32],
        days: i64,
    ) -> Self {
        for customer in customers {
            let buyer = Buyer::Customer(CustomerNo(customer));
            self.sell(buyer, products, days);
        }
        self
    }

    /// Each of these guest orders holds each of these products.
    pub(crate) fn sold_to_guests(
        mut self,
        orders: std::ops::Range<u32>,
        products: &[u32],
        days: i64,
    ) -> Self {
        for order in orders {
            self.sell(Buyer::Guest(GuestOrderNo(order)), products, days);
        }
        self
    }

    fn sell(&mut self, buyer: Buyer, products: &[u32], days: i64) {
        let line = |&product| Purchase {
            buyer,
            product: ProductNo(product),
            at: days_ago(days),
        };
        self.purchases.extend(products.iter().map(line));
    }

    pub(crate) fn model(&self) -> Model {
        let min = MinCustomers::default();
        Model::train(self.catalogue.clone(), &self.purchases, today(), min)
    }

    /// The same catalogue with only the purchases `keep` says.
    pub(crate) fn keeping(&self, keep: impl Fn(&Purchase) -> bool) -> Self {
        let purchases = self.purchases.iter().copied().filter(keep).collect();
        Self {
            catalogue: self.catalogue.clone(),
            purchases,
        }
    }

    pub(crate) fn shelf(&self, product: ProductNo) -> Shelf {
        self.catalogue
            .get(product.0 as usize)
            .map_or(Shelf::Sensitive, |entry| entry.shelf)
    }

    /// How many distinct buyers `matches` finds, counted the slow and obvious way.
    pub(crate) fn buyers(&self, matches: impl Fn(&Purchase) -> bool) -> usize {
        let mut buyers: Vec<Buyer> = Vec::new();
        for purchase in self.purchases.iter().filter(|purchase| matches(purchase)) {
            if !buyers.contains(&purchase.buyer) {
                buyers.push(purchase.buyer);
            }
        }
        buyers.len()
    }
}

/// An [`Ask`] that owns what it borrows.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) own: Vec<OwnPurchase>,
    pub(crate) on_screen: Option<ProductNo>,
    pub(crate) already_shown: Vec<ProductNo>,
    pub(crate) mix: Mix,
    pub(crate) count: usize,
}

impl Question {
    /// Five picks for a page without a product, for a person who bought these products yesterday.
    pub(crate) fn of_owner(products: &[u32]) -> Self {
        let line = |&product| OwnPurchase {
            product: ProductNo(product),
            at: days_ago(1),
        };
        Self {
            own: products.iter().map(line).collect(),
            on_screen: None,
            already_shown: Vec::new(),
            mix: Mix::Likeliest,
            count: 5,
        }
    }

    pub(crate) fn on(mut self, product: u32) -> Self {
        self.on_screen = Some(ProductNo(product));
        self
    }

    pub(crate) fn mixed(mut self, mix: Mix) -> Self {
        self.mix = mix;
        self
    }

    pub(crate) fn ask(&self) -> Ask<'_> {
        Ask {
            own: &self.own,
            on_screen: self.on_screen,
            already_shown: &self.already_shown,
            mix: self.mix,
            count: self.count,
        }
    }
}

const PRODUCTS: u32 = 9;

/// A busy little shop: few customers and products, so that counts stand around the threshold.
pub(crate) fn any_shop() -> impl Strategy<Value = Shop> {
    let catalogue = prop::collection::vec(any_product(), PRODUCTS as usize);
    let purchases = prop::collection::vec(any_purchase(), 0..220);
    (catalogue, purchases).prop_map(|(catalogue, purchases)| Shop {
        catalogue,
        purchases,
    })
}

pub(crate) fn any_question() -> impl Strategy<Value = Question> {
    let own = (any_product_no(), -3..500_i64).prop_map(|(product, days)| OwnPurchase {
        product,
        at: days_ago(days),
    });
    let mix = prop_oneof![Just(Mix::Likeliest), Just(Mix::Varied), Just(Mix::NewOnly)];
    (
        prop::collection::vec(own, 0..12),
        prop::option::of(any_product_no()),
        prop::collection::vec(any_product_no(), 0..3),
        mix,
        0..12_usize,
    )
        .prop_map(|(own, on_screen, already_shown, mix, count)| Question {
            own,
            on_screen,
            already_shown,
            mix,
            count,
        })
}

/// Now and then a product the catalogue does not list.
fn any_product_no() -> impl Strategy<Value = ProductNo> {
    (0..=PRODUCTS).prop_map(ProductNo)
}

fn any_product() -> impl Strategy<Value = CatalogueProduct> {
    let shelf =
        prop_oneof![6 => Just(Shelf::OnSale), 1 => Just(Shelf::Away), 1 => Just(Shelf::Sensitive)];
    let category = prop::option::of((0..3_u32).prop_map(CategoryNo));
    (shelf, category).prop_map(|(shelf, category)| CatalogueProduct { shelf, category })
}

fn any_purchase() -> impl Strategy<Value = Purchase> {
    let buyer = prop_oneof![
        5 => (0..11_u32).prop_map(|number| Buyer::Customer(CustomerNo(number))),
        1 => (0..20_u32).prop_map(|number| Buyer::Guest(GuestOrderNo(number))),
    ];
    (buyer, any_product_no(), -2..60_i64).prop_map(|(buyer, product, days)| Purchase {
        buyer,
        product,
        at: days_ago(days),
    })
}
