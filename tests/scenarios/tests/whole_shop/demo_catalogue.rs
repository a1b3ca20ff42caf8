//! The demo catalogue fills a new shop while it is open, and goes on after a kill where it was.

use crate::help::{Shop, wait_for};

const FINISHED: &str = "SELECT count(*) FROM import_checkpoint
                        WHERE finished = 1 AND job = 'the demo catalogue'";
const PAST: &str = "SELECT count(*) FROM import_checkpoint WHERE job = 'the demo''s past'";

#[test]
fn a_new_shop_fills_itself_also_when_it_is_killed_meanwhile() {
    let mut shop = Shop::never_opened("demo").set("SOUK_DEMO", "all");
    shop.start();
    let shelf = shop.number("SELECT count(*) FROM product");
    assert!(shelf >= 60, "the first shelf is there when the doors open: {shelf}");
    wait_for("the second piece", || {
        (shop.number("SELECT count(*) FROM product") > 300).then_some(())
    });
    shop.kill();
    assert_eq!(shop.number(FINISHED), 0, "killed in the middle");
    shop.start();
    wait_for("the whole catalogue", || (shop.number(FINISHED) == 1).then_some(()));
    wait_for("all first stock", || {
        (shop.number("SELECT count(*) FROM first_stock") == 0).then_some(())
    });
    let products = shop.number("SELECT count(*) FROM product");
    assert!(products >= 2_000, "{products}");
    let twice = "SELECT count(*) - count(DISTINCT external_id) FROM product";
    assert_eq!(shop.number(twice), 0);
    assert_eq!(shop.number("SELECT count(DISTINCT warehouse) FROM stock_level"), 3);
    assert!(shop.number("SELECT count(*) FROM seller") >= 6);
    wait_for("search to know all of them", || {
        let found = shop.guest().get("/search").expect(200).json()["total"].as_i64();
        (found == Some(products)).then_some(())
    });
    shop.is_sound();

    // People have looked at things and bought some together; some prices have fallen.
    wait_for("the past", || (shop.number(PAST) == 1).then_some(()));
    let orders = shop.number("SELECT orders FROM insight_total");
    assert!(orders > 1_000, "{orders}");
    let row = |path: &str| shop.guest().get(path).expect(200).json()["items"].clone();
    assert_eq!(row("/popular").as_array().unwrap().len(), 12);
    wait_for("the fallen prices to be told", || {
        let deals = row("/deals");
        let deals = deals.as_array().unwrap();
        let honest =
            deals.iter().all(|d| d["was"]["minor"].as_i64() > d["price"]["minor"].as_i64());
        assert!(honest, "{deals:?}");
        (deals.len() == 12).then_some(())
    });

    // Another start adds nothing.
    shop.stop();
    shop.start();
    shop.comes_to_rest();
    assert_eq!(shop.number("SELECT count(*) FROM product"), products);
    assert_eq!(shop.number("SELECT orders FROM insight_total"), orders);
}
