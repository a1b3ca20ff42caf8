//! Paying by bank transfer: days instead of seconds, money in the wrong amount, at the wrong time, and while
//! nobody listens.

use crate::help::{Answer, Shop, Shopper, key, wait_for};
use serde_json::json;

fn shop(name: &str, seconds: u32, pieces: i64) -> Shop {
    let mut shop = Shop::new(name).set("SOUK_TRANSFER_SECONDS", seconds);
    let offer = shop.offer();
    shop.stock(&offer, pieces);
    shop.start();
    shop
}

/// A patient shop.
const DAYS: u32 = 3 * 24 * 60 * 60;

fn placed(shop: &Shop, shopper: &Shopper) -> Answer {
    let placed = shopper.buys_by(&shop.offer(), "bank_transfer", &key()).expect(202);
    assert_eq!(placed.json()["status"], "awaiting_transfer");
    placed
}

fn comes_to(shopper: &Shopper, order: &str, state: &str) {
    wait_for(state, || (shopper.order(order)["state"] == state).then_some(()));
}

#[test]
fn three_transfers_are_waited_for_and_no_fourth() {
    let shop = shop("transfer-limit", DAYS, 9);
    let shopper = shop.guest();
    let first: Vec<Answer> = (0..3).map(|_| placed(&shop, &shopper)).collect();
    let many = || shopper.buys_by(&shop.offer(), "bank_transfer", &key());
    assert_eq!(many().expect(409).code(), "too_many_transfers");
    assert_eq!(shop.available(&shop.offer()), 6, "what was refused keeps nothing");
    placed(&shop, &shop.guest());
    let path = format!("/orders/{}/cancel", first[0].text("order_id"));
    shopper.ask("POST", &path, Some(&key()), None).unwrap().expect(200);
    placed(&shop, &shopper);
    assert_eq!(many().expect(409).code(), "too_many_transfers");
    shop.money_comes(&first[1].text("action_url"), "exact");
    comes_to(&shopper, &first[1].text("order_id"), "confirmed");
    placed(&shop, &shopper);
    shop.is_sound();
}

#[test]
fn the_money_comes_in_two_pieces_and_is_taken_once() {
    let shop = shop("transfer", DAYS, 1);
    let shopper = shop.guest();
    let placed = placed(&shop, &shopper);
    let (order, url) = (placed.text("order_id"), placed.text("action_url"));
    let transfer = &placed.json()["transfer"];
    assert_eq!(transfer["reference"], placed.json()["number"]);
    assert!(transfer["iban"].as_str().unwrap().starts_with("DE"), "{transfer}");
    assert_eq!(shop.available(&shop.offer()), 0, "kept for whoever pays");
    shop.money_comes(&url, "short");
    let missing = wait_for("the news", || {
        let order = shopper.order(&order);
        let received = order["payment"]["transfer"]["received"]["minor"].as_i64()?;
        (received > 0).then(|| order["total"]["minor"].as_i64().unwrap() - received)
    });
    assert_eq!(missing, 1);
    assert_eq!(shopper.order(&order)["state"], "payment_pending", "a cent is missing");
    shop.money_comes(&url, "rest");
    comes_to(&shopper, &order, "confirmed");
    shop.is_sound();
    let payment = &shopper.order(&order)["payment"];
    assert_eq!(
        (&payment["method"], &payment["state"]),
        (&"bank_transfer".into(), &"captured".into())
    );
    assert_eq!(
        shop.gateway_did_for(&order, "capture"),
        0,
        "taken as it came: there is no second step"
    );
    assert_eq!(shopper.times_in(&order, "confirmed"), 1);
}

#[test]
fn a_cent_too_much_is_never_confirmed_and_all_of_it_goes_back() {
    let shop = shop("transfer-over", DAYS, 1);
    let shopper = shop.guest();
    let placed = placed(&shop, &shopper);
    let order = placed.text("order_id");
    shop.money_comes(&placed.text("action_url"), "over");
    comes_to(&shopper, &order, "payment_failed");
    assert!(shop.gateway_did_for(&order, "void") > 0);
    shop.is_sound();
}

/// The process dies with the money there and the message about it lost with it.
#[test]
fn money_that_came_while_nobody_listened_is_found() {
    let mut shop = shop("transfer-killed", DAYS, 1);
    let shopper = shop.guest();
    let late = "tok_webhook_late_60s";
    let placed = shopper.buys_oddly(&shop.offer(), "bank_transfer", late, &key()).expect(202);
    let order = placed.text("order_id");
    shop.money_comes(&placed.text("action_url"), "exact");
    assert_eq!(shopper.order(&order)["state"], "payment_pending", "nobody was told");
    shop.kill();
    shop.leases_run_out();
    shop.start();
    let shopper = shopper.at(shop.port);
    comes_to(&shopper, &order, "confirmed");
    shop.is_sound();
    assert_eq!(shopper.times_in(&order, "confirmed"), 1);
}

