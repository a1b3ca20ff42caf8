//! A gateway's message was answered, and the process dies before anybody has worked it.

use crate::help::{Shop, key, together, wait_for};

const ORDERS: usize = 12;

/// The shop's own address is a dead end for the gateway, so only the messages below are ever delivered;
/// and the shoppers never come back from the bank.
#[test]
fn a_message_that_was_answered_is_worked_after_the_restart() {
    for round in 0.. {
        assert!(round < 10, "every message was worked before the kill, ten times");
        let mut shop = Shop::new("message").set("SOUK_BASE_URL", "http://127.0.0.1:9");
        shop.start();
        let offer = shop.offer();
        let shopper = shop.guest();
        let total = shopper.total(&[(&offer, 1)]);
        let orders: Vec<String> = (0..ORDERS)
            .map(|_| {
                let lines = [(&offer, 1)];
                let placed = shopper.buy(&lines, &total, "tok_3ds", &key()).unwrap().expect(202);
                shop.approve_at_the_bank(&placed.text("action_url"));
                placed.text("order_id")
            })
            .collect();
        assert_eq!(shop.confirmed(), 0, "nobody has told the shop");
        together(ORDERS, |n| {
            let event = format!("evt_{n}");
            shop.webhook(&orders[n], "authorization.succeeded", &event).expect(200);
        });
        shop.kill();
        let left = shop.number("SELECT count(*) FROM webhook_inbox WHERE state = 'waiting'");
        assert_eq!(shop.number("SELECT count(*) FROM webhook_inbox"), ORDERS as i64);
        let confirmed = shop.confirmed();
        println!("killed with {left} messages waiting and {confirmed} orders confirmed");
        shop.leases_run_out();
        shop.edit(|conn| {
            // Recovery is not to find them first: the shopper has until the deadline.
            let sql = "UPDATE orders SET lease_owner = 0, lease_until = deadline
                       WHERE state = 'payment_pending'";
            conn.execute(sql, []).unwrap();
        });
        shop.start();
        wait_for("the orders", || (shop.confirmed() == ORDERS as i64).then_some(()));
        shop.is_sound();
        assert_eq!(shop.gateway_did("capture"), ORDERS);
        if confirmed < ORDERS as i64 {
            return;
        }
    }
}
