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
