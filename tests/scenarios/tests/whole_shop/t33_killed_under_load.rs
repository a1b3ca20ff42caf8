//! `kill -9` at random moments under load: what was answered is there, once.

use crate::help::{Chance, Shop, Shopper, key, wait_for};
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const ROUNDS: usize = 5;
const BUYERS: usize = 8;

#[test]
fn what_was_answered_survives_every_kill_once() {
    let mut chance = Chance::new("t33");
    let mut shop = Shop::new("t33");
    let offer = shop.offer();
    shop.stock(&offer, 100_000);
    shop.start();
    let shoppers: Vec<_> = (0..BUYERS).map(|_| shop.guest()).collect();
    let total = shoppers[0].total(&[(&offer, 1)]);
    // Who, with which key, and the order if it was answered.
    let tries: Mutex<Vec<(usize, String, Option<String>)>> = Mutex::new(Vec::new());

    for _ in 0..ROUNDS {
        let over = AtomicBool::new(false);
        let here: Vec<Shopper> = shoppers.iter().map(|s| s.at(shop.port)).collect();
        thread::scope(|scope| {
            for (n, shopper) in here.iter().enumerate() {
                let (over, tries, total, offer) = (&over, &tries, &total, &offer);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        let one = key();
                        let answer = shopper.buy(&[(offer, 1)], total, "tok_approve", &one);
                        let order = answer.ok().map(|a| a.expect(201).text("order_id"));
                        tries.lock().unwrap().push((n, one, order));
                    }
                });
            }
            thread::sleep(std::time::Duration::from_millis(50 + chance.below(250)));
            shop.kill();
            over.store(true, Ordering::Relaxed);
        });
        shop.leases_run_out();
        shop.start();
    }
    let tries = tries.into_inner().unwrap();
    let answered = tries.iter().filter(|(_, _, order)| order.is_some()).count();
    println!("t33: {answered} of {} were answered", tries.len());
    assert!(answered > ROUNDS, "there was load");
    wait_for("recovery", || {
        let open = "SELECT count(*) FROM orders WHERE state IN ('created', 'payment_pending')";
        (shop.number(open) == 0).then_some(())
    });
    each_is_there_once(&shop, &shoppers, &tries, &total);
    shop.is_sound();
    assert_eq!(shop.open_holds(), 0);
    assert_eq!(shop.gateway_did("authorize") as i64, shop.confirmed());
    assert_eq!(shop.gateway_did("capture") as i64, shop.confirmed());
}

/// Every key names one order: the one that was answered, if one was.
fn each_is_there_once(
    shop: &Shop,
    shoppers: &[Shopper],
    tries: &[(usize, String, Option<String>)],
    total: &Value,
) {
    let offer = shop.offer();
    let before = shop.number("SELECT count(*) FROM orders");
    let mut fresh = 0;
    for (n, one, order) in tries {
        let shopper = shoppers[*n].at(shop.port);
        if let Some(order) = order {
            assert_eq!(shopper.times_in(order, "confirmed"), 1, "{order}");
        }
        let again = shopper.buy(&[(&offer, 1)], total, "tok_approve", one).unwrap().expect(201);
        match order {
            Some(order) => assert_eq!(again.text("order_id"), *order),
            None => fresh += 1,
        }
    }
    let now = shop.number("SELECT count(*) FROM orders");
    assert!(now - before <= fresh, "a key that was answered bought again");
}
