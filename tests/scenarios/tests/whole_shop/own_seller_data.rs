//! Every route of the sellers' door, as the router is made from them, asked by another seller about what is
//! the first one's: nothing of it is told, and nothing of it changes.

use crate::help::{Answer, Offer, Shop, Shopper, call, hidden, key, wait_for};
use serde_json::json;
use souk_seller::{Needs, Route, table};
use std::fmt::Write as _;

/// An hour of a real carrier takes 18 ms.
const FAST: u32 = 200_000;

/// What belongs to the first seller: a product; an order that arrived, of which a piece comes back, and
/// one that waits to be packed.
struct Owned {
    cookie: String,
    product: String,
    offer: Offer,
    shopper: Shopper,
    back: String,
    orders: [String; 2],
}

fn bought(shopper: &Shopper, offer: &Offer) -> String {
    let total = shopper.total(&[(offer, 2)]);
    let placed = shopper.buy(&[(offer, 2)], &total, "tok_approve", &key()).unwrap();
    placed.expect(201).text("order_id")
}

impl Owned {
    /// The carrier brings the first order and then stands still; gives the shop as it is open again.
    fn by_ada(mut shop: Shop) -> (Shop, Self) {
        shop = shop.set("SOUK_CARRIER_SPEED", FAST);
        shop.start();
        let (_, cookie, offer) = shop.sells_a_kettle("ada");
        let list = shop.look(&cookie, "/seller/products").expect(200).body;
        let (_, product) = list.split_once("/seller/products/0").unwrap();
        let product = format!("0{}", product.split(['"', '/', '?']).next().unwrap());
        // One parcel in 33 is not delivered: another one is.
        let (shopper, arrived) = wait_for("a delivery", || {
            let shopper = shop.guest();
            let order = bought(&shopper, &offer);
            let state = wait_for("the parcel to end its way", || {
                let state = shopper.order(&order)["parcels"][0]["state"].clone();
                (state == "delivered" || state == "returned_to_sender").then_some(state)
            });
            (state == "delivered").then_some((shopper, order))
        });
        shop.stop();
        shop = shop.set("SOUK_CARRIER_SPEED", 0);
        shop.start();
        let shopper = shopper.at(shop.port);
        let waits = bought(&shopper, &offer);
        let lines = json!([{ "offer_id": offer.id, "quantity": 1 }]);
        let asked = json!({ "lines": lines, "reason": "late" });
        shopper.post(&format!("/orders/{arrived}/returns"), &asked).expect(201);
        let back = shopper.order(&arrived)["returns"][0]["return_id"].as_str().unwrap().to_owned();
        for order in [&arrived, &waits] {
            wait_for("the parcels and the money of both", || {
                let page = shop.look(&cookie, &format!("/seller/orders/{order}")).body;
                (page.contains("parcel") && page.contains("Commission")).then_some(())
            });
        }
        let orders = [arrived, waits];
        (shop, Self { cookie, product, offer, shopper, back, orders })
    }

    /// The route for each of the orders, or the product, with its ids in it.
    fn paths(&self, route: &Route) -> Vec<String> {
        let with = |order: &String| {
            let part = |part: &str| match part {
                "{product}" => self.product.clone(),
                "{order}" => order.clone(),
                "{file}" => "x".to_owned(),
                other => {
                    assert!(!other.starts_with('{'), "{}: whose is {other}?", route.path);
                    other.to_owned()
                }
            };
            route.path.split('/').map(part).collect::<Vec<_>>().join("/")
        };
        let mut paths: Vec<String> = self.orders.iter().map(with).collect();
        paths.dedup();
        paths
    }

    /// Everything of hers, as she sees it, and what shoppers see of it.
    fn seen(&self, shop: &Shop) -> Vec<String> {
        let reads = table(true).into_iter().filter(|route| {
            // A blank form has an id that is new each time.
            route.method == "GET" && route.needs == Needs::Member && !route.path.ends_with("/new")
        });
        let mut seen = Vec::new();
        for path in reads.flat_map(|route| self.paths(&route)) {
            seen.push(format!("{path}\n{}", shop.look(&self.cookie, &path).expect(200).body));
        }
        seen.extend(self.orders.iter().map(|order| self.shopper.order(order).to_string()));
        seen.push(shop.available(&self.offer).to_string());
        seen
    }

