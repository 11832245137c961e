//! What the recommender must never do, whatever the shop and the question.

use izin_core::Level;
use izin_recommend::{Because, Buyer, MIN_DISTINCT_CUSTOMERS, Mix, Pick, ProductNo, Shelf};
use proptest::prelude::*;

use crate::shop::{Question, Shop, any_question, any_shop};

fn picked(picks: &[Pick]) -> Vec<u32> {
    picks.iter().map(|pick| pick.product.0).collect()
}

proptest! {
    #[test]
    fn below_level_2_nothing_of_the_person_changes_the_answer(
        shop in any_shop(), question in any_question(), other in any_question(),
    ) {
        let model = shop.model();
        let of_another = Question { own: other.own, mix: other.mix, ..question.clone() };
        for level in [Level::Contextual, Level::Trends] {
            let answer = model.recommend(level, &question.ask());
            prop_assert_eq!(answer, model.recommend(level, &of_another.ask()));
        }
    }

    #[test]
    fn at_level_0_nobodys_purchases_change_the_answer(
        shop in any_shop(), question in any_question(),
    ) {
        let unsold = shop.keeping(|_| false).model();
        let answer = shop.model().recommend(Level::Contextual, &question.ask());
        prop_assert_eq!(answer, unsold.recommend(Level::Contextual, &question.ask()));
    }

    #[test]
    fn no_pick_is_more_personal_than_asked(shop in any_shop(), question in any_question()) {
        let model = shop.model();
        for level in Level::ALL {
            let picks = model.recommend(level, &question.ask());
            prop_assert!(picks.iter().all(|pick| pick.level() <= level), "{:?}", picks);
        }
    }

    #[test]
    fn only_what_is_on_sale_and_not_yet_there_is_shown_and_once(
        shop in any_shop(), question in any_question(), level in 0..=3_u8,
    ) {
        let picks = shop.model().recommend(Level::try_from(level).unwrap(), &question.ask());
        for (place, pick) in picks.iter().enumerate() {
            prop_assert_eq!(shop.shelf(pick.product), Shelf::OnSale);
            prop_assert_ne!(Some(pick.product), question.on_screen);
            prop_assert!(!question.already_shown.contains(&pick.product));
            prop_assert!(picks[..place].iter().all(|earlier| earlier.product != pick.product));
        }
        prop_assert!(picks.len() <= question.count);
    }

    #[test]
    fn places_stay_empty_only_when_the_shop_has_no_more(
        shop in any_shop(), question in any_question(), level in 0..=3_u8,
    ) {
        let question = question.mixed(Mix::Varied);
        let picks = shop.model().recommend(Level::try_from(level).unwrap(), &question.ask());
        let showable = (0_u32..).zip(&shop.catalogue).filter(|(number, entry)| {
            let product = ProductNo(*number);
            let there = question.on_screen == Some(product)
                || question.already_shown.contains(&product);
            entry.shelf == Shelf::OnSale && !there
        });
        prop_assert_eq!(picks.len(), question.count.min(showable.count()));
    }

    #[test]
    fn what_fewer_than_five_bought_leaves_no_trace(
        shop in any_shop(), question in any_question(), level in 0..=3_u8,
    ) {
        let level = Level::try_from(level).unwrap();
        let common = shop.keeping(|purchase| {
            let buyers = shop.buyers(|other| other.product == purchase.product);
            buyers >= MIN_DISTINCT_CUSTOMERS as usize
        });
        let answer = shop.model().recommend(level, &question.ask());
        prop_assert_eq!(answer, common.model().recommend(level, &question.ask()));
    }

    #[test]
    fn sensitive_purchases_leave_no_trace(
        shop in any_shop(), question in any_question(), level in 0..=3_u8,
    ) {
        let level = Level::try_from(level).unwrap();
        let model = shop.model();
        let answer = model.recommend(level, &question.ask());
        let without = shop.keeping(|purchase| shop.shelf(purchase.product) != Shelf::Sensitive);
        prop_assert_eq!(&answer, &without.model().recommend(level, &question.ask()));

        let mut hiding = question;
        hiding.own.retain(|own| shop.shelf(own.product) != Shelf::Sensitive);
        prop_assert_eq!(&answer, &model.recommend(level, &hiding.ask()));
    }

    #[test]
    fn the_order_in_which_purchases_arrive_does_not_matter(
        shop in any_shop(), question in any_question(), turn in 0..220_usize,
    ) {
        let mut turned = shop.clone();
        let middle = turn.min(shop.purchases.len());
        turned.purchases.rotate_left(middle);
        turned.purchases.reverse();
        let mut asked = question.clone();
        asked.own.reverse();
        let answer = shop.model().recommend(Level::Purchases, &question.ask());
        prop_assert_eq!(answer, turned.model().recommend(Level::Purchases, &asked.ask()));
    }

    #[test]
    fn a_list_of_new_things_holds_nothing_the_person_bought(
        shop in any_shop(), question in any_question(),
    ) {
        let question = question.mixed(Mix::NewOnly);
        let picks = shop.model().recommend(Level::Purchases, &question.ask());
        let bought = |pick: &Pick| question.own.iter().any(|own| own.product == pick.product);
        prop_assert!(!picks.iter().any(bought), "{:?}", picks);
    }

    #[test]
    fn level_3_uses_no_browsing_yet_and_answers_as_level_2(
        shop in any_shop(), question in any_question(),
    ) {
        let model = shop.model();
        let answer = model.recommend(Level::Browsing, &question.ask());
        prop_assert_eq!(answer, model.recommend(Level::Purchases, &question.ask()));
    }
}

