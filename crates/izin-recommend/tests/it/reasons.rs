//! Every reason is true, checked against a slow and obvious count.

use izin_core::Level;
use izin_recommend::{
    Because, Buyer, MIN_DISTINCT_CUSTOMERS, Mix, OwnPurchase, Pick, ProductNo, Purchase, Shelf,
};
use proptest::prelude::*;

use crate::shop::{Question, Shop, any_question, any_shop, days_ago, today};

const ENOUGH: usize = MIN_DISTINCT_CUSTOMERS as usize;

impl Shop {
    fn popular(&self, product: ProductNo) -> bool {
        let lately = |line: &Purchase| line.at < today() && line.at > days_ago(28);
        self.buyers(|line| line.product == product && lately(line)) >= ENOUGH
    }

    fn go_together(&self, one: ProductNo, other: ProductNo) -> bool {
        let bought = |buyer: Buyer, product: ProductNo| {
            let mut lines = self.purchases.iter();
            lines.any(|line| line.buyer == buyer && line.product == product && line.at < today())
        };
        let known = |buyer| matches!(buyer, Buyer::Customer(_));
        let both = |line: &Purchase| {
            known(line.buyer) && bought(line.buyer, one) && bought(line.buyer, other)
        };
        one != other && self.buyers(both) >= ENOUGH
    }

    fn holds_true(&self, question: &Question, pick: &Pick) -> bool {
        match pick.because {
            Because::ForEveryone => true,
            Because::SameCategory { on_screen } => {
                let category = |product: ProductNo| self.catalogue[product.0 as usize].category;
                question.on_screen == Some(on_screen)
                    && category(on_screen).is_some()
                    && category(on_screen) == category(pick.product)
            }
            Because::Popular => self.popular(pick.product),
            Because::GoesWith { on_screen } => {
                question.on_screen == Some(on_screen) && self.go_together(on_screen, pick.product)
            }
            Because::BuyAgain { times, last } => {
                let of_it = question
                    .own
                    .iter()
                    .filter(|own| own.product == pick.product);
                let mut orders: Vec<_> = of_it.map(|own| own.at).collect();
                orders.sort();
                orders.dedup();
                orders.len() == times as usize && orders.last() == Some(&last)
            }
            Because::BoughtTogether { with } => {
                question.own.iter().any(|own| own.product == with)
                    && question.own.iter().all(|own| own.product != pick.product)
                    && self.shelf(with) != Shelf::Sensitive
                    && self.go_together(with, pick.product)
            }
        }
    }
}

proptest! {
    #[test]
    fn every_reason_is_true(
        shop in any_shop(), question in any_question(), level in 0..=3_u8,
    ) {
        let picks = shop.model().recommend(Level::try_from(level).unwrap(), &question.ask());
        for pick in picks {
            prop_assert!(shop.holds_true(&question, &pick), "{:?}", pick);
        }
    }
}

fn reasons(picks: &[Pick]) -> Vec<Because> {
    picks.iter().map(|pick| pick.because).collect()
}

/// Product 0 goes with 1 and with the sold-out 2; 5 is popular; 3 and 4 share 0's category.
fn shop_with_everything() -> Shop {
    Shop::with_products(7)
        .shelve(2, Shelf::Away)
        .categorise(&[0, 3, 4], 1)
        .sold(0..8, &[0, 1, 2], 60)
        .sold(8..40, &[6], 60)
        .sold(20..30, &[5], 3)
}

#[test]
fn a_varied_list_mixes_old_and_new_then_popular_then_the_catalogue() {
    let question = Question::of_owner(&[0]).mixed(Mix::Varied);
    let picks = shop_with_everything()
        .model()
        .recommend(Level::Purchases, &question.ask());
    let expected = [
        Because::BuyAgain {
            times: 1,
            last: days_ago(1),
        },
        Because::BoughtTogether { with: ProductNo(0) },
        Because::Popular,
        Because::ForEveryone,
        Because::ForEveryone,
    ];
    assert_eq!(reasons(&picks), expected);
}

#[test]
fn the_third_place_of_a_varied_list_is_new_even_when_own_products_go_together() {
    let shop = Shop::with_products(6)
        .sold(0..9, &[0, 1, 2, 3], 60)
        .sold(9..30, &[3], 60);
    let question = Question {
        count: 3,
        ..Question::of_owner(&[0, 1, 2]).mixed(Mix::Varied)
    };
    let picks = shop.model().recommend(Level::Purchases, &question.ask());
    let new = |pick: &Pick| matches!(pick.because, Because::BoughtTogether { .. });
    assert_eq!(
        picks.iter().map(new).collect::<Vec<_>>(),
        [false, false, true]
    );
}

#[test]
fn the_own_product_that_speaks_most_is_the_reason_named() {
    let shop = Shop::with_products(5)
        .sold(0..6, &[0, 4], 60)
        .sold(10..30, &[2, 4], 60);
    let question = Question::of_owner(&[0, 1, 2]).mixed(Mix::NewOnly);
    let picks = shop.model().recommend(Level::Purchases, &question.ask());
    assert_eq!(picks[0].product, ProductNo(4));
    assert_eq!(
        picks[0].because,
        Because::BoughtTogether { with: ProductNo(2) }
    );
}

#[test]
fn a_sold_out_product_is_named_as_a_reason_and_not_shown() {
    let question = Question::of_owner(&[2]);
    let picks = shop_with_everything()
        .model()
        .recommend(Level::Purchases, &question.ask());
    let together = Because::BoughtTogether { with: ProductNo(2) };
    assert_eq!(reasons(&picks)[..2], [together, together]);
    assert!(picks.iter().all(|pick| pick.product != ProductNo(2)));
}

#[test]
fn a_page_shows_its_category_at_level_0_and_what_goes_with_it_at_level_1() {
    let model = shop_with_everything().model();
    let question = Question {
        count: 3,
        ..Question::of_owner(&[]).on(0)
    };
    let on_screen = ProductNo(0);
    let category = Because::SameCategory { on_screen };
    let at = |level| reasons(&model.recommend(level, &question.ask()));
    assert_eq!(
        at(Level::Contextual),
        [category, category, Because::ForEveryone]
    );
    assert_eq!(
        at(Level::Trends),
        [Because::GoesWith { on_screen }, Because::Popular, category]
    );
}

#[test]
fn on_a_page_half_the_places_belong_to_the_page_and_half_to_the_person() {
    let shop = Shop::with_products(8).sold(0..9, &[0, 1, 2, 3, 4], 60);
    let question = Question {
        count: 4,
        ..Question::of_owner(&[5, 6, 7]).on(0)
    };
    let picks = shop.model().recommend(Level::Purchases, &question.ask());
    let pages = picks
        .iter()
        .filter(|pick| matches!(pick.because, Because::GoesWith { .. }));
    let own = picks
        .iter()
        .filter(|pick| matches!(pick.because, Because::BuyAgain { .. }));
    assert_eq!((pages.count(), own.count()), (2, 2));
}

#[test]
fn what_was_bought_more_often_and_more_lately_comes_first() {
    let shop = Shop::with_products(4);
    let mut question = Question::of_owner(&[1, 3]);
    let again = |product, days| OwnPurchase {
        product: ProductNo(product),
        at: days_ago(days),
    };
    question.own.extend([again(3, 30), again(2, 400)]);
    let picks = shop.model().recommend(Level::Purchases, &question.ask());
    let order: Vec<u32> = picks.iter().map(|pick| pick.product.0).collect();
    assert_eq!(order, [3, 1, 2, 0]);
}
