//! Promise 3: as personal as the customer chose. What to show, at the level the gate allowed.
//!
//! The model is trained from kept orders of people whose purchases may be counted; a person's own
//! purchases are read only at level 2 and above, and only for that person.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use izin_core::policy::{Class, Purpose};
use izin_core::{Channel, Language, Level, Policy, Request, Seq, SubjectId, Timestamp, Verdict};
use izin_recommend::{
    Ask, Because, Buyer, CatalogueProduct, CategoryNo, CustomerNo, GuestOrderNo, MinCustomers, Mix,
    Model, OwnPurchase, Pick, ProductNo, Purchase,
};
use izin_store::{Line, Product, Store, StoreError};

use crate::App;
use crate::content;
use crate::gate::Who;

/// The catalogue and the model over it, as of the last training.
pub struct Trained {
    model: Model,
    products: Vec<Product>,
    numbers: HashMap<String, ProductNo>,
}

/// The trained model, until something it was trained from changes.
#[derive(Default)]
pub struct Shelf {
    trained: RwLock<Option<(Option<Seq>, Arc<Trained>)>>,
    categories: RwLock<Arc<Categories>>,
}

/// The shop's category of each product, by product code.
pub type Categories = HashMap<String, String>;

impl Shelf {
    /// Forgets the model and reads the categories: orders or catalogue changed, or are first read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn restock(&self, store: &Store) -> Result<(), StoreError> {
        let products = store.products().await?.into_iter();
        let categories = products.map(|own| (own.id, own.category)).collect();
        *self.trained.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self
            .categories
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(categories);
        Ok(())
    }

    /// The category of every product in the catalogue.
    #[must_use]
    pub fn categories(&self) -> Arc<Categories> {
        let kept = self.categories.read();
        Arc::clone(&kept.unwrap_or_else(PoisonError::into_inner))
    }

    /// The model, trained now if need be: also when an act came since, for it may have been an
    /// objection to being counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn trained(&self, app: &App) -> Result<Arc<Trained>, StoreError> {
        let seq = app.gate.seq();
        let kept = self
            .trained
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((_, trained)) = kept.filter(|(at, _)| *at == seq) {
            return Ok(trained);
        }
        let trained = Arc::new(train(app).await?);
        *self.trained.write().unwrap_or_else(PoisonError::into_inner) =
            Some((seq, Arc::clone(&trained)));
        Ok(trained)
    }
}

/// One recommended product and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// The product.
    pub product: &'a Product,
    /// The pick.
    pub pick: Pick,
    /// The own product that the reason names, at level 2.
    pub named: Option<&'a Product>,
}

impl Trained {
    /// The best products for an e-mail, at a level. `own` is looked at only at level 2 and above.
    #[must_use]
    pub fn for_mail(&self, level: Level, own: &[Line], count: usize) -> Vec<Item<'_>> {
        let own: Vec<OwnPurchase> = if level >= Level::Purchases {
            let number = |line: &Line| Some((*self.numbers.get(&line.product)?, line.at));
            own.iter()
                .filter_map(number)
                .map(|(product, at)| OwnPurchase { product, at })
                .collect()
        } else {
            Vec::new()
        };
        let ask = Ask {
            own: &own,
            on_screen: None,
            already_shown: &[],
            mix: Mix::Varied,
            count,
        };
        let picks = self.model.recommend(level, &ask);
        debug_assert!(picks.iter().all(|pick| pick.level() <= level));
        picks
            .into_iter()
            .filter_map(|pick| self.item(pick))
            .collect()
    }

    fn item(&self, pick: Pick) -> Option<Item<'_>> {
        let named = match pick.because {
            Because::BoughtTogether { with } => self.product(with),
            _ => None,
        };
        Some(Item {
            product: self.product(pick.product)?,
            pick,
            named,
        })
    }

    fn product(&self, number: ProductNo) -> Option<&Product> {
        self.products.get(usize::try_from(number.0).ok()?)
    }
}

