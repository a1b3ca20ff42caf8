//! Invoices: a number for each order, without gaps, whatever dies; credit notes for what goes back.

use crate::help::{Shop, key, wait_for};
use serde_json::json;
use std::thread;

/// Eight shoppers buy at once, and the process dies among them, three times over.
#[test]
fn numbers_have_no_gaps_whatever_dies() {
    let mut shop = Shop::open("invoices");
    let offer = shop.offer();
    for _ in 0..3 {
        thread::scope(|scope| {
            let buying: Vec<_> = (0..8)
                .map(|_| {
                    let (shopper, offer) = (shop.guest(), &offer);
                    scope.spawn(move || {
                        let total = shopper.total(&[(offer, 1)]);
                        // It may die before it answers: then recovery ends it.
                        let _ = shopper.buy(&[(offer, 1)], &total, "tok_approve", &key());
                    })
                })
                .collect();
            buying.into_iter().for_each(|buyer| buyer.join().unwrap());
        });
        shop.kill();
        shop.leases_run_out();
        shop.start();
    }
    let sold = "SELECT count(*) FROM orders WHERE state IN ('confirmed', 'shipped', 'delivered')";
    wait_for("every invoice", || {
        let (sold, issued) = (shop.number(sold), shop.number("SELECT count(*) FROM invoice"));
        (sold == issued && sold == 24).then_some(())
    });
    assert_eq!(shop.number("SELECT max(number) FROM invoice"), 24, "of one seller");
    assert_eq!(shop.number("SELECT count(DISTINCT order_id) FROM invoice"), 24);
    shop.is_sound();
}

#[test]
fn what_goes_back_is_credited_once() {
    let shop = Shop::open("credit-note");
    let offer = shop.offer();
    let shopper = shop.guest();
    let order = shopper.bought(&offer);
    let invoices = |many: usize| {
        wait_for("the documents", || {
            let all = shopper.get(&format!("/orders/{order}/invoices")).expect(200).json();
            let all = all["invoices"].as_array().unwrap().clone();
            (all.len() == many).then_some(all)
        })
    };
    let invoice = invoices(1).remove(0);
    assert_eq!((&invoice["kind"], &invoice["number"]), (&json!("invoice"), &json!("000001")));
    assert_eq!(invoice["total"], shopper.order(&order)["total"]);
    wait_for("the capture", || (shop.gateway_did_for(&order, "capture") == 1).then_some(()));
    let part = json!({"amount": {"minor": 100, "currency": "EUR"}});
    let one = key();
    let path = format!("/orders/{order}/refunds");
    for _ in 0..2 {
        let asked = shopper.ask("POST", &path, Some(&one), Some(&part)).unwrap();
        assert!(asked.status < 300, "{asked:?}");
    }
    let note = invoices(2).remove(1);
    assert_eq!((&note["kind"], &note["corrects"]), (&json!("credit_note"), &json!("000001")));
    assert_eq!(note["total"], json!({"minor": 100, "currency": "EUR"}));
    let page = shop.page(
        &shopper,
        &format!("/orders/{}/invoice", shopper.order(&order)["number"].as_str().unwrap()),
    );
    assert!(page.body.contains("Credit note 000002"), "{page:?}");
    shop.is_sound();
}

/// Of two sellers' goods one piece comes back: who sold it credits it, at what was paid for it, and nobody
/// else does.
#[test]
fn a_return_is_credited_by_who_sold_it() {
    // An hour of a real carrier takes 18 ms.
    let mut shop = Shop::new("credited-by").set("SOUK_CARRIER_SPEED", 200_000);
    let offers = shop.offers();
    shop.edit(|conn| {
        for (n, offer) in (1_u8..).zip(&offers[..2]) {
            let sql = "UPDATE offer SET seller = ?2 WHERE key = ?1";
            assert_eq!(conn.execute(sql, (offer.key, [n; 16])).unwrap(), 1);
        }
    });
    shop.start();
    let shopper = shop.guest();
    let lines = [(&offers[0], 3), (&offers[1], 1)];
    // One parcel in 33 is not delivered: another order's is.
    let order = wait_for("a delivery", || {
        let total = shopper.total(&lines);
        let placed = shopper.buy(&lines, &total, "tok_approve", &key()).unwrap();
        let order = placed.expect(201).text("order_id");
        let parcels = wait_for("the parcels to end their way", || {
            let parcels = shopper.order(&order)["parcels"].as_array().unwrap().clone();
            let ended = |parcel: &serde_json::Value| {
                parcel["state"] == "delivered" || parcel["state"] == "returned_to_sender"
            };
            (parcels.len() == 2 && parcels.iter().all(ended)).then_some(parcels)
        });
        parcels.iter().all(|parcel| parcel["state"] == "delivered").then_some(order)
    });
    let ask = json!({
        "lines": [{ "offer_id": offers[0].id, "quantity": 1 }], "reason": "defective",
    });
    let path = format!("/orders/{order}/returns");
    shopper.ask("POST", &path, Some(&key()), Some(&ask)).unwrap().expect(201);
    let note = wait_for("the credit note", || {
        let all = shopper.get(&format!("/orders/{order}/invoices")).expect(200).json();
        let all = all["invoices"].as_array().unwrap().clone();
        let mut notes = all.into_iter().filter(|document| document["kind"] == "credit_note");
        let note = notes.next();
        assert!(notes.next().is_none(), "one seller's goods came back");
        note
    });
    let whole = shopper.order(&order);
    assert_eq!(note["seller_id"], "01010101-0101-0101-0101-010101010101");
    let paid = whole["lines"][0]["total"]["minor"].as_i64().unwrap() / 3;
    assert_eq!(note["total"]["minor"], paid);
    assert_eq!(note["lines"][0]["title"], whole["lines"][0]["title"]);
    assert_eq!(note["lines"][0]["quantity"], 1);
    shop.is_sound();
}
