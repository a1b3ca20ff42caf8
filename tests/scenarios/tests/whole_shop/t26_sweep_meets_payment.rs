//! The sweep and the payment want the same checkout at the same moment: one of them gets it.

use crate::help::{Chance, Shop, key, together, wait_for};
use std::time::{Duration, Instant};

const SHOPPERS: usize = 24;

#[test]
fn either_the_sweep_or_the_payment_gets_a_checkout() {
    let mut chance = Chance::new("t26");
    let mut shop = Shop::new("t26").set("SOUK_HOLD_SECONDS", 1).set("SOUK_SWEEP_MS", 5);
    let offer = shop.offer();
    shop.stock(&offer, SHOPPERS as i64);
    shop.start();
    let shoppers: Vec<_> = (0..SHOPPERS).map(|_| (shop.guest(), chance.split())).collect();
    for (shopper, _) in &shoppers {
        shopper.add(&offer, 1).expect(200);
    }

    let answers = together(SHOPPERS, |n| {
        let (shopper, mut chance) = shoppers[n].clone();
        let checkout = shopper.start_checkout().expect(201);
        let until = Instant::now() + Duration::from_micros(975_000 + chance.below(40_000));
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        shopper.pay(&checkout, "tok_approve", &key()).unwrap()
    });

    let mut bought = 0;
    for answer in &answers {
        match (answer.status, answer.code().as_str()) {
            (201, _) => bought += 1,
            (409, "checkout_expired") => {}
            _ => panic!("{answer:?}"),
        }
    }
    println!("t26: {bought} of {SHOPPERS} were in time");
    let left = SHOPPERS as i64 - bought;
    wait_for("the rest of the stock", || (shop.available(&offer) == left).then_some(()));
    shop.is_sound();
    assert_eq!((shop.confirmed(), shop.open_holds()), (bought, 0));
    let did = (shop.gateway_did("authorize") as i64, shop.gateway_did("capture") as i64);
    assert_eq!(did, (bought, bought), "nobody who was too late was charged");
}
