//! A shop made up for the demo: contacts, catalogue, a year of purchases and a do-not-contact
//! list, as the CSV files a real shop would bring.
//!
//! Everything follows from a seed; nothing reads a clock or a random source. The files go through
//! the same import as anybody's, so the demo shows no back door. Start at [`Shop::generate`].

mod consents;
mod dice;
mod goods;
mod people;
mod sales;
mod season;
mod sheet;
#[cfg(test)]
mod tests;

use izin_core::Timestamp;

/// How many customers the demo has unless told otherwise.
pub(crate) const CUSTOMERS_DEFAULT: usize = 2_400;

/// The files of a made-up shop, ready to be imported.
pub(crate) struct Shop {
    /// Columns of `import contacts`.
    pub(crate) contacts: String,
    /// Columns of `import catalog`.
    pub(crate) catalogue: String,
    /// Columns of `import purchases`; prices in rupiah.
    pub(crate) purchases: String,
    /// Columns of `import suppressions`.
    pub(crate) suppressions: String,
}

impl Shop {
    /// Makes up a shop whose last purchase was the day before `end`. The same arguments give the
    /// same bytes.
    pub(crate) fn generate(seed: u64, customers: usize, end: Timestamp) -> Self {
        Self {
            contacts: people::contacts(seed, customers, end),
            catalogue: sales::catalogue(),
            purchases: sales::purchases(seed, customers, end),
            suppressions: people::suppressions(seed, customers, end),
        }
    }
}

/// A contact file for the customers of a real purchase file, who have numbers only: addresses
/// that cannot exist, mostly in English, with answers as mixed as in the generated shop.
pub(crate) fn contacts_for(customer_ids: &[String], seed: u64, end: Timestamp) -> String {
    people::contacts_for(customer_ids, seed, end)
}