/// Products 0 and 1, each bought by 20 customers of whom `both` bought both; nothing else differs.
fn shop_where_both_were_bought_by(both: u32) -> Shop {
    Shop::with_products(6)
        .sold(0..20, &[0], 40)
        .sold(20 - both..40 - both, &[1], 40)
}

#[test]
fn a_pair_bought_by_four_customers_changes_nothing_at_any_level() {
    let (none, four) = (
        shop_where_both_were_bought_by(0),
        shop_where_both_were_bought_by(4),
    );
    for level in Level::ALL {
        for question in [Question::of_owner(&[0]), Question::of_owner(&[1]).on(0)] {
            let answer = four.model().recommend(level, &question.ask());
            assert_eq!(
                answer,
                none.model().recommend(level, &question.ask()),
                "level {level}"
            );
        }
    }
}

#[test]
fn a_pair_bought_by_five_customers_speaks() {
    let model = shop_where_both_were_bought_by(5).model();
    let [_, second, ..] = model.recommend(Level::Purchases, &Question::of_owner(&[0]).ask())[..]
    else {
        panic!("a shop of six products fills five places")
    };
    let with = ProductNo(0);
    assert_eq!(
        (second.product.0, second.because),
        (1, Because::BoughtTogether { with })
    );
}

#[test]
fn guests_make_a_product_popular_and_never_a_pair() {
    let shop = Shop::with_products(4).sold_to_guests(0..30, &[2, 3], 3);
    let picks = shop
        .model()
        .recommend(Level::Purchases, &Question::of_owner(&[3]).on(2).ask());
    assert!(
        shop.purchases
            .iter()
            .all(|line| matches!(line.buyer, Buyer::Guest(_)))
    );
    let [first, second, ..] = picks[..] else {
        panic!("three products are left to show")
    };
    assert!(
        matches!(first.because, Because::BuyAgain { times: 1, .. }),
        "{first:?}"
    );
    assert_eq!(second.because, Because::ForEveryone);
    let at_level_1 = shop
        .model()
        .recommend(Level::Trends, &Question::of_owner(&[]).ask());
    assert_eq!(picked(&at_level_1), [2, 3, 0, 1]);
    assert_eq!(at_level_1[0].because, Because::Popular);
}

#[test]
fn one_customer_coming_back_nine_times_makes_nothing_popular() {
    let shop = (0..9).fold(Shop::with_products(3), |shop, day| {
        shop.sold(0..1, &[2], day)
    });
    let picks = shop
        .model()
        .recommend(Level::Trends, &Question::of_owner(&[]).ask());
    assert_eq!(picked(&picks), [0, 1, 2]);
    assert!(
        picks
            .iter()
            .all(|pick| pick.because == Because::ForEveryone)
    );
}

#[test]
fn the_level_is_what_makes_the_difference() {
    let shop = shop_where_both_were_bought_by(9).sold(0..6, &[4], 2);
    let model = shop.model();
    let asked =
        |level, own: &[u32]| picked(&model.recommend(level, &Question::of_owner(own).ask()));
    assert_eq!(asked(Level::Contextual, &[1]), [0, 1, 2, 3, 4]);
    assert_eq!(asked(Level::Trends, &[1]), [4, 0, 1, 2, 3]);
    assert_eq!(asked(Level::Purchases, &[1]), [1, 0, 4, 2, 3]);
}