/// Nobody pays: what was kept for days is free again, and nobody can pay it any more.
#[test]
fn a_transfer_that_never_comes_ends_at_its_deadline_and_not_before() {
    let shop = shop("transfer-never", 2, 1);
    let shopper = shop.guest();
    let order = placed(&shop, &shopper).text("order_id");
    assert_eq!(shop.available(&shop.offer()), 0);
    comes_to(&shopper, &order, "cancelled");
    wait_for("the stock", || (shop.available(&shop.offer()) == 1).then_some(()));
    shop.is_sound();
    let timeline = shopper.order(&order)["timeline"].to_string();
    assert!(timeline.contains("timed_out"), "{timeline}");
}

/// The deadline and the money at the same moment: paid once with its stock, whichever was first. Money that
/// lost the race buys the goods as an order of its own.
#[test]
fn the_deadline_and_the_money_meet() {
    for round in 0..4 {
        let shop = shop(&format!("transfer-race-{round}"), 1, 1);
        let shopper = shop.guest();
        let placed = placed(&shop, &shopper);
        let (order, url) = (placed.text("order_id"), placed.text("action_url"));
        // At once, or in the moments in which it is being let go, or after.
        if round > 0 {
            wait_for("the end to be near", || {
                let void = shop.gateway_did_for(&order, "void") > 0;
                (void || shopper.order(&order)["payment"]["state"] == "voiding").then_some(())
            });
        }
        if round > 1 {
            comes_to(&shopper, &order, "cancelled");
        }
        shop.money_comes(&url, "exact");
        let paid = wait_for("an order", || shopper.orders_in("confirmed").pop());
        shop.is_sound();
        assert_eq!(shopper.orders_in("confirmed"), [paid]);
        assert_eq!(shop.available(&shop.offer()), 0);
        assert_eq!(shop.confirmed(), 1, "round {round}");
    }
}

/// Too late, and somebody else has the goods: the money goes back, and the shopper is told.
#[test]
fn late_money_for_what_is_gone_goes_back() {
    let shop = shop("transfer-late", 1, 1);
    let shopper = shop.guest();
    let placed = placed(&shop, &shopper);
    let (order, url) = (placed.text("order_id"), placed.text("action_url"));
    comes_to(&shopper, &order, "cancelled");
    wait_for("the stock", || (shop.available(&shop.offer()) == 1).then_some(()));
    shop.guest().bought(&shop.offer());
    shop.money_comes(&url, "exact");
    wait_for("the money to go back", || (shop.gateway_did("return") == 1).then_some(()));
    shop.is_sound();
    assert_eq!(shopper.orders_in("confirmed"), Vec::<String>::new());
    assert_eq!(shopper.order(&order)["state"], "cancelled");
}

/// Nobody wants it any more: what comes for an order that was cancelled buys nothing.
#[test]
fn money_for_what_was_cancelled_goes_back() {
    let shop = shop("transfer-cancelled", DAYS, 2);
    let shopper = shop.guest();
    let placed = placed(&shop, &shopper);
    let order = placed.text("order_id");
    shopper.post(&format!("/orders/{order}/cancel"), &json!({})).expect(200);
    shop.money_comes(&placed.text("action_url"), "exact");
    wait_for("the money to go back", || (shop.gateway_did("return") == 1).then_some(()));
    shop.is_sound();
    assert_eq!((shop.confirmed(), shop.available(&shop.offer())), (0, 2));
    assert_eq!(shopper.order(&order)["state"], "cancelled");
}

/// The shopper chose another way after they had sent the money: they get the goods once.
#[test]
fn money_for_what_was_paid_in_another_way_goes_back() {
    let shop = shop("transfer-other-way", DAYS, 2);
    let shopper = shop.guest();
    let placed = placed(&shop, &shopper);
    let order = placed.text("order_id");
    let path = format!("/orders/{}/another-way", placed.text("number"));
    let chosen = shop.form(&shopper, &path, "").expect(303);
    let checkout = chosen.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
    let checkout = shopper.get(&format!("/checkouts/{checkout}")).expect(200);
    assert_eq!(shopper.order(&order)["state"], "payment_failed");
    let paid = shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    shop.money_comes(&placed.text("action_url"), "exact");
    wait_for("the money to go back", || (shop.gateway_did("return") == 1).then_some(()));
    shop.is_sound();
    assert_eq!(shopper.orders_in("confirmed"), [paid.text("order_id")]);
    assert_eq!((shop.confirmed(), shop.available(&shop.offer())), (1, 1));
}
