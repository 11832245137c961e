//! How many customers must stand behind a number before it counts at all.
//!
//! The threshold may be raised by a shop and never lowered. Start at [`MinCustomers`].

/// The fewest distinct customers a count needs before it has any effect on what is shown
/// (design §3.4, level 1). Fewer would let one person's purchase show through a list.
pub const MIN_DISTINCT_CUSTOMERS: u32 = 5;

/// The threshold a shop trains with: [`MIN_DISTINCT_CUSTOMERS`] or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinCustomers(u32);

/// Why a threshold is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a count of {0} customers is too few to hide one person; \
     ask for at least {MIN_DISTINCT_CUSTOMERS}"
)]
pub struct TooFewCustomers(u32);

impl MinCustomers {
    /// Takes a shop's own threshold.
    ///
    /// # Errors
    /// [`TooFewCustomers`] below [`MIN_DISTINCT_CUSTOMERS`].
    pub const fn new(customers: u32) -> Result<Self, TooFewCustomers> {
        if customers < MIN_DISTINCT_CUSTOMERS {
            return Err(TooFewCustomers(customers));
        }
        Ok(Self(customers))
    }

    /// The threshold itself, in customers.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The next higher threshold.
    pub(crate) const fn raised(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The count as the outside may feel it: zero while too few stand behind it.
    pub(crate) const fn visible(self, customers: u32) -> u32 {
        if customers < self.0 { 0 } else { customers }
    }
}

impl Default for MinCustomers {
    fn default() -> Self {
        Self(MIN_DISTINCT_CUSTOMERS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_cannot_lower_the_threshold() {
        assert_eq!(MinCustomers::new(4), Err(TooFewCustomers(4)));
        assert_eq!(MinCustomers::new(0), Err(TooFewCustomers(0)));
    }

    #[test]
    fn a_shop_may_raise_the_threshold() {
        assert_eq!(MinCustomers::new(20).unwrap().get(), 20);
        assert_eq!(MinCustomers::default().get(), 5);
    }

    #[test]
    fn a_count_below_the_threshold_looks_like_none() {
        let five = MinCustomers::default();
        assert_eq!([0, 4, 5, 6].map(|count| five.visible(count)), [0, 0, 5, 6]);
    }
}
