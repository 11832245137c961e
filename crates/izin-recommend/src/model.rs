//! The model: trained once from counts, then asked at a level.
//!
//! It must never answer more personally than it was asked to. Start at [`Model::recommend`].

use izin_core::{Level, Timestamp};

use crate::anonymity::MinCustomers;
use crate::ask::{Ask, Mix, PICKS_MAX};
use crate::catalogue::{Catalogue, CatalogueProduct, ProductNo};
use crate::history::History;
use crate::pairs::Pairs;
use crate::personal;
use crate::pick::{Because, Pick, Tray};
use crate::popularity::Popularity;
use crate::purchase::{Purchase, distinct_sales};
use crate::scored::{Scored, best};

/// What a shop's customers bought, as counts that no single customer shows through.
#[derive(Debug, Clone)]
pub struct Model {
    catalogue: Catalogue,
    on_sale: Vec<bool>,
    pub(crate) popularity: Popularity,
    pub(crate) pairs: Pairs,
    pub(crate) as_of: Timestamp,
}

impl Model {
    /// Counts purchases made before `as_of`. A product's number is its place in `catalogue`;
    /// purchases of products outside it are not counted. To unlearn a customer, train without
    /// their purchases.
    #[must_use]
    pub fn train(
        catalogue: Vec<CatalogueProduct>,
        purchases: &[Purchase],
        as_of: Timestamp,
        min: MinCustomers,
    ) -> Self {
        let catalogue = Catalogue::new(catalogue);
        let sales = distinct_sales(purchases, &catalogue, as_of);
        Self {
            on_sale: catalogue.on_sale(),
            popularity: Popularity::count(&sales, &catalogue, min),
            pairs: Pairs::count(&sales, catalogue.len(), min),
            catalogue,
            as_of,
        }
    }

    /// The picks for one page or message, best first, each with its reason. The most telling
    /// source the level allows comes first; popular products, then the catalogue, fill the rest.
    ///
    /// Below level 2 the answer is the same for everyone and `ask.own` is not looked at; at
    /// level 0 it rests on no purchase of anyone.
    #[must_use]
    pub fn recommend(&self, level: Level, ask: &Ask<'_>) -> Vec<Pick> {
        let screen = ask
            .on_screen
            .filter(|product| self.catalogue.counts(*product));
        let mut tray = self.empty_tray(ask);
        if level >= Level::Purchases {
            self.lay_personal(&mut tray, screen, ask);
        }
        if level >= Level::Trends {
            tray.lay(PICKS_MAX, self.going_with(screen, &tray));
            tray.lay(PICKS_MAX, self.popular());
        }
        tray.lay(PICKS_MAX, self.same_category(screen));
        tray.lay(PICKS_MAX, self.for_everyone());
        tray.into_picks()
    }

    fn empty_tray(&self, ask: &Ask<'_>) -> Tray {
        let mut tray = Tray::new(self.on_sale.clone(), ask.count.min(PICKS_MAX));
        let standing = ask.already_shown.iter().chain(&ask.on_screen);
        standing.for_each(|product| tray.close(*product));
        tray
    }

    /// Level 2. On a product's page half the places belong to what goes with it.
    fn lay_personal(&self, tray: &mut Tray, screen: Option<ProductNo>, ask: &Ask<'_>) {
        let history = History::of(ask.own, &self.catalogue, self.as_of);
        if history.is_empty() {
            return;
        }
        if ask.mix == Mix::NewOnly {
            history
                .products()
                .for_each(|owned| tray.close(owned.product));
        }
        tray.lay(tray.places().div_ceil(2), self.going_with(screen, tray));
        tray.lay(PICKS_MAX, personal::picks(self, &history, ask.mix, tray));
    }

    fn going_with(&self, screen: Option<ProductNo>, tray: &Tray) -> Vec<Pick> {
        let Some(on_screen) = screen else {
            return Vec::new();
        };
        let neighbours = self.pairs.neighbours(on_screen);
        let open = neighbours.filter(|(product, _)| tray.is_open(*product));
        let scored = open.map(|(product, closeness)| {
            let score = closeness * self.popularity.trend(product);
            Scored { product, score }
        });
        let because = Because::GoesWith { on_screen };
        let best = best(scored, tray.places()).into_iter();
        best.map(|product| Pick { product, because }).collect()
    }

    fn popular(&self) -> impl Iterator<Item = Pick> + '_ {
        let because = Because::Popular;
        self.popularity
            .ranked()
            .map(move |product| Pick { product, because })
    }

    fn same_category(&self, screen: Option<ProductNo>) -> impl Iterator<Item = Pick> + '_ {
        screen.into_iter().flat_map(|on_screen| {
            let because = Because::SameCategory { on_screen };
            let products = self.catalogue.same_category(on_screen);
            products.map(move |product| Pick { product, because })
        })
    }

    fn for_everyone(&self) -> impl Iterator<Item = Pick> + '_ {
        let because = Because::ForEveryone;
        self.catalogue
            .in_order()
            .map(move |product| Pick { product, because })
    }
}
