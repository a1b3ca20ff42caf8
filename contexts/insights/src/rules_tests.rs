//! Every rule by example, and by properties.

use super::*;
use crate::Pair;
use proptest::prelude::*;
use souk_kernel::{Currency, Id, Money};

const AT: Timestamp = Timestamp(1_790_000_000_000);

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

#[test]
fn an_act_counts_half_after_a_half_life() {
    let one = warmed(None, 1.0, AT);
    assert!(close(warmed(Some(one), 1.0, AT), one + 1.0), "two are twice as warm");
    let later = AT.plus_ms(HALF_LIFE_MS);
    assert!(close(warmed(None, 1.0, later), one + 1.0), "a half-life later one is as warm as two");
    assert!(one > cold(AT));
    assert!(one < cold(AT.plus_ms(21 * HALF_LIFE_MS)));
    assert!(close(warmed(Some(0.0), 1.0, AT), one), "what is long gone adds nothing");
}

#[test]
fn a_reloaded_page_is_one_look() {
    assert!(is_new_look(None, AT));
    assert!(!is_new_look(Some(AT), AT.plus_ms(AGAIN_MS - 1)));
    assert!(is_new_look(Some(AT), AT.plus_ms(AGAIN_MS)));
}

#[test]
fn a_purchase_holds_each_product_once_and_not_too_many() {
    assert_eq!(distinct([id(1), id(2), id(1)]), [id(1), id(2)]);
    assert_eq!(distinct((0..200).map(id)).len(), MOST_PRODUCTS);
    assert_eq!(distinct([]), []);
}

#[test]
fn companions_are_ordered_by_lift_and_need_support() {
    let pair = |other, both, others| Pair { other: id(other), both, others };
    let counted = Together {
        orders: 100,
        own: 10,
        // Everybody buys 4: with this one too, which says nothing.
        pairs: vec![pair(2, 5, 10), pair(3, 2, 2), pair(4, 9, 95), pair(5, 3, 4)],
    };
    let found = companions(&counted);
    let found: Vec<_> = found.iter().map(|c| (c.product, c.both, c.lift_percent)).collect();
    assert_eq!(found, [(id(5), 3, 750), (id(2), 5, 500)]);
    assert_eq!(companions(&Together::default()), []);
}

fn moves(prices: &[(i64, i64)]) -> (PriceMove, History) {
    let mut history = None;
    let mut last = None;
    for (number, pair) in prices.windows(2).enumerate() {
        let step = PriceMove {
            offer: id(1),
            product: id(2),
            from: eur(pair[0].1),
            to: eur(pair[1].1),
            number: number as u64 + 2,
            at: AT.plus_ms(pair[1].0 * DAY_MS),
        };
        history = moved(history, &step);
        last = Some(step);
    }
    (last.expect("two prices"), history.expect("news"))
}

/// Day and price; the first day is when it was listed.
fn was(prices: &[(i64, i64)]) -> Option<i64> {
    let (last, history) = moves(prices);
    deal(&last, &history).map(|deal| deal.was.minor)
}

#[test]
fn a_deal_is_lower_than_everything_of_the_month_before() {
    assert_eq!(was(&[(0, 1_000), (90, 800)]), Some(1_000));
    assert_eq!(was(&[(0, 1_000), (90, 1_200)]), None, "dearer");
    assert_eq!(was(&[(0, 1_000), (90, 1_500), (91, 1_000)]), None, "raised before it was lowered");
    assert_eq!(was(&[(0, 1_000), (50, 1_500), (91, 1_000)]), Some(1_500), "for a month and more");
    assert_eq!(was(&[(0, 1_000), (61, 1_500), (90, 1_000)]), None, "on the window's first day");
    assert_eq!(was(&[(0, 1_000), (90, 900), (95, 800)]), Some(900), "step by step");
    assert_eq!(was(&[(0, 1_000), (90, 960)]), None, "too little to speak of");
    assert_eq!(was(&[(0, 1_000), (90, 800), (91, 1_000), (92, 800)]), None, "on and off");
}

#[test]
fn a_move_is_noted_once_and_a_gap_in_the_facts_is_bridged() {
    let (last, history) = moves(&[(0, 1_000), (90, 800)]);
    assert_eq!(moved(Some(history.clone()), &last), None);
    let gap =
        PriceMove { from: eur(500), to: eur(450), number: 9, at: last.at.plus_ms(DAY_MS), ..last };
    let history = moved(Some(history), &gap).expect("news");
    assert_eq!(deal(&gap, &history).map(|deal| deal.was), Some(eur(500)));
    let other = PriceMove { to: Money::new(400, Currency::Usd), number: 10, ..gap };
    let history = moved(Some(history), &PriceMove { from: eur(450), ..other }).expect("news");
    assert_eq!(deal(&other, &history), None, "another currency");
}

proptest! {
    /// Whatever was forgotten: a deal's old price is no more than the lowest of the window, computed
    /// from everything, and is exactly that as long as nothing had to be forgotten.
    #[test]
    fn a_deal_is_honest(
        steps in proptest::collection::vec((1..20 * DAY_MS, 100_i64..2_000), 1..120),
        hurry in prop_oneof![Just(1_i64), Just(500)],
    ) {
        let (mut at, mut price) = (AT, 1_000);
        let mut all = vec![(Timestamp(i64::MIN), price)];
        let mut history = None;
        for (number, (later, to)) in steps.into_iter().enumerate() {
            if to == price {
                continue;
            }
            at = at.plus_ms(later / hurry);
            let step = PriceMove {
                offer: id(1), product: id(2), from: eur(price), to: eur(to),
                number: number as u64 + 1, at,
            };
            let now = moved(history, &step).expect("news");
            prop_assert!(now.steps.len() <= STEPS);
            let window = at.plus_ms(-WINDOW_MS);
            let ends = all.iter().skip(1).map(|(at, _)| *at).chain([at]);
            let held = all.iter().zip(ends).filter(|(_, end)| *end > window);
            let lowest = held.map(|((_, price), _)| *price).min().expect("there is one before");
            let saved = (lowest - to) * 1_000 / lowest;
            let expected = (saved >= i64::from(LEAST_SAVED)).then_some(lowest);
            let found = deal(&step, &now).map(|deal| deal.was.minor);
            if all.len() < STEPS {
                prop_assert_eq!(found, expected);
            } else {
                prop_assert!(found.is_none_or(|was| was <= lowest));
            }
            all.push((at, to));
            (price, history) = (to, Some(now));
        }
    }
}