impl Item<'_> {
    /// Why it is shown, as a sentence to the person.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let named = self.named.map_or("", |product| product.title.as_str());
        match (self.pick.because, language) {
            (Because::ForEveryone | Because::SameCategory { .. }, Language::Id) => {
                "Dari katalog kami, sama untuk semua orang".into()
            }
            (Because::ForEveryone | Because::SameCategory { .. }, Language::En) => {
                "From our catalogue, the same for everyone".into()
            }
            (Because::Popular | Because::GoesWith { .. }, Language::Id) => {
                "Banyak dibeli pelanggan belakangan ini".into()
            }
            (Because::Popular | Because::GoesWith { .. }, Language::En) => {
                "Bought by many customers lately".into()
            }
            (Because::BuyAgain { .. }, Language::Id) => "Karena Anda pernah membelinya".into(),
            (Because::BuyAgain { .. }, Language::En) => "Because you bought it before".into(),
            (Because::BoughtTogether { .. }, Language::Id) => {
                format!("Karena Anda membeli {named}")
            }
            (Because::BoughtTogether { .. }, Language::En) => format!("Because you bought {named}"),
        }
    }
}

async fn train(app: &App) -> Result<Trained, StoreError> {
    let products = app.store.products().await?;
    let numbers: HashMap<String, ProductNo> = products
        .iter()
        .zip(0_u32..)
        .map(|(product, number)| (product.id.clone(), ProductNo(number)))
        .collect();
    let mut purchases = Vec::new();
    let mut customers: HashMap<SubjectId, Option<CustomerNo>> = HashMap::new();
    let mut guests = 0_u32;
    app.store
        .each_order(|subject, lines| {
            let buyer = match subject {
                None => {
                    guests = guests.saturating_add(1);
                    Some(Buyer::Guest(GuestOrderNo(guests)))
                }
                Some(subject) => {
                    let next = u32::try_from(customers.len()).unwrap_or(u32::MAX);
                    let number = customers
                        .entry(subject)
                        .or_insert_with(|| may_count(app, subject).then_some(CustomerNo(next)));
                    number.map(Buyer::Customer)
                }
            };
            let Some(buyer) = buyer else { return };
            purchases.extend(lines.into_iter().filter_map(|line| {
                let product = *numbers.get(&line.product)?;
                Some(Purchase {
                    buyer,
                    product,
                    at: line.at,
                })
            }));
        })
        .await?;
    let last = purchases
        .iter()
        .map(|purchase| purchase.at)
        .max()
        .unwrap_or_default();
    let as_of = Timestamp::from_micros(last.as_micros().saturating_add(1));
    let catalogue = shelves(&products, &app.policy());
    let train = move || Model::train(catalogue, &purchases, as_of, MinCustomers::default());
    let model = tokio::task::spawn_blocking(train)
        .await
        .map_err(|_| StoreError::Stopped)?;
    Ok(Trained {
        model,
        products,
        numbers,
    })
}

/// Whether a person's purchases may feed counts over everybody: a purpose of its own, with its
/// own basis and objection. Counting is no message: what only hinders one does not speak against
/// it.
fn may_count(app: &App, subject: SubjectId) -> bool {
    let statistics = |own: &&Purpose| own.class == Class::AggregateStatistics;
    let policy = app.policy();
    let mut purposes = policy.purposes.iter().filter(statistics).peekable();
    let allows = |purpose: &Purpose, channel: Channel| {
        let request = Request::of(purpose.id, channel);
        let decision = app.decide(&Who::Subject(subject), &request);
        decision.verdict == Verdict::Allow || decision.reason.only_hinders()
    };
    purposes.peek().is_some()
        && purposes.all(|own| {
            !own.channels.is_empty() && own.channels.iter().all(|channel| allows(own, *channel))
        })
}

/// What may be picked: goods that reveal something, or that nobody has classified, are not even
/// counted.
fn shelves(products: &[Product], policy: &Policy) -> Vec<CatalogueProduct> {
    let mut categories: HashMap<&str, u32> = HashMap::new();
    products
        .iter()
        .map(|product| {
            let next = u32::try_from(categories.len()).unwrap_or(u32::MAX);
            let category = (!product.category.is_empty())
                .then(|| CategoryNo(*categories.entry(&product.category).or_insert(next)));
            let sold = product.in_stock && product.price.as_micros() > 0;
            let shelf = if !content::reveals_nothing(policy, &product.category) {
                izin_recommend::Shelf::Sensitive
            } else if sold {
                izin_recommend::Shelf::OnSale
            } else {
                izin_recommend::Shelf::Away
            };
            CatalogueProduct { shelf, category }
        })
        .collect()
}
