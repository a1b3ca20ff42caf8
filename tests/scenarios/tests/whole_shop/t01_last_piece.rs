//! One piece left, fifty shoppers: one gets it, the others are told so, and nobody else pays.

use crate::help::{Answer, Chance, Offer, Shop, Shopper, key, together};

#[test]
fn the_last_piece_is_sold_once() {
    let mut chance = Chance::new("t01");
    let mut shop = Shop::new("t01");
    let offer = shop.offer();
    shop.stock(&offer, 1);
    shop.start();
    let shoppers: Vec<_> = (0..50).map(|_| (shop.guest(), chance.split())).collect();
    let total = shoppers[0].0.total(&[(&offer, 1)]);

    let answers = together(50, |n| {
        let (shopper, mut chance) = shoppers[n].clone();
        chance.dawdle(20);
        if chance.below(2) == 0 {
            shopper.buy(&[(&offer, 1)], &total, "tok_approve", &key()).unwrap()
        } else {
            through_the_cart(&shopper, &offer, &mut chance)
        }
    });

    let sold = answers.iter().filter(|a| a.status == 201).count();
    let sold_out = |a: &&Answer| a.status == 409 && a.code() == "out_of_stock";
    assert_eq!(sold, 1, "{answers:?}");
    assert_eq!(answers.iter().filter(sold_out).count(), 49, "{answers:?}");
    shop.is_sound();
    assert_eq!(shop.available(&offer), 0);
    assert_eq!((shop.confirmed(), shop.open_holds()), (1, 0));
    assert_eq!((shop.gateway_did("authorize"), shop.gateway_did("capture")), (1, 1));
}

fn through_the_cart(shopper: &Shopper, offer: &Offer, chance: &mut Chance) -> Answer {
    shopper.add(offer, 1).expect(200);
    chance.dawdle(10);
    let checkout = shopper.start_checkout();
    if checkout.status != 201 {
        return checkout;
    }
    chance.dawdle(10);
    shopper.pay(&checkout, "tok_approve", &key()).unwrap()
}
