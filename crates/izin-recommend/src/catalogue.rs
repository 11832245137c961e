//! The public catalogue as the recommender sees it: which products may be counted and shown.
//!
//! It must never hold anything about a person. Start at [`Shelf`].

/// A product, by its place in the catalogue handed to [`Model::train`](crate::Model::train).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductNo(pub u32);

impl ProductNo {
    pub(crate) const fn place(self) -> usize {
        self.0 as usize
    }
}

/// A category of the shop, numbered by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryNo(pub u32);

/// Where a product stands in the shop today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shelf {
    /// In stock and with a price: may be shown.
    OnSale,
    /// Out of stock or without a price: counted and may be named as a reason, never shown.
    Away,
    /// Sensitive or not yet classified: never counted, never shown, never named.
    Sensitive,
}

/// One product of the catalogue. The order of the catalogue is the order everyone sees at level 0,
/// so a shop puts its offers first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueProduct {
    /// Whether it may be counted and shown.
    pub shelf: Shelf,
    /// The shop's category, where it has one.
    pub category: Option<CategoryNo>,
}

/// The catalogue a model was trained with.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue(Vec<CatalogueProduct>);

impl Catalogue {
    /// Takes products in the shop's order; those beyond the last number a `u32` can give are cut.
    pub(crate) fn new(mut products: Vec<CatalogueProduct>) -> Self {
        products.truncate(u32::MAX as usize);
        Self(products)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether purchases of the product may be looked at. An unlisted product is unclassified.
    pub(crate) fn counts(&self, product: ProductNo) -> bool {
        self.0
            .get(product.place())
            .is_some_and(|entry| entry.shelf != Shelf::Sensitive)
    }

    /// For each product, whether it may be shown.
    pub(crate) fn on_sale(&self) -> Vec<bool> {
        self.0
            .iter()
            .map(|entry| entry.shelf == Shelf::OnSale)
            .collect()
    }

    /// Every product in the shop's order.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = ProductNo> + '_ {
        (0_u32..).zip(&self.0).map(|(number, _)| ProductNo(number))
    }

    /// The products of the same category, in the shop's order; none without a category.
    pub(crate) fn same_category(&self, product: ProductNo) -> impl Iterator<Item = ProductNo> + '_ {
        let category = self.0.get(product.place()).and_then(|entry| entry.category);
        (0_u32..)
            .zip(&self.0)
            .filter(move |(_, entry)| category.is_some() && entry.category == category)
            .map(|(number, _)| ProductNo(number))
    }
}
