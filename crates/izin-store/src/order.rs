//! Orders: what was bought, sealed under the buyer's purchases key, one value for each order.
//!
//! Orders of guests belong to nobody known and are sealed under a key of the store.

use izin_core::{Identifier, Money, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::command::Contact;
use crate::db::{Db, Row, count, first, params, rows, run};
use crate::vault::{DataClass, KEY_VERSION, Key, Keyring, open, place, seal};
use crate::writer::Tx;
use crate::{Store, StoreError};

/// Orders read in one go; a page of a walk over all of them.
const ORDERS_PER_PAGE: u32 = 2_000;

/// The service key under which orders of guests stand.
const GUEST_KEY: &str = "guest_orders";
/// The service key under which order numbers are hashed.
const NUMBER_KEY: &str = "order_numbers";

/// A page of orders after a key.
const PAGE: &str = "
    select order_key, subject, sealed
    from orders
    where order_key > ?1
    order by order_key
    limit ?2";

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// The shop's product code.
    pub product: String,
    /// How many.
    pub quantity: u32,
    /// Price of one, in the shop's currency.
    pub unit_price: Money,
    /// When.
    pub at: Timestamp,
}

/// An order to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The shop's order number.
    pub number: String,
    /// The buyer's customer number; absent for a guest.
    pub customer: Option<Identifier>,
    /// What was bought.
    pub lines: Vec<Line>,
}

/// What keeping orders changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlacedOrders {
    /// Lines kept.
    pub lines: u64,
    /// Lines that were already there, to the letter.
    pub duplicates: u64,
}

/// A kept order's lines and its buyer.
pub type KeptOrder = (Option<SubjectId>, Vec<Line>);

impl Store {
    /// Keeps orders, all or none. Lines already there are counted and left alone; a customer
    /// number nobody holds makes a person who can be recognised but not contacted.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn place_orders(
        &self,
        orders: Vec<Order>,
        now: Timestamp,
    ) -> Result<PlacedOrders, StoreError> {
        self.writer
            .write(move |tx| {
                let numbers = tx.keys.service_key(NUMBER_KEY)?;
                let guests = tx.keys.service_key(GUEST_KEY)?;
                let mut placed = PlacedOrders::default();
                for order in orders.clone() {
                    tx.place(order, (&numbers, &guests), &mut placed, now)?;
                }
                Ok(placed)
            })
            .await
    }

    /// Everything one person bought, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a value is damaged.
    pub async fn purchases(&self, subject: SubjectId) -> Result<Vec<Line>, StoreError> {
        self.read_sealed(move |db, keys| purchases(db, keys, subject))
            .await
    }

    /// Everything many people bought, in the order asked.
    ///
    /// # Errors
    /// As [`Store::purchases`].
    pub async fn purchases_of(
        &self,
        subjects: Vec<SubjectId>,
    ) -> Result<Vec<Vec<Line>>, StoreError> {
        self.read_many(move |db, keys| {
            subjects
                .into_iter()
                .map(|subject| purchases(db, keys, subject))
                .collect()
        })
        .await
    }

    /// Hands every order to `fold`: its buyer, unless a guest, and its lines.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a value is damaged.
    pub async fn each_order(
        &self,
        mut fold: impl FnMut(Option<SubjectId>, Vec<Line>) + Send,
    ) -> Result<(), StoreError> {
        let mut pages = OrderPages::default();
        while let Some(page) = pages.next(self).await? {
            for (subject, lines) in page {
                fold(subject, lines);
            }
        }
        Ok(())
    }

    /// How many orders are kept.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn order_count(&self) -> Result<u64, StoreError> {
        self.read(|db| count(db, "select count(*) from orders"))
            .await
    }
}

/// Every order, some at a time, for whoever has other things to ask in between.
#[derive(Debug, Default)]
pub struct OrderPages {
    after: Vec<u8>,
}

