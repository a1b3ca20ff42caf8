//! Staff set stock while a hundred shoppers buy: no update is lost, nothing is sold that is not there.

use crate::help::{Answer, Chance, Shop, call, key, together};

/// Signs in at the staff's door, as the sandbox lets everybody; gives the cookie.
fn member(shop: &Shop) -> String {
    let answer = post(shop, "", "/admin/demo", "").expect(303);
    let cookie = answer.header("set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn post(shop: &Shop, cookie: &str, path: &str, body: &str) -> Answer {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin"), form];
    call(shop.port, ("POST", path), &headers, body).unwrap()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, after) = page.split_once(&start).unwrap_or_else(|| panic!("no {name} in {page}"));
    after.split('"').next().unwrap().to_owned()
}

#[test]
fn staff_set_stock_while_a_hundred_shoppers_buy() {
    const STAFF: usize = 4;
    const SHOPPERS: usize = 100;
    let mut chance = Chance::new("t31");
    let mut shop = Shop::new("t31");
    let offer = shop.offer();
    shop.stock(&offer, 40);
    shop.start();
    let cookie = member(&shop);
    let path = format!("/admin/stock/{}", offer.id);
    let shoppers: Vec<_> = (0..SHOPPERS).map(|_| (shop.guest(), chance.split())).collect();
    let total = shoppers[0].0.total(&[(&offer, 1)]);

    // Staff read the shelf's page and set it to one more, or adjust it by one.
    let answers = together(STAFF + SHOPPERS, |n| {
        if n >= STAFF {
            let (shopper, mut chance) = shoppers[n - STAFF].clone();
            chance.dawdle(100);
            return vec![shopper.buy(&[(&offer, 1)], &total, "tok_approve", &key()).unwrap()];
        }
        let tries = (0..10).map(|at| {
            let page = call(shop.port, ("GET", &path), &[("cookie", &cookie)], "").unwrap();
            // The first shelf's count has both, one after the other.
            let (warehouse, seen) =
                (hidden(&page.body, "warehouse"), hidden(&page.body, "expected"));
            if at % 3 == 2 {
                let form = hidden(&page.body, "key");
                let body = format!("warehouse={warehouse}&delta=1&key={form}");
                return post(&shop, &cookie, &format!("{path}/adjust"), &body);
            }
            let more = seen.parse::<i64>().unwrap() + 1;
            let body = format!("warehouse={warehouse}&expected={seen}&counted={more}");
            post(&shop, &cookie, &format!("{path}/count"), &body)
        });
        tries.collect()
    });

    let (staff, bought) = answers.split_at(STAFF);
    let done = staff.iter().flatten().filter(|answer| answer.status == 303).count() as i64;
    let stale = staff.iter().flatten().filter(|answer| answer.status == 409).count() as i64;
    assert_eq!(done + stale, 10 * STAFF as i64, "{staff:?}");
    let sold = bought.iter().flatten().filter(|answer| answer.status == 201).count() as i64;
    let refused = |a: &&Answer| a.status == 409 && a.code() == "out_of_stock";
    let refused = bought.iter().flatten().filter(refused).count() as i64;
    assert_eq!(sold + refused, SHOPPERS as i64, "{bought:?}");
    shop.is_sound();
    let on_hand = shop.number(&format!(
        "SELECT sum(quantity) FROM stock_entry WHERE sku = {} AND kind IN ('receive', 'adjust')",
        offer.key
    ));
    assert_eq!(on_hand, 40 + done, "each update that was accepted counts, once");
    assert_eq!(shop.available(&offer), on_hand - sold);
    assert!(sold >= 40, "{sold}");
    let lines = "SELECT count(*) FROM audit WHERE name IN ('stock.count', 'stock.adjust')";
    assert_eq!(shop.number(lines), done, "a line for each, none for what was refused");
}

#[test]
fn the_race_of_the_staff_s_door_has_one_winner() {
    let mut shop = Shop::new("t31-race");
    shop.start();
    let cookie = member(&shop);
    for race in 1..=2 {
        let page = post(&shop, &cookie, "/admin/race", "").expect(200).body;
        assert_eq!(page.matches("bought it: ").count(), 1, "{page}");
        assert_eq!(page.matches(">sold out<").count(), 49, "{page}");
        shop.comes_to_rest();
        assert_eq!(shop.confirmed(), race);
    }
    shop.is_sound();
    assert_eq!(shop.gateway_did("authorize"), 2);
}
