//! A year of purchases with the structure real ones have: tastes, staples that are bought again,
//! goods that go together, busy seasons, few customers who buy much and many who buy little, and
//! guests.

use izin_core::Timestamp;

use super::dice::Dice;
use super::goods::{BUNDLES, CATEGORIES, Good};
use super::people::customer_number;
use super::season::{Day, days_before};
use super::sheet::Sheet;

/// How long the shop has been selling, in days.
const HISTORY_DAYS: i64 = 365;
/// How many of 100 orders are placed without an account.
const GUEST_PERCENT: usize = 15;
/// The most different goods in one order.
const ORDER_LINES_MAX: usize = 9;
/// Keeps the throws for purchases apart from those for the people themselves.
const SALES_STREAM: u64 = 1 << 40;
/// Shop hours in UTC, in seconds of the day: 07:00 to 23:00 in Jakarta is 00:00 to 16:00.
const OPEN_SECONDS: u32 = 16 * 60 * 60;

/// How many orders a customer places in a year, lowest and highest, and of 1000 how many do.
const ORDERS_A_YEAR: [(u32, u32, u32); 7] = [
    (0, 0, 70),
    (1, 1, 230),
    (2, 3, 300),
    (4, 7, 230),
    (8, 14, 110),
    (15, 26, 50),
    (27, 52, 10),
];

/// A good by its place: category, then shelf.
type Place = (usize, usize);

/// What one person likes.
struct Taste {
    /// Two or three categories, the dearest first.
    categories: Vec<usize>,
    /// What is bought whenever it is used up.
    staples: Vec<Place>,
}

struct Order {
    at: Timestamp,
    customer: Option<usize>,
    lines: Vec<(Place, u32)>,
}

/// The purchase file.
pub(super) fn purchases(seed: u64, customers: usize, end: Timestamp) -> String {
    let days = days_before(end, HISTORY_DAYS);
    let mut orders: Vec<Order> = (0..customers)
        .flat_map(|customer| orders_of(seed, customer, &days))
        .collect();
    let guests = orders.len() * GUEST_PERCENT / (100 - GUEST_PERCENT);
    orders.extend((0..guests).map(|guest| order_of_guest(seed, customers + guest, &days)));
    orders.sort_by_key(|order| (order.at, order.customer));
    written(&orders)
}

/// The catalogue file.
pub(super) fn catalogue() -> String {
    let mut sheet = Sheet::new([
        "product_id",
        "title",
        "description",
        "category",
        "price",
        "in_stock",
        "url",
    ]);
    for (category, shelf) in CATEGORIES.iter().enumerate() {
        for (place, good) in shelf.goods.iter().enumerate() {
            let id = product_id((category, place));
            let url = format!("https://toko.example/p/{id}");
            let price = good.rupiah.to_string();
            let stock = "yes";
            sheet.row([
                &id,
                good.title,
                good.description,
                shelf.name,
                &price,
                stock,
                &url,
            ]);
        }
    }
    sheet.finish()
}

fn written(orders: &[Order]) -> String {
    let mut sheet = Sheet::new([
        "customer_id",
        "order_id",
        "ts",
        "product_id",
        "description",
        "quantity",
        "unit_price",
        "country",
        "category",
    ]);
    for (number, order) in orders.iter().enumerate() {
        let customer = order.customer.map(customer_number).unwrap_or_default();
        let (order_id, ts) = (format!("T{:06}", number + 1), order.at.to_string());
        for (place, quantity) in &order.lines {
            let (id, good) = (product_id(*place), good(*place));
            let (quantity, price) = (quantity.to_string(), good.rupiah.to_string());
            let category = CATEGORIES[place.0].name;
            sheet.row([
                &customer, &order_id, &ts, &id, good.title, &quantity, &price, "ID", category,
            ]);
        }
    }
    sheet.finish()
}

fn orders_of(seed: u64, customer: usize, days: &[Day]) -> Vec<Order> {
    let dice = &mut Dice::new(seed, SALES_STREAM + customer as u64);
    let taste = Taste::of_someone(dice);
    let (low, high, _) = ORDERS_A_YEAR[dice.weighted(ORDERS_A_YEAR.iter().map(|row| row.2))];
    let mut shopping: Vec<usize> = (0..dice.between(low, high))
        .map(|_| busy_day(dice, days))
        .collect();
    shopping.sort_unstable();
    let mut bought: Vec<Option<usize>> = vec![None; taste.staples.len()];
    let mut orders = Vec::new();
    for today in shopping {
        let day = days[today];
        let mut goods = Vec::new();
        for (staple, last) in taste.staples.iter().zip(&mut bought) {
            if is_used_up(*staple, *last, today) && dice.chance(80) {
                goods.push(*staple);
                *last = Some(today);
            }
        }
        goods.extend((0..dice.between(1, 3)).map(|_| taste.choose(dice, day)));
        orders.push(Order {
            at: moment(dice, day),
            customer: Some(customer),
            lines: lines(dice, goods),
        });
    }
    orders
}

