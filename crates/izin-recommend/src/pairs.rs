//! Bought together: for two products, how many distinct customers bought both.
//!
//! It must never keep a pair below the threshold, and never let a guest form one. Start at
//! [`Pairs::count`].

use std::cmp::Reverse;

use crate::anonymity::MinCustomers;
use crate::catalogue::ProductNo;
use crate::purchase::{Buyer, CustomerNo, Sale, by_buyer};

/// Products looked at per customer, the latest first. Work grows with the square of it, and who
/// bought more is a reseller whose purchases say little about what goes together.
const PRODUCTS_PER_CUSTOMER_MAX: usize = 1_000;

/// Pair entries kept (each pair has two, of 8 bytes): 160 MB. A shop with more loses the rarest.
const PAIR_ENTRIES_MAX: usize = 20_000_000;

/// Added to the size of a pair when it is judged, so that a pair of rare products does not win by
/// being rare: a few chance buyers then weigh little.
const RARE_CALM_CUSTOMERS: f32 = 10.0;

/// The products bought together often enough, as counts of distinct customers.
#[derive(Debug, Clone)]
pub(crate) struct Pairs {
    rows: Vec<Vec<Entry>>,
    /// Per product, the square root of the number of customers who bought it.
    roots: Vec<f32>,
}

/// One end of a pair, in the row of the other end. Rows are ordered by product.
#[derive(Debug, Clone, Copy)]
struct Entry {
    product: ProductNo,
    customers: u32,
}

impl Pairs {
    /// Counts pairs among known customers. One row is counted at a time, so that memory holds the
    /// kept pairs and never the far more numerous rare ones.
    pub(crate) fn count(sales: &[Sale], products: usize, min: MinCustomers) -> Self {
        let baskets = baskets(sales);
        let buyers = buyers_by_product(&baskets, products);
        let roots = buyers.iter().map(|of| (of.len() as f32).sqrt()).collect();
        let mut counter = RowCounter::new(products);
        let mut kept = KeptRows::new(PAIR_ENTRIES_MAX, min);
        for (product, of) in (0_u32..).map(ProductNo).zip(&buyers) {
            for basket in of.iter().filter_map(|&number| baskets.get(number as usize)) {
                counter.add(basket);
            }
            kept.push(counter.take_row(product, kept.min));
        }
        Self {
            rows: kept.rows,
            roots,
        }
    }

    /// The products bought together with this one, each with how close they are.
    pub(crate) fn neighbours(
        &self,
        product: ProductNo,
    ) -> impl Iterator<Item = (ProductNo, f32)> + '_ {
        let root = self.root(product);
        self.row(product)
            .iter()
            .map(move |entry| (entry.product, self.judge(entry, root)))
    }

    /// How close two products are: 0 when too few customers bought both, below 1 always.
    pub(crate) fn closeness(&self, one: ProductNo, other: ProductNo) -> f32 {
        let row = self.row(one);
        row.binary_search_by_key(&other, |entry| entry.product)
            .ok()
            .and_then(|place| row.get(place))
            .map_or(0.0, |entry| self.judge(entry, self.root(one)))
    }

    fn judge(&self, entry: &Entry, root: f32) -> f32 {
        entry.customers as f32 / (root * self.root(entry.product) + RARE_CALM_CUSTOMERS)
    }

    fn row(&self, product: ProductNo) -> &[Entry] {
        self.rows.get(product.place()).map_or(&[], Vec::as_slice)
    }

    fn root(&self, product: ProductNo) -> f32 {
        self.roots.get(product.place()).copied().unwrap_or(0.0)
    }
}

/// What each known customer bought, latest first, at most [`PRODUCTS_PER_CUSTOMER_MAX`].
fn baskets(sales: &[Sale]) -> Vec<Vec<ProductNo>> {
    let mut known: Vec<(CustomerNo, &Sale)> = by_buyer(sales)
        .filter_map(|group| group.first())
        .filter_map(|latest| match latest.buyer {
            Buyer::Customer(customer) => Some((customer, latest)),
            Buyer::Guest(_) => None,
        })
        .collect();
    known.sort_unstable_by_key(|(customer, sale)| (*customer, Reverse(sale.at), sale.product));
    known
        .chunk_by(|(one, _), (other, _)| one == other)
        .map(|basket| {
            let latest = basket.iter().take(PRODUCTS_PER_CUSTOMER_MAX);
            latest.map(|(_, sale)| sale.product).collect()
        })
        .collect()
}

/// For each product, the numbers of the baskets that hold it.
fn buyers_by_product(baskets: &[Vec<ProductNo>], products: usize) -> Vec<Vec<u32>> {
    let mut buyers = vec![Vec::new(); products];
    for (number, basket) in (0_u32..).zip(baskets) {
        for product in basket {
            if let Some(of) = buyers.get_mut(product.place()) {
                of.push(number);
            }
        }
    }
    buyers
}

/// Counts one row densely and remembers which places it touched, so that clearing is cheap.
struct RowCounter {
    customers: Vec<u32>,
    touched: Vec<ProductNo>,
}

impl RowCounter {
    fn new(products: usize) -> Self {
        Self {
            customers: vec![0; products],
            touched: Vec::new(),
        }
    }

