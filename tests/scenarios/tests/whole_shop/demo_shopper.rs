//! One click makes anybody the demo's shopper, with a past that was really bought.

use crate::help::{Shop, call};

#[test]
fn the_demo_shopper_has_a_past_once() {
    let shop = Shop::open("demo-shopper");
    let same = ("sec-fetch-site", "same-origin");
    let click = || call(shop.port, ("POST", "/account/demo"), &[same], "").unwrap().expect(303);
    let other = ("sec-fetch-site", "cross-site");
    call(shop.port, ("POST", "/account/demo"), &[other], "").unwrap().expect(403);
    let first = click();
    assert_eq!(first.header("location"), Some("/orders"));
    let cookie = first.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let page = call(shop.port, ("GET", "/orders"), &[("cookie", &cookie)], "").unwrap().expect(200);
    assert!(page.body.contains("Delivered"), "{}", page.body);
    let orders = "SELECT count(*) FROM orders WHERE state NOT IN ('payment_failed', 'cancelled')";
    assert_eq!(shop.number(orders), 3);
    click();
    assert_eq!(shop.number(orders), 3, "the past happens once");
    let theirs = "SELECT count(*) FROM review WHERE byline LIKE 'Robin%' AND verified = 1";
    assert_eq!(shop.number(theirs), 1, "they reviewed what they had bought");
    shop.is_sound();
}