fn order_of_guest(seed: u64, stream: usize, days: &[Day]) -> Order {
    let dice = &mut Dice::new(seed, SALES_STREAM + stream as u64);
    let taste = Taste::of_someone(dice);
    let day = days[busy_day(dice, days)];
    let goods = (0..dice.between(1, 3))
        .map(|_| taste.choose(dice, day))
        .collect();
    Order {
        at: moment(dice, day),
        customer: None,
        lines: lines(dice, goods),
    }
}

impl Taste {
    fn of_someone(dice: &mut Dice) -> Self {
        let mut categories = Vec::new();
        for _ in 0..dice.between(2, 3) {
            let liked = dice.weighted(CATEGORIES.iter().map(|category| category.appeal));
            if !categories.contains(&liked) {
                categories.push(liked);
            }
        }
        let mut staples = Vec::new();
        for _ in 0..dice.between(1, 3) {
            let place = from_shelf(dice, categories[0]);
            if good(place).lasts_days.is_some() && !staples.contains(&place) {
                staples.push(place);
            }
        }
        Self {
            categories,
            staples,
        }
    }

    fn choose(&self, dice: &mut Dice, day: Day) -> Place {
        let category = if day.before_lebaran && dice.chance(30) {
            let festive = |name: &str| ["Hadiah & Parsel", "Camilan"].contains(&name);
            dice.weighted(
                CATEGORIES
                    .iter()
                    .map(|category| u32::from(festive(category.name))),
            )
        } else if dice.chance(88) {
            let likes = self.categories.len() as u32;
            self.categories[dice.weighted((0..likes).map(|place| likes - place))]
        } else {
            dice.below(CATEGORIES.len() as u32) as usize
        };
        from_shelf(dice, category)
    }
}

/// A good of one category; the first on the shelf sell best (a Zipf curve).
fn from_shelf(dice: &mut Dice, category: usize) -> Place {
    let shelf = CATEGORIES[category].goods.len() as u32;
    (category, dice.weighted((1..=shelf).map(|rank| 1000 / rank)))
}

fn is_used_up(staple: Place, last: Option<usize>, today: usize) -> bool {
    let lasts = usize::from(good(staple).lasts_days.unwrap_or(0));
    last.is_none_or(|last| today - last >= lasts * 3 / 4)
}

fn busy_day(dice: &mut Dice, days: &[Day]) -> usize {
    dice.weighted(days.iter().map(|day| day.busy))
}

fn moment(dice: &mut Dice, day: Day) -> Timestamp {
    day.start.plus_seconds(i64::from(dice.below(OPEN_SECONDS)))
}

/// The order's lines: every good once, with what goes with it.
fn lines(dice: &mut Dice, mut goods: Vec<Place>) -> Vec<(Place, u32)> {
    let together: Vec<Place> = goods.iter().flat_map(|place| companions(*place)).collect();
    goods.extend(together.into_iter().filter(|_| dice.chance(35)));
    let mut lines: Vec<(Place, u32)> = Vec::new();
    for place in goods.into_iter().take(ORDER_LINES_MAX) {
        if !lines.iter().any(|(listed, _)| *listed == place) {
            let most = if good(place).lasts_days.is_some() {
                3
            } else {
                2
            };
            let quantity = if dice.chance(70) {
                1
            } else {
                dice.between(1, most)
            };
            lines.push((place, quantity));
        }
    }
    lines
}

fn companions(place: Place) -> Vec<Place> {
    let title = good(place).title;
    let other = |(one, other): &(&'static str, &'static str)| match title {
        _ if *one == title => Some(*other),
        _ if *other == title => Some(*one),
        _ => None,
    };
    BUNDLES
        .iter()
        .filter_map(other)
        .filter_map(place_of)
        .collect()
}

fn place_of(title: &str) -> Option<Place> {
    CATEGORIES.iter().enumerate().find_map(|(category, shelf)| {
        let place = shelf.goods.iter().position(|good| good.title == title)?;
        Some((category, place))
    })
}

fn good(place: Place) -> &'static Good {
    &CATEGORIES[place.0].goods[place.1]
}

fn product_id(place: Place) -> String {
    format!("{}-{:02}", CATEGORIES[place.0].code, place.1 + 1)
}