    fn add(&mut self, basket: &[ProductNo]) {
        for &product in basket {
            if let Some(count) = self.customers.get_mut(product.place()) {
                if *count == 0 {
                    self.touched.push(product);
                }
                *count = count.saturating_add(1);
            }
        }
    }

    /// The counted row without the product itself and without what is too rare; clears the counts.
    fn take_row(&mut self, own: ProductNo, min: MinCustomers) -> Vec<Entry> {
        let mut row = Vec::new();
        for product in self.touched.drain(..) {
            let count = self.customers.get_mut(product.place());
            let customers = min.visible(count.map_or(0, std::mem::take));
            if customers > 0 && product != own {
                row.push(Entry { product, customers });
            }
        }
        row.sort_unstable_by_key(|entry| entry.product);
        row.shrink_to_fit();
        row
    }
}

/// The rows kept so far. When they outgrow `entries_max` the threshold rises, so that what is
/// lost is the rarest everywhere and not whatever came last.
struct KeptRows {
    rows: Vec<Vec<Entry>>,
    entries: usize,
    entries_max: usize,
    min: MinCustomers,
}

impl KeptRows {
    fn new(entries_max: usize, min: MinCustomers) -> Self {
        Self {
            rows: Vec::new(),
            entries: 0,
            entries_max,
            min,
        }
    }

    fn push(&mut self, row: Vec<Entry>) {
        self.entries = self.entries.saturating_add(row.len());
        self.rows.push(row);
        while self.entries > self.entries_max {
            self.raise();
        }
    }

    fn raise(&mut self) {
        self.min = self.min.raised();
        for row in &mut self.rows {
            row.retain(|entry| self.min.visible(entry.customers) > 0);
            row.shrink_to_fit();
        }
        self.entries = self.rows.iter().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use izin_core::Timestamp;

    use super::*;
    use crate::purchase::GuestOrderNo;

    fn sale(buyer: Buyer, product: u32, day: i64) -> Sale {
        let at = Timestamp::from_micros(0).plus_days(day);
        Sale {
            product: ProductNo(product),
            buyer,
            at,
            fortnights_ago: 0,
        }
    }

    fn bought_by_customers(customers: u32, products: &[u32]) -> Vec<Sale> {
        (0..customers)
            .flat_map(|number| products.iter().map(move |&product| (number, product)))
            .map(|(number, product)| sale(Buyer::Customer(CustomerNo(number)), product, 1))
            .collect()
    }

    #[test]
    fn four_customers_make_no_pair_and_five_do() {
        let min = MinCustomers::default();
        let four = Pairs::count(&bought_by_customers(4, &[0, 1]), 2, min);
        assert!(four.closeness(ProductNo(0), ProductNo(1)) <= 0.0);
        let five = Pairs::count(&bought_by_customers(5, &[0, 1]), 2, min);
        assert!(five.closeness(ProductNo(0), ProductNo(1)) > 0.0);
    }

    #[test]
    fn guests_never_form_a_pair() {
        let sales: Vec<Sale> = (0..50)
            .flat_map(|order| [0, 1].map(|product| (order, product)))
            .map(|(order, product)| sale(Buyer::Guest(GuestOrderNo(order)), product, 1))
            .collect();
        let pairs = Pairs::count(&sales, 2, MinCustomers::default());
        assert_eq!(pairs.neighbours(ProductNo(0)).count(), 0);
    }

    #[test]
    fn a_pair_is_as_close_from_either_end_and_no_product_pairs_with_itself() {
        let mut sales = bought_by_customers(9, &[0, 1, 2]);
        sales.extend((9..30).map(|n| sale(Buyer::Customer(CustomerNo(n)), 2, 1)));
        let pairs = Pairs::count(&sales, 3, MinCustomers::default());
        for one in 0..3 {
            assert!(pairs.closeness(ProductNo(one), ProductNo(one)) <= 0.0);
            for (other, closeness) in pairs.neighbours(ProductNo(one)) {
                assert!((pairs.closeness(other, ProductNo(one)) - closeness).abs() < 1e-6);
            }
        }
        assert_eq!(pairs.neighbours(ProductNo(2)).count(), 2);
    }

    #[test]
    fn of_a_very_long_basket_the_latest_products_count() {
        let many = u32::try_from(PRODUCTS_PER_CUSTOMER_MAX).unwrap() + 1;
        let customer = Buyer::Customer(CustomerNo(1));
        let sales: Vec<Sale> = (0..many)
            .map(|product| sale(customer, product, i64::from(product)))
            .collect();
        let [basket] = &baskets(&sales)[..] else {
            panic!("one customer has one basket")
        };
        assert_eq!(basket.len(), PRODUCTS_PER_CUSTOMER_MAX);
        assert!(!basket.contains(&ProductNo(0)));
        assert!(basket.contains(&ProductNo(many - 1)));
    }

    #[test]
    fn too_many_pairs_raise_the_threshold_for_all_rows() {
        let entry = |product, customers| Entry {
            product: ProductNo(product),
            customers,
        };
        let mut kept = KeptRows::new(3, MinCustomers::default());
        kept.push(vec![entry(1, 5), entry(2, 9)]);
        kept.push(vec![entry(0, 5), entry(2, 6)]);
        let left: Vec<u32> = kept
            .rows
            .iter()
            .flatten()
            .map(|entry| entry.customers)
            .collect();
        assert_eq!(left, [9, 6]);
        assert_eq!(kept.min.get(), 6);
    }
}
