//! Three sellers in one cart, and the second has nothing left: nobody holds anything, nothing is charged.

use crate::help::{Shop, key};

#[test]
fn one_seller_without_stock_leaves_nothing_behind() {
    let mut shop = Shop::new("t21");
    let offers = shop.offers();
    shop.edit(|conn| {
        for (n, offer) in (1_u8..).zip(&offers[..3]) {
            let sql = "UPDATE offer SET seller = ?2 WHERE key = ?1";
            assert_eq!(conn.execute(sql, (offer.key, [n; 16])).unwrap(), 1);
        }
    });
    shop.stock(&offers[1], 1);
    shop.start();
    let before = [0, 2].map(|n| shop.available(&offers[n]));
    let lines = [(&offers[0], 1), (&offers[1], 2), (&offers[2], 1)];
    let shopper = shop.guest();
    let total = shopper.total(&lines);
    // At once, and by way of the cart.
    let refused = shopper.buy(&lines, &total, "tok_approve", &key()).unwrap().expect(409);
    assert_eq!(refused.code(), "out_of_stock");
    for (offer, quantity) in lines {
        shopper.add(offer, quantity).expect(200);
    }
    assert_eq!(shopper.start_checkout().expect(409).code(), "out_of_stock");
    assert_eq!((shop.gateway_did("authorize"), shop.open_holds(), shop.confirmed()), (0, 0, 0));
    assert_eq!([0, 2].map(|n| shop.available(&offers[n])), before);
    // With what is left of the second one, all three are sold.
    let lines = [(&offers[0], 1), (&offers[1], 1), (&offers[2], 1)];
    let total = shopper.total(&lines);
    shopper.buy(&lines, &total, "tok_approve", &key()).unwrap().expect(201);
    assert_eq!((shop.gateway_did("authorize"), shop.confirmed()), (1, 1));
    shop.is_sound();
}
