//! {A, B} and {B, A} at once, round after round: everybody gets an answer, and nobody half an order.

use crate::help::{Chance, Shop, key, together};

const ROUNDS: usize = 20;
const PAIRS: usize = 4;
/// Fewer than the 160 that are asked for.
const PIECES: i64 = 100;

#[test]
fn opposite_orders_of_lines_never_block_each_other() {
    let mut chance = Chance::new("t04");
    let mut shop = Shop::new("t04");
    let offers = shop.offers();
    let (a, b) = (&offers[0], &offers[1]);
    shop.stock(a, PIECES);
    shop.stock(b, PIECES);
    shop.start();
    let shoppers: Vec<_> = (0..2 * PAIRS).map(|_| (shop.guest(), chance.split())).collect();
    let total = shoppers[0].0.total(&[(a, 1), (b, 1)]);

    let sold = together(2 * PAIRS, |n| {
        let (shopper, mut chance) = shoppers[n].clone();
        let lines = if n % 2 == 0 { [(a, 1), (b, 1)] } else { [(b, 1), (a, 1)] };
        let mut sold = 0;
        for _ in 0..ROUNDS {
            chance.dawdle(2);
            let answer = shopper.buy(&lines, &total, "tok_approve", &key()).unwrap();
            match (answer.status, answer.code().as_str()) {
                (201, _) => sold += 1,
                (409, "out_of_stock") => {}
                _ => panic!("{answer:?}"),
            }
        }
        sold
    });

    assert_eq!(sold.iter().sum::<i64>(), PIECES);
    shop.is_sound();
    assert_eq!((shop.available(a), shop.available(b)), (0, 0));
    assert_eq!(shop.confirmed(), PIECES);
}
