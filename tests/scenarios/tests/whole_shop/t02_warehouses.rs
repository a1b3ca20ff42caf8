//! A hundred pieces in four warehouses, five hundred purchases of one to three: what is sold and what
//! is left is what there was, in each of them.

use crate::help::{Chance, Shop, key, together};

const BUYERS: usize = 50;
const EACH: usize = 10;

#[test]
fn four_warehouses_sell_what_they_have() {
    let mut chance = Chance::new("t02");
    let mut shop = Shop::new("t02");
    let offer = shop.offer();
    shop.stock(&offer, 25);
    for n in 2..=4 {
        shop.stock_also_in(
            &offer,
            format!("{n}-warehouse-more").as_bytes().try_into().unwrap(),
            25,
        );
    }
    shop.start();
    assert_eq!(shop.available(&offer), 100);
    let shoppers: Vec<_> = (0..BUYERS).map(|_| (shop.guest(), chance.split())).collect();
    let totals: Vec<_> = (1..=3).map(|n| shoppers[0].0.total(&[(&offer, n)])).collect();

    let sold: Vec<u32> = together(BUYERS, |n| {
        let (shopper, mut chance) = shoppers[n].clone();
        let mut sold = 0;
        for _ in 0..EACH {
            let pieces = chance.below(3) as u32 + 1;
            let total = &totals[pieces as usize - 1];
            let answer = shopper.buy(&[(&offer, pieces)], total, "tok_approve", &key()).unwrap();
            match (answer.status, answer.code().as_str()) {
                (201, _) => sold += pieces,
                (409, "out_of_stock") => {}
                _ => panic!("{answer:?}"),
            }
        }
        sold
    });

    let sold = i64::from(sold.iter().sum::<u32>());
    shop.is_sound();
    let left = shop.available(&offer);
    assert!(left >= 0 && sold + left == 100, "sold {sold}, left {left}");
    assert_eq!((shop.posted(&offer, "hold"), shop.posted(&offer, "commit")), (sold, sold));
    assert!(shop.most_held(&offer) <= 25, "a warehouse sold more than it had");
}