impl OrderPages {
    /// The next: buyers, unless guests, and lines. None when there are no more.
    ///
    /// # Errors
    /// As [`Store::each_order`].
    pub async fn next(&mut self, store: &Store) -> Result<Option<Vec<KeptOrder>>, StoreError> {
        let after = std::mem::take(&mut self.after);
        let page = store.read_sealed(move |db, keys| {
            let guests = keys.service_key(GUEST_KEY)?;
            keys.in_one_state(db, || order_page(db, (keys, &guests), &after))
        });
        let (page, last) = page.await?;
        let Some(last) = last else { return Ok(None) };
        self.after = last;
        Ok(Some(page))
    }
}

impl Tx<'_> {
    fn place(
        &mut self,
        order: Order,
        (numbers, guests): (&Key, &Key),
        placed: &mut PlacedOrders,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into orders (order_key, subject, key_version, sealed)
            values (?1, ?2, ?3, ?4)
            on conflict (order_key) do update
            set sealed = excluded.sealed";
        let order_key = order_key(&order, numbers);
        let existing = self.existing(&order_key, guests)?;
        let (subject, mut lines) = match existing {
            Some(kept) => kept,
            None => (self.buyer(order.customer, now)?, Vec::new()),
        };
        let before = lines.len();
        for line in order.lines {
            if lines.contains(&line) {
                placed.duplicates += 1;
            } else {
                lines.push(line);
            }
        }
        if lines.len() == before {
            return Ok(());
        }
        placed.lines += u64::try_from(lines.len() - before).unwrap_or_default();
        let key = match subject {
            None => guests.clone(),
            Some(subject) => self
                .keys
                .subject_key(subject, DataClass::Purchases)?
                .ok_or(StoreError::Damaged {
                    what: "purchases key of a person",
                })?,
        };
        let plain =
            serde_json::to_vec(&lines).map_err(|_| StoreError::Damaged { what: "order" })?;
        let sealed = seal(&key, &order_place(&order_key), &plain, self.entropy)?;
        let owner = subject.as_ref().map(SubjectId::as_bytes);
        run(
            self.db,
            KEEP,
            params![order_key, owner, KEY_VERSION, sealed],
        )
        .map(drop)
    }

    fn existing(
        &self,
        order_key: &[u8; 16],
        guests: &Key,
    ) -> Result<Option<KeptOrder>, StoreError> {
        const FIND: &str = "select order_key, subject, sealed from orders where order_key = ?1";
        let found = first(self.db, FIND, params![order_key], stored)?;
        Ok(found
            .map(|row| unsealed((self.keys, Some(guests)), row))
            .transpose()?
            .flatten())
    }

    fn buyer(
        &mut self,
        customer: Option<Identifier>,
        now: Timestamp,
    ) -> Result<Option<SubjectId>, StoreError> {
        let Some(customer) = customer else {
            return Ok(None);
        };
        let identifiers = vec![customer];
        if let Some(subject) = self.find(&identifiers)? {
            return Ok(Some(subject));
        }
        let contact = Contact {
            identifiers,
            ..Contact::default()
        };
        Ok(Some(self.contact(contact, now)?.0))
    }
}

type Stored = ([u8; 16], Option<[u8; 16]>, Vec<u8>);