    /// Everything that she could send, with the counts of her shelves as her own page has them.
    fn fields(&self, shop: &Shop) -> String {
        let (product, back, sku) = (&self.product, &self.back, &self.offer.id);
        let mut fields = format!(
            "parcel=1&return={back}&version=1&title=Mine+now&category=Mine&key.0=&known.0=1&options.0=\
             &price.0=0.01&weight.0=1&tax.0=standard&stock.0=0&sale.0=1&fresh={product}\
             &restock.{sku}=1&name=x&remove=1&tracking=X1"
        );
        let page = shop.look(&self.cookie, &format!("/seller/products/{product}/stock")).body;
        let mut shelves = 0;
        for place in page.split("name=\"was.").skip(1) {
            let name = place.split('"').next().unwrap();
            let count = hidden(&page, &format!("was.{name}"));
            write!(fields, "&was.{name}={count}&n.{name}=77").unwrap();
            shelves += 1;
        }
        assert!(shelves > 0, "{page}");
        fields
    }
}

/// A picture of two pixels in a form.
fn upload(shop: &Shop, cookie: &str, path: &str) -> Answer {
    let part = "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.gif\"\r\n\
                Content-Type: image/gif\r\n\r\nGIF89a\r\n--b--\r\n";
    let kind = ("content-type", "multipart/form-data; boundary=b");
    let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin"), kind];
    call(shop.port, ("POST", path), &headers, part).unwrap()
}

#[test]
fn no_route_of_the_sellers_reaches_another_seller() {
    let (shop, owned) = Owned::by_ada(Shop::new("own-seller").set("SOUK_RATE_LIMITS", "off"));
    let (_, bob) = shop.sells("bob");
    let (before, fields) = (owned.seen(&shop), owned.fields(&shop));
    assert!(before.iter().any(|page| page.contains("Invalidenstr")), "an address, for the label");
    let (mut asked, mut missing) = (0, 0);
    for route in table(true).iter().filter(|route| route.needs == Needs::Member) {
        if route.path == "/seller/sign-out" {
            continue;
        }
        for path in owned.paths(route) {
            let what = format!("{} {path}", route.method);
            let answer = match route.method {
                "GET" => shop.look(&bob, &path),
                _ if path.ends_with("/pictures") => upload(&shop, &bob, &path),
                _ => shop.send(&bob, &path, &fields),
            };
            asked += 1;
            assert!(answer.status < 500, "{what}: {answer:?}");
            for secret in ["Copper", "Lovelace", "Invalidenstr", "12.90", &owned.orders[0]] {
                // What was asked for may be named again, in an address that leads back.
                let told = answer.body.contains(secret) && !path.contains(secret);
                assert!(!told, "{what} tells {secret}: {answer:?}");
            }
            if route.path.contains('{') {
                assert_eq!(answer.status, 404, "{what}: {answer:?}");
                missing += 1;
            }
            assert_eq!(owned.seen(&shop), before, "{what} changed something");
        }
    }
    assert!(asked >= 20 && missing >= 15, "{asked} asked, {missing} missing");
    // Neither a shopper nor staff are a seller here, and a form that names her product makes another.
    let own = shop.look(&bob, "/seller/products").body;
    assert!(!own.contains(&owned.product), "{own}");
    let fresh = hidden(&shop.look(&bob, "/seller/products/new").body, "fresh");
    assert_ne!(fresh, owned.product);
    for cookie in [format!("souk_session={}", owned.shopper.token), shop.staff()] {
        let led = shop.look(&cookie, "/seller/orders").expect(303);
        assert!(led.header("location").unwrap().starts_with("/seller/sign-in"), "{led:?}");
    }
    shop.is_sound();
}