fn stored(row: &Row<'_>) -> Result<Stored, StoreError> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Opens an order; `None` when its buyer's key is gone.
fn unsealed(
    (keys, guests): (&Keyring, Option<&Key>),
    (order_key, subject, sealed): Stored,
) -> Result<Option<KeptOrder>, StoreError> {
    let subject = subject.map(SubjectId::from_bytes);
    let key = match subject {
        None => guests
            .ok_or(StoreError::Damaged {
                what: "order without a buyer",
            })?
            .clone(),
        Some(subject) => match keys.subject_key(subject, DataClass::Purchases)? {
            Some(key) => key,
            None => return Ok(None),
        },
    };
    let plain = open(&key, &order_place(&order_key), &sealed)?;
    let lines =
        serde_json::from_slice(&plain).map_err(|_| StoreError::Damaged { what: "order" })?;
    Ok(Some((subject, lines)))
}

/// What one person bought, oldest first.
pub(crate) fn purchases(
    db: &Db,
    keys: &Keyring,
    subject: SubjectId,
) -> Result<Vec<Line>, StoreError> {
    const OWN: &str = "select order_key, subject, sealed from orders where subject = ?1";
    let mut lines = Vec::new();
    for row in rows(db, OWN, params![subject.as_bytes()], stored)? {
        let order = unsealed((keys, None), row)?;
        lines.extend(order.map(|(_, own)| own).unwrap_or_default());
    }
    lines.sort_by(|a, b| (a.at, &a.product).cmp(&(b.at, &b.product)));
    Ok(lines)
}

fn order_page(
    db: &Db,
    (keys, guests): (&Keyring, &Key),
    after: &[u8],
) -> Result<(Vec<KeptOrder>, Option<Vec<u8>>), StoreError> {
    let page = rows(db, PAGE, params![after, ORDERS_PER_PAGE], stored)?;
    let last = page.last().map(|(order_key, ..)| order_key.to_vec());
    let kept: Result<Vec<KeptOrder>, StoreError> = page
        .into_iter()
        .filter_map(|row| unsealed((keys, Some(guests)), row).transpose())
        .collect();
    Ok((kept?, last))
}

/// An order whose time is over, with the value that says so.
pub(crate) struct Expired {
    pub(crate) order_key: [u8; 16],
    pub(crate) sealed: Vec<u8>,
}

/// A page of orders that was looked through.
pub(crate) struct Judged {
    /// Those whose lines are all too old.
    pub(crate) expired: Vec<Expired>,
    /// How many do not open though their key is there: nobody can say how old they are.
    pub(crate) unopened: u64,
    /// The page's last key.
    pub(crate) last: Option<Vec<u8>>,
}

/// Of a page of orders after a key, those whose lines are all older than a moment.
pub(crate) fn expired_page(
    db: &Db,
    keys: &Keyring,
    (after, before): (&[u8], Timestamp),
) -> Result<Judged, StoreError> {
    let guests = keys.service_key(GUEST_KEY)?;
    let page = rows(db, PAGE, params![after, ORDERS_PER_PAGE], stored)?;
    let mut judged = Judged {
        expired: Vec::new(),
        unopened: 0,
        last: page.last().map(|(order_key, ..)| order_key.to_vec()),
    };
    for (order_key, subject, sealed) in page {
        match unsealed((keys, Some(&guests)), (order_key, subject, sealed.clone())) {
            Ok(Some((_, lines))) if lines.iter().all(|line| line.at < before) => {
                judged.expired.push(Expired { order_key, sealed });
            }
            Ok(_) => {}
            Err(StoreError::Damaged { .. }) => judged.unopened += 1,
            Err(why) => return Err(why),
        }
    }
    Ok(judged)
}

/// An order is found by its number *and* its buyer: a number used twice must not put one
/// customer's purchases under another.
fn order_key(order: &Order, key: &Key) -> [u8; 16] {
    let customer = order
        .customer
        .as_ref()
        .map(|own| own.reveal("hashed into the order's key"));
    let customer = customer.unwrap_or_default();
    let mut hash = [0; 16];
    let mut hasher = blake3::Hasher::new_keyed(key.expose());
    hasher.update(
        &u64::try_from(customer.len())
            .unwrap_or_default()
            .to_le_bytes(),
    );
    hasher
        .update(customer.as_bytes())
        .update(order.number.as_bytes());
    hasher.finalize_xof().fill(&mut hash);
    hash
}

fn order_place(order_key: &[u8; 16]) -> Vec<u8> {
    place(order_key, "orders.sealed", KEY_VERSION)
}
